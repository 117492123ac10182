//! The page for analysts: its example is a sound file, and a case walks through it; newer versions take cases over.

use countersign_protocol::workflow::{
    Case, Decision, Effect, End, Process, Refusal, Scope, Script, StepKind, SubjectKind, migrate,
    simulate,
};

const PAGE: &str = include_str!("../../../docs/process.md");

fn example() -> &'static str {
    PAGE.split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap()
}

#[test]
fn the_example_of_the_page_is_sound_and_can_be_walked() {
    let process = Process::parse(example()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let steps = [
        ("submit", Decision::Yes),
        ("verify", Decision::No),
        ("submit", Decision::Yes),
        ("verify", Decision::Yes),
        ("issue", Decision::Yes),
    ];
    let walk = simulate(&process, "period", None, Script::Steps(&steps)).unwrap();
    assert_eq!(walk.case.stage, "issued");
    assert_eq!(
        walk.lines[4].brings,
        ["issue", "publish", "letter issuance"]
    );
    let walk = simulate(
        &process,
        "period",
        None,
        Script::Steps(&[("submit", Decision::Yes), ("lapse", Decision::Yes)]),
    )
    .unwrap();
    assert_eq!(
        (walk.case.stage.as_str(), walk.lines[1].day),
        ("lapsed", 61)
    );
}

#[test]
fn the_page_names_every_word_of_the_format() {
    let words = SubjectKind::ALL.iter().map(|word| word.word());
    let words = words.chain(StepKind::ALL.iter().map(|word| word.word()));
    let words = words.chain(End::ALL.iter().map(|word| word.word()));
    let words = words.chain(Scope::ALL.iter().map(|word| word.word()));
    for word in words.chain(Effect::ALL.iter().map(|word| word.word())) {
        assert!(PAGE.contains(&format!("`{word}`")), "{word}");
    }
}

fn moved_to(stages: &str) -> (Process, Process, Case) {
    let old = Process::parse(example()).unwrap();
    let hash = hex::encode(old.content_hash());
    let text = example()
        .replace("id = \"verification\", label", "id = \"check\", label")
        .replace("to = \"verification\"", "to = \"check\"")
        .replace("from = [\"verification\"]", "from = [\"check\"]");
    let new =
        format!("{text}\n[[migration]]\nfrom = \"{hash}\"\nflow = \"period\"\nstages = {stages}\n");
    let new = Process::parse(&new).unwrap_or_else(|problems| panic!("{problems:?}"));
    let case = simulate(
        &old,
        "period",
        None,
        Script::Steps(&[("submit", Decision::Yes)]),
    )
    .unwrap()
    .case;
    (old, new, case)
}

#[test]
fn a_case_moves_to_a_newer_version_only_where_that_maps_its_stage() {
    let (old, new, case) = moved_to("{ verification = \"check\" }");
    let moved = migrate(&old, &new, &case).unwrap();
    assert_eq!(
        (moved.stage.as_str(), moved.process, moved.since_ms),
        ("check", new.content_hash(), case.since_ms)
    );
    assert_eq!(moved.history, case.history);
    let again = migrate(&old, &new, &moved);
    assert!(
        matches!(again, Err(Refusal::OtherProcess { .. })),
        "{again:?}"
    );
    let (old, new, case) = moved_to("{ draft = \"draft\" }");
    assert!(matches!(
        migrate(&old, &new, &case),
        Err(Refusal::NotMapped { .. })
    ));
    assert!(matches!(
        migrate(&old, &old, &case),
        Err(Refusal::NotMapped { .. })
    ));
}
