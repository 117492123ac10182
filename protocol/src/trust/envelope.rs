//! A metadata file: what is signed, and the signatures on it.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Field;
use super::json::Json;
use super::key::{TufKeyId, lower_hex};
use super::refusal::TrustRefusal;
use super::role::{KeyRing, RoleKeys};
use super::{KEYS_MAX, SIGNATURE_TEXT_MAX};
use crate::log::{Hash, SignerKey, VerifierKey};
use sha2::{Digest, Sha256};

/// A metadata file as read. Believe it only after [`Envelope::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    file: String,
    signed: Json,
    /// What is signed, in its one spelling.
    canonical: Vec<u8>,
    /// By key id, as the file spells it. One that cannot be a signature of ours is kept and never counts.
    signatures: BTreeMap<String, String>,
}

impl Envelope {
    /// A file that nobody has signed yet.
    #[must_use]
    pub fn unsigned(file: &str, signed: Json) -> Self {
        Self {
            file: file.to_owned(),
            canonical: signed.canonical(),
            signed,
            signatures: BTreeMap::new(),
        }
    }

    /// Reads a file; `file` is its name in refusals.
    ///
    /// # Errors
    /// [`TrustRefusal`] when it is too large, no JSON, or has two signatures under one key id.
    pub fn parse(file: &str, bytes: &[u8], max: usize) -> Result<Self, TrustRefusal> {
        if bytes.len() > max {
            return Err(TrustRefusal::TooLarge {
                file: file.to_owned(),
                max,
            });
        }
        let whole = Json::parse(bytes).map_err(|reason| TrustRefusal::Json {
            file: file.to_owned(),
            reason,
        })?;
        let whole = Field::whole(file, &whole);
        let signed = whole.get("signed")?;
        signed.get("_type")?.text()?;
        let mut signatures = BTreeMap::new();
        for item in whole.get("signatures")?.items(KEYS_MAX)? {
            let (id, signature) = (item.get("keyid")?, item.get("sig")?);
            for text in [&id, &signature] {
                if text.text()?.len() > SIGNATURE_TEXT_MAX {
                    return Err(text.fault("it is longer than any key id or signature"));
                }
            }
            let (id_text, signature) = (id.text()?.to_owned(), signature.text()?.to_owned());
            if signatures.insert(id_text, signature).is_some() {
                return Err(id.fault("this key has signed twice; one key counts once"));
            }
        }
        let signed = signed.json().clone();
        Ok(Self {
            file: file.to_owned(),
            canonical: signed.canonical(),
            signed,
            signatures,
        })
    }

    /// Its name.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The same file under another name in refusals.
    #[must_use]
    pub fn named(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// What is signed.
    #[must_use]
    pub const fn signed(&self) -> &Json {
        &self.signed
    }

    /// SHA-256 of what is signed, in its one spelling. Signatures do not change it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::digest(&self.canonical).into()
    }

    /// The file's bytes, signatures in the order of their key ids.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let line = |(id, signature): (&String, &String)| {
            Json::object([("keyid", Json::text(id)), ("sig", Json::text(signature))])
        };
        let whole = Json::object([
            (
                "signatures",
                Json::List(self.signatures.iter().map(line).collect()),
            ),
            ("signed", self.signed.clone()),
        ]);
        whole.pretty().into_bytes()
    }

    /// The keys of a ring whose signatures verify. A key counts once, whatever the file says.
    #[must_use]
    pub fn signers(&self, keys: &KeyRing) -> BTreeSet<TufKeyId> {
        let good = |(id, key): (&TufKeyId, &VerifierKey)| {
            let signature = lower_hex::<64>(self.signatures.get(&id.to_string())?)?;
            key.verify_ed25519(&self.canonical, &signature)
                .then_some(*id)
        };
        keys.iter().filter_map(good).collect()
    }

    /// Checks that a role's threshold of different keys has signed. `delegator` is the file that names the keys.
    ///
    /// # Errors
    /// [`TrustRefusal::TooFewSignatures`] otherwise.
    pub fn check(
        &self,
        keys: &KeyRing,
        role: &RoleKeys,
        name: &str,
        delegator: &str,
    ) -> Result<(), TrustRefusal> {
        let have = self.signers(keys).intersection(&role.keys).count();
        if have as u64 >= role.threshold {
            return Ok(());
        }
        Err(TrustRefusal::TooFewSignatures {
            file: self.file.clone(),
            role: name.to_owned(),
            delegator: delegator.to_owned(),
            have,
            need: role.threshold,
        })
    }

    /// Adds the signature of a keyholder whom one of these roles names.
    ///
    /// # Errors
    /// [`TrustRefusal::NotYourFile`] for another key, [`TrustRefusal::SignedAlready`] for a second time.
    pub fn sign(
        &mut self,
        key: &SignerKey,
        allowed: &BTreeSet<TufKeyId>,
    ) -> Result<(), TrustRefusal> {
        let id = TufKeyId::of(key.verifier());
        let holder = key.name().to_owned();
        if !allowed.contains(&id) {
            return Err(TrustRefusal::NotYourFile {
                file: self.file.clone(),
                key: id,
                holder,
            });
        }
        let ring = KeyRing::from([(id, key.verifier().clone())]);
        if !self.signers(&ring).is_empty() {
            return Err(TrustRefusal::SignedAlready {
                file: self.file.clone(),
                holder,
            });
        }
        let signature = hex::encode(key.sign_ed25519(&self.canonical));
        self.signatures.insert(id.to_string(), signature);
        Ok(())
    }
}
