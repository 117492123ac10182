//! What an older MRV is told, when the country switches it on: which of its projects are authorised or were refused here, and the
//! tonnes that were issued.
//!
//! `issueCredit` adds. So what is there is read before every call, and only the difference goes: a lost answer adds nothing twice.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_protocol::project::Description;
use countersign_protocol::registry::Standing as Stands;
use serde_json::{Map, Value, json};

use super::calls::{CallsMapping, IssueBy, Stage, Standing};
use super::claims::Claims;
use super::older_client::OlderMrv;
use super::reconcile::{credited, reference};
use crate::frame::{
    Action, Change, Drawn, Fault, Found, Item, OtherSide, Scope, Staged, Stopped, View,
};

const KIND: &str = "programme";
/// The case of a refusal, for the comment: no field of the MRV.
const CASE: &str = "$case";
/// The mitigation action that tonnes go to, for the call: no field of the project there.
const ACTION: &str = "$action";

/// An older MRV as the other side of a bridge.
pub struct OlderMrvSide {
    mrv: OlderMrv,
    name: String,
    mapping: CallsMapping,
    started_ms: u64,
    /// What each project is to be there.
    claims: Claims<Told>,
}

/// What is told of a project.
#[derive(Clone, Debug)]
struct Told {
    number: u32,
    standing: Option<Standing>,
    serial: String,
    tonnes: u64,
}

impl OlderMrvSide {
    /// `name` is the name under which forms give ids of its projects. `started_ms` is now: what projects say is kept in memory only,
    /// so every start draws them all.
    #[must_use]
    pub fn new(
        mrv: OlderMrv,
        name: impl Into<String>,
        mapping: CallsMapping,
        started_ms: u64,
    ) -> Self {
        Self {
            mrv,
            name: name.into(),
            mapping,
            started_ms,
            claims: Claims::default(),
        }
    }

    /// What a project is to be there, or why it can not be said.
    fn programme(&self, id: &str, all: &[Told]) -> Result<Option<Value>, (&'static str, String)> {
        let [told] = all else {
            if all.is_empty() {
                let why = "no project names it any more, and the MRV has no call that takes something back: correct it there";
                return Err(("externalId", why.to_owned()));
            }
            let numbers: Vec<String> = all.iter().map(|it| it.number.to_string()).collect();
            let why = format!(
                "projects {} name it: it is one of them; correct external_ids of the others",
                numbers.join(", ")
            );
            return Err(("externalId", why));
        };
        let mut body = Map::from_iter([("externalId".to_owned(), json!(id))]);
        if let Some(standing) = told.standing {
            let stage = self.stage(standing)?;
            body.insert("currentStage".to_owned(), json!(stage.word()));
            if stage == Stage::Authorised {
                body.insert("serialNo".to_owned(), json!(told.serial));
            }
        }
        if told.tonnes > 0 {
            body.insert("creditIssued".to_owned(), json!(told.tonnes));
            if self.mapping.issue_by == IssueBy::Action {
                let action = self.mapping.actions.get(id).ok_or_else(|| {
                    let why = format!("{id:?} has no action in [actions] of the mapping, and this MRV takes tonnes by action");
                    ("actionId", why)
                })?;
                body.insert(ACTION.to_owned(), json!(action));
            }
        }
        Ok((body.len() > 1).then_some(Value::Object(body)))
    }

    fn stage(&self, standing: Standing) -> Result<Stage, (&'static str, String)> {
        let known = self.mapping.stages.get(&standing);
        known.copied().ok_or_else(|| {
            let why = format!(
                "{:?} has no word in [stages] of the mapping: the MRV knows calls for \"Authorised\" and \"Rejected\" only",
                standing.word()
            );
            ("currentStage", why)
        })
    }

    /// What a project of the registry is to be there.
    fn told(view: &View, number: u32) -> Told {
        let standing = match view.state().project_standing(number) {
            Stands::Closed => Some(Standing::Closed),
            _ if view.is_authorised(number) => Some(Standing::Authorised),
            _ if view.is_revoked(number) => Some(Standing::Revoked),
            _ => None,
        };
        let years = credited(view, number);
        Told {
            number,
            standing,
            serial: view.project_id(number),
            tonnes: years.into_values().fold(0, u64::saturating_add),
        }
    }

    /// Applications that came from there and were refused here; one that came again and is a project by now is drawn with that.
    fn refused(&self, view: &View, drawn: &mut Drawn) {
        for (id, case) in view.refused().filter(|(id, _)| !self.claims.is_named(id)) {
            let body = self.stage(Standing::Refused).map(|stage| {
                let body = json!({"externalId": id, "currentStage": stage.word(), CASE: case});
                Some(body)
            });
            put(drawn, id, body);
        }
    }

