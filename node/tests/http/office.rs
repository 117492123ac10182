//! A registry at work: the smallest process, three officials, two developers and a certifier, each signed in.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::common;
use crate::world::{World, read};

pub const PASSWORD: &str = "a long and unusual sentence of mine";

/// Somebody with a session.
#[derive(Clone)]
pub struct Somebody {
    pub token: String,
    pub user: u64,
    pub organisation: u32,
}

pub struct Office {
    pub world: World,
    pub officials: Vec<Somebody>,
    pub developer: Somebody,
    pub buyer: Somebody,
    pub certifier: Somebody,
    /// Accounts of developer and buyer.
    pub accounts: [u32; 2],
}

impl Office {
    pub async fn open() -> Self {
        Self::open_with(preset("small").unwrap(), DEFAULT).await
    }

    /// Under another process than the smallest preset, with the same types, roles, flows and steps, and another permission
    /// matrix.
    pub async fn open_with(text: &str, permissions: &str) -> Self {
        Self::open_in(World::start_with(permissions).await, text).await
    }

    /// In a world that is there already.
    pub async fn open_in(world: World, text: &str) -> Self {
        let _: Value = world
            .post("/api/v1/processes", json!({ "text": text }))
            .await;
        let ministry =
            json!({"name": "Ministry of Environment", "organisation_type": "government"});
        let ministry: Value = world.post("/api/v1/enrolments", ministry).await;
        let ministry = u32::try_from(ministry["made"]["id"].as_u64().unwrap()).unwrap();
        let mut officials = Vec::new();
        for name in ["efua", "kofi", "yaa"] {
            let official = invited(&world, name, ministry, "administrator").await;
            enrol(&world, &official).await;
            officials.push(official);
        }
        let developer = registered(&world, "developer", "ama", &officials[0]).await;
        let buyer = registered(&world, "developer", "ben", &officials[0]).await;
        let certifier = registered(&world, "certifier", "cem", &officials[0]).await;
        let mut accounts = [0; 2];
        for (place, who) in [&developer, &buyer].into_iter().enumerate() {
            let new = json!({"organisation": who.organisation, "name": "Holding", "kind": "entity_holding"});
            let made = must(&world, who, "/api/v1/accounts", new).await;
            accounts[place] = u32::try_from(made["made"]["id"].as_u64().unwrap()).unwrap();
        }
        Self {
            world,
            officials,
            developer,
            buyer,
            certifier,
            accounts,
        }
    }

    /// A project of the developer that went all the way to its authorisation; gives its case.
    pub async fn authorised_project(&self) -> u64 {
        let case = self.recommended_project().await;
        for official in &self.officials[1..] {
            let view = self.get(official, &format!("/api/v1/cases/{case}")).await;
            if view["stage"] == "decision" {
                self.act(official, case, json!({"step": "authorise"})).await;
            }
        }
        case
    }

    /// The act with which the certifier validates a project.
    pub async fn validation(&self, case: u64) -> Value {
        let report = self
            .document(&self.certifier, case, "validation-report")
            .await;
        json!({"step": "validate", "form": {
            "opinion": "The design follows the methodology in all parts.",
            "methodologies": [{"code": "AMS-II.G", "version": "12.0"}],
            "crediting_period": {"start": "2023-01-01", "end": "2032-12-31"},
        }, "documents": [report]})
    }

    /// A project of the developer that waits for its authorisation, recommended by the first official; gives its case.
    pub async fn recommended_project(&self) -> u64 {
        let case = self.case(&self.developer, project()).await;
        let submit = submit_project(self, case).await;
        self.act(&self.developer, case, submit).await;
        let validate = self.validation(case).await;
        self.act(&self.certifier, case, validate).await;
        let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
        self.act(&self.officials[0], case, recommend).await;
        case
    }

    /// Ten units in an account of the ministry's own, and a request of its own opened by the first official; gives the
    /// request's case and the account.
    pub async fn government_request(&self, flow: &str) -> (u64, u32) {
        let ministry = self.officials[0].organisation;
        let new = json!({"organisation": ministry, "name": "State", "kind": "party_holding"});
        let made = must(&self.world, &self.officials[0], "/api/v1/accounts", new).await;
        let account = u32::try_from(made["made"]["id"].as_u64().unwrap()).unwrap();
        let project = self.authorised_project().await;
        let verified = self.verified(project, 10).await;
        self.issue(verified).await;
        let new = json!({"flow": "transfer", "title": "To the State", "counterparty": ministry, "scopes": []});
        let case = self.case(&self.developer, new).await;
        let act = json!({"step": "send", "form": transfer_form(), "reserve": {"account": self.accounts[0],
            "units": {"tonnes": 10}, "fate": {"transfer": {"to": account}}}});
        self.act(&self.developer, case, act).await;
        self.act(&self.officials[0], case, json!({"step": "accept"}))
            .await;
        let new = json!({"flow": flow, "title": "The State's own", "scopes": []});
        (self.case(&self.officials[0], new).await, account)
    }

