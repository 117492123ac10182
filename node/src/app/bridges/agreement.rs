//! Whether the systems around the registry agree with the ledger on one project or range, field by field.

use countersign_bridge::frame::{FieldState, ItemState, Kept, Scope, fields};
use countersign_bridge::settings::BridgeName;
use countersign_protocol::registry::Holding;

use crate::app::{App, AppError, Caller, LIST_MAX, UnitsName};
use crate::bridges::{BridgeFault, Bridges, in_forms, of_platform};

/// The most items of one project that an agreement shows.
pub const ITEMS_SHOWN_MAX: usize = 1000;
/// The same for a question to a store.
const ITEMS_MAX: u32 = 1001;

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgreementOf {
    /// A project of this registry, with its units.
    Project(u32),
    /// Units by any of their names.
    Units(UnitsName),
}

/// How a system stands to the ledger, from the best to what needs somebody most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgreementState {
    /// It was read back as wanted.
    Agrees,
    /// There is nothing of it there, and nothing is to be sent.
    Absent,
    /// It is to be sent, or on its way.
    Due,
    /// Something is missing here, or has no word there.
    Stopped,
    /// Somebody changed it there.
    Differs,
    /// The other side refused it.
    Dead,
}

impl From<ItemState> for AgreementState {
    fn from(state: ItemState) -> Self {
        match state {
            ItemState::Due => Self::Due,
            ItemState::Agreed => Self::Agrees,
            ItemState::Stopped => Self::Stopped,
            ItemState::Dead => Self::Dead,
            ItemState::Differs => Self::Differs,
        }
    }
}

/// One thing at the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementItem {
    /// Our key of it.
    pub key: String,
    /// What it is there; empty for one that was never drawn.
    pub kind: String,
    /// How it stands.
    pub state: AgreementState,
    /// Why it does not agree.
    pub why: Option<String>,
    /// Its id there.
    pub theirs: Option<String>,
    /// Its fields, those that do not agree first.
    pub fields: Vec<FieldState>,
}

/// How a bridge's system stands to the ledger on what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeAgreement {
    /// Which.
    pub bridge: BridgeName,
    /// The state of the item that needs somebody most.
    pub state: AgreementState,
    /// Why there is no item.
    pub why: Option<String>,
    /// The items.
    pub items: Vec<AgreementItem>,
    /// Whether there are more than are shown.
    pub is_cut: bool,
}

impl BridgeAgreement {
    fn absent(bridge: BridgeName, why: impl Into<String>) -> Self {
        Self {
            bridge,
            state: AgreementState::Absent,
            why: Some(why.into()),
            items: Vec::new(),
            is_cut: false,
        }
    }

    fn of(bridge: BridgeName, mut items: Vec<AgreementItem>, none: &str) -> Self {
        let is_cut = items.len() > ITEMS_SHOWN_MAX;
        items.truncate(ITEMS_SHOWN_MAX);
        let Some(state) = items.iter().map(|it| it.state).max() else {
            return Self::absent(bridge, none);
        };
        Self {
            bridge,
            state,
            why: None,
            items,
            is_cut,
        }
    }

    /// What everybody may see: how it stands, and not why.
    fn in_public(self) -> Self {
        Self {
            why: None,
            items: Vec::new(),
            is_cut: false,
            ..self
        }
    }
}

/// What was asked, as the ledger has it.
struct Subject {
    project: Option<u32>,
    /// The ranges, where only units were asked about.
    ranges: Option<Vec<Holding>>,
}

impl App {
    /// Whether each bridge's system agrees with the ledger on a project or on units, as far as it was last seen. Everybody learns
    /// how each stands; items, fields and reasons are for those who may read reports before they are public.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the ledger knows nothing of it.
    pub async fn bridge_agreement(
        &self,
        caller: Option<&Caller>,
        of: &AgreementOf,
    ) -> Result<Vec<BridgeAgreement>, AppError> {
        let subject = self.subject(of)?;
        let is_told = caller.is_some_and(|it| self.may_look_at_bridges(it).is_ok());
        let mut all = Vec::new();
        for bridge in self.bridges.names() {
            let found = self.agreement_with(bridge, &subject).await?;
            all.push(if is_told { found } else { found.in_public() });
        }
        Ok(all)
    }

    fn subject(&self, of: &AgreementOf) -> Result<Subject, AppError> {
        match of {
            AgreementOf::Project(number) => {
                let known = self.ledger().read(|state| state.project(*number).is_some());
                if !known {
                    return Err(AppError::not_found("project", number));
                }
                Ok(Subject {
                    project: Some(*number),
                    ranges: None,
                })
            }
            AgreementOf::Units(name) => {
                let holdings = self.units(name, None, LIST_MAX)?.items;
                let own = self
                    .ledger()
                    .read(|state| state.genesis().map(|it| it.party));
                let first = holdings.first().map(|it| &it.block);
                let first = first.filter(|it| Some(it.range().origin()) == own);
                Ok(Subject {
                    project: first.map(|it| it.serial.project()),
                    ranges: Some(holdings),
                })
            }
        }
    }

