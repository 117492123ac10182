//! The certificate of a retirement or cancellation: made for whoever asks, from what everybody may know of it.

use countersign_protocol::log::Checkpoint;
use countersign_protocol::party::Party;
use countersign_protocol::time::Timestamp;

use super::content::{day, grouped};
use super::facts::{authority, offices};
use crate::app::{App, AppError, LIST_MAX, ProofOf};
use crate::letters::{
    Addressee, Detail, Language, LetterData, LetterId, LetterProof, Letterhead, LetterheadText,
    Signatory,
};
use crate::projection::query::{RetirementQuery, RetirementRow, Window};

/// The certificate of one retirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The entry that used or cancelled the units.
    pub leaf: u64,
    /// Its language.
    pub language: String,
    /// The file: PDF/A-3b with the proof bundle of the entry attached, its pages signed by the key of the ledger's log.
    pub bytes: Vec<u8>,
}

/// What stands on it besides the rows of its retirement.
struct Around {
    party: Party,
    /// Who held the account.
    holder: Option<String>,
    /// The organisation that keeps the registry.
    authority: Option<String>,
    /// For whom the units were used, where everybody may know.
    beneficiary: Option<String>,
}

impl App {
    /// The certificate of the retirement or cancellation that an entry records. For everybody: it tells what the pages of the
    /// registry tell. The same entry gives other bytes under a newer head.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an entry that used no units, [`AppError::NotWitnessed`] for one that no quorum has seen yet,
    /// [`AppError::Letter`] when the language has no templates or a template is wrong, [`AppError::Busy`] while too many are
    /// made at once.
    pub async fn certificate(
        &self,
        leaf: u64,
        language: Option<Language>,
    ) -> Result<Certificate, AppError> {
        let internal = |why: &dyn std::fmt::Display| AppError::internal("make a certificate", &why);
        let language = match language {
            Some(language) => language,
            None => "en".parse().map_err(|why| internal(&why))?,
        };
        let query = RetirementQuery {
            leaf: Some(leaf),
            window: Window {
                limit: LIST_MAX,
                ..Window::default()
            },
            ..RetirementQuery::default()
        };
        let rows = self.find_retirements(&query).await?.items;
        let first = rows.first();
        let first = first.ok_or_else(|| AppError::not_found("retirement", &leaf))?;
        let bundle = self.proof(ProofOf::Index(leaf)).await?;
        let head = Checkpoint::parse_note(&bundle.checkpoint);
        let (_, head) = head.map_err(|why| internal(&why))?;
        let around = self.around(first).await?;
        let data = data(&rows, &around, &head, &self.office.letterhead, &language);
        let name = match first.kind.as_str() {
            "cancel" => "cancellation-certificate",
            _ => "retirement-certificate",
        };
        let name: LetterId = name.parse().map_err(|why| internal(&why))?;
        let pages = self
            .office
            .certificates
            .render(&name, &language, &data)
            .await?;
        let modified = Timestamp::from_seconds(first.time_ms / 1000);
        let modified = modified.map_err(|why| internal(&why))?;
        let bytes = self
            .federation()
            .certify(&pages.bytes, &bundle.to_string(), modified)
            .map_err(|why| internal(&why))?;
        Ok(Certificate {
            leaf,
            language: language.to_string(),
            bytes,
        })
    }

    async fn around(&self, row: &RetirementRow) -> Result<Around, AppError> {
        let commitments = row.commitment().into_iter().collect();
        let mut names = self.public_beneficiaries(commitments).await?;
        let beneficiary = names.pop_first().map(|(_, it)| it.name.to_string());
        let (party, holder, authority) = self.ledger().read(|state| {
            let holder = row.organisation.and_then(|it| state.organisation(it));
            let process = state.process();
            let keeper = process.and_then(|it| authority(it, &offices(state)));
            (
                state.genesis().map(|it| it.party),
                holder.map(|it| it.name.to_string()),
                keeper.map(|it| it.name),
            )
        });
        let party = party.ok_or_else(|| AppError::not_found("ledger", &0))?;
        Ok(Around {
            party,
            holder,
            authority,
            beneficiary,
        })
    }
}

fn data(
    rows: &[RetirementRow],
    around: &Around,
    head: &Checkpoint,
    letterhead: &Letterhead,
    language: &Language,
) -> LetterData {
    let text = |configured: &Option<LetterheadText>| {
        let text = configured.as_ref().map(|it| it.get(language).to_owned());
        text.filter(|it| !it.is_empty())
    };
    let (leaf, time_ms) = rows.first().map_or((0, 0), |it| (it.leaf, it.time_ms));
    let country = text(&letterhead.country).unwrap_or_else(|| around.party.name().to_owned());
    let authority = text(&letterhead.ministry).or_else(|| around.authority.clone());
    let date = day(time_ms);
    let addressee = around.beneficiary.as_ref().or(around.holder.as_ref());
    LetterData {
        title: String::new(),
        ministry: authority.unwrap_or_else(|| country.clone()),
        address: letterhead.address.clone(),
        reference: format!("{}/{}/{leaf}", around.party, &date[..4]),
        addressee: Addressee {
            name: addressee.cloned().unwrap_or_default(),
            lines: Vec::new(),
        },
        project: None,
        details: details(rows, around),
        reasons: Vec::new(),
        signatory: Signatory {
            name: None,
            role: String::new(),
            place: text(&letterhead.place).unwrap_or_else(|| country.clone()),
        },
        proof: LetterProof {
            origin: head.origin.clone(),
            leaf,
            size: head.size,
            root: hex::encode(head.root),
            verify_url: format!("{}/retirements/{leaf}", letterhead.public_url),
        },
        preview: false,
        date,
        country,
    }
}

fn details(rows: &[RetirementRow], around: &Around) -> Vec<Detail> {
    let mut details = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            details.push(Detail {
                name: name.to_owned(),
                value,
            });
        }
    };
    let first = rows.first();
    add("purpose", first.map(|it| it.purpose.clone()));
    add("beneficiary", around.beneficiary.clone());
    add("account-holder", around.holder.clone());
    let jurisdiction = first.and_then(|it| it.jurisdiction.clone());
    add(
        "jurisdiction",
        jurisdiction.map(|it| {
            let party = it.parse::<Party>();
            party.map_or(it, |party| party.name().to_owned())
        }),
    );
    add("statement", first.and_then(|it| it.reason.clone()));
    let tonnes = rows.iter().map(|it| it.block.tonnes());
    add("tonnes", Some(grouped(tonnes.fold(0, u64::saturating_add))));
    let mut vintages: Vec<u16> = rows.iter().map(|it| it.block.serial.year()).collect();
    vintages.sort_unstable();
    vintages.dedup();
    add("vintage", Some(joined(vintages)));
    add(
        "serials",
        Some(joined(rows.iter().map(|it| it.block.serial))),
    );
    let itmos = rows.iter().filter_map(|it| it.block.itmo_id());
    add("itmo-identifiers", Some(joined(itmos)));
    details
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let texts = items.into_iter().map(|it| it.to_string());
    texts.collect::<Vec<_>>().join(", ")
}
