//! Sums over the whole registry. Each reads a whole table, so that whoever asks keeps the answer for a while.

use std::collections::BTreeMap;

use countersign_protocol::party::Party;
use countersign_protocol::period::Day;

use crate::projection::ProjectionError;
use crate::projection::db::Cell;
use crate::projection::follow::Projection;
use crate::projection::open::Snapshot;

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// How long cases were in the stages that they left. A step may take several people's yes: the last of acts in a row on one
/// step is the one that led on, as every no does, and the newest of a case only if the case entered its stage by it.
const PASSED: &str = "WITH acts AS (SELECT case_number, leaf, step, answer, time_ms, LEAD(step) OVER (PARTITION BY \
     case_number ORDER BY leaf) AS next_step FROM case_acts WHERE step IS NOT NULL OR answer = 'opened'), moves AS (SELECT \
     case_number, step, next_step, time_ms, LAG(step) OVER in_case AS after_step, LAG(answer) OVER in_case AS after_answer, \
     LAG(time_ms) OVER in_case AS after_ms FROM acts WHERE step IS NULL OR next_step IS NULL OR next_step <> step OR answer = 'no' WINDOW \
     in_case AS (PARTITION BY case_number ORDER BY leaf)) SELECT c.flow, m.after_step, m.after_answer, (m.time_ms - \
     m.after_ms) / 3600000 AS hours, COUNT(*) FROM moves AS m JOIN cases AS c ON c.number = m.case_number WHERE m.step IS \
     NOT NULL AND m.after_ms IS NOT NULL AND (m.next_step IS NOT NULL OR m.time_ms = c.since_ms) GROUP BY c.flow, \
     m.after_step, m.after_answer, hours ORDER BY c.flow, m.after_step, m.after_answer, hours";

/// Tonnes of CO2 equivalent by what happened to them or where they are.
pub type Tonnes = BTreeMap<String, u64>;

/// Own units of one kind that are in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedUnits {
    /// Number of one of them, where they carry an authorisation, which the registry knows to be in force or not. It is the
    /// same for all of them: they agree in authorisation, first transfer, vintage, scope and project.
    pub authorised: Option<u64>,
    /// Where they are: `available`, `on_hold`, `escrow`, `abroad`, `used`, `cancelled`.
    pub place: String,
    /// The country where they are, of those abroad.
    pub party: Option<String>,
    /// How many there are.
    pub tonnes: u64,
}

/// Cases that left a stage after about the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedStage {
    /// The flow of the cases.
    pub flow: String,
    /// The step that led into the stage, and whether the answer was no; `None` for the stage in which cases begin.
    pub after: Option<(String, bool)>,
    /// Whole hours from the act that led into the stage to the one that led out of it.
    pub hours: u64,
    /// How many times that was.
    pub times: u64,
}

/// Sums over the whole registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// By calendar year and kind of event: `issuance`, `finalise`, `acquire`, `retire`, `cancel`.
    pub by_year: BTreeMap<u16, Tonnes>,
    /// By vintage and place: `available`, `on_hold`, `escrow`, `abroad`, `used`, `cancelled`.
    pub by_vintage: BTreeMap<u16, Tonnes>,
    /// Own units by sectoral scope and place.
    pub by_scope: BTreeMap<u8, Tonnes>,
    /// Registered projects by sectoral scope.
    pub projects: BTreeMap<u8, u64>,
    /// By partner: `out`, `in` for what was settled, `open` for what is on its way.
    pub by_partner: BTreeMap<String, Tonnes>,
    /// Own units by authorisation and place.
    pub placed: Vec<PlacedUnits>,
    /// How long cases were in the stages that they left.
    pub passed: Vec<PassedStage>,
    /// Leaves that the read model held.
    pub size: u64,
}

impl Projection {
    /// Sums over the whole registry, of which `own` is the Party.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn statistics(&self, own: Party) -> Result<Statistics, ProjectionError> {
        self.snapshot().await?.statistics(own).await
    }
}

