//! The one thing that goes into the MRV, when the country switches it on: what a matched activity achieved.

use std::sync::Arc;

use async_trait::async_trait;
use countersign_protocol::project::Description;
use serde_json::{Value, json};

use super::claims::Claims;
use super::client::Dts;
use super::reconcile::{credited, reference};
use crate::frame::{Action, Change, Drawn, Fault, Found, Item, OtherSide, Scope, Staged, View};

const KIND: &str = "activity";

/// A DTS as the other side of a bridge.
pub struct DtsSide {
    dts: Arc<Dts>,
    mrv: String,
    started_ms: u64,
    /// Tonnes of each project: several projects may be one activity.
    claims: Claims<u64>,
}

impl DtsSide {
    /// `mrv` is the name under which forms give ids of activities. `started_ms` is now: what projects claim is kept in memory
    /// only, so that every start draws them all before anything is sent.
    #[must_use]
    pub fn new(dts: Arc<Dts>, mrv: impl Into<String>, started_ms: u64) -> Self {
        Self {
            dts,
            mrv: mrv.into(),
            started_ms,
            claims: Claims::default(),
        }
    }
}

/// Tonnes as thousands of tonnes, to the tonne.
fn kilotonnes(tonnes: u64) -> Value {
    let text = format!("{}.{:03}", tonnes / 1_000, tonnes % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    serde_json::from_str(text).unwrap_or_default()
}

#[async_trait]
impl OtherSide for DtsSide {
    fn name(&self) -> &'static str {
        "mrv"
    }

    fn drawing(&self) -> String {
        format!("{} {}", self.mrv, self.started_ms)
    }

    async fn connect(&self) -> Result<(), Fault> {
        self.dts.login().await
    }

    fn draw(&self, view: &View, scope: Scope, description: Option<&Description>) -> Drawn {
        let mut drawn = Drawn {
            // An activity is never deleted by the registry.
            is_partial: true,
            ..Drawn::default()
        };
        let Scope::Project(number) = scope else {
            return drawn;
        };
        let tonnes = credited(view, number)
            .values()
            .fold(0_u64, |sum, it| sum.saturating_add(*it));
        let activity = reference(description, &self.mrv).filter(|_| tonnes > 0);
        let said = activity.map(|activity| (activity, tonnes));
        for (activity, tonnes) in self.claims.note(number, said) {
            let tonnes = tonnes.into_iter().fold(0, u64::saturating_add);
            let key = format!("activity/{activity}");
            drawn.items.push(Item {
                group: key.clone(),
                key,
                kind: KIND,
                order: 0,
                body: json!({"activityId": activity, "achievedGHGReduction": kilotonnes(tonnes)}),
                is_shared: true,
            });
        }
        drawn
    }

    fn has_staging(&self) -> bool {
        false
    }

    async fn find(&self, _: &str, body: &Value) -> Result<Vec<Found>, Fault> {
        let id = body
            .get("activityId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Ok(self.read(KIND, id).await?.into_iter().collect())
    }

    async fn stage(&self, change: &Change) -> Result<Staged, Fault> {
        let id = change
            .body
            .get("activityId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if change.action != Action::Update {
            return Err(Fault::Refused(format!(
                "the MRV has no activity {id:?}: the registry makes and deletes none; correct the id in the project's form"
            )));
        }
        let achieved = change
            .body
            .get("achievedGHGReduction")
            .cloned()
            .unwrap_or_default();
        self.dts.achieved(id, &achieved).await?;
        Ok(Staged {
            token: id.to_owned(),
            theirs: Some(id.to_owned()),
        })
    }

    async fn read(&self, _: &str, theirs: &str) -> Result<Option<Found>, Fault> {
        let body = self.dts.raw(theirs).await?;
        let theirs = theirs.to_owned();
        Ok(body.map(|body| Found { theirs, body }))
    }

    async fn list(&self, _: &str) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    fn kinds(&self) -> &'static [&'static str] {
        &[]
    }
}
