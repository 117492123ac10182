//! The calls with their types: here those about the registry itself.

mod article6;
mod bridges;
mod dmrv;
mod federation;
mod webhooks;

pub use article6::Article6Wish;

use countersign_protocol::id::{AccountId, TransferId};
use countersign_protocol::record::{Account, Organisation, Project};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::types::{
    AccountView, CancelAsked, HeadView, Held, HoldingView, Issued, Moved, NewAccount,
    NewAccountTransfer, NewCancel, NewHold, NewIssuance, NewOrganisation, NewProject,
    NewRetirement, NewTransfer, Page, PartnerView, Proposed, Retired, Sent, Status, TransferFilter,
    TransferView, Written,
};
use crate::{Answered, Client, ClientError, Key};

/// What came of a wish to record something that may take two people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Recorded<T> {
    /// It is on the ledger.
    Done(Written<T>),
    /// A second person must approve it.
    Proposed(Proposed),
}

macro_rules! writes {
    ($($(#[$about:meta])* $name:ident($body:ty) -> $made:ty = $path:literal;)+) => {
        impl Client {$(
            $(#[$about])*
            ///
            /// # Errors
            /// [`ClientError`]
            pub async fn $name(
                &self,
                key: &Key,
                wish: &$body,
            ) -> Result<Answered<Written<$made>>, ClientError> {
                self.write(&Method::POST, $path, key, Some(wish)).await
            }
        )+}
    };
}

writes! {
    /// Registers an organisation, in a registry that follows no process.
    add_organisation(NewOrganisation) -> Organisation = "organisations";
    /// Opens an account.
    open_account(NewAccount) -> Account = "accounts";
    /// Registers a project, in a registry that follows no process.
    add_project(NewProject) -> Project = "projects";
    /// Issues units of a project.
    issue(NewIssuance) -> Issued = "issuances";
    /// Places a hold, or lifts it.
    hold(NewHold) -> Held = "holds";
    /// Moves units between two accounts of this registry.
    move_units(NewAccountTransfer) -> Moved = "account-transfers";
    /// Locks units for a partner country and offers them to it.
    send_units(NewTransfer) -> Sent = "transfers";
    /// Uses or cancels units, for ever.
    retire(NewRetirement) -> Retired = "retirements";
}

impl Client {
    /// A list that is short enough to come whole.
    async fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, ClientError> {
        let page: Page<T> = self.get(path, &[]).await?;
        Ok(page.items)
    }

    /// Asks what needs no body.
    async fn just_ask<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.ask(path, &serde_json::json!({})).await
    }

    /// How the node stands. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.get("status", &[]).await
    }

    /// The head of the ledger: size, root, signed checkpoint. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn head(&self) -> Result<HeadView, ClientError> {
        self.get("ledger/head", &[]).await
    }

    /// Accounts that the caller may look into, with their balances.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn accounts(&self, limit: usize) -> Result<Vec<AccountView>, ClientError> {
        self.list("accounts", &[], limit).await
    }

    /// An account with its balances.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn account(&self, id: AccountId) -> Result<AccountView, ClientError> {
        self.get(&format!("accounts/{id}"), &[]).await
    }

    /// The ranges in an account.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn holdings_of(
        &self,
        account: AccountId,
        limit: usize,
    ) -> Result<Vec<HoldingView>, ClientError> {
        self.list(&format!("accounts/{account}/holdings"), &[], limit)
            .await
    }

    /// Partner countries.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn partners(&self) -> Result<Vec<PartnerView>, ClientError> {
        self.all("partners").await
    }

    /// Transfers between countries, newest first. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn transfers(
        &self,
        filter: &TransferFilter,
        limit: usize,
    ) -> Result<Vec<TransferView>, ClientError> {
        let mut query = Vec::new();
        if let Some(direction) = filter.direction {
            let word = serde_json::to_value(direction).ok();
            let word = word.as_ref().and_then(|it| it.as_str());
            query.extend(word.map(|word| ("direction", word.to_owned())));
        }
        query.extend(filter.state.map(|state| ("state", state.to_string())));
        self.list("transfers", &query, limit).await
    }

    /// One transfer. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn transfer(&self, id: &TransferId) -> Result<TransferView, ClientError> {
        self.get(&format!("transfers/{id}"), &[]).await
    }

    /// Asks the destination to refuse a transfer.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn cancel_transfer(
        &self,
        id: &TransferId,
        key: &Key,
        wish: &NewCancel,
    ) -> Result<Answered<Written<CancelAsked>>, ClientError> {
        let path = format!("transfers/{id}/cancel");
        self.write(&Method::POST, &path, key, Some(wish)).await
    }

    /// The proof bundle of an entry (C2SP tlog-proof): what `countersign verify` and every other verifier reads. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]; the node refuses while no quorum of witnesses has seen the entry.
    pub async fn proof(&self, index: u64) -> Result<String, ClientError> {
        self.text("ledger/proof", &[("index", index.to_string())])
            .await
    }
}
