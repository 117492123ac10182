//! Reading requests: bodies, parameters, the idempotency key, the token. What can not be read is a problem that names the
//! part.

use std::convert::Infallible;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use countersign_protocol::id::RequestId;
use countersign_protocol::serial::{YEAR_MAX, YEAR_MIN};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde_path_to_error::Segment;
use tokio_util::sync::CancellationToken;

use super::Served;
use super::dto::{IDEMPOTENCY_KEY, PAGE_DEFAULT, PAGE_MAX};
use super::problem::{ApiError, Kind};
use super::rates::{Rates, Who};
use crate::app::{Caller, Mode};
use crate::people::Visit;

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Served> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, served: &Served) -> Result<Self, ApiError> {
        json_up_to(request, served.body_bytes_max).await.map(Self)
    }
}

/// A JSON body of another length than most.
pub(super) async fn json_up_to<T: DeserializeOwned>(
    request: Request,
    bytes_max: usize,
) -> Result<T, ApiError> {
    if !is_json(request.headers()) {
        let detail = "send the body as application/json and say so in Content-Type";
        return Err(ApiError::new(Kind::UnsupportedMediaType, detail));
    }
    let bytes = to_bytes(request.into_body(), bytes_max).await;
    let bytes = bytes.map_err(|error| {
        // A body that broke off looks the same to axum; nobody waits for that answer.
        tracing::debug!(%error, "a body could not be read");
        let detail = format!("a body may have {bytes_max} bytes");
        ApiError::new(Kind::TooLarge, detail)
    })?;
    parse(&bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type.map(|text| text.split(';').next().unwrap_or_default().trim());
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // A list of its members would be read as an object too.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::body("", &"an object belongs here, not a list"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        if inner.is_data() {
            ApiError::body(&pointer, &inner)
        } else {
            ApiError::new(Kind::Malformed, format!("the body is not JSON: {inner}"))
        }
    })?;
    let rest = json.end();
    rest.map_err(|error| ApiError::new(Kind::Malformed, format!("the body is not JSON: {error}")))?;
    Ok(value)
}

/// A body that is a value already; otherwise the JSON pointer of what is wrong, and why.
pub(crate) fn of_value<T: DeserializeOwned>(
    value: serde_json::Value,
) -> Result<T, (String, String)> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = pointer(error.path());
        (pointer, error.into_inner().to_string())
    })
}

/// A path into the body as a JSON pointer (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let token = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.replace('~', "~0").replace('/', "~1"),
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&token);
    }
    pointer
}

/// The one parameter of the path.
pub(super) struct PathValue<T>(pub(super) T);

impl<T, S> FromRequestParts<S> for PathValue<T>
where
    T: FromStr,
    T::Err: Display,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let values = raw_values(parts, state).await?;
        let missing = || ApiError::new(Kind::NotFound, "the path has no parameter");
        let (name, text) = values.first().ok_or_else(missing)?;
        let value = parsed(name, text)?;
        Ok(Self(value))
    }
}

/// The two parameters of the path, in their order.
pub(super) struct PathValues<A, B>(pub(super) A, pub(super) B);

impl<A, B, S> FromRequestParts<S> for PathValues<A, B>
where
    A: FromStr,
    A::Err: Display,
    B: FromStr,
    B::Err: Display,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let values = raw_values(parts, state).await?;
        let [(first, a), (second, b)] = values.as_slice() else {
            return Err(ApiError::new(
                Kind::NotFound,
                "the path has no two parameters",
            ));
        };
        Ok(Self(parsed(first, a)?, parsed(second, b)?))
    }
}

async fn raw_values<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<Vec<(String, String)>, ApiError> {
    let unreadable = "the path is not percent-encoded UTF-8";
    let values = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| ApiError::new(Kind::Malformed, unreadable))?;
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    Ok(values.iter().map(owned).collect())
}

fn parsed<T>(name: &str, text: &str) -> Result<T, ApiError>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|why| ApiError::parameter(name, &why))
}

