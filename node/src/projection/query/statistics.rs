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

/// Tonnes of CO2 equivalent by what happened to them or where they are.
pub type Tonnes = BTreeMap<String, u64>;

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
        Ok(statistics)
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
