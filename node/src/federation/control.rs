//! What an operator does with the federation: partners, agreements, witnesses, keys.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use async_trait::async_trait;
use countersign_protocol::credential::{self, CredentialError};
use countersign_protocol::federation::agreement::{Agreement, AgreementFile};
use countersign_protocol::federation::invite::{Invite, InviteFields};
use countersign_protocol::federation::message::{Request, Response};
use countersign_protocol::federation::parcel::Parcel;
use countersign_protocol::federation::{HttpAddress, PeerAddress};
use countersign_protocol::id::RequestId;
use countersign_protocol::letter::{CertifyError, certify};
use countersign_protocol::log::{Hash, KeyKind, SignerKey, VerifierKey};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Partner, PartnerStatus};
use countersign_protocol::registry::Command;
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::Trust;
use secrecy::SecretString;

use crate::app::{
    FederationControl, FederationError as ControlError, PeerInfo, PingReply, Unpacked, WitnessInfo,
};
use crate::clock::now_ms;
use crate::federation::{
    AccusationError, Accused, CourierError, Federation, ReconcileError, Reconciled, joining,
};
use crate::ledger::{LedgerHandle, Receipt, Submission};
use crate::mirror::{Mirror, MirrorStatus};
use crate::network::{Multiaddr, NetworkHandle, PeerId};
use crate::ops::files::{self, PUBLIC_FILE_MODE};
use crate::ops::keys::{KeyFolder, KeyRole};
use crate::witness::OriginHash;

/// What the operator's side of the federation needs beside the running tasks.
pub struct ControlParts {
    /// The running federation.
    pub federation: Federation,
    /// The log key that signs now.
    pub log_key: SignerKey,
    /// The key with which this node cosigns others.
    pub cosigner_key: VerifierKey,
    /// Where partners reach this node; empty: where it listens.
    pub announce: Vec<Multiaddr>,
    /// Where this node's HTTP interface is reached, if partners may know.
    pub http: Option<HttpAddress>,
    /// The key files, for rotation.
    pub key_folder: KeyFolder,
    /// The passphrase of the key files.
    pub passphrase: SecretString,
    /// Where the invites of partners are kept: they say where partners are reached.
    pub invites: PathBuf,
}

/// The operator's side of the federation.
pub struct Control {
    parts: ControlParts,
    log_key: Mutex<SignerKey>,
}

impl Control {
    /// Joins the parts.
    #[must_use]
    pub fn new(parts: ControlParts) -> Self {
        let log_key = Mutex::new(parts.log_key.clone());
        Self { parts, log_key }
    }

    fn ledger(&self) -> &LedgerHandle {
        &self.parts.federation.shared.ledger
    }

    fn network(&self) -> &NetworkHandle {
        &self.parts.federation.shared.network
    }

