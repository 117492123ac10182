//! One side of a transfer between countries: waiting for its end, showing it.

use std::time::{Duration, Instant};

use countersign_node::http::dto::{StateName, TransferView};
use countersign_protocol::id::TransferId;

use crate::client::Client;
use crate::commands::units;
use crate::exit::{Exit, Failure, Outcome};
use crate::table::{View, moment, or_dash, tonnes};
use crate::words::word;

/// Waits until this side of a transfer has its end.
pub(super) fn settled(
    client: &Client,
    transfer: TransferId,
    patience: Duration,
) -> Outcome<TransferView> {
    let until = Instant::now() + patience;
    loop {
        let found: TransferView = client.get(&format!("transfers/{transfer}"), &[])?;
        if found.state != StateName::Locked {
            return Ok(found);
        }
        if Instant::now() >= until {
            return Err(Failure::new(
                Exit::Unreachable,
                format_args!("{} has not answered within {} s; the units stay locked, and the node goes on asking", found.partner, patience.as_secs()),
            )
            .hint(format_args!("look again with: countersign transfer show {transfer}")));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub(super) fn shown(it: &TransferView) -> View {
    let events: Vec<String> = it
        .events
        .iter()
        .map(|event| {
            let witnessed = if event.witnessed {
                "witnessed"
            } else {
                "not witnessed yet"
            };
            format!(
                "leaf {}: {} ({witnessed})",
                event.index,
                event.kind.replace('_', " ")
            )
        })
        .collect();
    let mut pairs = vec![
        ("transfer", it.id.to_string()),
        ("state", it.state.to_string()),
        ("way", format!("{} {}", word(&it.direction), it.partner)),
        ("tonnes", tonnes(it.tonnes)),
        ("agreement", or_dash(it.agreement.as_ref())),
        ("account", or_dash(it.account)),
        ("partner's account", or_dash(it.partner_account)),
        ("opened", moment(it.opened_ms)),
        ("settled", or_dash(it.settled_ms.map(moment))),
        ("records", events.join("\n")),
    ];
    if let Some(reason) = &it.refusal {
        pairs.push(("refused", format!("{} {reason}", or_dash(it.refusal_code))));
    }
    View::Many(vec![View::pairs(pairs), units::table(&it.units)])
}
