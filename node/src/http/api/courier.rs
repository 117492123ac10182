//! The federation by file.

use axum::Json;
use axum::extract::{Request, State};
use countersign_protocol::federation::parcel::{PARCEL_BYTES_MAX, Parcel};
use countersign_protocol::party::Party;

use crate::app::{Caller, Unpacked};
use crate::http::Served;
use crate::http::dto::{RefusedBundles, UnpackedParcel};
use crate::http::extract::{PathValue, json_up_to};
use crate::http::openapi::{Invalid, PartnerCode, Rejected, TooLarge, UnsupportedMediaType};
use crate::http::problem::{ApiError, Kind};

/// Packs everything that is open with a partner into one file, for a USB stick or a mail.
///
/// Offers, receipts, the newest checkpoint, cosignatures. It proves itself, as everything that goes over the network does. A
/// parcel that is lost is packed again.
#[utoipa::path(
    post,
    path = "/partners/{party}/parcel",
    tag = "Federation",
    params(PartnerCode),
    responses((status = 200, body = Parcel), Rejected),
)]
pub(super) async fn pack(
    caller: Caller,
    State(served): State<Served>,
    PathValue(party): PathValue<Party>,
) -> Result<Json<Parcel>, ApiError> {
    Ok(Json(served.app.pack_parcel(&caller, party).await?))
}

/// Takes what a partner packed, as if it had come over the network, and packs the answer.
///
/// Taking a parcel twice is harmless. The answer waits up to ten seconds for the witnesses, so that it can be in the reply.
#[utoipa::path(
    post,
    path = "/parcels",
    tag = "Federation",
    request_body = Parcel,
    responses((status = 200, body = UnpackedParcel), Invalid, Rejected, TooLarge, UnsupportedMediaType),
)]
pub(super) async fn unpack(
    caller: Caller,
    State(served): State<Served>,
    request: Request,
) -> Result<Json<UnpackedParcel>, ApiError> {
    let _turn = served.turn_for_a_file()?;
    let parcel: Parcel = json_up_to(request, PARCEL_BYTES_MAX).await?;
    let checked = parcel.check();
    checked.map_err(|error| ApiError::new(Kind::Rejected, error.to_string()))?;
    Ok(Json(view(served.app.unpack_parcel(&caller, parcel).await?)))
}

fn view(unpacked: Unpacked) -> UnpackedParcel {
    let refused = unpacked.refused.into_iter();
    UnpackedParcel {
        from: unpacked.from,
        taken: unpacked.taken as u64,
        refused: refused
            .map(|(fault, bundles)| RefusedBundles {
                code: fault.code(),
                name: fault.name().to_owned(),
                bundles: bundles as u64,
            })
            .collect(),
        problems: unpacked.problems,
        waiting: unpacked.waiting as u64,
        reply: unpacked.reply,
    }
}
