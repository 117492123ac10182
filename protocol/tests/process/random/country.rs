//! A country's process made of random parts. Each flow has the steps that it can not do without; in between come random
//! reviews, and the people, quorums, separations, answers and deadlines are random too.

use std::fmt::Write as _;

use proptest::prelude::*;

/// A review that a case passes on its way.
#[derive(Clone, Debug)]
pub(super) struct Review {
    /// Who: the office, a ministry of the sector, root, or office and ministry side by side.
    by: u8,
    quorum: u8,
    /// A no leads back to the draft.
    back: bool,
    /// Days until it lapses.
    due: Option<u8>,
}

/// One flow: what is reviewed before the decision, and the decision.
#[derive(Clone, Debug)]
pub(super) struct Way {
    reviews: Vec<Review>,
    quorum: u8,
    /// Whoever reviewed last does not decide.
    apart: bool,
    /// Days until the decision lapses.
    due: Option<u8>,
}

/// A country's process.
#[derive(Clone, Debug)]
pub(crate) struct Country {
    organisation: Way,
    project: Way,
    monitoring: Way,
    transfer: Way,
    retirement: Way,
    /// Basis points: buffer, overall mitigation, share of proceeds.
    deductions: (u16, u16, u16),
}

fn review() -> impl Strategy<Value = Review> {
    let due = prop::option::weighted(0.4, 1..60_u8);
    (0..4_u8, 1..4_u8, any::<bool>(), due).prop_map(|(by, quorum, back, due)| Review {
        by,
        quorum,
        back,
        due,
    })
}

fn way() -> impl Strategy<Value = Way> {
    let due = prop::option::weighted(0.4, 1..60_u8);
    let reviews = prop::collection::vec(review(), 0..3);
    (reviews, 1..4_u8, any::<bool>(), due).prop_map(|(reviews, quorum, apart, due)| Way {
        reviews,
        quorum,
        apart,
        due,
    })
}

pub(crate) fn country() -> impl Strategy<Value = Country> {
    let deductions = (0..1_500_u16, 0..600_u16, 0..600_u16);
    (way(), way(), way(), way(), way(), deductions).prop_map(
        |(organisation, project, monitoring, transfer, retirement, deductions)| Country {
            organisation,
            project,
            monitoring,
            transfer,
            retirement,
            deductions,
        },
    )
}

const HEAD: &str = r#"
format = 1
id = "random"
version = "1"
title = "Random"
languages = ["en"]
organisation = [
  { id = "office", label = "Office", authority = true },
  { id = "ministry", label = "Ministry", sectoral = true },
  { id = "developer", label = "Developer" },
  { id = "certifier", label = "Certifier" },
]

[[form]]
id = "design"
label = "Design"
schema = { type = "object", required = ["certifier"], properties = { certifier = { type = "integer", minimum = 1 } } }
[[form]]
id = "validation"
label = "Validation"
[form.schema]
type = "object"
required = ["credited"]
[form.schema.properties.credited]
type = "object"
required = ["start", "end"]
properties = { start = { type = "string", format = "date" }, end = { type = "string", format = "date" } }
[[form]]
id = "report"
label = "Report"
[form.schema]
type = "object"
required = ["period"]
[form.schema.properties.period]
type = "object"
required = ["start", "end"]
properties = { start = { type = "string", format = "date" }, end = { type = "string", format = "date" } }
[[form]]
id = "verification"
label = "Verification"
schema = { type = "object", required = ["tonnes"], properties = { tonnes = { type = "integer", minimum = 1 } } }
[[form]]
id = "units"
label = "Units"
schema = { type = "object", required = ["units"], properties = { units = { type = "string", minLength = 1 } } }
"#;

const OFFICE: &str = "{ type = \"office\", roles = [\"administrator\", \"manager\"] }";
const OWNER: &str =
    "{ type = \"developer\", roles = [\"administrator\", \"manager\"], scope = \"own\" }";

