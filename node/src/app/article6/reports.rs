//! The annual report in the agreed electronic format: made from the ledger, checked, compared, frozen and kept.

use std::collections::{BTreeMap, BTreeSet};

use countersign_bridge::aef as files;
use countersign_protocol::article6::aef::check::{Finding, Report, Severity, check};
use countersign_protocol::article6::aef::diff::{RowChange, diff};
use countersign_protocol::article6::aef::{Aef, Field, Switches, Version};
use countersign_protocol::article6::{AefTerms, YearAef};
use countersign_protocol::log::Hash;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::serial::CooperativeApproachId;
use sha2::{Digest, Sha256};

use super::super::{App, AppError, Caller, Mode};
use super::book::OpenBook;
use super::year;
use crate::people::UserId;
use crate::reports::{NewSubmission, ReportError, Reports, SubmissionOrigin, Submitted};

/// Which report is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AefWish {
    /// The reported year.
    pub year: u16,
    /// The version; when left out the one after the last that was kept.
    pub version: Option<Version>,
    /// The day of submission; today when left out.
    pub submitted: Option<Day>,
}

/// A report as the ledger has it at this moment.
#[derive(Debug)]
pub struct AefDraft {
    /// Whose it is.
    pub party: Party,
    /// The reported year.
    pub year: u16,
    /// Its version.
    pub version: Version,
    /// Its rows.
    pub aef: Aef,
    /// What the checks found.
    pub report: Report,
    /// Approaches with something to report, and no initial report: their rows are left out (4/CMA.6 paras 26 and 27).
    pub without_initial_report: BTreeSet<CooperativeApproachId>,
    /// Leaves that it follows from.
    pub ledger_size: u64,
    /// The last submission for the year, if one was kept.
    pub last: Option<Submitted>,
}

/// An annual report that this country froze.
#[derive(Debug)]
pub struct PublishedSubmission {
    /// Which one it is.
    pub submitted: Submitted,
    /// Its rows.
    pub aef: Aef,
    /// Its JSON, of which the SHA-256 is its name.
    pub content: Vec<u8>,
}

/// The differences from the last submission for a year.
#[derive(Debug)]
pub struct AefChanges {
    /// What they are differences from.
    pub last: Submitted,
    /// The rows that differ.
    pub changes: Vec<RowChange>,
}

/// A partner's submission against this country's.
#[derive(Debug)]
pub struct AefComparison {
    /// The partner's.
    pub theirs: Submitted,
    /// This country's, where one was kept; otherwise the report as the ledger has it.
    pub ours: Option<Submitted>,
    /// Where they differ, in the rows of this country's.
    pub findings: Vec<Finding>,
}

/// What the ids of checks against partners begin with.
const OF_PARTNERS: &str = "AEF-P-";

/// Kept submissions that a check looks at.
struct Kept {
    last: Option<Submitted>,
    earlier: Vec<Aef>,
    partners: Vec<Aef>,
}

impl App {
    /// The same use cases with a store of reports.
    #[must_use]
    pub fn with_reports(self, reports: Reports, switches: Switches) -> Self {
        Self {
            reports: Some((reports, switches)),
            ..self
        }
    }

    fn reports(&self) -> Result<&Reports, AppError> {
        let store = self.reports.as_ref().map(|(store, _)| store);
        store.ok_or_else(|| {
            AppError::internal("keep a report", &"this node has no store of reports")
        })
    }

    fn switches(&self) -> Switches {
        self.reports
            .as_ref()
            .map_or_else(Switches::default, |(_, switches)| *switches)
    }

    /// The report of a year as the ledger has it now, with what the checks find.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::BadInput`] for a year that no report is of.
    pub async fn aef_draft(&self, caller: &Caller, wish: AefWish) -> Result<AefDraft, AppError> {
        self.permit(caller, Action::ReportRead, &Object::default())?;
        self.report_now(wish).await
    }

