//! Where forms are sent that have no page at their own address, each with the page that shows the form.

use std::sync::LazyLock;

use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, post};

use super::{
    account, act, arrivals, bridges, documents, holds, monitoring, own, passkeys, posted, report,
    sign_in, talk, trusted, users, webhooks,
};
use crate::web::Shared;

/// Where a form is sent, the page that shows it, and who takes it. A page may lie below no other of its names than those of
/// where its form is sent.
type Form = (&'static str, &'static str, MethodRouter<Shared>);

fn forms() -> Vec<Form> {
    vec![
        ("/sign-in/code", "/sign-in", post(sign_in::code)),
        (
            "/sign-in/passkey",
            "/sign-in",
            post(passkeys::begin_sign_in),
        ),
        (
            "/sign-in/passkey/confirm",
            "/sign-in",
            post(passkeys::sign_in),
        ),
        ("/sign-out", "/", post(sign_in::sign_out)),
        (
            "/work/account/profile",
            "/work/account",
            post(account::profile),
        ),
        (
            "/work/account/password",
            "/work/account",
            post(account::password),
        ),
        ("/work/account/news", "/work/account", post(account::news)),
        (
            "/work/account/end-others",
            "/work/account",
            post(account::end_others),
        ),
        (
            "/work/account/sessions/{session}/end",
            "/work/account",
            post(account::end_session),
        ),
        (
            "/work/account/second-factor/confirm",
            "/work/account/second-factor",
            post(account::confirm_authenticator),
        ),
        (
            "/work/account/recovery-codes",
            "/work/account",
            post(account::recovery_codes),
        ),
        (
            "/work/account/passkeys",
            "/work/account",
            post(passkeys::add),
        ),
        (
            "/work/account/passkeys/begin",
            "/work/account",
            post(passkeys::begin),
        ),
        (
            "/work/account/passkeys/{passkey}/name",
            "/work/account",
            post(passkeys::rename),
        ),
        (
            "/work/account/passkeys/{passkey}/remove",
            "/work/account",
            post(passkeys::remove),
        ),
        (
            "/work/account/keys",
            "/work/account",
            post(account::make_key),
        ),
        (
            "/work/account/keys/{key}/revoke",
            "/work/account",
            post(account::revoke_key),
        ),
        (
            "/work/cases/{number}/comments",
            "/work/cases/{number}",
            post(talk::comment),
        ),
        (
            "/work/cases/{number}/findings",
            "/work/cases/{number}",
            post(talk::finding),
        ),
        (
            "/work/cases/{number}/drafts/{step}/{part}",
            "/work/cases/{number}",
            post(act::autosave),
        ),
        (
            "/work/organisation/accounts",
            "/work/organisation",
            post(own::open_account),
        ),
        (
            "/work/organisation/users",
            "/work/organisation",
            post(own::invite),
        ),
        (
            "/work/organisation/users/{user}/{deed}",
            "/work/organisation",
            post(own::change_user),
        ),
        (
            "/work/users/{user}/{deed}",
            "/work/users/{user}",
            post(users::change),
        ),
        (
            "/work/trusted/{organisation}/{receiver}/remove",
            "/work/trusted/{organisation}",
            post(trusted::remove),
        ),
        ("/work/holds/{hold}/lift", "/work/holds", post(holds::lift)),
        (
            "/work/freezes/{party}/{hold}/end",
            "/work/holds",
            post(holds::end_freeze),
        ),
        (
            "/work/webhooks/{webhook}/{deed}",
            "/work/webhooks/{webhook}",
            post(webhooks::change),
        ),
        (
            "/work/bridges/{bridge}/{deed}",
            "/work/bridges",
            post(bridges::drive),
        ),
        ("/work/arrivals/{bridge}", "/work", post(arrivals::open)),
        (
            "/work/projects/{project}/monitoring/sources",
            "/work/projects/{project}/monitoring",
            post(monitoring::add_source),
        ),
        (
            "/work/projects/{project}/monitoring/points",
            "/work/projects/{project}/monitoring",
            post(monitoring::send_points),
        ),
        (
            "/work/projects/{project}/monitoring/batches",
            "/work/projects/{project}/monitoring",
            post(monitoring::seal),
        ),
        (
            "/work/sources/{source}/revoke",
            "/work/sources/{source}",
            post(monitoring::revoke_source),
        ),
        (
            "/work/report/{year}/freeze",
            "/work/report/{year}",
            post(report::freeze),
        ),
    ]
}

/// Forms that bring a file: their handlers read no more than the thing may have.
fn files() -> Vec<Form> {
    vec![
        (
            "/work/cases/{number}/documents",
            "/work/cases/{number}",
            post(documents::add),
        ),
        ("/work/report/import", "/work/report", post(report::import)),
    ]
}

/// Where forms are sent.
pub(super) fn table() -> Vec<(&'static str, MethodRouter<Shared>)> {
    let limited = |(path, _, handler): Form| {
        let limit = DefaultBodyLimit::max(posted::FORM_BYTES_MAX);
        (path, handler.layer(limit))
    };
    let unlimited = |(path, _, handler): Form| (path, handler.layer(DefaultBodyLimit::disable()));
    let files = files().into_iter().map(unlimited);
    forms().into_iter().map(limited).chain(files).collect()
}

/// The page that shows the form which is sent to a path; `None` for a path that has a page itself, or nothing.
pub(in crate::web) fn page_of(path: &str) -> Option<String> {
    static PAGES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
        let all = forms().into_iter().chain(files());
        all.map(|(path, page, _)| (path, page)).collect()
    });
    let given: Vec<&str> = path.split('/').collect();
    let is_it = |route: &str| {
        let names = route.split('/');
        names.clone().count() == given.len()
            && names
                .zip(&given)
                .all(|(name, given)| name.starts_with('{') || name == *given)
    };
    let (_, page) = PAGES.iter().find(|(route, _)| is_it(route))?;
    let filled = page.split('/').zip(&given).map(
        |(name, given)| {
            if name.starts_with('{') { given } else { name }
        },
    );
    Some(filled.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::pages;
    use super::{files, forms, page_of};

    #[test]
    fn every_form_has_a_page_with_names_that_its_own_address_has() {
        let pages: Vec<_> = pages().into_iter().map(|(path, _)| path).collect();
        for (path, page, _) in forms().into_iter().chain(files()) {
            assert!(page == "/" || pages.contains(&page), "{path}: {page}");
            let filled = page_of(&path.replace(['{', '}'], "")).unwrap();
            assert_eq!(filled, page.replace(['{', '}'], ""), "{path}");
        }
        for page in pages {
            assert_eq!(page_of(page), None, "{page} is a page itself");
        }
    }
}
