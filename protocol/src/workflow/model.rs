//! A process as it stands after reading: plain data, in the order of the file.

use super::schema::Schema;
use super::vocabulary::{Effect, End, Scope, StepKind, SubjectKind};
use std::collections::BTreeMap;

/// The name of a thing in a process file: 1 to 48 characters out of `a-z 0-9 -`, beginning with a letter.
pub type Id = String;

/// SHA-256 of a process file's bytes: what the ledger records of it.
pub type ProcessHash = [u8; 32];

/// Roles that exist in every process without being named.
pub const BASE_ROLES: [&str; 4] = ["root", "administrator", "manager", "viewer"];

/// The role that keeps the registry itself; only the authority has it unless the file says otherwise.
pub const ROOT: &str = "root";

/// The role that reads and never acts.
pub const VIEWER: &str = "viewer";

/// The language that every label has, and that stands in where another is missing.
pub const FALLBACK_LANGUAGE: &str = "en";

/// A text in several languages; English is always there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label(pub(super) BTreeMap<String, String>);

impl Label {
    /// The text in a language, or in English.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        let text = self
            .0
            .get(language)
            .or_else(|| self.0.get(FALLBACK_LANGUAGE));
        text.map_or("", String::as_str)
    }

    /// The languages that the text has, in alphabetical order.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A country's whole process. Made by [`Process::parse`] only, so that every value has passed the checker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub(super) hash: ProcessHash,
    /// The process's name among processes, such as `standard`.
    pub id: Id,
    /// The country's own version text.
    pub version: String,
    /// Its title.
    pub title: Label,
    /// The languages in use, English among them.
    pub languages: Vec<String>,
    /// Those in which letters are issued.
    pub letter_languages: Vec<String>,
    /// Kinds of organisation.
    pub organisation_types: Vec<OrganisationType>,
    /// User roles, the base roles included.
    pub roles: Vec<Role>,
    /// Tracks that a subject may follow; empty when there is one way only.
    pub tracks: Vec<Named>,
    /// Kinds of document.
    pub documents: Vec<Named>,
    /// Forms.
    pub forms: Vec<Form>,
    /// Letters.
    pub letters: Vec<Letter>,
    /// Fees.
    pub fees: Vec<Fee>,
    /// What is deducted when units are issued.
    pub issuance: IssuanceRules,
    /// What holds for receivers that the sender has not entered in its list of trusted ones.
    pub transfers: TransferRules,
    /// What it takes to adopt the process that follows this one.
    pub adoption: AdoptionRules,
    /// Flows.
    pub flows: Vec<Flow>,
    /// Ways by which running cases of an older version may come over.
    pub migrations: Vec<Migration>,
}

/// A thing with an id and a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
}

/// A kind of organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationType {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// Whether it is the authority that keeps the registry. A country has exactly one such type, with one organisation.
    pub authority: bool,
    /// Whether each organisation of the type answers for some sectoral scopes only.
    pub sectoral: bool,
    /// How many people act in an organisation of the type, where that is few enough to matter.
    pub people: Option<u32>,
}

/// A user role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// The organisation types in which it exists.
    pub within: Vec<Id>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// What an instance must look like.
    pub schema: Schema,
}

/// A letter that a step issues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// The organisation type that signs.
    pub signer_type: Id,
    /// The role that signs.
    pub signer_role: Id,
    /// Fields that the letter prints, as `form.field`.
    pub needs: Vec<String>,
}

/// A fee that a step makes due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// The amount in whole units of the currency.
    pub amount: u64,
    /// ISO 4217 code.
    pub currency: String,
}

/// 100 % in basis points.
pub const BASIS_POINTS: u16 = 10_000;

/// What a country deducts from verified tonnes when units are issued, in basis points of them; at most 100 % together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IssuanceRules {
    /// Set aside against reversals.
    pub buffer: u16,
    /// Cancelled at once for overall mitigation in global emissions.
    pub overall_mitigation: u16,
    /// Share of proceeds, such as for adaptation.
    pub share_of_proceeds: u16,
}

