//! Verifiable Credentials (W3C VCDM 2.0) of authorisations, issuances and retirements, with their proof bundle as evidence.
//!
//! A credential is secured as a JWS (W3C "Securing Verifiable Credentials using JOSE and COSE", section 3.1.1): of the forms that
//! the data model has, the one that needs no canonical JSON, and that every JWT library checks. Its issuer is the key that signs
//! the ledger's checkpoints, as a `did:key`: it is resolved without a network, and whoever has a policy file has that key in it.
//! It never signs two readings of the same bytes: the text of a checkpoint has lines, a JWS has none.
//!
//! The signature says who; the evidence says that it stands in a ledger that witnesses have seen. A credential says nothing that
//! does not follow from the record in its evidence, and one that says more is refused. Names of beneficiaries are not in it, nor
//! is who acted.

mod subject;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::log::{KeyKind, Policy, SignerKey, TlogProof, VerifierKey};
use crate::record::Record;
use crate::time::Timestamp;
use crate::verdict::Unproven;
use subject::Subject;

/// The media type (W3C VC JOSE COSE, section 6.1.1).
pub const MEDIA_TYPE: &str = "application/vc+jwt";

/// The largest credential: a bundle with the longest leaf, twice in base64, and what is said of it.
pub const BYTES_MAX: usize = 512 * 1024;

/// The data model, and a vocabulary for the words that are ours.
const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
const VOCABULARY: &str = "urn:countersign:credential:";

/// Why a text is no credential that can be believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CredentialError {
    /// The text is none, or is larger than any.
    #[error("it is no credential: {0}")]
    Form(&'static str),
    /// It is secured in another way.
    #[error("it is signed as {0:?}, and this reads EdDSA with type vc+jwt only")]
    Algorithm(String),
    /// The policy does not name its issuer.
    #[error(
        "its issuer {0} is the key of no ledger in the policy; if the ledger has a new key since, ask the registry for it anew"
    )]
    UnknownIssuer(String),
    /// The signature is not its issuer's.
    #[error("its signature is not that of its issuer: it was altered")]
    Signature,
    /// The evidence proves nothing.
    #[error("its evidence proves nothing: {0}")]
    Evidence(#[from] Unproven),
    /// It says something else than the record in its evidence.
    #[error(
        "it does not say what the record in its evidence says: it was altered, or is of another version"
    )]
    Differs,
    /// Records of this kind have none.
    #[error(
        "there are credentials of authorisations, issuances and retirements, and this is a record of another kind"
    )]
    Kind,
}

