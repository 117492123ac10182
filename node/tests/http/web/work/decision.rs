//! What an official sees on the page of a case before deciding.

use serde_json::json;

use super::Desk;
use crate::office::Office;
use crate::web::words;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_signatures_and_letters_are_shown_before_a_decision() {
    let office = Office::open().await;
    let project_case = office.authorised_project().await;
    let verified = office.verified(project_case, 20).await;
    let official = Desk::of(&office.world, &office.officials[1]);
    let path = format!("/en/work/cases/{verified}");
    let page = words(&official.page(&path).await);
    for shown in [
        "Before a decision",
        "Every form that was handed in is complete.",
        "No finding is open.",
        "No deadline has passed.",
        "0 of 2 signatures are there.",
        "Letters: Letter of issuance",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    office
        .act(&office.officials[0], verified, json!({"step": "issue"}))
        .await;
    let page = words(&official.page(&path).await);
    assert!(
        page.contains("1 of 2 signatures are there. Signed by: efua"),
        "{page}"
    );
    // A developer decides nothing, and sees none of it.
    let developer = Desk::of(&office.world, &office.developer);
    assert!(!developer.page(&path).await.contains("id=\"decision\""));
    // A document that lies in the case and was not handed in is something to look at.
    let upload = format!("{path}/documents");
    let fields = [("kind", "verification-report")];
    official
        .upload(&path, &upload, &fields, ("a.txt", b"some text"))
        .await;
    let page = words(&official.page(&path).await);
    assert!(
        page.contains("look 1 document is not handed in yet."),
        "{page}"
    );
}
