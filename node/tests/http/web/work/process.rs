//! The editor of processes: pictures of flows, walks that write nothing, files judged, compared and adopted.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::StatusCode;

use super::Desk;
use crate::office::Office;
use crate::web::words;

const PROCESS: &str = "/en/work/process";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_flow_is_a_picture_and_words() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let home = desk.page(PROCESS).await;
    let mut flows = 0;
    for link in super::super::attribute(&home, "href") {
        if !link.starts_with("/en/work/process/flows/") {
            continue;
        }
        flows += 1;
        let page = desk.page(link).await;
        assert!(page.contains("<svg class=\"flow\""), "{link}");
        let rows = page.matches("<th scope=\"row\">").count();
        // Each step has a box and a row.
        assert_eq!(page.matches("rx=\"4\"").count(), rows, "{link}");
        assert!(rows > 1, "{link}");
    }
    assert!(flows >= 5, "{home}");
    let page = desk.page(&format!("{PROCESS}/flows/project")).await;
    for shown in [
        "90 days",
        "Letter of authorisation",
        "Registry office",
        "use is authorised",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    let roles = words(&desk.page(&format!("{PROCESS}/roles")).await);
    assert!(
        roles.contains("authorisation-approve takes two") && roles.contains("Certifier"),
        "{roles}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_goes_step_by_step_and_writes_nothing() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let size = office.size().await;
    let mut path = format!("{PROCESS}/simulate?flow=project");
    let mut taken = 0;
    // The first step that is offered, until the case has ended.
    loop {
        let page = desk.page(&path).await;
        if page.contains("The case has ended") {
            break;
        }
        let links = super::super::attribute(&page, "href").into_iter();
        let links = links.map(|it| it.replace("&#38;", "&"));
        let mut next = links.filter(|it| it.contains("steps=") && it.contains("#walk"));
        let next = next.next().expect("a step that follows");
        path = next.split('#').next().unwrap().to_owned();
        taken += 1;
        assert!(taken < 20, "{path}");
    }
    assert!(taken > 2);
    let refused = desk
        .page(&format!(
            "{PROCESS}/simulate?flow=project&steps=submit,authorise"
        ))
        .await;
    assert!(
        refused.contains("The process does not let the last step happen."),
        "{}",
        words(&refused)
    );
    assert!(refused.contains("The case stands in"));
    let lost = desk
        .page(&format!(
            "{PROCESS}/simulate?flow=nothing&steps=x,y&track=z"
        ))
        .await;
    assert!(lost.contains("The case stands in"));
    assert_eq!(office.size().await, size);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_file_is_judged_compared_walked_and_adopted() {
    let office = Office::open().await;
    let desk = Desk::of(&office.world, &office.officials[0]);
    let edit = format!("{PROCESS}/edit");
    let small = preset("small").unwrap();
    let open = desk.page(&edit).await;
    assert!(
        open.contains("id = &#34;small&#34;") || open.contains("id = \"small\""),
        "{open}"
    );

    // Every mistake by its place, and the text as it was typed.
    let broken = small
        .replacen("to = \"review\"", "to = \"nowhere\"", 1)
        .replacen("people = 3", "people = \"three\"", 1);
    let refused = desk
        .send(&edit, &edit, &[("text", &broken), ("do", "take")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("nowhere") && refused.text.contains("href=\"#problems\""));
    assert!(
        words(&refused.text).contains("organisation.government.people"),
        "{}",
        words(&refused.text)
    );

    let size = office.size().await;
    let changed = small
        .replacen("days = 90", "days = 91", 1)
        .replacen("version = \"1.0\"", "version = \"1.1\"", 1)
        .replace('\n', "\r\n");
    let checked = desk
        .send(&edit, &edit, &[("text", &changed), ("do", "check")])
        .await;
    assert_eq!(checked.status, StatusCode::OK, "{}", words(&checked.text));
    for shown in [
        "The file is sound",
        "days = 91",
        "days = 90",
        "91 days",
        "id=\"preview\"",
    ] {
        assert!(
            checked.text.contains(shown),
            "{shown}: {}",
            words(&checked.text)
        );
    }
    assert_eq!(office.size().await, size, "nothing is adopted yet");

    // A walk through the new file.
    let fields = [
        ("text", changed.as_str()),
        ("flow", "project"),
        ("do", "walk:submit"),
    ];
    let walked = desk.send(&edit, &edit, &fields).await;
    assert!(
        walked.text.contains("value=\"walk:submit,"),
        "{}",
        words(&walked.text)
    );
    assert_eq!(office.size().await, size);

    // Only what was looked at is adopted.
    let fields = [("text", changed.as_str()), ("seen", "00"), ("do", "take")];
    let unseen = desk.send(&edit, &edit, &fields).await;
    assert!(
        unseen.text.contains("The text is another one"),
        "{}",
        words(&unseen.text)
    );
    assert_eq!(office.size().await, size);
    let hidden = super::hidden(&checked.text, &edit);
    let (_, seen) = hidden.iter().find(|(name, _)| name == "seen").unwrap();
    let fields = [
        ("text", changed.as_str()),
        ("seen", seen.as_str()),
        ("do", "take"),
    ];
    let adopted = desk.send(&edit, &edit, &fields).await;
    assert_eq!(adopted.place(), format!("{PROCESS}?done=adopted"));
    let file: String = office
        .world
        .bare(reqwest::Method::GET, "/api/v1/processes/2/file")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(file, changed.replace("\r\n", "\n"));
    let page = desk.page(&format!("{PROCESS}/flows/project")).await;
    assert!(page.contains("91 days"));
    // A file instead of the text.
    let sent = desk
        .upload(
            &edit,
            &edit,
            &[("text", ""), ("do", "check")],
            ("ours.toml", small.as_bytes()),
        )
        .await;
    assert!(
        sent.text.contains("The file is sound"),
        "{}",
        words(&sent.text)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_official_looks_at_a_proposed_process_before_approving_it() {
    let small = preset("small").unwrap();
    let table = "[adoption]\ntwo_people = true\n\n[[organisation]]";
    let careful = small.replacen("[[organisation]]", table, 1);
    let office = Office::open_with(&careful, DEFAULT).await;
    let [first, second] = [0, 1].map(|it| Desk::of(&office.world, &office.officials[it]));
    let edit = format!("{PROCESS}/edit");
    let changed = careful.replacen("days = 90", "days = 91", 1).replacen(
        "version = \"1.0\"",
        "version = \"1.1\"",
        1,
    );
    let checked = first
        .send(&edit, &edit, &[("text", &changed), ("do", "check")])
        .await;
    assert!(
        checked.text.contains("Confirm: propose this process"),
        "{}",
        words(&checked.text)
    );
    let hidden = super::hidden(&checked.text, &edit);
    let (_, seen) = hidden.iter().find(|(name, _)| name == "seen").unwrap();
    let fields = [
        ("text", changed.as_str()),
        ("seen", seen.as_str()),
        ("do", "take"),
    ];
    let proposed = first.send(&edit, &edit, &fields).await;
    assert_eq!(proposed.place(), format!("{PROCESS}?done=proposed"));
    let list = second.page("/en/work/proposals").await;
    assert!(!list.contains("value=\"approve\""), "first one looks at it");
    let id = list.split("href=\"/en/work/proposals/").nth(1).unwrap();
    let path = format!("/en/work/proposals/{}", id.split('"').next().unwrap());
    let own = first.page(&path).await;
    assert!(own.contains("You proposed it") && !own.contains("value=\"approve\""));
    let page = second.page(&path).await;
    for shown in [
        "days = 91",
        "days = 90",
        "id=\"preview\"",
        "value=\"approve\"",
        seen,
    ] {
        assert!(page.contains(shown), "{shown}: {}", words(&page));
    }
    let developer = Desk::of(&office.world, &office.developer);
    assert_eq!(developer.any(&path).await.status, StatusCode::FORBIDDEN);
    let refused = first.send(&path, &path, &[("do", "approve")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let done = second.send(&path, &path, &[("do", "approve")]).await;
    assert_eq!(done.place(), "/en/work/proposals?done=approved");
    assert!(second.page(PROCESS).await.contains("1.1"));
    let late = second.any(&path).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for shown in [
        "Somebody has decided on it already.",
        "There is nothing to show here.",
    ] {
        assert!(late.text.contains(shown), "{shown}: {}", words(&late.text));
    }
}
