//! Two who decide at the same moment: one decision is taken, the other is told that it came second.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::record::Body;
use countersign_protocol::registry::{LedgerAccount, State};
use countersign_protocol::workflow::preset;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, holds_together, together, tonnes, written_by};
use crate::common;
use crate::office::{Office, Somebody, project, submit_project};

/// How often each race is run.
const ROUNDS: u64 = 5;

/// Acts of some people in one case at one moment.
async fn race(office: &Office, case: u64, acts: Vec<(Somebody, Value)>) -> Vec<Answer> {
    let path = format!("/api/v1/cases/{case}/acts");
    let wishes = acts.into_iter().map(|(who, act)| {
        let client = Client::new(&office.world, &who.token);
        let path = path.clone();
        async move { client.post(&path, act).await }
    });
    together(wishes).await
}

/// That one of the answers won and the others came second by this rule.
fn one_wins(answers: &[Answer], code: &str) {
    let won = answers.iter().filter(|it| it.has_won()).count();
    let told: Vec<String> = answers.iter().map(Answer::told).collect();
    assert_eq!(won, 1, "{told:#?}");
    let second = answers.iter().filter(|it| it.is_second(code)).count();
    assert_eq!(second, answers.len() - 1, "{told:#?}");
}

fn acts_of(office: &Office, case: u64) -> u32 {
    let handle = office.world.handle();
    handle.read(|state: &State| state.case(case).unwrap().acts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_issuers_of_one_verified_period_one_issues_it() {
    let office = Office::open().await;
    for round in 1..=ROUNDS {
        let project = office.authorised_project().await;
        let period = office.verified(project, 100).await;
        office
            .act(&office.officials[0], period, json!({"step": "issue"}))
            .await;
        let issue = json!({"step": "issue", "issue": {"accounts": [office.accounts[0]], "unit_type": "ITMO"}});
        let officials = &office.officials[1..];
        let acts = officials.iter().map(|it| (it.clone(), issue.clone()));
        one_wins(&race(&office, period, acts.collect()).await, "case-ended");
        assert_eq!(office.available(office.accounts[0]).await, round * 100);
    }
    holds_together(&office.world.handle());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_that_one_official_gives_twice_at_one_moment_counts_once() {
    let office = Office::open().await;
    for _ in 0..ROUNDS {
        let project = office.authorised_project().await;
        let period = office.verified(project, 10).await;
        let before = acts_of(&office, period);
        let official = &office.officials[0];
        let issue = json!({"step": "issue", "issue": {"accounts": [office.accounts[0]], "unit_type": "ITMO"}});
        let acts = [
            json!({"step": "issue"}),
            json!({"step": "issue"}),
            issue.clone(),
            issue,
        ]
        .map(|act| (official.clone(), act));
        let answers = race(&office, period, acts.into()).await;
        let told: Vec<String> = answers.iter().map(Answer::told).collect();
        assert_eq!(
            answers.iter().filter(|it| it.has_won()).count(),
            1,
            "{told:#?}"
        );
        for lost in answers.iter().filter(|it| !it.has_won()) {
            // The ledger says that the vote is there, the policy that it takes somebody else, or the vote issued nothing yet.
            let is_known = lost.is_second("voted-before")
                || matches!(lost, Answer::Lost(it) if it.status == 403 || it.code.as_deref() == Some("act"));
            assert!(is_known, "{}", lost.told());
        }
        assert_eq!(acts_of(&office, period), before + 1);
    }
    assert_eq!(
        office.available(office.accounts[0]).await,
        0,
        "nobody issues alone"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_that_is_accepted_refused_and_cancelled_at_one_moment_ends_in_one_way() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    for _ in 0..ROUNDS {
        let [from, to] = office.accounts;
        let before = (office.available(from).await, office.available(to).await);
        let ask = json!({"flow": "transfer", "title": "To Ben", "counterparty": office.buyer.organisation});
        let case = office.case(&office.developer, ask).await;
        let send = json!({"step": "send", "form": {"receiver": office.buyer.organisation, "units": ["GH-1-10"]},
            "reserve": {"account": from, "units": {"tonnes": 10}, "fate": {"transfer": {"to": to}}}});
        office.act(&office.developer, case, send).await;
        let acts = vec![
            (office.buyer.clone(), json!({"step": "accept"})),
            (office.buyer.clone(), json!({"step": "accept"})),
            (
                office.buyer.clone(),
                json!({"step": "accept", "no": true, "comment": "Not ordered."}),
            ),
            (office.developer.clone(), json!({"step": "cancel"})),
        ];
        let answers = race(&office, case, acts).await;
        one_wins(&answers, "case-ended");
        let moved = if answers[..2].iter().any(Answer::has_won) {
            10
        } else {
            0
        };
        let after = (office.available(from).await, office.available(to).await);
        assert_eq!(after, (before.0 - moved, before.1 + moved));
        assert_eq!(
            tonnes(&office.world.handle(), LedgerAccount::OnHold, from),
            0
        );
    }
    holds_together(&office.world.handle());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_requests_for_the_same_units_reserve_them_once() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    let mut cases = Vec::new();
    for _ in 0..8 {
        let ask = json!({"flow": "retirement", "title": "For the summit"});
        cases.push(office.case(&office.developer, ask).await);
    }
    let wishes = cases.iter().map(|case| {
        let client = Client::new(&office.world, &office.developer.token);
        let (path, key) = (format!("/api/v1/cases/{case}/acts"), common::request());
        let request = json!({"step": "request", "form": {
                "purpose": "voluntary", "beneficiary": "Summit 2026", "units": ["GH-1-30"]},
            "reserve": {"account": office.accounts[0], "units": {"tonnes": 30}, "fate": {"retire": {
                "kind": "retire", "purpose": "voluntary"}}}});
        async move { (key, client.insist(Method::POST, path, key, request).await) }
    });
    let answers = together(wishes).await;
    let won = answers.iter().filter(|(_, it)| it.has_won()).count();
    assert_eq!(won, 3, "thirty tonnes fit three times into a hundred");
    for (key, answer) in &answers {
        let bodies = written_by(&office.world.handle(), key);
        if answer.has_won() {
            let acts = bodies.iter().filter(|it| matches!(it, Body::CaseAct(_)));
            assert_eq!(acts.count(), 1);
        } else {
            assert!(
                answer.is_second("too-few") && bodies.is_empty(),
                "{}",
                answer.told()
            );
        }
    }
    let handle = office.world.handle();
    assert_eq!(
        tonnes(&handle, LedgerAccount::OnHold, office.accounts[0]),
        90
    );
    assert_eq!(office.available(office.accounts[0]).await, 10);
    holds_together(&handle);
}

/// The policy asks for two people by what it sees of the case; what it sees must still be so when the ledger decides.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_proposes_and_approves_by_being_quick() {
    let text = preset("small").unwrap();
    let alone = text.replace("apart = [{ step = \"recommend\" }]\n", "");
    assert_ne!(alone, text);
    let office = Office::open_with(&alone, DEFAULT).await;
    for _ in 0..3 * ROUNDS {
        let case = office.case(&office.developer, project()).await;
        let submit = submit_project(&office, case).await;
        office.act(&office.developer, case, submit).await;
        let validate = office.validation(case).await;
        office.act(&office.certifier, case, validate).await;
        let official = office.officials[0].clone();
        let acts = vec![
            (
                official.clone(),
                json!({"step": "recommend", "comment": "Complete and sound."}),
            ),
            (
                official,
                json!({"step": "authorise", "comment": "I agree with myself."}),
            ),
        ];
        let answers = race(&office, case, acts).await;
        assert!(answers[0].has_won(), "{}", answers[0].told());
        let Answer::Lost(refused) = &answers[1] else {
            panic!(
                "one official recommended and authorised: {}",
                answers[1].told()
            );
        };
        assert!([403, 409].contains(&refused.status), "{refused:?}");
        // Two others can do it at one moment, and neither is told to look again.
        let acts = office.officials[1..].iter().map(|it| {
            (
                it.clone(),
                json!({"step": "authorise", "comment": "Checked."}),
            )
        });
        for answer in race(&office, case, acts.collect()).await {
            assert!(answer.has_won(), "{}", answer.told());
        }
    }
}
