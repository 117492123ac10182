//! The offline page: one HTML file with this crate as WebAssembly in it, made by `verifier/build`.

use countersign_protocol::log::Policy;

/// The page as it is built: it trusts nobody until it is told whom.
pub const PAGE: &str = include_str!("../page.html");

const TRUST: &str = "<script type=\"text/plain\" id=\"countersign-trust\">";
const CSP: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";

/// The page with a policy in it, so that whoever opens it need not bring one. Nothing that runs is changed: the page's own
/// content security policy still names every script by its hash.
#[must_use]
pub fn page(trust: &Policy) -> String {
    // Inside this element nothing is escaped and only its own end is markup, which begins with this sign; a key name or an
    // address is nowhere told to do without it.
    let trust = trust.to_string().replace('<', "");
    PAGE.replacen(TRUST, &format!("{TRUST}{trust}"), 1)
}

/// The page's own content security policy, for a server that sends one with every answer.
#[must_use]
pub fn content_security_policy() -> &'static str {
    let policy = PAGE
        .split_once(CSP)
        .and_then(|(_, rest)| rest.split_once('"'));
    policy.map_or("default-src 'none'", |(policy, _)| policy)
}

#[cfg(test)]
mod tests {
    use super::{PAGE, TRUST, content_security_policy, page};

    const POLICY: &str = "log registry.example.gov.gh/ledger+c5c60242+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\nquorum none\n";

    #[test]
    fn a_policy_goes_into_the_page_and_nothing_else_changes() {
        let page = page(&POLICY.parse().unwrap());
        assert_eq!(page.len(), PAGE.len() + POLICY.len());
        assert!(page.contains(&format!("{TRUST}{POLICY}</script>")));
    }

    #[test]
    fn a_policy_cannot_bring_markup_along() {
        let text = POLICY.replace(
            "\nquorum",
            " https://x/</script><script>alert(1)</script>\nquorum",
        );
        let page = page(&text.parse().unwrap());
        assert_eq!(
            page.matches("</script>").count(),
            PAGE.matches("</script>").count()
        );
        assert!(!page.contains("<script>alert"));
    }

    #[test]
    fn the_page_allows_itself_nothing_from_elsewhere() {
        let policy = content_security_policy();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'sha256-"),
            "{policy}"
        );
        assert!(
            !policy.contains("http") && !policy.contains("unsafe-inline"),
            "{policy}"
        );
        let body = PAGE.split_once("<script type=\"text/plain\"").unwrap().0;
        assert!(
            !body.contains("src=") && !body.contains("url("),
            "the page asks for a file"
        );
    }
}
