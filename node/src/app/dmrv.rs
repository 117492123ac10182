//! Monitoring data through the one door: who may send points, what is computed from them, and what a report claims of it.

mod desk;

use std::collections::BTreeMap;

pub use desk::{BatchStanding, MonitoringDesk, SourceStanding};

use countersign_bridge::dmrv::{
    Blueprint, Figure, POINTS_MAX, Point, Sealed, SourceKey, inclusion, number_text, seal,
};
use countersign_protocol::log::Hash;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::registry::RegistryCase;
use countersign_protocol::workflow::SubjectKind;
use serde_json::Value;

use super::duplicates::counts;
use super::{App, AppError, Caller, Mode};
use crate::monitoring::{
    Batch, Claim, KeptBlueprint, Monitoring, MonitoringError, NewBatch, PointsWish, Source, Taken,
};

/// The longest name of a source, in bytes.
const NAME_BYTES_MAX: usize = 200;
/// The field of a monitoring report that names batches.
const EVIDENCE: &str = "evidence";
/// The most batches of one report.
const EVIDENCE_MAX: usize = 20;

/// Points that are to be sealed, and by which blueprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealWish {
    /// Which points.
    pub points: PointsWish,
    /// The blueprint's id.
    pub blueprint: String,
    /// Its version.
    pub version: String,
}

/// That a point is in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointProof {
    /// The point.
    pub point: Point,
    /// The text that its source signed.
    pub text: String,
    /// Its leaf.
    pub leaf: Hash,
    /// How many leaves the tree has.
    pub size: u64,
    /// The hashes from it to the root (RFC 9162 section 2.1.3).
    pub hashes: Vec<Hash>,
}

impl App {
    /// The same use cases with monitoring data.
    #[must_use]
    pub fn with_monitoring(self, monitoring: Monitoring) -> Self {
        let monitoring = Some(monitoring);
        Self { monitoring, ..self }
    }

    pub(super) fn monitoring(&self) -> Result<&Monitoring, AppError> {
        self.monitoring.as_ref().ok_or(AppError::Internal)
    }

    fn monitoring_in(&self, mode: Mode) -> Result<Monitoring, AppError> {
        let store = self.monitoring()?;
        Ok(match mode {
            Mode::Write => store.clone(),
            Mode::Try => store.trial(),
        })
    }

    /// The country's code, which every signed point carries.
    fn registry_code(&self) -> Result<String, AppError> {
        let party = self
            .ledger()
            .read(|state| state.genesis().map(|it| it.party));
        party.map(|it| it.to_string()).ok_or(AppError::Internal)
    }

    /// What somebody may do with the monitoring of a project: what the project's owners may.
    fn permit_project(&self, caller: &Caller, action: Action, number: u32) -> Result<(), AppError> {
        let found = self.ledger().read(|state| {
            let project = state.project(number)?;
            Some((project.organisation, state.project_case(number).cloned()))
        });
        let (organisation, case) = found.ok_or_else(|| AppError::not_found("project", &number))?;
        match case {
            Some(case) => self.permit_case(caller, action, &case),
            None => self.permit_of(caller, action, organisation),
        }
    }

    /// Enters a source of a project.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or the name or the key is none.
    pub async fn add_source(
        &self,
        caller: &Caller,
        project: u32,
        name: &str,
        key: &str,
        mode: Mode,
    ) -> Result<Source, AppError> {
        self.permit_project(caller, Action::MonitoringSubmit, project)?;
        let name = name.trim();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            let why = format!("a name has 1 to {NAME_BYTES_MAX} printable bytes");
            return Err(AppError::body("/name", why));
        }
        let key: SourceKey = key
            .parse()
            .map_err(|why: &'static str| AppError::body("/key", why))?;
        let now_ms = self.now_ms();
        let store = self.monitoring_in(mode)?;
        let id = store.add_source(project, name, &key, now_ms).await?;
        Ok(Source {
            id,
            project,
            name: name.to_owned(),
            key: key.to_string(),
            added_ms: now_ms,
            revoked_ms: None,
        })
    }

    /// The sources of a project.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it.
    pub async fn sources(&self, caller: &Caller, project: u32) -> Result<Vec<Source>, AppError> {
        self.permit_project(caller, Action::MonitoringRead, project)?;
        Ok(self.monitoring()?.sources(project).await?)
    }

    /// Takes nothing of a source any more: its key is lost, or it measures wrongly.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or there is none.
    pub async fn revoke_source(
        &self,
        caller: &Caller,
        id: u64,
        mode: Mode,
    ) -> Result<Source, AppError> {
        let source = self.monitoring()?.source(id).await?;
        self.permit_project(caller, Action::MonitoringSubmit, source.project)
            .map_err(|_| AppError::not_found("source", &id))?;
        let now_ms = self.now_ms();
        self.monitoring_in(mode)?.revoke_source(id, now_ms).await?;
        Ok(Source {
            revoked_ms: source.revoked_ms.or(Some(now_ms)),
            ..source
        })
    }

