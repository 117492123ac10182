#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

const ORIGIN: &str = "registry.example.gov.gh/ledger";

fn passphrase() -> SecretString {
    SecretString::from("six random words are long enough")
}

/// A folder with the keys of a node in it.
fn made() -> (TempDir, KeyFolder, NodeKeys) {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::new(folder.path().join("keys")).with_work_factor(4);
    let node = keys
        .create_node(
            &ORIGIN.parse().unwrap(),
            "registry.example.gov.gh/witness",
            &passphrase(),
        )
        .unwrap();
    (folder, keys, node)
}

fn publics(keys: &NodeKeys) -> String {
    format!("{keys:?}")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn keys_are_opened_as_they_were_made_and_lie_encrypted_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("countersign/keys");
    let keys = KeyFolder::new(&path);
    let made = keys
        .create_node(
            &ORIGIN.parse().unwrap(),
            "registry.example.gov.gh/witness",
            &passphrase(),
        )
        .unwrap();
    let opened = keys.load_node(&passphrase()).unwrap();
    assert_eq!(publics(&opened), publics(&made));
    assert_eq!(*opened.log.to_secret_text(), *made.log.to_secret_text());
    assert_eq!(
        names(&path),
        [
            "cosigner.age",
            "cosigner.pub",
            "log.age",
            "log.pub",
            "peer.age",
            "peer.pub"
        ]
    );
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o700
    );
    for name in ["cosigner.age", "log.age", "peer.age"] {
        let file = path.join(name);
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o7777,
            0o600
        );
        let bytes = fs::read(&file).unwrap();
        assert!(
            bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "),
            "{name} is an age file"
        );
        let header = String::from_utf8_lossy(&bytes)
            .lines()
            .nth(1)
            .unwrap()
            .to_owned();
        assert!(header.ends_with(" 15"), "{header}");
    }
}

#[test]
fn public_halves_are_read_without_the_passphrase() {
    let (_folder, keys, made) = made();
    assert_eq!(
        keys.public_signer(KeyRole::Log).unwrap(),
        *made.log.verifier()
    );
    assert_eq!(
        keys.public_signer(KeyRole::Cosigner).unwrap(),
        *made.cosigner.verifier()
    );
    assert_eq!(keys.public_peer().unwrap(), made.peer.public().to_peer_id());
    let missing = keys.public_signer(KeyRole::PendingLog).unwrap_err();
    assert!(matches!(
        missing,
        KeyFileError::NoKey {
            role: KeyRole::PendingLog,
            ..
        }
    ));
}

#[test]
fn keys_are_never_overwritten() {
    let (folder, keys, made) = made();
    let again = keys
        .create_node(&ORIGIN.parse().unwrap(), "w", &passphrase())
        .unwrap_err();
    assert!(
        matches!(again, KeyFileError::File(FileFault::Exists(_))),
        "{again}"
    );
    fs::remove_file(folder.path().join("keys/log.age")).unwrap();
    let again = keys
        .create_node(&ORIGIN.parse().unwrap(), "w", &passphrase())
        .unwrap_err();
    assert!(
        matches!(again, KeyFileError::File(FileFault::Exists(_))),
        "{again}"
    );
    assert!(
        !folder.path().join("keys/log.age").exists(),
        "one taken name, and no key is made"
    );
    assert_eq!(
        keys.load_peer(&passphrase()).unwrap().public(),
        made.peer.public()
    );
}

#[test]
fn a_wrong_passphrase_and_a_missing_key_say_so() {
    let (folder, keys, _) = made();
    let wrong = keys
        .load_node(&SecretString::from("another passphrase"))
        .unwrap_err();
    assert!(matches!(wrong, KeyFileError::WrongPassphrase(_)), "{wrong}");
    fs::remove_file(folder.path().join("keys/cosigner.age")).unwrap();
    let missing = keys.load_node(&passphrase()).unwrap_err();
    assert!(
        matches!(
            missing,
            KeyFileError::NoKey {
                role: KeyRole::Cosigner,
                ..
            }
        ),
        "{missing}"
    );
    assert!(missing.to_string().contains("countersign init"));
}

