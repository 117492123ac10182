//! `/api/v1`: what the command line does, as JSON.

mod access;
mod case;
mod document;
mod ledger;
mod lists;
mod oversight;
mod process;
mod registry;
mod transfers;
mod users;
mod view;
mod write;

use axum::Router;
use axum::routing::{delete, get, post};

use super::Served;

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/status", get(ledger::status))
        .route(
            "/organisations",
            get(lists::organisations).post(write::organisation),
        )
        .route("/accounts", get(registry::accounts).post(write::account))
        .route("/accounts/{id}", get(registry::account))
        .route("/accounts/{id}/holdings", get(registry::holdings))
        .route("/accounts/{id}/statement", get(registry::statement))
        .route("/projects", get(lists::projects).post(write::project))
        .route("/partners", get(registry::partners).post(write::partner))
        .route("/partners/{party}", delete(write::remove_partner))
        .route("/partners/{party}/ping", post(registry::ping))
        .route(
            "/agreements",
            get(registry::agreements).post(write::agreement),
        )
        .route("/agreements/sign", post(write::sign_agreement))
        .route("/invite", get(registry::invite))
        .route("/units/{name}", get(registry::units))
        .route("/transfers", get(lists::transfers).post(write::send))
        .route("/transfers/{id}", get(transfers::show))
        .route("/transfers/{id}/cancel", post(write::cancel))
        .route("/issuances", post(write::issue))
        .route("/holds", post(write::hold))
        .route("/account-transfers", post(write::account_transfer))
        .route("/retirements", get(lists::retirements).post(write::retire))
        .route("/keys/rotate", post(write::rotate))
        .route("/processes", get(process::list).post(process::adopt))
        .route("/processes/{version}/file", get(process::file))
        .route("/enrolments", post(process::enrol))
        .route("/cases", get(lists::cases).post(case::open))
        .route("/holdings", get(lists::holdings))
        .route("/units/{name}/history", get(lists::units_history))
        .route("/search", get(lists::search))
        .route("/cases/{number}", get(process::case))
        .route(
            "/cases/{number}/acts",
            get(lists::case_acts).post(case::act),
        )
        .route("/cases/{number}/file", get(case::file))
        .route(
            "/cases/{number}/drafts/{step}",
            get(case::draft)
                .put(case::save_draft)
                .delete(case::drop_draft),
        )
        .route(
            "/cases/{number}/documents",
            get(document::list).post(document::add),
        )
        .route("/documents/{id}", get(document::read))
        .route("/documents/{id}/visibility", post(document::widen))
        .route("/cases/{number}/findings", post(oversight::open_finding))
        .route(
            "/cases/{number}/findings/{finding}/answer",
            post(oversight::answer_finding),
        )
        .route(
            "/cases/{number}/findings/{finding}/close",
            post(oversight::close_finding),
        )
        .route(
            "/standing-holds",
            get(oversight::holds).post(oversight::place_hold),
        )
        .route("/standing-holds/{hold}/lift", post(oversight::lift_hold))
        .route("/inbox", get(case::inbox))
        .merge(people())
        .route("/ledger/head", get(ledger::head))
        .route("/ledger/records", get(ledger::records))
        .route("/ledger/proof", get(ledger::proof))
}

/// Sign-in, the own account, users.
fn people() -> Router<Served> {
    Router::new()
        .route("/sign-in", post(access::sign_in))
        .route("/sign-in/code", post(access::complete))
        .route("/sign-out", post(access::sign_out))
        .route("/invitations", post(users::invite))
        .route("/invitations/accept", post(access::accept))
        .route("/password-reset", post(access::request_reset))
        .route("/password-reset/complete", post(access::reset))
        .route("/registrations", post(users::register))
        .route("/me", get(access::me))
        .route("/me/sessions", get(access::sessions))
        .route("/me/sessions/{id}", delete(access::end_session))
        .route("/me/password", post(access::change_password))
        .route("/me/authenticator", post(access::begin_authenticator))
        .route(
            "/me/authenticator/confirm",
            post(access::confirm_authenticator),
        )
        .route(
            "/me/api-keys",
            get(access::api_keys).post(access::create_api_key),
        )
        .route("/me/api-keys/{id}", delete(access::revoke_api_key))
        .route("/users", get(users::list))
        .route("/users/{id}", get(users::show))
        .route("/users/{id}/role", post(users::role))
        .route("/users/{id}/suspend", post(users::suspend))
        .route("/users/{id}/reactivate", post(users::reactivate))
        .route("/users/{id}/reset-factors", post(users::reset_factors))
        .route("/users/{id}/erase", post(users::erase))
        .route("/users/{id}/audit", get(users::audit))
        .route("/proposals", get(users::proposals))
        .route("/proposals/{id}", post(users::decide))
}
