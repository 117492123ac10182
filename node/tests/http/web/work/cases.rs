//! Cases by pages alone: from opening one to its last signature, and what nobody else gets to see.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::super::attribute;
use super::{Desk, Form, Read, hidden};
use crate::office::{Office, Somebody, invited, project};

/// A case that a developer opens by the page.
async fn opened(desk: &Desk<'_>, title: &str) -> u64 {
    let fields = [("title", title), ("scope", "3")];
    let made = desk
        .send("/en/work/apply/project", "/en/work/apply/project", &fields)
        .await;
    let place = made.place();
    let number = place
        .strip_prefix("/en/work/cases/")
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    number.parse().unwrap()
}

/// The parts of a step's form by their titles, with their paths.
fn parts(page: &str) -> BTreeMap<String, String> {
    let list = page
        .split("<ul class=\"tasks\">")
        .nth(1)
        .unwrap()
        .split("</ul>")
        .next()
        .unwrap();
    let links = list.split("<a href=\"").skip(1).map(|it| {
        let (path, rest) = it.split_once("\">").unwrap();
        (rest.split('<').next().unwrap().to_owned(), path.to_owned())
    });
    links.collect()
}

/// Fills the form of a project in, part by part.
async fn filled(desk: &Desk<'_>, case: u64, certifier: u32, title: &str) {
    let step = format!("/en/work/cases/{case}/steps/submit");
    let certifier = certifier.to_string();
    let typed = [
        ("/title", title),
        (
            "/description",
            "Efficient stoves for 4,000 households on four islands.",
        ),
        ("/sectoral_scope", "3"),
        ("/start", "2023-01-01"),
        ("/estimate_per_year", "1,500"),
        ("/certifier", &*certifier),
        ("/locations/0/place", "Tanna"),
        ("/locations/0/region", "Tafea"),
        ("/locations/0/geometry#lat", "-19,5"),
        ("/locations/0/geometry#lon", "169.3"),
    ];
    for path in parts(&desk.page(&step).await).values() {
        let page = desk.page(path).await;
        let names = attribute(&page, "name");
        let here: Vec<(&str, &str)> = typed
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .collect();
        let mut fields = here.clone();
        fields.push(("do", "next"));
        let kept = desk.send(path, path, &fields).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{path}: {}", kept.text);
    }
}

