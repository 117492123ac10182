//! Trusted receivers of an organisation: units go to them without a wait. One person proposes a receiver, a second one
//! approves it; taking one out counts at once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::permission::Action;
use countersign_protocol::record::Receiver;

use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use super::posted::{Posted, drawn};
use crate::app::{AppError, Mode, TrustWish};
use crate::http::problem::ApiError;
use crate::people::ProposedAct;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

struct Row {
    /// As the form that takes it out names it.
    key: String,
    what: String,
    entered_ms: u64,
    /// From when on it counts, where it does not yet.
    from_ms: Option<u64>,
}

/// A receiver that waits for a second person.
struct Waits {
    what: String,
    proposed_ms: u64,
}

#[derive(Template)]
#[template(path = "web/work/trusted.html")]
struct TrustedPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    organisation: OrganisationId,
    rows: Vec<Row>,
    waiting: Vec<Waits>,
    may_propose: bool,
    may_remove: bool,
    request: String,
    typed: Typed,
}

/// What was typed into the forms.
#[derive(Default)]
struct Typed {
    receiver: String,
    country: String,
    account: String,
}

const DONE: [&str; 2] = ["proposed", "removed"];

/// The organisation that an address names.
fn organisation(text: &str) -> Result<OrganisationId, AppError> {
    place::named("organisation", text)
}

pub(super) async fn own(State(_): State<Shared>, signed: Signed) -> Result<Response, ApiError> {
    let own = signed.person()?.principal.organisation;
    let path = format!("/work/trusted/{own}");
    Ok(answer::see_other(&signed.page.to(&path)))
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(of): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let of = organisation(&of)?;
    let done = asked.done(&signed.page, "trusted-done", &DONE);
    let shown = shown(&site, signed, of, done).await?;
    answer::html(&shown.page, &shown)
}

async fn shown(
    site: &Shared,
    signed: Signed,
    of: OrganisationId,
    done: Option<String>,
) -> Result<TrustedPage, ApiError> {
    let own = signed.person()?.principal.organisation;
    let Signed { page, caller, .. } = signed;
    let now_ms = page.now_ms();
    let listed = site.app.trusted(&caller, of)?;
    let rows = listed.iter().map(|it| Row {
        key: key(it.receiver),
        what: name(&page, it.receiver),
        entered_ms: it.since.entered_ms,
        from_ms: Some(it.since.in_force_ms).filter(|from| *from > now_ms),
    });
    let mut waiting = Vec::new();
    for proposal in site.app.proposals(&caller).await? {
        if let ProposedAct::TrustedReceiver {
            organisation,
            receiver,
        } = proposal.act
            && organisation == of
        {
            waiting.push(Waits {
                what: name(&page, receiver),
                proposed_ms: proposal.proposed_ms,
            });
        }
    }
    let action = Action::TrustedReceiverEdit;
    let may_remove = site.app.permit_of(&caller, action, of).is_ok();
    Ok(TrustedPage {
        faults: Vec::new(),
        done,
        organisation: of,
        rows: rows.collect(),
        waiting,
        may_propose: may_remove && own == of,
        may_remove,
        request: drawn()?.to_string(),
        typed: Typed::default(),
        page: page.about(
            "work",
            &format!("/trusted-receivers?organisation={of}"),
            &format!("countersign organisation trusted list --organisation {of}"),
        ),
    })
}

/// A receiver in the reader's words.
pub(super) fn name(page: &Page, receiver: Receiver) -> String {
    match receiver {
        Receiver::Organisation(id) => format!("{} ({id})", page.organisation(id)),
        Receiver::Abroad { party, account } => page.t2(
            "trusted-abroad",
            "country",
            page.country(party),
            "account",
            account,
        ),
    }
}

/// A receiver as a form names it: `7`, or `CH-12`.
fn key(receiver: Receiver) -> String {
    match receiver {
        Receiver::Organisation(id) => id.to_string(),
        Receiver::Abroad { party, account } => format!("{party}-{account}"),
    }
}