    async fn report_now(&self, wish: AefWish) -> Result<AefDraft, AppError> {
        let (year, party) = (year(wish.year)?, self.own_party()?);
        let kept = self.kept(party, year).await?;
        let next = kept.last.map_or(Version::FIRST, |last| Version {
            minor: last.version.minor.saturating_add(1),
            ..last.version
        });
        let version = wish.version.unwrap_or(next);
        let submitted = wish.submitted.unwrap_or_else(|| Day::of_ms(self.now_ms()));
        let switches = self.switches();
        self.with_book(move |OpenBook { book, size, .. }| {
            let terms = AefTerms {
                version,
                ..AefTerms::first(year, submitted)
            };
            let YearAef {
                aef,
                without_initial_report,
                ..
            } = book.aef(&terms).ok_or(AppError::Internal)?;
            let aef = aef.written_as(&switches);
            let report = check(&aef, &kept.earlier, &kept.partners, &switches);
            Ok(AefDraft {
                party,
                year,
                version,
                aef,
                report,
                without_initial_report,
                ledger_size: size,
                last: kept.last,
            })
        })
        .await
    }

    /// The newest submission of this Party for each year up to the reported one, and those of partners for that year.
    async fn kept(&self, own: Party, year: u16) -> Result<Kept, AppError> {
        let around = self.reports()?.around(own, year).await?;
        // In the order of versions: the last of a year is its newest.
        let newest = around.into_iter().map(|it| ((it.party, it.year), it));
        let newest: BTreeMap<(Party, u16), Submitted> = newest.collect();
        let mut kept = Kept {
            last: newest.get(&(own, year)).copied(),
            earlier: Vec::new(),
            partners: Vec::new(),
        };
        for ((party, _), it) in newest {
            let aef = self.content(&it.sha256).await?.1;
            let place = if party == own {
                &mut kept.earlier
            } else {
                &mut kept.partners
            };
            place.push(aef);
        }
        Ok(kept)
    }

    async fn content(&self, sha256: &Hash) -> Result<(Submitted, Aef), AppError> {
        let found = self.reports()?.read(sha256).await?;
        let (submitted, content) = found.ok_or_else(|| unknown_submission(sha256))?;
        let (aef, _) = self.rows_of(content).await?;
        Ok((submitted, aef))
    }

    /// The rows of a kept submission, and its content again.
    async fn rows_of(&self, content: Vec<u8>) -> Result<(Aef, Vec<u8>), AppError> {
        let read = move |_: &Self| {
            let reading = files::read(&content);
            let reading =
                reading.map_err(|error| AppError::internal("read a kept submission", &error))?;
            Ok((reading.aef, content))
        };
        self.blocking(read).await
    }

    /// How the report of a year differs from its last submission.
    ///
    /// # Errors
    /// As [`App::aef_draft`]; [`AppError::NotFound`] when none was kept.
    pub async fn aef_changes(
        &self,
        caller: &Caller,
        wish: AefWish,
    ) -> Result<AefChanges, AppError> {
        let draft = self.aef_draft(caller, wish).await?;
        let changes = self.aef_changes_of(&draft).await?;
        let unknown = || AppError::not_found("submission for", &wish.year);
        let (last, changes) = draft.last.zip(changes).ok_or_else(unknown)?;
        Ok(AefChanges { last, changes })
    }

    /// How a report that was made differs from its last submission; `None` where none was kept.
    ///
    /// # Errors
    /// When the submission can not be read.
    pub async fn aef_changes_of(
        &self,
        draft: &AefDraft,
    ) -> Result<Option<Vec<RowChange>>, AppError> {
        let Some(last) = draft.last else {
            return Ok(None);
        };
        let (_, earlier) = self.content(&last.sha256).await?;
        Ok(Some(diff(&earlier, &draft.aef)))
    }

