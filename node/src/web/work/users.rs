//! Users: the list of those whom the reader may see, and one of them with what can be done about them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::Action;

use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use super::posted::Posted;
use crate::app::{AppError, Caller, Field, Mode, RoleChange};
use crate::http::problem::ApiError;
use crate::people::{AuditEntry, User, UserId, UserQuery, UserState};
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Users of one page of the list.
const ROWS: usize = 50;

/// Lines of the log about a user.
const LINES: usize = 20;

#[derive(Template)]
#[template(path = "web/work/users.html")]
struct UsersPage {
    page: Page,
    /// Whether the reader sees the users of every organisation.
    sees_all: bool,
    organisation: String,
    roles: Vec<Choice>,
    states: Vec<Choice>,
    rows: Vec<Row>,
    next: Option<String>,
    is_further: bool,
}

/// A user in the list, or at the head of the own page.
struct Row {
    id: String,
    name: String,
    email: String,
    phone: Option<String>,
    language: String,
    organisation: OrganisationId,
    role: String,
    state: UserState,
    has_factor: bool,
    created_ms: u64,
    signed_in_ms: Option<u64>,
}

impl Row {
    fn of(site: &Shared, page: &Page, it: &User) -> Self {
        let profile = it.contact.as_ref().map(|(_, profile)| profile);
        let email = it.contact.as_ref().map(|(email, _)| email.expose());
        Self {
            id: it.id.to_string(),
            name: profile.map_or_else(|| it.id.to_string(), |it| it.name().to_owned()),
            email: email.unwrap_or_default().to_owned(),
            phone: profile.and_then(|it| it.phone()).map(str::to_owned),
            language: profile.map_or("", |it| it.language()).to_owned(),
            organisation: it.organisation,
            role: role_name(site, page, &it.role),
            state: it.state,
            has_factor: it.has_second_factor,
            created_ms: it.created_ms,
            signed_in_ms: it.signed_in_ms,
        }
    }

    fn is_active(&self) -> bool {
        self.state == UserState::Active
    }
}

/// What a role is called: in the process, or else among the roles that every process may have.
fn role_name(site: &Shared, page: &Page, role: &str) -> String {
    let process = site.app.process();
    let label = process.as_ref().and_then(|process| {
        let role = process.roles.iter().find(|it| it.id == role)?;
        Some(role.label.get(page.language.code()).to_owned()).filter(|it| !it.is_empty())
    });
    label.unwrap_or_else(|| page.word("role", role))
}

pub(super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let own = signed.person()?.principal.organisation;
    let Signed { page, caller, .. } = signed;
    let organisation: Option<OrganisationId> = asked.get("organisation")?;
    let role = asked.text("role");
    let state: Option<UserState> = asked.get("state")?;
    let mut query = UserQuery {
        organisation,
        role: role.map(str::to_owned),
        state,
    };
    let after: Option<UserId> = asked.get("after")?;
    let mut found = site.app.users(&caller, &query, after, ROWS).await;
    let mut sees_all = organisation.is_none() && found.is_ok();
    if organisation.is_none() && matches!(found, Err(AppError::Forbidden(_))) {
        query.organisation = Some(own);
        found = site.app.users(&caller, &query, after, ROWS).await;
    } else if !sees_all {
        let all = UserQuery::default();
        sees_all = site.app.users(&caller, &all, None, 1).await.is_ok();
    }
    let found = found?;
    let rows = found.items.iter().map(|it| Row::of(&site, &page, it));
    let states =
        UserState::ALL.map(|it| (it.word().to_owned(), page.word("user-state", it.word())));
    let shown = UsersPage {
        sees_all,
        organisation: asked.shown("organisation"),
        roles: choices(roles(&site, &page, None), role),
        states: choices(states, asked.text("state")),
        rows: rows.collect(),
        next: asked.going_on(&page.to("/work/users"), found.next.as_deref()),
        is_further: asked.is_further(),
        page: page.about("work", "/users", "countersign user list"),
    };
    answer::html(&shown.page, &shown)
}

/// The roles of the process, or those of one type of organisation, with their names.
fn roles(site: &Shared, page: &Page, within: Option<&str>) -> Vec<(String, String)> {
    let Some(process) = site.app.process() else {
        return Vec::new();
    };
    let fits = |kinds: &[String]| within.is_none_or(|kind| kinds.iter().any(|it| it == kind));
    let all = process.roles.iter().filter(|it| fits(&it.within));
    all.map(|it| (it.id.clone(), role_name(site, page, &it.id)))
        .collect()
}

#[derive(Template)]
#[template(path = "web/work/user.html")]
struct UserPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    it: Row,
    may: Deeds,
    roles: Vec<Choice>,
    log: Option<Vec<Line>>,
}

