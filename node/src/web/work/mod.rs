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
mod article6;
mod bridges;
mod bulk;
mod case;
mod cases;
mod cookie;
mod decision;
mod documents;
mod fault;
mod federation;
mod form;
mod forms;
mod gate;
mod holds;
mod issue;
mod land;
mod monitoring;
mod multipart;
mod own;
mod part;
mod passkeys;
mod place;
mod posted;
mod process;
mod proposals;
mod qr;
mod register;
mod report;
mod reserve;
mod say;
mod sheet;
mod sign_in;
mod step;
mod talk;
mod trusted;
mod typed;
mod users;
mod webhooks;

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get};

use super::Shared;

pub(crate) use cookie::shown_secret;
pub(super) use forms::page_of;
pub(super) use gate::{AskedBy, RENEWAL, Reader};
pub(super) use qr::{Qr, qr};

/// The paths of sign-in and workspaces without a language.
pub(super) fn table() -> Vec<(&'static str, MethodRouter<Shared>)> {
    let limited = |handler: MethodRouter<Shared>| {
        handler.layer(DefaultBodyLimit::max(posted::FORM_BYTES_MAX))
    };
    let pages = pages().into_iter();
    pages
        .map(|(path, handler)| (path, limited(handler)))
        .chain(forms::table())
        .collect()
}

/// Those that have a page.
pub(super) fn pages() -> Vec<(&'static str, MethodRouter<Shared>)> {
    let mut table = signing_in();
    table.extend(own_account());
    table.extend(cases());
    table.extend(organisation());
    table.extend(desks());
    table.extend(monitoring());
    table
}

fn signing_in() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/sign-in", get(sign_in::ask).post(sign_in::sign_in)),
        ("/register", get(register::ask).post(register::register)),
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
        (
            gate::SECOND_FACTOR,
            get(account::second_factor).post(account::begin_authenticator),
        ),
    ]
}

fn cases() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/work", get(cases::inbox)),
        ("/work/cases", get(cases::list)),
        ("/work/cases/{number}", get(case::show)),
        (
            "/work/cases/{number}/steps/{step}",
            get(act::show).post(act::take),
        ),
        (
            "/work/cases/{number}/steps/{step}/{part}",
            get(act::show_part).post(act::keep_part),
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
        ("/work/users", get(users::list)),
        ("/work/users/{user}", get(users::show)),
        ("/work/trusted", get(trusted::own)),
        (
            "/work/trusted/{organisation}",
            get(trusted::show).post(trusted::propose),
        ),
        ("/work/holds", get(holds::list).post(holds::place)),
        ("/work/webhooks", get(webhooks::list).post(webhooks::add)),
        ("/work/webhooks/{webhook}", get(webhooks::show)),
        ("/work/bulk", get(bulk::ask).post(bulk::send)),
        ("/work/proposals", get(proposals::list)),
        (
            "/work/proposals/{id}",
            get(proposals::show).post(proposals::decide),
        ),
        ("/work/federation", get(federation::show)),
        ("/work/bridges", get(bridges::list)),
    ]
}

fn monitoring() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/work/projects/{project}/monitoring", get(monitoring::show)),
        ("/work/sources/{source}", get(monitoring::source)),
        ("/work/batches/{root}", get(monitoring::batch)),
        (
            "/work/batches/{root}/points.csv",
            get(monitoring::batch_points),
        ),
        (
            "/work/blueprints",
            get(monitoring::blueprints).post(monitoring::send_blueprint),
        ),
        (
            "/work/blueprints/{id}/{version}",
            get(monitoring::blueprint),
        ),
    ]
}

/// The desks of officials.
fn desks() -> Vec<(&'static str, MethodRouter<Shared>)> {
    vec![
        ("/work/authorisations", get(article6::list)),
        (
            "/work/authorisations/record/{kind}",
            get(article6::ask).post(article6::send),
        ),
        (
            "/work/authorisations/{party}/{id}",
            get(article6::authorisation),
        ),
        ("/work/process", get(process::list)),
        ("/work/process/flows/{flow}", get(process::flow)),
        (
            "/work/process/flows/{flow}/labels",
            get(process::ask_labels).post(process::send_labels),
        ),
        ("/work/process/roles", get(process::roles)),
        ("/work/process/simulate", get(process::simulation)),
        ("/work/process/edit", get(process::ask).post(process::send)),
        ("/work/report", get(report::list)),
        ("/work/report/initial", get(report::initial)),
        ("/work/report/initial/{format}", get(report::initial_file)),
        (
            "/work/report/notifications",
            get(report::ask_notifications).post(report::send_notifications),
        ),
        ("/work/report/kept/{sha256}", get(report::kept)),
        (
            "/work/report/kept/{sha256}/tables/{table}",
            get(report::kept_table),
        ),
        (
            "/work/report/kept/{sha256}/files/{format}",
            get(report::kept_file),
        ),
        ("/work/report/{year}", get(report::show)),
        ("/work/report/{year}/changes", get(report::changes)),
        ("/work/report/{year}/summary", get(report::summary)),
        ("/work/report/{year}/tables/{table}", get(report::table)),
        ("/work/report/{year}/files/{format}", get(report::file)),
        (
            "/work/report/{year}/regular/{format}",
            get(report::regular_file),
        ),
    ]
}

/// Pages of workspaces that list or count, which cost more than the others.
pub(super) const HEAVY: [&str; 16] = [
    "/work/cases",
    "/work/projects/{project}/monitoring",
    "/work/batches/{root}",
    "/work/batches/{root}/points.csv",
    "/work/organisation",
    "/work/users",
    "/work/federation",
    "/work/authorisations",
    "/work/process/edit",
    "/work/process/simulate",
    "/work/report/{year}",
    "/work/report/{year}/changes",
    "/work/report/{year}/summary",
    "/work/report/{year}/tables/{table}",
    "/work/report/{year}/files/{format}",
    "/work/report/kept/{sha256}",
];
