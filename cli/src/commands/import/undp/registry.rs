//! What the registry has already, and what is added to it.

use std::collections::BTreeMap;

use countersign_bridge::undp::Plan;
use countersign_node::http::dto::{NewEnrolment, UserView, Written};
use countersign_protocol::id::{OrganisationId, RequestId};
use countersign_protocol::record::{Organisation, Word};
use countersign_protocol::workflow::Process;
use sha2::{Digest, Sha256};

use crate::client::{Client, WriteArgs};
use crate::exit::{Failure, Outcome};

/// The most organisations and users of the registry that are looked through for those that are there already.
const KNOWN_MAX: usize = 1_000_000;

/// What the registry has already.
pub(super) struct There {
    pub(super) organisations: BTreeMap<String, Organisation>,
    pub(super) users: BTreeMap<String, UserView>,
    pub(super) authority: OrganisationId,
}

impl There {
    pub(super) fn read(client: &Client, process: &Process) -> Outcome<Self> {
        let organisations: Vec<Organisation> = client.list("organisations", &[], KNOWN_MAX)?;
        let is_authority = |it: &&Organisation| {
            let kind = it.organisation_type.as_ref();
            let kind = kind.and_then(|kind| process.organisation_type(kind.as_str()));
            kind.is_some_and(|kind| kind.authority)
        };
        let authority = organisations.iter().find(is_authority).map(|it| it.id);
        let authority = authority.ok_or_else(|| {
            Failure::validation("the registry has no authority yet")
                .hint("enrol it with `countersign organisation enrol`")
        })?;
        let users: Vec<UserView> = client.list("users", &[], KNOWN_MAX)?;
        let by_email = users
            .into_iter()
            .filter_map(|user| Some((user.email.as_ref()?.to_lowercase(), user)));
        Ok(Self {
            users: by_email.collect(),
            authority,
            organisations: organisations
                .into_iter()
                .map(|it| (it.name.to_string(), it))
                .collect(),
        })
    }
}

/// Enrols those that are not there. A row's request id follows from its public name, so that two runs at once enrol it once.
pub(super) fn enrol(client: &Client, plan: &Plan, there: &There) -> Outcome<Vec<OrganisationId>> {
    let mut enrolled = Vec::new();
    for it in &plan.organisations {
        if let Some(known) = there.organisations.get(&it.name) {
            enrolled.push(known.id);
            continue;
        }
        let scopes = it.scopes.iter().map(|scope| scope.to_string().parse());
        let body = NewEnrolment {
            name: it.name.parse().map_err(Failure::validation)?,
            organisation_type: it
                .organisation_type
                .parse::<Word>()
                .map_err(Failure::validation)?,
            scopes: scopes
                .collect::<Result<_, _>>()
                .map_err(Failure::validation)?,
        };
        let write = WriteArgs::named(request_of(&it.name));
        let written: Written<Organisation> = client.write("enrolments", &write, &body)?;
        enrolled.push(written.made.id);
    }
    Ok(enrolled)
}

fn request_of(name: &str) -> RequestId {
    let hash = Sha256::new()
        .chain_update("countersign import undp organisation\n")
        .chain_update(name)
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    RequestId(id)
}