/// What the reader may do about a user as it stands, by the ends of the paths.
struct Deeds(Vec<&'static str>);

impl Deeds {
    fn has(&self, deed: &str) -> bool {
        self.0.contains(&deed)
    }
}

/// One thing that happened to a user.
struct Line {
    time_ms: u64,
    what: String,
    detail: String,
    by: String,
}

/// Every deed with what it takes, and in which state of the user it makes sense.
const DEEDS: [(&str, Action, &[UserState]); 7] = {
    use UserState::{Active, Invited, Suspended};
    [
        (
            "role",
            Action::UserRoleChange,
            &[Invited, Active, Suspended],
        ),
        ("invite", Action::UserInvite, &[Invited]),
        ("end-sessions", Action::UserSuspend, &[Active]),
        ("suspend", Action::UserSuspend, &[Active]),
        ("reactivate", Action::UserSuspend, &[Suspended]),
        (
            "reset-factors",
            Action::UserFactorReset,
            &[Active, Suspended],
        ),
        ("erase", Action::UserErase, &[Invited, Active, Suspended]),
    ]
};

/// What was done and is said on the page that comes next.
const DONE: [&str; 8] = [
    "role",
    "proposed",
    "invite",
    "end-sessions",
    "suspend",
    "reactivate",
    "reset-factors",
    "erase",
];

fn number(text: &str) -> Result<UserId, AppError> {
    place::named("user", text)
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(user): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "user-done", &DONE);
    let user = number(&user)?;
    page(&site, signed, user, StatusCode::OK, Vec::new(), done).await
}

async fn page(
    site: &Shared,
    signed: Signed,
    id: UserId,
    status: StatusCode,
    faults: Vec<Fault>,
    done: Option<String>,
) -> Result<Response, ApiError> {
    let Signed { page, caller, me } = signed;
    let user = site.app.user(&caller, id).await?;
    let permitted = |action| {
        let permit = site.app.permit_of(&caller, action, user.organisation);
        permit.is_ok()
    };
    let deeds = DEEDS.iter().filter(|(_, action, states)| {
        // Of oneself, the own account and another person take care.
        user.id != me.user.id && states.contains(&user.state) && permitted(*action)
    });
    let deeds = Deeds(
        deeds
            .map(|(deed, _, _)| *deed)
            .filter(|deed| *deed != "reset-factors" || user.has_second_factor)
            .collect(),
    );
    let kind = site.app.organisation(user.organisation)?.organisation_type;
    let roles = roles(site, &page, kind.as_ref().map(|it| it.as_str()));
    let log = match site.app.audit(&caller, id, None, LINES).await {
        Ok(entries) => {
            let mut lines = Vec::new();
            for entry in entries {
                lines.push(line(site, &page, &caller, entry).await);
            }
            Some(lines)
        }
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let shown = UserPage {
        faults,
        done,
        it: Row::of(site, &page, &user),
        may: deeds,
        roles: choices(roles, Some(&user.role)),
        log,
        page: page.about(
            "work",
            &format!("/users/{id}"),
            &format!("countersign user show {id}"),
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

async fn line(site: &Shared, page: &Page, caller: &Caller, entry: AuditEntry) -> Line {
    let by = match entry.actor {
        None => String::new(),
        Some(actor) => {
            let known = site.app.user(caller, actor).await.ok();
            let profile = known.and_then(|it| it.contact);
            profile.map_or_else(|| actor.to_string(), |(_, it)| it.name().to_owned())
        }
    };
    Line {
        time_ms: entry.time_ms,
        what: page.word("audit", entry.event.word()),
        detail: entry.detail.unwrap_or_default(),
        by,
    }
}

pub(super) async fn change(
    State(site): State<Shared>,
    Path((user, deed)): Path<(String, String)>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let id = number(&user)?;
    match done(&site, &signed.caller, id, &deed, &posted).await {
        Ok(done) => {
            let path = signed.page.to(&format!("/work/users/{id}"));
            Ok(answer::see_other(&format!("{path}?done={done}")))
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            page(&site, signed, id, status, faults, None).await
        }
    }
}

/// Does one of the deeds; gives what is said of it afterwards.
async fn done(
    site: &Shared,
    caller: &Caller,
    id: UserId,
    deed: &str,
    posted: &Posted,
) -> Result<&'static str, AppError> {
    let (app, mode) = (&site.app, Mode::Write);
    match deed {
        "role" => {
            let role = posted.shown("role");
            return Ok(match app.change_role(caller, id, &role, mode).await? {
                RoleChange::Done => "role",
                RoleChange::Proposed(_) => "proposed",
            });
        }
        "invite" => app.invite_again(caller, id, mode).await.map(drop)?,
        "end-sessions" => app.end_sessions(caller, id, mode).await?,
        "suspend" => app.suspend_user(caller, id, true, mode).await?,
        "reactivate" => app.suspend_user(caller, id, false, mode).await?,
        "reset-factors" => app.reset_factors(caller, id, mode).await?,
        "erase" => {
            if posted.given("sure").is_none() {
                let why = "say that you are sure".to_owned();
                let field = Field::Body("/sure".into());
                return Err(AppError::BadInput { field, why });
            }
            app.erase_user(caller, id, mode).await?;
        }
        _ => {
            return Err(place::unknown("deed", deed));
        }
    }
    let known = DONE.into_iter().find(|it| *it == deed);
    Ok(known.unwrap_or("role"))
}