fn of_key(key: &str) -> Option<Receiver> {
    match key.split_once('-') {
        None => key.parse().ok().map(Receiver::Organisation),
        Some((party, account)) => Some(Receiver::Abroad {
            party: party.parse().ok()?,
            account: account.parse().ok()?,
        }),
    }
}

async fn refused(
    site: &Shared,
    signed: Signed,
    of: OrganisationId,
    (status, faults): (StatusCode, Vec<Fault>),
    typed: Typed,
) -> Result<Response, ApiError> {
    let shown = shown(site, signed, of, None).await?;
    let shown = TrustedPage {
        faults,
        typed,
        ..shown
    };
    answer::with_status(status, &shown.page, &shown)
}

fn led(page: &Page, of: OrganisationId, done: &str) -> Response {
    let path = page.to(&format!("/work/trusted/{of}"));
    answer::see_other(&format!("{path}?done={done}"))
}

/// The receiver that was typed: an organisation here, or an account abroad.
fn typed_receiver(page: &Page, posted: &Posted) -> Result<Receiver, Vec<Fault>> {
    let wrong = |field: &str, key: &str| Fault::at(field, page.t(key));
    if posted.button() != "abroad" {
        let number: Result<OrganisationId, _> = posted.shown("receiver").parse();
        let number = number.map_err(|_| vec![wrong("receiver", "fault-number")])?;
        return Ok(Receiver::Organisation(number));
    }
    let country: Option<Party> = posted.shown("country").to_ascii_uppercase().parse().ok();
    let account: Option<AccountId> = posted.shown("account").parse().ok();
    match (country, account) {
        (Some(party), Some(account)) => Ok(Receiver::Abroad { party, account }),
        (country, account) => {
            let first = country.is_none().then(|| wrong("country", "fault-country"));
            let second = account.is_none().then(|| wrong("account", "fault-number"));
            Err(first.into_iter().chain(second).collect())
        }
    }
}

pub(super) async fn propose(
    State(site): State<Shared>,
    Path(of): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let of = organisation(&of)?;
    if signed.person()?.principal.organisation != of {
        return Err(AppError::NotFound {
            what: "organisation",
            id: of.to_string(),
        }
        .into());
    }
    let typed = Typed {
        receiver: posted.shown("receiver"),
        country: posted.shown("country"),
        account: posted.shown("account"),
    };
    let receiver = match typed_receiver(&signed.page, &posted) {
        Ok(receiver) => receiver,
        Err(faults) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return refused(&site, signed, of, (status, faults), typed).await;
        }
    };
    let proposed = site
        .app
        .propose_trusted(&signed.caller, receiver, Mode::Write);
    match proposed.await {
        Ok(_) => Ok(led(&signed.page, of, "proposed")),
        // The form names what is not there: that is a mistake in a field, and the page is.
        Err(AppError::NotFound { .. }) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let field = match receiver {
                Receiver::Organisation(_) => "receiver",
                Receiver::Abroad { .. } => "country",
            };
            let faults = vec![Fault::at(field, signed.page.t("fault-receiver"))];
            refused(&site, signed, of, (status, faults), typed).await
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            refused(&site, signed, of, (status, faults), typed).await
        }
    }
}

pub(super) async fn remove(
    State(site): State<Shared>,
    Path((of, receiver)): Path<(String, String)>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let organisation = organisation(&of)?;
    let receiver = of_key(&receiver).ok_or_else(|| place::unknown("receiver", &receiver))?;
    let wish = TrustWish {
        organisation,
        receiver,
    };
    let request = posted.request()?;
    let removed = site
        .app
        .distrust(&signed.caller, request, wish, Mode::Write);
    match removed.await {
        Ok(_) => Ok(led(&signed.page, organisation, "removed")),
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            refused(
                &site,
                signed,
                organisation,
                (status, faults),
                Typed::default(),
            )
            .await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{key, of_key};

    #[test]
    fn a_receiver_is_named_in_an_address_and_read_back() {
        for text in ["7", "CH-12"] {
            assert_eq!(of_key(text).map(key).as_deref(), Some(text));
        }
        for wrong in ["", "-", "7-", "-7", "XX1-2", "seven", "CH-"] {
            assert_eq!(of_key(wrong), None, "{wrong}");
        }
    }
}
