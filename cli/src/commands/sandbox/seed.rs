//! What a new sandbox is filled with: through the API, in the names of those who would do it.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign_node::run::DataFolder;
use countersign_protocol::federation::agreement::{Agreement, AgreementParty};
use countersign_protocol::federation::invite::Invite;
use countersign_protocol::time::Timestamp;
use serde_json::{Value, json};

use super::asked::Asked;
use super::folder::{COUNTRY, PARTNER};
use super::people::{PASSWORD, Person};
use super::systems::{ACTIVITY, METHODOLOGY, MRV};
use crate::exit::{Failure, Outcome};

/// How long a node may take until its ledger is witnessed, and a transfer until it is settled.
const PATIENCE: Duration = Duration::from_secs(60);

/// Milliseconds of the life of an API key: a little less than a year.
const KEY_LIFE_MS: u64 = 360 * 86_400_000;

const DEVELOPERS: &str = "Sandbox Cookstoves";
const CERTIFIERS: &str = "Sandbox Certifiers";

/// The agreement between the two.
const AGREEMENT: &str = "CH-GH";

/// Fills a sandbox; gives who is in it.
pub(super) fn fill(urls: &[String; 2], folders: &[DataFolder; 2]) -> Outcome<Vec<Person>> {
    let [url, partner_url] = urls;
    let [country, partner] = folders;
    let (operator, abroad) = (operator(url, country)?, operator(partner_url, partner)?);
    for (asked, url) in [(&operator, url), (&abroad, partner_url)] {
        ready(asked, url)?;
    }
    introduce(&operator, &abroad)?;
    agree(&operator, &abroad)?;
    let there = abroad.make(
        "organisations",
        json!({"name": "Federal office of the sandbox", "kind": "government"}),
    )?;
    let there = account(&abroad, there, "Acquisition", "party_holding")?;
    let home = Home::open(&operator, url, country.path())?;
    home.issue_500()?;
    send_100(&home, &operator, &abroad, there)?;
    receive_20(&abroad, &operator, there, home.account)?;
    retire_5(&home)?;
    operator.post("open-data", json!({}))?;
    Ok(home.people)
}

fn operator(url: &str, folder: &DataFolder) -> Outcome<Asked> {
    let token = std::fs::read_to_string(folder.token()).map_err(Failure::other)?;
    Asked::new(url, &token)
}