    /// Enters a version of a blueprint. It never changes afterwards.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, the file is none, or its id and version say something else already.
    pub async fn add_blueprint(
        &self,
        caller: &Caller,
        file: &str,
        mode: Mode,
    ) -> Result<KeptBlueprint, AppError> {
        self.permit(caller, Action::ProcessAdopt, &Object::default())?;
        let blueprint =
            Blueprint::parse(file).map_err(|error| AppError::body("/file", error.to_string()))?;
        let now_ms = self.now_ms();
        let store = self.monitoring_in(mode)?;
        store.add_blueprint(&blueprint, file, now_ms).await?;
        Ok(KeptBlueprint {
            blueprint,
            file: file.to_owned(),
            added_ms: now_ms,
        })
    }

    /// Every blueprint. They are for everybody.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn blueprints(&self) -> Result<Vec<KeptBlueprint>, AppError> {
        Ok(self.monitoring()?.blueprints().await?)
    }

    /// Takes points, all of them or none. Each is signed by its source; the same again is no fault.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or a point is none: which one and why.
    pub async fn add_points(
        &self,
        caller: &Caller,
        mut points: Vec<Point>,
        mode: Mode,
    ) -> Result<Taken, AppError> {
        if points.is_empty() || points.len() > POINTS_MAX {
            let why = format!("1 to {POINTS_MAX} points at a time, not {}", points.len());
            return Err(AppError::body("/points", why));
        }
        let registry = self.registry_code()?;
        let store = self.monitoring_in(mode)?;
        let mut known: BTreeMap<u64, SourceKey> = BTreeMap::new();
        for (at, point) in points.iter_mut().enumerate() {
            let wrong = |why: String| AppError::body(format!("/points/{at}"), why);
            let key = match known.get(&point.source) {
                Some(key) => *key,
                None => {
                    let key = self.key_of(caller, &store, point.source, &wrong).await?;
                    known.insert(point.source, key);
                    key
                }
            };
            point
                .verify(&registry, &key)
                .map_err(|error| wrong(error.to_string()))?;
            // Kept in the one form of a number, which is what was signed.
            for number in [&mut point.value, &mut point.uncertainty] {
                *number = number_text(number).map_err(|error| wrong(error.to_string()))?;
            }
        }
        Ok(store.add_points(&points, self.now_ms()).await?)
    }

    /// The key of a source whose points the caller may send.
    async fn key_of(
        &self,
        caller: &Caller,
        store: &Monitoring,
        source: u64,
        wrong: &impl Fn(String) -> AppError,
    ) -> Result<SourceKey, AppError> {
        let unknown = || wrong(format!("there is no source {source} of a project of yours"));
        let known = match store.source(source).await {
            Err(MonitoringError::Unknown { .. }) => return Err(unknown()),
            other => other?,
        };
        self.permit_project(caller, Action::MonitoringSubmit, known.project)
            .map_err(|_| unknown())?;
        if known.revoked_ms.is_some() {
            return Err(wrong(format!("the source {source} was revoked")));
        }
        known.key.parse().map_err(|_| AppError::Internal)
    }

    /// Seals points of a project under one root, with the tonnes of each year that follow from them.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or the points give no figure: which and why.
    pub async fn seal_batch(
        &self,
        caller: &Caller,
        wish: &SealWish,
        mode: Mode,
    ) -> Result<(Batch, Vec<Figure>), AppError> {
        let project = wish.points.project;
        self.permit_project(caller, Action::MonitoringSubmit, project)?;
        let store = self.monitoring_in(mode)?;
        let blueprint = store.blueprint(&wish.blueprint, &wish.version).await?;
        let mut points = store.unsealed(&wish.points).await?;
        points.retain(|it| blueprint.blueprint.inputs.contains_key(&it.input));
        let registry = self.registry_code()?;
        let sealed = seal(&registry, &blueprint.blueprint, &mut points)
            .map_err(|error| AppError::body("", error.to_string()))?;
        let figures = serde_json::to_string(&sealed.figures)
            .map_err(|error| AppError::internal("write the figures of a batch", &error))?;
        let new = NewBatch {
            root: sealed.root,
            project,
            blueprint: (&wish.blueprint, &wish.version),
            figures: &figures,
            points: &points,
        };
        let now_ms = self.now_ms();
        let id = store.add_batch(&new, now_ms).await?;
        let batch = Batch {
            id,
            root: sealed.root,
            project,
            blueprint: (wish.blueprint.clone(), wish.version.clone()),
            points: u64::try_from(sealed.points).unwrap_or(u64::MAX),
            figures,
            sealed_ms: now_ms,
            used_by: None,
        };
        Ok((batch, sealed.figures))
    }

    /// The batches of a project, the newest first.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it.
    pub async fn batches(
        &self,
        caller: &Caller,
        project: u32,
    ) -> Result<Vec<BatchStanding>, AppError> {
        self.permit_project(caller, Action::MonitoringRead, project)?;
        let batches = self.monitoring()?.batches(project).await?;
        self.standing_of_batches(batches).await
    }

    /// A batch that the caller may read.
    async fn batch_for(&self, caller: &Caller, root: &Hash) -> Result<Batch, AppError> {
        let batch = self.monitoring()?.batch(root).await?;
        self.permit_project(caller, Action::MonitoringRead, batch.project)
            .map_err(|_| AppError::not_found("batch", &hex::encode(root)))?;
        Ok(batch)
    }

    /// A batch, computed again from its points: whether root and figures are still what was kept.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or there is none.
    pub async fn check_batch(
        &self,
        caller: &Caller,
        root: &Hash,
    ) -> Result<(BatchStanding, Vec<Figure>, bool), AppError> {
        let batch = self.batch_for(caller, root).await?;
        let (sealed, is_same) = self.recomputed(&batch).await?;
        let mut standing = self.standing_of_batches(vec![batch]).await?;
        let standing = standing.pop().ok_or(AppError::Internal)?;
        Ok((standing, sealed.figures, is_same))
    }

    /// The points of a batch, in the order of its tree.
    ///
    /// # Errors
    /// As [`App::check_batch`].
    pub async fn points_of_batch(
        &self,
        caller: &Caller,
        root: &Hash,
    ) -> Result<Vec<Point>, AppError> {
        let batch = self.batch_for(caller, root).await?;
        Ok(self.monitoring()?.points_of(batch.id).await?)
    }

    /// That a point is in a batch, by its place counted from 0.
    ///
    /// # Errors
    /// As [`App::check_batch`].
    pub async fn point_proof(
        &self,
        caller: &Caller,
        root: &Hash,
        at: u64,
    ) -> Result<PointProof, AppError> {
        let points = self.points_of_batch(caller, root).await?;
        let registry = self.registry_code()?;
        let place = usize::try_from(at).ok();
        let found = place.and_then(|place| {
            let (leaf, hashes) = inclusion(&registry, &points, place)?;
            Some((points.get(place)?, leaf, hashes))
        });
        let (point, leaf, hashes) = found.ok_or_else(|| AppError::not_found("point", &at))?;
        Ok(PointProof {
            text: point
                .signed_text(&registry)
                .map_err(|error| AppError::internal("write a kept point", &error))?,
            point: point.clone(),
            leaf,
            size: points.len() as u64,
            hashes,
        })
    }

    async fn recomputed(&self, batch: &Batch) -> Result<(Sealed, bool), AppError> {
        let store = self.monitoring()?;
        let (id, version) = &batch.blueprint;
        let blueprint = store.blueprint(id, version).await?;
        let mut points = store.points_of(batch.id).await?;
        let registry = self.registry_code()?;
        let sealed = seal(&registry, &blueprint.blueprint, &mut points)
            .map_err(|error| AppError::internal("compute a kept batch again", &error))?;
        let figures = serde_json::to_string(&sealed.figures).unwrap_or_default();
        let is_same = sealed.root == batch.root && figures == batch.figures;
        Ok((sealed, is_same))
    }

    /// The batches that a report names: each is of its project and of no other report, and no year claims more than they give
    /// together. Gives what the report is to claim.
    pub(super) async fn check_evidence(
        &self,
        known: &RegistryCase,
        form: Option<&Value>,
    ) -> Result<Vec<Claim>, AppError> {
        let named = form
            .and_then(|it| it.get(EVIDENCE))
            .and_then(Value::as_array);
        let (Some(named), Some(form)) = (named, form) else {
            return Ok(Vec::new());
        };
        if known.kind != SubjectKind::MonitoringPeriod || named.is_empty() {
            return Ok(Vec::new());
        }
        if named.len() > EVIDENCE_MAX {
            let why = format!("a report names at most {EVIDENCE_MAX} batches");
            return Err(AppError::body("/form/evidence", why));
        }
        let (mut claims, mut given) = (Vec::<Claim>::new(), BTreeMap::<u64, u64>::new());
        for (at, root) in named.iter().enumerate() {
            let wrong = |why: &str| AppError::body(format!("/form/evidence/{at}"), why.to_owned());
            let batch = self.named_batch(known, root, &wrong).await?;
            if claims.iter().any(|it| it.batch == batch.id) {
                return Err(wrong("it is named twice"));
            }
            let (sealed, is_same) = self.recomputed(&batch).await?;
            if !is_same {
                return Err(wrong("computed again it is not what was sealed"));
            }
            for figure in sealed.figures {
                *given.entry(figure.year.into()).or_default() += figure.tonnes;
            }
            claims.push(Claim {
                batch: batch.id,
                seen: batch.used_by,
            });
        }
        not_more_than(form, &given)?;
        Ok(claims)
    }

    async fn named_batch(
        &self,
        known: &RegistryCase,
        root: &Value,
        wrong: &impl Fn(&str) -> AppError,
    ) -> Result<Batch, AppError> {
        let unknown = || wrong("it is the root of no sealed batch of this project");
        let hash = root.as_str().and_then(|it| {
            let mut hash = Hash::default();
            hex::decode_to_slice(it, &mut hash).ok()?;
            Some(hash)
        });
        let batch = match self.monitoring()?.batch(&hash.ok_or_else(unknown)?).await {
            Err(MonitoringError::Unknown { .. }) => return Err(unknown()),
            other => other?,
        };
        if known.project != Some(batch.project) {
            return Err(unknown());
        }
        let other = batch.used_by.filter(|case| *case != known.number);
        let is_used = other.is_some_and(|case| {
            self.ledger()
                .read(|state| state.case(case).is_some_and(|it| counts(state, it)))
        });
        if is_used {
            return Err(wrong(&format!(
                "the report of case {} rests on it: the same data is not claimed twice",
                other.unwrap_or_default()
            )));
        }
        Ok(batch)
    }

    /// Claims the data of a report before the ledger takes it, so that two reports do not rest on the same.
    pub(super) async fn claim_evidence(&self, case: u64, claims: &[Claim]) -> Result<(), AppError> {
        if claims.is_empty() {
            return Ok(());
        }
        Ok(self.monitoring()?.claim(claims, case).await?)
    }

    /// Ends a claim: the ledger took the report, or did not.
    pub(super) async fn settle_evidence(
        &self,
        case: u64,
        claims: &[Claim],
        is_taken: bool,
    ) -> Result<(), AppError> {
        if claims.is_empty() {
            return Ok(());
        }
        let store = self.monitoring()?;
        if is_taken {
            store.keep_only(claims, case).await?;
        } else {
            store.release(claims, case).await?;
        }
        Ok(())
    }
}

