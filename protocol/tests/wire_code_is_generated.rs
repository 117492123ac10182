//! The committed wire code is what the .proto file gives; `UPDATE_WIRE=1 cargo test` writes it anew.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

#[test]
fn regenerating_the_record_wire_code_changes_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile(["record.proto"], [root.join("proto")]).unwrap();
    let out = std::env::temp_dir().join(format!("countersign-wire-{}", std::process::id()));
    std::fs::create_dir_all(&out).unwrap();
    prost_build::Config::new()
        .out_dir(&out)
        .compile_fds(descriptors)
        .unwrap();
    let generated = std::fs::read_to_string(out.join("countersign.record.v1.rs")).unwrap();
    std::fs::remove_dir_all(&out).unwrap();

    let committed = root.join("src/record/wire.rs");
    if std::env::var_os("UPDATE_WIRE").is_some() {
        std::fs::write(&committed, &generated).unwrap();
    }
    let current = std::fs::read_to_string(&committed).unwrap();
    assert!(
        current == generated,
        "protocol/src/record/wire.rs differs from proto/record.proto: run UPDATE_WIRE=1 cargo test -p countersign-protocol --test wire_code_is_generated"
    );
}
