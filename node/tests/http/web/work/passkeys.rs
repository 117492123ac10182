//! Passkeys by the pages: what a script asks for and what its forms bring, with a software authenticator.

use reqwest::StatusCode;
use serde_json::Value;

use super::{Desk, Read};
use crate::office::{Office, PASSWORD};
use crate::passkeys::Device;
use crate::world::PUBLIC_URL;

const ACCOUNT: &str = "/en/work/account";
const EMAIL: &str = "ama@developer.example";

/// The challenge that the script of a page gets for a form.
async fn challenge(desk: &Desk<'_>, from: &str, form: &str, path: &str) -> Value {
    let page = desk.page(from).await;
    let fields = super::hidden(&page, form);
    let fields: Vec<_> = fields.iter().map(|(name, it)| (&**name, &**it)).collect();
    let read = desk.bare(path, &fields).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text);
    assert_eq!(read.headers["cache-control"], "no-store");
    serde_json::from_str(&read.text).unwrap()
}

/// Adds a passkey by the page of the account.
async fn add(desk: &Desk<'_>, device: &mut Device, label: &str) -> Read {
    let (form, begin) = (
        "/en/work/account/passkeys",
        "/en/work/account/passkeys/begin",
    );
    let begun = challenge(desk, ACCOUNT, form, begin).await;
    let made = device.create(PUBLIC_URL, &begun["options"]).to_string();
    let fields = [
        ("label", label),
        ("ceremony", begun["ceremony"].as_str().unwrap()),
        ("credential", &made),
    ];
    desk.send(ACCOUNT, form, &fields).await
}

const FORM: &str = "/en/sign-in/passkey/confirm";

/// Signs in by the page of signing in.
async fn sign_in(desk: &Desk<'_>, device: &mut Device, from: &str) -> Read {
    let begun = challenge(desk, from, FORM, "/en/sign-in/passkey").await;
    let said = device.get(PUBLIC_URL, &begun["options"]).to_string();
    let ceremony = begun["ceremony"].as_str().unwrap();
    let fields = [("ceremony", ceremony), ("credential", &said)];
    desk.send(from, FORM, &fields).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_by_the_page_signs_in_is_named_and_removed() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let page = desk.page(ACCOUNT).await;
    assert!(page.contains("data-origin=\"https://registry.example.org\""));
    assert!(page.contains(
        "Passkeys need a browser with scripts, at the address https://registry.example.org."
    ));
    let mut device = Device::new();
    let added = add(&desk, &mut device, "<b>Phone</b>").await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    assert_eq!(
        added.text.matches("<li><code>").count(),
        10,
        "recovery codes come with the first"
    );
    let page = desk.page(ACCOUNT).await;
    assert!(page.contains("&#60;b&#62;Phone") && !page.contains("<b>Phone"));

    // Nobody signed in yet: the passkey alone opens a session, and leads where the reader was going.
    let mut stranger = Desk::new(&office.world);
    let from = "/en/sign-in?next=%2Fen%2Fwork%2Fcases";
    let done = sign_in(&stranger, &mut device, from).await;
    assert_eq!(done.place(), "/en/work/cases", "{}", done.text);
    assert!(
        done.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("; HttpOnly")
    );
    stranger.secret = done.secret();
    let page = stranger.page(ACCOUNT).await;
    assert!(page.contains(EMAIL));

    let id = page
        .split("/work/account/passkeys/")
        .find_map(|it| it.split_once("/remove"));
    let id = id.unwrap().0.to_owned();
    let named = format!("/en/work/account/passkeys/{id}/name");
    let empty = stranger.send(ACCOUNT, &named, &[("label", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let renamed = stranger
        .send(ACCOUNT, &named, &[("label", "Blue key")])
        .await;
    assert_eq!(renamed.place(), "/en/work/account?done=passkey-named");
    let page = stranger.page("/en/work/account?done=passkey-named").await;
    assert!(page.contains("Blue key") && page.contains("The passkey has another name."));

    let removed = format!("/en/work/account/passkeys/{id}/remove");
    let gone = stranger.send(ACCOUNT, &removed, &[]).await;
    assert_eq!(gone.place(), "/en/work/account?done=passkey-removed");
    let refused = sign_in(&Desk::new(&office.world), &mut device, "/en/sign-in").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("The passkey was not accepted"),
        "{}",
        refused.text
    );
    assert!(refused.secret().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_password_a_passkey_is_the_second_step() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let mut device = Device::new();
    add(&desk, &mut device, "Phone").await;
    let stranger = Desk::new(&office.world);
    let fields = [
        ("email", EMAIL),
        ("password", PASSWORD),
        ("next", "/en/work/bulk"),
    ];
    let step = stranger.bare("/en/sign-in", &fields).await;
    assert!(step.text.contains("Second step") && step.secret().is_none());
    let hidden = super::hidden(&step.text, FORM);
    let fields: Vec<_> = hidden.iter().map(|(name, it)| (&**name, &**it)).collect();
    let begun = stranger.bare("/en/sign-in/passkey", &fields).await;
    let begun: Value = serde_json::from_str(&begun.text).unwrap();
    let said = device.get(PUBLIC_URL, &begun["options"]);
    let ceremony = begun["ceremony"].as_str().unwrap();

    // What is no answer leads back to the second step, whose password counts on.
    let step_token = hidden.iter().find(|it| it.0 == "step").unwrap().1.clone();
    let base = [("step", &*step_token), ("next", "/en/work/bulk")];
    let wrong = [&base[..], &[("ceremony", "cs"), ("credential", "{}")]].concat();
    let refused = stranger.bare(FORM, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Second step") && refused.text.contains(&step_token));

    let said = said.to_string();
    let right = [&base[..], &[("ceremony", ceremony), ("credential", &said)]].concat();
    let done = stranger.bare(FORM, &right).await;
    assert_eq!(done.place(), "/en/work/bulk");
    assert!(done.secret().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_gets_no_challenge_and_anothers_passkey_is_nobodys() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    add(&desk, &mut Device::new(), "Phone").await;
    let page = desk.page(ACCOUNT).await;
    let token = super::hidden(&page, "/en/work/account/passkeys")[0]
        .1
        .clone();
    // Without the secret of the session's forms, or from another site, there is no challenge.
    let bare = desk.bare("/en/work/account/passkeys/begin", &[]).await;
    assert_eq!(bare.status, StatusCode::FORBIDDEN);
    use super::Form as _;
    for path in ["/en/work/account/passkeys/begin", "/en/sign-in/passkey"] {
        let foreign = desk
            .ask(reqwest::Method::POST, path)
            .form(&[("token", &*token)])
            .header("Origin", "https://evil.example");
        let status = foreign.send().await.unwrap().status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    // Of another user nothing is named or removed.
    let theirs = Desk::of(&office.world, &office.buyer);
    let own = theirs.page(ACCOUNT).await;
    let other = super::hidden(&own, "/en/work/account/passkeys")[0]
        .1
        .clone();
    let id = page
        .split("/work/account/passkeys/")
        .find_map(|it| it.split_once("/remove"));
    let id = id.unwrap().0;
    for deed in ["name", "remove"] {
        let path = format!("/en/work/account/passkeys/{id}/{deed}");
        let fields = [("token", &*other), ("label", "Mine")];
        let refused = theirs.bare(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{deed}");
    }
    assert!(desk.page(ACCOUNT).await.contains("/remove\""));
}