    async fn agreement_with(
        &self,
        bridge: BridgeName,
        subject: &Subject,
    ) -> Result<BridgeAgreement, AppError> {
        let Some(project) = subject.project else {
            let why = "units of another country are its own to show";
            return Ok(BridgeAgreement::absent(bridge, why));
        };
        match bridge {
            BridgeName::CadTrust => {
                let ranges = subject.ranges.as_deref();
                Ok(sent(&self.bridges, project, ranges).await?)
            }
            BridgeName::Mrv => self.with_mrv(project).await,
            BridgeName::ItmoPlatform => self.with_platform(project).await,
        }
    }

    async fn with_mrv(&self, project: u32) -> Result<BridgeAgreement, AppError> {
        let bridge = BridgeName::Mrv;
        let name = self.bridges.name_in_forms(bridge).unwrap_or_default();
        let form = self.published_description(project).await?;
        let Some(activity) = form.as_ref().and_then(|it| in_forms(it, name)) else {
            let why = format!("the project's form gives no id for {name:?} in external_ids");
            return Ok(BridgeAgreement::absent(bridge, why));
        };
        let shared = self.bridges.shared(bridge)?;
        let key = self.bridges.mrv_key(activity);
        let kept = match shared.store(None) {
            Some(store) => store.item(&key).await.map_err(|it| fault(bridge, &it))?,
            None => None,
        };
        let items: Vec<AgreementItem> = kept.iter().map(item).collect();
        let known = shared.reconciled();
        let unmatched = known.as_ref().and_then(|it| {
            let mut all = it.unmatched.iter();
            all.find(|it| it.project == project)
        });
        let none = match unmatched {
            Some(unmatched) => unmatched.why.clone(),
            None => format!("nothing is sent about {activity:?}"),
        };
        Ok(BridgeAgreement::of(bridge, items, &none))
    }

    async fn with_platform(&self, project: u32) -> Result<BridgeAgreement, AppError> {
        let bridge = BridgeName::ItmoPlatform;
        let name = self.bridges.name_in_forms(bridge).unwrap_or_default();
        let form = self.published_description(project).await?;
        let id = form.as_ref().and_then(|it| in_forms(it, name));
        let (Some(form), Some(id)) = (&form, id) else {
            let why = format!("the project's form gives no id for {name:?} in external_ids");
            return Ok(BridgeAgreement::absent(bridge, why));
        };
        let drafts = self.bridges.shared(bridge)?.drafts();
        let Some(draft) = drafts.iter().find(|it| it.id == id) else {
            let why = format!("the platform gave no project {id:?} when it was last read");
            return Ok(BridgeAgreement::absent(bridge, why));
        };
        let differences = of_platform(draft, form);
        let state = if differences.is_empty() {
            AgreementState::Agrees
        } else {
            AgreementState::Differs
        };
        let fields = differences.into_iter().map(|it| FieldState {
            field: it.field,
            ours: it.ours,
            theirs: it.theirs,
            agrees: false,
        });
        let item = AgreementItem {
            key: format!("project/{project}"),
            kind: "project".to_owned(),
            state,
            why: None,
            theirs: Some(draft.id.clone()),
            fields: fields.collect(),
        };
        Ok(BridgeAgreement::of(bridge, vec![item], ""))
    }
}

/// What CAD Trust has of a project, or of some ranges of it.
async fn sent(
    bridges: &Bridges,
    project: u32,
    ranges: Option<&[Holding]>,
) -> Result<BridgeAgreement, BridgeFault> {
    let bridge = BridgeName::CadTrust;
    let Some(store) = bridges.shared(bridge)?.store(None) else {
        return Ok(BridgeAgreement::absent(
            bridge,
            "the bridge has not run yet",
        ));
    };
    let kept: Vec<Kept> = match ranges {
        None => store.scope_items(Scope::Project(project), ITEMS_MAX).await,
        Some(ranges) => {
            let mut found = Vec::new();
            for holding in ranges {
                let range = holding.block.range();
                let key = format!("unit/{}-{}", range.origin(), range.first());
                match store.item(&key).await {
                    Ok(kept) => found.extend(kept),
                    Err(error) => return Err(fault(bridge, &error)),
                }
            }
            Ok(found)
        }
    }
    .map_err(|error| fault(bridge, &error))?;
    let items = kept.iter().map(item).collect();
    let none = "the bridge has drawn nothing of it yet";
    Ok(BridgeAgreement::of(bridge, items, none))
}

fn item(kept: &Kept) -> AgreementItem {
    AgreementItem {
        key: kept.key.clone(),
        kind: kept.kind.clone(),
        state: kept.state.into(),
        why: kept.cause.clone(),
        theirs: kept.theirs.clone(),
        fields: fields(kept),
    }
}

fn fault(bridge: BridgeName, error: &dyn std::fmt::Display) -> BridgeFault {
    let why = error.to_string();
    BridgeFault::Store { bridge, why }
}