    /// What a partner's submission that is kept says against this country's report of the same year: its newest submission, or the
    /// report as the ledger has it where none was kept (6/CMA.4 annex I para 39).
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::NotFound`].
    pub async fn aef_against(
        &self,
        caller: &Caller,
        sha256: &Hash,
    ) -> Result<AefComparison, AppError> {
        self.may_read_reports(caller)?;
        let (theirs, partner) = self.content(sha256).await?;
        let wish = AefWish {
            year: theirs.year,
            version: None,
            submitted: None,
        };
        let draft = self.report_now(wish).await?;
        let ours = match draft.last {
            Some(last) => self.content(&last.sha256).await?.1,
            None => draft.aef,
        };
        let switches = self.switches();
        let last = draft.last;
        self.blocking(move |_| {
            let found = check(&ours, &[], std::slice::from_ref(&partner), &switches);
            let of_partners = found.findings.into_iter();
            let findings = of_partners.filter(|it| it.check.id.starts_with(OF_PARTNERS));
            Ok(AefComparison {
                theirs,
                ours: last,
                findings: findings.collect(),
            })
        })
        .await
    }

    /// Freezes the report of a year as a version that never changes. With errors in it, it takes somebody who says so. Where
    /// nothing differs from the last submission, that one stays the last.
    ///
    /// # Errors
    /// As [`App::aef_draft`]; [`AppError::Report`] when the checks find errors, or the version was kept with another content.
    pub async fn freeze_aef(
        &self,
        caller: &Caller,
        wish: AefWish,
        despite_errors: bool,
        mode: Mode,
    ) -> Result<Submitted, AppError> {
        self.permit(caller, Action::ReportSubmit, &Object::default())?;
        let draft = self.report_now(wish).await?;
        if let Some(last) = unchanged(&draft, wish) {
            return Ok(last);
        }
        let errors = draft.report.count(Severity::Error);
        if errors > 0 && !despite_errors {
            let mut findings = draft.report.findings.iter();
            let first = findings.find(|it| it.check.severity == Severity::Error);
            let first =
                first.map_or_else(String::new, |it| format!("{}: {}", it.check.id, it.message));
            return Err(ReportError::Unsound { errors, first }.into());
        }
        let new = NewSubmission {
            party: draft.party,
            year: draft.year,
            version: draft.version,
            origin: SubmissionOrigin::Frozen {
                ledger_size: draft.ledger_size,
            },
            content: files::write_json(&draft.aef).into_bytes(),
            errors: errors as u64,
            warnings: draft.report.count(Severity::Warning) as u64,
            user: user_of(caller),
        };
        self.keep(caller, &new, mode).await
    }

    async fn keep(
        &self,
        caller: &Caller,
        new: &NewSubmission,
        mode: Mode,
    ) -> Result<Submitted, AppError> {
        let is_trial = mode == Mode::Try;
        let kept = self.reports()?.keep(new, self.now_ms(), is_trial).await?;
        let (actor, sha256) = (caller.actor().name(), hex::encode(kept.sha256));
        let (party, year, version) = (kept.party, kept.year, kept.version);
        tracing::info!(actor, %party, year, %version, sha256, is_trial, "a submission was kept");
        Ok(kept)
    }

    /// Keeps a submission that somebody brought as a file: a partner's, against which reports are checked, or an earlier one of
    /// this country from elsewhere.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Report`] when the file is none, does not say whose it is, or its version was kept with
    /// another content.
    pub async fn import_aef(
        &self,
        caller: &Caller,
        file: Vec<u8>,
        mode: Mode,
    ) -> Result<Submitted, AppError> {
        self.may_import_aef(caller)?;
        let switches = self.switches();
        let user = user_of(caller);
        let read = move |_: &Self| {
            let unreadable = |error: files::ReadError| ReportError::NoFile(error.to_string());
            let reading = files::read(&file).map_err(unreadable)?;
            let aef = reading.aef.written_as(&switches);
            let found = check(&aef, &[], &[], &switches);
            let count = |severity| (reading.report.count(severity) + found.count(severity)) as u64;
            let lacks = |what: &str| ReportError::NoFile(format!("Table 1 does not say {what}"));
            let of = &aef.submission;
            let party = of.party.get().and_then(|code| code.party());
            Ok(NewSubmission {
                party: party.ok_or_else(|| lacks("which Party it is of"))?,
                year: of
                    .reported_year
                    .get()
                    .ok_or_else(|| lacks("for which year it is"))?,
                version: of
                    .version
                    .get()
                    .ok_or_else(|| lacks("which version it is"))?,
                origin: SubmissionOrigin::Imported,
                content: files::write_json(&aef).into_bytes(),
                errors: count(Severity::Error),
                warnings: count(Severity::Warning),
                user,
            })
        };
        let new = self.blocking(read).await?;
        self.keep(caller, &new, mode).await
    }

    /// Whether somebody may freeze the report of a year.
    #[must_use]
    pub fn may_freeze_aef(&self, caller: &Caller) -> bool {
        let asked = self.permit(caller, Action::ReportSubmit, &Object::default());
        asked.is_ok()
    }

    /// Whether somebody may look at reports at all, before one is made.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn may_read_reports(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit(caller, Action::ReportRead, &Object::default())
    }

    /// Whether somebody may bring a file, before it is read.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn may_import_aef(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit(caller, Action::ReportPrepare, &Object::default())
    }

    /// Submissions that are kept, the newest first of each year: all of them for who looks after reports, and for everybody else
    /// those of [`Self::published_submissions`].
    ///
    /// # Errors
    /// When they can not be read.
    pub async fn submissions(
        &self,
        caller: Option<&Caller>,
        party: Option<Party>,
    ) -> Result<Vec<Submitted>, AppError> {
        if self.sees_all_reports(caller) {
            return Ok(self.reports()?.list(party).await?);
        }
        let mut published = self.published_submissions().await?;
        published.retain(|it| party.is_none_or(|party| party == it.party));
        Ok(published)
    }

    fn sees_all_reports(&self, caller: Option<&Caller>) -> bool {
        caller.is_some_and(|caller| self.may_read_reports(caller).is_ok())
    }

    /// The annual reports that this country froze, the newest first of each year: public, as what is not confidential
    /// is (2/CMA.3 annex para 24). What somebody brought as a file is not among them: it is others' to publish. Every row follows from
    /// the public ledger, which has nothing that a Party marked as confidential.
    ///
    /// # Errors
    /// When they can not be read.
    pub async fn published_submissions(&self) -> Result<Vec<Submitted>, AppError> {
        let own = self.own_party()?;
        let mut kept = self.reports()?.list(Some(own)).await?;
        kept.retain(is_published);
        // Who froze one is a matter of the office.
        kept.iter_mut().for_each(|it| it.user = None);
        Ok(kept)
    }

    /// One of [`Self::published_submissions`], as it was frozen.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for any other submission, whether it is kept here or not.
    pub async fn published_submission(
        &self,
        sha256: &Hash,
    ) -> Result<PublishedSubmission, AppError> {
        let own = self.own_party()?;
        let found = self.reports()?.read(sha256).await?;
        let published = found.filter(|(it, _)| it.party == own && is_published(it));
        let (submitted, content) = published.ok_or_else(|| unknown_submission(sha256))?;
        let (aef, content) = self.rows_of(content).await?;
        Ok(PublishedSubmission {
            submitted,
            aef,
            content,
        })
    }

    /// A submission that is kept, by the SHA-256 of its content: any for who looks after reports, and for everybody else one that
    /// is published.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn submission(
        &self,
        caller: Option<&Caller>,
        sha256: &Hash,
    ) -> Result<(Submitted, Aef), AppError> {
        if self.sees_all_reports(caller) {
            return self.content(sha256).await;
        }
        let found = self.published_submission(sha256).await?;
        Ok((found.submitted, found.aef))
    }
}

fn unknown_submission(sha256: &Hash) -> AppError {
    AppError::not_found("submission", &hex::encode(sha256))
}

/// Whether this node made it from its own ledger.
const fn is_published(of: &Submitted) -> bool {
    matches!(of.origin, SubmissionOrigin::Frozen { .. })
}

/// The last submission for the year, where the report says the same under its version.
fn unchanged(draft: &AefDraft, wish: AefWish) -> Option<Submitted> {
    let last = draft.last?;
    if wish.version.is_some_and(|version| version != last.version) {
        return None;
    }
    let mut aef = draft.aef.clone();
    aef.submission.version = Field::Is(last.version);
    let sha256: Hash = Sha256::digest(files::write_json(&aef)).into();
    (sha256 == last.sha256).then_some(last)
}

fn user_of(caller: &Caller) -> Option<UserId> {
    match caller {
        Caller::Operator(_) => None,
        Caller::Person(person) => Some(person.principal.user),
    }
}
