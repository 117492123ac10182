//! Every complaint of the checker, each from one change to a sound file, with its line and words.

use countersign_protocol::workflow::{FILE_BYTES_MAX, Problem, ProblemKind, Process};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const SOUND: &str = include_str!("tables/sound.toml");
const GOLDEN: &str = include_str!("tables/problems.txt");

/// What is changed, into what.
const CHANGES: &[(&str, &str)] = &[
    ("id = \"sound\"", "id = sound"),
    ("format = 1", "format = 2"),
    ("version = \"1\"", "version = 1"),
    ("version = \"1\"\n", ""),
    ("version = \"1\"", "version = \"1\"\ncolour = \"red\""),
    ("id = \"signatory\"", "id = \"Chief Signatory\""),
    ("fr = \"Porteur\"", "sw = \"Mtekelezaji\""),
    (
        "{ en = \"Developer\", fr = \"Porteur\" }",
        "{ fr = \"Porteur\" }",
    ),
    ("[\"en\", \"fr\"]", "[\"fr\"]"),
    ("id = \"certifier\"\nlabel", "id = \"developer\"\nlabel"),
    ("authority = true\n", ""),
    ("in = [\"government\"]", "in = []"),
    ("in = [\"government\"]", "in = [\"goverment\"]"),
    ("role = \"signatory\" }", "role = \"viewer\" }"),
    (
        "type = \"certifier\", roles = [\"administrator\"]",
        "type = \"certifier\", roles = [\"signatory\"]",
    ),
    (
        "type = \"certifier\", roles = [\"administrator\"]",
        "type = \"certifier\", roles = [\"notary\"]",
    ),
    ("amount = 100", "amount = -5"),
    ("kind = \"verify\"", "kind = \"verifies\""),
    ("to = \"decided\"", "to = \"decide\""),
    ("form = \"request\"", "form = \"requests\""),
    ("documents = [\"report\"]", "documents = [\"reports\"]"),
    ("fees = [\"entry\"]", "fees = [\"entrance\"]"),
    ("letters = [\"approval\"]", "letters = [\"approvals\"]"),
    (
        "apart = [{ step = \"verify\" }]",
        "apart = [{ step = \"certify\" }]",
    ),
    (
        "apart = [{ step = \"verify\" }]",
        "apart = [{ step = \"issue\" }]",
    ),
    ("needs = [\"request.title\"]", "needs = [\"request.name\"]"),
    ("first = \"draft\"", "first = \"start\""),
    (
        "  { id = \"done\"",
        "  { id = \"lost\", label = \"Lost\", end = \"rejected\" },\n  { id = \"done\"",
    ),
    (
        "from = [\"decided\"]\nto = \"done\"",
        "from = [\"decided\", \"done\"]\nto = \"done\"",
    ),
    (", end = \"accepted\" }", " }"),
    (
        "from = [\"decided\"]\nto = \"done\"",
        "from = [\"decided\"]\nto = \"decided\"",
    ),
    ("people = 4", "people = 1"),
    (
        "apart = [{ step = \"verify\" }]",
        "apart = [{ step = \"sign\" }]\nno = { to = \"lapsed\" }\n\n[[flow.step]]\nid = \"sign\"\nlabel = \"Sign\"\nkind = \"review\"\nfrom = [\"decided\"]\nto = \"decided\"\nquorum = 3\nby = [{ type = \"government\", roles = [\"signatory\"] }]",
    ),
    (
        "type = \"government\", roles = [\"administrator\"] }]\nquorum = 2\napart = [{ step = \"verify\" }]",
        "type = \"certifier\", roles = [\"administrator\"], scope = \"assigned\" }]\napart = [{ step = \"verify\", organisation = true }]",
    ),
    (
        "by = [{ type = \"certifier\", roles = [\"administrator\"], scope = \"assigned\" }]\n",
        "",
    ),
    (
        "required = [\"title\", \"tonnes\", \"days\"]",
        "required = [\"title\", \"days\"]",
    ),
    ("required = [\"start\", \"end\"]", "required = [\"start\"]"),
    (
        "effects = [{ do = \"cover-period\", field = \"request.days\" }]\n",
        "",
    ),
    (
        "deadline = { days = 30",
        "form = \"request\"\neffects = [{ do = \"cover-period\", field = \"request.days\" }]\ndeadline = { days = 30",
    ),
    (
        "deadline = { days = 30",
        "no = { to = \"draft\", effects = [{ do = \"cover-period\", field = \"request.days\" }] }\ndeadline = { days = 30",
    ),
    (
        "[[flow]]\nid = \"period\"",
        "[[flow]]\nid = \"project\"\nlabel = \"Project\"\nsubject = \"project\"\nfirst = \"begun\"\nstage = [{ id = \"begun\", label = \"Begun\" }, { id = \"over\", label = \"Over\", end = \"accepted\" }]\n\n[[flow.step]]\nid = \"end\"\nlabel = \"End\"\nkind = \"decide\"\nfrom = [\"begun\"]\nto = \"over\"\nby = [{ type = \"developer\", roles = [\"administrator\"], scope = \"own\" }]\n\n[[flow]]\nid = \"period\"\nparent = { flow = \"project\", stages = [\"begun\"] }",
    ),
    (
        "[[fee]]",
        "[issuance]\nbuffer = 9000\nomge = 1001\n\n[[fee]]",
    ),
    ("[[fee]]", "[issuance]\nsop = 10001\n\n[[fee]]"),
    ("kind = \"verify\"", "kind = \"review\""),
    ("then = \"lapse\"", "then = \"submit\""),
    (", then = \"lapse\"", ""),
    ("remind = [7]", "remind = [40]"),
    (
        "type = \"integer\", minimum = 1",
        "type = \"integer\", minimum = 1, multipleOf = 2",
    ),
    ("type = \"integer\", minimum = 1", "type = \"number\""),
    ("minLength = 1 }", "minLength = 9, maxLength = 3 }"),
    ("do = \"issue\", field", "do = \"transfer\", field"),
    (
        "do = \"issue\", field = \"request.tonnes\"",
        "do = \"issue\"",
    ),
    ("do = \"issue\", field", "do = \"mint\", field"),
    ("scope = \"own\"", "scope = \"counterparty\""),
    ("label = \"Entry fee\"", "label = \"\""),
    ("quorum = 2", "quorum = 2\nreviews_by = [\"government\"]"),
    (
        "subject = \"monitoring-period\"",
        "subject = \"monitoring-period\"\nparent = { flow = \"period\", stages = [\"done\"] }",
    ),
    (
        "[[flow.step]]\nid = \"issue\"",
        "[[flow.step]]\nid = \"again\"\nlabel = \"Again\"\nkind = \"resubmit\"\nfrom = [\"decided\"]\nto = \"decided\"\nby = [{ type = \"developer\", roles = [\"administrator\"], scope = \"own\" }]\nform = \"request\"\n\n[[flow.step]]\nid = \"issue\"",
    ),
];

