//! Passkeys over HTTP, with a software authenticator and the part of the browser.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::prelude::Url;
use webauthn_authenticator_rs::softtoken::SoftToken;

use crate::office::{self, Office, PASSWORD, Somebody, send};
use crate::world::{PUBLIC_URL, kind, problem, read};

const AMA: &str = "ama@developer.example";
const BEN: &str = "ben@developer.example";

/// A telephone with one passkey in it, and its browser.
pub struct Device {
    token: SoftToken,
    /// What the registry called the user when the passkey was made.
    handle: Value,
    id: Value,
}

impl Device {
    pub fn new() -> Self {
        let (token, _) = SoftToken::new(true).unwrap();
        Self {
            token,
            handle: Value::Null,
            id: Value::Null,
        }
    }

    /// A copy of everything in it, secrets included.
    fn copied(&self) -> Self {
        Self {
            token: SoftToken::from_cbor(&self.token.to_cbor().unwrap()).unwrap(),
            handle: self.handle.clone(),
            id: self.id.clone(),
        }
    }

    /// What `navigator.credentials.create` answers on a page of an origin.
    pub fn create(&mut self, origin: &str, options: &Value) -> Value {
        self.handle = options["publicKey"]["user"]["id"].clone();
        let options = serde_json::from_value(options.clone()).unwrap();
        let origin = Url::parse(origin).unwrap();
        let made = self.token.do_registration(origin, options).unwrap();
        let made = serde_json::to_value(made).unwrap();
        self.id = made["id"].clone();
        made
    }

    /// What `navigator.credentials.get` answers. The browser finds the passkey where the registry names none, and says
    /// whose it is.
    pub fn get(&mut self, origin: &str, options: &Value) -> Value {
        let mut options = options.clone();
        options["publicKey"]["allowCredentials"] = json!([{"type": "public-key", "id": self.id}]);
        let options = serde_json::from_value(options).unwrap();
        let origin = Url::parse(origin).unwrap();
        let said = self.token.do_authentication(origin, options).unwrap();
        let mut said = serde_json::to_value(said).unwrap();
        said["response"]["userHandle"] = self.handle.clone();
        said
    }
}

async fn post(office: &Office, path: &str, body: Value) -> Response {
    let request = office.world.bare(Method::POST, path).json(&body);
    request.send().await.unwrap()
}

async fn begin(office: &Office, who: &Somebody) -> Value {
    let begun = send(&office.world, who, "/api/v1/me/passkeys", json!({})).await;
    read(begun, StatusCode::OK, "me/passkeys").await
}

async fn confirm(office: &Office, who: &Somebody, begun: &Value, made: &Value) -> Response {
    let body = json!({"ceremony": begun["ceremony"], "label": "Telephone", "credential": made});
    send(&office.world, who, "/api/v1/me/passkeys/confirm", body).await
}

/// Adds a passkey; gives what was answered.
pub async fn add(office: &Office, who: &Somebody, device: &mut Device) -> Value {
    let begun = begin(office, who).await;
    let made = device.create(PUBLIC_URL, &begun["options"]);
    let added = confirm(office, who, &begun, &made).await;
    read(added, StatusCode::CREATED, "me/passkeys/confirm").await
}

async fn ask(office: &Office, body: Value) -> Value {
    let begun = post(office, "/api/v1/sign-in/passkey", body).await;
    read(begun, StatusCode::OK, "sign-in/passkey").await
}

async fn answer(office: &Office, begun: &Value, said: &Value) -> Response {
    let body = json!({"ceremony": begun["ceremony"], "credential": said});
    post(office, "/api/v1/sign-in/passkey/confirm", body).await
}

/// Signs in without a password.
async fn sign_in(office: &Office, device: &mut Device) -> Response {
    let begun = ask(office, json!({})).await;
    let said = device.get(PUBLIC_URL, &begun["options"]);
    answer(office, &begun, &said).await
}

/// The first half of a sign-in by password.
async fn step(office: &Office, email: &str) -> Value {
    let body = json!({"email": email, "password": PASSWORD});
    let answer = post(office, "/api/v1/sign-in", body).await;
    let answer: Value = read(answer, StatusCode::OK, "sign-in").await;
    assert!(
        answer["token"].is_null(),
        "a second factor must be asked for"
    );
    answer["step"].clone()
}

