//! What waits for a second person: to look at, to approve, to reject.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::registry::Command;

use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use crate::app::{AppError, Mode};
use crate::http::problem::ApiError;
use crate::people::{Proposal, ProposedAct};
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
    let proposer = match it.proposer {
        Some(user) => name(site, signed, user).await,
        None => signed.page.t("proposal-operator"),
    };
    Row {
        id: it.id,
        what: signed.page.word("proposal", it.act.word()),
        about: about(site, signed, &it.act).await,
        proposer,
        proposed_ms: it.proposed_ms,
        is_own: it.proposer == Some(signed.me.user.id),
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
            let receiver = serde_json::to_string(receiver).unwrap_or_default();
            format!("{own} · {receiver}")
        }
        ProposedAct::KeyRotation => String::new(),
        ProposedAct::Article6(command) => of_command(command),
    }
}

/// The record that would be written, as the API shows it, without the kind around it.
fn of_command(command: &Command) -> String {
    let value = serde_json::to_value(command).unwrap_or_default();
    let within = value.as_object().and_then(|it| it.values().next());
    let text = within.map(ToString::to_string).unwrap_or_default();
    text.chars().take(600).collect()
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
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            page(&site, signed, status, faults, None).await
        }
    }
}