    /// Makes a change, by as many calls as it takes; what is so there already is not said again.
    async fn make(&self, id: &str, wanted: &Value, there: &Value) -> Result<(), Fault> {
        let theirs = there.get("programmeId").cloned().unwrap_or_default();
        let differs = |field: &str| {
            let wanted = wanted.get(field);
            wanted.is_some() && wanted != there.get(field)
        };
        let stage = wanted.get("currentStage").and_then(Value::as_str);
        if stage == Some(Stage::Rejected.word()) && differs("currentStage") {
            let case = wanted.get(CASE).and_then(Value::as_u64);
            let comment = case.map_or_else(
                || "Rejected in the national registry".to_owned(),
                |case| format!("Rejected in the national registry, case {case}"),
            );
            self.mrv.reject(id, &theirs, &comment).await?;
        }
        if stage == Some(Stage::Authorised.word())
            && (differs("currentStage") || differs("serialNo"))
        {
            let serial = wanted.get("serialNo").and_then(Value::as_str);
            self.mrv.authorise(id, serial.unwrap_or_default()).await?;
        }
        let Some(wanted_tonnes) = wanted.get("creditIssued").and_then(Value::as_u64) else {
            return Ok(());
        };
        let has = there.get("creditIssued").map_or(Some(0), tonnes);
        let more = has.and_then(|has| wanted_tonnes.checked_sub(has));
        let Some(more) = more else {
            let has = there.get("creditIssued").cloned().unwrap_or_default();
            return Err(Fault::Refused(format!(
                "the MRV has {has} tonnes issued and the registry {wanted_tonnes}: it can only add whole tonnes, so correct it \
                 there and replay"
            )));
        };
        match wanted.get(ACTION).and_then(Value::as_str) {
            _ if more == 0 => Ok(()),
            Some(action) => self.mrv.issue_to(id, &theirs, action, more).await,
            None => self.mrv.issue(id, more).await,
        }
    }
}

fn put(drawn: &mut Drawn, id: &str, body: Result<Option<Value>, (&'static str, String)>) {
    let key = format!("{KIND}/{id}");
    match body {
        Ok(Some(body)) => drawn.items.push(Item {
            group: key.clone(),
            key,
            kind: KIND,
            order: 0,
            body,
            is_shared: true,
        }),
        Ok(None) => {}
        Err((field, why)) => drawn.stopped.push(Stopped {
            group: key.clone(),
            key,
            field: field.to_owned(),
            why,
        }),
    }
}

/// Whole tonnes, as a number or as the text that some databases give for one; nothing is none.
fn tonnes(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Null => return Some(0),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_whole = part.bytes().all(|it| it == b'0');
    whole.parse().ok().filter(|_| is_whole)
}

fn id_of(body: &Value) -> &str {
    body.get("externalId")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[async_trait]
impl OtherSide for OlderMrvSide {
    fn name(&self) -> &'static str {
        "mrv"
    }

    fn memory(&self) -> &'static str {
        "mrv-calls"
    }

    fn drawing(&self) -> String {
        let CallsMapping {
            issue_by,
            stages,
            actions,
            ..
        } = &self.mapping;
        let words: BTreeMap<&str, String> = BTreeMap::from([
            ("issue_by", format!("{issue_by:?}")),
            ("stages", format!("{stages:?}")),
            ("actions", format!("{actions:?}")),
        ]);
        format!("{} {words:?} {}", self.name, self.started_ms)
    }

    async fn connect(&self) -> Result<(), Fault> {
        // Asks for what no MRV has: a wrong key is known before anything is drawn.
        self.mrv.programmes("countersign").await.map(drop)
    }

    fn draw(&self, view: &View, scope: Scope, description: Option<&Description>) -> Drawn {
        let mut drawn = Drawn {
            // The MRV has no call that takes a project away.
            is_partial: true,
            ..Drawn::default()
        };
        match scope {
            Scope::Registry => self.refused(view, &mut drawn),
            Scope::Project(number) => {
                let named = reference(description, &self.name);
                let said = named.map(|id| (id, Self::told(view, number)));
                for (id, all) in self.claims.note(number, said) {
                    put(&mut drawn, &id, self.programme(&id, &all));
                }
            }
        }
        drawn
    }

    fn hears_of_refusals(&self) -> bool {
        true
    }

    fn has_staging(&self) -> bool {
        false
    }

    async fn find(&self, _: &str, body: &Value) -> Result<Vec<Found>, Fault> {
        let id = id_of(body);
        let rows = self.mrv.programmes(id).await?.into_iter();
        let found = rows.map(|body| Found {
            theirs: id.to_owned(),
            body,
        });
        Ok(found.collect())
    }

    async fn stage(&self, change: &Change) -> Result<Staged, Fault> {
        let id = id_of(&change.body);
        let there = self.mrv.programmes(id).await?;
        let (Action::Update, [there]) = (change.action, &there[..]) else {
            return Err(Fault::Refused(format!(
                "the MRV has no one project {id:?}: the registry makes and deletes none; correct the id in the project's form"
            )));
        };
        self.make(id, &change.body, there).await?;
        Ok(Staged {
            token: id.to_owned(),
            theirs: Some(id.to_owned()),
        })
    }

    async fn read(&self, _: &str, theirs: &str) -> Result<Option<Found>, Fault> {
        let theirs = theirs.to_owned();
        let row = self.mrv.programmes(&theirs).await?.into_iter().next();
        Ok(row.map(|body| Found { theirs, body }))
    }

    async fn list(&self, _: &str) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[]
    }
}
