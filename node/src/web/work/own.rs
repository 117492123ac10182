//! The own organisation: its projects, what it holds by vintage, what it used, what is on its way, and its people.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::AccountId;
use countersign_protocol::permission::Action;
use countersign_protocol::record::{AccountKind, Organisation};
use countersign_protocol::registry::{Command, Holding};
use countersign_protocol::workflow::{Effect, Flow, Scope};

use super::cases::Row;
use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use super::posted::drawn;
use crate::app::{AccountBalances, AppError, Me, Mode, UserWish};
use crate::http::percent::encoded;
use crate::http::problem::ApiError;
use crate::people::{Email, PeopleError, Profile, User, UserId, UserQuery, UserState};
use crate::projection::query::{
    CaseQuery, HoldingQuery, ProjectQuery, ProjectRow, RetirementQuery, RetirementRow, Window,
};
use crate::web::list::{Asked, Choice, ROWS, choices};
use crate::web::page::Page;
use crate::web::units::place;
use crate::web::{LANGUAGES, Shared, answer};

/// Rows of each list on the page.
const SHOWN_MAX: usize = 100;

/// A range that the organisation holds.
struct Range {
    link: String,
    serial: String,
    /// As forms name it.
    range: String,
    tonnes: u64,
    place: String,
    account: Option<u32>,
    is_free: bool,
}

/// An account with what it holds.
struct OwnAccount {
    it: AccountBalances,
    /// Whether its ranges are listed.
    is_shown: bool,
}

/// What is held of one vintage.
struct Vintage {
    year: u16,
    tonnes: u64,
    percent: u64,
}

#[derive(Template)]
#[template(path = "web/work/own.html")]
struct OwnPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    it: Organisation,
    standing: String,
    is_active: bool,
    projects: Vec<ProjectRow>,
    /// Whether the reader may look at their monitoring data.
    sees_monitoring: bool,
    accounts: Vec<OwnAccount>,
    vintages: Vec<Vintage>,
    /// The account whose ranges are shown.
    account: Option<AccountId>,
    ranges: Vec<Range>,
    next: Option<String>,
    is_further: bool,
    retired: Vec<RetirementRow>,
    pending: Vec<Row>,
    has_more_pending: bool,
    /// Ways to move units, each with its label.
    moves: Vec<(String, String)>,
    users: Option<Vec<Member>>,
    sees_trusted: bool,
    may_open_account: bool,
    may_invite: bool,
    roles: Vec<Choice>,
    languages: [&'static str; 5],
    request: String,
}

/// A user of the organisation, as others of it see them.
struct Member {
    id: String,
    name: String,
    email: String,
    role: String,
    state: &'static str,
    has_factor: bool,
    may_suspend: bool,
    may_reactivate: bool,
    is_invited: bool,
}

/// What was done and is said on the page that comes next.
const DONE: [&str; 4] = ["account", "invited", "proposed", "user"];

pub(super) async fn show(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let part = Part {
        done: asked.done(&signed.page, "own-done", &DONE),
        account: asked.get("account")?.map(AccountId),
        after: asked.text("after").map(str::to_owned),
    };
    page(&site, signed, StatusCode::OK, Vec::new(), part).await
}

/// What of the page is shown.
#[derive(Default)]
struct Part {
    /// What was done before.
    done: Option<String>,
    /// The account whose ranges are listed; the first that holds something where none is named.
    account: Option<AccountId>,
    /// Where its list goes on.
    after: Option<String>,
}

fn window(limit: usize) -> Window {
    Window {
        limit,
        ..Window::default()
    }
}

/// The account that was asked for if it is one of these, else the first that holds something.
fn chosen(accounts: &[AccountBalances], asked: Option<AccountId>) -> Option<AccountId> {
    let holds = |it: &&AccountBalances| it.available > 0 || it.on_hold > 0 || it.escrow > 0;
    let named = accounts.iter().find(|it| Some(it.account.id) == asked);
    let one = named.or_else(|| accounts.iter().find(holds));
    one.map(|it| it.account.id)
}

