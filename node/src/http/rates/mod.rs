//! How often somebody may ask: a budget for plain reads, one for lists and one for writes, for every session and API key,
//! and for every address that shows none.
//!
//! The machine itself (loopback) and the operator's tokens are not counted, and neither are health, metrics, the witness
//! and the tiles of the log, which any web server can serve. A secret counts for itself only once it has opened something:
//! until then its address pays, so that made-up secrets buy nothing. An answer says what is left
//! (draft-ietf-httpapi-ratelimit-headers).

mod table;

use std::net::IpAddr;
use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::problem::{ApiError, Kind};
use table::{Budget, Left, Table};

pub(crate) use table::Client;

/// A budget is refilled at its rate, and holds this many seconds of it.
pub const WINDOW_S: u32 = 10;

/// What may be asked in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// By an address, without a session or key.
    pub anonymous: Budgets,
    /// By a session or an API key.
    pub signed_in: Budgets,
}

/// Requests in a second; 0 sets no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// Reads of one thing.
    pub reads: u32,
    /// Lists and searches.
    pub lists: u32,
    /// Everything else.
    pub writes: u32,
}

impl Default for RateLimits {
    /// An office with a hundred people behind one address reads without noticing; a script that copies the registry is
    /// better served by the event feed.
    fn default() -> Self {
        Self {
            anonymous: Budgets {
                reads: 50,
                lists: 10,
                writes: 2,
            },
            signed_in: Budgets {
                reads: 200,
                lists: 50,
                writes: 100,
            },
        }
    }
}

/// Which budget a request is paid from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Reads,
    Lists,
    Writes,
}

impl Class {
    /// The class of a route; `None` for what is not counted.
    pub(super) fn of(method: &Method, route: &str) -> Option<Self> {
        if route == "unmatched" {
            return Some(Self::Reads);
        }
        if let Some(is_heavy) = crate::web::cost(route) {
            let is_write = !matches!(*method, Method::GET | Method::HEAD);
            return Some(match is_write && crate::web::is_workspace(route) {
                true => Self::Writes,
                false if is_heavy => Self::Lists,
                false => Self::Reads,
            });
        }
        let path = route.strip_prefix("/api/v1/")?;
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some(Self::Writes);
        }
        Some(match path {
            "organisations"
            | "projects"
            | "cases"
            | "cases/{number}/acts"
            | "holdings"
            | "transfers"
            | "retirements"
            | "search"
            | "units/{name}/history"
            | "accounts/{id}/holdings"
            | "accounts/{id}/statement"
            | "ledger/records"
            | "ledger/certificate"
            | "events"
            | "events/stream"
            | "users"
            | "beneficiaries"
            | "authorisations"
            | "article6/aef"
            | "article6/aef/check"
            | "article6/aef/diff"
            | "article6/submissions/{sha256}"
            | "article6/submissions/{sha256}/cross-check"
            | "article6/summary"
            | "article6/regular-information"
            | "article6/initial-information"
            | "article6/positions"
            | "article6/actions"
            | "article6/holdings" => Self::Lists,
            _ => Self::Reads,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Lists => "lists",
            Self::Writes => "writes",
        }
    }

    const fn slot(self) -> usize {
        match self {
            Self::Reads => 0,
            Self::Lists => 1,
            Self::Writes => 2,
        }
    }
}

impl Budgets {
    const fn of(&self, class: Class) -> Option<Budget> {
        Budget::new(match class {
            Class::Reads => self.reads,
            Class::Lists => self.lists,
            Class::Writes => self.writes,
        })
    }
}

/// Who asks, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The machine itself, or its operator.
    Trusted,
    /// Somebody by a session or key that has opened something.
    SignedIn(Client),
    /// Somebody by an address.
    Anonymous(Client),
}

impl Who {
    /// The client, if it is counted.
    pub(crate) const fn client(&self) -> Option<Client> {
        match self {
            Self::Trusted => None,
            Self::SignedIn(client) | Self::Anonymous(client) => Some(*client),
        }
    }
}

/// What became of a request's charge.
pub(super) struct Charged {
    class: Class,
    budget: Budget,
    outcome: Result<Left, Left>,
}

/// The budgets of everybody.
pub(crate) struct Rates {
    limits: RateLimits,
    table: Table,
    begun: Instant,
}