/// Waits until something is there.
fn wait<T>(what: &str, mut look: impl FnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if begun.elapsed() > PATIENCE {
            return Err(Failure::other(format_args!(
                "the sandbox waited in vain for {what}: the log above says why"
            )));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Until a quorum of witnesses has cosigned the ledger.
fn ready(asked: &Asked, url: &str) -> Outcome {
    wait(&format!("the witnesses of {url}"), || {
        let head = asked.get("ledger/head")?;
        let witnessed = head.pointer("/witnessed/size").and_then(Value::as_u64);
        Ok(witnessed
            .filter(|it| Some(*it) == head["size"].as_u64())
            .map(drop))
    })
}

/// Each takes the other's invite.
fn introduce(one: &Asked, other: &Asked) -> Outcome {
    for (asked, partner) in [(one, other), (other, one)] {
        let invite = partner.get("invite")?;
        let text = invite["invite"].as_str().unwrap_or_default();
        Invite::parse(text.as_bytes()).map_err(Failure::other)?;
        asked.post("partners", json!({"invite": text}))?;
    }
    Ok(())
}

/// Units may move both ways, from two years ago on for twenty years.
fn agree(one: &Asked, other: &Asked) -> Outcome {
    let side = |asked: &Asked| -> Outcome<AgreementParty> {
        let status = asked.get("status")?;
        let text = |name: &str| status[name].as_str().unwrap_or_default().to_owned();
        Ok(AgreementParty {
            party: text("party").parse().map_err(Failure::other)?,
            origin: text("origin").parse().map_err(Failure::other)?,
        })
    };
    let mut parties = [side(one)?, side(other)?];
    parties.sort_by_key(|side| side.party);
    let now_s = countersign_node::clock::now_ms() / 1000;
    let moment = |seconds| Timestamp::from_seconds(seconds).map_err(Failure::other);
    const YEAR_S: u64 = 365 * 86_400;
    let direction = |text: String| text.parse().map_err(Failure::other);
    let mut directions = vec![
        direction(format!("{COUNTRY}-{PARTNER}"))?,
        direction(format!("{PARTNER}-{COUNTRY}"))?,
    ];
    directions.sort();
    let agreement = Agreement {
        id: AGREEMENT.parse().map_err(Failure::other)?,
        parties,
        cooperative_approach: "CA0001".parse().map_err(Failure::other)?,
        directions,
        valid_from: moment(now_s.saturating_sub(2 * YEAR_S))?,
        valid_until: moment(now_s + 20 * YEAR_S)?,
        max_tonnes: Default::default(),
        max_tonnes_per_year: Default::default(),
        vintage_from: None,
        vintage_until: None,
        unit_types: Vec::new(),
        scopes: Vec::new(),
        use_needs: None,
    };
    agreement.check().map_err(Failure::other)?;
    let mut text = agreement.to_string();
    for asked in [one, other] {
        let signed = asked.post("agreements/sign", json!({"draft": text}))?;
        signed["agreement"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut text);
    }
    for asked in [one, other] {
        asked.post("agreements", json!({"agreement": text}))?;
    }
    Ok(())
}

fn account(asked: &Asked, organisation: u64, name: &str, kind: &str) -> Outcome<u64> {
    asked.make(
        "accounts",
        json!({"organisation": organisation, "name": name, "kind": kind}),
    )
}

/// The country's own people and their project.
struct Home<'a> {
    folder: &'a Path,
    officials: Vec<Asked>,
    developer: Asked,
    certifier: Asked,
    certifiers: u64,
    account: u64,
    people: Vec<Person>,
}

impl<'a> Home<'a> {
    fn open(operator: &Asked, url: &str, folder: &'a Path) -> Outcome<Self> {
        let enrol = |name: &str, kind: &str| {
            operator.make(
                "enrolments",
                json!({"name": name, "organisation_type": kind}),
            )
        };
        let developers = enrol(DEVELOPERS, "developer")?;
        let certifiers = enrol(CERTIFIERS, "certifier")?;
        let mut people = Vec::new();
        let mut join = |name: &str, organisation, what: &str| {
            let (asked, person) = join(operator, url, name, organisation, what)?;
            people.push(person);
            Ok::<_, Failure>(asked)
        };
        let mut officials = Vec::new();
        for name in ["efua", "kofi", "yaa"] {
            officials.push(join(name, 1, "official of the registry")?);
        }
        let developer = join("ama", developers, "developer of projects")?;
        let certifier = join("cem", certifiers, "certifier")?;
        for (asked, name) in [(&developer, DEVELOPERS), (&certifier, CERTIFIERS)] {
            let official = officials.first();
            register(asked, official.ok_or_else(missing)?, folder, name)?;
        }
        let actions = [
            "project-read",
            "document-read",
            "monitoring-read",
            "units-read",
            "transfer-read",
            "transfer-request",
            "border-transfer-request",
            "retirement-request",
        ];
        let expires_ms = countersign_node::clock::now_ms() + KEY_LIFE_MS;
        let key = developer.post(
            "me/api-keys",
            json!({"label": "Sandbox", "actions": actions, "expires_ms": expires_ms}),
        )?;
        for person in people.iter_mut().filter(|it| it.organisation == developers) {
            person.api_key = key["key"].as_str().map(str::to_owned);
        }
        let account = account(&developer, developers, "Holding", "entity_holding")?;
        Ok(Self {
            folder,
            officials,
            developer,
            certifier,
            certifiers,
            account,
            people,
        })
    }

    fn official(&self, number: usize) -> Outcome<&Asked> {
        self.officials.get(number).ok_or_else(missing)
    }

    fn case(&self, body: Value) -> Outcome<u64> {
        self.developer.make("cases", body)
    }

    /// A project goes all the way to its authorisation, and a year of it is verified and issued.
    fn issue_500(&self) -> Outcome {
        let title = "Stoves on the outer islands";
        let project = self.case(json!({"flow": "project", "title": title, "scopes": ["3"]}))?;
        let paper = self
            .developer
            .document(self.folder, project, "design-document")?;
        self.developer.act(project, json!({"step": "submit", "documents": [paper], "form": {
            "title": title, "sectoral_scope": 3, "start": "2023-01-01", "estimate_per_year": 500,
            "locations": [{"place": "Ho", "region": "Volta",
                "geometry": {"type": "Point", "coordinates": [0.47, 6.6]}}],
            "description": "Efficient stoves for 4,000 households. Made up for a sandbox.",
            "mitigation_types": ["efficiency-households"],
            "ndc": {"coverage": "inside", "condition": "conditional", "measure": "E-7"},
            "external_ids": [{"registry": MRV, "id": ACTIVITY}],
            "certifier": self.certifiers,
        }}))?;
        let paper = self
            .certifier
            .document(self.folder, project, "validation-report")?;
        self.certifier.act(
            project,
            json!({"step": "validate", "documents": [paper], "form": {
                "opinion": "The design follows the methodology in all parts.",
                "methodologies": [{"code": "AMS-II.G", "version": "12.0", "name": METHODOLOGY}],
                "crediting_period": {"start": "2023-01-01", "end": "2032-12-31"},
            }}),
        )?;
        let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
        self.official(0)?.act(project, recommend)?;
        for number in [1, 2] {
            self.official(number)?
                .act(project, json!({"step": "authorise"}))?;
        }
        let period = self
            .case(json!({"flow": "monitoring", "parent": project, "title": "Monitoring 2023"}))?;
        let amounts = json!([{"vintage": 2023, "tonnes": 500}]);
        let paper = self
            .developer
            .document(self.folder, period, "monitoring-report")?;
        self.developer.act(
            period,
            json!({"step": "submit", "documents": [paper], "form": {
                "period": {"start": "2023-01-01", "end": "2023-12-31"}, "reductions": amounts,
            }}),
        )?;
        let paper = self
            .certifier
            .document(self.folder, period, "verification-report")?;
        self.certifier.act(
            period,
            json!({"step": "verify", "documents": [paper], "form": {
                "opinion": "The reported reductions are right.", "verified": amounts,
            }}),
        )?;
        self.official(0)?.act(period, json!({"step": "issue"}))?;
        let issue =
            json!({"step": "issue", "issue": {"accounts": [self.account], "unit_type": "ITMO"}});
        self.official(1)?.act(period, issue).map(drop)
    }
}

fn missing() -> Failure {
    Failure::other("an official is missing")
}

/// An organisation hands in its file, and an official approves it.
fn register(asked: &Asked, official: &Asked, folder: &Path, name: &str) -> Outcome {
    let case = asked.make("cases", json!({"flow": "organisation", "title": name}))?;
    let paper = asked.document(folder, case, "registration-certificate")?;
    let form = json!({"name": name, "tax_id": "SANDBOX-1", "email": "office@sandbox.example", "address": "1 Harbour Road"});
    asked.act(
        case,
        json!({"step": "register", "form": form, "documents": [paper]}),
    )?;
    official.act(case, json!({"step": "approve"})).map(drop)
}

/// Invites somebody, who chooses the sandbox's password and signs in.
fn join(
    operator: &Asked,
    url: &str,
    name: &str,
    organisation: u64,
    what: &str,
) -> Outcome<(Asked, Person)> {
    let email = format!("{name}@sandbox.example");
    let invited = operator.post(
        "invitations",
        json!({"email": email, "name": name, "language": "en", "organisation": organisation, "role": "administrator"}),
    )?;
    let code = invited["token"].as_str().unwrap_or_default();
    operator.tell(
        "invitations/accept",
        &json!({"token": code, "password": PASSWORD}),
    )?;
    let signed = operator.post("sign-in", json!({"email": email, "password": PASSWORD}))?;
    let person = Person {
        email,
        password: PASSWORD.to_owned(),
        what: what.to_owned(),
        organisation,
        api_key: None,
    };
    Ok((
        Asked::new(url, signed["token"].as_str().unwrap_or_default())?,
        person,
    ))
}

/// A hundred tonnes go abroad: asked for by the developer, approved by two officials, acquired by the partner.
fn send_100(home: &Home<'_>, operator: &Asked, abroad: &Asked, there: u64) -> Outcome {
    let case =
        home.case(json!({"flow": "border-transfer", "title": "To the partner", "scopes": []}))?;
    home.developer.act(
        case,
        json!({"step": "request",
        "form": {"country": PARTNER, "agreement": AGREEMENT, "account": there, "units": ["GH-1"]},
        "reserve": {"account": home.account, "units": {"tonnes": 100},
            "fate": {"send": {"to": PARTNER, "agreement": AGREEMENT, "account": there}}}}),
    )?;
    for number in [0, 1] {
        home.official(number)?
            .act(case, json!({"step": "approve"}))?;
    }
    settled(operator, "FINAL")?;
    settled(abroad, "ACQUIRED")
}

/// Twenty tonnes of the partner's own come in. Its registry follows no process: its operator does everything.
fn receive_20(abroad: &Asked, operator: &Asked, there: u64, here: u64) -> Outcome {
    let title = "Geothermal heat, made up for a sandbox";
    let project = abroad.make(
        "projects",
        json!({"organisation": 1, "title": title, "scope": "1"}),
    )?;
    let issue = json!({"account": there, "project": project, "year": 2024, "unit_type": "ITMO", "tonnes": 200});
    abroad.post("issuances", issue)?;
    let units = json!({"ranges": [format!("{PARTNER}-1-20")]});
    let send = json!({"to": COUNTRY, "agreement": AGREEMENT, "from": there, "to_account": here, "units": units});
    abroad.post("transfers", send)?;
    settled(abroad, "FINAL")?;
    settled(operator, "ACQUIRED")
}

/// Until a side has a transfer that ended so, and none that is open.
fn settled(asked: &Asked, state: &str) -> Outcome {
    wait("a transfer to settle", || {
        let found = asked.get("transfers")?;
        let items = found["items"].as_array().cloned().unwrap_or_default();
        let is_open = items.iter().any(|it| it["state"] == "LOCKED");
        let is_there = items.iter().any(|it| it["state"] == state);
        Ok((is_there && !is_open).then_some(()))
    })
}

/// Five tonnes are used.
fn retire_5(home: &Home<'_>) -> Outcome {
    let case =
        home.case(json!({"flow": "retirement", "title": "Flights of the sandbox", "scopes": []}))?;
    home.developer.act(
        case,
        json!({"step": "request",
        "form": {"purpose": "voluntary", "beneficiary": "Sandbox Airways", "units": ["GH-1"]},
        "reserve": {"account": home.account, "units": {"tonnes": 5},
            "fate": {"retire": {"kind": "retire", "purpose": "voluntary"}}}}),
    )?;
    for number in [0, 1] {
        let Err(_) = home.official(number)?.act(case, json!({"step": "approve"})) else {
            continue;
        };
        break;
    }
    Ok(())
}
