//! The file that describes a country's bridges.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use countersign_bridge::frame::{Feed, ItemState, Turn};
use countersign_bridge::settings::{BridgeName, Settings, SettingsError};
use tempfile::TempDir;

use crate::cadt::Server;
use crate::country::Country;
use crate::faults::{Doom, FakeClock};
use crate::rig::{MAPPING, install_tls};
use crate::{cadt_v1, cadt_v2};

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn folder(url: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "[cad-trust]\nurl = \"{url}\"\napi_key_file = \"cadt.key\"\nmapping = \"cad-trust.toml\"\n"
    );
    write(dir.path(), "bridges.toml", &text);
    write(dir.path(), "cad-trust.toml", MAPPING);
    write(dir.path(), "cadt.key", "secret\n");
    dir
}

fn read(dir: &TempDir) -> Result<Settings, SettingsError> {
    Settings::read(&dir.path().join("bridges.toml"))
}

#[tokio::test]
async fn a_node_that_learns_another_model_gets_everything_anew_with_another_memory() {
    install_tls();
    let mut country = Country::new();
    let project = country.project();
    country.issue(project, 100).unwrap();
    let mut old = cadt_v1::node();
    old.api_key = Some("secret".to_owned());
    let old = Server::start(old, Doom::new(1), cadt_v1::answers)
        .await
        .unwrap();
    let mut new = cadt_v2::node();
    new.api_key = Some("secret".to_owned());
    let new = Server::start(new, Doom::new(2), cadt_v2::answers)
        .await
        .unwrap();
    let dir = folder(&old.url());
    assert!(matches!(
        read(&dir).unwrap().store(BridgeName::CadTrust).await,
        Err(SettingsError::NeverRan)
    ));
    for (server, table) in [(&old, "Units"), (&new, "unit")] {
        let text = fs::read_to_string(dir.path().join("bridges.toml")).unwrap();
        let text = text.replace(&old.url(), &server.url());
        write(dir.path(), "bridges.toml", &text);
        let settings = read(&dir).unwrap();
        assert!(settings.witnessed());
        let clock = FakeClock::new();
        let feed = Arc::clone(&country.feed) as Arc<dyn Feed>;
        let mut bridge = settings.cad_trust(feed, clock.clone()).await.unwrap();
        let last = bridge
            .sync(async |turn| match turn {
                Turn::Waits { until_ms, .. }
                | Turn::Idle {
                    until_ms: Some(until_ms),
                } => {
                    clock.at(*until_ms);
                    true
                }
                _ => false,
            })
            .await
            .unwrap();
        assert_eq!(last, Turn::Idle { until_ms: None });
        assert_eq!(
            bridge.store().items(ItemState::Dead, "", 10).await.unwrap(),
            []
        );
        assert_eq!(server.node().table(table).count(), 1);
    }
    let mut files: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    files.retain(|it| it.ends_with(".db"));
    files.sort();
    assert_eq!(files, ["bridge-cad-trust-v1.db", "bridge-cad-trust-v2.db"]);
}

#[tokio::test]
async fn a_secret_that_others_can_read_is_not_used() {
    let dir = folder("http://127.0.0.1:9");
    let key = dir.path().join("cadt.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let country = Country::new();
    let feed = Arc::clone(&country.feed) as Arc<dyn Feed>;
    let refused = read(&dir).unwrap().cad_trust(feed, FakeClock::new()).await;
    let why = refused.err().unwrap().to_string();
    assert!(why.contains("chmod 600"), "{why}");
}

#[test]
fn what_is_misspelt_or_not_there_is_named() {
    let dir = folder("http://127.0.0.1:9");
    let settings = read(&dir).unwrap();
    assert!(settings.dts().err().unwrap().to_string().contains("[mrv]"));
    assert!(
        settings
            .itmo_platform()
            .err()
            .unwrap()
            .to_string()
            .contains("[itmo-platform]")
    );
    write(
        dir.path(),
        "bridges.toml",
        "[cad-trust]\nurl = \"x\"\nmaping = \"y\"\n",
    );
    assert!(read(&dir).unwrap_err().to_string().contains("maping"));
}

#[test]
fn one_mrv_has_one_name_whether_it_is_read_or_calls() {
    let dir = tempfile::tempdir().unwrap();
    let with = |pulled: &str, calling: &str| {
        let text = format!(
            "[mrv]\nurl = \"http://127.0.0.1:1\"\nusername = \"u\"\npassword_file = \"p\"\nname = \"{pulled}\"\n\
             [mrv-calls]\nname = \"{calling}\"\nmapping = \"calls.toml\"\n"
        );
        write(dir.path(), "bridges.toml", &text);
        read(&dir).unwrap()
    };
    write(dir.path(), "p", "secret\n");
    write(dir.path(), "calls.toml", "[owners]\n\"T-1\" = 7\n");
    let settings = with("DTS", "DTS");
    settings.check().unwrap();
    assert!(settings.takes_mrv_calls());
    assert_eq!(settings.name_in_forms(BridgeName::Mrv), Some("DTS"));
    let said = with("DTS", "MRV").check().unwrap_err().to_string();
    assert!(said.contains("give it one name"), "{said}");
    write(dir.path(), "calls.toml", "[owners]\n\"T-1\" = \"seven\"\n");
    let said = with("DTS", "DTS").check().unwrap_err().to_string();
    assert!(said.contains("[mrv-calls]"), "{said}");
}

#[test]
fn an_older_mrv_is_told_only_when_the_country_says_so_and_a_country_has_one_mrv() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "key", "secret\n");
    write(dir.path(), "p", "secret\n");
    let with = |more: &str| {
        let text = format!(
            "[mrv-calls]\nname = \"MRV\"\n[mrv-calls.push]\nurl = \"http://127.0.0.1:1\"\napi_key_file = \"key\"\n{more}"
        );
        write(dir.path(), "bridges.toml", &text);
        read(&dir).unwrap()
    };
    let settings = with("");
    settings.check().unwrap();
    assert_eq!(settings.bridges(), [BridgeName::Mrv]);
    assert!(!settings.writes(BridgeName::Mrv) && !settings.reads_mrv());
    assert!(with("writes = true\n").writes(BridgeName::Mrv));
    let two = "[mrv]\nurl = \"http://127.0.0.1:1\"\nusername = \"u\"\npassword_file = \"p\"\nname = \"MRV\"\n";
    let said = with(two).check().unwrap_err().to_string();
    assert!(said.contains("two ways to one MRV"), "{said}");
}
