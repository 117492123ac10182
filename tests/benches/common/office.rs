//! A registry at work under the preset `small`, made over HTTP as people make it: three officials, a certifier and two
//! developers, of whom one owns units.

use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use countersign_protocol::workflow::preset;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::Random;
use super::country::request;

const PASSWORD: &str = "a long and unusual sentence of mine";
/// Tonnes that the seller owns.
const TONNES: u64 = 50_000_000;

/// A user with a session.
pub struct Somebody {
    pub session: String,
    pub organisation: u64,
}

/// Everybody at work.
pub struct Office {
    desk: Desk,
    pub officials: Vec<Somebody>,
    certifier: Somebody,
    pub seller: Somebody,
    pub buyer: Somebody,
    /// Accounts of the seller and the buyer.
    pub accounts: [u64; 2],
}

impl Office {
    /// Adopts the process, registers everybody by it, and issues units to the seller.
    pub async fn open(address: SocketAddr, operator: &str) -> Self {
        let mut desk = Desk {
            client: Client::new(),
            address,
            random: Random::new(7),
        };
        let text = preset("small").unwrap();
        desk.post(operator, "processes", json!({ "text": text }))
            .await;
        let ministry = desk.enrolled(operator, "government").await;
        let mut officials = Vec::new();
        for _ in 0..3 {
            let official = desk.joined(operator, ministry).await;
            desk.second_factor(&official).await;
            officials.push(official);
        }
        let mut registered = Vec::new();
        for kind in ["certifier", "developer", "developer"] {
            registered.push(desk.registered(operator, &officials[0], kind).await);
        }
        let (buyer, seller) = (registered.pop().unwrap(), registered.pop().unwrap());
        let mut accounts = [0; 2];
        for (place, who) in [&seller, &buyer].into_iter().enumerate() {
            let new = json!({"organisation": who.organisation, "name": "Holding", "kind": "entity_holding"});
            let made = desk.post(&who.session, "accounts", new).await;
            accounts[place] = made["made"]["id"].as_u64().unwrap();
        }
        let mut office = Self {
            desk,
            officials,
            certifier: registered.pop().unwrap(),
            seller,
            buyer,
            accounts,
        };
        office.issue().await;
        office
    }

    /// An API key of the seller for these actions.
    pub async fn api_key(&mut self, actions: &[&str]) -> String {
        let year_ms = 300 * 24 * 3_600_000;
        let expires_ms =
            u64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap() + year_ms;
        let new = json!({"label": "bench", "actions": actions, "expires_ms": expires_ms});
        let made = self.desk.post(&self.seller.session, "me/api-keys", new);
        made.await["key"].as_str().unwrap().to_owned()
    }

    /// A case of the seller.
    pub async fn case(&mut self, new: Value) -> u64 {
        let session = self.seller.session.clone();
        self.desk.case(&session, new).await
    }

    async fn issue(&mut self) {
        let project = json!({"flow": "project", "title": "Stoves", "scopes": ["3"]});
        let project = self.case(project).await;
        self.hand_in(
            "design-document",
            project,
            "submit",
            json!({
                "title": "Stoves", "sectoral_scope": 3, "locations": [{"place": "Tanna"}],
                "start": "2023-01-01",
                "estimate_per_year": 500, "description": "Efficient stoves for 4,000 households.",
                "certifier": self.certifier.organisation,
            }),
        )
        .await;
        self.report(
            "validation-report",
            project,
            "validate",
            json!({
                "opinion": "The design follows the methodology.", "methodologies": [{"code": "AMS-II.G", "version": "12.0"}],
                "crediting_period": {"start": "2023-01-01", "end": "2032-12-31"},
            }),
        )
        .await;
        let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
        self.decide(0, project, recommend).await;
        self.decide(1, project, json!({"step": "authorise"})).await;
        self.decide(2, project, json!({"step": "authorise"})).await;
        let period = json!({"flow": "monitoring", "parent": project, "title": "2023"});
        let period = self.case(period).await;
        let verified = json!([{"vintage": 2023, "tonnes": TONNES}]);
        self.hand_in(
            "monitoring-report",
            period,
            "submit",
            json!({
                "period": {"start": "2023-01-01", "end": "2023-12-31"}, "reductions": verified,
            }),
        )
        .await;
        self.report(
            "verification-report",
            period,
            "verify",
            json!({
                "opinion": "The reported reductions are right.", "verified": verified,
            }),
        )
        .await;
        self.decide(0, period, json!({"step": "issue"})).await;
        let units = json!({"accounts": [self.accounts[0]], "unit_type": "ITMO"});
        let issue = json!({"step": "issue", "issue": units});
        self.decide(1, period, issue).await;
    }