/// The parameters of the query. Each is taken by name; what is left over is refused.
pub(super) struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::new(Kind::Malformed, error.body_text()))?;
        Ok(Self(pairs))
    }
}

impl Parameters {
    /// The text of a parameter; a second one of the same name is left over.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// A parameter that has a text form.
    pub(super) fn get<T>(&mut self, name: &str) -> Result<Option<T>, ApiError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.text(name);
        let value = text.map(|text| text.parse().map_err(|why| ApiError::parameter(name, &why)));
        value.transpose()
    }

    /// A parameter that is a year of the registry.
    pub(super) fn year(&mut self, name: &str) -> Result<Option<u16>, ApiError> {
        let year = self.get(name)?;
        if year.is_some_and(|year| !(YEAR_MIN..=YEAR_MAX).contains(&year)) {
            let range = format!("a year from {YEAR_MIN} to {YEAR_MAX} belongs here");
            return Err(ApiError::parameter(name, &range));
        }
        Ok(year)
    }

    /// A parameter out of a fixed list of words.
    pub(super) fn word<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, ApiError> {
        let text = self.text(name);
        let value = text.map(|text| {
            let word = StrDeserializer::<WordError>::new(&text);
            T::deserialize(word).map_err(|why| ApiError::parameter(name, &why))
        });
        value.transpose()
    }

    /// Whether a write is carried out, or only tried.
    pub(super) fn mode(&mut self) -> Result<Mode, ApiError> {
        let is_trial = self.get::<bool>("dry_run")?.unwrap_or(false);
        Ok(if is_trial { Mode::Try } else { Mode::Write })
    }

    /// How many items are wanted.
    pub(super) fn limit(&mut self) -> Result<usize, ApiError> {
        let limit = self.get::<u16>("limit")?.unwrap_or(PAGE_DEFAULT);
        if (1..=PAGE_MAX).contains(&limit) {
            return Ok(limit.into());
        }
        let why = format!("a page has 1 to {PAGE_MAX} items");
        Err(ApiError::parameter("limit", &why))
    }

    /// Whether nothing is asked for but a part of the list, whose place is a plain number if it is given.
    pub(super) fn is_plain(&self) -> bool {
        self.0.iter().all(|(name, value)| match name.as_str() {
            "limit" => true,
            "after" => value.parse::<u64>().is_ok(),
            _ => false,
        })
    }

    /// Whether nothing is asked for but these.
    pub(super) fn are_among(&self, names: &[&str]) -> bool {
        self.0
            .iter()
            .all(|(name, _)| names.contains(&name.as_str()))
    }

    /// The order of a list, and whether it is turned round: `-` before the word says so.
    pub(super) fn sort<T: DeserializeOwned>(&mut self) -> Result<(Option<T>, bool), ApiError> {
        let Some(text) = self.text("sort") else {
            return Ok((None, false));
        };
        let (word, descending) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text.as_str(), false),
        };
        let word = StrDeserializer::<WordError>::new(word);
        let sort = T::deserialize(word).map_err(|why| ApiError::parameter("sort", &why))?;
        Ok((Some(sort), descending))
    }

    /// Refuses what nobody asked for, so that a misspelled parameter is not taken for its absence.
    pub(super) fn finish(self) -> Result<(), ApiError> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().take(48).collect();
                let why = "this parameter is not known here, or is given twice";
                Err(ApiError::parameter(&shown, &why))
            }
        }
    }
}

/// Who asks. Every handler that takes one needs a session, an API key or a token.
impl FromRequestParts<Served> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers);
        let caller = served.app.authenticate(secret).await?;
        served.rates.know(secret, caller.operator().is_ok());
        Ok(caller)
    }
}

/// The secret of an `Authorization: Bearer` header (RFC 6750 section 2.1); empty without one.
pub(super) fn bearer(headers: &HeaderMap) -> &str {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim())
}

/// Whether a write is carried out: `?dry_run=true` only tries it. Takes no other parameter.
pub(super) struct WriteMode(pub(super) Mode);

