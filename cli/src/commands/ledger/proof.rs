//! A proof bundle for one record.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use countersign_node::run::DataFolder;
use countersign_node::store::{StoreError, StoreReader};
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{Checkpoint, TileTree, TlogProof, prove_inclusion};
use countersign_protocol::registry::{Key, NoSettledTransfers, State, StateError, Value};
use countersign_protocol::serial::{DomesticSerial, ItmoId};
use countersign_protocol::units::UnitRange;

use super::{not_witnessed, open, witnessed};
use crate::commands::give;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;

#[derive(Args, Debug)]
pub(crate) struct ProofArgs {
    #[command(flatten)]
    of: Of,
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is to be proven.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Of {
    /// The newest record about this transfer between countries
    #[arg(long, value_name = "ID")]
    transfer: Option<TransferId>,
    /// The record with this index
    #[arg(long, value_name = "N")]
    index: Option<u64>,
    /// The record that put these units where they are: a serial, an ITMO identifier or a range such as GH-27-35
    #[arg(long, value_name = "SERIAL")]
    serial: Option<String>,
}

impl ProofArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let bundle = match session.local()? {
            Some(folder) => self.of.prove(&folder)?.to_string(),
            None => {
                let query = self.of.query();
                session.client()?.text("ledger/proof", &[query])?
            }
        };
        give(&bundle, self.out.as_deref())
    }
}

impl Of {
    fn query(&self) -> (&'static str, String) {
        match (self.transfer, self.index, &self.serial) {
            (Some(transfer), _, _) => ("transfer", transfer.to_string()),
            (_, Some(index), _) => ("index", index.to_string()),
            (_, _, serial) => ("serial", serial.clone().unwrap_or_default()),
        }
    }

    fn prove(&self, folder: &DataFolder) -> Outcome<TlogProof> {
        let reader = open(folder)?;
        let index = self.index(&reader)?;
        let Some(head) = witnessed(&reader)? else {
            return Err(not_witnessed(
                "no checkpoint of this ledger is witnessed yet: nothing can be proven abroad",
            ));
        };
        let place = reader.dir().display();
        let damaged = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Integrity, format_args!("{place}: {error}"))
        };
        let (_, checkpoint) =
            Checkpoint::parse_note(&head.note).map_err(|error| damaged(&error))?;
        if index >= checkpoint.size {
            return Err(if reader.leaf(index)?.is_some() {
                not_witnessed(format_args!(
                    "record {index} is not witnessed yet: witnesses have seen {} leaves",
                    checkpoint.size
                ))
            } else {
                Failure::validation(format_args!(
                    "there is no record {index}: the ledger has {} leaves",
                    reader.leaf_count()?
                ))
            });
        }
        let leaf = reader
            .leaf(index)?
            .ok_or_else(|| damaged(&format_args!("leaf {index} is missing")))?;
        let tree = TileTree::new(&reader, checkpoint.size);
        let hashes =
            prove_inclusion(&tree, index, checkpoint.size).map_err(|error| damaged(&error))?;
        Ok(TlogProof::new(leaf, index, hashes, head.note))
    }

    fn index(&self, reader: &StoreReader) -> Outcome<u64> {
        if let Some(index) = self.index {
            return Ok(index);
        }
        let state = state(reader)?;
        if let Some(id) = self.transfer {
            return newest_leaf(&state, id);
        }
        placed_by(&state, self.serial.as_deref().unwrap_or_default())
    }
}

/// The state that the store keeps, with every transfer that was ever settled.
fn state(reader: &StoreReader) -> Outcome<State> {
    let mut values = Vec::new();
    reader.each_state::<ReadError>(|key, value| {
        values.push((Key::from_bytes(key)?, Value::from_bytes(value)?));
        Ok(())
    })?;
    let digest = reader.state_digest()?.unwrap_or_default();
    let state =
        State::load(values, digest, Arc::new(NoSettledTransfers)).map_err(ReadError::State)?;
    Ok(state)
}

enum ReadError {
    Store(StoreError),
    State(StateError),
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<StateError> for ReadError {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::State(error) => Self::new(Exit::Integrity, error),
        }
    }
}

fn newest_leaf(state: &State, id: TransferId) -> Outcome<u64> {
    let mut sides = state.transfers().filter(|(key, _)| key.id() == id);
    let Some((_, transfer)) = sides.next() else {
        return Err(Failure::validation(format_args!(
            "this ledger knows no transfer {id}"
        )));
    };
    let later = [transfer.cancel_asked_at, transfer.settled_at];
    Ok(later
        .into_iter()
        .flatten()
        .fold(transfer.opened_at, u64::max))
}

/// The record that put units where they are. They must lie in one place.
fn placed_by(state: &State, name: &str) -> Outcome<u64> {
    let range = named(name)?;
    let holdings: Vec<_> = state.holdings_over(range).collect();
    let Some(first) = holdings.first() else {
        return Err(Failure::validation(format_args!(
            "this ledger knows none of the units {name}"
        )));
    };
    if holdings.iter().all(|holding| holding.since == first.since) {
        return Ok(first.since);
    }
    let parts: Vec<String> = holdings
        .iter()
        .map(|it| it.block.range().to_string())
        .collect();
    Err(Failure::validation(format_args!(
        "the units {name} came to where they are by different records"
    ))
    .hint(format_args!("ask for one of: {}", parts.join(", "))))
}

/// Units by any of their names.
fn named(name: &str) -> Outcome<UnitRange> {
    let serial = name.parse::<DomesticSerial>().map(DomesticSerial::range);
    let range = serial.ok().or_else(|| name.parse().ok());
    let range = range.or_else(|| name.parse::<ItmoId>().ok().map(ItmoId::range));
    range.ok_or_else(|| {
        Failure::validation(format_args!("{name} names no units"))
            .hint("write a domestic serial as VU-ITMO-11-356-2022-0-27-35, an ITMO identifier as CA0001-GHA01-GHA-1-2023, or a range as GH-27-35")
    })
}
