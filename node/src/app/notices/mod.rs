//! News for users: what waits for them, what is due soon, what was decided about their cases. And the state of mail.
//!
//! The ledger is read from where the last news ended; that place, what was told to whom and the mails themselves are
//! written down together, so that nobody is told twice and nobody is left out, whenever the node stops.

mod audience;
mod decision;

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_protocol::record::{Body, CaseAct};
use countersign_protocol::registry::RegistryCase;
use countersign_protocol::workflow::{Process, Waiting, waiting_for};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{App, AppError, Caller, Mode, StoredRecord};
use crate::mail::{MailKind, MailStatus, News, Waiting as WaitingMail, moment};
use crate::people::{User, UserId};

/// The most leaves of which news is made in one go.
const LEAVES_MAX: u64 = 1_000;
/// Cases that are looked at in one go: the ledger's writer waits meanwhile.
const CASES_MAX: usize = 200;
/// How often deadlines are looked at. Reminders are counted in days.
const REMIND_EVERY: Duration = Duration::from_secs(600);
/// How often news that could not be told is told again.
const LOOK: Duration = Duration::from_secs(60);

/// The state of mail, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailReport {
    /// In numbers.
    pub status: MailStatus,
    /// Mail that could not be sent, then mail that waits.
    pub mails: Vec<WaitingMail>,
}

/// What somebody does, who need not be told of it.
struct Cause {
    /// The actor, by pseudonym.
    user: Option<u64>,
}

