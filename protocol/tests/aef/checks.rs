//! Every check finds what it is for, at the cell where it is; and nothing where all is well.

use std::collections::BTreeSet;

use countersign_protocol::article6::aef::check::{CHECKS, Report, Severity, check};
use countersign_protocol::article6::aef::layout::Layout;
use countersign_protocol::article6::aef::{Aef, IdForm, Switches, Table};

use super::sample::{block, column, ghana, set, switzerland};

const T1: Table = Table::Submission;
const T2: Table = Table::Authorisations;
const T3: Table = Table::Actions;
const T4: Table = Table::Holdings;
const T5: Table = Table::Entities;

/// What is given to the check.
struct World {
    this: Aef,
    earlier: Vec<Aef>,
    partners: Vec<Aef>,
    switches: Switches,
}

impl World {
    fn ghana() -> Self {
        Self {
            this: ghana(),
            earlier: Vec::new(),
            partners: vec![switzerland()],
            switches: Switches::default(),
        }
    }

    fn switzerland() -> Self {
        Self {
            this: switzerland(),
            earlier: Vec::new(),
            partners: vec![ghana()],
            switches: Switches::default(),
        }
    }

    fn check(&self) -> Report {
        check(&self.this, &self.earlier, &self.partners, &self.switches)
    }
}

/// Ids and cells of what was found, such as `AEF-A-001 Table 3 Actions!B6`.
fn found(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    findings
        .map(|it| format!("{} {}", it.check.id, Layout::ours().name(it.place)))
        .collect()
}

/// The cell under a heading.
fn cell(table: Table, row: usize, label: &str) -> String {
    use countersign_protocol::article6::aef::check::Place;
    Layout::ours().name(Place::cell(table, row, column(table, label)))
}

/// The year before: the same authorisations and entities, nothing done, and these holdings.
fn year_before(of: &Aef, holdings: &[String]) -> Aef {
    let mut before = of.clone();
    set(&mut before, T1, 0, "Reported year", "2023");
    before.actions.clear();
    before.holdings.clear();
    for row in holdings {
        before.push_texts(T4, row.split('|').map(str::trim));
    }
    before
}

fn push(aef: &mut Aef, table: Table, row: &str) {
    aef.push_texts(table, row.split('|').map(str::trim));
}

#[test]
fn nothing_is_found_where_all_is_well() {
    for world in [World::ghana(), World::switzerland()] {
        let report = world.check();
        let messages: Vec<_> = report.findings.iter().map(|it| &it.message).collect();
        assert!(messages.is_empty(), "{:?} {messages:?}", found(&report));
    }
}

#[test]
fn nothing_is_found_in_numbers_and_moments_either() {
    let switches = Switches {
        ids: IdForm::Number,
        ..Switches::default()
    };
    let mut world = World::switzerland();
    world.this = world.this.written_as(&switches);
    let report = world.check();
    assert_eq!(found(&report), Vec::<String>::new());
}

type Edit = (Table, usize, &'static str, &'static str);

