//! The own account, by its page.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::Desk;
use crate::office::{Office, PASSWORD, sign_in};

const EMAIL: &str = "ama@developer.example";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_and_ended_one_by_one_and_all_others_at_once() {
    let office = Office::open().await;
    let world = &office.world;
    let organisation = office.developer.organisation;
    let second = sign_in(world, EMAIL, organisation).await;
    let third = sign_in(world, EMAIL, organisation).await;
    let desk = Desk::of(world, &third);
    let page = desk.page("/en/work/account").await;
    assert_eq!(
        page.matches("End this session").count(),
        2,
        "not the own one"
    );
    assert!(page.contains("<span class=\"tag good\">this one</span>"));
    let path = page
        .split("action=\"/en/work/account/sessions/")
        .nth(1)
        .unwrap();
    let path = format!(
        "/en/work/account/sessions/{}",
        path.split('"').next().unwrap()
    );
    let ended = desk.send("/en/work/account", &path, &[]).await;
    assert_eq!(ended.place(), "/en/work/account?done=session");
    // Another's session is nobody's to end.
    let theirs = Desk::of(world, &office.buyer);
    let page = theirs.page("/en/work/account").await;
    let token = super::hidden(&page, "/en/work/account/news")[0].1.clone();
    let page = desk.page("/en/work/account").await;
    let open = page
        .split("action=\"/en/work/account/sessions/")
        .nth(1)
        .unwrap();
    let open = format!(
        "/en/work/account/sessions/{}",
        open.split('"').next().unwrap()
    );
    let refused = theirs.bare(&open, &[("token", &token)]).await;
    assert_ne!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
    let done = desk
        .send("/en/work/account", "/en/work/account/end-others", &[])
        .await;
    assert_eq!(done.place(), "/en/work/account?done=others");
    for (who, is_open) in [(&office.developer, false), (&second, false), (&third, true)] {
        let me = world
            .bare(Method::GET, "/api/v1/me")
            .bearer_auth(&who.token);
        let status = me.send().await.unwrap().status();
        assert_eq!(status == StatusCode::OK, is_open);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_changed_with_the_old_one_and_ends_other_sessions() {
    let office = Office::open().await;
    let world = &office.world;
    let other = sign_in(world, EMAIL, office.developer.organisation).await;
    let desk = Desk::of(world, &office.developer);
    let path = "/en/work/account/password";
    for (old, new, said) in [
        ("not the old password", "a new and long sentence", "refused"),
        (PASSWORD, "short", "at least 12 characters"),
        (PASSWORD, "ama@developer.example!", "must not contain"),
    ] {
        let refused = desk
            .send("/en/work/account", path, &[("old", old), ("password", new)])
            .await;
        assert!(refused.status.is_client_error(), "{}", refused.status);
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
        assert!(!refused.text.contains(old) && !refused.text.contains(&format!("\"{new}\"")));
    }
    let fields = [("old", PASSWORD), ("password", "a new and long sentence")];
    let done = desk.send("/en/work/account", path, &fields).await;
    assert_eq!(done.place(), "/en/work/account?done=password");
    assert_eq!(
        Desk::of(world, &other).any("/en/work").await.status,
        StatusCode::SEE_OTHER
    );
    desk.page("/en/work/account?done=password").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_shown_once_opens_what_it_was_made_for_and_is_revoked() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let fields = [("label", "<b>reports</b>"), ("for", "read"), ("days", "30")];
    let made = desk
        .send("/en/work/account", "/en/work/account/keys", &fields)
        .await;
    assert_eq!(made.headers["cache-control"], "no-store");
    let key = made.text.split("<code>csk_").nth(1).unwrap();
    let key = format!("csk_{}", key.split('<').next().unwrap());
    let ask = |method, path: &str| office.world.bare(method, path).bearer_auth(&key);
    let accounts = ask(Method::GET, "/api/v1/accounts").send().await.unwrap();
    assert_eq!(accounts.status(), StatusCode::OK);
    let opened = ask(Method::POST, "/api/v1/cases").json(&crate::office::project());
    assert_eq!(opened.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let page = desk.page("/en/work/account").await;
    assert!(
        !page.contains(&key) && page.contains("&#60;b&#62;reports") && !page.contains("<b>reports")
    );
    let path = page
        .split("action=\"/en/work/account/keys/")
        .nth(1)
        .unwrap();
    let path = format!("/en/work/account/keys/{}", path.split('"').next().unwrap());
    desk.send("/en/work/account", &path, &[]).await;
    let gone = ask(Method::GET, "/api/v1/accounts").send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    // A key is no session: no cookie of it opens a page.
    let answer = Desk::new(&office.world)
        .ask(Method::GET, "/en/work")
        .header("Cookie", format!("{}={key}", super::COOKIE));
    assert_eq!(answer.send().await.unwrap().status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_by_mail_are_turned_off_and_on() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    for (fields, wanted) in [(&[][..], false), (&[("news", "yes")][..], true)] {
        desk.send("/en/work/account", "/en/work/account/news", fields)
            .await;
        let now: Value = office
            .get(&office.developer, "/api/v1/me/notifications")
            .await;
        assert_eq!(now["mail"], wanted);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_languages_of_a_refused_form_lead_to_the_page_of_the_form() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let form = "/en/work/account/password";
    let fields = [("password", "not mine"), ("new", "x"), ("again", "y")];
    let refused = desk.send("/en/work/account", form, &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    let foreign = desk.bare(form, &fields).await;
    for text in [&refused.text, &foreign.text] {
        assert!(
            text.contains("href=\"/fr/work/account\" lang=\"fr\""),
            "{text}"
        );
        assert!(!text.contains("/fr/work/account/password\""));
    }
    desk.page("/fr/work/account").await;
}