impl Rates {
    pub(super) fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            table: Table::new(),
            begun: Instant::now(),
        }
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Who sends a request with this secret from this address.
    pub(crate) fn who(&self, secret: &str, address: IpAddr) -> Who {
        let address = address.to_canonical();
        if address.is_loopback() {
            return Who::Trusted;
        }
        if !secret.is_empty() {
            let client = self.table.secret(secret);
            match self.table.is_operator(&client) {
                Some(true) => return Who::Trusted,
                Some(false) => return Who::SignedIn(client),
                None => {}
            }
        }
        Who::Anonymous(Client::of(address))
    }

    /// Remembers that a secret opened something.
    pub(crate) fn know(&self, secret: &str, is_operator: bool) {
        let client = self.table.secret(secret);
        self.table.know(client, is_operator, self.now_us());
    }

    /// Charges a request; `None` where nothing is counted.
    pub(super) fn charge(&self, who: Who, class: Class) -> Option<Charged> {
        let (client, budgets) = match who {
            Who::Trusted => return None,
            Who::SignedIn(client) => (client, &self.limits.signed_in),
            Who::Anonymous(client) => (client, &self.limits.anonymous),
        };
        let budget = budgets.of(class)?;
        let outcome = self.table.take(client, class.slot(), budget, self.now_us());
        Some(Charged {
            class,
            budget,
            outcome,
        })
    }
}

/// The policies that apply, and what is left.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

impl Charged {
    /// The refusal of a request that is one too many.
    pub(super) fn refused(&self) -> Option<ApiError> {
        let Err(left) = &self.outcome else {
            return None;
        };
        let (rate, name) = (self.budget.per_second(), self.class.name());
        let detail = format!(
            "you may send {rate} {name} a second, and {} at once after a pause; to follow the registry use the event feed",
            self.budget.quota()
        );
        let seconds = left.wait_s.max(1);
        Some(ApiError::new(Kind::TooMany { seconds }, detail))
    }

    /// Says what is left.
    pub(super) fn mark(&self, headers: &mut HeaderMap) {
        let (Ok(left) | Err(left)) = &self.outcome;
        let name = self.class.name();
        let policy = format!("\"{name}\";q={};w={WINDOW_S}", self.budget.quota());
        let limit = format!("\"{name}\";r={};t={}", left.remaining, left.full_in_s);
        for (header, text) in [(POLICY, policy), (LIMIT, limit)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(header, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    fn rates() -> Rates {
        Rates::new(RateLimits::default())
    }

    #[test]
    fn the_machine_itself_is_trusted_in_every_spelling_of_its_address() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            let who = rates().who("", address.parse().unwrap());
            assert_eq!(who, Who::Trusted, "{address}");
        }
    }

    #[test]
    fn an_ipv6_network_is_one_client_and_ipv4_addresses_are_single_ones() {
        let rates = rates();
        let who = |address: &str| rates.who("", address.parse().unwrap());
        assert_eq!(who("2001:db8:1:2::1"), who("2001:db8:1:2:ffff::9"));
        assert_ne!(who("2001:db8:1:2::1"), who("2001:db8:1:3::1"));
        assert_ne!(who("192.0.2.1"), who("192.0.2.2"));
        assert_eq!(who("192.0.2.1"), who("::ffff:192.0.2.1"));
    }

    #[test]
    fn a_secret_counts_for_itself_only_once_it_has_opened_something() {
        let rates = rates();
        let address = "192.0.2.1".parse().unwrap();
        let stranger = rates.who("", address);
        assert_eq!(rates.who("css_madeup", address), stranger);
        rates.know("css_real", false);
        rates.know("cst_operator", true);
        assert!(matches!(rates.who("css_real", address), Who::SignedIn(_)));
        assert_eq!(rates.who("cst_operator", address), Who::Trusted);
        assert_eq!(rates.who("cst_madeup", address), stranger);
    }

    #[test]
    fn what_any_web_server_can_serve_and_what_watches_the_node_is_not_counted() {
        for route in [
            "/healthz",
            "/readyz",
            "/metrics",
            "/log/checkpoint",
            "/log/tile/{*path}",
        ] {
            assert_eq!(Class::of(&Method::GET, route), None, "{route}");
        }
        let of = |method, route| Class::of(&method, route).unwrap();
        assert_eq!(of(Method::GET, "/api/v1/status"), Class::Reads);
        assert_eq!(of(Method::GET, "/api/v1/organisations"), Class::Lists);
        assert_eq!(of(Method::POST, "/api/v1/organisations"), Class::Writes);
        assert_eq!(of(Method::GET, "unmatched"), Class::Reads);
        assert_eq!(of(Method::POST, "/fr/sign-in"), Class::Writes);
        assert_eq!(of(Method::GET, "/fr/sign-in"), Class::Reads);
        assert_eq!(of(Method::GET, "/work/cases"), Class::Lists);
    }
}