async fn refused(response: Response) {
    let refused = problem(response).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (401, "not-authorised"),
        "{}",
        refused.detail
    );
    assert_eq!(
        refused.detail, "the sign-in was refused: check e-mail, password and code",
        "every refusal reads the same"
    );
}

async fn accepted(office: &Office, response: Response) -> Somebody {
    let answer: Value = read(response, StatusCode::OK, "confirm").await;
    let token = answer["token"].as_str().unwrap().to_owned();
    let me = office.world.bare(Method::GET, "/api/v1/me");
    let me = me.bearer_auth(&token).send().await.unwrap();
    let me: Value = read(me, StatusCode::OK, "me").await;
    Somebody {
        token,
        user: me["user"]["user"].as_u64().unwrap(),
        organisation: u32::try_from(me["user"]["organisation"].as_u64().unwrap()).unwrap(),
    }
}

async fn passkeys(office: &Office, who: &Somebody) -> Vec<Value> {
    let listed = office.get(who, "/api/v1/me/passkeys").await;
    listed.as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_signs_in_instead_of_a_password_and_beside_one() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    let added = add(&office, ama, &mut device).await;
    assert_eq!(added["recovery_codes"].as_array().unwrap().len(), 10);
    let without = sign_in(&office, &mut device).await;
    let without = accepted(&office, without).await;
    assert_eq!(without.user, ama.user);

    let begun = ask(&office, json!({"step": step(&office, AMA).await})).await;
    let named = &begun["options"]["publicKey"]["allowCredentials"];
    assert_eq!(named[0]["id"], device.id);
    let said = device.get(PUBLIC_URL, &begun["options"]);
    let beside = accepted(&office, answer(&office, &begun, &said).await).await;
    let sessions = office.get(&beside, "/api/v1/me/sessions").await;
    let sessions = sessions.as_array().unwrap();
    assert!(
        sessions.iter().all(|it| it["second_factor"] == true),
        "{sessions:?}"
    );

    // A recovery code stands in for the telephone that was lost.
    let code = added["recovery_codes"][0].as_str().unwrap();
    let body = json!({"step": step(&office, AMA).await, "recovery_code": code});
    let done = post(&office, "/api/v1/sign-in/code", body).await;
    assert_eq!(done.status(), StatusCode::OK);
    let drawn = send(
        &office.world,
        &beside,
        "/api/v1/me/recovery-codes",
        json!({}),
    )
    .await;
    let drawn: Value = read(drawn, StatusCode::OK, "recovery-codes").await;
    assert_ne!(drawn["codes"], added["recovery_codes"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys_are_listed_named_and_revoked_by_their_owner_alone() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    let added = add(&office, ama, &mut device).await;
    let id = added["passkey"]["passkey"].as_str().unwrap();
    let path = format!("/api/v1/me/passkeys/{id}");
    let rename = |who: &Somebody| {
        office
            .ask(who, Method::PUT, &path)
            .json(&json!({"label": "Blue key"}))
    };
    let other = rename(&office.buyer).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
    let renamed = rename(ama).send().await.unwrap();
    assert_eq!(renamed.status(), StatusCode::NO_CONTENT);
    let listed = passkeys(&office, ama).await;
    assert_eq!(
        (listed.len(), &listed[0]["label"], &listed[0]["used_ms"]),
        (1, &json!("Blue key"), &Value::Null)
    );
    assert!(passkeys(&office, &office.buyer).await.is_empty());
    let other = office.ask(&office.buyer, Method::DELETE, &path);
    assert_eq!(other.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let removed = office.ask(ama, Method::DELETE, &path).send().await.unwrap();
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    refused(sign_in(&office, &mut device).await).await;
    // Nothing guards the account now, and no recovery code is left over.
    let body = json!({"email": AMA, "password": PASSWORD});
    let plain: Value = read(
        post(&office, "/api/v1/sign-in", body).await,
        StatusCode::OK,
        "sign-in",
    )
    .await;
    assert!(plain["token"].is_string());
    let again = add(&office, ama, &mut Device::new()).await;
    let (old, new) = (&added["recovery_codes"], &again["recovery_codes"]);
    assert_eq!(new.as_array().unwrap().len(), 10);
    assert_ne!(old, new);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_another_origin_gets_no_passkey_and_no_session() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    for origin in [
        "https://mirror.registry.example.org",
        "https://registry.example.org:8443",
    ] {
        let begun = begin(&office, ama).await;
        let made = Device::new().create(origin, &begun["options"]);
        let refused = problem(confirm(&office, ama, &begun, &made).await).await;
        assert_eq!(
            (refused.status, kind(&refused)),
            (422, "invalid"),
            "{origin}"
        );
    }
    add(&office, ama, &mut device).await;
    for origin in [
        "https://mirror.registry.example.org",
        "https://registry.example.org:8443",
    ] {
        let begun = ask(&office, json!({})).await;
        let said = device.get(origin, &begun["options"]);
        refused(answer(&office, &begun, &said).await).await;
    }
    accepted(&office, sign_in(&office, &mut device).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_another_challenge_or_a_second_time_opens_nothing() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    add(&office, ama, &mut device).await;
    let (first, second) = (ask(&office, json!({})).await, ask(&office, json!({})).await);
    let said = device.get(PUBLIC_URL, &first["options"]);
    refused(answer(&office, &second, &said).await).await;
    accepted(&office, answer(&office, &first, &said).await).await;
    refused(answer(&office, &first, &said).await).await;
    let third = ask(&office, json!({})).await;
    refused(answer(&office, &third, &said).await).await;
    // A wrong answer uses its challenge up as well.
    let fourth = ask(&office, json!({})).await;
    refused(answer(&office, &fourth, &json!({"id": "x"})).await).await;
    let said = device.get(PUBLIC_URL, &fourth["options"]);
    refused(answer(&office, &fourth, &said).await).await;
    // The same for a new passkey: its challenge takes one answer, from the user whom it was given to.
    let begun = begin(&office, ama).await;
    let made = Device::new().create(PUBLIC_URL, &begun["options"]);
    let stolen = problem(confirm(&office, &office.buyer, &begun, &made).await).await;
    assert_eq!((stolen.status, kind(&stolen)), (422, "rejected"));
    let late = problem(confirm(&office, ama, &begun, &made).await).await;
    assert_eq!((late.status, kind(&late)), (422, "rejected"));
    assert_eq!(passkeys(&office, ama).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_passkey_is_found_out_by_its_counter() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    add(&office, ama, &mut device).await;
    let mut copy = device.copied();
    let session = accepted(&office, sign_in(&office, &mut device).await).await;
    refused(sign_in(&office, &mut copy).await).await;
    let path = format!("/api/v1/users/{}/audit", ama.user);
    let log = office.get(&session, &path).await;
    let noted = log["items"].as_array().unwrap().iter().any(|it| {
        it["event"] == "sign-in-failed"
            && it["detail"].as_str().unwrap_or_default().contains("copied")
    });
    assert!(noted, "{log}");
    accepted(&office, sign_in(&office, &mut device).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_users_passkey_completes_no_sign_in() {
    let office = Office::open().await;
    let (mut ama, mut ben) = (Device::new(), Device::new());
    add(&office, &office.developer, &mut ama).await;
    add(&office, &office.buyer, &mut ben).await;
    let begun = ask(&office, json!({"step": step(&office, AMA).await})).await;
    let said = ben.get(PUBLIC_URL, &begun["options"]);
    refused(answer(&office, &begun, &said).await).await;
    // Nor does one that claims to be somebody else's.
    let begun = ask(&office, json!({})).await;
    let mut said = ben.get(PUBLIC_URL, &begun["options"]);
    said["response"]["userHandle"] = ama.handle.clone();
    refused(answer(&office, &begun, &said).await).await;
    let begun = ask(&office, json!({})).await;
    let mut said = ben.get(PUBLIC_URL, &begun["options"]);
    said["response"]["userHandle"] = Value::Null;
    refused(answer(&office, &begun, &said).await).await;
    let ben = accepted(&office, sign_in(&office, &mut ben).await).await;
    assert_eq!(ben.user, office.buyer.user);
    // And nobody takes over a passkey by adding it again.
    let begun = begin(&office, &ben).await;
    let known = &begun["options"]["publicKey"]["excludeCredentials"];
    assert_eq!(known.as_array().unwrap().len(), 1);
    assert_ne!(step(&office, BEN).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_was_used_takes_no_passkey_and_one_of_a_user_without_any_asks_for_none() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    let added = add(&office, ama, &mut device).await;
    let step = step(&office, AMA).await;
    let begun = ask(&office, json!({ "step": step })).await;
    let code = added["recovery_codes"][0].as_str().unwrap();
    let body = json!({"step": step, "recovery_code": code});
    let done = post(&office, "/api/v1/sign-in/code", body).await;
    assert_eq!(done.status(), StatusCode::OK);
    let said = device.get(PUBLIC_URL, &begun["options"]);
    refused(answer(&office, &begun, &said).await).await;

    // A challenge that names no passkey could be answered by anybody's.
    let step = self::step(&office, AMA).await;
    let id = added["passkey"]["passkey"].as_str().unwrap();
    let remove = office.ask(ama, Method::DELETE, &format!("/api/v1/me/passkeys/{id}"));
    let removed = remove.send().await.unwrap();
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    let body = json!({ "step": step });
    refused(post(&office, "/api/v1/sign-in/passkey", body).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_ends_after_five_minutes() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    add(&office, ama, &mut device).await;
    let (begun, asked) = (begin(&office, ama).await, ask(&office, json!({})).await);
    let made = Device::new().create(PUBLIC_URL, &begun["options"]);
    let said = device.get(PUBLIC_URL, &asked["options"]);
    office.world.forward(5 * 60_000);
    let late = problem(confirm(&office, ama, &begun, &made).await).await;
    assert_eq!((late.status, kind(&late)), (422, "rejected"));
    refused(answer(&office, &asked, &said).await).await;
    accepted(&office, sign_in(&office, &mut device).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_did_not_verify_its_user_is_no_passkey() {
    let office = Office::open().await;
    let (ama, mut device) = (&office.developer, Device::new());
    let mut begun = begin(&office, ama).await;
    begun["options"]["publicKey"]["authenticatorSelection"]["userVerification"] =
        json!("discouraged");
    let made = Device::new().create(PUBLIC_URL, &begun["options"]);
    let unverified = problem(confirm(&office, ama, &begun, &made).await).await;
    assert_eq!((unverified.status, kind(&unverified)), (422, "invalid"));
    add(&office, ama, &mut device).await;
    let mut begun = ask(&office, json!({})).await;
    begun["options"]["publicKey"]["userVerification"] = json!("discouraged");
    let said = device.get(PUBLIC_URL, &begun["options"]);
    refused(answer(&office, &begun, &said).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys_of_suspended_and_erased_users_open_nothing() {
    let office = Office::open().await;
    let (ama, official) = (&office.developer, &office.officials[0]);
    let mut device = Device::new();
    add(&office, ama, &mut device).await;
    let begun = ask(&office, json!({})).await;
    let said = device.get(PUBLIC_URL, &begun["options"]);
    let act = |what: &str| format!("/api/v1/users/{}/{what}", ama.user);
    let done = send(&office.world, official, &act("suspend"), json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    refused(answer(&office, &begun, &said).await).await;
    let done = send(&office.world, official, &act("reactivate"), json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    accepted(&office, sign_in(&office, &mut device).await).await;
    let done = send(&office.world, official, &act("erase"), json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    refused(sign_in(&office, &mut device).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_password_alone_changes_nothing_about_a_guarded_account() {
    let office = Office::open().await;
    let ama = &office.developer;
    // A session from before the account was guarded.
    let weak = office::sign_in(&office.world, AMA, ama.organisation).await;
    let early = begin(&office, &weak).await;
    let mut device = Device::new();
    let added = add(&office, ama, &mut device).await;
    let made = Device::new().create(PUBLIC_URL, &early["options"]);
    let early = confirm(&office, &weak, &early, &made).await;
    let id = added["passkey"]["passkey"].as_str().unwrap();
    let remove = office.ask(&weak, Method::DELETE, &format!("/api/v1/me/passkeys/{id}"));
    let remove = remove.send().await.unwrap();
    let begun = send(&office.world, &weak, "/api/v1/me/passkeys", json!({})).await;
    let codes = send(&office.world, &weak, "/api/v1/me/recovery-codes", json!({})).await;
    let totp = send(&office.world, &weak, "/api/v1/me/authenticator", json!({})).await;
    for response in [early, remove, begun, codes, totp] {
        let refused = problem(response).await;
        assert_eq!((refused.status, kind(&refused)), (403, "second-factor"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_learns_from_a_challenge_who_has_an_account_and_nobody_holds_many() {
    let office = Office::open().await;
    add(&office, &office.developer, &mut Device::new()).await;
    let first = ask(&office, json!({})).await;
    let options = &first["options"]["publicKey"];
    assert_eq!(options["allowCredentials"], json!([]));
    assert_eq!(options["rpId"], "registry.example.org");
    assert_eq!(options["userVerification"], "required");
    // Of one address ten wait; an eleventh pushes the oldest out.
    for _ in 0..10 {
        ask(&office, json!({})).await;
    }
    let mut device = Device::new();
    add(&office, &office.developer, &mut device).await;
    let said = device.get(PUBLIC_URL, &first["options"]);
    refused(answer(&office, &first, &said).await).await;
    let unknown = post(
        &office,
        "/api/v1/sign-in/passkey",
        json!({"step": format!("csp_{}", "0".repeat(64))}),
    )
    .await;
    refused(unknown).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_answers_challenges_wrongly_has_to_wait_with_right_answers_too() {
    let office = Office::open().await;
    let mut device = Device::new();
    add(&office, &office.developer, &mut device).await;
    let mut wrong = 0;
    loop {
        let begun = ask(&office, json!({})).await;
        let answered = answer(&office, &begun, &json!({"id": "x"})).await;
        if answered.status() == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        refused(answered).await;
        wrong += 1;
        assert!(wrong < 100, "nobody has to wait");
    }
    let late = sign_in(&office, &mut device).await;
    assert_eq!(late.status(), StatusCode::TOO_MANY_REQUESTS);
    office.world.forward(60 * 60_000);
    accepted(&office, sign_in(&office, &mut device).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_without_a_second_factor_finds_only_the_way_to_one() {
    let office = Office::open().await;
    let ministry = office.officials[0].organisation;
    let invite = json!({"email": "esi@gov.example", "name": "Esi", "language": "en",
        "organisation": ministry, "role": "administrator"});
    let sent: Value = office.world.post("/api/v1/invitations", invite).await;
    let body = json!({"token": sent["token"], "password": PASSWORD});
    let joined = post(&office, "/api/v1/invitations/accept", body).await;
    assert_eq!(joined.status(), StatusCode::NO_CONTENT);
    let esi = office::sign_in(&office.world, "esi@gov.example", ministry).await;
    let me = office.get(&esi, "/api/v1/me").await;
    assert_eq!(me["second_factor_needed"], true);
    let users = format!("/api/v1/users?organisation={ministry}");
    let closed = office.ask(&esi, Method::GET, &users).send().await.unwrap();
    let closed = problem(closed).await;
    assert_eq!((closed.status, kind(&closed)), (403, "second-factor"));
    let key = json!({"label": "way round", "actions": ["user-read"], "expires_ms": office.world.now_ms() + 1000});
    let key = problem(send(&office.world, &esi, "/api/v1/me/api-keys", key).await).await;
    assert_eq!((key.status, kind(&key)), (403, "second-factor"));

    let mut device = Device::new();
    add(&office, &esi, &mut device).await;
    let me = office.get(&esi, "/api/v1/me").await;
    assert_eq!(me["second_factor_needed"], false);
    office.get(&esi, &users).await;
    // The role decides, and at once: a viewer needs none, and a developer's administrator is no official.
    let me = office.get(&office.developer, "/api/v1/me").await;
    assert_eq!(me["second_factor_needed"], false);
}
