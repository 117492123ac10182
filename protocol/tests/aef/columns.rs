//! The columns as data, beside the rows as types.

use std::collections::BTreeSet;

use countersign_protocol::article6::aef::{
    Action, ActionDate, ActionDateForm, Aef, Authorisation, CarpCell, Cell, Field, IdForm,
    ItmoBlock, Kind, Requirement, Row, State, Switches, Table, Timeframe, TimeframeForm, UnitId,
};

/// A text that a cell of this kind reads.
fn sample(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "VCS-1",
        Kind::Code | Kind::Codes => "Energy generation",
        Kind::List => "a, b",
        Kind::Party => "GHA",
        Kind::Parties => "CHE, SGP",
        Kind::Registry => "GHA01",
        Kind::Approach => "CA0001",
        Kind::UnitId => "CA0001-GHA01-GHA-1,000-2023",
        Kind::Metric => "GHG",
        Kind::ActionType => "Use",
        Kind::Year => "2023",
        Kind::Integer => "1",
        Kind::Decimal => "12.5",
        Kind::Date | Kind::ActionDate => "15/04/2026",
        Kind::Version => "1.0",
        Kind::Timeframe => "2021 - 2030",
        Kind::Carp | Kind::CarpLink => "Review pending",
    }
}

#[test]
fn the_tables_have_the_columns_of_the_decision() {
    let counts = Table::ALL.map(|table| table.columns().len());
    assert_eq!(counts, [9, 19, 27, 16, 8]);
    let names = Table::ALL.map(|table| (table.number(), table.name()));
    let expected = [
        (1, "submission"),
        (2, "authorisations"),
        (3, "actions"),
        (4, "holdings"),
        (5, "entities"),
    ];
    assert_eq!(names, expected);
}

#[test]
fn every_cell_is_of_the_kind_of_its_column() {
    for table in Table::ALL {
        let mut aef = Aef::default();
        aef.push_texts(
            table,
            table.columns().iter().map(|column| sample(column.kind)),
        );
        let cells = aef.cells(table, 0).unwrap();
        assert_eq!(cells.len(), table.columns().len(), "{table:?}");
        for (cell, column) in cells.iter().zip(table.columns()) {
            assert_eq!(cell.state(), State::Is, "{table:?} {}", column.label);
            assert_eq!(
                cell.text(),
                sample(column.kind),
                "{table:?} {}",
                column.label
            );
        }
    }
}

#[test]
fn a_cell_of_one_kind_refuses_what_another_kind_writes() {
    let words = "no such thing";
    for table in Table::ALL {
        let mut aef = Aef::default();
        aef.push_texts(table, table.columns().iter().map(|_| words));
        for (cell, column) in aef.cells(table, 0).unwrap().iter().zip(table.columns()) {
            let free = matches!(
                column.kind,
                Kind::Text | Kind::Code | Kind::Codes | Kind::List | Kind::Carp | Kind::CarpLink
            );
            let expected = if free { State::Is } else { State::Unreadable };
            assert_eq!(cell.state(), expected, "{table:?} {}", column.label);
            assert_eq!(cell.text(), words);
        }
    }
}

#[test]
fn names_and_headings_of_a_table_are_never_twice() {
    for table in Table::ALL {
        let columns = table.columns();
        let names: BTreeSet<_> = columns.iter().map(|column| &column.name).collect();
        assert_eq!(names.len(), columns.len(), "{table:?}");
        let labels = columns
            .iter()
            .flat_map(|it| it.also.iter().chain([&it.label]));
        let labels: Vec<_> = labels.map(|label| label.to_lowercase()).collect();
        let once: BTreeSet<_> = labels.iter().collect();
        assert_eq!(once.len(), labels.len(), "{table:?}");
    }
}

#[test]
fn cells_of_the_platform_are_never_asked_of_the_party() {
    let mut found = Vec::new();
    for table in Table::ALL {
        for column in table.columns() {
            let of_carp = matches!(column.kind, Kind::Carp | Kind::CarpLink);
            assert_eq!(
                of_carp,
                column.requirement == Requirement::Carp,
                "{}",
                column.label
            );
            found.extend(of_carp.then_some((table.number(), column.label.as_str())));
        }
    }
    let expected = [
        (1, "Review status of the initial report"),
        (1, "Result of the consistency check of this AEF submission"),
        (
            1,
            "Reference to the Article 6 technical expert review report of the initial report",
        ),
        (2, "Authorization documentation"),
        (3, "Result of the consistency checks"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn holdings_are_columns_four_to_nineteen_of_the_actions() {
    let labels = |table: Table| table.columns().iter().map(|column| column.label.as_str());
    let actions: Vec<_> = labels(Table::Actions).skip(3).take(16).collect();
    assert_eq!(actions, labels(Table::Holdings).collect::<Vec<_>>());
    assert_eq!(ItmoBlock::default().cells().len(), 16);
    assert_eq!(Action::default().cells().len(), 27);
}

#[test]
fn the_switches_bring_a_submission_into_one_form() {
    let mut row = Action {
        date: ActionDate::Moment(1_776_247_200_250).into(),
        ..Action::default()
    };
    row.block.first_id.read("CA0001-GHA01-GHA-1,000-2023");
    row.consistency_result = CarpCell::Placeholder;
    let authorisation = Authorisation {
        timeframe: Timeframe::Years(2021, 2030).into(),
        ..Authorisation::default()
    };
    let aef = Aef {
        actions: vec![row],
        authorisations: vec![authorisation],
        ..Aef::default()
    };
    let day = aef.clone().written_as(&Switches::default());
    assert_eq!(day.actions[0].cells()[0].text(), "15/04/2026");
    assert_eq!(
        day.actions[0].cells()[7].text(),
        "CA0001-GHA01-GHA-1,000-2023"
    );
    let other = Switches {
        ids: IdForm::Number,
        action_date: ActionDateForm::Moment,
        timeframe: TimeframeForm::Days,
        ..Switches::default()
    };
    let moment = aef.written_as(&other);
    assert_eq!(
        moment.actions[0].cells()[0].text(),
        "2026-04-15T10:00:00.250Z"
    );
    assert_eq!(
        moment.actions[0].block.first_id,
        Field::Is(UnitId::Number(1000))
    );
    assert_eq!(
        moment.authorisations[0].cells()[14].text(),
        "Occurred: from 01/01/2021 to 31/12/2030. Use: from 01/01/2021 to 31/12/2030"
    );
}
