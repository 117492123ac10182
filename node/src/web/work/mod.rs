//! Workspaces: what people do who are signed in, in the browser.
//!
//! Every page asks [`App`](crate::app::App) with the caller that the session's cookie names, as the API does with its secret;
//! what a page does not offer, the use case refuses as well. A form carries a secret of its session and is taken from pages of
//! this host alone. Nothing that was typed is lost by an error: the page comes back with it. All of it works without a script;
//! with one, forms of cases are kept while they are being written.

mod account;
mod act;
mod apply;
mod arrivals;
mod bridges;
mod bulk;
mod case;
mod cases;
mod cookie;
mod documents;
mod fault;
mod federation;
mod form;
mod gate;
mod issue;
mod land;
mod multipart;
mod own;
mod part;
mod place;
mod posted;
mod proposals;
mod qr;
mod reserve;
mod say;
mod sign_in;
mod step;
mod talk;
mod typed;

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};

use super::Shared;

pub(crate) use cookie::shown_secret;
pub(super) use gate::Reader;
pub(super) use qr::{Qr, qr};

/// The paths of sign-in and workspaces without a language.
pub(super) fn table() -> Vec<(&'static str, MethodRouter<Shared>)> {
    let mut table = signing_in();
    table.extend(own_account());
    table.extend(cases());
    table.extend(organisation());
    let limited = |handler: MethodRouter<Shared>| {
        handler.layer(DefaultBodyLimit::max(posted::FORM_BYTES_MAX))
    };
    let mut table: Vec<_> = table
        .into_iter()
        .map(|(path, handler)| (path, limited(handler)))
        .collect();
    // A document may be larger than a form; the store of documents has its own limits.
    let upload = post(documents::add).layer(DefaultBodyLimit::disable());
    table.push(("/work/cases/{number}/documents", upload));
    table
}

fn signing_in() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/sign-in", get(sign_in::ask).post(sign_in::sign_in)),
        ("/sign-in/code", post(sign_in::code)),
        ("/sign-out", post(sign_in::sign_out)),
        ("/join", get(sign_in::ask_join).post(sign_in::join)),
        (
            "/password-reset",
            get(sign_in::ask_forgotten).post(sign_in::forgotten),
        ),
        (
            "/password-reset/complete",
            get(sign_in::ask_password).post(sign_in::password),
        ),
    ]
}

fn own_account() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/work/account", get(account::show)),
        ("/work/account/password", post(account::password)),
        ("/work/account/news", post(account::news)),
        ("/work/account/end-others", post(account::end_others)),
        (
            "/work/account/sessions/{session}/end",
            post(account::end_session),
        ),
        (
            gate::SECOND_FACTOR,
            get(account::second_factor).post(account::begin_authenticator),
        ),
        (
            "/work/account/second-factor/confirm",
            post(account::confirm_authenticator),
        ),
        (
            "/work/account/recovery-codes",
            post(account::recovery_codes),
        ),
        ("/work/account/keys", post(account::make_key)),
        ("/work/account/keys/{key}/revoke", post(account::revoke_key)),
    ]
}

fn cases() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/work", get(cases::inbox)),
        ("/work/cases", get(cases::list)),
        ("/work/cases/{number}", get(case::show)),
        ("/work/cases/{number}/comments", post(talk::comment)),
        ("/work/cases/{number}/findings", post(talk::finding)),
        (
            "/work/cases/{number}/steps/{step}",
            get(act::show).post(act::take),
        ),
        (
            "/work/cases/{number}/steps/{step}/{part}",
            get(act::show_part).post(act::keep_part),
        ),
        (
            "/work/cases/{number}/drafts/{step}/{part}",
            post(act::autosave),
        ),
        ("/work/documents/{id}", get(documents::read)),
        ("/work/letters/{hash}", get(documents::letter)),
        ("/work/apply", get(apply::list)),
        ("/work/apply/{flow}", get(apply::ask).post(apply::open)),
    ]
}

fn organisation() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/work/organisation", get(own::show)),
        ("/work/organisation/accounts", post(own::open_account)),
        ("/work/organisation/users", post(own::invite)),
        (
            "/work/organisation/users/{user}/{deed}",
            post(own::change_user),
        ),
        ("/work/bulk", get(bulk::ask).post(bulk::send)),
        ("/work/proposals", get(proposals::list)),
        ("/work/proposals/{id}", post(proposals::decide)),
        ("/work/federation", get(federation::show)),
        ("/work/bridges", get(bridges::list)),
        ("/work/bridges/{bridge}/{deed}", post(bridges::drive)),
        ("/work/arrivals/{bridge}", post(arrivals::open)),
    ]
}

/// Pages of workspaces that list or count, which cost more than the others.
pub(super) const HEAVY: [&str; 3] = ["/work/cases", "/work/organisation", "/work/federation"];