impl App {
    /// Tells users their news, until the node stops.
    pub async fn tell_users(self, stop: CancellationToken) {
        let mut head = self.ledger().head();
        let mut reminders = tokio::time::interval(REMIND_EVERY);
        loop {
            if let Err(error) = self.tell_news().await {
                warn!(%error, "users could not be told their news; they are told later");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                changed = head.changed() => if changed.is_err() { return },
                _ = reminders.tick() => {
                    if let Err(error) = self.remind(self.now_ms()).await {
                        warn!(%error, "users could not be reminded; they are reminded later");
                    }
                }
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Tells what the ledger holds since the last time, and gives how many mails that makes. A new queue begins with what comes
    /// after it was made: nobody gets the mail of years at once.
    ///
    /// # Errors
    /// [`AppError`] when a store cannot be read or the queue not written; nothing is lost by that.
    pub async fn tell_news(&self) -> Result<usize, AppError> {
        let signed = self.size();
        let Some(mut from) = self.inner.mail.news_size().await? else {
            self.inner
                .mail
                .tell(&[], Some(signed), self.now_ms())
                .await?;
            return Ok(0);
        };
        let mut told = 0;
        while from < signed {
            let end = from.saturating_add(LEAVES_MAX).min(signed);
            let news = self.news_of(from, end).await?;
            told += self
                .inner
                .mail
                .tell(&news, Some(end), self.now_ms())
                .await?;
            from = end;
        }
        Ok(told)
    }

    async fn news_of(&self, from: u64, end: u64) -> Result<Vec<News>, AppError> {
        let records = self.blocking(move |app| app.range(from, end)).await?;
        let mut news = Vec::new();
        let mut touched = BTreeSet::new();
        for stored in &records {
            match &stored.record.body {
                Body::CaseOpened(it) => drop(touched.insert(it.case)),
                Body::CaseMigrated(it) => drop(touched.insert(it.case)),
                Body::CaseAct(it) => {
                    touched.insert(it.case);
                    news.extend(self.decided(stored, it).await?);
                }
                _ => {}
            }
        }
        for case in touched {
            news.extend(self.begins_to_wait(case, &records).await?);
        }
        Ok(news)
    }

    /// Everybody for whom a case waits since it entered its stage, but the one who brought it there.
    async fn begins_to_wait(
        &self,
        case: u64,
        records: &[StoredRecord],
    ) -> Result<Vec<News>, AppError> {
        let Ok((known, process)) = self.case_and_process(case) else {
            return Ok(Vec::new());
        };
        if known.end.is_some() || known.paused.is_some() {
            return Ok(Vec::new());
        }
        let cause = cause_of(case, records);
        let awaited = awaited(&process, &known);
        let mut news = Vec::new();
        for (user, steps) in self.audience(&known, &process, &awaited).await? {
            if cause.user == Some(user.id.number()) {
                continue;
            }
            news.extend(waits(
                &known,
                &process,
                &user,
                &steps,
                MailKind::Waits,
                "waits",
            ));
        }
        Ok(news)
    }

    /// Reminds users of what waits for them and is due soon: each once for each day that the process names. Gives how many
    /// mails that makes.
    ///
    /// # Errors
    /// As [`App::tell_news`].
    pub async fn remind(&self, now_ms: u64) -> Result<usize, AppError> {
        let mut after = 0;
        let mut told = 0;
        loop {
            let (page, last) = self.ledger().read(|state| {
                let cases: Vec<&RegistryCase> = state.cases_after(after).take(CASES_MAX).collect();
                let last = cases.last().map(|it| it.number);
                let due = cases.into_iter().filter(|it| {
                    let process = state.process_of(&it.case.process);
                    process.is_some_and(|process| nearing(process, it, now_ms).is_some())
                });
                (due.cloned().collect::<Vec<_>>(), last)
            });
            for known in page {
                told += self.remind_of(&known, now_ms).await?;
            }
            match last {
                Some(last) => after = last,
                None => return Ok(told),
            }
        }
    }

    async fn remind_of(&self, known: &RegistryCase, now_ms: u64) -> Result<usize, AppError> {
        let (_, process) = self.case_and_process(known.number)?;
        let Some((days, steps)) = nearing(&process, known, now_ms) else {
            return Ok(0);
        };
        let about = format!("remind-{days}");
        let mut news = Vec::new();
        for (user, steps) in self.audience(known, &process, &steps).await? {
            let of = waits(known, &process, &user, &steps, MailKind::Reminder, &about);
            news.extend(of);
        }
        Ok(self.inner.mail.tell(&news, None, now_ms).await?)
    }

    /// Whether the caller gets news by mail.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub async fn wants_news(&self, caller: &Caller) -> Result<bool, AppError> {
        let user = caller.person()?.principal.user;
        Ok(self.inner.mail.wants_news(user).await?)
    }

    /// Turns news by mail on or off for the caller. One-time codes always go.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub async fn set_wants_news(
        &self,
        caller: &Caller,
        wants: bool,
        mode: Mode,
    ) -> Result<(), AppError> {
        let user = caller.person()?.principal.user;
        if mode == Mode::Try {
            return Ok(());
        }
        Ok(self.inner.mail.set_wants_news(user, wants).await?)
    }

    /// How mail stands, for the operator.
    ///
    /// # Errors
    /// [`AppError::OperatorNeeded`] for a user.
    pub async fn mail_report(&self, caller: &Caller) -> Result<MailReport, AppError> {
        caller.operator()?;
        Ok(MailReport {
            status: self.inner.mail.status().await?,
            mails: self.inner.mail.list().await?,
        })
    }

    /// Mail in numbers, for the metrics.
    pub(crate) async fn mail_status(&self) -> Option<MailStatus> {
        self.inner.mail.status().await.ok()
    }

    /// Tries mail again that could not be sent: one, or all. Gives how many.
    ///
    /// # Errors
    /// [`AppError::OperatorNeeded`] for a user; [`AppError::NotFound`] when the one is none of them.
    pub async fn retry_mail(
        &self,
        caller: &Caller,
        id: Option<u64>,
        mode: Mode,
    ) -> Result<u64, AppError> {
        caller.operator()?;
        let now_ms = self.now_ms();
        Ok(match mode {
            Mode::Try => self.inner.mail.retriable(id, now_ms).await?,
            Mode::Write => self.inner.mail.retry(id, now_ms).await?,
        })
    }

    /// Removes what the queue of mail holds of a user who was erased.
    pub(super) async fn forget_mail(&self, user: UserId) -> Result<(), AppError> {
        Ok(self.inner.mail.forget(user).await?)
    }
}

/// Who took the last step of a case, or opened it, among these records.
fn cause_of(case: u64, records: &[StoredRecord]) -> Cause {
    let by = |body: &Body| match body {
        Body::CaseOpened(it) if it.case == case => Some(Some(it.by.user)),
        Body::CaseAct(it) if it.case == case => Some(it.by.as_ref().map(|by| by.user)),
        _ => None,
    };
    let last = records.iter().rev().find_map(|it| by(&it.record.body));
    Cause {
        user: last.flatten(),
    }
}

/// The steps that a case waits for.
pub(super) fn awaited(process: &Process, known: &RegistryCase) -> Vec<Waiting> {
    let steps = waiting_for(process, &known.case).unwrap_or_default();
    steps.into_iter().filter(|step| step.awaited).collect()
}

/// The steps of an open case of which a day to remind has come, and how many days before the deadline that is: of several
/// the last.
fn nearing(process: &Process, known: &RegistryCase, now_ms: u64) -> Option<(u64, Vec<Waiting>)> {
    use countersign_protocol::workflow::DAY_MS;
    if known.end.is_some() || known.paused.is_some() {
        return None;
    }
    let reminded = |step: &Waiting| {
        let passed = step.remind_ms.iter().rev().find(|at| **at <= now_ms)?;
        Some(step.due_ms?.saturating_sub(*passed) / DAY_MS)
    };
    let steps = awaited(process, known).into_iter();
    let steps: Vec<(u64, Waiting)> = steps
        .filter_map(|step| Some((reminded(&step)?, step)))
        .collect();
    let days = steps.iter().map(|(days, _)| *days).min()?;
    let steps = steps.into_iter().filter(|(of, _)| *of == days);
    Some((days, steps.map(|(_, step)| step).collect()))
}

/// What a user is told about steps that wait; nothing without an address.
fn waits(
    known: &RegistryCase,
    process: &Process,
    user: &User,
    steps: &[Waiting],
    kind: MailKind,
    about: &str,
) -> Option<News> {
    let (email, profile) = user.contact.clone()?;
    let language = profile.language().to_owned();
    let tag = language.to_lowercase();
    let flow = process.flow(&known.case.flow)?;
    let label = |step: &Waiting| {
        flow.step(&step.step)
            .map(|it| it.label.get(&tag).to_owned())
    };
    let labels: Vec<String> = steps.iter().filter_map(label).collect();
    let due = steps.iter().filter_map(|step| step.due_ms).min();
    let stage = flow.stage(&known.case.stage);
    Some(News {
        kind,
        case: known.number,
        since_ms: known.case.since_ms,
        about: about.to_owned(),
        user: user.id,
        email,
        values: vec![
            ("case", known.number.to_string()),
            ("title", known.title.to_string()),
            (
                "stage",
                stage.map_or("", |it| it.label.get(&tag)).to_owned(),
            ),
            ("step", labels.join(", ")),
            ("since", moment(known.case.since_ms)),
            ("due", due.map(moment).unwrap_or_default()),
        ],
        language,
    })
}

/// Whether an act is somebody's answer to an owner, and not the owner's own doing.
fn is_by_owner(known: &RegistryCase, act: &CaseAct) -> bool {
    let owners = &known.case.subject.owners;
    act.by
        .as_ref()
        .is_some_and(|by| owners.contains(&by.organisation))
}
