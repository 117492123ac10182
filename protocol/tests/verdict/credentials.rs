//! Credentials say what their evidence says, are signed by the ledger's own key, and are nothing else.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::article6::{AuthorisedUse, NdcPeriod};
use countersign_protocol::credential::{CredentialError, Signed, check, did_key, is_one, issue};
use countersign_protocol::log::{KeyKind, Policy, SignerKey};
use countersign_protocol::record::{Article6, Authorisation, Body, Metric};
use countersign_protocol::verdict::{Verdict, judge};
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::scene::{ORIGIN, issued, moved, record, retired, trust};

fn authorised() -> Vec<u8> {
    let authorisation = Authorisation {
        id: "GH-CH-2026-01".parse().unwrap(),
        party: "GH".parse().unwrap(),
        version: 1,
        approach: "CA0007".parse().unwrap(),
        parties: vec!["CH".parse().unwrap()],
        entities: Vec::new(),
        date: "2026-01-15".parse().unwrap(),
        issue_until: Some("2031-12-31".parse().unwrap()),
        use_until: None,
        definition: None,
        uses: AuthorisedUse::Ndc,
        oimp: None,
        framework: "Ghana Carbon Market Framework 2022".parse().unwrap(),
        changes: "By a new version".parse().unwrap(),
        reach: None,
        reaches_first_transferred: false,
        quantity: 1_000_000,
        registry: "GHA01".parse().unwrap(),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: vec!["3".parse().unwrap()],
        activities: None,
        projects: vec![7],
        terms: None,
        document: [0x61; 32],
        by: Vec::new(),
    };
    record(
        4,
        Body::Article6(Box::new(Article6::Authorisation(Box::new(authorisation)))),
    )
}

fn ledger() -> Ledger {
    let leaves = vec![
        issued("GH-1-500"),
        moved("GH-1-500"),
        retired("GH-1-5"),
        authorised(),
    ];
    Ledger::new(ORIGIN, 1, leaves)
}

fn signer(seed: u8) -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[seed; 32]).unwrap()
}

