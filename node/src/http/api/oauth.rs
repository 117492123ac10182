//! OAuth 2.0 client credentials (RFC 6749 section 4.4), for programs that know nothing else.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use zeroize::Zeroizing;

use crate::app::{AppError, TokenWish};
use crate::http::Served;
use crate::http::dto::{TokenAnswer, TokenRequest};
use crate::http::openapi::{NotAuthorised, Rejected, TooLarge, UnsupportedMediaType};
use crate::http::problem::{ApiError, Kind};

/// The largest form, in bytes.
const FORM_BYTES_MAX: usize = 8 * 1024;

/// Draws an access token with an API key: good for ten minutes, and for the actions in `scope`.
///
/// The key's public id is the client's, and the key its secret: in the form, or as `Authorization: Basic`. A problem of this
/// endpoint has the word of RFC 6749 section 5.2 as `error`.
#[utoipa::path(
    post,
    path = "/oauth/token",
    tag = "Signing in",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer), NotAuthorised, Rejected, TooLarge, UnsupportedMediaType),
    security(()),
)]
pub(super) async fn token(
    State(served): State<Served>,
    request: Request,
) -> Result<Response, ApiError> {
    let basic = basic(request.headers())?;
    let form = form(request).await?;
    let wish = wish(basic, form)?;
    let drawn = served.app.draw_access_token(&wish).await;
    let drawn = drawn.map_err(|error| match error {
        AppError::NotAuthorised => {
            let detail = "there is no such API key, or it has ended: client_id is its public id, client_secret the key";
            ApiError::new(Kind::NotAuthorised, detail).worded("invalid_client")
        }
        AppError::BadInput { .. } => ApiError::from(error).worded("invalid_scope"),
        other => other.into(),
    })?;
    let words: Vec<&str> = drawn.actions.iter().map(|it| it.word()).collect();
    let answer = TokenAnswer {
        access_token: drawn.token.expose().to_owned(),
        token_type: "Bearer".to_owned(),
        expires_in: drawn.life_s,
        scope: words.join(" "),
    };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ];
    Ok((headers, Json(answer)).into_response())
}

fn invalid(detail: impl Into<String>) -> ApiError {
    ApiError::new(Kind::Malformed, detail).worded("invalid_request")
}

/// The parts of a form, each at most once.
#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Zeroizing<String>>,
    scope: Option<String>,
}

async fn form(request: Request) -> Result<Form, ApiError> {
    let media = request.headers().get(header::CONTENT_TYPE);
    let media = media.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let detail =
            "send the form as application/x-www-form-urlencoded and say so in Content-Type";
        return Err(ApiError::new(Kind::UnsupportedMediaType, detail));
    }
    let bytes = to_bytes(request.into_body(), FORM_BYTES_MAX).await;
    let bytes = bytes.map_err(|_| {
        ApiError::new(
            Kind::TooLarge,
            format!("a form may have {FORM_BYTES_MAX} bytes"),
        )
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| invalid("the form is not UTF-8"))?;
    // The parser of queries is that of forms.
    let url = Url::parse(&format!("http://form/?{text}"));
    let url = url.map_err(|_| invalid("the form can not be read"))?;
    let mut form = Form::default();
    for (name, value) in url.query_pairs() {
        let value = value.into_owned();
        let is_second = match &*name {
            "grant_type" => form.grant_type.replace(value).is_some(),
            "client_id" => form.client_id.replace(value).is_some(),
            "client_secret" => form.client_secret.replace(value.into()).is_some(),
            "scope" => form.scope.replace(value).is_some(),
            // RFC 6749 section 3.2: what is not known is not looked at.
            _ => false,
        };
        if is_second {
            let shown: String = name.chars().take(48).collect();
            return Err(invalid(format!("{shown} is given twice")));
        }
    }
    Ok(form)
}

type Credentials = (String, Zeroizing<String>);

/// The credentials of `Authorization: Basic` (RFC 7617).
fn basic(headers: &HeaderMap) -> Result<Option<Credentials>, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let wrong = || {
        let detail = "Authorization is Basic and base64 of the client's id, a colon and its secret";
        ApiError::new(Kind::NotAuthorised, detail).worded("invalid_client")
    };
    let text = value.to_str().map_err(|_| wrong())?;
    let (scheme, coded) = text.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(wrong());
    }
    let bytes = Zeroizing::new(STANDARD.decode(coded.trim()).map_err(|_| wrong())?);
    let pair = std::str::from_utf8(&bytes).map_err(|_| wrong())?;
    let (client, secret) = pair.split_once(':').ok_or_else(wrong)?;
    Ok(Some((client.to_owned(), Zeroizing::new(secret.to_owned()))))
}

fn wish(basic: Option<Credentials>, form: Form) -> Result<TokenWish, ApiError> {
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            let detail = "the only grant_type is client_credentials";
            return Err(ApiError::new(Kind::Malformed, detail).worded("unsupported_grant_type"));
        }
        None => return Err(invalid("grant_type is missing: it is client_credentials")),
    }
    let in_form = form.client_id.zip(form.client_secret);
    let (client, secret) = match (basic, in_form) {
        (Some(_), Some(_)) => {
            return Err(invalid(
                "give the credentials in the form or in the header, one of the two",
            ));
        }
        (Some(given), None) | (None, Some(given)) => given,
        (None, None) => {
            let detail = "client_id and client_secret are missing";
            return Err(ApiError::new(Kind::NotAuthorised, detail).worded("invalid_client"));
        }
    };
    Ok(TokenWish {
        client,
        secret,
        scope: form.scope,
    })
}