async fn page(
    site: &Shared,
    signed: Signed,
    status: StatusCode,
    faults: Vec<Fault>,
    part: Part,
) -> Result<Response, ApiError> {
    let own = signed.person()?.principal.organisation;
    let Signed { page, caller, me } = signed;
    let app = &site.app;
    let projects = ProjectQuery {
        organisation: Some(own),
        window: window(SHOWN_MAX),
        ..ProjectQuery::default()
    };
    let projects = app.find_projects(&projects).await?;
    let accounts = app.accounts_of(own).into_iter();
    let accounts: Vec<AccountBalances> = accounts
        .filter_map(|it| app.account(&caller, it.id).ok())
        .collect();
    let account = chosen(&accounts, part.account);
    let (ranges, next) = match account {
        Some(account) => {
            let holdings = HoldingQuery {
                account: Some(account),
                window: Window {
                    after: part.after.clone(),
                    ..window(ROWS)
                },
                ..HoldingQuery::default()
            };
            let found = app.find_holdings(&caller, holdings).await?;
            let path = page.to("/work/organisation");
            let on = |next: String| format!("{path}?account={account}&after={}", encoded(&next));
            (found.items, found.next.map(on))
        }
        None => (Vec::new(), None),
    };
    let held = match account {
        Some(_) => app.held_by_vintage(&caller, own).await?,
        None => Vec::new(),
    };
    let retired = RetirementQuery {
        organisation: Some(own),
        window: Window {
            descending: true,
            ..window(SHOWN_MAX)
        },
        ..RetirementQuery::default()
    };
    let retired = app.find_retirements(&retired).await?;
    let pending = CaseQuery {
        owner: Some(own),
        ended: Some(false),
        window: window(ROWS),
        ..CaseQuery::default()
    };
    let pending = app.find_cases(&pending).await?;
    let users = match app
        .users(&caller, &UserQuery::of(own), None, SHOWN_MAX)
        .await
    {
        Ok(found) => Some(found.items),
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let may = |action| app.permit_of(&caller, action, own).is_ok();
    let may_suspend = may(Action::UserSuspend);
    let shown = OwnPage {
        faults,
        done: part.done,
        it: app.organisation(own)?,
        standing: page.word("standing", me.membership.standing.name()),
        is_active: me.membership.standing.name() == "active",
        projects: projects.items,
        sees_monitoring: may(Action::MonitoringRead),
        accounts: accounts
            .into_iter()
            .map(|it| OwnAccount {
                is_shown: account == Some(it.account.id),
                it,
            })
            .collect(),
        vintages: vintages(held),
        account,
        ranges: ranges.iter().map(|it| range(&page, it)).collect(),
        next,
        is_further: part.after.is_some(),
        retired: retired.items,
        pending: pending.items.iter().map(|it| Row::of(&page, it)).collect(),
        has_more_pending: pending.next.is_some(),
        moves: moves(site, &page),
        users: users.map(|all| {
            all.iter()
                .map(|it| member(&page, &me, it, may_suspend))
                .collect()
        }),
        sees_trusted: may(Action::TransferRead),
        may_open_account: may(Action::AccountOpen),
        may_invite: may(Action::UserInvite),
        roles: roles(site, &page, &me),
        languages: LANGUAGES,
        request: drawn()?.to_string(),
        page: page.about(
            "work",
            &format!("/holdings?organisation={own}"),
            "countersign account list",
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn range(page: &Page, it: &Holding) -> Range {
    use countersign_protocol::registry::Place;
    let (account, is_free) = match it.place {
        Place::Available(account) => (Some(account.0), true),
        _ => (None, false),
    };
    Range {
        link: page.at("units", it.block.serial),
        serial: it.block.serial.to_string(),
        range: it.block.range().to_string(),
        tonnes: it.block.tonnes(),
        place: place(page, it.place),
        account,
        is_free,
    }
}

fn vintages(held: Vec<(u16, u64)>) -> Vec<Vintage> {
    let most = held.iter().map(|it| it.1).max().unwrap_or(0).max(1);
    let vintage = |(year, tonnes): (u16, u64)| Vintage {
        year,
        tonnes,
        percent: tonnes.saturating_mul(100) / most,
    };
    held.into_iter().map(vintage).collect()
}

/// The flows by which units move or end, each with its label.
fn moves(site: &Shared, page: &Page) -> Vec<(String, String)> {
    let Some(process) = site.app.process() else {
        return Vec::new();
    };
    let moving = process.flows.iter().filter(|flow| {
        flow.steps
            .iter()
            .any(|step| step.has_effect(Effect::Reserve))
    });
    let named = |flow: &Flow| {
        let label = flow.label.get(page.language.code()).to_owned();
        (page.to(&format!("/work/apply/{}", flow.id)), label)
    };
    moving.map(named).collect()
}

fn member(page: &Page, me: &Me, it: &User, may_suspend: bool) -> Member {
    let is_other = it.id != me.user.id;
    let contact = it.contact.as_ref();
    Member {
        id: it.id.to_string(),
        name: contact.map_or_else(
            || it.id.to_string(),
            |(_, profile)| profile.name().to_owned(),
        ),
        email: contact.map_or_else(String::new, |(email, _)| email.expose().to_owned()),
        role: page.word("role", &it.role),
        state: it.state.word(),
        has_factor: it.has_second_factor,
        may_suspend: may_suspend && is_other && it.state == UserState::Active,
        may_reactivate: may_suspend && it.state == UserState::Suspended,
        is_invited: it.state == UserState::Invited,
    }
}

/// The roles of the own organisation's type.
fn roles(site: &Shared, page: &Page, me: &Me) -> Vec<Choice> {
    let Some(process) = site.app.process() else {
        return Vec::new();
    };
    let kind = &me.membership.organisation_type;
    let own = process.roles.iter().filter(|it| it.within.contains(kind));
    let named = own.map(|it| {
        let label = it.label.get(page.language.code());
        let label = if label.is_empty() {
            page.word("role", &it.id)
        } else {
            label.to_owned()
        };
        (it.id.clone(), label)
    });
    choices(named, Some("manager"))
}

/// Organisations to whom a case of a flow can be given, by number and name.
pub(super) fn certifiers(site: &Shared, flow: Option<&Flow>) -> Vec<(String, String)> {
    let rules = flow
        .into_iter()
        .flat_map(|flow| &flow.steps)
        .flat_map(|step| &step.by);
    let types: Vec<&str> = rules
        .filter(|rule| rule.scope == Scope::Assigned)
        .map(|rule| rule.organisation_type.as_str())
        .collect();
    site.app
        .organisations_of_types(&types)
        .into_iter()
        .map(|it| (it.id.to_string(), format!("{} ({})", it.name, it.id)))
        .collect()
}

async fn answered(
    site: &Shared,
    signed: Signed,
    outcome: Result<&'static str, AppError>,
) -> Result<Response, ApiError> {
    match outcome {
        Ok(done) => {
            let path = signed.page.to("/work/organisation");
            Ok(answer::see_other(&format!("{path}?done={done}")))
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            page(site, signed, status, faults, Part::default()).await
        }
    }
}

pub(super) async fn open_account(
    State(site): State<Shared>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let organisation = signed.person()?.principal.organisation;
    let Ok(name) = posted.shown("account-name").parse() else {
        let faults = vec![Fault::at("account-name", signed.page.t("fault-title"))];
        return page(
            &site,
            signed,
            StatusCode::UNPROCESSABLE_ENTITY,
            faults,
            Part::default(),
        )
        .await;
    };
    let types = site.app.process();
    let is_authority = types.is_some_and(|process| {
        let kind = process.organisation_type(&signed.me.membership.organisation_type);
        kind.is_some_and(|it| it.authority)
    });
    let kind = if is_authority {
        AccountKind::PartyHolding
    } else {
        AccountKind::EntityHolding
    };
    let command = Command::OpenAccount {
        organisation,
        name,
        kind,
    };
    let request = posted.request()?;
    let written = site
        .app
        .write(&signed.caller, request, command, Mode::Write)
        .await;
    answered(&site, signed, written.map(|_| "account")).await
}

pub(super) async fn invite(
    State(site): State<Shared>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let organisation = signed.person()?.principal.organisation;
    let read = || -> Result<UserWish, PeopleError> {
        let email: Email = posted.shown("email").parse()?;
        let profile = Profile::new(&posted.shown("name"), None, &posted.shown("language"))?;
        Ok(UserWish {
            email,
            profile,
            organisation,
            role: posted.shown("role"),
        })
    };
    let outcome = match read() {
        Ok(wish) => site.app.invite(&signed.caller, &wish, Mode::Write).await,
        Err(error) => Err(AppError::from(error)),
    };
    let outcome = outcome.map(|made| match made {
        crate::app::Invited::Sent(_) => "invited",
        crate::app::Invited::Proposed { .. } => "proposed",
    });
    answered(&site, signed, outcome).await
}

pub(super) async fn change_user(
    State(site): State<Shared>,
    Path((user, deed)): Path<(String, String)>,
    signed: Signed,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let text = user;
    let user: UserId = place::named("user", &text)?;
    let caller = &signed.caller;
    let outcome = match deed.as_str() {
        "suspend" => site.app.suspend_user(caller, user, true, Mode::Write).await,
        "reactivate" => {
            site.app
                .suspend_user(caller, user, false, Mode::Write)
                .await
        }
        "invite" => site
            .app
            .invite_again(caller, user, Mode::Write)
            .await
            .map(drop),
        _ => return Err(place::unknown("user", &text).into()),
    };
    answered(&site, signed, outcome.map(|()| "user")).await
}
