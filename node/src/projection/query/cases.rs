//! Cases of the country's process, what they wait for, and what was done in them.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::workflow::SubjectKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// Orders of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseSort {
    /// By number.
    #[default]
    Number,
    /// By the leaf of the last act.
    Changed,
    /// By when they entered their stage.
    Since,
}

/// Which cases are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// About this kind of subject.
    pub kind: Option<SubjectKind>,
    /// On this flow.
    pub flow: Option<String>,
    /// In this stage.
    pub stage: Option<String>,
    /// Of this owner.
    pub owner: Option<OrganisationId>,
    /// With this certifier.
    pub certifier: Option<OrganisationId>,
    /// Of this project.
    pub project: Option<u32>,
    /// Below this case.
    pub parent: Option<u64>,
    /// Ended, or under way.
    pub ended: Option<bool>,
    /// That wait for this role, of any organisation type or of `waits_for_type`.
    pub waits_for: Option<String>,
    /// The organisation type to `waits_for`.
    pub waits_for_type: Option<String>,
    /// With an awaited step due before this moment, in milliseconds since the Unix epoch.
    pub due_before_ms: Option<u64>,
    /// With these characters in the title.
    pub q: Option<String>,
    /// In this order.
    pub sort: CaseSort,
    /// This part of the list.
    pub window: Window,
}

/// The words for what was done in a case.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code)] // it only describes
enum CaseAnswer {
    /// The case was opened.
    Opened,
    /// A step was taken.
    Yes,
    /// A step was answered with no.
    No,
    /// The case went on under a newer process.
    Migrated,
    /// The certifier opened a finding.
    FindingOpened,
    /// An owner answered a finding.
    FindingAnswered,
    /// The certifier closed a finding.
    FindingClosed,
}

/// What was done in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseActRow {
    /// The leaf.
    pub leaf: u64,
    /// The step; `None` where there is none, as for the opening.
    pub step: Option<String>,
    /// `opened`, `yes`, `no`, `migrated`, or what became of a finding: `finding_opened`, `finding_answered`,
    /// `finding_closed`.
    #[schema(value_type = CaseAnswer)]
    pub answer: String,
    /// Whose it was; `None` when a deadline passed.
    pub organisation: Option<OrganisationId>,
    /// The organisation's type.
    pub organisation_type: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
}

impl Projection {
    /// The numbers of cases.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn cases(&self, query: &CaseQuery) -> Result<Page<u64>, ProjectionError> {
        let order = match query.sort {
            CaseSort::Number => Order {
                name: "cases/number",
                columns: &[("number", Holds::Int)],
            },
            CaseSort::Changed => Order {
                name: "cases/changed",
                columns: &[("changed_at", Holds::Int), ("number", Holds::Int)],
            },
            CaseSort::Since => Order {
                name: "cases/since",
                columns: &[("since_ms", Holds::Int), ("number", Holds::Int)],
            },
        };
        let mut list = List::of("cases", &[], order);
        let project = query.project.map(Cell::from);
        if query.sort == CaseSort::Number {
            list.led_by("project = ?", "project", project);
        } else {
            list.only("project = ?", project.map(|it| vec![it]));
        }
        let text = |text: &Option<String>| text.as_deref().map(|it| vec![Cell::text(it)]);
        let number = |of: Option<OrganisationId>| of.map(|it| vec![Cell::from(it.0)]);
        list.only("kind = ?", query.kind.map(|it| vec![Cell::word(it.word())]));
        list.only("flow = ?", text(&query.flow));
        list.only("stage = ?", text(&query.stage));
        list.only("certifier = ?", number(query.certifier));
        list.only("parent = ?", query.parent.map(|it| vec![Cell::from(it)]));
        let ended = query.ended.map(|it| vec![Cell::from(u32::from(it))]);
        list.only("ended = ?", ended);
        let due = query.due_before_ms.map(|it| vec![Cell::from(it)]);
        list.only("due_ms < ?", due);
        list.within(
            "number IN (SELECT case_number FROM case_owners WHERE organisation = ?)",
            number(query.owner),
        );
        match &query.waits_for_type {
            None => list.only(
                "number IN (SELECT case_number FROM case_waits WHERE role = ?)",
                text(&query.waits_for),
            ),
            Some(of) => list.only(
                "number IN (SELECT case_number FROM case_waits WHERE role = ? AND organisation_type = ?)",
                query
                    .waits_for
                    .as_deref()
                    .map(|role| vec![Cell::text(role), Cell::text(of.as_str())]),
            ),
        }
        list.named(query.q.as_deref());
        // The order's last column is the number.
        let at = order.columns.len() - 1;
        list.page(self, &query.window, |row| row.number(at)).await
    }

    /// What was done in a case, oldest first.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn case_acts(
        &self,
        case: u64,
        window: &Window,
    ) -> Result<Page<CaseActRow>, ProjectionError> {
        let columns = &[
            "leaf",
            "step",
            "answer",
            "organisation",
            "organisation_type",
            "role",
            "time_ms",
        ];
        let order = Order {
            name: "case_acts/leaf",
            columns: &[("leaf", Holds::Int)],
        };
        let mut list = List::of("case_acts", columns, order);
        list.led_by("case_number = ?", "case_number", Some(Cell::from(case)));
        list.page(self, window, act).await
    }
}

fn act(row: &Row) -> Result<CaseActRow, ProjectionError> {
    Ok(CaseActRow {
        leaf: row.number(0)?,
        step: row.text(1)?,
        answer: row.parsed(2)?,
        organisation: row.maybe(3)?.map(OrganisationId),
        organisation_type: row.text(4)?,
        role: row.text(5)?,
        time_ms: row.number(6)?,
    })
}