    /// Moves units from one organisation's account to another's, by request and acceptance.
    pub async fn transfer(
        &self,
        giver: &Somebody,
        from: u32,
        taker: &Somebody,
        to: u32,
        tonnes: u64,
    ) {
        let new = json!({"flow": "transfer", "title": "Units", "counterparty": taker.organisation, "scopes": []});
        let case = self.case(giver, new).await;
        let act = json!({"step": "send", "form": transfer_form(), "reserve": {"account": from,
            "units": {"tonnes": tonnes}, "fate": {"transfer": {"to": to}}}});
        self.act(giver, case, act).await;
        self.act(taker, case, json!({"step": "accept"})).await;
    }

    /// One more organisation that registered itself and was approved.
    pub async fn another(&self, kind: &str, name: &str) -> Somebody {
        registered(&self.world, kind, name, &self.officials[0]).await
    }

    /// The case by which an organisation was registered.
    pub async fn case_of_organisation(&self, who: &Somebody) -> u64 {
        let path = format!("/api/v1/cases?kind=organisation&owner={}", who.organisation);
        let found = self.get(&self.officials[0], &path).await;
        found["items"][0]["case"].as_u64().unwrap()
    }

    /// Leaves of the ledger.
    pub async fn size(&self) -> u64 {
        let head: Value = self.world.get("/api/v1/ledger/head").await;
        head["size"].as_u64().unwrap()
    }

    /// A monitoring period of it, verified with these tonnes of 2023; gives its case.
    pub async fn verified(&self, project: u64, tonnes: u64) -> u64 {
        let new = json!({"flow": "monitoring", "parent": project, "title": "Monitoring 2023"});
        let case = self.case(&self.developer, new).await;
        let report = self
            .document(&self.developer, case, "monitoring-report")
            .await;
        let submit = json!({"step": "submit", "form": {
            "period": {"start": "2023-01-01", "end": "2023-12-31"},
            "reductions": [{"vintage": 2023, "tonnes": tonnes}],
        }, "documents": [report]});
        self.act(&self.developer, case, submit).await;
        let report = self
            .document(&self.certifier, case, "verification-report")
            .await;
        let verify = json!({"step": "verify", "form": {
            "opinion": "The reported reductions are right.",
            "verified": [{"vintage": 2023, "tonnes": tonnes}],
        }, "documents": [report]});
        self.act(&self.certifier, case, verify).await;
        case
    }

    /// Issues what was verified in a case to the developer's account.
    pub async fn issue(&self, case: u64) -> Value {
        // The first signature, where the process asks for two.
        let first = json!({"step": "issue"});
        let _ = self.try_act(&self.officials[0], case, first).await;
        let issue = json!({"step": "issue", "issue": {"accounts": [self.accounts[0]], "unit_type": "ITMO"}});
        self.act(&self.officials[1], case, issue).await
    }

    /// Adds a document to a case, and names it as an act does.
    pub async fn document(&self, who: &Somebody, case: u64, kind: &str) -> Value {
        add(&self.world, who, case, kind).await
    }

    /// Opens a case.
    pub async fn case(&self, who: &Somebody, new: Value) -> u64 {
        let made = must(&self.world, who, "/api/v1/cases", new).await;
        made["made"]["case"].as_u64().unwrap()
    }

    /// An act that must be taken.
    pub async fn act(&self, who: &Somebody, case: u64, act: Value) -> Value {
        let path = format!("/api/v1/cases/{case}/acts");
        must(&self.world, who, &path, act).await
    }

    /// An act, whatever is answered.
    pub async fn try_act(&self, who: &Somebody, case: u64, act: Value) -> Response {
        let path = format!("/api/v1/cases/{case}/acts");
        send(&self.world, who, &path, act).await
    }

    pub fn ask(&self, who: &Somebody, method: Method, path: &str) -> RequestBuilder {
        self.world.bare(method, path).bearer_auth(&who.token)
    }

    pub async fn get(&self, who: &Somebody, path: &str) -> Value {
        let response = self.ask(who, Method::GET, path).send().await.unwrap();
        read(response, StatusCode::OK, path).await
    }

    pub async fn available(&self, account: u32) -> u64 {
        let path = format!("/api/v1/accounts/{account}");
        let view: Value = self.world.get(&path).await;
        view["available"].as_u64().unwrap()
    }
}

/// What a request to move units says.
pub fn transfer_form() -> Value {
    json!({"receiver": 1, "units": ["GH-1"]})
}

/// What a request to send units to Switzerland says.
pub fn border_form() -> Value {
    json!({"country": "CH", "agreement": "CH-GH-2020", "account": 7, "units": ["GH-1"]})
}

pub fn project() -> Value {
    json!({"flow": "project", "title": "Stoves on the outer islands", "scopes": ["3"]})
}

/// The first step of a project, with its document already there.
pub async fn submit_project(office: &Office, case: u64) -> Value {
    let paper = office
        .document(&office.developer, case, "design-document")
        .await;
    json!({"step": "submit", "form": {
        "title": "Stoves on the outer islands", "sectoral_scope": 3,
        "locations": [{"place": "Tanna", "region": "Tafea"}],
        "start": "2023-01-01", "estimate_per_year": 500,
        "description": "Efficient stoves for 4,000 households on four islands.",
        "certifier": office.certifier.organisation,
    }, "documents": [paper]})
}

