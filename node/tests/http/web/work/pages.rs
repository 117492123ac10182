//! Every page of the workspaces: in every language, small, and open only to those whom it concerns.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::attribute;
use super::Desk;
use crate::office::{Office, project, transfer_form};

/// What officials record of Article 6.
pub const RECORDS: [&str; 9] = [
    "approach",
    "initial-report",
    "entity",
    "authorisation",
    "revocation",
    "units",
    "use-notice",
    "ndc",
    "levels",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_a_workspace_exists_in_every_language_and_is_small() {
    let office = Office::open().await;
    let project_case = office.authorised_project().await;
    let verified = office.verified(project_case, 20).await;
    let case = office.case(&office.developer, project()).await;
    let developer = Desk::of(&office.world, &office.developer);
    let official = Desk::of(&office.world, &office.officials[0]);
    let mut paths = vec![
        (&developer, "/work".to_owned()),
        (&developer, "/work/cases".to_owned()),
        (&developer, "/work/apply".to_owned()),
        (&developer, "/work/organisation".to_owned()),
        (&developer, "/work/bulk".to_owned()),
        (&developer, "/work/account".to_owned()),
        (&developer, "/work/account/second-factor".to_owned()),
        (&developer, format!("/work/cases/{case}")),
        (&developer, format!("/work/cases/{case}/steps/submit")),
        (&developer, format!("/work/cases/{case}/steps/withdraw")),
        (&developer, format!("/work/cases/{project_case}")),
        (&official, "/work".to_owned()),
        (&official, "/work/proposals".to_owned()),
        (&official, "/work/federation".to_owned()),
        (&official, "/work/users".to_owned()),
        (&official, "/work/holds".to_owned()),
        (&official, "/work/webhooks".to_owned()),
        (
            &developer,
            format!("/work/trusted/{}", office.developer.organisation),
        ),
        (&official, format!("/work/users/{}", office.developer.user)),
        (&official, format!("/work/cases/{verified}/steps/issue")),
    ];
    for desk in [
        "/work/authorisations",
        "/work/report",
        "/work/report/initial",
        "/work/report/notifications",
        "/work/report/2025",
        "/work/report/2025/tables/3",
        "/work/process",
        "/work/process/flows/project",
        "/work/process/flows/project/labels",
        "/work/process/roles",
        "/work/process/simulate?flow=project&steps=submit",
        "/work/process/edit",
    ] {
        paths.push((&official, desk.to_owned()));
    }
    for kind in RECORDS {
        paths.push((&official, format!("/work/authorisations/record/{kind}")));
    }
    for flow in [
        "project",
        "monitoring",
        "transfer",
        "border-transfer",
        "retirement",
    ] {
        paths.push((&developer, format!("/work/apply/{flow}")));
    }
    for part in 1..=10 {
        paths.push((
            &developer,
            format!("/work/cases/{case}/steps/submit/{part}"),
        ));
    }
    for language in ["en", "fr", "es", "pt", "ar"] {
        for (desk, path) in &paths {
            let path = format!("/{language}{path}");
            let page = desk.page(&path).await;
            assert!(
                page.contains(&format!("<html lang=\"{language}\"")),
                "{path}"
            );
            for link in attribute(&page, "href")
                .into_iter()
                .chain(attribute(&page, "action"))
            {
                let is_other = [
                    "/en", "/fr", "/es", "/pt", "/ar", "/assets/", "/api/v1/", "#", "?",
                ];
                assert!(
                    is_other.iter().any(|it| link.starts_with(it)),
                    "{path} leads to {link}"
                );
            }
            let small = desk
                .ask(Method::GET, &path)
                .header("Accept-Encoding", "br")
                .send()
                .await
                .unwrap();
            let policy = small.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(
                policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
                "{policy}"
            );
            assert_eq!(small.headers()["cache-control"], "no-store", "{path}");
            let bytes = small.bytes().await.unwrap().len();
            assert!(bytes < 16_000, "{path}: {bytes} bytes");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_of_a_workspace_leads_somewhere() {
    let office = Office::open().await;
    office.case(&office.developer, project()).await;
    office.authorised_project().await;
    let desk = Desk::of(&office.world, &office.developer);
    let mut seen = vec!["/en/work".to_owned()];
    let mut next = 0;
    while next < seen.len() {
        let path = seen[next].clone();
        next += 1;
        let read = desk.any(&path).await;
        assert_eq!(read.status, StatusCode::OK, "{path}: {}", read.text);
        if !read.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
        {
            continue;
        }
        for link in attribute(&read.text, "href") {
            let place = link.split('#').next().unwrap().replace("&amp;", "&");
            if place.starts_with("/en/work") && !seen.contains(&place) {
                seen.push(place);
            }
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
    // What the role does not open is not offered, and not open by its address either.
    assert!(!seen.iter().any(|it| it == "/en/work/federation"));
    let closed = desk.any("/en/work/federation").await;
    assert_eq!(closed.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_sees_the_federation_and_decides_what_others_proposed() {
    let office = Office::open().await;
    let world = &office.world;
    let [first, second] =
        [&office.officials[0], &office.officials[1]].map(|it| Desk::of(world, it));
    let page = first.page("/en/work/federation").await;
    for shown in [
        "Switzerland",
        "breaks a rule",
        "the numbers were issued before",
        "120",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let body = json!({"role": "manager"});
    let user = office.officials[2].user;
    let path = format!("/api/v1/users/{user}/role");
    let proposed = crate::office::send(world, &office.officials[0], &path, body).await;
    assert_eq!(proposed.status(), StatusCode::ACCEPTED);
    let own = first.page("/en/work/proposals").await;
    assert!(own.contains("You proposed it") && !own.contains(">Approve<"));
    assert!(second.page("/en/work").await.contains("1 proposal waits"));
    let page = second.page("/en/work/proposals").await;
    let path = page
        .split("action=\"/en/work/proposals/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let path = format!("/en/work/proposals/{path}");
    // Whoever proposed it does not approve it, whatever the page offers.
    let refused = first
        .send("/en/work/proposals", &path, &[("do", "approve")])
        .await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(refused.text.contains("It takes a second person."));
    let done = second
        .send("/en/work/proposals", &path, &[("do", "approve")])
        .await;
    assert_eq!(done.place(), "/en/work/proposals?done=approved");
    let view = office
        .get(&office.officials[0], &format!("/api/v1/users/{user}"))
        .await;
    assert_eq!(view["role"], "manager");
    // A difference with a partner's ledger waits for those who see the federation, before anything else.
    let differs = "Switzerland disagree about units";
    assert!(!first.page("/en/work").await.contains(differs));
    let _: Value = world.post("/api/v1/reconciliations/CH", json!({})).await;
    assert!(first.page("/en/work").await.contains(differs));
    // A developer has no part in it.
    let developer = Desk::of(world, &office.developer);
    assert!(!developer.page("/en/work").await.contains(differs));
    assert!(
        developer
            .page("/en/work/proposals")
            .await
            .contains("There is nothing to show here.")
    );
    assert_eq!(
        developer.any("/en/work/federation").await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_an_account_holds_is_listed_page_by_page_and_counted_whole() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 40).await;
    office.issue(verified).await;
    let [account, of_another] = office.accounts;
    // Every second unit is reserved, so that each is a range of its own.
    for number in 1..=14 {
        let new = json!({"flow": "transfer", "title": "One", "counterparty": office.buyer.organisation, "scopes": []});
        let case = office.case(&office.developer, new).await;
        let unit = format!("GH-{0}-{0}", 1000 + 2 * number);
        let act = json!({"step": "send", "form": transfer_form(), "reserve": {"account": account,
            "units": {"ranges": [unit]}, "fate": {"transfer": {"to": of_another}}}});
        office.act(&office.developer, case, act).await;
    }
    let desk = Desk::of(&office.world, &office.developer);
    let serials = |text: &str| -> Vec<String> {
        let all = attribute(text, "href").into_iter();
        let units = all.filter(|it| it.starts_with("/en/units/GH-"));
        units.map(str::to_owned).collect()
    };
    let first = desk.page("/en/work/organisation").await;
    let links = attribute(&first, "href").into_iter();
    let mut links = links.map(|it| it.replace("&amp;", "&").replace("&#38;", "&"));
    let start = format!("/en/work/organisation?account={account}&after=");
    let on = links.find(|it| it.starts_with(&start)).unwrap();
    let next = desk.page(&on).await;
    let (shown, rest) = (serials(&first), serials(&next));
    assert_eq!((shown.len(), rest.len()), (25, 4), "{shown:?} {rest:?}");
    assert!(rest.iter().all(|it| !shown.contains(it)));
    // By vintage all of it is counted, not what one page lists.
    for page in [&first, &next] {
        let text = super::super::words(page);
        assert!(text.contains("2023 40 "), "{text}");
    }
    // Somebody else's account is none of the reader's.
    let other = format!("/en/work/organisation?account={of_another}");
    assert_eq!(serials(&desk.page(&other).await), shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_opens_accounts_and_looks_after_the_people_of_the_organisation() {
    let office = Office::open().await;
    let world = &office.world;
    let desk = Desk::of(world, &office.developer);
    let from = "/en/work/organisation";
    let opened = desk
        .send(
            from,
            "/en/work/organisation/accounts",
            &[("account-name", "Reserve")],
        )
        .await;
    assert_eq!(opened.place(), "/en/work/organisation?done=account");
    assert!(desk.page(from).await.contains("Reserve"));
    let fields = [
        ("name", "Kojo"),
        ("email", "kojo@developer.example"),
        ("role", "manager"),
        ("language", "fr"),
    ];
    let invited = desk
        .send(from, "/en/work/organisation/users", &fields)
        .await;
    assert_eq!(
        invited.place(),
        "/en/work/organisation?done=invited",
        "{}",
        invited.text
    );
    assert!(
        world
            .mails()
            .iter()
            .any(|it| it.contains("kojo@developer.example"))
    );
    let wrong = desk
        .send(
            from,
            "/en/work/organisation/users",
            &[
                ("name", "K"),
                ("email", "no address"),
                ("role", "manager"),
                ("language", "fr"),
            ],
        )
        .await;
    assert!(
        wrong.status.is_client_error() && wrong.text.contains("href=\"#email\""),
        "{}",
        wrong.text
    );
    let page = desk.page(from).await;
    assert!(page.contains("Kojo") && page.contains("invited"));
    // Nobody suspends themselves by the page, nor anybody of another organisation by an address.
    assert!(!page.contains(&format!("users/{}/suspend", office.developer.user)));
    let token = super::hidden(&page, "/en/work/organisation/users")[0]
        .1
        .clone();
    let path = format!("/en/work/organisation/users/{}/suspend", office.buyer.user);
    let refused = desk.bare(&path, &[("token", &token)]).await;
    assert!(
        [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&refused.status),
        "{}",
        refused.status
    );
    let view = office.get(&office.buyer, "/api/v1/me").await;
    assert_eq!(view["user"]["state"], "active");
}
