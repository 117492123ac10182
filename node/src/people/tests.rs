#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use countersign_protocol::id::RequestId;
use countersign_protocol::record::{Commitment, Name};
use sha2::{Digest, Sha256};

use super::*;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

#[test]
fn a_token_opens_the_door_for_its_name_only() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("tokens.json");
    let operator = Tokens::add(&list, "operator", &folder.path().join("a")).unwrap();
    let auditor = Tokens::add(&list, "auditor", &folder.path().join("b")).unwrap();
    let tokens = Tokens::load(&list).unwrap();
    assert_eq!(tokens.actor(&operator).unwrap().name(), "operator");
    assert_eq!(tokens.actor(&auditor).unwrap().name(), "auditor");
    assert_eq!(tokens.actor(&ApiToken::draw().unwrap()), None);
}

#[test]
fn the_list_holds_no_token_and_both_files_are_private() {
    let folder = tempfile::tempdir().unwrap();
    let (list, file) = (folder.path().join("tokens.json"), folder.path().join("t"));
    let token = Tokens::add(&list, "operator", &file).unwrap();
    let kept = fs::read_to_string(&list).unwrap();
    assert!(!kept.contains(&token.expose()[4..]));
    assert!(token.expose().starts_with(TOKEN_PREFIX) && token.expose().len() == 68);
    for path in [&list, &file] {
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    assert_eq!(ApiToken::read(&file).unwrap().expose(), token.expose());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(ApiToken::read(&file), Err(TokenError::File(_))));
    assert!(!format!("{token:?}").contains(&token.expose()[4..]));
}

#[test]
fn a_name_is_given_once_and_must_be_plain() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("tokens.json");
    Tokens::add(&list, "operator", &folder.path().join("a")).unwrap();
    let again = Tokens::add(&list, "operator", &folder.path().join("b"));
    assert!(matches!(again, Err(TokenError::Taken(_))));
    for bad in ["", "Operator", "a b", "a\nb", &"x".repeat(65)] {
        let refused = Tokens::add(&list, bad, &folder.path().join("c"));
        assert!(matches!(refused, Err(TokenError::Name(_))), "{bad:?}");
    }
    assert!(!folder.path().join("b").exists() && !folder.path().join("c").exists());
}

#[test]
fn a_text_that_is_not_exactly_a_token_is_none() {
    let good = format!("cst_{}", "0a".repeat(32));
    assert!(good.parse::<ApiToken>().is_ok());
    for bad in [
        good.to_uppercase(),
        good.replace("cst_", "cst-"),
        format!("{good}0"),
        good[..67].to_owned(),
        format!(" {good}"),
        String::new(),
    ] {
        assert!(bad.parse::<ApiToken>().is_err(), "{bad}");
    }
}

#[test]
fn a_commitment_is_the_hash_of_salt_and_name_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Beneficiaries::open(&folder.path().join("private")).unwrap();
    let request = RequestId([7; 16]);
    let commitment = kept.keep(&request, &name("Ama Mensah"), false).unwrap();
    let Beneficiary { salt, name: held } = kept.get(&request).unwrap().unwrap();
    let expected = Sha256::digest([salt.as_slice(), b"Ama Mensah"].concat());
    assert_eq!(commitment, Commitment(expected.into()));
    assert_eq!(held.as_str(), "Ama Mensah");
    let again = kept.keep(&request, &name("Ama Mensah"), false).unwrap();
    assert_eq!(again, commitment);
    let elsewhere = kept
        .keep(&RequestId([8; 16]), &name("Ama Mensah"), false)
        .unwrap();
    assert_ne!(elsewhere, commitment, "every request has its own salt");
}

#[test]
fn another_name_replaces_the_kept_one_only_before_the_ledger_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Beneficiaries::open(&folder.path().join("private")).unwrap();
    let request = RequestId([7; 16]);
    let first = kept.keep(&request, &name("Ama"), false).unwrap();
    let second = kept.keep(&request, &name("Kofi"), false).unwrap();
    assert_ne!(first, second);
    let third = kept.keep(&request, &name("Esi"), true).unwrap();
    assert_ne!(
        third, second,
        "another name must not pass for the written one"
    );
    assert_eq!(kept.get(&request).unwrap().unwrap().name, name("Kofi"));
    kept.erase(&request).unwrap();
    kept.erase(&request).unwrap();
    assert_eq!(kept.get(&request).unwrap(), None);
}

mod accounts;
mod doors;
mod factors;
mod file;
mod keys;
mod proposals;
mod rights;
mod sealing;
mod silence;
mod world;