/// Adds a document to a case, and names it as an act does.
async fn add(world: &World, who: &Somebody, case: u64, kind: &str) -> Value {
    let path = format!("/api/v1/cases/{case}/documents?kind={kind}&file_name={kind}.txt");
    let kept = world
        .bare(Method::POST, &path)
        .bearer_auth(&who.token)
        .header("Content-Type", "text/plain")
        .body(format!("the {kind} of case {case}\n"))
        .send()
        .await
        .unwrap();
    let kept: Value = read(kept, StatusCode::CREATED, &path).await;
    json!({"kind": kind, "sha256": kept["sha256"]})
}

pub async fn send(world: &World, who: &Somebody, path: &str, body: Value) -> Response {
    world
        .bare(Method::POST, path)
        .bearer_auth(&who.token)
        .header("Idempotency-Key", common::request().to_string())
        .json(&body)
        .send()
        .await
        .unwrap()
}

async fn must(world: &World, who: &Somebody, path: &str, body: Value) -> Value {
    let response = send(world, who, path, body.clone()).await;
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{path} {body}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Somebody whom the operator invites, and who signs in.
pub async fn invited(world: &World, name: &str, organisation: u32, role: &str) -> Somebody {
    let email = format!("{name}@gov.example");
    let invite = json!({"email": email, "name": name, "language": "en", "organisation": organisation, "role": role});
    let sent: Value = world.post("/api/v1/invitations", invite).await;
    join(world, sent["token"].as_str().unwrap()).await;
    sign_in(world, &email, organisation).await
}

/// An organisation that registers itself, hands in its file and is approved.
async fn registered(world: &World, kind: &str, name: &str, official: &Somebody) -> Somebody {
    let email = format!("{name}@{kind}.example");
    let body = json!({"organisation": format!("{name} {kind}"), "organisation_type": kind,
        "email": email, "name": name, "language": "en"});
    let made = world
        .bare(Method::POST, "/api/v1/registrations")
        .header("Idempotency-Key", common::request().to_string())
        .json(&body)
        .send()
        .await
        .unwrap();
    let made: Value = read(made, StatusCode::CREATED, "registrations").await;
    let organisation = u32::try_from(made["organisation"].as_u64().unwrap()).unwrap();
    let mail = world.mails().pop().unwrap();
    assert!(mail.contains(&email), "{mail}");
    let at = mail.find("csl_").unwrap();
    join(world, &mail[at..at + 68]).await;
    let who = sign_in(world, &email, organisation).await;
    let open = json!({"flow": "organisation", "title": format!("{name} {kind}")});
    let case = must(world, &who, "/api/v1/cases", open).await["made"]["case"]
        .as_u64()
        .unwrap();
    let paper = add(world, &who, case, "registration-certificate").await;
    let file = json!({"step": "register", "form": {
        "name": format!("{name} {kind}"), "tax_id": "TIN-1", "email": email, "address": "1 Harbour Road",
    }, "documents": [paper]});
    let acts = format!("/api/v1/cases/{case}/acts");
    must(world, &who, &acts, file).await;
    must(world, official, &acts, json!({"step": "approve"})).await;
    who
}

pub async fn join(world: &World, token: &str) {
    let body = json!({"token": token, "password": PASSWORD});
    let joined = world
        .bare(Method::POST, "/api/v1/invitations/accept")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(joined.status(), StatusCode::NO_CONTENT);
}

/// The code of an authenticator that a sign-in, or its first confirmation, takes at the world's present moment.
pub fn code(world: &World, secret: &str) -> String {
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    totp.generate(world.now_ms() / 1000).to_string()
}

/// Adds an authenticator to the account, as an official must; gives its secret. The session counts as a strong one now.
pub async fn enrol(world: &World, who: &Somebody) -> String {
    let made = must(world, who, "/api/v1/me/authenticator", json!({})).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let body = json!({"code": code(world, &secret)});
    must(world, who, "/api/v1/me/authenticator/confirm", body).await;
    secret
}

pub async fn sign_in(world: &World, email: &str, organisation: u32) -> Somebody {
    let body = json!({"email": email, "password": PASSWORD});
    let answer = world
        .bare(Method::POST, "/api/v1/sign-in")
        .json(&body)
        .send()
        .await
        .unwrap();
    let answer: Value = read(answer, StatusCode::OK, "sign-in").await;
    let token = answer["token"].as_str().unwrap().to_owned();
    let me = world.bare(Method::GET, "/api/v1/me").bearer_auth(&token);
    let me: Value = read(me.send().await.unwrap(), StatusCode::OK, "me").await;
    assert_eq!(me["user"]["organisation"], organisation);
    Somebody {
        token,
        user: me["user"]["user"].as_u64().unwrap(),
        organisation,
    }
}
