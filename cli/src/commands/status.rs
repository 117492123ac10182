//! How the node is.

use countersign_node::http::dto::{PeerView, Status, WitnessView};

use crate::exit::Outcome;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, short, tonnes};

/// Shows the node's status.
pub(crate) fn run(session: &Session) -> Outcome {
    let client = session.client()?;
    let status: Status = client.get("status", &[])?;
    session.out().show(&status, |status| {
        let views = [
            node(status, client.base()),
            balances(status),
            witnesses(&status.witnesses),
            peers(&status.peers),
        ];
        View::Many(views.into())
    })
}

fn node(status: &Status, base: &str) -> View {
    let head = &status.head;
    let ready = if status.ready {
        "yes".to_owned()
    } else {
        format!("no: {}", status.not_ready.join("; "))
    };
    let witnessed = head.witnessed.as_ref().map_or_else(
        || "none yet".to_owned(),
        |it| format!("{} leaves by {}", it.size, it.cosigned_by.join(", ")),
    );
    let open = &status.open_transfers;
    let oldest = open.oldest_lock_age_ms.map_or_else(String::new, |age| {
        format!(", the oldest for {} s", age / 1000)
    });
    View::pairs([
        (
            "registry",
            format!(
                "{} of {} ({}): {}",
                status.registry, status.country, status.party, status.name
            ),
        ),
        ("network", status.network.to_string()),
        ("ledger", status.origin.to_string()),
        ("node", format!("{base}, version {}", status.version)),
        ("ready", ready),
        (
            "head",
            format!(
                "{} leaves, {}, root {}",
                head.size,
                moment(head.time_ms),
                short(&head.root)
            ),
        ),
        ("witnessed", witnessed),
        (
            "open transfers",
            format!(
                "{} outgoing{oldest}, {} incoming",
                open.outgoing, open.incoming
            ),
        ),
        ("queue", status.queue_depth.to_string()),
    ])
}

fn balances(status: &Status) -> View {
    let it = &status.balances;
    let rows = [
        ("issued", it.issued),
        ("acquired", it.acquired),
        ("available", it.available),
        ("on hold", it.on_hold),
        ("in escrow", it.escrow),
        ("transferred", it.transferred),
        ("used", it.used),
        ("cancelled", it.cancelled),
    ];
    Table::of(["UNITS", "TONNES>"], "no units", &rows, |(name, amount)| {
        [(*name).to_owned(), tonnes(*amount)]
    })
}

fn witnesses(witnesses: &[WitnessView]) -> View {
    Table::of(
        ["WITNESS", "COSIGNED>", "LAST", "TROUBLE"],
        "no witnesses are configured: nothing can leave the country",
        witnesses,
        |it| {
            [
                it.name.clone(),
                it.size.to_string(),
                or_dash(it.last_ms.map(moment)),
                or_dash(it.fault.as_ref()),
            ]
        },
    )
}

fn peers(peers: &[PeerView]) -> View {
    Table::of(
        ["PARTNER", "CONNECTED", "ADDRESS", "ROUND TRIP>"],
        "no partners: invite one with `countersign peer invite`",
        peers,
        |it| {
            [
                it.party.to_string(),
                if it.connected { "yes" } else { "no" }.to_owned(),
                or_dash(it.address.as_ref()),
                or_dash(it.round_trip_us.map(|us| format!("{us} µs"))),
            ]
        },
    )
}
