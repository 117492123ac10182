//! The sheets of the initial report.

use countersign_protocol::article6::InitialInformation;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Authorisation, Metric, Ndc};

use super::sheets::{Cell, Sheet};

pub(super) fn sheets(it: &InitialInformation) -> [Sheet; 4] {
    [ndcs(it), approaches(it), authorisations(it), entities(it)]
}

fn sheet(
    it: &InitialInformation,
    name: &'static str,
    what: &str,
    columns: &[(&str, u8)],
    rows: Vec<Vec<Cell>>,
) -> Sheet {
    let columns = columns.iter().map(|(it, width)| ((*it).to_owned(), *width));
    Sheet {
        name,
        title: format!("{}: {what}", it.party.alpha3()),
        columns: columns.collect(),
        rows,
    }
}

fn listed<T>(items: &[T], text: impl Fn(&T) -> String) -> Cell {
    let texts: Vec<String> = items.iter().map(text).collect();
    (!texts.is_empty()).then(|| texts.join(", ")).into()
}

fn party(it: &Party) -> String {
    it.alpha3().to_string()
}

fn optional(text: Option<&impl ToString>) -> Cell {
    text.map(ToString::to_string).into()
}

fn yes(it: bool) -> Cell {
    if it { "yes" } else { "no" }.into()
}

fn metric(it: &Metric) -> String {
    match it {
        Metric::Ghg => "t CO2 eq".to_owned(),
        Metric::NonGhg { unit, per_tonne } => format!("{unit}, {per_tonne} a tonne"),
    }
}

fn ndcs(it: &InitialInformation) -> Sheet {
    let columns = [
        ("First year", 9),
        ("Last year", 9),
        ("Method of corresponding adjustments (para 7)", 24),
        ("Reference year", 10),
        ("Reference level (t CO2 eq)", 16),
        ("Target year", 10),
        ("Target level (t CO2 eq)", 16),
        ("Trajectory or budget (t CO2 eq)", 40),
        ("Least developed country", 12),
        ("Small island developing State", 12),
    ];
    let row = |ndc: &Ndc| {
        vec![
            Cell::Year(ndc.period.first()),
            Cell::Year(ndc.period.last()),
            super::json::word(&ndc.method).into(),
            Cell::Year(ndc.reference.year),
            Cell::Whole(ndc.reference.level.into()),
            Cell::Year(ndc.target.year),
            Cell::Whole(ndc.target.level.into()),
            listed(&ndc.trajectory, |it| format!("{}: {}", it.year, it.level)),
            yes(ndc.is_ldc),
            yes(ndc.is_sids),
        ]
    };
    let rows = it.ndcs.iter().map(row).collect();
    sheet(
        it,
        "NDC",
        "NDC implementation periods (2/CMA.3, annex, paragraph 18(c) to (e))",
        &columns,
        rows,
    )
}

fn approaches(it: &InitialInformation) -> Sheet {
    let columns = [
        ("Cooperative approach ID", 14),
        ("Title", 40),
        ("Participating Parties", 24),
        ("Metric", 18),
        ("First transfer definition for OIMP", 22),
        ("Initial or updated report submitted", 16),
        ("Reference", 30),
    ];
    let mut rows = Vec::new();
    for known in &it.approaches {
        let approach = &known.approach;
        let head = [
            Cell::from(approach.id.to_string()),
            approach.title.to_string().into(),
            listed(&approach.parties, party),
            metric(&approach.metric).into(),
            optional(approach.definition.as_ref()),
        ];
        let row = |submitted: Cell, reference: Cell| {
            let mut row = head.to_vec();
            row.extend([submitted, reference]);
            row
        };
        if known.reports.is_empty() {
            rows.push(row(Cell::Blank, Cell::Blank));
        }
        for report in &known.reports {
            rows.push(row(
                report.submitted.to_string().into(),
                report.reference.to_string().into(),
            ));
        }
    }
    sheet(
        it,
        "Cooperative approaches",
        "cooperative approaches (2/CMA.3, annex, paragraph 18(g))",
        &columns,
        rows,
    )
}

