//! Old files, and what becomes of them.

use countersign_protocol::article6::aef::first_draft::{
    EarlyAction, EarlyBlock, FirstDraft, HOLDING_COLUMNS, LABELS,
};
use countersign_protocol::article6::aef::{ActionType, Cell, Field, State};

const ACTION: &str = "77 | Cooperative approach | CA0001-GHA01-GHA-1-2022 | CA0001-GHA01-GHA-100-2022 | VCS-1 | VCS-100 | GHG | 100 | 100 | 1 | GHA | 2022 | Waste, AFOLU | Landfill gas | 01/02/2022 | GHA-7 | NDC and OIMP | CORSIA | Issuance | 05/06/2023 | Transfer | NA | CHE | NA | Alpine Air | Yes";

fn draft() -> FirstDraft {
    let action = EarlyAction::of_texts(ACTION.split('|'));
    let block = EarlyBlock::of_texts(ACTION.split('|').take(HOLDING_COLUMNS));
    FirstDraft {
        party: countersign_protocol::party::Party::from_alpha3("GHA")
            .unwrap()
            .into(),
        reported_year: 2023.into(),
        actions: vec![action.clone(), action],
        holdings: vec![block],
    }
}

#[test]
fn it_has_the_columns_of_its_annex() {
    assert_eq!(LABELS.len(), ACTION.split('|').count());
    assert_eq!(LABELS[HOLDING_COLUMNS - 1], "First transfer definition");
}

#[test]
fn what_the_second_draft_has_is_mapped() {
    let aef = draft().to_second();
    assert_eq!(
        aef.authorisations.len(),
        1,
        "once, however many blocks name it"
    );
    let authorisation = &aef.authorisations[0];
    assert_eq!(authorisation.id, Field::from("GHA-7"));
    assert_eq!(authorisation.cooperative_approach.text(), "CA0001");
    assert_eq!(authorisation.sectors.text(), "Waste management, AFOLU");
    let action = &aef.actions[0];
    assert_eq!(action.action_type, ActionType::FirstTransfer.into());
    assert_eq!(action.block.registry.text(), "GHA01");
    assert_eq!(
        (action.using_party.state(), &*action.using_entity.text()),
        (State::NotApplicable, "Alpine Air")
    );
    assert_eq!(action.block.first_unit.text(), "VCS-1");
    assert_eq!(aef.holdings[0], action.block);
}

#[test]
fn what_the_first_draft_did_not_have_stays_blank() {
    let aef = draft().to_second();
    assert_eq!(aef.submission.version.state(), State::Absent);
    assert_eq!(aef.authorisations[0].version.state(), State::Absent);
    assert_eq!(aef.actions[0].use_year.state(), State::Absent);
    assert_eq!(aef.actions[0].block.mitigation_type.state(), State::Absent);
}

#[test]
fn a_cell_that_cannot_be_read_stays_one() {
    let text = ACTION
        .replace("01/02/2022", "in February")
        .replace("Yes", "no");
    let draft = FirstDraft {
        actions: vec![EarlyAction::of_texts(text.split('|'))],
        ..FirstDraft::default()
    };
    let aef = draft.to_second();
    assert_eq!(
        aef.authorisations[0].date,
        Field::Unreadable("in February".into())
    );
    assert_eq!(aef.actions[0].action_type, ActionType::Transfer.into());
}
