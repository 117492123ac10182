//! Units by pages alone: retired, moved, sent, issued, and what an organisation sees of its own.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::{Desk, Form, Read, hidden};
use crate::office::Office;

/// An office whose developer holds a hundred tonnes.
async fn with_units() -> Office {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 100).await;
    office.issue(verified).await;
    office
}

/// Opens a request and gives its case with the page of its first step.
async fn requested(
    desk: &Desk<'_>,
    flow: &str,
    fields: &[(&str, &str)],
    units: &str,
) -> (u64, String) {
    let from = format!("/en/work/apply/{flow}{units}");
    let made = desk
        .send(&from, &format!("/en/work/apply/{flow}"), fields)
        .await;
    let place = made.place();
    let number = place
        .strip_prefix("/en/work/cases/")
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    (number.parse().unwrap(), place.clone())
}

async fn sent(
    desk: &Desk<'_>,
    from: &str,
    path: &str,
    fields: &[(&str, &str)],
    button: &str,
) -> Read {
    let page = desk.page(from).await;
    let mut all = hidden(&page, path);
    all.extend(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    all.push(("do".to_owned(), button.to_owned()));
    Read::of(
        desk.ask(Method::POST, path)
            .form(&all)
            .send()
            .await
            .unwrap(),
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_retires_units_that_it_sees_and_gets_a_certificate() {
    let office = with_units().await;
    let desk = Desk::of(&office.world, &office.developer);
    let page = desk.page("/en/work/organisation").await;
    let link = page
        .split("href=\"/en/work/apply/retirement?")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let query = format!("?{}", link.replace("&amp;", "&"));
    let (case, place) =
        requested(&desk, "retirement", &[("title", "Flights of 2025")], &query).await;
    let path = format!("/en/work/cases/{case}/steps/request");
    assert!(place.starts_with(&format!("{path}?units=GH-")), "{place}");
    let page = desk.page(&place).await;
    assert!(
        page.contains(" selected>") && page.contains("GH-"),
        "{page}"
    );
    let account = office.accounts[0].to_string();
    // Nothing is chosen yet: everything that is missing is said at once.
    let early = sent(&desk, &place, &path, &[("/units", "nonsense")], "preview").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    for link in [
        "#r-account",
        "#r-purpose",
        "#f.units",
        "#f.purpose",
        "#f.beneficiary",
    ] {
        assert!(
            early.text.contains(&format!("href=\"{link}\"")),
            "{link}: {}",
            early.text
        );
    }
    let fields = [
        ("/purpose", "voluntary"),
        ("/beneficiary", "Summit 2026"),
        ("/units", "GH-1"),
        ("r-account", &*account),
        ("r-tonnes", "12"),
        ("r-purpose", "voluntary"),
        ("r-kind", "retire"),
        ("r-public", "yes"),
        ("r-reason", "Flights of 2025"),
    ];
    let before = office.size().await;
    let preview = sent(&desk, &place, &path, &fields, "preview").await;
    assert!(preview.text.contains("id=\"preview\""), "{}", preview.text);
    assert_eq!(office.size().await, before, "a preview writes nothing");
    assert!(preview.text.contains("value=\"12\"") && preview.text.contains("Summit 2026"));
    // Confirmed from the preview; sent twice, it is done once.
    let mut all = hidden(&preview.text, &path);
    all.extend(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    all.push(("do".to_owned(), "take".to_owned()));
    let taken = Read::of(
        desk.ask(Method::POST, &path)
            .form(&all)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let after = office.size().await;
    let again = desk
        .ask(Method::POST, &path)
        .form(&all)
        .send()
        .await
        .unwrap();
    assert!(again.status() == StatusCode::SEE_OTHER || again.status() == StatusCode::NOT_FOUND);
    assert_eq!(office.size().await, after);
    let official = Desk::of(&office.world, &office.officials[0]);
    let approve = format!("/en/work/cases/{case}/steps/approve");
    let done = sent(&official, &approve, &approve, &[("answer", "yes")], "take").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = desk.page("/en/work/organisation").await;
    let certificate = page
        .split("href=\"/en/retirements/")
        .nth(2)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let certificate = desk.page(&format!("/en/retirements/{certificate}")).await;
    assert!(
        certificate.contains("Summit 2026") && certificate.contains("Certificate of retirement")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_move_to_another_organisation_and_are_asked_for_a_partner_country() {
    let office = with_units().await;
    let world = &office.world;
    let desk = Desk::of(world, &office.developer);
    let [from, to] = office.accounts.map(|it| it.to_string());
    let buyer = office.buyer.organisation.to_string();
    let (case, place) = requested(
        &desk,
        "transfer",
        &[("title", "Units"), ("receiver", &buyer)],
        "",
    )
    .await;
    let page = desk.page(&place).await;
    assert!(page.contains(&format!("<option value=\"{to}\">")), "{page}");
    let fields = [
        ("/receiver", &*buyer),
        ("/units", "GH-1"),
        ("r-account", &from),
        ("r-tonnes", "10"),
        ("r-to", &to),
    ];
    let done = sent(&desk, &place, &place, &fields, "take").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let other = Desk::of(world, &office.buyer);
    let accept = format!("/en/work/cases/{case}/steps/accept");
    let silent = sent(&other, &accept, &accept, &[], "preview").await;
    assert!(silent.text.contains("href=\"#answer\""));
    let done = sent(&other, &accept, &accept, &[("answer", "yes")], "take").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(office.available(office.accounts[1]).await, 10);
    // More than there is: the rule is said, and nothing that was typed is gone.
    let (_, place) = requested(
        &desk,
        "transfer",
        &[("title", "Units"), ("receiver", &buyer)],
        "",
    )
    .await;
    let fields = [
        ("/receiver", &*buyer),
        ("/units", "GH-1"),
        ("r-account", &from),
        ("r-tonnes", "1000"),
        ("r-to", &to),
    ];
    let refused = sent(&desk, &place, &place, &fields, "preview").await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(refused.text.contains("value=\"1000\"") && refused.text.contains("id=\"faults\""));
    // Over the border the country's own form has the terms.
    let (case, place) =
        requested(&desk, "border-transfer", &[("title", "To Switzerland")], "").await;
    let fields = [
        ("/country", "CH"),
        ("/agreement", crate::world::AGREEMENT),
        ("/account", "7"),
        ("/units", "GH-1"),
        ("r-account", &*from),
        ("r-tonnes", "5"),
    ];
    let done = sent(&desk, &place, &place, &fields, "take").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let view: Value = office
        .get(&office.developer, &format!("/api/v1/cases/{case}"))
        .await;
    assert_eq!(view["stage"], "requested");
    for official in &office.officials[..2] {
        let approve = format!("/en/work/cases/{case}/steps/approve");
        let official = Desk::of(world, official);
        let done = sent(&official, &approve, &approve, &[("answer", "yes")], "take").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    }
    let federation = Desk::of(world, &office.officials[0])
        .page("/en/work/federation")
        .await;
    assert!(federation.contains("Ghana → Switzerland"), "{federation}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_officials_issue_and_the_last_one_names_the_account() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let case = office.verified(project, 50).await;
    let path = format!("/en/work/cases/{case}/steps/issue");
    let first = Desk::of(&office.world, &office.officials[0]);
    let done = sent(
        &first,
        &path,
        &path,
        &[("answer", "yes"), ("i-unit-type", "ITMO")],
        "take",
    )
    .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let second = Desk::of(&office.world, &office.officials[1]);
    let account = office.accounts[0].to_string();
    let page = second.page(&path).await;
    assert!(
        page.contains(&format!("<option value=\"{account}\" selected>")),
        "the only account is chosen"
    );
    let fields = [
        ("answer", "yes"),
        ("i-unit-type", "ITMO"),
        ("i-account", &*account),
    ];
    let done = sent(&second, &path, &path, &fields, "take").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(office.available(office.accounts[0]).await, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_judged_one_by_one_before_any_is_written() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let own = office.developer.organisation;
    let other = office.buyer.organisation;
    let rows = format!(
        "organisation,name,kind\n{own},First,entity_holding\n{other},Theirs,entity_holding\n{own},<b>Second</b>,entity_holding\n"
    );
    let path = "/en/work/bulk";
    let before = office.size().await;
    let fields = [("kind", "accounts"), ("text", &*rows), ("do", "preview")];
    let tried = desk.send(path, path, &fields).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.text);
    assert_eq!(office.size().await, before, "a preview writes nothing");
    assert!(
        tried
            .text
            .contains("possible: 2 · written: 0 · written before: 0 · refused: 1"),
        "{}",
        tried.text
    );
    assert!(tried.text.contains("value=\"take\"") && !tried.text.contains("<b>Second"));
    // From the preview it is written; what was refused is not, and sent again nothing is written twice.
    let mut all = hidden(&tried.text, path);
    all.extend(
        [("kind", "accounts"), ("text", &*rows), ("do", "take")]
            .map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    for wanted in [
        "written: 2 · written before: 0 · refused: 1",
        "written: 0 · written before: 2 · refused: 1",
    ] {
        let done = Read::of(
            desk.ask(Method::POST, path)
                .form(&all)
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert!(done.text.contains(wanted), "{}", done.text);
    }
    assert!(desk.page("/en/work/organisation").await.contains("First"));
    for (kind, text) in [
        ("accounts", "nonsense"),
        ("accounts", ""),
        ("nothing", "a"),
        ("cases", "a,b\n1,2\n"),
    ] {
        let refused = desk
            .send(
                path,
                path,
                &[("kind", kind), ("text", text), ("do", "take")],
            )
            .await;
        assert!(
            refused.status == StatusCode::OK || refused.status.is_client_error(),
            "{kind} {text}: {}",
            refused.status
        );
        assert!(
            refused.text.contains("<textarea id=\"text\"")
                && (text.is_empty() || refused.text.contains(text.trim()))
        );
    }
}
