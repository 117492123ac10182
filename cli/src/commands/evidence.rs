//! Evidence against ledgers that contradict themselves: checked offline, handed in, listed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_node::http::dto::{
    AccusationView, EvidenceText, MirrorView, NewClearance, Written,
};
use countersign_protocol::federation::evidence::{
    EVIDENCE_BYTES_MAX, Evidence, EvidenceError, ProvenContradiction,
};
use countersign_protocol::party::Party;
use countersign_protocol::record::LedgerCleared;
use serde::Serialize;

use super::verify::read_trust;
use super::{read_text_up_to, tell};
use crate::client::WriteArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Check evidence offline: no data folder, no network
    Verify(VerifyArgs),
    /// Make evidence of two proof bundles or two checkpoints of one ledger, offline
    Make(MakeArgs),
    /// Hand evidence in: it is recorded in the ledger and told to every member
    Submit(SubmitArgs),
    /// List partners whose ledgers stand accused
    List,
    /// Print evidence that the node keeps
    Show(ShowArgs),
    /// Name the line of an accused ledger that lives on, as the members decided
    Clear(ClearArgs),
    /// Show how partners' ledgers are mirrored, and what the audit of each found
    Mirrors,
}

#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// The evidence
    evidence: PathBuf,
    /// Whose keys count (C2SP tlog-policy with the log's key), as for `countersign verify`
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct MakeArgs {
    /// A proof bundle, or a checkpoint
    first: PathBuf,
    /// Another of the same ledger that contradicts it
    second: PathBuf,
    /// Whose keys count (C2SP tlog-policy with the log's key)
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct SubmitArgs {
    /// The evidence
    evidence: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// SHA-256 of the evidence
    sha256: String,
}

#[derive(Args, Debug)]
pub(crate) struct ClearArgs {
    /// The partner, as ISO 3166-1 alpha-2 code
    party: Party,
    /// SHA-256 of the evidence that its ledger was accused by
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    evidence: [u8; 32],
    /// Tree size of a checkpoint on the line that lives on
    #[arg(long, value_name = "N")]
    size: u64,
    /// Its root, in hexadecimal
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    root: [u8; 32],
    /// SHA-256 of the document in which the members decided so
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    decision: [u8; 32],
    #[command(flatten)]
    write: WriteArgs,
}

fn sha256(text: &str) -> Result<[u8; 32], String> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash)
        .map_err(|_| "64 hexadecimal digits are wanted".to_owned())?;
    Ok(hash)
}

/// What evidence proves, as data.
#[derive(Serialize)]
struct Proven {
    valid: bool,
    ledger: String,
    number: &'static str,
    says: &'static str,
    heads: Vec<Head>,
    leaf: Option<u64>,
    sha256: String,
}

#[derive(Serialize)]
struct Head {
    size: u64,
    root: String,
}

impl EvidenceCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Verify(args) => args.run(session),
            Self::Make(args) => args.run(),
            Self::Submit(SubmitArgs { evidence }) => {
                let evidence = read_text_up_to(&evidence, EVIDENCE_BYTES_MAX as u64)?;
                let body = EvidenceText { evidence };
                let client = session.client()?;
                let accused = client.call(async |api| api.bring_evidence(&body).await)?;
                session.out().show(&accused, |it| {
                    View::Text(format!(
                        "the ledger of {} {} ({}): recorded as evidence {}",
                        it.party, it.says, it.number, it.evidence
                    ))
                })
            }
            Self::List => {
                let client = session.client()?;
                let found = client.call(async |api| api.accusations().await)?;
                session.out().show(&found, |found| accusations(found))
            }
            Self::Show(ShowArgs { sha256: name }) => {
                sha256(&name).map_err(Failure::usage)?;
                let text = session.client()?.text(&format!("evidence/{name}"), &[])?;
                crate::output::write(text.as_bytes())
            }
            Self::Clear(args) => args.run(session),
            Self::Mirrors => {
                let client = session.client()?;
                let found = client.call(async |api| api.mirrors().await)?;
                session.out().show(&found, |found| mirrors(found))
            }
        }
    }
}

