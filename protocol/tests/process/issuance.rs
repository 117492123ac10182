//! What was verified caps what is issued, whoever asks.

use countersign_protocol::id::AccountId;
use countersign_protocol::record::{Body, Issuance};
use countersign_protocol::registry::{Command, Refusal};
use countersign_protocol::serial::UnitType;
use proptest::prelude::*;

use crate::small::{
    DEVELOPER, account_of, act, act_and_issue, authorised_project, developer, monitored,
    monitored_in, official, plain, registry, verify,
};
use crate::support::invariants::check;
use crate::support::{Ledger, TRADING, range};

fn issue(ledger: &Ledger, account: AccountId, project: u32, year: u16, tonnes: u64) -> Command {
    let _ = ledger;
    Command::Issue {
        account,
        project,
        year,
        unit_type: UnitType::ITMO,
        tonnes,
    }
}

#[test]
fn two_officials_issue_exactly_what_the_certifier_verified() {
    let mut ledger = registry();
    let account = account_of(&mut ledger, DEVELOPER);
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    act(&mut ledger, verify(case, &[(2022, 1_000), (2023, 11_733)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    assert_eq!(ledger.available(account), 0, "one signature issues nothing");
    let second = plain(case, "issue", &official(2));
    let unnamed = act(&mut ledger, second.clone()).unwrap_err();
    assert!(matches!(unnamed, Refusal::Act(_)), "{unnamed}");
    let foreign = act_and_issue(&mut ledger, second.clone(), TRADING).unwrap_err();
    assert!(matches!(foreign, Refusal::Act(_)), "{foreign}");
    act_and_issue(&mut ledger, second, account).unwrap();
    assert_eq!(ledger.available(account), 12_733);
    let number = ledger.state.case(project).unwrap().project.unwrap();
    let serials: Vec<String> = ledger
        .state
        .available(account)
        .map(|holding| holding.block.serial.to_string())
        .collect();
    assert_eq!(
        serials,
        [
            format!("VU-ITMO-3-{number:03}-2022-0-1-1000"),
            format!("VU-ITMO-3-{number:03}-2023-0-1001-12733")
        ]
    );
    check(&ledger.state);
}

#[test]
fn nothing_can_be_issued_beyond_what_was_verified() {
    let mut ledger = registry();
    let account = account_of(&mut ledger, DEVELOPER);
    let project = authorised_project(&mut ledger);
    let number = ledger.state.case(project).unwrap().project.unwrap();
    let by_hand = issue(&ledger, account, number, 2023, 1);
    let refused = ledger.submit(&by_hand).unwrap_err();
    let none = Refusal::NotVerified {
        project: number,
        year: 2023,
        issuable: 0,
        wanted: 1,
    };
    assert_eq!(refused, none);
    // A record that somebody with the key made without the program is judged the same.
    let forged = Body::Issuance(Issuance {
        account,
        range: range("VU-1-1"),
        unit_type: UnitType::ITMO,
        project: number,
        year: 2023,
    });
    assert_eq!(ledger.write(forged).unwrap_err(), none);
}

#[test]
fn the_verified_tonnes_are_the_certifiers_word_and_no_one_elses() {
    let mut ledger = registry();
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    let mut silent = verify(case, &[(2023, 5)]);
    silent.amounts.clear();
    assert!(matches!(act(&mut ledger, silent), Err(Refusal::Act(_))));
    act(&mut ledger, verify(case, &[(2023, 5)])).unwrap();
    let mut louder = plain(case, "issue", &official(1));
    louder.amounts = verify(case, &[(2023, 500)]).amounts;
    assert!(matches!(act(&mut ledger, louder), Err(Refusal::Act(_))));
    let mut own = verify(case, &[(2023, 500)]);
    own.by = Some(developer());
    assert!(act(&mut ledger, own).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However acts are tried, what exists was verified, and only two officials brought it about.
    #[test]
    fn random_acts_never_issue_more_than_was_verified(
        throws in proptest::collection::vec((0_usize..6, 1_u64..5, 1_u64..100), 1..40)
    ) {
        let mut ledger = registry();
        let account = account_of(&mut ledger, DEVELOPER);
        let project = authorised_project(&mut ledger);
        let mut verified = 0;
        let mut days = (1..).map(|day| format!("2023-{:02}-{:02}", day / 28 + 1, day % 28 + 1));
        let mut next = |ledger: &mut Ledger| {
            let day = days.next().unwrap();
            monitored_in(ledger, project, &format!("{day}/{day}")).unwrap()
        };
        let mut case = next(&mut ledger);
        for (what, user, tonnes) in throws {
            let before = ledger.state.case(case).unwrap().clone();
            let done = match what {
                0 => act(&mut ledger, verify(case, &[(2023, tonnes)])),
                1 | 2 => act_and_issue(&mut ledger, plain(case, "issue", &official(user)), account),
                3 => act(&mut ledger, plain(case, "issue", &official(user))),
                4 => ledger.submit(&issue(&ledger, account, before.project.unwrap(), 2023, tonnes)),
                _ => {
                    case = next(&mut ledger);
                    continue;
                }
            };
            if done.is_ok() && what == 0 {
                verified += tonnes;
            }
            prop_assert!(what != 4 || done.is_err(), "issued by hand");
            prop_assert!(ledger.available(account) <= verified);
            check(&ledger.state);
        }
    }
}
