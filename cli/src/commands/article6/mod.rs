//! What officials record of Article 6, and what everybody reads of it.

pub(crate) mod approach;
pub(crate) mod authorisation;
pub(crate) mod ndc;
mod notifications;
pub(crate) mod report;

use countersign_client::types::RecordView;
use countersign_client::{Article6Wish, Client as Api, Key};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Article6, Body};

use super::{recorded, tried};
use crate::client::{Client, TryArgs};
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment};

/// Records something, or proposes it where that takes two.
fn record<W: Article6Wish>(session: &Session, how: &TryArgs, body: &W) -> Outcome {
    let client = session.client()?;
    if how.dry_run {
        return tried(session, &client.try_out(W::PATH, body)?);
    }
    let record = async |api: &Api, key: &Key| api.record_article6(key, body).await;
    recorded(session, client.call_once(&how.write, record)?, |made| {
        let kinds = made.records.iter().map(what);
        View::pairs([("recorded", kinds.collect::<Vec<_>>().join(", "))])
    })
}

/// A record in a few words.
pub(super) fn what(it: &Article6) -> String {
    match it {
        Article6::CooperativeApproach(it) => format!("approach {}", it.id),
        Article6::InitialReport(it) => format!("initial report of {}", it.approach),
        Article6::Ndc(it) => format!("NDC {}-{}", it.period.first(), it.period.last()),
        Article6::EmissionsLevel(it) => format!("level of {}", it.year),
        Article6::AuthorisedEntity(it) if it.revoked => format!("end of entity {}", it.name),
        Article6::AuthorisedEntity(it) => format!("entity {}", it.name),
        Article6::Authorisation(it) => {
            format!(
                "authorisation {}/{} version {}",
                it.party, it.id, it.version
            )
        }
        Article6::AuthorisationRevoked(it) => {
            format!("end of authorisation {}/{}", it.party, it.id)
        }
        Article6::UnitsAuthorised(it) => format!("units under {}", it.authorisation),
        Article6::UseNotified(it) => format!("use in {}", it.party),
    }
}

/// The records about something, oldest first.
fn versions(session: &Session, path: &str) -> Outcome {
    let found: Vec<RecordView> = session.client()?.list(path, &[], 1000)?;
    session.out().show(&found, |found| {
        Table::of(["LEAF>", "AT", "RECORD", "BY"], "no records", found, |it| {
            let (record, by) = match &it.record.body {
                Body::Article6(it) => (what(it), names(it)),
                other => (other.kind().to_owned(), String::new()),
            };
            [it.index.to_string(), moment(it.record.time_ms), record, by]
        })
    })
}

fn names(it: &Article6) -> String {
    let by = it.by().iter().map(|by| by.user.to_string());
    by.collect::<Vec<_>>().join(", ")
}

/// Countries in one cell.
fn countries(parties: &[Party]) -> String {
    let parties: Vec<String> = parties.iter().map(ToString::to_string).collect();
    parties.join(" ")
}

/// This node's own country.
fn own(client: &Client) -> Outcome<Party> {
    let status = client.call(async |api| api.status().await)?;
    Ok(status.party)
}
