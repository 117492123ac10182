//! What waits for a second person: to look at, to approve, to reject.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::workflow::Process;

use super::article6::of_command;
use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::{place, process, trusted};
use crate::app::{AppError, Mode};
use crate::http::problem::ApiError;
use crate::people::{PeopleError, Proposal, ProposedAct};
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

struct Row {
    id: u64,
    what: String,
    about: String,
    proposer: String,
    proposed_ms: u64,
    is_own: bool,
    /// The page that shows what is too much for a list; it is approved there.
    link: Option<String>,
    /// What the records would say.
    records: Vec<Vec<(String, String)>>,
}

#[derive(Template)]
#[template(path = "web/work/proposals.html")]
struct ProposalsPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    rows: Vec<Row>,
}

pub(super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "proposal-done", &["approved", "rejected"]);
    page(&site, signed, StatusCode::OK, Vec::new(), done).await
}

async fn page(
    site: &Shared,
    signed: Signed,
    status: StatusCode,
    faults: Vec<Fault>,
    done: Option<String>,
) -> Result<Response, ApiError> {
    let mut rows = Vec::new();
    for proposal in site.app.proposals(&signed.caller).await? {
        rows.push(row(site, &signed, &proposal).await);
    }
    let shown = ProposalsPage {
        faults,
        done,
        rows,
        page: signed
            .page
            .about("work", "/proposals", "countersign user proposals"),
    };
    answer::with_status(status, &shown.page, &shown)
}

async fn row(site: &Shared, signed: &Signed, it: &Proposal) -> Row {
    let proposer = proposer(site, signed, it).await;
    Row {
        id: it.id,
        what: signed.page.word("proposal", it.act.word()),
        about: about(site, signed, &it.act).await,
        proposer,
        proposed_ms: it.proposed_ms,
        is_own: it.proposer == Some(signed.me.user.id),
        link: match it.act {
            ProposedAct::Process { .. } => {
                Some(signed.page.to(&format!("/work/proposals/{}", it.id)))
            }
            _ => None,
        },
        records: match &it.act {
            ProposedAct::Article6(command) => of_command(&signed.page, command),
            _ => Vec::new(),
        },
    }
}

async fn proposer(site: &Shared, signed: &Signed, it: &Proposal) -> String {
    match it.proposer {
        Some(user) => name(site, signed, user).await,
        None => signed.page.t("proposal-operator"),
    }
}

/// What somebody is called, where the reader may know; otherwise the pseudonym.
async fn name(site: &Shared, signed: &Signed, user: crate::people::UserId) -> String {
    let known = site.app.user(&signed.caller, user).await.ok();
    let contact = known.and_then(|it| it.contact);
    contact.map_or_else(
        || user.to_string(),
        |(_, profile)| profile.name().to_owned(),
    )
}

async fn about(site: &Shared, signed: &Signed, act: &ProposedAct) -> String {
    match act {
        ProposedAct::Role { user, role } => {
            format!(
                "{} → {}",
                name(site, signed, *user).await,
                signed.page.word("role", role)
            )
        }
        ProposedAct::Invitation { user } => match site.app.user(&signed.caller, *user).await {
            Ok(known) => format!(
                "{} · {}",
                name(site, signed, *user).await,
                signed.page.word("role", &known.role)
            ),
            Err(_) => user.to_string(),
        },
        ProposedAct::TrustedReceiver {
            organisation,
            receiver,
        } => {
            let own = site.app.organisation_name(*organisation);
            let receiver = trusted::name(&signed.page, *receiver);
            format!("{own} → {receiver}")
        }
        ProposedAct::KeyRotation => String::new(),
        ProposedAct::Process { text, .. } => {
            let read = Process::parse(text).ok();
            let language = signed.page.language.code();
            read.map_or_else(String::new, |it| {
                format!("{} · {}", it.title.get(language), it.version)
            })
        }
        // Its records are shown member by member.
        ProposedAct::Article6(_) => String::new(),
    }
}

/// The page of one: of a process with what differs; of anything else the list says all.
pub(super) async fn show(
    State(site): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let id = place::number("proposal", &id)?;
    let proposal = match site.app.proposal(&signed.caller, id).await {
        Ok(proposal) => proposal,
        // An old link: what else waits is of use still.
        Err(AppError::People(error)) if matches!(*error, PeopleError::Decided { .. }) => {
            return refused(&site, signed, AppError::People(error)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let ProposedAct::Process { text, follows } = &proposal.act else {
        return Ok(answer::see_other(&signed.page.to("/work/proposals")));
    };
    let proposer = proposer(&site, &signed, &proposal).await;
    let file = (text.as_str(), *follows);
    process::proposed(&site, signed, &proposal, file, proposer).await
}

pub(super) async fn decide(
    State(site): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let id = place::number("proposal", &id)?;
    let approve = match posted.button() {
        "approve" => true,
        "reject" => false,
        _ => {
            let why = "say whether to approve or to reject it".to_owned();
            let field = crate::app::Field::Body("/approve".into());
            return Err(AppError::BadInput { field, why }.into());
        }
    };
    match site
        .app
        .decide_proposal(&signed.caller, id, approve, Mode::Write)
        .await
    {
        Ok(_) => {
            let done = if approve { "approved" } else { "rejected" };
            let path = signed.page.to("/work/proposals");
            Ok(answer::see_other(&format!("{path}?done={done}")))
        }
        Err(error) => refused(&site, signed, error).await,
    }
}

/// The list, with why one of it was not decided on.
async fn refused(site: &Shared, signed: Signed, error: AppError) -> Result<Response, ApiError> {
    let status = fault::status(&error);
    let faults = vec![fault::of(&signed.page, error)?];
    page(site, signed, status, faults, None).await
}