#[test]
fn files_and_folders_open_to_others_are_refused() {
    let (folder, keys, _) = made();
    let path = folder.path().join("keys");
    fs::set_permissions(path.join("log.age"), fs::Permissions::from_mode(0o644)).unwrap();
    let open = keys.load_node(&passphrase()).unwrap_err().to_string();
    assert!(
        open.ends_with(&format!("chmod 600 {}", path.join("log.age").display())),
        "{open}"
    );
    fs::set_permissions(path.join("log.age"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
    let open = keys.load_node(&passphrase()).unwrap_err().to_string();
    assert!(
        open.ends_with(&format!("chmod 700 {}", path.display())),
        "{open}"
    );
}

#[test]
fn a_changed_or_exchanged_file_is_noticed() {
    let (folder, keys, _) = made();
    let path = folder.path().join("keys");
    let log = fs::read(path.join("log.age")).unwrap();
    for at in [0, 30, log.len() / 2, log.len() - 1] {
        let mut changed = log.clone();
        changed[at] ^= 1;
        fs::write(path.join("log.age"), &changed).unwrap();
        assert!(
            keys.load_signer(KeyRole::Log, &passphrase()).is_err(),
            "byte {at}"
        );
    }
    fs::write(
        path.join("log.age"),
        fs::read(path.join("cosigner.age")).unwrap(),
    )
    .unwrap();
    let exchanged = keys.load_signer(KeyRole::Log, &passphrase()).unwrap_err();
    assert!(
        matches!(
            exchanged,
            KeyFileError::WrongKind {
                role: KeyRole::Log,
                ..
            }
        ),
        "{exchanged}"
    );
    fs::write(path.join("log.age"), &log).unwrap();
    let other = new_public();
    fs::write(path.join("log.pub"), other).unwrap();
    let mismatch = keys.load_signer(KeyRole::Log, &passphrase()).unwrap_err();
    assert!(
        matches!(mismatch, KeyFileError::PublicMismatch { .. }),
        "{mismatch}"
    );
}

/// The public file of some other log key of the same name.
fn new_public() -> String {
    use countersign_protocol::log::{KeyKind, SignerKey};
    format!(
        "{}\n",
        SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[7; 32])
            .unwrap()
            .verifier()
    )
}

#[test]
fn a_lost_public_file_is_written_again() {
    let (folder, keys, made) = made();
    fs::remove_file(folder.path().join("keys/log.pub")).unwrap();
    assert!(matches!(
        keys.public_signer(KeyRole::Log),
        Err(KeyFileError::NoKey { .. })
    ));
    keys.load_node(&passphrase()).unwrap();
    assert_eq!(
        keys.public_signer(KeyRole::Log).unwrap(),
        *made.log.verifier()
    );
}

#[test]
fn a_rotation_keeps_the_old_key_until_it_is_promoted() {
    let (folder, keys, made) = made();
    let next = keys.begin_rotation(&passphrase()).unwrap();
    assert_eq!(next.name(), ORIGIN);
    let waiting = keys.load_node(&passphrase()).unwrap();
    assert_eq!(waiting.log.verifier(), made.log.verifier());
    assert_eq!(waiting.pending_log.unwrap().verifier(), &next);
    assert!(matches!(
        keys.begin_rotation(&passphrase()),
        Err(KeyFileError::File(FileFault::Exists(_)))
    ));
    let wrong = keys.promote_pending(made.log.verifier()).unwrap_err();
    assert!(
        matches!(wrong, KeyFileError::OtherPending { .. }),
        "{wrong}"
    );

    keys.promote_pending(&next).unwrap();
    keys.promote_pending(&next).unwrap();
    let rotated = keys.load_node(&passphrase()).unwrap();
    assert_eq!(
        (rotated.log.verifier(), rotated.pending_log.is_none()),
        (&next, true)
    );
    let retired = format!("log.{}.retired.age", hex::encode(made.log.verifier().id()));
    let path = folder.path().join("keys").join(retired);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let sealed = fs::read(&path).unwrap();
    let old = sealed::open(&sealed, passphrase(), &path).unwrap();
    assert_eq!(old.as_slice(), made.log.to_secret_text().as_bytes());
}

#[test]
fn a_promotion_cut_off_at_any_point_is_completed() {
    // The states that a crash can leave, made from the whole folder before and after.
    for renamed in [false, true] {
        for public_written in [false, true] {
            let (folder, keys, _) = made();
            let path = folder.path().join("keys");
            let next = keys.begin_rotation(&passphrase()).unwrap();
            if renamed {
                fs::rename(path.join("log.pending.age"), path.join("log.age")).unwrap();
            }
            if renamed && public_written {
                fs::copy(path.join("log.pending.pub"), path.join("log.pub")).unwrap();
            }
            let opened = keys.load_node(&passphrase()).unwrap();
            assert_eq!(*opened.log.verifier() == next, renamed);
            keys.promote_pending(&next).unwrap();
            assert_eq!(*keys.load_node(&passphrase()).unwrap().log.verifier(), next);
            assert_eq!(keys.public_signer(KeyRole::Log).unwrap(), next);
            assert!(
                !path.join("log.pending.age").exists() && !path.join("log.pending.pub").exists()
            );
        }
    }
}

#[test]
fn a_witness_has_no_log_key() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyFolder::new(folder.path().join("keys")).with_work_factor(4);
    let (cosigner, peer) = keys
        .create_witness("witness.example.org", &passphrase())
        .unwrap();
    assert_eq!(
        keys.load_signer(KeyRole::Cosigner, &passphrase())
            .unwrap()
            .verifier(),
        cosigner.verifier()
    );
    assert_eq!(
        keys.load_peer(&passphrase()).unwrap().public(),
        peer.public()
    );
    assert!(matches!(
        keys.load_node(&passphrase()),
        Err(KeyFileError::NoKey {
            role: KeyRole::Log,
            ..
        })
    ));
}