fn payload(credential: &str) -> Value {
    let part = credential.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The credential with other words, under a signature that is right.
fn forged(signer: &SignerKey, header: &Value, payload: &Value) -> String {
    use ed25519_dalek::{Signer, SigningKey};
    let secret = if *signer.verifier() == *self::signer(1).verifier() {
        1
    } else {
        66
    };
    let parts = [header, payload].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
    let signed = parts.join(".");
    let signature = SigningKey::from_bytes(&[secret; 32]).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn header(signer: &SignerKey) -> Value {
    let did = did_key(signer.verifier());
    let kid = format!("{did}#{}", did.strip_prefix("did:key:").unwrap());
    json!({"alg": "EdDSA", "kid": kid, "typ": "vc+jwt", "cty": "vc"})
}

#[test]
fn a_credential_says_what_the_record_says_and_its_evidence_is_judged_as_any_bundle() {
    let (ledger, policy) = (ledger(), trust(&ledger()));
    let subjects = [
        (0, "UnitIssuance", json!("500")),
        (2, "UnitRetirement", json!("5")),
        (3, "ItmoAuthorisation", Value::Null),
    ];
    for (index, kind, tonnes) in subjects {
        let bundle = ledger.bundle(index);
        let credential = issue(&signer(1), &bundle).unwrap();
        assert!(is_one(&credential) && !is_one(&bundle));
        let Signed {
            issuer,
            kind: found,
            bundle: carried,
        } = check(&policy, &credential).unwrap();
        assert_eq!(issuer, did_key(signer(1).verifier()));
        assert_eq!(found, format!("{kind}Credential"));
        assert_eq!(carried, bundle);
        let judged = judge(&policy, carried.as_bytes(), &[]);
        assert_ne!(judged.verdict, Verdict::Altered);
        let said = payload(&credential);
        assert_eq!(said["@context"][0], "https://www.w3.org/ns/credentials/v2");
        assert_eq!(said["type"], json!(["VerifiableCredential", found]));
        assert_eq!(said["credentialSubject"]["type"], kind);
        assert_eq!(said["credentialSubject"]["tonnes"], tonnes);
        assert_eq!(said["credentialSubject"]["entry"], index.to_string());
        assert!(said["validFrom"].as_str().unwrap().ends_with('Z'));
    }
    assert_eq!(
        issue(&signer(1), &ledger.bundle(1)),
        Err(CredentialError::Kind)
    );
}

#[test]
fn whatever_was_changed_is_refused() {
    let (ledger, policy) = (ledger(), trust(&ledger()));
    let good = issue(&signer(1), &ledger.bundle(2)).unwrap();
    // Every hundredth character, and the last ones: none may be another.
    for at in (0..good.len())
        .step_by(97)
        .chain(good.len() - 3..good.len() - 1)
    {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes).unwrap();
        assert!(check(&policy, &text).is_err(), "at {at}");
    }
    // The ledger's own key does not make more of it than the record says.
    let said = payload(&good);
    for (place, value) in [
        ("/credentialSubject/tonnes", json!("6")),
        ("/credentialSubject/purpose", json!("voluntary")),
        ("/credentialSubject/units/0", json!("GH-1-6")),
        ("/validFrom", json!("2020-01-01T00:00:00Z")),
        ("/issuer/ledger", json!("other.example/ledger")),
        ("/id", json!("urn:other")),
        ("/type/1", json!("UnitIssuanceCredential")),
    ] {
        let mut other = said.clone();
        *other.pointer_mut(place).unwrap() = value;
        let text = forged(&signer(1), &header(&signer(1)), &other);
        assert_eq!(
            check(&policy, &text),
            Err(CredentialError::Differs),
            "{place}"
        );
    }
    let mut more = said.clone();
    more["credentialSubject"]["beneficiary"] = json!("Somebody");
    let text = forged(&signer(1), &header(&signer(1)), &more);
    assert_eq!(check(&policy, &text), Err(CredentialError::Differs));
    // The same words are right again.
    let text = forged(&signer(1), &header(&signer(1)), &said);
    assert!(check(&policy, &text).is_ok());
}

#[test]
fn nobody_but_the_key_of_a_ledger_in_the_policy_issues() {
    let (ledger, policy) = (ledger(), trust(&ledger()));
    let stranger = issue(&signer(66), &ledger.bundle(0)).unwrap();
    assert!(matches!(
        check(&policy, &stranger),
        Err(CredentialError::UnknownIssuer(_))
    ));
    // Under the right name, by a wrong key.
    let said = payload(&issue(&signer(1), &ledger.bundle(0)).unwrap());
    let text = forged(&signer(66), &header(&signer(1)), &said);
    assert_eq!(check(&policy, &text), Err(CredentialError::Signature));
    // Another key id, and other algorithms.
    let text = forged(&signer(1), &header(&signer(66)), &said);
    assert_eq!(check(&policy, &text), Err(CredentialError::Signature));
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("typ", json!("JWT")),
        ("crit", json!(["b64"])),
    ] {
        let mut other = header(&signer(1));
        other[name] = value;
        let text = forged(&signer(1), &other, &said);
        assert!(
            matches!(check(&policy, &text), Err(CredentialError::Algorithm(_))),
            "{name}"
        );
    }
    for text in ["", "eyJ", "a.b", "eyJ.eyJ.x", &"eyJ.".repeat(200_000)] {
        assert!(check(&policy, text).is_err());
    }
    let key = did_key(signer(1).verifier());
    assert!(key.starts_with("did:key:z6Mk"), "{key}");
}

/// The credentials that the verifier in Python checks too. `COUNTERSIGN_BLESS=1` writes them anew.
#[test]
fn credentials_are_those_of_the_golden_files() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/credentials");
    let ledger = ledger();
    let policy: Policy = trust(&ledger);
    let mut files = vec![("policy".to_owned(), ledger.trust(2))];
    for (index, name) in [
        (0, "issuance.vc.jwt"),
        (2, "retirement.vc.jwt"),
        (3, "authorisation.vc.jwt"),
    ] {
        let credential = issue(&signer(1), &ledger.bundle(index)).unwrap();
        files.push((name.to_owned(), format!("{credential}\n")));
    }
    for (name, text) in files {
        let path = folder.join(&name);
        if std::env::var_os("COUNTERSIGN_BLESS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let golden = fs::read_to_string(&path).unwrap();
        assert_eq!(golden, text, "{name}");
        assert!(name == "policy" || check(&policy, &golden).is_ok());
    }
}