#[derive(Serialize)]
struct Credential<'a> {
    #[serde(rename = "@context")]
    context: (&'static str, Vocabulary),
    id: String,
    #[serde(rename = "type")]
    kinds: [&'static str; 2],
    issuer: Issuer,
    #[serde(rename = "validFrom")]
    valid_from: String,
    #[serde(rename = "credentialSubject")]
    subject: Subject,
    evidence: [Evidence<'a>; 1],
}

#[derive(Serialize)]
struct Vocabulary {
    #[serde(rename = "@vocab")]
    vocabulary: &'static str,
}

#[derive(Serialize)]
struct Issuer {
    id: String,
    /// The ledger, by the origin of its checkpoints.
    ledger: String,
}

#[derive(Serialize)]
struct Evidence<'a> {
    #[serde(rename = "type")]
    kind: [&'static str; 1],
    /// The bundle (C2SP tlog-proof) with the record in its extra line.
    #[serde(rename = "tlogProof")]
    proof: &'a str,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    kid: String,
    typ: &'a str,
    cty: &'a str,
}

/// Whether there are credentials of a record.
#[must_use]
pub fn is_of(record: &Record) -> bool {
    subject::kind(&record.body).is_some()
}

/// The credential of a record, signed by the key of its ledger's log. `bundle` is the record's proof.
///
/// # Errors
/// [`CredentialError::Kind`]; [`CredentialError::Evidence`] when the bundle carries no record.
pub fn issue(signer: &SignerKey, bundle: &str) -> Result<String, CredentialError> {
    let issuer = did_key(signer.verifier());
    let payload = payload(signer.verifier(), &issuer, bundle)?;
    let payload =
        serde_json::to_vec(&payload).map_err(|_| CredentialError::Form("it is too deep"))?;
    let header = Header {
        alg: "EdDSA",
        kid: key_id(&issuer),
        typ: "vc+jwt",
        cty: "vc",
    };
    let header = serde_json::to_vec(&header).map_err(|_| CredentialError::Form("its header"))?;
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signature = signer.sign_ed25519(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What the record in a bundle says, as a credential of this issuer.
fn payload<'a>(
    key: &VerifierKey,
    issuer: &str,
    bundle: &'a str,
) -> Result<Credential<'a>, CredentialError> {
    let proof = TlogProof::parse(bundle).map_err(Unproven::from)?;
    let leaf = proof.extra.as_deref().ok_or(Unproven::NoLeaf)?;
    let record = Record::decode(leaf).map_err(|_| CredentialError::Kind)?;
    let kind = subject::kind(&record.body).ok_or(CredentialError::Kind)?;
    let seconds = Timestamp::from_seconds(record.time_ms / 1000);
    Ok(Credential {
        context: (
            CONTEXT,
            Vocabulary {
                vocabulary: VOCABULARY,
            },
        ),
        id: format!("urn:countersign:entry:{}:{}", key.name(), proof.index),
        kinds: ["VerifiableCredential", kind],
        issuer: Issuer {
            id: issuer.to_owned(),
            ledger: key.name().to_owned(),
        },
        valid_from: seconds.map_or_else(|_| String::new(), |it| it.to_string()),
        subject: Subject::of(&record.body, proof.index).ok_or(CredentialError::Kind)?,
        evidence: [Evidence {
            kind: ["TransparencyLogProof"],
            proof: bundle,
        }],
    })
}

/// A credential that its issuer signed, and that says what its evidence says. The evidence itself is judged as every bundle is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who issued it: the key of the ledger's log.
    pub issuer: String,
    /// Its type.
    pub kind: String,
    /// The proof bundle.
    pub bundle: String,
}

/// Whether a text looks like a credential: one line, three parts, and a JSON object in front.
#[must_use]
pub fn is_one(text: &str) -> bool {
    let text = text.trim_end();
    text.starts_with("eyJ") && text.split('.').count() == 3 && !text.contains(char::is_whitespace)
}

/// Checks who signed a credential, against the logs of a policy, and that it says what the record in its evidence says. Whether
/// that record stands in a witnessed ledger is told by [`judge`](crate::verdict::judge) of its bundle.
///
/// # Errors
/// [`CredentialError`]
pub fn check(policy: &Policy, text: &str) -> Result<Signed, CredentialError> {
    if text.len() > BYTES_MAX {
        return Err(CredentialError::Form("it is larger than any"));
    }
    let (signed, signature) = text
        .trim_end()
        .rsplit_once('.')
        .ok_or(CredentialError::Form("it has no three parts"))?;
    let (header, payload) = signed
        .split_once('.')
        .ok_or(CredentialError::Form("it has no three parts"))?;
    let header = json(header)?;
    let word = |name: &str| header.get(name).and_then(Value::as_str);
    if word("alg") != Some("EdDSA") || word("typ") != Some("vc+jwt") || header.get("crit").is_some()
    {
        let alg = word("alg").unwrap_or_default();
        return Err(CredentialError::Algorithm(alg.chars().take(32).collect()));
    }
    let payload = json(payload)?;
    let text_at = |place: &str| payload.pointer(place).and_then(Value::as_str);
    let issuer = text_at("/issuer/id").unwrap_or_default();
    let logs = policy.logs().iter().map(|log| &log.key);
    let mut logs = logs.filter(|key| key.kind() == KeyKind::Ed25519 && key.can_verify());
    let key = logs.find(|key| did_key(key) == issuer);
    let unknown = || CredentialError::UnknownIssuer(issuer.chars().take(80).collect());
    let key = key.ok_or_else(unknown)?;
    if word("kid") != Some(key_id(issuer).as_str()) {
        return Err(CredentialError::Signature);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature);
    let signature: [u8; 64] = signature
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(CredentialError::Signature)?;
    if !key.verify_ed25519(signed.as_bytes(), &signature) {
        return Err(CredentialError::Signature);
    }
    let bundle = text_at("/evidence/0/tlogProof").unwrap_or_default();
    let wanted = self::payload(key, issuer, bundle)?;
    let wanted = serde_json::to_value(&wanted).map_err(|_| CredentialError::Differs)?;
    if wanted != payload {
        return Err(CredentialError::Differs);
    }
    Ok(Signed {
        issuer: issuer.to_owned(),
        kind: text_at("/type/1").unwrap_or_default().to_owned(),
        bundle: bundle.to_owned(),
    })
}

fn json(part: &str) -> Result<Value, CredentialError> {
    let bytes = URL_SAFE_NO_PAD.decode(part);
    let bytes = bytes.map_err(|_| CredentialError::Form("it is no base64url"))?;
    serde_json::from_slice(&bytes).map_err(|_| CredentialError::Form("it is no JSON"))
}

/// A key as a DID (W3C CCG did:key): the multicodec of an Ed25519 public key, in base58btc.
#[must_use]
pub fn did_key(key: &VerifierKey) -> String {
    let mut bytes = vec![0xed, 0x01];
    bytes.extend_from_slice(key.public_key());
    format!("did:key:z{}", base58(&bytes))
}

/// The verification method of a `did:key`: the key, in the document that it is itself.
fn key_id(did: &str) -> String {
    let key = did.strip_prefix("did:key:").unwrap_or(did);
    format!("{did}#{key}")
}

/// Bytes in base58btc (multibase `z`, without the letter).
fn base58(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            // Below 58: it fits.
            *digit = u8::try_from(carry % 58).unwrap_or_default();
            carry /= 58;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 58).unwrap_or_default());
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| 0);
    let digits = zeros.chain(digits.into_iter().rev());
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::base58;

    #[test]
    fn base58_is_that_of_its_draft() {
        // draft-msporny-base58, section 5.
        assert_eq!(base58(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        let quick = b"The quick brown fox jumps over the lazy dog.";
        assert_eq!(
            base58(quick),
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
        );
        assert_eq!(base58(&hex::decode("0000287fb4cd").unwrap()), "11233QC4");
    }
}
