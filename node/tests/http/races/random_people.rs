//! Random people with real sessions, over HTTP: whatever they try, at one moment, is answered by a documented status, nobody
//! does what the matrix or the file does not give them, and units are conserved.

use countersign_protocol::permission::{DEFAULT, Matrix};
use countersign_protocol::record::Body;
use countersign_protocol::registry::{LedgerAccount, State};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client, holds_together, together, written_by};
use crate::common;
use crate::office::{Office, Somebody};

/// A small generator: the same seed, the same people and wishes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Something that somebody tries.
#[derive(Clone, Debug)]
struct Wish {
    who: &'static str,
    path: String,
    body: Value,
}

struct People {
    all: Vec<(&'static str, Somebody)>,
}

impl People {
    fn of(office: &Office) -> Self {
        let [efua, kofi, yaa] = office.officials.as_slice() else {
            panic!("three officials");
        };
        let all = vec![
            ("efua", efua.clone()),
            ("kofi", kofi.clone()),
            ("yaa", yaa.clone()),
            ("ama", office.developer.clone()),
            ("ben", office.buyer.clone()),
            ("cem", office.certifier.clone()),
        ];
        Self { all }
    }

    fn token(&self, name: &str) -> &str {
        let (_, who) = self.all.iter().find(|(known, _)| *known == name).unwrap();
        &who.token
    }
}

/// A step of some case, or a new request, by anybody.
fn wish(office: &Office, people: &People, dice: &mut Dice) -> Wish {
    let (who, somebody) = dice.pick(&people.all).clone();
    let [from, to] = office.accounts;
    let cases: Vec<(u64, String)> = office.world.handle().read(|state: &State| {
        let open = state.cases().filter(|it| it.end.is_none());
        open.map(|it| (it.number, it.case.flow.clone())).collect()
    });
    if cases.is_empty() || dice.below(6) == 0 {
        let flow = *dice.pick(&["transfer", "retirement"]);
        let other = dice.pick(&people.all).1.organisation;
        let body = json!({"flow": flow, "title": "Units", "owners": [somebody.organisation],
            "counterparty": if flow == "transfer" { json!(other) } else { Value::Null }});
        return Wish {
            who,
            path: "/api/v1/cases".to_owned(),
            body,
        };
    }
    let (case, flow) = dice.pick(&cases).clone();
    let tonnes = 1 + dice.below(30);
    let account = *dice.pick(&[from, to]);
    let reserve =
        |fate: Value| json!({"account": account, "units": {"tonnes": tonnes}, "fate": fate});
    let step = *dice.pick(match flow.as_str() {
        "transfer" => &["send", "accept", "accept", "cancel"][..],
        "retirement" => &["request", "approve", "approve", "cancel"],
        "organisation" => &["suspend", "reactivate"],
        "project" => &["withdraw", "close", "authorise"],
        _ => &["issue", "withdraw", "verify"],
    });
    let mut body = json!({"step": step, "no": dice.below(8) == 0, "comment": "Because."});
    let other = dice.pick(&people.all).1.organisation;
    match step {
        "send" => {
            let receiver = if account == from { to } else { from };
            body["form"] = json!({"receiver": other, "units": ["GH-1-1"]});
            body["reserve"] = reserve(json!({"transfer": {"to": receiver}}));
        }
        "request" => {
            body["form"] = json!({"purpose": "voluntary", "beneficiary": "B", "units": ["GH-1-1"]});
            body["reserve"] =
                reserve(json!({"retire": {"kind": "retire", "purpose": "voluntary"}}));
        }
        _ => {}
    }
    Wish {
        who,
        path: format!("/api/v1/cases/{case}/acts"),
        body,
    }
}

/// The tonnes of an organisation's account, wherever they are in it.
fn held(office: &Office, account: u32) -> i64 {
    let id = countersign_protocol::id::AccountId(account);
    office.world.handle().read(|state: &State| {
        state.balance(LedgerAccount::Available(id)) + state.balance(LedgerAccount::OnHold(id))
    })
}

fn standing(office: &Office, who: &Somebody) -> &'static str {
    let id = countersign_protocol::id::OrganisationId(who.organisation);
    office
        .world
        .handle()
        .read(|state: &State| state.organisation_standing(id).name())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_people_with_sessions_do_nothing_that_is_not_theirs_and_units_are_conserved() {
    let rounds = if std::env::var_os("COUNTERSIGN_LONG").is_some() {
        2_000
    } else {
        40
    };
    let office = Office::open().await;
    let people = People::of(&office);
    let matrix = Matrix::parse(DEFAULT).unwrap();
    let project = office.authorised_project().await;
    let period = office.verified(project, 500).await;
    office.issue(period).await;
    let mut dice = Dice(0x5eed_cafe);
    let (mut done, mut log) = (0, String::new());
    for round in 0..rounds {
        let accounts = [
            (&office.developer, office.accounts[0]),
            (&office.buyer, office.accounts[1]),
        ];
        let before =
            accounts.map(|(who, account)| (standing(&office, who), held(&office, account)));
        // Several at one moment, and some of them the same case.
        let wishes: Vec<Wish> = (0..4).map(|_| wish(&office, &people, &mut dice)).collect();
        let sent = wishes.iter().cloned().map(|wish| {
            let (client, key) = (
                Client::new(&office.world, people.token(wish.who)),
                common::request(),
            );
            async move {
                let answer = client
                    .insist(Method::POST, wish.path.clone(), key, wish.body.clone())
                    .await;
                (wish, key, answer)
            }
        });
        let mut suspended = false;
        for (wish, key, answer) in together(sent).await {
            log.push_str(&format!(
                "round {round}, {} {} {}: {}\n",
                wish.who,
                wish.path,
                wish.body,
                answer.told()
            ));
            let bodies = written_by(&office.world.handle(), &key);
            match &answer {
                Answer::Won(_) => {
                    done += 1;
                    suspended |=
                        wish.body["step"] == "suspend" || wish.body["step"] == "reactivate";
                    acted_by_role(&office, &matrix, &bodies, &log);
                }
                Answer::Lost(problem) => {
                    assert!([403, 404, 409, 422].contains(&problem.status), "{log}");
                    assert!(bodies.is_empty(), "refused and written\n{log}");
                }
            }
        }
        holds_together(&office.world.handle());
        for ((who, account), (was, tonnes)) in accounts.into_iter().zip(before) {
            let stopped = was == "suspended" && standing(&office, who) == "suspended" && !suspended;
            assert!(
                !stopped || held(&office, account) >= tonnes,
                "a suspended holder moved units\n{log}"
            );
        }
    }
    let sum: i64 = office.world.handle().read(|state: &State| {
        let used = state.balance(LedgerAccount::Used) + state.balance(LedgerAccount::Cancelled);
        used + state
            .accounts()
            .map(|it| {
                state.balance(LedgerAccount::Available(it.id))
                    + state.balance(LedgerAccount::OnHold(it.id))
            })
            .sum::<i64>()
    });
    assert_eq!(sum, 1500, "units were made or lost\n{log}");
    assert!(done > rounds / 2, "hardly anything was done: {done}\n{log}");
    println!("{rounds} rounds of 4, {done} done");
}

/// Whoever stands in a record has a role that the matrix knows, and an action on what was done.
fn acted_by_role(office: &Office, matrix: &Matrix, bodies: &[Body], log: &str) {
    for body in bodies {
        let by = match body {
            Body::CaseAct(act) => act.by.as_ref(),
            Body::CaseOpened(opened) => Some(&opened.by),
            _ => None,
        };
        let Some(by) = by else { continue };
        let known = office.world.handle().read(|state: &State| {
            state
                .organisation(by.organisation)
                .unwrap()
                .organisation_type
                .clone()
        });
        assert_eq!(known.as_ref(), Some(&by.organisation_type), "{log}");
        let (kind, role) = (by.organisation_type.as_str(), by.role.as_str());
        let Body::CaseAct(act) = body else { continue };
        let action = office.world.handle().read(|state: &State| {
            let case = state.case(act.case).unwrap();
            let process = state.process_of(&case.case.process).unwrap();
            let step = process
                .flow(&case.case.flow)
                .unwrap()
                .step(act.step.as_str())
                .unwrap();
            let subject = &case.case.subject;
            let is_party = subject.owners.contains(&by.organisation)
                || subject.counterparty == Some(by.organisation);
            countersign_protocol::permission::acting(case.kind, step, is_party)
        });
        let scope = matrix.scope(kind, role, action);
        assert!(
            scope != countersign_protocol::permission::Scope::None,
            "{kind}/{role} may not {action:?}\n{log}"
        );
    }
}