impl Snapshot {
    /// Sums over the whole registry, of which `own` is the Party.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub(crate) async fn statistics(&mut self, own: Party) -> Result<Statistics, ProjectionError> {
        let mut statistics = Statistics {
            size: self.size,
            ..Statistics::default()
        };
        let sum = "CAST(SUM(last_unit - first_unit + 1) AS BIGINT)";
        // A year has no fixed number of days: days are summed here, and put into their years below.
        let by_day = format!(
            "SELECT time_ms / {DAY_MS}, kind, {sum} FROM range_events WHERE kind IN \
             ('issuance', 'finalise', 'acquire', 'retire', 'cancel') GROUP BY time_ms / {DAY_MS}, kind"
        );
        for (day, kind, tonnes) in self.triples(by_day, Vec::new()).await? {
            let year = Day::of_ms(day.saturating_mul(DAY_MS)).year();
            add(&mut statistics.by_year, year, kind, tonnes);
        }
        let by_vintage =
            format!("SELECT vintage, place, {sum} FROM ranges GROUP BY vintage, place");
        for (vintage, place, tonnes) in self.triples(by_vintage, Vec::new()).await? {
            let vintage = u16::try_from(vintage).unwrap_or(u16::MAX);
            add(&mut statistics.by_vintage, vintage, place, tonnes);
        }
        let by_scope = format!(
            "SELECT scope, place, {sum} FROM ranges WHERE origin = $1 GROUP BY scope, place"
        );
        let origin = vec![Cell::text(own.to_string())];
        for (scope, place, tonnes) in self.triples(by_scope, origin).await? {
            let scope = u8::try_from(scope).unwrap_or(u8::MAX);
            add(&mut statistics.by_scope, scope, place, tonnes);
        }
        let projects = "SELECT scope, '', COUNT(*) FROM projects GROUP BY scope".to_owned();
        for (scope, _, count) in self.triples(projects, Vec::new()).await? {
            let scope = u8::try_from(scope).unwrap_or(u8::MAX);
            statistics.projects.insert(scope, count);
        }
        self.partners_into(&mut statistics).await?;
        statistics.placed = self.placed(own).await?;
        statistics.passed = self.passed().await?;
        Ok(statistics)
    }

    async fn placed(&mut self, own: Party) -> Result<Vec<PlacedUnits>, ProjectionError> {
        let without = "SELECT NULL, place, CAST(SUM(last_unit - first_unit + 1) AS BIGINT), party FROM ranges WHERE \
                       origin = $1 AND authorisation IS NULL GROUP BY place, party ORDER BY place, party";
        let with = "SELECT MIN(first_unit), place, CAST(SUM(last_unit - first_unit + 1) AS BIGINT), party FROM ranges \
                    WHERE origin = $1 AND authorisation IS NOT NULL GROUP BY authorisation, first_transfer, place, party, \
                    vintage, scope, project ORDER BY 1";
        let mut placed = Vec::new();
        for (sql, is_authorised) in [(without, false), (with, true)] {
            let origin = vec![Cell::text(own.to_string())];
            for row in &self.tx.rows(sql, origin).await? {
                placed.push(PlacedUnits {
                    authorised: is_authorised.then(|| row.number(0)).transpose()?,
                    place: row.text(1)?.unwrap_or_default(),
                    party: row.text(3)?,
                    tonnes: row.number(2)?,
                });
            }
        }
        Ok(placed)
    }

    async fn passed(&mut self) -> Result<Vec<PassedStage>, ProjectionError> {
        let mut passed = Vec::new();
        for row in &self.tx.rows(PASSED, Vec::new()).await? {
            let after = row.text(1)?;
            let is_no = row.text(2)?.is_some_and(|answer| answer == "no");
            passed.push(PassedStage {
                flow: row.text(0)?.unwrap_or_default(),
                after: after.map(|step| (step, is_no)),
                hours: row.number(3)?,
                times: row.number(4)?,
            });
        }
        Ok(passed)
    }

    async fn partners_into(&mut self, statistics: &mut Statistics) -> Result<(), ProjectionError> {
        let sql = "SELECT partner, direction, stage, CAST(SUM(tonnes) AS BIGINT) FROM transfers GROUP BY \
                   partner, direction, stage";
        for row in &self.tx.rows(sql, Vec::new()).await? {
            let (partner, direction) = (row.parsed::<String>(0)?, row.parsed::<String>(1)?);
            let kind = match row.parsed::<String>(2)?.as_str() {
                "FINAL" | "ACQUIRED" => direction,
                "LOCKED" => "open".to_owned(),
                _ => continue,
            };
            add(
                &mut statistics.by_partner,
                partner,
                kind,
                row.number::<u64>(3)?,
            );
        }
        Ok(())
    }

    async fn triples(
        &mut self,
        sql: String,
        cells: Vec<Cell>,
    ) -> Result<Vec<(u64, String, u64)>, ProjectionError> {
        let rows = self.tx.rows(sql, cells).await?;
        let read = rows.iter().map(|row| {
            let kind = row.text(1)?.unwrap_or_default();
            Ok((row.number(0)?, kind, row.number(2)?))
        });
        read.collect()
    }
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Tonnes>, key: K, kind: String, tonnes: u64) {
    let sum = sums.entry(key).or_default().entry(kind).or_default();
    *sum = sum.saturating_add(tonnes);
}