    fn log_key(&self) -> SignerKey {
        self.log_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn partner(&self, party: Party) -> Result<Partner, ControlError> {
        let listed = self.ledger().read(|state| state.partner(party).cloned());
        listed
            .filter(|partner| partner.status != PartnerStatus::Removed)
            .ok_or(ControlError::UnknownPartner(party))
    }

    /// The last parcel of a partner without its bundles: it says from where on the next one must prove.
    fn last_parcel(&self, party: Party) -> Result<Option<Parcel>, ControlError> {
        let path = parcel_path(&self.parts.invites, party);
        match std::fs::read(&path) {
            // One that can not be read is only a hint lost.
            Ok(bytes) => Ok(Parcel::parse(&bytes).ok()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(internal(error)),
        }
    }

    fn keep_parcel(&self, mut parcel: Parcel) -> Result<(), ControlError> {
        parcel.bundles.clear();
        let path = parcel_path(&self.parts.invites, parcel.from);
        let bytes = serde_json::to_vec(&parcel).map_err(internal)?;
        files::replace(&path, &bytes, PUBLIC_FILE_MODE).map_err(internal)
    }

    async fn write(&self, request: RequestId, command: Command) -> Result<Receipt, ControlError> {
        Ok(self
            .ledger()
            .submit(Submission::new(request, command))
            .await?)
    }
}

/// The invite file of a partner.
#[must_use]
pub fn invite_path(folder: &std::path::Path, party: Party) -> PathBuf {
    folder.join(format!("{party}.invite"))
}

/// The last parcel of a partner.
fn parcel_path(folder: &std::path::Path, party: Party) -> PathBuf {
    folder.join(format!("{party}.parcel"))
}

/// The addresses that an invite gives, as libp2p reads them. Those that it can not read are left out.
#[must_use]
pub fn invited_addresses(invite: &Invite) -> Vec<Multiaddr> {
    invite
        .fields()
        .addresses
        .iter()
        .filter_map(|address| address.as_str().parse().ok())
        .collect()
}

/// What an invitation says: the file, the partner as the ledger lists it, and its node.
fn invited(invite: &str) -> Result<(Invite, Partner, PeerId), ControlError> {
    let refuse = |why: String| ControlError::Invite(why);
    let parsed = Invite::parse(invite.as_bytes()).map_err(|why| refuse(why.to_string()))?;
    let record = parsed.record().map_err(|why| refuse(why.to_string()))?;
    let peer = record
        .peer
        .as_str()
        .parse()
        .map_err(|_| refuse("its peer id is none".to_owned()))?;
    Ok((parsed, record, peer))
}

fn internal(why: impl std::fmt::Display) -> ControlError {
    ControlError::Internal(why.to_string())
}

fn parcel_refused(why: CourierError) -> ControlError {
    match why {
        CourierError::UnknownPartner(party) => ControlError::UnknownPartner(party),
        other => ControlError::Parcel(other.to_string()),
    }
}

fn key_of(partner: &Partner) -> Result<VerifierKey, ControlError> {
    partner
        .log_key
        .as_str()
        .parse()
        .map_err(|why| ControlError::Agreement(format!("{}: {why}", partner.party)))
}

#[async_trait]
impl FederationControl for Control {
    async fn peers(&self) -> Vec<PeerInfo> {
        let statuses = self.network().peers().await.unwrap_or_default();
        let listed: Vec<Partner> = self.ledger().read(|state| {
            state
                .partners()
                .filter(|partner| partner.status != PartnerStatus::Removed)
                .cloned()
                .collect()
        });
        let info = |partner: Partner| {
            let status = statuses
                .iter()
                .find(|status| status.peer.to_string() == partner.peer.as_str());
            PeerInfo {
                party: partner.party,
                peer: partner.peer.to_string(),
                connected: status.is_some_and(|status| status.connected),
                address: status
                    .and_then(|status| status.addresses.first())
                    .map(ToString::to_string),
                round_trip_us: status.and_then(|status| status.rtt_ms).map(microseconds),
            }
        };
        listed.into_iter().map(info).collect()
    }

    async fn witnesses(&self) -> Vec<WitnessInfo> {
        let seen = self.parts.federation.shared.cosigned();
        let policy = self.parts.federation.shared.verifier.policy();
        let info = |name: &str| {
            let (size, time_s) = seen.get(name).copied().unwrap_or((0, 0));
            WitnessInfo {
                name: name.to_owned(),
                size,
                last_ms: (size > 0).then_some(time_s * 1000),
                fault: None,
            }
        };
        policy
            .witnesses()
            .iter()
            .map(|witness| info(&witness.name))
            .collect()
    }

    async fn ping(&self, party: Party) -> Result<PingReply, ControlError> {
        let partner = self.partner(party)?;
        let unreachable = |why: String| ControlError::Unreachable { party, why };
        let peer: PeerId = partner
            .peer
            .as_str()
            .parse()
            .map_err(|_| unreachable("its peer id is none".to_owned()))?;
        let started = Instant::now();
        let question = Request::GetCheckpoint {
            origin: partner.origin.to_string(),
        };
        let answer = self
            .network()
            .request(peer, question)
            .await
            .map_err(|error| unreachable(error.to_string()))?;
        match answer {
            Response::Checkpoint { .. } | Response::Refused { .. } => {
                let round_trip_us =
                    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                Ok(PingReply {
                    peer: partner.peer.to_string(),
                    round_trip_us,
                })
            }
            other => Err(unreachable(format!("it answered with {}", other.kind()))),
        }
    }

    async fn check_partner(&self, invite: &str) -> Result<Command, ControlError> {
        let (_, record, _) = invited(invite)?;
        Ok(Command::SetPartner(record))
    }

    async fn check_removal(&self, party: Party) -> Result<Command, ControlError> {
        let removed = Partner {
            status: PartnerStatus::Removed,
            ..self.partner(party)?
        };
        Ok(Command::SetPartner(removed))
    }

    async fn check_agreement(&self, agreement: &str) -> Result<Command, ControlError> {
        let refuse = |why: &dyn std::fmt::Display| ControlError::Agreement(why.to_string());
        let file = AgreementFile::parse(agreement.as_bytes()).map_err(|why| refuse(&why))?;
        let own = self
            .ledger()
            .read(|state| state.genesis().map(|own| own.party));
        let own = own.ok_or_else(|| internal("the ledger has no genesis"))?;
        let partner = file.unverified().partner_of(own);
        let partner = self
            .partner(partner.ok_or_else(|| refuse(&format!("{own} is not one of its Parties")))?)?;
        let keys = [self.log_key().verifier().clone(), key_of(&partner)?];
        let record = file
            .record_for(own, [&keys[0], &keys[1]])
            .map_err(|why| refuse(&why))?;
        Ok(Command::SetAgreement(record))
    }

    async fn check_rotation(&self) -> Result<Command, ControlError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(internal)?;
        let name = self.log_key().name().to_owned();
        let drawn = SignerKey::from_seed(&name, KeyKind::Ed25519, &seed).map_err(internal)?;
        let log_key = drawn.verifier().to_string().parse().map_err(internal)?;
        Ok(Command::RotateKey { log_key })
    }

    async fn add_partner(&self, request: RequestId, invite: &str) -> Result<Receipt, ControlError> {
        let (parsed, record, peer) = invited(invite)?;
        let party = record.party;
        let receipt = self.write(request, Command::SetPartner(record)).await?;
        let path = invite_path(&self.parts.invites, party);
        files::replace(&path, invite.as_bytes(), PUBLIC_FILE_MODE).map_err(internal)?;
        self.network()
            .allow(peer, invited_addresses(&parsed))
            .await
            .map_err(internal)?;
        self.parts
            .federation
            .partner_listed(party, peer)
            .map_err(internal)?;
        Ok(receipt)
    }

    async fn remove_partner(
        &self,
        request: RequestId,
        party: Party,
    ) -> Result<Receipt, ControlError> {
        let command = self.check_removal(party).await?;
        let receipt = self.write(request, command).await?;
        if let Some(peer) = self
            .parts
            .federation
            .partner_removed(party)
            .map_err(internal)?
        {
            self.network().remove(peer).await.map_err(internal)?;
        }
        Ok(receipt)
    }

    async fn add_agreement(
        &self,
        request: RequestId,
        agreement: &str,
    ) -> Result<Receipt, ControlError> {
        let command = self.check_agreement(agreement).await?;
        self.write(request, command).await
    }

    fn credential(&self, bundle: &str) -> Result<String, CredentialError> {
        credential::issue(&self.log_key(), bundle)
    }

    fn certify(
        &self,
        pages: &[u8],
        bundle: &str,
        modified: Timestamp,
    ) -> Result<Vec<u8>, CertifyError> {
        certify(pages, &self.log_key(), bundle, modified)
    }

    async fn sign_agreement(&self, draft: &str) -> Result<String, ControlError> {
        let refuse = |why: &dyn std::fmt::Display| ControlError::Agreement(why.to_string());
        let key = self.log_key();
        let Ok(mut file) = AgreementFile::parse(draft.as_bytes()) else {
            let agreement: Agreement = draft.parse().map_err(|why| refuse(&why))?;
            return Ok(AgreementFile::sign(agreement, &key)
                .map_err(|why| refuse(&why))?
                .to_string());
        };
        let own = file.unverified().party_of(key.name());
        let own = own.ok_or_else(|| refuse(&"this Party is not one of its Parties"))?;
        let other = file
            .unverified()
            .partner_of(own)
            .ok_or_else(|| refuse(&"it names one Party"))?;
        let partner_key = key_of(&self.partner(other)?)?;
        file.countersign(&key, &partner_key)
            .map_err(|why| refuse(&why))?;
        Ok(file.to_string())
    }

    async fn own_invite(&self) -> Result<String, ControlError> {
        let own = self.ledger().read(|state| state.genesis().cloned());
        let own = own.ok_or_else(|| internal("the ledger has no genesis"))?;
        let listens = self.network().listen_addrs().await.map_err(internal)?;
        let addresses = if self.parts.announce.is_empty() {
            &listens
        } else {
            &self.parts.announce
        };
        let addresses: Result<Vec<PeerAddress>, _> = addresses
            .iter()
            .map(|address| address.to_string().parse())
            .collect();
        let key = self.log_key();
        let fields = InviteFields {
            party: own.party,
            origin: own.origin,
            registry: own.registry,
            log_key: key.verifier().clone(),
            cosigner_key: self.parts.cosigner_key.clone(),
            peer: self
                .network()
                .local_peer_id()
                .to_string()
                .parse()
                .map_err(internal)?,
            addresses: addresses.map_err(internal)?,
            http: self.parts.http.clone(),
            issued: Timestamp::from_seconds(now_ms() / 1000).map_err(internal)?,
        };
        Ok(Invite::sign(fields, &key)
            .map_err(|why| ControlError::Invite(why.to_string()))?
            .to_string())
    }

    async fn pack(&self, party: Party) -> Result<Parcel, ControlError> {
        self.partner(party)?;
        let told = self.last_parcel(party)?;
        let packed = self.parts.federation.pack(party, told.as_ref());
        packed.map_err(parcel_refused)
    }

    async fn unpack(&self, parcel: Parcel) -> Result<Unpacked, ControlError> {
        let unpacked = self.parts.federation.unpack(&parcel).await;
        let unpacked = unpacked.map_err(parcel_refused)?;
        self.keep_parcel(parcel)?;
        Ok(unpacked)
    }

    fn mirrors(&self) -> Vec<MirrorStatus> {
        self.parts.federation.mirrors().statuses()
    }

    fn mirrored(&self, origin: OriginHash) -> Option<Arc<Mirror>> {
        self.parts.federation.mirrors().find_hash(origin)
    }

    fn trust(&self) -> Option<Arc<Trust>> {
        self.parts.federation.shared.trust()
    }

    fn trust_file(&self, name: &str) -> Option<Vec<u8>> {
        self.parts.federation.shared.keeper.as_ref()?.served(name)
    }

    fn may_begin(&self, party: Party) -> Result<(), ControlError> {
        joining::may_begin(&self.parts.federation.shared, party)
            .map_err(|why| ControlError::NotNow { party, why })
    }

    fn evidence(&self, sha256: &Hash) -> Result<Option<String>, ControlError> {
        self.parts.federation.evidence(sha256).map_err(internal)
    }

    async fn accuse(&self, evidence: &str) -> Result<Accused, ControlError> {
        let accused = self.parts.federation.accuse(evidence).await;
        accused.map_err(|why| match why {
            AccusationError::Submit(error) => ControlError::Submit(error),
            AccusationError::File(error) => internal(error),
            other => ControlError::Evidence(other.to_string()),
        })
    }

    fn reconciliations(&self) -> Vec<Reconciled> {
        self.parts.federation.reconciliations()
    }

    async fn reconcile(&self, party: Party) -> Result<Reconciled, ControlError> {
        let compared = self.parts.federation.reconcile(party).await;
        compared.map_err(|why| match why {
            ReconcileError::NoPartner(party) => ControlError::UnknownPartner(party),
            ReconcileError::Submit(error) => ControlError::Submit(error),
            ReconcileError::Mirror(_) | ReconcileError::BrokenOff => internal(why),
            ReconcileError::NotCaughtUp(_)
            | ReconcileError::Audit { .. }
            | ReconcileError::Behind(_) => ControlError::NotCompared(why.to_string()),
        })
    }

    async fn rotate_log_key(&self, request: RequestId) -> Result<Receipt, ControlError> {
        let (folder, passphrase) = (self.parts.key_folder.clone(), self.parts.passphrase.clone());
        let keys = |why: &dyn std::fmt::Display| ControlError::Keys(why.to_string());
        // Opening a key file costs a deliberate tenth of a second: not on a thread that others wait for.
        let next = tokio::task::spawn_blocking(move || {
            folder.begin_rotation(&passphrase)?;
            folder.load_signer(KeyRole::PendingLog, &passphrase)
        });
        let next = next.await.map_err(internal)?.map_err(|why| keys(&why))?;
        self.ledger().hold_key(next.clone())?;
        let log_key = next
            .verifier()
            .to_string()
            .parse()
            .map_err(|why| keys(&why))?;
        let receipt = self.write(request, Command::RotateKey { log_key }).await?;
        self.parts
            .key_folder
            .promote_pending(next.verifier())
            .map_err(|why| keys(&why))?;
        *self.log_key.lock().unwrap_or_else(PoisonError::into_inner) = next;
        self.parts.federation.refresh().map_err(internal)?;
        Ok(receipt)
    }
}

/// Whole microseconds of a round trip in milliseconds.
fn microseconds(ms: f64) -> u64 {
    std::time::Duration::try_from_secs_f64(ms / 1000.0)
        .ok()
        .and_then(|round_trip| u64::try_from(round_trip.as_micros()).ok())
        .unwrap_or(u64::MAX)
}