/// A flow in the writing.
struct Page {
    stages: Vec<String>,
    steps: String,
    /// Stages that a deadline ends.
    lapsing: Vec<String>,
}

impl Page {
    fn stage(&mut self, id: &str, end: Option<&str>) {
        let end = end.map_or_else(String::new, |end| format!(", end = \"{end}\""));
        self.stages
            .push(format!("  {{ id = \"{id}\", label = \"S\"{end} }},"));
    }

    /// A step with whatever else stands in it.
    fn step(&mut self, id: &str, kind: &str, from: &[&str], to: &str, rest: &str) {
        let from: Vec<String> = from.iter().map(|stage| format!("\"{stage}\"")).collect();
        let from = from.join(", ");
        let _ = write!(
            self.steps,
            "[[flow.step]]\nid = \"{id}\"\nlabel = \"T\"\nkind = \"{kind}\"\nfrom = [{from}]\nto = \"{to}\"\n{rest}\n"
        );
    }

    fn deadline(&mut self, stage: &str, days: Option<u8>) -> String {
        let Some(days) = days else {
            return String::new();
        };
        self.lapsing.push(stage.to_owned());
        format!("deadline = {{ days = {days}, then = \"lapse\" }}\n")
    }

    /// The reviews before a decision: stages `e0`, `e1` and so on, then `last`. Gives the first stage.
    fn reviews(&mut self, way: &Way, last: &str, has_sector: bool) -> String {
        let scope = if has_sector {
            ", scope = \"sector\""
        } else {
            ""
        };
        let id = |at: usize| {
            if at < way.reviews.len() {
                format!("e{at}")
            } else {
                last.to_owned()
            }
        };
        for (at, review) in way.reviews.iter().enumerate() {
            let (from, to) = (id(at), id(at + 1));
            self.stage(&from, None);
            let by = match review.by {
                0 => OFFICE.to_owned(),
                1 => format!(
                    "{{ type = \"ministry\", roles = [\"administrator\", \"manager\"]{scope} }}"
                ),
                2 => "{ type = \"office\", roles = [\"root\", \"administrator\"] }".to_owned(),
                _ => format!(
                    "{OFFICE}, {{ type = \"ministry\", roles = [\"administrator\"]{scope} }}"
                ),
            };
            let votes = if review.by == 3 {
                "reviews_by = [\"office\", \"ministry\"]".to_owned()
            } else {
                format!("quorum = {}", review.quorum)
            };
            let no = if review.back {
                "no = { to = \"draft\" }\n"
            } else {
                ""
            };
            let due = self.deadline(&from, review.due);
            let rest = format!("by = [{by}]\n{votes}\n{no}{due}");
            self.step(&format!("review{at}"), "review", &[&from], &to, &rest);
        }
        id(0)
    }

    /// The decision's quorum, separation and deadline.
    fn decision(&mut self, way: &Way, stage: &str) -> String {
        let last = way.reviews.len().checked_sub(1).filter(|_| way.apart);
        let apart = last.map_or_else(String::new, |at| {
            format!("apart = [{{ step = \"review{at}\" }}]\n")
        });
        let due = self.deadline(stage, way.due);
        format!("quorum = {}\n{apart}{due}", way.quorum)
    }

    fn text(mut self, id: &str, subject: &str, rest: &str) -> String {
        if !self.lapsing.is_empty() {
            self.stage("lapsed", Some("lapsed"));
            let stages = self.lapsing.clone();
            let from: Vec<&str> = stages.iter().map(String::as_str).collect();
            let frees = matches!(subject, "transfer-request" | "retirement-request");
            let rest = if frees {
                "effects = [{ do = \"release\" }]"
            } else {
                ""
            };
            self.step("lapse", "automatic", &from, "lapsed", rest);
        }
        format!(
            "[[flow]]\nid = \"{id}\"\nlabel = \"F\"\nsubject = \"{subject}\"\n{rest}first = \"draft\"\nstage = [\n{}\n]\n{}",
            self.stages.join("\n"),
            self.steps
        )
    }
}

