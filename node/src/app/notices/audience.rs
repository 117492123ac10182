//! Who can take the steps that a case waits for.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Subject, acting, may};
use countersign_protocol::record::Organisation;
use countersign_protocol::registry::{RegistryCase, Standing, State};
use countersign_protocol::workflow::{Actor, ActorRule, Process, Scope, Waiting, possible};

use crate::app::cases::CaseObject;
use crate::app::{App, AppError};
use crate::people::{USERS_PAGE_MAX, User, UserQuery, UserState};

/// What the ledger says about an organisation whose people may be asked.
struct House {
    id: OrganisationId,
    organisation_type: String,
    scopes: Vec<countersign_protocol::serial::SectoralScope>,
    standing: Standing,
}

impl App {
    /// The users who can take one of the steps at this moment, each with those steps: the process and the matrix let them,
    /// and they can sign in.
    pub(super) async fn audience(
        &self,
        known: &RegistryCase,
        process: &Process,
        steps: &[Waiting],
    ) -> Result<Vec<(User, Vec<Waiting>)>, AppError> {
        let houses = self.ledger().read(|state| houses(state, known, steps));
        let mut audience = Vec::new();
        for house in houses {
            for user in self.active_users(house.id).await? {
                let mine = self.steps_of(known, process, steps, &house, &user);
                if !mine.is_empty() {
                    audience.push((user, mine));
                }
            }
        }
        Ok(audience)
    }

    /// The users of an organisation who can sign in.
    pub(super) async fn active_users(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<User>, AppError> {
        let mut active = Vec::new();
        let mut after = None;
        let query = UserQuery::of(organisation);
        loop {
            let page = self.people().users(&query, after, USERS_PAGE_MAX).await?;
            let is_last = page.len() < USERS_PAGE_MAX as usize;
            after = page.last().map(|user| user.id);
            active.extend(
                page.into_iter()
                    .filter(|user| user.state == UserState::Active),
            );
            if is_last {
                return Ok(active);
            }
        }
    }

    fn steps_of(
        &self,
        known: &RegistryCase,
        process: &Process,
        steps: &[Waiting],
        house: &House,
        user: &User,
    ) -> Vec<Waiting> {
        let actor = Actor {
            user: user.id.number(),
            organisation: house.id,
            organisation_type: house.organisation_type.clone(),
            role: user.role.clone(),
            scopes: house.scopes.iter().copied().collect(),
        };
        let can = possible(process, &known.case, &actor).unwrap_or_default();
        let subject = Subject {
            organisation: house.id,
            organisation_type: &house.organisation_type,
            role: &user.role,
            sectors: &house.scopes,
            standing: house.standing,
        };
        let flow = process.flow(&known.case.flow);
        let parties = &known.case.subject;
        let by_party = parties.owners.contains(&house.id) || parties.counterparty == Some(house.id);
        let object = CaseObject::of(known);
        let mine = steps.iter().filter(|step| {
            let can = can.iter().find(|it| it.step == step.step);
            let step = flow.and_then(|flow| flow.step(&step.step));
            let allowed = step.is_some_and(|step| {
                let action = acting(known.kind, step, by_party);
                may(&self.inner.matrix, &subject, action, &object.object()).is_ok()
            });
            allowed && can.is_some_and(|it| it.hindrance.is_none())
        });
        mine.cloned().collect()
    }
}

/// The organisations whose people some step asks.
fn houses(state: &State, known: &RegistryCase, steps: &[Waiting]) -> Vec<House> {
    let rules: Vec<&ActorRule> = steps.iter().flat_map(|step| &step.by).collect();
    let types: BTreeSet<&str> = rules
        .iter()
        .map(|rule| rule.organisation_type.as_str())
        .collect();
    let subject = &known.case.subject;
    let asked = |it: &Organisation, kind: &str| {
        rules.iter().any(|rule| {
            rule.organisation_type == kind
                && match rule.scope {
                    Scope::Own => subject.owners.contains(&it.id),
                    Scope::Assigned => subject.certifier == Some(it.id),
                    Scope::Counterparty => subject.counterparty == Some(it.id),
                    Scope::Sector => it.scopes.iter().any(|scope| subject.scopes.contains(scope)),
                    Scope::Any => true,
                }
        })
    };
    let house = |it: &Organisation| {
        let kind = it.organisation_type.as_ref()?.as_str();
        (types.contains(kind) && asked(it, kind)).then(|| House {
            id: it.id,
            organisation_type: kind.to_owned(),
            scopes: it.scopes.clone(),
            standing: state.organisation_standing(it.id),
        })
    };
    state.organisations().filter_map(house).collect()
}