impl VerifyArgs {
    fn run(self, session: &Session) -> Outcome {
        let trust = read_trust(&self.trust)?;
        let keys: Vec<_> = trust.logs().iter().map(|log| log.key.clone()).collect();
        let text = read_text_up_to(&self.evidence, EVIDENCE_BYTES_MAX as u64)?;
        let evidence: Evidence = text.parse().map_err(refused)?;
        let proven = evidence.check(&keys).map_err(refused)?;
        let proven = Proven::new(&proven, &evidence);
        session.out().show(&proven, view)
    }
}

/// Evidence that does not hold was altered, or never was any.
fn refused(error: EvidenceError) -> Failure {
    Failure::new(Exit::Integrity, error)
}

impl MakeArgs {
    fn run(self) -> Outcome {
        let trust = read_trust(&self.trust)?;
        let keys: Vec<_> = trust.logs().iter().map(|log| log.key.clone()).collect();
        let [first, second] = [&self.first, &self.second]
            .map(|path| read_text_up_to(path, EVIDENCE_BYTES_MAX as u64));
        let (first, second) = (first?, second?);
        let of_bundles = Evidence::of_bundles(&first, &second, &keys);
        let evidence = of_bundles.or_else(|why| match why {
            EvidenceError::Bundle(_) => Evidence::of_checkpoints(&first, &second, &keys),
            why => Err(why),
        });
        super::give(&evidence.map_err(refused)?.to_string(), self.out.as_deref())
    }
}

impl ClearArgs {
    fn run(self, session: &Session) -> Outcome {
        session.confirm(&format!(
            "What the ledger of {} says counts again from {} leaves on. Did the members decide so?",
            self.party, self.size
        ))?;
        let body = NewClearance {
            evidence: self.evidence,
            size: self.size,
            root: self.root,
            decision: self.decision,
        };
        let path = format!("partners/{}/clear", self.party);
        let written: Written<LedgerCleared> = session.client()?.write(&path, &self.write, &body)?;
        tell(&written.receipt);
        session.out().show(&written, |written| {
            View::Text(format!(
                "{} is cleared of {}",
                written.made.party,
                hex::encode(written.made.evidence)
            ))
        })
    }
}

impl Proven {
    fn new(it: &ProvenContradiction, evidence: &Evidence) -> Self {
        let heads = it.heads.iter().map(|(size, root)| Head {
            size: *size,
            root: hex::encode(root),
        });
        Self {
            valid: true,
            ledger: it.origin.to_string(),
            number: it.kind.number(),
            says: it.kind.says(),
            heads: heads.collect(),
            leaf: it.leaf,
            sha256: hex::encode(evidence.sha256()),
        }
    }
}

fn view(it: &Proven) -> View {
    let heads = it
        .heads
        .iter()
        .map(|head| format!("{} leaves, root {}", head.size, head.root));
    let mut heads: Vec<String> = heads.collect();
    heads.dedup();
    let mut pairs = vec![
        ("ledger", it.ledger.clone()),
        ("it", format!("{} ({})", it.says, it.number)),
        ("signed", heads.join("\n")),
        ("evidence", it.sha256.clone()),
    ];
    if let Some(leaf) = it.leaf {
        pairs.push((
            "leaf",
            format!("{leaf}: replay the ledger up to it to see the rule that it breaks"),
        ));
    }
    View::pairs(pairs)
}

fn accusations(found: &[AccusationView]) -> View {
    Table::of(
        ["PARTNER", "NUMBER", "ITS LEDGER", "EVIDENCE", "LEAF>"],
        "no partner's ledger stands accused",
        found,
        |it| {
            [
                it.party.to_string(),
                it.number.clone(),
                it.says.clone(),
                it.evidence.clone(),
                or_dash(it.leaf),
            ]
        },
    )
}

fn mirrors(found: &[MirrorView]) -> View {
    Table::of(
        ["PARTNER", "LEDGER", "LEAVES>", "UP TO DATE AT", "STATE"],
        "no partner's ledger is mirrored yet",
        found,
        |it| {
            let state = match (&it.finding, &it.problem) {
                (Some(finding), _) => format!("leaf {}: {}", finding.index, finding.says),
                (None, Some(problem)) => problem.clone(),
                (None, None) => "every leaf obeys the rules".to_owned(),
            };
            [
                it.party.to_string(),
                it.origin.to_string(),
                it.size.to_string(),
                it.caught_up_ms.map_or_else(|| "-".to_owned(), moment),
                state,
            ]
        },
    )
}