fn problems(text: &str) -> Vec<Problem> {
    Process::parse(text).err().unwrap_or_default()
}

#[test]
fn the_sound_file_is_sound() {
    assert_eq!(problems(SOUND), []);
}

#[test]
fn each_mistake_is_named_with_its_line_and_the_way_to_mend_it() {
    let mut found = String::new();
    for (from, to) in CHANGES {
        assert_eq!(SOUND.matches(from).count(), 1, "{from}");
        writeln!(found, "## {} => {}", from.escape_debug(), to.escape_debug()).unwrap();
        let all = problems(&SOUND.replace(from, to));
        assert!(!all.is_empty(), "{from} => {to} is no mistake");
        for problem in all {
            writeln!(found, "{:?} {problem}", problem.kind).unwrap();
        }
    }
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        std::fs::write(
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/workflow/tables/problems.txt"
            ),
            &found,
        )
        .unwrap();
        return;
    }
    for (found, golden) in found.lines().zip(GOLDEN.lines()) {
        assert_eq!(found, golden);
    }
    assert_eq!(found.lines().count(), GOLDEN.lines().count());
}

/// A new kind fails to compile here, until a change above produces it and the list below names it.
const fn is_known(kind: ProblemKind) -> bool {
    use ProblemKind as K;
    match kind {
        K::Syntax
        | K::TooLarge
        | K::Format
        | K::UnknownKey
        | K::MissingKey
        | K::WrongType
        | K::BadValue => true,
        K::DuplicateId
        | K::UnknownId
        | K::UnreachableStage
        | K::DeadEnd
        | K::NoEnd
        | K::EndLeft => true,
        K::RoleNobodyHas
        | K::NobodyLeft
        | K::QuorumTooLarge
        | K::FieldNotAsked
        | K::IssuanceUnverified
        | K::IssuanceWithoutPeriod => true,
        K::AutomaticStep | K::Schema | K::EffectUnfit => true,
    }
}

#[test]
fn every_kind_of_mistake_has_a_file_that_shows_it() {
    let all = CHANGES
        .iter()
        .flat_map(|(from, to)| problems(&SOUND.replace(from, to)));
    let kinds: BTreeSet<ProblemKind> = all.map(|problem| problem.kind).collect();
    assert!(kinds.iter().all(|kind| is_known(*kind)));
    assert_eq!(kinds.len(), 22, "{kinds:?}");
}

#[test]
fn sizes_have_limits() {
    let comment = format!("{SOUND}\n# {}", "x".repeat(FILE_BYTES_MAX));
    assert_eq!(problems(&comment)[0].kind, ProblemKind::TooLarge);
    let stages: String = (0..65)
        .map(|at| format!("{{ id = \"s{at}\", label = \"S\" }},"))
        .collect();
    let many = SOUND.replace("{ id = \"draft\", label = \"Draft\" },", &stages);
    assert!(problems(&many).iter().any(
        |problem| problem.kind == ProblemKind::TooLarge && problem.path == "flow.period.stage"
    ));
    let long = SOUND.replace(
        "label = \"Entry fee\"",
        &format!("label = \"{}\"", "x".repeat(201)),
    );
    assert_eq!(problems(&long)[0].kind, ProblemKind::TooLarge);
    let id = SOUND.replace("id = \"entry\"", &format!("id = \"{}\"", "x".repeat(49)));
    assert!(
        problems(&id)
            .iter()
            .any(|problem| problem.kind == ProblemKind::BadValue)
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = SOUND
        .replace("amount = 100", "amount = 0")
        .replace("to = \"decided\"", "to = \"x\"")
        .replace("in = [\"government\"]", "in = []");
    let lines: Vec<u32> = problems(&text).iter().map(|problem| problem.line).collect();
    assert!(lines.len() >= 3, "{lines:?}");
    assert!(lines.is_sorted(), "{lines:?}");
}