impl<S: Send + Sync> FromRequestParts<S> for WriteMode {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut parameters = Parameters::from_request_parts(parts, state).await?;
        let mode = parameters.mode()?;
        parameters.finish()?;
        Ok(Self(mode))
    }
}

/// The address that a connection comes from, as the listener saw it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PeerAddress(pub(super) IpAddr);

/// Cancelled when the node stops: answers that go on end then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stopping(pub(crate) CancellationToken);

impl<S: Send + Sync> FromRequestParts<S> for Stopping {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Who asks, as far as it is counted.
impl FromRequestParts<Served> for Who {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Infallible> {
        Ok(who(served, &parts.extensions, &parts.headers))
    }
}

/// The same for the pages.
pub(crate) fn reader(
    rates: &Rates,
    behind_proxy: bool,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> Who {
    let address = client(headers, peer(extensions), behind_proxy);
    let secret = match bearer(headers) {
        // People who read pages show theirs in a cookie.
        "" => crate::web::shown_secret(headers).unwrap_or_default(),
        secret => secret,
    };
    rates.who(secret, address)
}

/// Who sends a request.
pub(super) fn who(served: &Served, extensions: &Extensions, headers: &HeaderMap) -> Who {
    reader(&served.rates, served.behind_proxy, extensions, headers)
}

fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<PeerAddress>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.0)
}

/// The longest name of a client that is kept, in bytes.
const DEVICE_BYTES_MAX: usize = 256;

/// When and from where somebody comes.
impl FromRequestParts<Served> for Visit {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        Ok(visit(parts, served.app.now_ms(), served.behind_proxy))
    }
}

/// When and from where a request comes.
pub(crate) fn visit(parts: &Parts, now_ms: u64, behind_proxy: bool) -> Visit {
    let device = parts.headers.get(header::USER_AGENT);
    let device = device.and_then(|value| value.to_str().ok()).unwrap_or("");
    Visit {
        now_ms,
        address: client(&parts.headers, peer(&parts.extensions), behind_proxy),
        device: device.chars().take(DEVICE_BYTES_MAX).collect(),
    }
}

/// Behind a proxy on this machine the client is the last one that the proxy names; whatever stands before that, the client
/// may have written itself.
fn client(headers: &HeaderMap, peer: IpAddr, behind_proxy: bool) -> IpAddr {
    if !behind_proxy || !peer.is_loopback() {
        return peer;
    }
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    let last = last.and_then(|value| value.to_str().ok());
    let last = last.and_then(|text| text.rsplit(',').next());
    last.and_then(|text| text.trim().parse().ok())
        .unwrap_or(peer)
}

const KEY_WANTED: &str =
    "draw 32 hex digits or a UUID for each new wish and send it again with every repetition";

/// The idempotency key of a write that must have one.
pub(super) struct Key(pub(super) RequestId);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let key = key(&parts.headers)?;
        let missing = || {
            ApiError::header(
                IDEMPOTENCY_KEY_SHOWN,
                &format!("it is missing; {KEY_WANTED}"),
            )
        };
        key.map(Self).ok_or_else(missing)
    }
}

/// The idempotency key of a write that may do without.
pub(super) struct OptionalKey(pub(super) RequestId);

impl<S: Send + Sync> FromRequestParts<S> for OptionalKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        if let Some(key) = key(&parts.headers)? {
            return Ok(Self(key));
        }
        let mut drawn = [0; 16];
        getrandom::fill(&mut drawn)
            .map_err(|_| ApiError::new(Kind::Internal, "the system gives no random numbers"))?;
        Ok(Self(RequestId(drawn)))
    }
}

const IDEMPOTENCY_KEY_SHOWN: &str = "Idempotency-Key";

fn key(headers: &HeaderMap) -> Result<Option<RequestId>, ApiError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(ApiError::header(
            IDEMPOTENCY_KEY_SHOWN,
            &"it is given twice",
        ));
    }
    let key = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    let not_a_key = || ApiError::header(IDEMPOTENCY_KEY_SHOWN, &KEY_WANTED);
    key.map(Some).ok_or_else(not_a_key)
}
