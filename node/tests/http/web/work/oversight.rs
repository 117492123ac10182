//! What is looked after beside cases: trusted receivers, holds, webhooks.

use reqwest::StatusCode;

use super::Desk;
use crate::office::Office;
use crate::webhooks::Receiver;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_is_proposed_approved_by_an_official_and_taken_out() {
    let office = Office::open().await;
    let world = &office.world;
    let own = office.developer.organisation;
    let path = format!("/en/work/trusted/{own}");
    let desk = Desk::of(world, &office.developer);
    assert_eq!(desk.any("/en/work/trusted").await.place(), path);
    assert!(
        desk.page("/en/work/organisation")
            .await
            .contains(&format!("href=\"{path}\""))
    );
    for (fields, link, kept) in [
        (
            &[("receiver", "Kumasi")][..],
            "#receiver",
            "value=\"Kumasi\"",
        ),
        (&[("receiver", "4000")], "#receiver", "value=\"4000\""),
        (
            &[("country", "1"), ("account", "7"), ("do", "abroad")],
            "#country",
            "value=\"7\"",
        ),
        (
            &[("country", "FR"), ("account", "7"), ("do", "abroad")],
            "#country",
            "value=\"FR\"",
        ),
        (
            &[("country", "CH"), ("account", ""), ("do", "abroad")],
            "#account",
            "value=\"CH\"",
        ),
    ] {
        let refused = desk.send(&path, &path, fields).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        assert!(
            refused.text.contains(&format!("href=\"{link}\"")),
            "{fields:?}: {}",
            refused.text
        );
        assert!(
            refused.text.contains(kept),
            "what was typed stays: {fields:?}"
        );
    }
    let receiver = office.buyer.organisation.to_string();
    let proposed = desk.send(&path, &path, &[("receiver", &receiver)]).await;
    assert_eq!(proposed.place(), format!("{path}?done=proposed"));
    assert!(desk.page(&path).await.contains("Waits for a second person"));
    let official = Desk::of(world, &office.officials[0]);
    let page = official.page("/en/work/proposals").await;
    let name = page.split("ben").nth(1).is_some();
    assert!(name, "the proposal names the receiver: {page}");
    let id = page.split("action=\"/en/work/proposals/").nth(1).unwrap();
    let decide = format!("/en/work/proposals/{}", id.split('"').next().unwrap());
    let done = official
        .send("/en/work/proposals", &decide, &[("do", "approve")])
        .await;
    assert_eq!(done.place(), "/en/work/proposals?done=approved");
    let page = desk.page(&path).await;
    assert!(!page.contains("Waits for a second person"));
    let remove = format!("{path}/{receiver}/remove");
    assert!(page.contains(&format!("action=\"{remove}\"")), "{page}");

    // The list of another organisation is nobody's: not to see, not to lengthen, not to shorten.
    let stranger = Desk::of(world, &office.buyer);
    assert_eq!(stranger.any(&path).await.status, StatusCode::NOT_FOUND);
    let theirs = stranger.page("/en/work/account").await;
    let token = super::hidden(&theirs, "/en/sign-out")[0].1.clone();
    let request = "00000000000000000000000000000001";
    let fields = [
        ("token", &*token),
        ("request", request),
        ("receiver", &receiver),
    ];
    for path in [&path, &remove] {
        assert_eq!(
            stranger.bare(path, &fields).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let removed = desk.send(&path, &remove, &[]).await;
    assert_eq!(
        removed.place(),
        format!("{path}?done=removed"),
        "{}",
        removed.text
    );
    assert!(!desk.page(&path).await.contains(&remove));
    // Officials look; they propose for their own organisation alone.
    let page = official.page(&path).await;
    assert!(!page.contains("Propose a receiver"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_places_a_hold_that_ends_by_itself_and_lifts_another() {
    let office = Office::open().await;
    let world = &office.world;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 20).await;
    office.issue(verified).await;
    let path = "/en/work/holds";
    let desk = Desk::of(world, &office.officials[0]);
    let authority = office.officials[0].organisation.to_string();
    let wish = |kind: &'static str, on: &'static str, until: &'static str| {
        [
            ("kind", kind),
            ("on", on),
            ("reason", "An order of the High Court"),
            ("reference", "HC 31/2026"),
            ("authority", &*authority),
            ("until", until),
        ]
    };
    for (kind, on, until, link) in [
        ("ranges", "GH-x", "", "#on"),
        ("account", "Holding", "", "#on"),
        ("nothing", "1", "", "#kind"),
        ("project", "1", "soon", "#until"),
    ] {
        let refused = desk.send(path, path, &wish(kind, on, until)).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{kind} {on}"
        );
        assert!(
            refused.text.contains(&format!("href=\"{link}\"")),
            "{kind}: {}",
            refused.text
        );
        assert!(
            refused.text.contains("value=\"HC 31/2026\""),
            "what was typed stays"
        );
        assert!(refused.text.contains(&format!("value=\"{authority}\"")));
    }
    let placed = desk
        .send(
            path,
            path,
            &wish("ranges", "GH-1-5\nGH-11-12", "2099-12-31"),
        )
        .await;
    assert_eq!(
        placed.place(),
        "/en/work/holds?done=placed",
        "{}",
        placed.text
    );
    let page = desk.page(path).await;
    for shown in [
        "Hold 1",
        "in force",
        "GH-1-5",
        "GH-11-12",
        "HC 31/2026",
        "An order of the High Court",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let held = office
        .get(&office.officials[0], "/api/v1/standing-holds")
        .await;
    // The whole last day still counts.
    assert_eq!(held["items"][0]["expiry_ms"], 4_102_444_800_000_u64);
    let placed = desk.send(path, path, &wish("organisation", "2", "")).await;
    assert_eq!(
        placed.place(),
        "/en/work/holds?done=placed",
        "{}",
        placed.text
    );
    let lift = [
        ("reason", "The order ended"),
        ("reference", "HC 40/2026"),
        ("authority", &*authority),
    ];
    let lifted = desk.send(path, "/en/work/holds/2/lift", &lift).await;
    assert_eq!(
        lifted.place(),
        "/en/work/holds?done=lifted",
        "{}",
        lifted.text
    );
    let page = desk.page(path).await;
    assert!(page.contains("The order ended") && !page.contains("/en/work/holds/2/lift"));
    let again = desk
        .send(
            path,
            "/en/work/holds/1/lift",
            &[("reason", ""), ("reference", "x")],
        )
        .await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Nobody else places or lifts one.
    let developer = Desk::of(world, &office.developer);
    let page = developer.page("/en/work").await;
    let token = super::hidden(&page, "/en/sign-out")[0].1.clone();
    let request = "00000000000000000000000000000002";
    let own = [("token", &*token), ("request", request), ("authority", "2")];
    let all = [&own[..], &wish("project", "1", "")].concat();
    for path in [path, "/en/work/holds/1/lift"] {
        let refused = developer.bare(path, &all).await;
        assert_eq!(
            refused.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            refused.text
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_entered_tried_paused_told_again_and_removed() {
    let office = Office::open().await;
    let world = &office.world;
    let (receiver, url) = Receiver::start().await;
    let list = "/en/work/webhooks";
    let desk = Desk::of(world, &office.officials[0]);
    assert!(desk.page(list).await.contains("whpk_"));
    for (url, types, from, link) in [
        ("nowhere", "", "", "#url"),
        (&*url, "unit.lost", "", "#types"),
        (&*url, "", "all", "#from"),
        (&*url, "", "99999999", "#from"),
    ] {
        let fields = [
            ("url", url),
            ("types", types),
            ("from", from),
            ("description", "MRV"),
        ];
        let refused = desk.send(list, list, &fields).await;
        assert!(refused.status.is_client_error(), "{url} {types} {from}");
        assert!(
            refused.text.contains(&format!("href=\"{link}\"")),
            "{link}: {}",
            refused.text
        );
        assert!(
            refused.text.contains("value=\"MRV\""),
            "what was typed stays"
        );
    }
    let fields = [
        ("url", &*url),
        ("group", "unit.*"),
        ("types", "hold.placed"),
        ("description", "MRV"),
    ];
    let made = desk.send(list, list, &fields).await;
    let one = "/en/work/webhooks/1";
    assert_eq!(made.place(), format!("{one}?done=added"), "{}", made.text);
    let page = desk.page(list).await;
    assert!(
        page.contains("unit.*,hold.placed") && page.contains(&url),
        "{page}"
    );

    let pinged = desk.send(one, &format!("{one}/ping"), &[]).await;
    assert_eq!(pinged.status, StatusCode::OK);
    assert!(
        pinged.text.contains("The endpoint took the message."),
        "{}",
        pinged.text
    );
    receiver.answer(&[503]);
    let pinged = desk.send(one, &format!("{one}/ping"), &[]).await;
    assert!(pinged.text.contains("did not take the message") && pinged.text.contains("HTTP 503"));
    let page = desk.page(one).await;
    assert!(
        page.contains("webhook.ping") && page.contains("not taken"),
        "the log says why"
    );

    let paused = desk.send(one, &format!("{one}/pause"), &[]).await;
    assert_eq!(paused.place(), format!("{one}?done=paused"));
    let page = desk.page(one).await;
    assert!(page.contains("stands still") && !page.contains(&format!("{one}/pause")));
    let resumed = desk.send(one, &format!("{one}/resume"), &[]).await;
    assert_eq!(resumed.place(), format!("{one}?done=resumed"));
    assert!(
        desk.page(one)
            .await
            .contains("<span class=\"tag good\">works</span>")
    );
    let wrong = desk
        .send(one, &format!("{one}/replay"), &[("from", "first")])
        .await;
    assert!(wrong.text.contains("href=\"#from\""));
    let replayed = desk
        .send(one, &format!("{one}/replay"), &[("from", "0")])
        .await;
    assert_eq!(replayed.place(), format!("{one}?done=replayed"));

    let developer = Desk::of(world, &office.developer);
    let page = developer.page("/en/work").await;
    assert!(!page.contains(list));
    let token = super::hidden(&page, "/en/sign-out")[0].1.clone();
    assert_eq!(developer.any(list).await.status, StatusCode::FORBIDDEN);
    for path in [
        one,
        &format!("{one}/remove"),
        &format!("{one}/pause"),
        &format!("{one}/ping"),
        list,
    ] {
        let fields = [("token", &*token), ("url", &*url), ("from", "0")];
        let refused = developer.bare(path, &fields).await;
        let closed = [StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED];
        assert!(
            closed.contains(&refused.status),
            "{path}: {}",
            refused.status
        );
    }
    let removed = desk.send(one, &format!("{one}/remove"), &[]).await;
    assert_eq!(removed.place(), format!("{list}?done=removed"));
    assert_eq!(desk.any(one).await.status, StatusCode::NOT_FOUND);
}
