//! The tables of docs/article6.md are those of the program. `UPDATE_GOLDEN=1` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use countersign_protocol::article6::aef::check::{CHECKS, Severity};
use countersign_protocol::article6::aef::{Origin, Switches, Table};

/// What stands between two marks of the page.
fn compare(mark: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/article6.md");
    let page = fs::read_to_string(&path).unwrap();
    let (open, close) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = page.split_once(&open).unwrap();
    let (found, after) = rest.split_once(&close).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{before}{open}{expected}{close}{after}")).unwrap();
        return;
    }
    assert!(
        found == expected,
        "{mark} of docs/article6.md are no longer:\n{expected}"
    );
}

#[test]
fn the_page_shows_every_check_and_column() {
    let mut checks =
        String::from("\n| check | severity | finds that | after |\n|---|---|---|---|\n");
    for it in CHECKS {
        let severity = match it.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(
            checks,
            "| {} | {severity} | {} | {} |",
            it.id, it.finds, it.source
        )
        .unwrap();
    }
    checks.push('\n');
    compare("checks", &checks);

    let all = || {
        Table::ALL
            .into_iter()
            .flat_map(|table| table.columns().iter().map(move |it| (table, it)))
    };
    let known = all().filter(|(_, it)| it.origin == Origin::Ledger).count();
    let mut columns = format!(
        "\nOf {} columns a registry fills {known} from its ledger and settings without typing. The others:\n\n| table | column | filled by | because |\n|---|---|---|---|\n",
        all().count()
    );
    for (table, it) in all().filter(|(_, it)| it.origin != Origin::Ledger) {
        let by = if it.origin == Origin::Carp {
            "the CARP"
        } else {
            "the office, once"
        };
        writeln!(
            columns,
            "| {} | {} | {by} | {} |",
            table.number(),
            it.label,
            it.why
        )
        .unwrap();
    }
    columns.push('\n');
    compare("columns", &columns);
}

#[test]
fn the_switches_of_the_page_are_those_of_the_program() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/article6.md"))
            .unwrap();
    let names = serde_json::to_value(Switches::default()).unwrap();
    for (name, value) in names.as_object().unwrap() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let row = page
            .lines()
            .find(|line| line.contains(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("{name} is not on the page"));
        assert!(
            row.contains(&format!("| `{value}`")),
            "the default of {name} is {value}: {row}"
        );
    }
}