fn page() -> Page {
    let mut page = Page {
        stages: Vec::new(),
        steps: String::new(),
        lapsing: Vec::new(),
    };
    page.stage("draft", None);
    page
}

impl Country {
    /// The process as a file.
    pub(crate) fn file(&self) -> String {
        let (buffer, omge, sop) = self.deductions;
        let issuance = format!("[issuance]\nbuffer = {buffer}\nomge = {omge}\nsop = {sop}\n");
        let flows = [
            organisation(&self.organisation),
            project(&self.project),
            monitoring(&self.monitoring),
            transfer(&self.transfer),
            retirement(&self.retirement),
        ];
        format!("{HEAD}{issuance}{}", flows.concat())
    }
}

fn organisation(way: &Way) -> String {
    let mut page = page();
    let first = page.reviews(way, "pending", false);
    for (id, end) in [
        ("pending", None),
        ("active", None),
        ("suspended", None),
        ("rejected", Some("rejected")),
        ("closed", Some("accepted")),
    ] {
        page.stage(id, end);
    }
    let own = "by = [{ type = \"developer\", roles = [\"administrator\"], scope = \"own\" }, { type = \"certifier\", roles = [\"administrator\"], scope = \"own\" }]";
    page.step("register", "submit", &["draft"], &first, own);
    let decision = page.decision(way, "pending");
    page.step("approve", "decide", &["pending"], "active", &format!("by = [{OFFICE}]\nno = {{ to = \"rejected\" }}\neffects = [{{ do = \"register\" }}]\n{decision}"));
    page.step(
        "suspend",
        "decide",
        &["active"],
        "suspended",
        &format!("by = [{OFFICE}]\neffects = [{{ do = \"suspend\" }}]"),
    );
    page.step(
        "reactivate",
        "decide",
        &["suspended"],
        "active",
        &format!("by = [{OFFICE}]\neffects = [{{ do = \"reactivate\" }}]"),
    );
    page.step(
        "close",
        "decide",
        &["active", "suspended"],
        "closed",
        &format!("by = [{OFFICE}]\nquorum = 2\neffects = [{{ do = \"close\" }}]"),
    );
    page.text("organisation", "organisation", "")
}

fn project(way: &Way) -> String {
    let mut page = page();
    page.stage("validation", None);
    let first = page.reviews(way, "decision", true);
    for (id, end) in [
        ("decision", None),
        ("authorised", None),
        ("rejected", Some("rejected")),
        ("withdrawn", Some("withdrawn")),
        ("closed", Some("accepted")),
    ] {
        page.stage(id, end);
    }
    page.step("submit", "submit", &["draft"], "validation", &format!("by = [{OWNER}]\nform = \"design\"\neffects = [{{ do = \"assign-certifier\", field = \"design.certifier\" }}]"));
    page.step("validate", "validate", &["validation"], &first, "by = [{ type = \"certifier\", roles = [\"administrator\", \"manager\"], scope = \"assigned\" }]\nform = \"validation\"\nno = { to = \"draft\" }");
    let decision = page.decision(way, "decision");
    page.step("authorise", "decide", &["decision"], "authorised", &format!("by = [{OFFICE}]\nno = {{ to = \"rejected\" }}\neffects = [{{ do = \"register\" }}, {{ do = \"authorise\" }}, {{ do = \"open-crediting-period\", field = \"validation.credited\" }}]\n{decision}"));
    page.step(
        "withdraw",
        "withdraw",
        &["draft", "validation"],
        "withdrawn",
        &format!("by = [{OWNER}]"),
    );
    page.step(
        "close",
        "decide",
        &["authorised"],
        "closed",
        &format!("by = [{OFFICE}]\nquorum = 3\neffects = [{{ do = \"close\" }}]"),
    );
    page.text("project", "project", "")
}