#[test]
fn a_file_that_asks_for_too_much_work_is_not_tried() {
    let mut recipient = age::scrypt::Recipient::new(passphrase());
    recipient.set_work_factor(4);
    let sealed = age::encrypt(&recipient, b"x").unwrap();
    let text = String::from_utf8_lossy(&sealed[..60]).into_owned();
    let at = text.match_indices(" 4\n").next().unwrap().0 + 1;
    let mut costly = sealed.clone();
    costly.splice(at..=at, *b"19");
    let refused = sealed::open(&costly, passphrase(), Path::new("log.age")).unwrap_err();
    assert!(
        matches!(refused, KeyFileError::TooMuchWork { found: 19, .. }),
        "{refused}"
    );
}

#[test]
fn debug_output_holds_no_secret() {
    let (_folder, _keys, made) = made();
    let secret = made.log.to_secret_text();
    let shown = format!(
        "{made:?} {:?} {:?}",
        made.log,
        PassphraseSource::Given(passphrase())
    );
    // `PRIVATE+KEY+name+hash+key`, and base64 has pluses of its own.
    let key = secret.splitn(5, '+').last().unwrap();
    assert!(key.len() > 40, "{}", key.len());
    assert!(
        !shown.contains(key) && !shown.contains("six random words"),
        "{shown}"
    );
    assert!(shown.contains("[hidden]") && shown.contains(ORIGIN));
}

#[test]
fn a_passphrase_file_is_one_line_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passphrase");
    let read = |content: &[u8], mode| {
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        PassphraseSource::File(path.clone())
            .read()
            .map(|secret| secret.expose_secret().to_owned())
    };
    for content in ["correct horse\n", "correct horse", "correct horse\r\n"] {
        assert_eq!(read(content.as_bytes(), 0o600).unwrap(), "correct horse");
    }
    let many = [
        b"a".repeat(PASSPHRASE_LEN_MAX + 1),
        b"a\nb\n".to_vec(),
        b"\n".to_vec(),
        Vec::new(),
        vec![0xff, 0xfe],
    ];
    for content in many {
        assert!(
            matches!(read(&content, 0o600), Err(PassphraseError::NotOneLine)),
            "{content:?}"
        );
    }
    assert!(matches!(
        read(&[b'a'; 9000], 0o600),
        Err(PassphraseError::File(FileFault::TooLarge { .. }))
    ));
    assert!(matches!(
        read(b"correct horse\n", 0o644),
        Err(PassphraseError::File(FileFault::Permissions { .. }))
    ));
    assert_eq!(
        read(&b"a".repeat(PASSPHRASE_LEN_MAX), 0o400).unwrap().len(),
        PASSPHRASE_LEN_MAX
    );
}

#[test]
fn a_systemd_credential_is_read_from_its_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("countersign"), "correct horse\n").unwrap();
    let source = PassphraseSource::credential_in(Some(folder.path()), "countersign").unwrap();
    assert_eq!(source.read().unwrap().expose_secret(), "correct horse");
    for name in ["", ".", "..", "../passwd", "/etc/passwd", "a/b"] {
        let refused = PassphraseSource::credential_in(Some(folder.path()), name);
        assert!(
            matches!(refused, Err(PassphraseError::CredentialName(_))),
            "{name:?}"
        );
    }
    let none = PassphraseSource::credential_in(None, "countersign");
    assert!(matches!(none, Err(PassphraseError::NoCredentials(_))));
}

#[test]
fn a_new_key_needs_a_longer_passphrase_than_an_old_one() {
    let short = PassphraseSource::Given(SecretString::from("elevenchars"));
    assert!(short.read().is_ok());
    assert!(matches!(
        short.read_for_new_key(),
        Err(PassphraseError::TooShort)
    ));
    assert!(
        PassphraseSource::Given(SecretString::from("twelve chars"))
            .read_for_new_key()
            .is_ok()
    );
}