/// Whether a report claims, year by year, no more than its data gives.
fn not_more_than(form: &Value, given: &BTreeMap<u64, u64>) -> Result<(), AppError> {
    let rows = form.get("reductions").and_then(Value::as_array);
    let mut claimed = BTreeMap::<u64, u64>::new();
    for (at, row) in rows.into_iter().flatten().enumerate() {
        let number = |field: &str| row.get(field).and_then(Value::as_u64);
        // A report that sets a baseline against a project claims what is left.
        let tonnes = number("tonnes").or_else(|| number("net"));
        let (Some(year), Some(tonnes)) = (number("vintage"), tonnes) else {
            let why = "data is named, and this row says no year (vintage) and tonnes (tonnes or net) that could be set beside it";
            let place = format!("/form/reductions/{at}");
            return Err(AppError::body(place, why.to_owned()));
        };
        let all = claimed.entry(year).or_default();
        *all = all.saturating_add(tonnes);
    }
    for (year, tonnes) in claimed {
        let most = given.get(&year).copied().unwrap_or_default();
        if tonnes > most {
            let why = format!(
                "the report claims {tonnes} tonnes of {year}, and the data that it names gives {most}"
            );
            return Err(AppError::body("/form/reductions", why));
        }
    }
    Ok(())
}

impl From<MonitoringError> for AppError {
    fn from(error: MonitoringError) -> Self {
        match error {
            MonitoringError::Unknown { what, ref id } => Self::not_found(what, id),
            MonitoringError::Busy => Self::Busy,
            MonitoringError::Taken(why) => Self::Taken { pointer: "", why },
            MonitoringError::Full(why) => Self::body("", why),
            other => Self::internal("use the store of monitoring data", &other),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::not_more_than;

    #[test]
    fn a_year_claims_no_more_than_its_data_gives_however_its_rows_say_so() {
        let given = BTreeMap::from([(2024, 140)]);
        let said = |row: Value| {
            let form = json!({ "reductions": [row] });
            not_more_than(&form, &given).err().map(|it| it.to_string())
        };
        assert_eq!(said(json!({"vintage": 2024, "tonnes": 140})), None);
        let net = |net: u64| json!({"vintage": 2024, "baseline": 900, "project": 700, "leakage": 0, "net": net});
        assert_eq!(said(net(140)), None);
        for row in [net(141), json!({"vintage": 2023, "tonnes": 1})] {
            let why = said(row).unwrap();
            assert!(why.contains("the data that it names gives"), "{why}");
        }
        let why = said(json!({"vintage": 2024, "amount": 1})).unwrap();
        assert!(why.contains("tonnes or net"), "{why}");
    }
}
