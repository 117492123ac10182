//! The process of the running registry, as this program reads it: to fill in what a person need not say.

use countersign_node::http::dto::{Page, ProcessView};
use countersign_protocol::log::Hash;
use countersign_protocol::workflow::Process;

use crate::client::Client;
use crate::exit::{Failure, Outcome};

/// The process that new cases follow.
pub(super) fn newest(client: &Client) -> Outcome<Process> {
    let adopted = adopted(client)?;
    let last = adopted.last().ok_or_else(|| {
        Failure::validation("the registry has adopted no process yet")
            .hint("adopt one with `countersign workflow adopt`")
    })?;
    read(client, last)
}

/// The process that a case follows.
pub(super) fn of(client: &Client, process: &Hash) -> Outcome<Process> {
    let adopted = adopted(client)?;
    let found = adopted.iter().find(|it| it.process == *process);
    let found = found.ok_or_else(|| Failure::other("the node does not show the case's process"))?;
    read(client, found)
}

fn adopted(client: &Client) -> Outcome<Vec<ProcessView>> {
    let page: Page<ProcessView> = client.get("processes", &[("limit", "1000".to_owned())])?;
    Ok(page.items)
}

fn read(client: &Client, adopted: &ProcessView) -> Outcome<Process> {
    let text = client.text(&format!("processes/{}/file", adopted.version), &[])?;
    Process::parse(&text).map_err(|_| {
        Failure::other("the node's process cannot be read by this program")
            .hint("is the node of another version than this command?")
    })
}
