//! Before the first write after a start every witness is asked what it has seen of this ledger.
//!
//! A ledger that was put back from an old copy does not know it: its next block would be the second of its height, under the same
//! key, and that is evidence against the country for ever. Any witness may be the only one that saw the newest head, so a quorum
//! of answers is not enough, and each is given its time. One that stays silent does not stop a country from working at home:
//! what it would have said comes with its next answer, and nothing leaves before a quorum has cosigned (rule R2).

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::log::Checkpoint;
use futures::future::join_all;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::federation::shared::Shared;
use crate::federation::witnessing::{self, Against};
use crate::ledger::WriteHold;
use crate::witness::{CollectError, WitnessClient};

/// How long a witness may take to answer before writing begins without it.
const HEAR_WITHIN: Duration = Duration::from_secs(5);

/// Between two tries to reach one: right after a start connections are still being made.
const TRY_AGAIN: Duration = Duration::from_millis(200);

/// Asks all witnesses; writing begins when they have answered, or when their time is over.
pub(crate) async fn hear(
    shared: Arc<Shared>,
    witnesses: Vec<Arc<dyn WitnessClient>>,
    hold: WriteHold,
    stop: CancellationToken,
) {
    let own = shared.ledger.read(|state| state.genesis().cloned());
    let Some(own) = own else {
        return;
    };
    let deadline = Instant::now() + HEAR_WITHIN;
    let origin = own.origin.as_str();
    let asked = witnesses
        .iter()
        .map(|witness| ask(&shared, witness, origin, deadline));
    let heard = tokio::select! {
        () = stop.cancelled() => return,
        heard = join_all(asked) => heard,
    };
    let alarm = heard.iter().find_map(|it| match it {
        Heard::Alarm(alarm) => Some(alarm),
        Heard::Nothing | Heard::Silence(_) => None,
    });
    if let Some(alarm) = alarm {
        witnessing::stop_writes(&shared, alarm);
    }
    let silent = heard.iter().filter_map(|it| match it {
        Heard::Silence(name) => Some(name.as_str()),
        Heard::Alarm(_) | Heard::Nothing => None,
    });
    let silent: Vec<&str> = silent.collect();
    if silent.is_empty() {
        info!(
            witnesses = witnesses.len(),
            "every witness was heard: writing begins"
        );
    } else {
        warn!(
            silent = silent.join(", "),
            "writing begins without having heard every witness: if this ledger was put back from an old copy, stop the node and \
             recover it first"
        );
    }
    drop(hold);
}

/// What one witness had to say.
enum Heard {
    /// Nothing that stands against this ledger.
    Nothing,
    /// It did not answer.
    Silence(String),
    /// It holds a head, signed by this ledger's key, that this ledger does not have.
    Alarm(CollectError),
}

async fn ask(
    shared: &Shared,
    witness: &Arc<dyn WitnessClient>,
    origin: &str,
    deadline: Instant,
) -> Heard {
    let silence = || Heard::Silence(witness.name().to_owned());
    loop {
        match timeout_at(deadline, witness.latest(origin)).await {
            Err(_) => return silence(),
            Ok(Ok(None)) => return Heard::Nothing,
            Ok(Ok(Some(note))) => return judge(shared, witness.name(), origin, &note),
            Ok(Err(_)) if Instant::now() + TRY_AGAIN >= deadline => return silence(),
            Ok(Err(_)) => sleep(TRY_AGAIN).await,
        }
    }
}

/// Nobody can make a head of this ledger without its key: what does not carry its signature says nothing.
fn judge(shared: &Shared, witness: &str, origin: &str, note: &str) -> Heard {
    let Ok((signed, head)) = Checkpoint::parse_note(note) else {
        return Heard::Nothing;
    };
    let policy = shared.verifier.policy();
    let keys = policy.logs().iter().map(|log| &log.key);
    let keys = keys.filter(|key| key.name() == origin);
    if head.origin != origin || signed.verify(keys).is_err() {
        return Heard::Nothing;
    }
    let (witness, size) = (witness.to_owned(), head.size);
    match witnessing::stands_against(shared, &head) {
        None => Heard::Nothing,
        Some(Against::RolledBack(_)) => Heard::Alarm(CollectError::RolledBack { witness, size }),
        Some(Against::Forked) => Heard::Alarm(CollectError::Forked { witness, size }),
    }
}