/// Checks a step, then takes it.
pub async fn take(desk: &Desk<'_>, case: u64, step: &str, fields: &[(&str, &str)]) -> Read {
    let path = format!("/en/work/cases/{case}/steps/{step}");
    let page = desk.page(&path).await;
    let mut all = hidden(&page, &path);
    for chosen in page
        .split("type=\"checkbox\"")
        .skip(1)
        .filter(|it| it.split('>').next().unwrap().contains(" checked"))
    {
        all.push((
            attribute(chosen, "name")[0].to_owned(),
            attribute(chosen, "value")[0].to_owned(),
        ));
    }
    all.extend(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let checked = |button: &str| {
        let mut all = all.clone();
        all.push(("do".to_owned(), button.to_owned()));
        desk.ask(Method::POST, &path).form(&all)
    };
    let preview = Read::of(checked("preview").send().await.unwrap()).await;
    if !preview.text.contains("id=\"preview\"") {
        return preview;
    }
    Read::of(checked("take").send().await.unwrap()).await
}

pub async fn upload(desk: &Desk<'_>, case: u64, step: &str, kind: &str) {
    let from = format!("/en/work/cases/{case}/steps/{step}");
    let path = format!("/en/work/cases/{case}/documents");
    let name = format!("{kind}.txt");
    let kept = desk
        .upload(&from, &path, &[("kind", kind)], (&name, b"what it says"))
        .await;
    assert_eq!(kept.place(), from);
}

pub fn done(read: &Read, case: u64) {
    assert_eq!(read.status, StatusCode::SEE_OTHER, "{}", read.text);
    assert!(
        read.place()
            .starts_with(&format!("/en/work/cases/{case}?done=")),
        "{}",
        read.place()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_goes_from_its_first_word_to_its_authorisation_by_pages_alone() {
    let office = Office::open().await;
    let world = &office.world;
    let desk = |who: &Somebody| Desk::of(world, who);
    let developer = desk(&office.developer);
    assert!(
        developer
            .page("/en/work")
            .await
            .contains("Nothing waits for you.")
    );
    let case = opened(&developer, "Stoves on the outer islands").await;
    let waiting = developer.page("/en/work").await;
    assert!(
        waiting.contains("<span class=\"count\">")
            && waiting.contains("Stoves on the outer islands")
    );
    // What is missing is said with the way to it, before anything is written.
    let early = take(&developer, case, "submit", &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        early
            .text
            .contains(&format!("/en/work/cases/{case}/steps/submit/1#f.title")),
        "{}",
        early.text
    );
    filled(
        &developer,
        case,
        office.certifier.organisation,
        "Stoves on the outer islands",
    )
    .await;
    upload(&developer, case, "submit", "design-document").await;
    done(&take(&developer, case, "submit", &[]).await, case);
    let page = developer.page(&format!("/en/work/cases/{case}")).await;
    for shown in ["Tanna", "design-document.txt", "1500", "169.3"] {
        assert!(page.contains(shown), "{shown}");
    }
    // The certifier: two documents of text, a list that grows, an opinion.
    let certifier = desk(&office.certifier);
    assert!(
        certifier
            .page("/en/work")
            .await
            .contains(&format!("/en/work/cases/{case}/steps/validate"))
    );
    upload(&certifier, case, "validate", "validation-report").await;
    let fields = [
        (
            "/opinion",
            "The design follows the methodology in all parts.",
        ),
        ("/methodologies/0/code", "AMS-II.G"),
        ("/methodologies/0/version", "12.0"),
        ("/crediting_period/start", "2023-01-01"),
        ("/crediting_period/end", "2032-12-31"),
        ("answer", "yes"),
    ];
    done(&take(&certifier, case, "validate", &fields).await, case);
    let first = desk(&office.officials[0]);
    let silent = take(&first, case, "recommend", &[]).await;
    assert!(silent.text.contains("href=\"#comment\""), "{}", silent.text);
    done(
        &take(
            &first,
            case,
            "recommend",
            &[("comment", "Complete and sound.")],
        )
        .await,
        case,
    );
    // Whoever recommended does not decide, and two others do.
    let path = format!("/en/work/cases/{case}/steps/authorise");
    assert!(
        first
            .page(&path)
            .await
            .contains("You can not take this step now")
    );
    let second = desk(&office.officials[1]);
    assert!(
        second
            .page(&path)
            .await
            .contains("0 of 2 signatures are there.")
    );
    done(
        &take(&second, case, "authorise", &[("answer", "yes")]).await,
        case,
    );
    let third = desk(&office.officials[2]);
    let page = third.page(&path).await;
    assert!(page.contains("1 of 2 signatures are there."));
    let mut all = hidden(&page, &path);
    all.extend([
        ("answer".to_owned(), "yes".to_owned()),
        ("do".to_owned(), "preview".to_owned()),
    ]);
    let preview = Read::of(
        third
            .ask(Method::POST, &path)
            .form(&all)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert!(
        preview.text.contains("letter:authorisation:en"),
        "{}",
        preview.text
    );
    all.pop();
    all.push(("do".to_owned(), "letter:authorisation:en".to_owned()));
    let letter = third
        .ask(Method::POST, &path)
        .form(&all)
        .send()
        .await
        .unwrap();
    assert_eq!(letter.headers()["content-type"], "application/pdf");
    assert!(letter.bytes().await.unwrap().starts_with(b"%PDF"));
    done(
        &take(&third, case, "authorise", &[("answer", "yes")]).await,
        case,
    );
    let view = office
        .get(&office.developer, &format!("/api/v1/cases/{case}"))
        .await;
    assert_eq!(view["stage"], "authorised");
    assert!(
        developer
            .page(&format!("/en/work/cases/{case}"))
            .await
            .contains("Begin: Monitoring period")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_stays_when_something_is_wrong_with_it() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let case = opened(&desk, "Stoves").await;
    let path = format!("/en/work/cases/{case}/steps/submit/1");
    let fields = [
        ("/title", "St"),
        ("/description", "too short"),
        ("/sectoral_scope", "many"),
        ("do", "next"),
    ];
    let refused = desk.send(&path, &path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    super::is_sound(&path, &refused.text);
    for kept in ["value=\"St\"", "too short</textarea>", "value=\"many\""] {
        assert!(refused.text.contains(kept), "{kept}: {}", refused.text);
    }
    // Each fault leads to its field, and the field says it too.
    for id in ["f.title", "f.description", "f.sectoral_scope"] {
        assert!(refused.text.contains(&format!("href=\"#{id}\"")), "{id}");
        assert!(
            refused
                .text
                .contains(&format!("aria-describedby=\"{id}.fault\"")),
            "{id}"
        );
    }
    assert!(refused.text.contains("<title>Mistake:"));
    // It was kept all the same: whoever comes back finds it.
    let page = desk.page(&path).await;
    assert!(page.contains("value=\"many\"") && page.contains("too short</textarea>"));
    let draft = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{case}/drafts/submit"),
        )
        .await;
    assert_eq!(draft["form"]["sectoral_scope"], "many");
    // In French the schema's faults are said in French.
    let french = path.replacen("/en/", "/fr/", 1);
    let refused = desk
        .send(&french, &french, &[("/title", "St"), ("do", "next")])
        .await;
    assert!(
        refused.text.contains("de 3 à 200 caractères"),
        "{}",
        refused.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_overwrites_what_a_colleague_saved_and_neither_loses_a_word() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let case = opened(&desk, "Stoves").await;
    let path = format!("/en/work/cases/{case}/steps/submit/1");
    let page = desk.page(&path).await;
    let before = hidden(&page, &path);
    let colleague = invited(
        &office.world,
        "kojo",
        office.developer.organisation,
        "manager",
    )
    .await;
    let colleague = Desk::of(&office.world, &colleague);
    colleague
        .send(
            &path,
            &path,
            &[("/title", "The colleague's title"), ("do", "later")],
        )
        .await;
    let mut stale = before.clone();
    stale.extend([
        ("/title".to_owned(), "My own title".to_owned()),
        ("do".to_owned(), "later".to_owned()),
    ]);
    let refused = Read::of(
        desk.ask(Method::POST, &path)
            .form(&stale)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
    assert!(refused.text.contains("My own title") && refused.text.contains("meanwhile"));
    assert!(desk.page(&path).await.contains("The colleague&#39;s title"));
    // From the page that says so it is saved over the other, on purpose.
    let mut again = hidden(&refused.text, &path);
    again.extend([
        ("/title".to_owned(), "Both titles".to_owned()),
        ("do".to_owned(), "later".to_owned()),
    ]);
    let kept = Read::of(
        desk.ask(Method::POST, &path)
            .form(&again)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    // A page with a script keeps what is typed by itself, and hears which version that is.
    let draft = format!("/en/work/cases/{case}/drafts/submit/1");
    let page = desk.page(&path).await;
    let mut typed = hidden(&page, &path);
    typed.push(("/title".to_owned(), "Typed on".to_owned()));
    let saved = Read::of(
        desk.ask(Method::POST, &draft)
            .form(&typed)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(saved.status, StatusCode::OK);
    assert!(
        saved.text.starts_with("<div id=\"saved\"") && saved.text.contains("value=\"3\""),
        "{}",
        saved.text
    );
    assert!(desk.page(&path).await.contains("Typed on"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_grow_and_places_come_as_points_files_or_features() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let case = opened(&desk, "Stoves").await;
    let step = format!("/en/work/cases/{case}/steps/submit");
    let path = parts(&desk.page(&step).await)["Places"].clone();
    let grown = desk
        .send(
            &path,
            &path,
            &[("/locations/0/place", "Tanna"), ("do", "grow:/locations")],
        )
        .await;
    assert_eq!(grown.status, StatusCode::OK);
    assert!(
        grown.text.contains("value=\"Tanna\"")
            && grown.text.contains("name=\"/locations/1/place\"")
    );
    let feature = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[169.25,-19.5]}}"#;
    let fields = [
        ("/locations/0/place", "Tanna"),
        ("/locations/0/geometry", feature),
        ("/locations/1/place", "Efate"),
        ("/locations/1/geometry#lat", "-17.7"),
        ("/locations/1/geometry#lon", "168.3"),
        ("/locations/2/place", ""),
        ("do", "back"),
    ];
    let kept = desk.send(&path, &path, &fields).await;
    assert_eq!(kept.place(), step, "{}", kept.text);
    let draft = office
        .get(
            &office.developer,
            &format!("/api/v1/cases/{case}/drafts/submit"),
        )
        .await;
    let wanted = json!([
        {"place": "Tanna", "geometry": {"type": "Point", "coordinates": [169.25, -19.5]}},
        {"place": "Efate", "geometry": {"type": "Point", "coordinates": [168.3, -17.7]}},
    ]);
    assert_eq!(draft["form"]["locations"], wanted);
    let wrong = desk
        .send(
            &path,
            &path,
            &[
                ("/locations/0/place", "Tanna"),
                ("/locations/0/geometry", "here"),
                ("do", "next"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains(">here</textarea>"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_cases_documents_and_drafts_are_nobodys() {
    let office = Office::open().await;
    let world = &office.world;
    let developer = Desk::of(world, &office.developer);
    let case = opened(&developer, "Plantedname stoves").await;
    let part = format!("/en/work/cases/{case}/steps/submit/1");
    developer
        .send(
            &part,
            &part,
            &[
                ("/description", "a planted remark that is long enough"),
                ("do", "later"),
            ],
        )
        .await;
    let path = format!("/en/work/cases/{case}/documents");
    let from = format!("/en/work/cases/{case}");
    developer
        .upload(
            &from,
            &path,
            &[("kind", "design-document")],
            ("secret-plan.txt", b"a plan"),
        )
        .await;
    developer
        .send(
            &from,
            &format!("{from}/comments"),
            &[("text", "between us")],
        )
        .await;
    let page = developer.page(&from).await;
    let document = page
        .split("href=\"/en/work/documents/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let document = format!("/en/work/documents/{document}");
    assert_eq!(developer.any(&document).await.text, "a plan");
    let file = developer.any(&document).await;
    assert!(
        file.headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let buyer = Desk::of(world, &office.buyer);
    let token = hidden(
        &buyer.page("/en/work/account").await,
        "/en/work/account/news",
    )[0]
    .1
    .clone();
    for path in [&from, &part, &format!("{from}/steps/submit"), &document] {
        let read = buyer.any(path).await;
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&read.status),
            "{path}: {}",
            read.status
        );
        for planted in ["a planted remark", "secret-plan", "between us", "a plan"] {
            assert!(!read.text.contains(planted), "{path} shows {planted}");
        }
    }
    let request = "00000000000000000000000000000002";
    for rest in [
        "comments",
        "findings",
        "steps/submit",
        "steps/submit/1",
        "drafts/submit/1",
    ] {
        let fields = [
            ("token", &*token),
            ("request", request),
            ("text", "x"),
            ("kind", "CAR"),
            ("do", "take"),
            ("/title", "Taken over"),
        ];
        let refused = buyer.bare(&format!("{from}/{rest}"), &fields).await;
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&refused.status),
            "{rest}: {}",
            refused.status
        );
    }
    assert!(!developer.page(&part).await.contains("Taken over"));
    assert!(
        !buyer
            .page("/en/work/cases?part=all&state=any")
            .await
            .contains("Plantedname")
    );
    for missing in [
        "/en/work/cases/9999",
        "/en/work/cases/x",
        "/en/work/documents/9",
        "/en/work/letters/00",
        "/en/work/apply/none",
    ] {
        let read = developer.any(missing).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{missing}");
    }
}

/// Texts that would do something if a page took them for its own.
const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></textarea>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_somebody_types_becomes_part_of_a_page() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.developer);
    let case = opened(&desk, &format!("Title {EVIL}")).await;
    let from = format!("/en/work/cases/{case}");
    let step = format!("{from}/steps/submit");
    let mut paths = vec![
        from.clone(),
        step.clone(),
        "/en/work".to_owned(),
        "/en/work/cases".to_owned(),
        "/en/work/apply".to_owned(),
    ];
    for path in parts(&desk.page(&step).await).into_values() {
        let page = desk.page(&path).await;
        let named: Vec<&str> = attribute(&page, "name")
            .into_iter()
            .filter(|it| it.starts_with('/'))
            .collect();
        let mut fields: Vec<(&str, &str)> = named.into_iter().map(|name| (name, EVIL)).collect();
        fields.push(("do", "later"));
        desk.send(&path, &path, &fields).await;
        paths.push(path);
    }
    desk.send(&from, &format!("{from}/comments"), &[("text", EVIL)])
        .await;
    let path = format!("{from}/documents");
    desk.upload(
        &from,
        &path,
        &[("kind", "design-document")],
        ("<img src=x onerror=alert(1)>.txt", b"text"),
    )
    .await;
    let mut seen = 0;
    for path in &paths {
        let page = desk.page(path).await;
        assert!(
            !page.contains("<script>") && !page.contains("<img src=x") && !page.contains("\"'>"),
            "{path}: {page}"
        );
        seen += page.matches("onerror").count();
    }
    assert!(seen > 20, "the texts must be seen as texts: {seen}");
    let refused = desk
        .send(&step, &step, &[("comment", EVIL), ("do", "preview")])
        .await;
    assert!(!refused.text.contains("<script>") && refused.text.contains("&#60;/textarea&#62;"));
    let opening = desk
        .send(
            "/en/work/apply/project",
            "/en/work/apply/project",
            &[("title", &format!("{EVIL}\n{EVIL}")), ("scope", EVIL)],
        )
        .await;
    assert!(opening.status.is_client_error() && !opening.text.contains("<script>"));
    for query in [
        "q", "part", "flow", "state", "after", "done", "units", "account", "parent", "next",
    ] {
        for path in [
            "/en/work",
            "/en/work/cases",
            "/en/work/account",
            "/en/work/organisation",
            "/en/work/apply/transfer",
            "/en/sign-in",
        ] {
            let url = format!("{path}?{query}=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");
            let read = desk.any(&url).await;
            assert!(
                !read.text.contains("<script>alert") && !read.status.is_server_error(),
                "{url}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn findings_and_comments_go_to_and_fro_and_officials_speak_among_themselves() {
    let office = Office::open().await;
    let world = &office.world;
    let case = office.case(&office.developer, project()).await;
    let submit = crate::office::submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let from = format!("/en/work/cases/{case}");
    let certifier = Desk::of(world, &office.certifier);
    let path = format!("{from}/findings");
    let opened = certifier
        .send(
            &from,
            &path,
            &[("kind", "CAR"), ("text", "The baseline is not shown.")],
        )
        .await;
    assert_eq!(
        opened.place(),
        format!("{from}#findings"),
        "{}",
        opened.text
    );
    let developer = Desk::of(world, &office.developer);
    assert!(
        developer
            .page(&from)
            .await
            .contains("The baseline is not shown.")
    );
    let fields = [
        ("number", "1"),
        ("do", "answer"),
        ("text", "It is in annex 2."),
    ];
    let answered = developer.send(&from, &path, &fields).await;
    assert_eq!(
        answered.place(),
        format!("{from}#findings"),
        "{}",
        answered.text
    );
    // The owner does not close it; what was typed is still there.
    let fields = [
        ("number", "1"),
        ("do", "close"),
        ("text", "Closed by myself."),
    ];
    let refused = developer.send(&from, &path, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("Closed by myself."));
    let fields = [("number", "1"), ("do", "close"), ("text", "It is.")];
    let closed = certifier.send(&from, &path, &fields).await;
    assert_eq!(
        closed.place(),
        format!("{from}#findings"),
        "{}",
        closed.text
    );
    let official = Desk::of(world, &office.officials[0]);
    let comments = format!("{from}/comments");
    official
        .send(
            &from,
            &comments,
            &[("text", "Between officials."), ("circle", "officials")],
        )
        .await;
    assert!(official.page(&from).await.contains("Between officials."));
    assert!(!developer.page(&from).await.contains("Between officials."));
    let refused = developer
        .send(
            &from,
            &comments,
            &[("text", "Let me in."), ("circle", "officials")],
        )
        .await;
    assert!(refused.status.is_client_error() && refused.text.contains("Let me in."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projects_that_look_alike_are_shown_before_one_is_handed_in_and_to_who_decides() {
    let office = Office::open().await;
    office.authorised_project().await;
    let desk = Desk::of(&office.world, &office.developer);
    let case = opened(&desk, "Stoves again").await;
    let step = format!("/en/work/cases/{case}/steps/submit");
    assert!(!desk.page(&step).await.contains("id=\"duplicates\""));
    let certifier = office.certifier.organisation;
    filled(&desk, case, certifier, "Stoves on the outer islands").await;
    let page = desk.page(&step).await;
    assert!(
        page.contains("id=\"duplicates\"") && page.contains("names alike to"),
        "{page}"
    );
    upload(&desk, case, "submit", "design-document").await;
    done(&take(&desk, case, "submit", &[]).await, case);
    let page = Desk::of(&office.world, &office.officials[0])
        .page(&format!("/en/work/cases/{case}"))
        .await;
    assert!(page.contains("id=\"duplicates\""));
    // What was handed in is shown field by field.
    assert!(
        page.contains("<dt>Places 1 › Region or province</dt><dd dir=\"auto\">Tafea</dd>"),
        "{page}"
    );
}
