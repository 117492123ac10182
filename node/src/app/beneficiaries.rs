//! The list of beneficiaries, and in whose favour units are used.

use std::collections::BTreeMap;

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{Commitment, Name};

use super::{App, AppError, Caller, LIST_MAX, Listing, Mode};
use crate::people::{
    Beneficiary, BeneficiaryClaim, ListedBeneficiary, NearBeneficiary, NewBeneficiary, PeopleError,
    Sees,
};

/// In whose favour units are to be used: a name, or an entry of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FavourWish {
    /// The name as it is typed.
    pub name: Option<Name>,
    /// The entry of the list; then the name is the entry's.
    pub entry: Option<u64>,
    /// Whether everybody may know the name.
    pub public: bool,
}

impl FavourWish {
    /// Whether somebody is named.
    #[must_use]
    pub const fn is_given(&self) -> bool {
        self.name.is_some() || self.entry.is_some()
    }
}

/// In whose favour units are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Favour {
    name: Name,
    entry: Option<u64>,
    public: bool,
}

impl App {
    /// Whose entries a caller may see: whoever edits the list sees all, whoever may ask for a retirement those that were
    /// reviewed and the own organisation's.
    fn sees(&self, caller: &Caller) -> Result<Sees, AppError> {
        let edits = self.permit(caller, Action::BeneficiaryEdit, &Object::default());
        let Caller::Person(person) = caller else {
            return edits.map(|()| Sees::All);
        };
        if edits.is_ok() {
            return Ok(Sees::All);
        }
        let own = person.principal.organisation;
        let asks = self.permit_of(caller, Action::RetirementRequest, own);
        asks.or_else(|_| self.permit_of(caller, Action::CancellationRequest, own))?;
        Ok(Sees::ReviewedAndOwn(own))
    }

