//! The cookie that carries a session.
//!
//! It is for this host alone, no script reads it, and other sites' forms do not bring it along (`SameSite=Lax`; links do, so
//! that a link in a mail opens the page). Where people reach the registry over TLS its name begins with `__Host-`: a browser
//! then takes it from this very host only (RFC 6265bis section 4.1.3.2).

use axum::http::{HeaderMap, HeaderValue, header};

use crate::people::SessionToken;

const SECURE: &str = "__Host-session";
const PLAIN: &str = "session";

/// The secret that a request shows in a cookie, under either name: whose it is, and whether it opens anything, is yet to be
/// asked.
pub(crate) fn shown_secret(headers: &HeaderMap) -> Option<&str> {
    secret(headers, true).or_else(|| secret(headers, false))
}

/// The secret of the cookie with the name that belongs to how people reach the registry.
pub(super) fn secret(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    let wanted = if is_secure { SECURE } else { PLAIN };
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && value.parse::<SessionToken>().is_ok())
        .map(|(_, value)| value)
}

/// The header that hands a secret to the browser, for so many seconds.
pub(super) fn hand_out(is_secure: bool, secret: &str, seconds: u64) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&line(is_secure, secret, seconds)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The header that takes it back.
pub(super) fn take_back(is_secure: bool) -> Option<HeaderValue> {
    HeaderValue::from_str(&line(is_secure, "", 0)).ok()
}

fn line(is_secure: bool, secret: &str, seconds: u64) -> String {
    let (name, more) = if is_secure {
        (SECURE, "; Secure")
    } else {
        (PLAIN, "")
    };
    format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{more}")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{line, secret, shown_secret};

    #[test]
    fn a_secret_is_read_from_the_cookie_of_its_name_and_nothing_else_is_taken_for_one() {
        let token = format!("css_{}", "a".repeat(64));
        let of = |text: String| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(&text).unwrap());
            headers
        };
        let both = of(format!("x=1; session=nonsense; session={token}"));
        assert_eq!(secret(&both, false), Some(&*token));
        assert_eq!(secret(&both, true), None, "a plain name is set by anybody");
        assert_eq!(shown_secret(&both), Some(&*token));
        let host = of(format!("__Host-session={token}"));
        assert_eq!(secret(&host, true), Some(&*token));
        for wrong in ["session=", "session=cst_00", "session", "sessions=css_1"] {
            assert_eq!(shown_secret(&of(wrong.to_owned())), None, "{wrong}");
        }
    }

    #[test]
    fn the_cookie_is_for_this_host_and_for_no_script() {
        let secure = line(true, "css_1", 60);
        assert!(secure.starts_with("__Host-session=css_1; Path=/; Max-Age=60; "));
        assert!(secure.contains("HttpOnly; SameSite=Lax; Secure") && !secure.contains("Domain"));
        assert!(!line(false, "css_1", 60).contains("Secure"));
    }
}