/// One check: its id, whose submission, what is written over it, and the cell that is found.
type Case = (
    &'static str,
    fn() -> World,
    &'static [Edit],
    (Table, usize, &'static str),
);

const GHA: fn() -> World = World::ghana;
const CHE: fn() -> World = World::switzerland;

/// Mistakes in single cells.
const CELLS: &[Case] = &[
    ("AEF-C-001", GHA, &[(T1, 0, "Party", "")], (T1, 0, "Party")),
    (
        "AEF-C-001",
        GHA,
        &[(T3, 1, "Vintage", "")],
        (T3, 1, "Vintage"),
    ),
    (
        "AEF-C-002",
        GHA,
        &[(T2, 0, "Metric", "NA")],
        (T2, 0, "Metric"),
    ),
    (
        "AEF-C-003",
        GHA,
        &[(T2, 0, "Date of authorization", "31/02/2024")],
        (T2, 0, "Date of authorization"),
    ),
    (
        "AEF-C-003",
        GHA,
        &[(T3, 0, "Action type", "Sale")],
        (T3, 0, "Action type"),
    ),
    (
        "AEF-C-003",
        CHE,
        &[(T4, 0, "First ID", "CA1-GHA01-GHA-1-2023")],
        (T4, 0, "First ID"),
    ),
    (
        "AEF-C-004",
        GHA,
        &[(T2, 0, "Sector(s)", "Energy generation, Other")],
        (T2, 0, "Sector(s)"),
    ),
    (
        "AEF-C-004",
        GHA,
        &[(T3, 0, "Mitigation type", "Offsets")],
        (T3, 0, "Mitigation type"),
    ),
    (
        "AEF-C-005",
        GHA,
        &[(T2, 0, "Sector(s)", "Waste")],
        (T2, 0, "Sector(s)"),
    ),
    (
        "AEF-C-006",
        GHA,
        &[(T2, 0, "Activity type(s)", "CO2 usage")],
        (T2, 0, "Activity type(s)"),
    ),
    (
        "AEF-C-007",
        GHA,
        &[(T3, 0, "Acquiring participating Party ID", "XXX")],
        (T3, 0, "Acquiring participating Party ID"),
    ),
    (
        "AEF-C-008",
        GHA,
        &[(T2, 0, "Authorization documentation", "https://gov.gh/1")],
        (T2, 0, "Authorization documentation"),
    ),
    (
        "AEF-C-009",
        GHA,
        &[(T2, 1, "Authorization ID", "GHA_2")],
        (T2, 1, "Authorization ID"),
    ),
    (
        "AEF-C-010",
        GHA,
        &[(T2, 1, "Authorization ID", "GHA/2.1")],
        (T2, 1, "Authorization ID"),
    ),
    (
        "AEF-C-011",
        GHA,
        &[(T2, 0, "Authorized quantity", "10000.5")],
        (T2, 0, "Authorized quantity"),
    ),
    (
        "AEF-C-012",
        GHA,
        &[(
            T3,
            0,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
            "",
        )],
        (
            T3,
            0,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
        ),
    ),
    (
        "AEF-S-001",
        GHA,
        &[(T1, 0, "Last year of the NDC implementation period", "2020")],
        (T1, 0, "Last year of the NDC implementation period"),
    ),
    (
        "AEF-S-002",
        GHA,
        &[(T1, 0, "Date of submission", "31/12/2024")],
        (T1, 0, "Date of submission"),
    ),
    (
        "AEF-S-003",
        GHA,
        &[(T1, 0, "Date of submission", "16/04/2025")],
        (T1, 0, "Date of submission"),
    ),
    (
        "AEF-S-004",
        GHA,
        &[(T1, 0, "First year of the NDC implementation period", "2025")],
        (T1, 0, "Reported year"),
    ),
    (
        "AEF-L-001",
        GHA,
        &[(T2, 1, "Authorization ID", "GHA-1")],
        (T2, 1, "Version of the authorization"),
    ),
    (
        "AEF-L-002",
        GHA,
        &[
            (T2, 1, "Authorization ID", "GHA-1"),
            (T2, 1, "Version of the authorization", "2"),
        ],
        (T2, 1, "Cooperative approach ID"),
    ),
    (
        "AEF-L-003",
        GHA,
        &[
            (T2, 1, "Authorization ID", "GHA-1"),
            (T2, 1, "Version of the authorization", "2"),
            (T2, 1, "Date of authorization", "01/01/2024"),
        ],
        (T2, 1, "Date of authorization"),
    ),
    (
        "AEF-L-004",
        GHA,
        &[(T2, 1, "Date of authorization", "01/01/2025")],
        (T2, 1, "Date of authorization"),
    ),
    (
        "AEF-L-005",
        GHA,
        &[(T2, 0, "OIMP authorized by the Party", "NA")],
        (T2, 0, "OIMP authorized by the Party"),
    ),
    (
        "AEF-L-005",
        GHA,
        &[(T2, 0, "First transfer definition for OIMP", "NA")],
        (T2, 0, "First transfer definition for OIMP"),
    ),
    (
        "AEF-L-006",
        GHA,
        &[(T2, 1, "First transfer definition for OIMP", "Issuance")],
        (T2, 1, "First transfer definition for OIMP"),
    ),
    (
        "AEF-L-007",
        GHA,
        &[(T2, 1, "Metric", "non-GHG")],
        (T2, 1, "Applicable non-GHG metric"),
    ),
    (
        "AEF-L-008",
        GHA,
        &[(T2, 1, "Applicable non-GHG metric", "MWh")],
        (T2, 1, "Applicable non-GHG metric"),
    ),
    (
        "AEF-L-009",
        GHA,
        &[(T2, 0, "Authorized entity(ies) ID", "CHE-123, CHE-124")],
        (T2, 0, "Authorized entity(ies) ID"),
    ),
    (
        "AEF-L-010",
        GHA,
        &[
            (T2, 1, "Cooperative approach ID", "CA0001"),
            (T2, 1, "Purposes for authorization", "OP"),
            (T2, 1, "First transfer definition for OIMP", "Issuance"),
        ],
        (T2, 1, "First transfer definition for OIMP"),
    ),
    (
        "AEF-L-011",
        GHA,
        &[(
            T2,
            0,
            "First transfer definition for OIMP",
            "First international transfer",
        )],
        (T2, 0, "First transfer definition for OIMP"),
    ),
    (
        "AEF-L-012",
        GHA,
        &[(T2, 0, "Authorized timeframe", "2021 - 2023")],
        (T2, 0, "Authorized timeframe"),
    ),
    (
        "AEF-B-001",
        GHA,
        &[(T3, 0, "Authorization ID", "GHA-9")],
        (T3, 0, "Authorization ID"),
    ),
    (
        "AEF-B-002",
        CHE,
        &[(T4, 0, "Authorization ID", "GHA-9")],
        (T4, 0, "Authorization ID"),
    ),
    (
        "AEF-B-003",
        GHA,
        &[(T3, 0, "Cooperative approach ID", "CA0003")],
        (T3, 0, "Cooperative approach ID"),
    ),
    (
        "AEF-B-004",
        GHA,
        &[(T3, 0, "First ID", "CA0001-GHA01-GHA-1,001-2023")],
        (T3, 0, "Last ID"),
    ),
    (
        "AEF-B-005",
        GHA,
        &[(T3, 0, "Quantity (t CO2 eq)", "999")],
        (T3, 0, "Quantity (t CO2 eq)"),
    ),
    (
        "AEF-B-005",
        CHE,
        &[(T4, 0, "Quantity (t CO2 eq)", "601")],
        (T4, 0, "Quantity (t CO2 eq)"),
    ),
    (
        "AEF-B-006",
        GHA,
        &[(T3, 0, "Last ID", "CA0001-GHA02-GHA-1,000-2023")],
        (T3, 0, "Last ID"),
    ),
    (
        "AEF-B-007",
        GHA,
        &[(T3, 0, "Vintage", "2022")],
        (T3, 0, "First ID"),
    ),
    (
        "AEF-B-008",
        GHA,
        &[(T3, 1, "First ID", "2001"), (T3, 1, "Last ID", "2100")],
        (T3, 1, "First ID"),
    ),
    (
        "AEF-B-009",
        GHA,
        &[(T3, 0, "Vintage", "2020")],
        (T3, 0, "Vintage"),
    ),
    (
        "AEF-B-010",
        GHA,
        &[(T3, 0, "Vintage", "2025")],
        (T3, 0, "Vintage"),
    ),
    (
        "AEF-B-011",
        GHA,
        &[
            (T2, 0, "Metric", "non-GHG"),
            (T2, 0, "Applicable non-GHG metric", "ha"),
        ],
        (T3, 0, "Metric"),
    ),
    (
        "AEF-B-012",
        GHA,
        &[(T3, 0, "Metric", "non-GHG")],
        (T3, 0, "Quantity (in non-GHG metric)"),
    ),
    (
        "AEF-B-013",
        GHA,
        &[(T3, 0, "Quantity (in non-GHG metric)", "12")],
        (T3, 0, "Quantity (in non-GHG metric)"),
    ),
    (
        "AEF-B-014",
        GHA,
        &[(T3, 0, "First unit ID", "VCS-1")],
        (T3, 0, "Last unit ID"),
    ),
    (
        "AEF-B-015",
        GHA,
        &[(T2, 0, "Authorized timeframe", "2024 - 2030")],
        (T3, 0, "Vintage"),
    ),
    (
        "AEF-B-016",
        GHA,
        &[(T3, 0, "Party ITMO registry ID", "CHE01")],
        (T3, 0, "Party ITMO registry ID"),
    ),
    (
        "AEF-A-001",
        GHA,
        &[(T3, 0, "Action date", "01/03/2025")],
        (T3, 0, "Action date"),
    ),
    (
        "AEF-A-002",
        GHA,
        &[(T3, 0, "Action date", "14/01/2024")],
        (T3, 0, "Action date"),
    ),
    (
        "AEF-A-003",
        GHA,
        &[(
            T2,
            0,
            "Authorized timeframe",
            "Occurred: from 01/01/2021 to 31/12/2030. Use: from 01/01/2021 to 29/02/2024",
        )],
        (T3, 1, "Action date"),
    ),
    (
        "AEF-A-029",
        GHA,
        &[(T2, 0, "Authorized timeframe", "2021 - 2023")],
        (T3, 1, "Action date"),
    ),
    (
        "AEF-A-004",
        GHA,
        &[(
            T3,
            0,
            "Action subtype",
            "Mandatory transfer to the Adaptation Fund (A6.4 ERs)",
        )],
        (T3, 0, "Action subtype"),
    ),
    (
        "AEF-A-005",
        GHA,
        &[(
            T3,
            0,
            "Action subtype",
            "Voluntary transfer to the Adaptation Fund (A6.4 ERs)",
        )],
        (T3, 0, "Action subtype"),
    ),
    (
        "AEF-A-006",
        CHE,
        &[(T3, 0, "Transferring participating Party ID", "NA")],
        (T3, 0, "Transferring participating Party ID"),
    ),
    (
        "AEF-A-007",
        GHA,
        &[(T3, 0, "Transferring participating Party ID", "SGP")],
        (T3, 0, "Transferring participating Party ID"),
    ),
    (
        "AEF-A-008",
        GHA,
        &[(T3, 0, "Acquiring participating Party ID", "NA")],
        (T3, 0, "Acquiring participating Party ID"),
    ),
    (
        "AEF-A-009",
        CHE,
        &[(T3, 0, "Acquiring participating Party ID", "SGP")],
        (T3, 0, "Acquiring participating Party ID"),
    ),
    (
        "AEF-A-010",
        GHA,
        &[(T3, 0, "Acquiring participating Party ID", "GHA")],
        (T3, 0, "Acquiring participating Party ID"),
    ),
    (
        "AEF-A-011",
        CHE,
        &[(
            T3,
            1,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
            "NA",
        )],
        (
            T3,
            1,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
        ),
    ),
    (
        "AEF-A-012",
        GHA,
        &[(
            T3,
            0,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
            "2024",
        )],
        (
            T3,
            0,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
        ),
    ),
    (
        "AEF-A-013",
        CHE,
        &[(
            T3,
            1,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
            "2031",
        )],
        (
            T3,
            1,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
        ),
    ),
    (
        "AEF-A-014",
        CHE,
        &[(T1, 0, "First year of the NDC implementation period", "2024")],
        (T3, 1, "Vintage"),
    ),
    (
        "AEF-A-015",
        CHE,
        &[(T3, 1, "Using/cancelling participating Party ID", "NA")],
        (T3, 1, "Using/cancelling participating Party ID"),
    ),
    (
        "AEF-A-016",
        GHA,
        &[(T2, 0, "Purposes for authorization", "NDC")],
        (
            T3,
            1,
            "Purpose for which the ITMO has been used towards or cancelled for OIMP",
        ),
    ),
    (
        "AEF-A-017",
        GHA,
        &[(T3, 1, "Using/cancelling participating Party ID", "JPN")],
        (T3, 1, "Using/cancelling participating Party ID"),
    ),
    (
        "AEF-A-018",
        GHA,
        &[(T3, 1, "Using/cancelling authorized entity ID", "CHE-124")],
        (T3, 1, "Using/cancelling authorized entity ID"),
    ),
    (
        "AEF-A-019",
        GHA,
        &[(T3, 0, "First transferring participating Party ID", "VUT")],
        (T3, 0, "First transferring participating Party ID"),
    ),
    (
        "AEF-A-020",
        GHA,
        &[(T3, 1, "Action subtype", "Issuance")],
        (T3, 1, "Action subtype"),
    ),
    (
        "AEF-A-020",
        GHA,
        &[(T3, 1, "Authorization ID", "GHA-2")],
        (T3, 1, "Action subtype"),
    ),
    (
        "AEF-A-021",
        GHA,
        &[(T3, 0, "Acquiring participating Party ID", "JPN")],
        (T3, 0, "Acquiring participating Party ID"),
    ),
    (
        "AEF-A-022",
        GHA,
        &[(T3, 1, "First ID", "CA0001-GHA01-GHA-1,000-2023")],
        (T3, 1, "First ID"),
    ),
    (
        "AEF-A-026",
        GHA,
        &[(T2, 0, "Authorized quantity", "1099")],
        (T3, 1, "Quantity (t CO2 eq)"),
    ),
    (
        "AEF-A-027",
        CHE,
        &[(T3, 1, "Mitigation type", "Removals")],
        (T3, 1, "Mitigation type"),
    ),
    (
        "AEF-H-002",
        CHE,
        &[(T3, 1, "Last ID", "CA0001-GHA01-GHA-401-2023")],
        (T4, 0, "First ID"),
    ),
    (
        "AEF-E-002",
        GHA,
        &[(T5, 0, "Date of the authorization", "01/01/2025")],
        (T5, 0, "Date of the authorization"),
    ),
    (
        "AEF-E-003",
        GHA,
        &[(T5, 0, "Identification number", "CHE-9")],
        (T5, 0, "Identification number"),
    ),
    (
        "AEF-E-004",
        GHA,
        &[(T5, 0, "Identification number", "CHE,123")],
        (T5, 0, "Identification number"),
    ),
    (
        "AEF-V-002",
        GHA,
        &[(T1, 0, "Version", "1.1")],
        (T1, 0, "Version"),
    ),
    (
        "AEF-P-002",
        GHA,
        &[(T3, 0, "Last ID", "CA0001-GHA01-GHA-1,001-2023")],
        (T3, 0, "First ID"),
    ),
    (
        "AEF-P-003",
        CHE,
        &[(T3, 0, "Last ID", "CA0001-GHA01-GHA-1,001-2023")],
        (T3, 0, "First ID"),
    ),
];

#[test]
fn mistakes_in_single_cells_are_found_at_the_cell() {
    for (id, world, edits, (table, row, label)) in CELLS {
        let mut world = world();
        for (table, row, label, text) in *edits {
            set(&mut world.this, *table, *row, label, text);
        }
        let found = found(&world.check());
        let expected = format!("{id} {}", cell(*table, *row, label));
        assert!(
            found.contains(&expected),
            "{expected} is not among {found:#?}"
        );
    }
}

/// Mistakes that take more than a cell: other rows, other years, a partner.
fn stories() -> Vec<(&'static str, World, String)> {
    let whole = |table: Table| {
        Layout::ours().name(countersign_protocol::article6::aef::check::Place::table(
            table,
        ))
    };
    let mut stories = Vec::new();

    let mut world = World::ghana();
    set(
        &mut world.this,
        T2,
        0,
        "Authorization terms and conditions",
        &"long ".repeat(7_000),
    );
    stories.push((
        "AEF-C-013",
        world,
        cell(T2, 0, "Authorization terms and conditions"),
    ));

    let mut world = World::switzerland();
    push(
        &mut world.this,
        T3,
        &format!(
            "01/12/2024 | Cancellation | Other cancellations | {} | NA | NA | OP | CHE | NA | NA | | NA",
            block("GHA-1", "CHE01", 400, 400)
        ),
    );
    stories.push(("AEF-A-023", world, cell(T3, 2, "First ID")));

    let mut world = World::switzerland();
    push(
        &mut world.this,
        T3,
        &format!(
            "01/12/2024 | Transfer | NA | {} | NA | SGP | NA | NA | NA | NA | | NA",
            block("GHA-1", "CHE01", 100, 200)
        ),
    );
    stories.push(("AEF-A-024", world, cell(T3, 2, "Action date")));

    let mut world = World::ghana();
    push(
        &mut world.this,
        T3,
        &format!(
            "01/02/2024 | Voluntary Cancellation | Voluntary cancellation to deliver OMGE | {} | NA | NA | OP | GHA | NA | NA | | NA",
            block("GHA-1", "GHA01", 2050, 2060)
        ),
    );
    stories.push(("AEF-A-025", world, cell(T3, 2, "Action date")));

    let mut world = World::ghana();
    let mut before = ghana();
    set(&mut before, T1, 0, "Reported year", "2023");
    for row in 0..2 {
        set(&mut before, T3, row, "Action date", "01/03/2023");
    }
    set(&mut before, T3, 0, "Last ID", "CA0001-GHA01-GHA-10-2023");
    world.earlier.push(before);
    stories.push(("AEF-A-022", world, cell(T3, 0, "First ID")));

    let mut world = World::switzerland();
    let mut before = year_before(&world.this, &[]);
    before.actions = switzerland().actions;
    before.actions.truncate(1);
    set(&mut before, T3, 0, "Action date", "01/03/2023");
    set(
        &mut before,
        T3,
        0,
        "Result of the consistency checks",
        "Checked, inconsistencies identified",
    );
    world.earlier.push(before);
    stories.push(("AEF-A-028", world, cell(T3, 1, "First ID")));

    let mut world = World::switzerland();
    push(&mut world.this, T4, &block("GHA-1", "CHE01", 1000, 1000));
    stories.push(("AEF-H-001", world, cell(T4, 1, "First ID")));

    let mut world = World::ghana();
    push(&mut world.this, T4, &block("GHA-1", "GHA01", 900, 950));
    stories.push(("AEF-H-003", world, cell(T4, 0, "First ID")));

    let mut world = World::switzerland();
    let before = [block("GHA-1", "CHE01", 5001, 5010)];
    world.earlier.push(year_before(&world.this, &before));
    stories.push(("AEF-H-004", world, whole(T4)));

    let mut world = World::switzerland();
    push(&mut world.this, T4, &block("GHA-1", "CHE01", 6001, 6010));
    world.earlier.push(year_before(&world.this, &[]));
    stories.push(("AEF-H-005", world, cell(T4, 1, "First ID")));

    let mut world = World::ghana();
    push(
        &mut world.this,
        T5,
        "15/01/2024 | Other Air | CHE | CHE-123 | CA0001 | NA | NA | NA",
    );
    stories.push(("AEF-E-001", world, cell(T5, 1, "Identification number")));

    let mut world = World::ghana();
    let mut before = ghana();
    set(&mut before, T1, 0, "Version", "1.1");
    world.earlier.push(before);
    stories.push(("AEF-V-001", world, cell(T1, 0, "Version")));

    let mut world = World::ghana();
    let mut before = ghana();
    set(&mut before, T1, 0, "Date of submission", "11/04/2025");
    world.earlier.push(before);
    stories.push(("AEF-V-003", world, cell(T1, 0, "Version")));

    let mut world = World::ghana();
    world.earlier.push(year_before(&switzerland(), &[]));
    stories.push(("AEF-V-004", world, cell(T1, 0, "Party")));

    let mut world = World::ghana();
    let mut later = ghana();
    set(&mut later, T1, 0, "Reported year", "2025");
    world.earlier.push(later);
    stories.push(("AEF-V-005", world, cell(T1, 0, "Reported year")));

    let mut world = World::ghana();
    set(&mut world.partners[0], T3, 0, "Quantity (t CO2 eq)", "900");
    stories.push(("AEF-P-001", world, whole(T3)));

    let mut world = World::switzerland();
    let mut other = ghana();
    push(&mut other, T4, &block("GHA-1", "GHA01", 700, 710));
    world.partners = vec![other];
    stories.push(("AEF-P-004", world, cell(T4, 0, "First ID")));

    let mut world = World::ghana();
    world.partners.push(ghana());
    stories.push(("AEF-P-005", world, cell(T1, 0, "Party")));
    stories
}

#[test]
fn mistakes_across_rows_years_and_partners_are_found() {
    for (id, world, place) in stories() {
        let found = found(&world.check());
        let expected = format!("{id} {place}");
        assert!(
            found.contains(&expected),
            "{expected} is not among {found:#?}"
        );
    }
}

#[test]
fn every_check_of_a_submission_is_tried_here() {
    let tried: BTreeSet<_> = CELLS
        .iter()
        .map(|it| it.0)
        .chain(stories().iter().map(|it| it.0))
        .collect();
    let all = CHECKS
        .iter()
        .map(|it| it.id)
        .filter(|id| !id.starts_with("AEF-F"));
    assert_eq!(tried, all.collect::<BTreeSet<_>>());
}

#[test]
fn ids_stand_in_order_and_never_twice() {
    let ids: Vec<_> = CHECKS.iter().map(|it| it.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for pair in ids.windows(2).filter(|pair| pair[0][..5] == pair[1][..5]) {
        assert!(pair[0] < pair[1], "{pair:?}");
    }
}

#[test]
fn a_switch_decides_about_the_adaptation_fund_and_about_activity_types() {
    let mut world = World::ghana();
    set(
        &mut world.this,
        T3,
        0,
        "Action subtype",
        "Voluntary transfer to the Adaptation Fund (A6.4 ERs)",
    );
    world.switches.adaptation_fund_first_transfer = false;
    world.switches.activity_type_required = true;
    let found = found(&world.check());
    assert!(
        found.contains(&format!("AEF-A-004 {}", cell(T3, 0, "Action subtype"))),
        "{found:#?}"
    );
    assert!(
        found.contains(&format!("AEF-C-002 {}", cell(T2, 1, "Activity type(s)"))),
        "{found:#?}"
    );
}

#[test]
fn a_voluntary_cancellation_is_for_no_purpose_that_anybody_is_authorised_for() {
    let user = "AEF-A-017";
    let mut world = World::ghana();
    let party = "Using/cancelling participating Party ID";
    for (label, text) in [
        ("Action type", "Cancellation"),
        ("Action subtype", "Other cancellations"),
        (party, "JPN"),
    ] {
        set(&mut world.this, T3, 1, label, text);
    }
    let tells = |world: &World| found(&world.check()).iter().any(|it| it.starts_with(user));
    assert!(tells(&world), "{:#?}", found(&world.check()));
    set(
        &mut world.this,
        T3,
        1,
        "Action type",
        "Voluntary Cancellation",
    );
    assert!(!tells(&world), "{:#?}", found(&world.check()));
}

#[test]
fn an_earlier_submission_carries_authorisations_entities_and_holdings() {
    let mut world = World::ghana();
    world.earlier.push(year_before(&ghana(), &[]));
    world.this.authorisations.clear();
    world.this.entities.clear();
    for row in 0..2 {
        let date = world.this.actions[row].date.get().unwrap().day();
        assert_eq!(date.year(), 2024);
    }
    assert_eq!(found(&world.check()), Vec::<String>::new());

    let mut world = World::switzerland();
    world.earlier.push(year_before(
        &switzerland(),
        &[block("GHA-1", "CHE01", 1, 100)],
    ));
    world.this.actions.remove(0);
    let texts = block("GHA-1", "CHE01", 101, 1000);
    push(
        &mut world.this,
        T3,
        &format!("01/03/2024 | Acquisition | NA | {texts} | GHA | NA | NA | NA | NA | NA | | NA"),
    );
    let balance = |it: &String| it.starts_with("AEF-H");
    assert!(
        !found(&world.check()).iter().any(balance),
        "{:#?}",
        found(&world.check())
    );
}

#[test]
fn a_block_may_be_cut_in_other_pieces_by_the_partner() {
    let mut world = World::ghana();
    let rows = [(1, 300), (301, 1000)].map(|(first, last)| {
        let block = block("GHA-1", "CHE01", first, last);
        format!("01/03/2024 | Acquisition | NA | {block} | GHA | NA | NA | NA | NA | NA | | NA")
    });
    world.partners[0].actions.remove(0);
    for row in rows {
        push(&mut world.partners[0], T3, &row);
    }
    assert_eq!(found(&world.check()), Vec::<String>::new());
}

#[test]
fn many_findings_are_counted_and_the_first_are_kept() {
    let mut world = World::ghana();
    let row = world.this.actions[0].clone();
    world.this.actions = vec![row; 5_000];
    let report = world.check();
    assert_eq!(report.counts["AEF-A-022"], (Severity::Error, 4_999));
    assert!(report.findings.len() < 2_000);
    assert_eq!(
        report.count(Severity::Error),
        report.findings.len() + report.left_out()
    );
}