/// The fourteen elements of 4/CMA.6 para 5, in their order.
fn authorisations(it: &InitialInformation) -> Sheet {
    let columns = [
        ("Authorization ID", 18),
        ("Version", 8),
        ("(a) Cooperative approach ID", 14),
        ("(b) Parties", 16),
        ("(b) Entities", 16),
        ("(c) Date", 11),
        ("(c) Issued until", 11),
        ("(c) Transferred, used or cancelled until", 11),
        ("(d) First transfer definition for OIMP", 18),
        ("(e) Uses", 14),
        ("(e) OIMP", 14),
        ("(f) Framework", 30),
        ("(g) Changes", 30),
        ("(g) After the first transfer", 30),
        ("(h) Quantity (t CO2 eq)", 14),
        ("(i) Registry", 10),
        ("(j) Underlying registry", 12),
        ("(k) First vintage", 9),
        ("(k) Last vintage", 9),
        ("(l) Metric", 14),
        ("(l) Gases", 20),
        ("(m) Sectoral scopes", 12),
        ("(n) Activities", 24),
        ("(n) Projects", 14),
        ("Terms and conditions", 30),
        ("SHA-256 of the text", 20),
        ("Revoked on", 11),
        ("Reason", 30),
    ];
    let mut rows = Vec::new();
    for known in &it.approaches {
        for version in &known.authorisations {
            let end = known.revocations.iter().find(|it| it.id == version.id);
            let mut row = elements(version);
            row.push(end.map(|it| it.date.to_string()).into());
            row.push(end.map(|it| it.reason.to_string()).into());
            rows.push(row);
        }
    }
    sheet(
        it,
        "Authorizations",
        "authorizations with the elements (a) to (n) (4/CMA.6, paragraph 5)",
        &columns,
        rows,
    )
}

fn elements(it: &Authorisation) -> Vec<Cell> {
    vec![
        it.id.to_string().into(),
        Cell::Whole(it.version.into()),
        it.approach.to_string().into(),
        listed(&it.parties, party),
        listed(&it.entities, ToString::to_string),
        it.date.to_string().into(),
        optional(it.issue_until.as_ref()),
        optional(it.use_until.as_ref()),
        optional(it.definition.as_ref()),
        it.uses.to_string().into(),
        optional(it.oimp.as_ref()),
        it.framework.to_string().into(),
        it.changes.to_string().into(),
        optional(it.reach.as_ref()),
        (it.quantity != 0)
            .then(|| Cell::Whole(it.quantity.into()))
            .into(),
        it.registry.to_string().into(),
        optional(it.underlying.as_ref()),
        Cell::Year(it.vintages.first()),
        Cell::Year(it.vintages.last()),
        metric(&it.metric).into(),
        optional(it.gases.as_ref()),
        listed(&it.scopes, |it| it.number().to_string()),
        optional(it.activities.as_ref()),
        listed(&it.projects, ToString::to_string),
        optional(it.terms.as_ref()),
        hex::encode(it.document).into(),
    ]
}

fn entities(it: &InitialInformation) -> Sheet {
    let columns = [
        ("Cooperative approach ID", 14),
        ("Identification number", 20),
        ("Name", 30),
        ("Country of incorporation", 12),
        ("Date of the authorization", 11),
        ("Conditions", 30),
        ("Change and revocation conditions", 30),
        ("Additional explanatory information", 30),
        ("Ended", 8),
    ];
    let known = it.approaches.iter().flat_map(|it| &it.entities);
    let rows = known.map(|it| {
        vec![
            it.approach.to_string().into(),
            it.identification.to_string().into(),
            it.name.to_string().into(),
            party(&it.country).into(),
            it.date.to_string().into(),
            optional(it.conditions.as_ref()),
            optional(it.changes.as_ref()),
            optional(it.information.as_ref()),
            yes(it.revoked),
        ]
    });
    let rows = rows.collect();
    sheet(
        it,
        "Authorized entities",
        "authorized entities (4/CMA.6, paragraph 3(c))",
        &columns,
        rows,
    )
}
