//! Steps that are answered with no, and the road of a case that came back.

use serde_json::json;

use super::Desk;
use super::cases::{done, take, upload};
use crate::office::{Office, project, submit_project};

/// What the head of a page says waits for its reader.
async fn waiting(desk: &Desk<'_>) -> String {
    let page = desk.page("/en/work/bulk").await;
    let count = page.split("<span class=\"count\">").nth(1).unwrap_or("");
    let count = count.split("</span>").nth(1).unwrap_or("");
    count.split("</").next().unwrap_or("").trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_of_every_page_counts_what_waits_now_and_for_its_reader() {
    let office = Office::open().await;
    let [developer, certifier, other] = [&office.developer, &office.certifier, &office.buyer]
        .map(|who| Desk::of(&office.world, who));
    assert_eq!(waiting(&certifier).await, "");
    for count in 1..=2 {
        let case = office.case(&office.developer, project()).await;
        let submit = submit_project(&office, case).await;
        office.act(&office.developer, case, submit).await;
        for _ in 0..2 {
            assert_eq!(waiting(&certifier).await, count.to_string());
        }
        if count == 2 {
            let validate = office.validation(case).await;
            office.act(&office.certifier, case, validate).await;
        }
    }
    assert_eq!(waiting(&certifier).await, "1");
    let official = Desk::of(&office.world, &office.officials[0]);
    assert_eq!(waiting(&official).await, "1");
    assert_eq!(waiting(&developer).await, "");
    assert_eq!(waiting(&other).await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_takes_its_reason_and_of_the_form_what_there_is() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let road = async |desk: &Desk<'_>| -> String {
        let page = desk.page(&format!("/en/work/cases/{case}")).await;
        let road = page.split("<ol class=\"road").nth(1).unwrap();
        road.split("</ol>").next().unwrap().to_owned()
    };
    let developer = Desk::of(&office.world, &office.developer);
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    // It was not sent back, and its road does not say that it was.
    assert!(!road(&developer).await.contains("eturned"));

    let certifier = Desk::of(&office.world, &office.certifier);
    upload(&certifier, case, "validate", "validation-report").await;
    let silent = take(&certifier, case, "validate", &[("answer", "no")]).await;
    assert!(silent.text.contains("href=\"#comment\""), "{}", silent.text);
    // What is typed must be right all the same.
    let fields = [
        ("answer", "no"),
        ("comment", "The baseline is not shown."),
        ("/crediting_period/start", "soon"),
    ];
    let wrong = take(&certifier, case, "validate", &fields).await;
    assert!(wrong.status.is_client_error(), "{}", wrong.text);
    let fields = [
        ("answer", "no"),
        ("comment", "The baseline is not shown."),
        ("/opinion", "The additionality is not shown."),
    ];
    done(&take(&certifier, case, "validate", &fields).await, case);
    let view = office
        .get(&office.developer, &format!("/api/v1/cases/{case}"))
        .await;
    assert_eq!(view["stage"], "returned");
    // A yes asks for all of it.
    let yes = json!({"step": "resubmit", "form": {}});
    let path = format!("/api/v1/cases/{case}/acts");
    let answer = crate::office::send(&office.world, &office.developer, &path, yes).await;
    assert!(answer.status().is_client_error());
}