    async fn hand_in(&mut self, paper: &str, case: u64, step: &str, form: Value) {
        let session = self.seller.session.clone();
        self.desk.hand_in(&session, paper, case, step, form).await;
    }

    async fn report(&mut self, paper: &str, case: u64, step: &str, form: Value) {
        let session = self.certifier.session.clone();
        self.desk.hand_in(&session, paper, case, step, form).await;
    }

    async fn decide(&mut self, official: usize, case: u64, act: Value) {
        let session = self.officials[official].session.clone();
        self.desk.act(&session, case, act).await;
    }
}

/// Whoever speaks to the node. Sign-ins are counted by address, so everybody comes from an address of their own.
struct Desk {
    client: Client,
    address: SocketAddr,
    random: Random,
}

impl Desk {
    async fn enrolled(&mut self, operator: &str, kind: &str) -> u64 {
        let name = format!("Organisation {}", self.random.up_to(1_000_000));
        let new = json!({"name": name, "organisation_type": kind});
        let made = self.post(operator, "enrolments", new).await;
        made["made"]["id"].as_u64().unwrap()
    }

    async fn joined(&mut self, operator: &str, organisation: u64) -> Somebody {
        let number = self.random.up_to(1_000_000);
        let email = format!("user{number}@example.org");
        let invite = json!({"email": email, "name": "Somebody", "language": "en",
            "organisation": organisation, "role": "administrator"});
        let code = self.post(operator, "invitations", invite).await["token"].clone();
        let accept = json!({"token": code, "password": PASSWORD});
        self.post("", "invitations/accept", accept).await;
        let me = json!({"email": email, "password": PASSWORD});
        let answer = self.post("", "sign-in", me).await;
        Somebody {
            session: answer["token"].as_str().unwrap().to_owned(),
            organisation,
        }
    }

    /// An authenticator, without which an official does nothing. The session counts as a strong one from here on.
    async fn second_factor(&mut self, who: &Somebody) {
        let path = "me/authenticator";
        let made = self.post(&who.session, path, json!({})).await;
        let secret = Secret::try_from_base32(made["secret"].as_str().unwrap()).unwrap();
        let totp = Builder::new().with_secret(secret).build().unwrap();
        let now_s = UNIX_EPOCH.elapsed().unwrap().as_secs();
        let code = json!({"code": totp.generate(now_s).to_string()});
        let path = "me/authenticator/confirm";
        self.post(&who.session, path, code).await;
    }

    async fn registered(&mut self, operator: &str, official: &Somebody, kind: &str) -> Somebody {
        let organisation = self.enrolled(operator, kind).await;
        let who = self.joined(operator, organisation).await;
        let open = json!({"flow": "organisation", "title": kind});
        let case = self.case(&who.session, open).await;
        let form = json!({"name": kind, "tax_id": "TIN", "email": "a@example.org", "address": "1 Harbour Road"});
        let paper = "registration-certificate";
        self.hand_in(&who.session, paper, case, "register", form)
            .await;
        let approve = json!({"step": "approve"});
        self.act(&official.session, case, approve).await;
        who
    }

    async fn case(&mut self, secret: &str, new: Value) -> u64 {
        let made = self.post(secret, "cases", new).await;
        made["made"]["case"].as_u64().unwrap()
    }

    async fn hand_in(&mut self, secret: &str, paper: &str, case: u64, step: &str, form: Value) {
        let path = format!("cases/{case}/documents?kind={paper}&file_name=paper.txt");
        let added = self
            .asked(secret, &path)
            .header("Content-Type", "text/plain");
        let added = answer(added.body(format!("{paper} of case {case}\n")), &path).await;
        let paper = json!({"kind": paper, "sha256": added["sha256"]});
        let act = json!({"step": step, "form": form, "documents": [paper]});
        self.act(secret, case, act).await;
    }

    async fn act(&mut self, secret: &str, case: u64, act: Value) {
        self.post(secret, &format!("cases/{case}/acts"), act).await;
    }

    async fn post(&mut self, secret: &str, path: &str, body: Value) -> Value {
        answer(self.asked(secret, path).json(&body), path).await
    }

    fn asked(&mut self, secret: &str, path: &str) -> RequestBuilder {
        let url = format!("http://{}/api/v1/{path}", self.address);
        let from = format!("10.0.{}.{}", self.random.up_to(250), self.random.up_to(250));
        let key = request(&mut self.random).to_string();
        let mut asked = self.client.post(url).header("X-Forwarded-For", from);
        if !secret.is_empty() {
            asked = asked.bearer_auth(secret);
        }
        asked.header("Idempotency-Key", key)
    }
}

async fn answer(asked: RequestBuilder, path: &str) -> Value {
    let answer = asked.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
