//! Walks to read and pictures to look at.

use crate::presets::process;
use countersign_protocol::workflow::{Decision, PRESETS, Refusal, Script, mermaid, simulate, svg};

#[test]
fn a_scripted_walk_reads_as_it_happened() {
    let steps = [
        ("submit", Decision::Yes),
        ("validate", Decision::No),
        ("resubmit", Decision::Yes),
        ("validate", Decision::Yes),
        ("recommend", Decision::Yes),
        ("authorise", Decision::Yes),
    ];
    let walk = simulate(&process("small"), "project", None, Script::Steps(&steps)).unwrap();
    let expected = "\
day    1  draft -> validation  submit by developer/administrator; assign-certifier
day    2  validation -> returned  validate (no) by certifier/administrator
day    3  returned -> validation  resubmit by developer/administrator; assign-certifier
day    4  validation -> review  validate by certifier/administrator
day    5  review -> decision  recommend by government/administrator
day    7  decision -> authorised  authorise by government/administrator, government/administrator; register, publish, authorise, open-crediting-period, letter authorisation
stands in authorised";
    assert_eq!(walk.to_string(), expected);
}

#[test]
fn a_script_that_the_process_refuses_stops_with_the_reason() {
    let small = process("small");
    let wrong = simulate(
        &small,
        "project",
        None,
        Script::Steps(&[("authorise", Decision::Yes)]),
    );
    assert!(
        matches!(wrong, Err(Refusal::WrongStage { .. })),
        "{wrong:?}"
    );
    assert!(simulate(&small, "projects", None, Script::Seed(1)).is_err());
    assert!(simulate(&small, "project", Some("fast"), Script::Seed(1)).is_err());
}

#[test]
fn every_flow_of_every_preset_can_be_walked_from_any_seed_and_most_walks_end() {
    for (name, _) in PRESETS {
        let process = process(name);
        for flow in &process.flows {
            let mut ended = 0;
            for way in flow.ways() {
                for seed in 0..20 {
                    let script = Script::Seed(seed);
                    let walk =
                        simulate(&process, &flow.id, way, script).unwrap_or_else(|refusal| {
                            panic!("{name} {} {way:?} {seed}: {refusal}", flow.id)
                        });
                    assert_eq!(walk, simulate(&process, &flow.id, way, script).unwrap());
                    ended += u32::from(flow.stage(&walk.case.stage).unwrap().end.is_some());
                }
            }
            assert!(ended > 10, "{name} {}: {ended} walks ended", flow.id);
        }
    }
}

#[test]
fn pictures_name_every_stage_and_step_in_the_reader_s_language() {
    for (name, _) in PRESETS {
        let process = process(name);
        for flow in &process.flows {
            let text = mermaid(&process, &flow.id, "fr").unwrap();
            let picture = svg(&process, &flow.id, "fr").unwrap();
            assert!(text.starts_with("stateDiagram-v2\n    state "), "{text}");
            assert!(
                picture.matches("<rect").count() > flow.stages.len(),
                "{picture}"
            );
            assert_eq!(picture.matches('<').count(), picture.matches('>').count());
            for step in &flow.steps {
                let arrow = format!(
                    "s_{} --> s_{}: ",
                    step.from[0].replace('-', "_"),
                    step.to.replace('-', "_")
                );
                assert!(text.contains(&arrow), "{arrow}");
                assert!(
                    picture.contains(&format!("  {}", step.label.get("fr"))),
                    "{}",
                    step.id
                );
            }
            if let Ok(folder) = std::env::var("WRITE_PICTURES") {
                std::fs::write(format!("{folder}/{name}-{}.svg", flow.id), picture).unwrap();
            }
        }
    }
    assert_eq!(svg(&process("small"), "nothing", "en"), None);
}