/// How units go to receivers that the sender has not entered in its list of trusted ones (the practice of the Union Registry
/// of the EU: Regulation (EU) 2019/1122, articles 23 and 35). Without such a table they go as to any other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TransferRules {
    /// Hours between the step that reserves the units and the one that moves them.
    pub cooling_off_hours: u32,
    /// The same for transfers to another country.
    pub border_cooling_off_hours: u32,
    /// Hours after which an entry in a list of trusted receivers counts.
    pub trusted_after_hours: u32,
    /// The most tonnes of one request; 0 for any number.
    pub max_tonnes: u64,
}

/// What it takes to adopt the process that follows this one. Without such a table one user of the authority adopts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdoptionRules {
    /// Whether one user of the authority proposes it and another one approves it.
    pub two_people: bool,
}

/// The life of one kind of subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// What it is about.
    pub subject: SubjectKind,
    /// The case that a case of this flow belongs to.
    pub parent: Option<Parent>,
    /// The tracks that a case of the flow may be on; empty when the flow knows no tracks.
    pub tracks: Vec<Id>,
    /// The stage in which a case begins.
    pub first: Id,
    /// Its stages.
    pub stages: Vec<Stage>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// Where a flow's cases hang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The parent's flow.
    pub flow: Id,
    /// The stages of the parent in which a case may begin.
    pub stages: Vec<Id>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// What it means that a case ends here; `None` for a stage that goes on.
    pub end: Option<End>,
}

/// A step from some stages to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id, unique in the flow.
    pub id: Id,
    /// Its label.
    pub label: Label,
    /// What it is.
    pub kind: StepKind,
    /// The tracks on which it exists; empty for all of its flow.
    pub tracks: Vec<Id>,
    /// The stages from which it can be done.
    pub from: Vec<Id>,
    /// The stage that it leads to.
    pub to: Id,
    /// Who may act. Empty for an automatic step.
    pub by: Vec<ActorRule>,
    /// The form that each actor fills in.
    pub form: Option<Id>,
    /// Documents that each actor must attach.
    pub documents: Vec<Id>,
    /// Whether a comment is required. A "no" always requires one.
    pub comment: bool,
    /// How many different users must say yes.
    pub quorum: u32,
    /// Organisation types that must each say yes once, side by side; empty when `quorum` counts.
    pub reviews_by: Vec<Id>,
    /// What a single "no" does; `None` when the step cannot be answered with no.
    pub no: Option<Answer>,
    /// Steps whose actors may not act here.
    pub apart: Vec<Apart>,
    /// When it must be done.
    pub deadline: Option<Deadline>,
    /// What a yes does.
    pub letters: Vec<Id>,
    /// Fees that become due with a yes.
    pub fees: Vec<Id>,
    /// What the node does after a yes.
    pub effects: Vec<EffectRule>,
    /// Fields of earlier forms that the actor must have before them, as `form.field`.
    pub needs: Vec<String>,
}

/// Who may act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRule {
    /// The organisation type.
    pub organisation_type: Id,
    /// The roles, any of them.
    pub roles: Vec<Id>,
    /// Which organisations of the type.
    pub scope: Scope,
}

/// What a "no" does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The stage it leads to.
    pub to: Id,
    /// Letters.
    pub letters: Vec<Id>,
    /// Effects.
    pub effects: Vec<EffectRule>,
}

/// Separation of duties: whoever completed a step last may not act in this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// The flow of that step: this one or the parent's.
    pub flow: Id,
    /// The step.
    pub step: Id,
    /// Whether the whole organisation is excluded, or only the user.
    pub organisation: bool,
}

/// How long a step may wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Days after the case entered its stage.
    pub days: u32,
    /// Days before the deadline on which to remind.
    pub remind: Vec<u32>,
    /// The automatic step that follows; `None` to remind only.
    pub then: Option<Id>,
}

