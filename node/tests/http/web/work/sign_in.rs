//! Signing in and out: what a cookie is, that a session begins anew, and that nobody learns who has an account.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{COOKIE, Desk, Form, Read};
use crate::office::{Office, PASSWORD, code, enrol, invited, sign_in};
use crate::world::World;

const EMAIL: &str = "ama@developer.example";

fn typed<'a>(email: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("email", email), ("password", password), ("next", "")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_gives_a_cookie_that_no_script_and_no_other_site_can_use() {
    let office = Office::open().await;
    let mut desk = Desk::new(&office.world);
    let led = desk.any("/fr/work").await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(led.place(), "/fr/sign-in?next=%2Ffr%2Fwork");
    let page = desk.page("/fr/sign-in?next=%2Ffr%2Fwork").await;
    assert!(page.contains("name=\"next\" value=\"/fr/work\""));
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let done = desk
        .send("/fr/sign-in?next=%2Ffr%2Fwork", "/fr/sign-in", &fields)
        .await;
    assert_eq!(
        (done.status, done.place().as_str()),
        (StatusCode::SEE_OTHER, "/fr/work")
    );
    let line = done.headers["set-cookie"].to_str().unwrap();
    assert!(line.starts_with("__Host-session=css_"), "{line}");
    for part in [
        "; Path=/;",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Secure",
        "; Max-Age=",
    ] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("Domain"));
    desk.secret = done.secret();
    let page = desk.any("/fr/work").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(!page.headers.contains_key("etag") && !page.headers.contains_key("set-cookie"));
    assert!(page.text.contains("ama developer"));
    // Signed out, the secret opens nothing any more, here and in the API.
    let out = desk.send("/fr/work", "/fr/sign-out", &[]).await;
    assert_eq!(out.place(), "/fr");
    assert!(
        out.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(desk.any("/fr/work").await.status, StatusCode::SEE_OTHER);
    let me = office
        .world
        .bare(Method::GET, "/api/v1/me")
        .bearer_auth(desk.secret.unwrap());
    assert_eq!(me.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_begins_anew_whatever_the_browser_brought_along() {
    let office = Office::open().await;
    let fields = typed(EMAIL, PASSWORD);
    // A secret that somebody else put there.
    let mut desk = Desk::new(&office.world);
    let planted = format!("css_{}", "a".repeat(64));
    desk.secret = Some(planted.clone());
    let done = desk.send("/en/sign-in", "/en/sign-in", &fields).await;
    let first = done.secret().unwrap();
    assert_ne!(first, planted);
    assert_eq!(
        desk.any("/en/work").await.status,
        StatusCode::SEE_OTHER,
        "the planted one opens nothing"
    );
    // The session that the browser had, of somebody else even, ends with the new one.
    desk.secret = Some(office.buyer.token.clone());
    let done = desk.bare("/en/sign-in", &fields).await;
    let second = done.secret().unwrap();
    assert!(second != first && second != office.buyer.token);
    assert_eq!(desk.any("/en/work").await.status, StatusCode::SEE_OTHER);
    desk.secret = Some(first);
    desk.page("/en/work").await;
    // A cookie of a name that any page of a neighbouring host could set opens nothing.
    let answer = Desk::new(&office.world)
        .ask(Method::GET, "/en/work")
        .header("Cookie", format!("session={second}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_says_the_same_of_every_address_and_keeps_what_was_typed() {
    let office = Office::open().await;
    let desk = Desk::new(&office.world);
    let mut said = Vec::new();
    for email in [EMAIL, "nobody@developer.example"] {
        let refused = desk
            .bare("/en/sign-in", &typed(email, "a wrong but long password"))
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(&format!("value=\"{email}\"")));
        assert!(!refused.text.contains("a wrong but long password"));
        assert!(refused.secret().is_none());
        said.push(refused.text.replace(email, ""));
    }
    assert_eq!(said[0], said[1]);
    // Too many: the page says how long to wait, also when the password is right.
    for _ in 0..12 {
        desk.bare("/en/sign-in", &typed(EMAIL, "a wrong but long password"))
            .await;
    }
    let waiting = desk.bare("/en/sign-in", &typed(EMAIL, PASSWORD)).await;
    assert_eq!(waiting.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(waiting.text.contains("Too many attempts") && waiting.secret().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guarded_account_wants_its_second_factor_and_takes_a_recovery_code() {
    let office = Office::open().await;
    let world = &office.world;
    let who = sign_in(world, EMAIL, office.developer.organisation).await;
    let secret = enrol(world, &who).await;
    world.later(60_000);
    let desk = Desk::new(world);
    let half = desk.bare("/en/sign-in", &typed(EMAIL, PASSWORD)).await;
    assert_eq!(half.status, StatusCode::OK);
    assert!(half.secret().is_none(), "a password alone opens nothing");
    let step = super::hidden(&half.text, "/en/sign-in/code");
    let step = &step.iter().find(|(name, _)| name == "step").unwrap().1;
    let wrong = desk
        .bare("/en/sign-in/code", &[("step", step), ("code", "000000")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains(step.as_str()) && wrong.secret().is_none());
    let right = code(world, &secret);
    let done = desk
        .bare(
            "/en/sign-in/code",
            &[("step", step), ("code", &right), ("next", "")],
        )
        .await;
    assert!(done.secret().is_some(), "{}", done.text);
    // Recovery codes: drawn on the account's page, each good once.
    let mut own = Desk::of(world, &who);
    own.secret = done.secret();
    let codes = own
        .send(
            "/en/work/account/second-factor",
            "/en/work/account/recovery-codes",
            &[],
        )
        .await;
    let codes: Vec<&str> = codes
        .text
        .split("<li><code>")
        .skip(1)
        .map(|it| it.split('<').next().unwrap())
        .collect();
    assert_eq!(codes.len(), 10);
    for wanted in [true, false] {
        let half = desk.bare("/en/sign-in", &typed(EMAIL, PASSWORD)).await;
        let step = super::hidden(&half.text, "/en/sign-in/code");
        let step = &step.iter().find(|(name, _)| name == "step").unwrap().1;
        let done = desk
            .bare(
                "/en/sign-in/code",
                &[("step", step), ("code", codes[0]), ("next", "")],
            )
            .await;
        assert_eq!(
            done.secret().is_some(),
            wanted,
            "a recovery code is good once"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_must_have_a_second_factor_is_led_to_it_and_to_nothing_else() {
    let office = Office::open().await;
    let world = &office.world;
    let official = invited(
        world,
        "abena",
        office.officials[0].organisation,
        "administrator",
    )
    .await;
    let desk = Desk::of(world, &official);
    for path in [
        "/en/work",
        "/en/work/cases",
        "/en/work/organisation",
        "/en/work/federation",
    ] {
        let led = desk.any(path).await;
        assert_eq!(led.place(), "/en/work/account/second-factor", "{path}");
    }
    let begun = desk
        .send(
            "/en/work/account/second-factor",
            "/en/work/account/second-factor",
            &[],
        )
        .await;
    assert!(begun.text.contains("<svg class=\"qr\""), "{}", begun.text);
    let fields = super::hidden(&begun.text, "/en/work/account/second-factor/confirm");
    let of = |name: &str| fields.iter().find(|(it, _)| it == name).unwrap().1.clone();
    let (token, secret, uri) = (of("token"), of("secret"), of("uri").replace("&amp;", "&"));
    let path = "/en/work/account/second-factor/confirm";
    let typed = |code: &str| {
        [
            ("token", token.clone()),
            ("secret", secret.clone()),
            ("uri", uri.clone()),
            ("code", code.to_owned()),
        ]
    };
    let wrong = Read::of(
        desk.ask(Method::POST, path)
            .form(&typed("000000"))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("<svg class=\"qr\""),
        "the code to scan stays"
    );
    let right = code(world, &secret);
    let done = Read::of(
        desk.ask(Method::POST, path)
            .form(&typed(&right))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(done.text.matches("<li><code>").count(), 10, "{}", done.text);
    desk.page("/en/work").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_joins_and_gets_a_new_password_by_the_codes_of_mails() {
    let office = Office::open().await;
    let world = &office.world;
    let desk = Desk::new(world);
    let ministry = office.officials[0].organisation;
    let invite = json!({"email": "esi@gov.example", "name": "Esi", "language": "en", "organisation": ministry, "role": "viewer"});
    let sent: serde_json::Value = world.post("/api/v1/invitations", invite).await;
    let token = sent["token"].as_str().unwrap();
    let short = desk
        .bare("/en/join", &[("code", token), ("password", "short")])
        .await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        short.text.contains(token) && short.text.contains("at least 12 characters"),
        "{}",
        short.text
    );
    let joined = desk
        .bare("/en/join", &[("code", token), ("password", PASSWORD)])
        .await;
    assert_eq!(joined.place(), "/en/sign-in?done=yes");
    let used = desk
        .bare("/en/join", &[("code", token), ("password", PASSWORD)])
        .await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The answer is the same whether or not the address has an account.
    let mut said = Vec::new();
    for email in ["esi@gov.example", "nobody@gov.example"] {
        let asked = desk.bare("/en/password-reset", &[("email", email)]).await;
        assert_eq!(asked.status, StatusCode::OK);
        said.push(asked.text.replace(email, ""));
    }
    assert_eq!(said[0], said[1]);
    let mail = world
        .mails()
        .into_iter()
        .rev()
        .find(|it| it.contains("esi@gov.example"))
        .unwrap();
    let at = mail.find("csl_").unwrap();
    let fields = [
        ("code", &mail[at..at + 68]),
        ("password", "another long sentence of hers"),
    ];
    let reset = desk.bare("/en/password-reset/complete", &fields).await;
    assert_eq!(reset.place(), "/en/sign-in?done=yes");
    let done = desk
        .bare(
            "/en/sign-in",
            &typed("esi@gov.example", "another long sentence of hers"),
        )
        .await;
    assert!(done.secret().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_registers_itself_and_its_person_joins_by_the_code_of_the_mail() {
    let office = Office::open().await;
    let world = &office.world;
    let desk = Desk::new(world);
    let page = desk.page("/fr/register").await;
    assert!(page.contains("Inscrire une organisation"), "{page}");
    // The ministry does not register itself, so nobody is offered to be one.
    assert!(page.contains("value=\"developer\"") && !page.contains("value=\"government\""));
    let at = page.find("name=\"request\" value=\"").unwrap() + 22;
    let request = page[at..].split('"').next().unwrap().to_owned();
    let typed = |kind: &'static str, email: &'static str| {
        [
            ("request", request.clone()),
            ("organisation", "Fours <b>du</b> Nord".to_owned()),
            ("kind", kind.to_owned()),
            ("name", "Awa Diop".to_owned()),
            ("email", email.to_owned()),
            ("phone", String::new()),
            ("language", "fr".to_owned()),
        ]
    };
    let send = async |fields: [(&str, String); 7]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        desk.bare("/fr/register", &fields).await
    };
    // What is wrong stands at its field, and nothing of what was typed is lost.
    let wrong = send(typed("developer", "no address")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#email\"") && wrong.text.contains("Awa Diop"));
    assert!(wrong.text.contains("Fours &#60;b&#62;du&#60;/b&#62; Nord"));
    let ministry = send(typed("government", "awa@fours.example")).await;
    assert_eq!(ministry.status, StatusCode::UNPROCESSABLE_ENTITY);
    let before = world.app.size();
    let done = send(typed("developer", "awa@fours.example")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("role=\"status\""), "{}", done.text);
    let written = world.app.size();
    assert!(written > before);
    // The same form again is the same registration.
    let again = send(typed("developer", "awa@fours.example")).await;
    assert_eq!((again.status, world.app.size()), (StatusCode::OK, written));
    let mut mails = world.mails().into_iter().rev();
    let mail = mails.find(|it| it.contains("awa@fours.example")).unwrap();
    let at = mail.find("csl_").unwrap();
    let fields = [("code", &mail[at..at + 68]), ("password", PASSWORD)];
    let joined = desk.bare("/fr/join", &fields).await;
    assert_eq!(joined.place(), "/fr/sign-in?done=yes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_sessions_open_pages_and_public_ones_stay_as_they_are_for_everybody_else() {
    let world = World::start().await;
    // Neither the operator's token nor anything else is taken from a cookie.
    for secret in [
        world.token.clone(),
        "css_".to_owned(),
        String::new(),
        "x".repeat(300),
    ] {
        let answer = Desk::new(&world)
            .ask(Method::GET, "/en/work")
            .header("Cookie", format!("{COOKIE}={secret}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{secret}");
    }
    let page = Desk::new(&world).any("/en/projects").await;
    assert!(page.headers["vary"].to_str().unwrap().contains("Cookie"));
    assert!(page.headers.contains_key("etag") && !page.headers.contains_key("set-cookie"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_in_a_cookie_has_its_own_budget_and_a_sign_in_has_that_of_its_address() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let policy = |method, path: &str| {
        let asked = desk
            .ask(method, path)
            .header("X-Forwarded-For", "203.0.113.5");
        async move {
            let answer = asked.send().await.unwrap();
            answer.headers()["ratelimit-policy"]
                .to_str()
                .unwrap()
                .to_owned()
        }
    };
    // The session was used before, and is known.
    assert_eq!(
        policy(Method::GET, "/en/work/cases").await,
        "\"lists\";q=500;w=10"
    );
    assert_eq!(
        policy(Method::POST, "/en/work/account/news").await,
        "\"writes\";q=1000;w=10"
    );
    let stranger = Desk::new(&office.world)
        .ask(Method::POST, "/en/sign-in")
        .header("X-Forwarded-For", "203.0.113.6")
        .form(&typed(EMAIL, "a wrong but long password"));
    let answer = stranger.send().await.unwrap();
    assert_eq!(answer.headers()["ratelimit-policy"], "\"writes\";q=20;w=10");
}
