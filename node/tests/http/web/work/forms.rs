//! A form is taken from a page of its own session and from nowhere else.

use reqwest::{Method, StatusCode};

use super::{Desk, Form, Read, hidden};
use crate::office::{Office, project};

/// Every path of the workspaces that takes a form, with a case and a step that are there.
fn paths(case: u64) -> Vec<String> {
    let mut all: Vec<String> = [
        "/sign-out",
        "/work/account/password",
        "/work/account/news",
        "/work/account/end-others",
        "/work/account/sessions/1/end",
        "/work/account/second-factor",
        "/work/account/second-factor/confirm",
        "/work/account/recovery-codes",
        "/work/account/keys",
        "/work/account/keys/000000000000/revoke",
        "/work/apply/project",
        "/work/organisation/accounts",
        "/work/organisation/users",
        "/work/organisation/users/1/suspend",
        "/work/proposals/1",
        "/work/bulk",
        "/work/authorisations/record/approach",
        "/work/report/2025/freeze",
        "/work/report/notifications",
        "/work/process/edit",
        "/work/process/flows/project/labels",
    ]
    .map(|it| format!("/en{it}"))
    .into();
    for rest in [
        "comments",
        "findings",
        "steps/submit",
        "steps/submit/1",
        "drafts/submit/1",
    ] {
        all.push(format!("/en/work/cases/{case}/{rest}"));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_form_is_taken_without_the_secret_of_its_session() {
    let office = Office::open().await;
    let world = &office.world;
    let case = office.case(&office.developer, project()).await;
    let desk = Desk::of(world, &office.developer);
    let page = desk.page("/en/work/account").await;
    let own = hidden(&page, "/en/work/account/news")[0].1.clone();
    let page = Desk::of(world, &office.buyer)
        .page("/en/work/account")
        .await;
    let theirs = hidden(&page, "/en/work/account/news")[0].1.clone();
    let before = office.size().await;
    for path in paths(case) {
        for token in [
            "",
            "0000",
            &"0".repeat(128),
            &theirs,
            &office.developer.token,
        ] {
            let request = "00000000000000000000000000000001";
            let fields = [
                ("token", token),
                ("request", request),
                ("title", "x"),
                ("do", "take"),
                ("text", "x"),
            ];
            let refused = desk.bare(&path, &fields).await;
            assert_eq!(
                refused.status,
                StatusCode::FORBIDDEN,
                "{path} {token}: {}",
                refused.text
            );
        }
        // The right secret, sent by a browser from another site, or by a page in a frame without an origin.
        for (name, value) in [
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let request = desk.ask(Method::POST, &path).header(name, value);
            let refused = request
                .form(&[("token", own.as_str())])
                .send()
                .await
                .unwrap();
            assert_eq!(
                refused.status(),
                StatusCode::FORBIDDEN,
                "{path} {name}: {value}"
            );
        }
    }
    assert_eq!(office.size().await, before, "nothing was written");
    desk.page("/en/work").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_taken_with_the_secret_alone() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let desk = Desk::of(&office.world, &office.developer);
    let (from, path) = (
        format!("/en/work/cases/{case}"),
        format!("/en/work/cases/{case}/documents"),
    );
    let fields = [("kind", "design-document"), ("token", "00")];
    let refused = desk
        .upload(&from, &path, &fields, ("a.txt", b"some text"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let fields = [("kind", "design-document")];
    let taken = desk
        .upload(&from, &path, &fields, ("a.txt", b"some text"))
        .await;
    assert_eq!(taken.place(), format!("{from}#documents"));
    let page = desk.page(&from).await;
    assert!(page.contains("a.txt"));
    // What it is not is said on the page of the case.
    let fields = [("kind", "design-document")];
    let refused = desk
        .upload(&from, &path, &fields, ("a.txt", b"MZ\0\0\x01\x02"))
        .await;
    assert!(
        refused.status.is_client_error() && refused.text.contains("id=\"faults\""),
        "{}",
        refused.text
    );
    for (kind, file) in [
        ("", &b"text"[..]),
        ("nothing", b"text"),
        ("../../x", b"text"),
        ("design-document", b""),
    ] {
        let refused = desk
            .upload(&from, &path, &[("kind", kind)], ("a.txt", file))
            .await;
        assert!(
            refused.status.is_client_error(),
            "{kind}: {}",
            refused.status
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_from_another_site_is_refused() {
    let office = Office::open().await;
    let desk = Desk::new(&office.world);
    let fields = [
        ("email", "ama@developer.example"),
        ("password", crate::office::PASSWORD),
    ];
    for path in [
        "/en/sign-in",
        "/en/join",
        "/en/password-reset",
        "/en/password-reset/complete",
        "/en/sign-in/code",
    ] {
        let request = desk
            .ask(Method::POST, path)
            .header("Origin", "https://evil.example");
        let refused = Read::of(request.form(&fields).send().await.unwrap()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(refused.secret().is_none());
    }
    // Where people reach the registry, and the host that was asked, are both home.
    for origin in [crate::world::PUBLIC_URL, office.world.base.as_str()] {
        let request = desk
            .ask(Method::POST, "/en/sign-in")
            .header("Origin", origin);
        let done = Read::of(request.form(&fields).send().await.unwrap()).await;
        assert!(done.secret().is_some(), "{origin}: {}", done.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_an_ended_session_comes_back_with_what_was_typed() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let desk = Desk::of(&office.world, &office.developer);
    let path = format!("/en/work/cases/{case}/steps/submit/1");
    let fields = [
        ("token", "ffff"),
        ("/title", "Stoves on the far islands"),
        ("do", "next"),
    ];
    let refused = desk.bare(&path, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("value=\"Stoves on the far islands\""));
    // Sent once more from the page that came back, it is taken.
    let mut again = hidden(&refused.text, &path);
    again.push(("/title".to_owned(), "Stoves on the far islands".to_owned()));
    again.push(("do".to_owned(), "later".to_owned()));
    let kept = Read::of(
        desk.ask(Method::POST, &path)
            .form(&again)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    // Without any session the browser's way back has it.
    let gone = Desk::new(&office.world).bare(&path, &fields).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    assert!(gone.text.contains("Nothing was sent"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_have_limits() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let desk = Desk::of(&office.world, &office.developer);
    let path = format!("/en/work/cases/{case}/steps/submit/1");
    let large = "x".repeat(2_000_000);
    let request = desk
        .ask(Method::POST, &path)
        .form(&[("/title", large.as_str())]);
    if let Ok(answer) = request.send().await {
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    let desk = Desk::of(&office.world, &office.developer);
    let many: Vec<(String, &str)> = (0..6000).map(|at| (format!("f{at}"), "x")).collect();
    let answer = desk
        .ask(Method::POST, &path)
        .form(&many)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let answer = desk
        .ask(Method::POST, &path)
        .json(&[1, 2])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let answer = desk
        .ask(Method::POST, &path)
        .header("Content-Type", "multipart/form-data; boundary=xyz")
        .body("--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