fn monitoring(way: &Way) -> String {
    let mut page = page();
    page.stage("verification", None);
    let first = page.reviews(way, "verified", true);
    for (id, end) in [
        ("verified", None),
        ("issued", Some("accepted")),
        ("rejected", Some("rejected")),
        ("withdrawn", Some("withdrawn")),
    ] {
        page.stage(id, end);
    }
    page.step("submit", "submit", &["draft"], "verification", &format!("by = [{OWNER}]\nform = \"report\"\neffects = [{{ do = \"cover-period\", field = \"report.period\" }}]"));
    page.step("verify", "verify", &["verification"], &first, "by = [{ type = \"certifier\", roles = [\"administrator\", \"manager\"], scope = \"assigned\" }]\nform = \"verification\"\nno = { to = \"draft\" }");
    let decision = page.decision(way, "verified");
    page.step("issue", "decide", &["verified"], "issued", &format!("by = [{OFFICE}]\nno = {{ to = \"rejected\" }}\neffects = [{{ do = \"allow-issuance\", field = \"verification.tonnes\" }}, {{ do = \"issue\", field = \"verification.tonnes\" }}]\n{decision}"));
    page.step(
        "withdraw",
        "withdraw",
        &["draft", "verification"],
        "withdrawn",
        &format!("by = [{OWNER}]"),
    );
    page.text(
        "monitoring",
        "monitoring-period",
        "parent = { flow = \"project\", stages = [\"authorised\"] }\n",
    )
}

fn transfer(way: &Way) -> String {
    let mut page = page();
    let first = page.reviews(way, "sent", false);
    for (id, end) in [
        ("sent", None),
        ("done", Some("accepted")),
        ("refused", Some("rejected")),
        ("cancelled", Some("withdrawn")),
    ] {
        page.stage(id, end);
    }
    page.step(
        "send",
        "submit",
        &["draft"],
        &first,
        &format!("by = [{OWNER}]\nform = \"units\"\neffects = [{{ do = \"reserve\" }}]"),
    );
    let decision = page.decision(way, "sent");
    page.step("accept", "decide", &["sent"], "done", &format!("by = [{{ type = \"developer\", roles = [\"administrator\", \"manager\"], scope = \"counterparty\" }}]\nno = {{ to = \"refused\", effects = [{{ do = \"release\" }}] }}\neffects = [{{ do = \"transfer\", field = \"units.units\" }}]\n{decision}"));
    page.step(
        "cancel",
        "withdraw",
        &["draft", "sent"],
        "cancelled",
        &format!("by = [{OWNER}]\neffects = [{{ do = \"release\" }}]"),
    );
    page.text("transfer", "transfer-request", "")
}

fn retirement(way: &Way) -> String {
    let mut page = page();
    let first = page.reviews(way, "requested", false);
    for (id, end) in [
        ("requested", None),
        ("retired", Some("accepted")),
        ("refused", Some("rejected")),
        ("cancelled", Some("withdrawn")),
    ] {
        page.stage(id, end);
    }
    page.step(
        "request",
        "submit",
        &["draft"],
        &first,
        &format!("by = [{OWNER}]\nform = \"units\"\neffects = [{{ do = \"reserve\" }}]"),
    );
    let decision = page.decision(way, "requested");
    page.step("approve", "decide", &["requested"], "retired", &format!("by = [{OFFICE}]\nno = {{ to = \"refused\", effects = [{{ do = \"release\" }}] }}\neffects = [{{ do = \"retire\", field = \"units.units\" }}]\n{decision}"));
    page.step(
        "cancel",
        "withdraw",
        &["draft", "requested"],
        "cancelled",
        &format!("by = [{OWNER}]\neffects = [{{ do = \"release\" }}]"),
    );
    page.text("retirement", "retirement-request", "")
}
