//! The federation by file, for countries whose nodes can not reach each other.

use countersign_protocol::federation::parcel::Parcel;
use countersign_protocol::party::Party;
use countersign_protocol::permission::{Action, Object};

use super::{App, AppError, Caller, Unpacked};

impl App {
    /// Packs everything that is open with a partner. It says nothing that the partner could not have over the network.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when it is not listed, [`AppError::Forbidden`].
    pub async fn pack_parcel(&self, caller: &Caller, to: Party) -> Result<Parcel, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        Ok(self.federation().pack(to).await?)
    }

    /// Takes what a partner packed, as if it had come over the network, and packs the answer. Taking it twice is harmless.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the sender is not listed, [`AppError::Federation`] when nothing of it can be taken,
    /// [`AppError::Forbidden`].
    pub async fn unpack_parcel(
        &self,
        caller: &Caller,
        parcel: Parcel,
    ) -> Result<Unpacked, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        Ok(self.federation().unpack(parcel).await?)
    }
}