    /// Entries of the list, by number.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn beneficiaries(
        &self,
        caller: &Caller,
        after: u64,
        limit: usize,
    ) -> Result<Listing<ListedBeneficiary>, AppError> {
        let sees = self.sees(caller)?;
        let limit = limit.clamp(1, LIST_MAX);
        let found = self.people().beneficiaries(sees, after, limit + 1).await?;
        Ok(Listing::cut(found, limit, |last| last.id.to_string()))
    }

    /// An entry of the list.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and when there is none.
    pub async fn beneficiary(
        &self,
        caller: &Caller,
        id: u64,
    ) -> Result<ListedBeneficiary, AppError> {
        let sees = self.sees(caller)?;
        Ok(self.people().beneficiary(sees, id).await?)
    }

    /// The entries whose names are most like a text.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn near_beneficiaries(
        &self,
        caller: &Caller,
        text: &str,
    ) -> Result<Vec<NearBeneficiary>, AppError> {
        let sees = self.sees(caller)?;
        Ok(self.people().near_beneficiaries(sees, text).await?)
    }

    /// Adds an entry, and gives it; nothing for a trial. What an official or the operator adds counts as reviewed.
    ///
    /// # Errors
    /// [`AppError::Near`] when there are entries with nearly this name and the caller does not say that it is another;
    /// [`AppError::Forbidden`].
    pub async fn add_beneficiary(
        &self,
        caller: &Caller,
        new: NewBeneficiary,
        is_distinct: bool,
        mode: Mode,
    ) -> Result<Option<ListedBeneficiary>, AppError> {
        let sees = self.sees(caller)?;
        if !is_distinct {
            let near = self.people().near_beneficiaries(sees, new.name.as_str());
            let near = near.await?;
            if !near.is_empty() {
                return Err(AppError::Near(near));
            }
        }
        let organisation = match caller {
            Caller::Operator(_) => None,
            Caller::Person(person) => Some(person.principal.organisation),
        };
        let reviewed = sees == Sees::All;
        let people = self.people_in(mode);
        let id = people.add_beneficiary(&new, organisation, reviewed, self.now_ms());
        let id = id.await?;
        self.entry_after(mode, sees, id).await
    }

    /// An entry after a write; nothing after a trial, which left it as it was.
    async fn entry_after(
        &self,
        mode: Mode,
        sees: Sees,
        id: u64,
    ) -> Result<Option<ListedBeneficiary>, AppError> {
        match mode {
            Mode::Try => Ok(None),
            Mode::Write => Ok(Some(self.people().beneficiary(sees, id).await?)),
        }
    }

    /// Marks an entry as reviewed, and gives it; nothing for a trial.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and when there is none.
    pub async fn review_beneficiary(
        &self,
        caller: &Caller,
        id: u64,
        mode: Mode,
    ) -> Result<Option<ListedBeneficiary>, AppError> {
        self.permit(caller, Action::BeneficiaryEdit, &Object::default())?;
        let people = self.people_in(mode);
        people.review_beneficiary(id, self.now_ms()).await?;
        self.entry_after(mode, Sees::All, id).await
    }

    /// Lets one entry stand for another from here on; gives the one that stays; nothing for a trial.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and when they can not be merged.
    pub async fn merge_beneficiaries(
        &self,
        caller: &Caller,
        from: u64,
        into: u64,
        mode: Mode,
    ) -> Result<Option<ListedBeneficiary>, AppError> {
        self.permit(caller, Action::BeneficiaryEdit, &Object::default())?;
        let people = self.people_in(mode);
        people
            .merge_beneficiaries(from, into, self.now_ms())
            .await?;
        self.entry_after(mode, Sees::All, into).await
    }

    /// Forgets an entry for good: its names, its identifiers, and name and salt behind each retirement in its favour.
    /// The ledger's commitments stay; nobody can tell any more whom they name. After a stop in between, do it again.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and when there is none.
    pub async fn erase_beneficiary(
        &self,
        caller: &Caller,
        id: u64,
        mode: Mode,
    ) -> Result<(), AppError> {
        self.permit(caller, Action::BeneficiaryEdit, &Object::default())?;
        let entry = self.people().beneficiary(Sees::All, id).await?;
        if let Some(into) = entry.merged_into {
            let id = format!("{id} (it stands for {into} now: erase that one)");
            return Err(AppError::NotFound {
                what: "an entry of its own with the number",
                id,
            });
        }
        if mode == Mode::Write {
            for request in self.people().claims_of(id).await? {
                self.erase_name(request).await?;
            }
        }
        let people = self.people_in(mode);
        Ok(people.erase_beneficiary(id, self.now_ms()).await?)
    }

    /// Forgets for good who is behind one commitment of the ledger.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], and when nothing is known of it.
    pub async fn erase_claim(
        &self,
        caller: &Caller,
        commitment: Commitment,
        mode: Mode,
    ) -> Result<(), AppError> {
        self.permit(caller, Action::BeneficiaryEdit, &Object::default())?;
        let claim = self.people().claim(&commitment).await?;
        let claim = claim.ok_or_else(|| {
            AppError::not_found("a name behind the commitment", &hex::encode(commitment.0))
        })?;
        if mode == Mode::Try {
            return Ok(());
        }
        self.drop_favour(claim.request).await
    }

    async fn erase_name(&self, request: RequestId) -> Result<(), AppError> {
        self.blocking(move |app| Ok(app.inner.beneficiaries.erase(&request)?))
            .await
    }

    /// The name of a wish: the typed one, or that of the entry, or of the one that it was merged into.
    pub(super) async fn favour(
        &self,
        caller: &Caller,
        wish: &FavourWish,
    ) -> Result<Option<Favour>, AppError> {
        let public = wish.public;
        let (name, entry) = match (&wish.name, wish.entry) {
            (Some(_), Some(_)) => {
                let why = "name a beneficiary or an entry of the list, not both";
                return Err(AppError::body("/beneficiary_id", why));
            }
            (None, None) if public => {
                let why = "there is no name to make public";
                return Err(AppError::body("/beneficiary_public", why));
            }
            (None, None) => return Ok(None),
            (Some(name), None) => (name.clone(), None),
            (None, Some(id)) => {
                let sees = self.sees(caller)?;
                let mut found = self.listed(sees, id).await?;
                if let Some(into) = found.merged_into {
                    found = self.listed(Sees::All, into).await?;
                }
                (found.name, Some(found.id))
            }
        };
        Ok(Some(Favour {
            name,
            entry,
            public,
        }))
    }

    async fn listed(&self, sees: Sees, id: u64) -> Result<ListedBeneficiary, AppError> {
        match self.people().beneficiary(sees, id).await {
            Err(PeopleError::Missing(_)) => {
                let why = format!("there is no beneficiary {id} in the list");
                Err(AppError::body("/beneficiary_id", why))
            }
            other => Ok(other?),
        }
    }

    /// Keeps a name under a fresh salt and gives its commitment; the same wish again gives the same.
    pub(super) async fn keep_favour(
        &self,
        request: RequestId,
        favour: Favour,
        is_written: bool,
    ) -> Result<Commitment, AppError> {
        let Favour {
            name,
            entry,
            public,
        } = favour;
        if is_written && let Some(kept) = self.kept_for(request, entry).await? {
            return Ok(kept);
        }
        let keep = move |app: &Self| {
            let kept = app.inner.beneficiaries.keep(&request, &name, is_written);
            Ok(kept?)
        };
        let commitment = self.blocking(keep).await?;
        if !is_written {
            let claim = BeneficiaryClaim {
                request,
                beneficiary: entry,
                public,
            };
            self.people().keep_claim(&commitment, &claim).await?;
        }
        Ok(commitment)
    }

    /// The commitment of a request that was written for this entry, whatever the entry is called by now.
    async fn kept_for(
        &self,
        request: RequestId,
        entry: Option<u64>,
    ) -> Result<Option<Commitment>, AppError> {
        if entry.is_none() {
            return Ok(None);
        }
        let kept = self.blocking(move |app| Ok(app.inner.beneficiaries.get(&request)?));
        let Some(commitment) = kept.await?.map(|kept| kept.commitment()) else {
            return Ok(None);
        };
        let claim = self.people().claim(&commitment).await?;
        let is_same = claim.is_some_and(|claim| claim.beneficiary == entry);
        Ok(is_same.then_some(commitment))
    }

    /// Forgets a name whose commitment the ledger did not take.
    pub(super) async fn drop_favour(&self, request: RequestId) -> Result<(), AppError> {
        self.erase_name(request).await?;
        Ok(self.people().drop_claim(&request).await?)
    }

    /// The names, with their salts, of those commitments whose holders let everybody know.
    ///
    /// # Errors
    /// When they can not be read.
    pub async fn public_beneficiaries(
        &self,
        commitments: Vec<Commitment>,
    ) -> Result<BTreeMap<[u8; 32], Beneficiary>, AppError> {
        let public = self.people().public_claims(&commitments).await?;
        if public.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.blocking(move |app| {
            let mut names = BTreeMap::new();
            for (commitment, request) in public {
                if let Some(kept) = app.inner.beneficiaries.get(&request)? {
                    names.insert(commitment.0, kept);
                }
            }
            Ok(names)
        })
        .await
    }
}
