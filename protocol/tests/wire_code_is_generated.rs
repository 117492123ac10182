//! The committed wire code is what the .proto files give; `UPDATE_WIRE=1 cargo test` writes it anew.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

/// Generates the code of one file under proto/ and compares it with the committed one.
fn regenerating_changes_nothing(proto: &str, package: &str, committed: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile([proto], [root.join("proto")]).unwrap();
    let out = std::env::temp_dir().join(format!("countersign-{package}-{}", std::process::id()));
    std::fs::create_dir_all(&out).unwrap();
    prost_build::Config::new()
        .out_dir(&out)
        .compile_fds(descriptors)
        .unwrap();
    let generated = std::fs::read_to_string(out.join(format!("{package}.rs"))).unwrap();
    std::fs::remove_dir_all(&out).unwrap();

    let committed = root.join(committed);
    if std::env::var_os("UPDATE_WIRE").is_some() {
        std::fs::write(&committed, &generated).unwrap();
    }
    let current = std::fs::read_to_string(&committed).unwrap();
    assert!(
        current == generated,
        "{} differs from proto/{proto}: run UPDATE_WIRE=1 cargo test -p countersign-protocol --test wire_code_is_generated",
        committed.display()
    );
}

#[test]
fn regenerating_the_record_wire_code_changes_nothing() {
    regenerating_changes_nothing(
        "record.proto",
        "countersign.record.v1",
        "src/record/wire.rs",
    );
}

#[test]
fn regenerating_the_peer_wire_code_changes_nothing() {
    regenerating_changes_nothing(
        "peer.proto",
        "countersign.peer.v1",
        "src/federation/message/wire.rs",
    );
}
