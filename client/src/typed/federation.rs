//! The calls about partners and their ledgers.

use countersign_protocol::federation::parcel::Parcel;
use countersign_protocol::party::Party;

use crate::types::{
    AccusationView, AgreementText, AgreementView, DraftText, EvidenceText, FreezeView, InviteText,
    LedgerComparisonView, MirrorView, Pong, UnpackedParcel,
};
use crate::{Client, ClientError};

impl Client {
    /// This node's invite, which a partner takes.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn invite(&self) -> Result<InviteText, ClientError> {
        self.get("invite", &[]).await
    }

    /// Whether a partner's node answers, and how fast.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn ping_partner(&self, party: Party) -> Result<Pong, ClientError> {
        self.just_ask(&format!("partners/{party}/ping")).await
    }

    /// Agreements with partners.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn agreements(&self) -> Result<Vec<AgreementView>, ClientError> {
        self.all("agreements").await
    }

    /// Signs the draft of an agreement; gives it with the signature.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn sign_agreement(&self, draft: &DraftText) -> Result<AgreementText, ClientError> {
        self.ask("agreements/sign", draft).await
    }

    /// How this ledger and each partner's stand to each other, as they were last compared.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn reconciliations(&self) -> Result<Vec<LedgerComparisonView>, ClientError> {
        self.all("reconciliations").await
    }

    /// Compares this ledger with a partner's now.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn compare_with(&self, party: Party) -> Result<LedgerComparisonView, ClientError> {
        self.just_ask(&format!("reconciliations/{party}")).await
    }

    /// Partners' orders that units stay where they are. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn freezes(&self) -> Result<Vec<FreezeView>, ClientError> {
        self.all("freezes").await
    }

    /// How the mirrors of partners' ledgers stand.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn mirrors(&self) -> Result<Vec<MirrorView>, ClientError> {
        self.all("mirrors").await
    }

    /// Ledgers that are accused of two lines, with the evidence.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn accusations(&self) -> Result<Vec<AccusationView>, ClientError> {
        self.all("accusations").await
    }

    /// Brings evidence that a ledger has two lines.
    ///
    /// # Errors
    /// [`ClientError`]; evidence that proves nothing is refused.
    pub async fn bring_evidence(
        &self,
        evidence: &EvidenceText,
    ) -> Result<AccusationView, ClientError> {
        self.ask("evidence", evidence).await
    }

    /// Takes what a courier brought from a partner; gives the answer to be brought back.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn unpack(&self, parcel: &Parcel) -> Result<UnpackedParcel, ClientError> {
        self.ask("parcels", parcel).await
    }
}
