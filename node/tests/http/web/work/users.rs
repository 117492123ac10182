//! The users' pages: who sees whom, what can be done about somebody, and that others' users are nobody's.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::Desk;
use crate::office::{Office, sign_in};

const LIST: &str = "/en/work/users";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officials_find_all_users_by_organisation_role_and_state_and_others_their_own() {
    let office = Office::open().await;
    let world = &office.world;
    let official = Desk::of(world, &office.officials[0]);
    let page = official.page(LIST).await;
    for name in [
        "efua",
        "kofi",
        "ama developer",
        "ben developer",
        "cem certifier",
    ] {
        assert!(page.contains(name), "{name}: {page}");
    }
    let organisation = office.developer.organisation;
    let page = official
        .page(&format!("{LIST}?organisation={organisation}"))
        .await;
    assert!(page.contains("ama developer") && !page.contains("ben developer"));
    let page = official.page(&format!("{LIST}?state=suspended")).await;
    assert!(page.contains("There is nothing to show here."));
    let page = official.page(&format!("{LIST}?role=manager")).await;
    assert!(!page.contains("ama developer"));
    let wrong = official.any(&format!("{LIST}?state=lost")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
    assert!(
        official
            .page("/en/work")
            .await
            .contains("href=\"/en/work/users\"")
    );

    // Whoever looks after one organisation sees its users, and no filter shows more.
    let desk = Desk::of(world, &office.developer);
    let page = desk.page(LIST).await;
    assert!(page.contains("ama developer"));
    for other in ["ben developer", "efua", "cem certifier", "f-organisation"] {
        assert!(!page.contains(other), "{other}");
    }
    let other = format!("{LIST}?organisation={}", office.buyer.organisation);
    let refused = desk.any(&other).await;
    assert!(
        [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&refused.status),
        "{}",
        refused.status
    );
    assert!(!refused.text.contains("ben developer"));
    assert!(
        !desk
            .page("/en/work")
            .await
            .contains("href=\"/en/work/users\"")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_goes_on_page_by_page_and_loses_nobody() {
    let office = Office::open().await;
    let organisation = office.developer.organisation;
    for number in 0..55 {
        let body = serde_json::json!({
            "email": format!("p{number}@developer.example"), "name": format!("Person {number} of many"),
            "organisation": organisation, "role": "viewer", "language": "en",
        });
        let _: Value = office.world.post("/api/v1/invitations", body).await;
    }
    let desk = Desk::of(&office.world, &office.developer);
    let mut found = 0;
    let mut next = Some(format!("{LIST}?role=viewer"));
    while let Some(path) = next {
        let page = desk.page(&path).await;
        found += page.matches(" of many</a>").count();
        next = page
            .split("<a class=\"button plain\" href=\"")
            .skip(1)
            .find(|it| it.contains("rel=\"next\""))
            .map(|it| {
                it.split('"')
                    .next()
                    .unwrap()
                    .replace("&amp;", "&")
                    .replace("&#38;", "&")
            });
    }
    assert_eq!(found, 55);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_signed_out_suspended_and_let_in_again() {
    let office = Office::open().await;
    let world = &office.world;
    let official = Desk::of(world, &office.officials[0]);
    let user = office.developer.user;
    let path = format!("{LIST}/{user}");
    let page = official.page(&path).await;
    for shown in [
        "ama developer",
        "ama@developer.example",
        "Signed in last",
        "Suspend",
        "End all sessions",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("Reactivate"));
    let is_open = async || {
        let me = world.bare(Method::GET, "/api/v1/me");
        let me = me.bearer_auth(&office.developer.token);
        me.send().await.unwrap().status() == StatusCode::OK
    };
    assert!(is_open().await);
    let ended = official
        .send(&path, &format!("{path}/end-sessions"), &[])
        .await;
    assert_eq!(ended.place(), format!("{path}?done=end-sessions"));
    assert!(!is_open().await);
    sign_in(
        world,
        "ama@developer.example",
        office.developer.organisation,
    )
    .await;
    let suspended = official.send(&path, &format!("{path}/suspend"), &[]).await;
    assert_eq!(suspended.place(), format!("{path}?done=suspend"));
    let page = official.page(&path).await;
    assert!(page.contains("Reactivate") && page.contains("All sessions ended"));
    let again = official.bare(&format!("{path}/suspend"), &[]).await;
    assert_eq!(
        again.status,
        StatusCode::FORBIDDEN,
        "no form without the secret of its session"
    );
    let back = official
        .send(&path, &format!("{path}/reactivate"), &[])
        .await;
    assert_eq!(back.place(), format!("{path}?done=reactivate"));
    sign_in(
        world,
        "ama@developer.example",
        office.developer.organisation,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn personal_data_goes_only_with_an_express_word() {
    let office = Office::open().await;
    let official = Desk::of(&office.world, &office.officials[0]);
    let path = format!("{LIST}/{}", office.buyer.user);
    let unsure = official.send(&path, &format!("{path}/erase"), &[]).await;
    assert!(unsure.status.is_client_error(), "{}", unsure.status);
    assert!(official.page(&path).await.contains("ben@developer.example"));
    let gone = official
        .send(&path, &format!("{path}/erase"), &[("sure", "yes")])
        .await;
    assert_eq!(gone.place(), format!("{path}?done=erase"));
    let page = official.page(&path).await;
    assert!(page.contains("erased") && !page.contains("ben@"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_users_are_nobodys_and_nobody_changes_themselves_here() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let own = format!("{LIST}/{}", office.developer.user);
    let page = desk.page(&own).await;
    for deed in ["role", "suspend", "end-sessions", "erase"] {
        assert!(!page.contains(&format!("{own}/{deed}")), "{deed}");
    }
    let token = super::hidden(&page, "/en/sign-out")[0].1.clone();
    let missing = desk.any(&format!("{LIST}/4503599627370001")).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    for other in [&office.buyer, &office.certifier, &office.officials[1]] {
        let path = format!("{LIST}/{}", other.user);
        let hidden = desk.any(&path).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}");
        let masked = |text: &str| {
            let at = text.find("<main").unwrap();
            text[at..]
                .split("<footer")
                .next()
                .unwrap()
                .replace(&other.user.to_string(), "N")
        };
        let known = masked(&hidden.text);
        assert!(!known.contains("developer.example"), "{known}");
        for deed in [
            "role",
            "invite",
            "end-sessions",
            "suspend",
            "reactivate",
            "reset-factors",
            "erase",
        ] {
            let fields = [("token", &*token), ("role", "viewer"), ("sure", "yes")];
            let refused = desk.bare(&format!("{path}/{deed}"), &fields).await;
            assert_eq!(
                refused.status,
                StatusCode::NOT_FOUND,
                "{deed}: {}",
                refused.text
            );
        }
        let view = office.get(other, "/api/v1/me").await;
        assert_eq!(view["user"]["state"], "active");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_change_their_own_name_and_the_language_of_their_mails() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let (from, path) = ("/en/work/account", "/en/work/account/profile");
    let fields = [
        ("name", "Ama <b>Owusu</b>"),
        ("phone", "+233 20 1"),
        ("language", "fr"),
    ];
    let done = desk.send(from, path, &fields).await;
    assert_eq!(done.place(), "/en/work/account?done=profile");
    let page = desk.page(from).await;
    assert!(page.contains("Ama &#60;b&#62;Owusu") && !page.contains("<b>Owusu"));
    assert!(page.contains("<option value=\"fr\" selected>"));
    let me = office.get(&office.developer, "/api/v1/me").await;
    assert_eq!(
        (
            &me["user"]["name"],
            &me["user"]["phone"],
            &me["user"]["language"]
        ),
        (
            &"Ama <b>Owusu</b>".into(),
            &"+233 20 1".into(),
            &"fr".into()
        )
    );
    for (name, language, link) in [("", "fr", "#name"), ("Ama", "fr_FR", "#language")] {
        let fields = [("name", name), ("phone", ""), ("language", language)];
        let refused = desk.send(from, path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text.contains(&format!("href=\"{link}\"")),
            "{}",
            refused.text
        );
    }
    let me = office.get(&office.developer, "/api/v1/me").await;
    assert_eq!(me["user"]["name"], "Ama <b>Owusu</b>");
}