/// An effect and the field that it acts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectRule {
    /// What the node does.
    pub effect: Effect,
    /// The field, as `form.field`.
    pub field: Option<String>,
}

/// How cases of an older version come over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The older version, by its content hash.
    pub from: ProcessHash,
    /// The flow, by the same id in both versions.
    pub flow: Id,
    /// Old stage to new stage; a stage that is not named stays behind.
    pub stages: BTreeMap<Id, Id>,
}

impl Process {
    /// SHA-256 of the file's bytes.
    #[must_use]
    pub fn content_hash(&self) -> ProcessHash {
        self.hash
    }

    /// The flow with this id.
    #[must_use]
    pub fn flow(&self, id: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.id == id)
    }

    /// The form with this id.
    #[must_use]
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// The organisation type with this id.
    #[must_use]
    pub fn organisation_type(&self, id: &str) -> Option<&OrganisationType> {
        self.organisation_types.iter().find(|kind| kind.id == id)
    }

    /// Whether an organisation of this type hands in its own registration.
    #[must_use]
    pub fn registers_itself(&self, organisation_type: &str) -> bool {
        let flows = self.flows.iter();
        flows
            .filter(|flow| flow.subject == SubjectKind::Organisation)
            .flat_map(|flow| {
                let steps = flow.steps.iter();
                steps.filter(|step| step.from.contains(&flow.first))
            })
            .flat_map(|step| &step.by)
            .any(|rule| rule.organisation_type == organisation_type)
    }

    /// Whether a role exists in an organisation type.
    #[must_use]
    pub fn role_exists(&self, role: &str, organisation_type: &str) -> bool {
        let role = self.roles.iter().find(|known| known.id == role);
        role.is_some_and(|role| role.within.iter().any(|id| id == organisation_type))
    }
}

impl Flow {
    /// The tracks on which a case of the flow can be: those that the flow names, or the one without a name.
    #[must_use]
    pub fn ways(&self) -> Vec<Option<&str>> {
        if self.tracks.is_empty() {
            return vec![None];
        }
        self.tracks.iter().map(|id| Some(id.as_str())).collect()
    }

    /// The stage with this id.
    #[must_use]
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// The steps that leave a stage on a track, in the order of the file.
    pub fn steps_from<'a>(
        &'a self,
        stage: &'a str,
        track: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Step> {
        let leaves =
            move |step: &&Step| step.is_on(track) && step.from.iter().any(|id| id == stage);
        self.steps.iter().filter(leaves)
    }
}

impl Step {
    /// Whether the step exists on a track.
    #[must_use]
    pub fn is_on(&self, track: Option<&str>) -> bool {
        on_track(&self.tracks, track)
    }

    /// The stages that the step can lead to: yes first.
    pub fn targets(&self) -> impl Iterator<Item = &Id> {
        std::iter::once(&self.to).chain(self.no.as_ref().map(|answer| &answer.to))
    }

    /// How many yes it takes.
    #[must_use]
    pub fn votes_needed(&self) -> usize {
        if self.reviews_by.is_empty() {
            usize::try_from(self.quorum).unwrap_or(usize::MAX)
        } else {
            self.reviews_by.len()
        }
    }

    /// Whether a case waits for it. Nobody waits for a withdrawal or an appeal, nor for what an authority may do at any time:
    /// suspend, reactivate, close, revoke.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        let at_will = [
            Effect::Suspend,
            Effect::Reactivate,
            Effect::Close,
            Effect::RevokeAuthorisation,
        ];
        self.kind.is_awaited() && !at_will.iter().any(|effect| self.has_effect(*effect))
    }

    /// Whether an effect follows a yes.
    #[must_use]
    pub fn has_effect(&self, effect: Effect) -> bool {
        self.effects.iter().any(|rule| rule.effect == effect)
    }
}

fn on_track(listed: &[Id], track: Option<&str>) -> bool {
    listed.is_empty() || track.is_none_or(|track| listed.iter().any(|id| id == track))
}
