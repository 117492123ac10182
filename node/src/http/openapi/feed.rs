//! The parameters of the event feed and of the list of beneficiaries.
#![allow(dead_code)]

use utoipa::IntoParams;

/// Which events are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventFilters {
    /// Only events of later leaves; without it the feed begins with the first.
    #[param(minimum = 0)]
    after: Option<u64>,
    /// Only these types: names, or groups such as `transfer.*`, separated by commas.
    #[param(max_length = 2048, example = "unit.issued,transfer.*")]
    types: Option<String>,
    /// `true` for leaves that a quorum of witnesses has cosigned, and no others.
    #[param(default = false)]
    witnessed: Option<bool>,
}

/// A part of the feed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventPaging {
    /// The most events that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
    /// How many seconds the answer waits for news when there are none.
    #[param(minimum = 0, maximum = 25, default = 0)]
    wait: Option<u64>,
}

/// Where a stream goes on.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct LastEventId {
    /// The id of the last event that the reader has; counts more than `after`.
    #[param(rename = "Last-Event-ID", minimum = 0)]
    last_event_id: Option<u64>,
}

/// Which beneficiaries are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BeneficiaryFilters {
    /// With names like this.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Go on after the page whose `next` this is.
    #[param(minimum = 0)]
    after: Option<u64>,
    /// The most entries that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}
