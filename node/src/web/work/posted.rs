//! What a form sends.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use countersign_protocol::id::RequestId;

use super::multipart::{Multipart, Part};
use crate::http::problem::{ApiError, Kind};

/// The largest form, in bytes: the longest form of a case, 256 KiB, with every byte written as three, and what stands beside
/// it.
pub(super) const FORM_BYTES_MAX: usize = 1024 * 1024;

/// The most fields of one form.
const FIELDS_MAX: usize = 5000;

/// The fields of a form, in the order in which the browser sent them.
#[derive(Debug, Default)]
pub(super) struct Posted(Vec<(String, String)>);

/// Reads a form; a file in one is read as a text.
pub(super) async fn read(request: Request) -> Result<Posted, ApiError> {
    let fields = if Multipart::is_one(request.headers()) {
        parts(request).await?
    } else {
        pairs(request).await?
    };
    if fields.len() > FIELDS_MAX {
        let detail = format!("a form has at most {FIELDS_MAX} fields");
        return Err(ApiError::new(Kind::TooLarge, detail));
    }
    Ok(Posted(fields))
}

async fn pairs(request: Request) -> Result<Vec<(String, String)>, ApiError> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        let detail = "a form is sent as application/x-www-form-urlencoded or multipart/form-data";
        return Err(ApiError::new(Kind::UnsupportedMediaType, detail));
    }
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    let Form(fields) = form.map_err(|error| {
        let kind = match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            _ => Kind::Malformed,
        };
        ApiError::new(kind, error.body_text())
    })?;
    Ok(fields)
}

async fn parts(request: Request) -> Result<Vec<(String, String)>, ApiError> {
    let mut left = FORM_BYTES_MAX;
    let mut multipart = Multipart::new(request)?;
    let mut fields = Vec::new();
    while let Some(Part { name, .. }) = multipart.next().await? {
        let bytes = multipart.whole(left).await?;
        left = left.saturating_sub(bytes.len() + name.len());
        let text = String::from_utf8(bytes).map_err(|_| {
            let detail = format!("{name}: this is no text in UTF-8; choose another file");
            ApiError::new(Kind::Malformed, detail)
        })?;
        if fields.len() > FIELDS_MAX {
            break;
        }
        fields.push((name, text));
    }
    Ok(fields)
}

impl Posted {
    /// A form with these fields.
    #[cfg(test)]
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Self(pairs.iter().map(owned).collect())
    }

    /// The text of a field, as it was typed.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(it, _)| it == name)?;
        Some(&found.1)
    }

    /// The text of a field without blanks around it; `None` where nothing was typed.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        self.text(name).map(str::trim).filter(|it| !it.is_empty())
    }

    /// The text of a field without blanks around it, or nothing.
    pub(super) fn shown(&self, name: &str) -> String {
        self.given(name).unwrap_or_default().to_owned()
    }

    /// The text of a file, before what was pasted; lines end as they do here.
    pub(super) fn file_or_text(&self) -> String {
        let file = self.given("file");
        let text = file.or_else(|| self.given("text")).unwrap_or_default();
        text.replace("\r\n", "\n")
    }

    /// Every text of a field that may come more than once.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(it, _)| it == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Names of the fields that begin so.
    pub(super) fn names<'a>(&'a self, start: &'a str) -> impl Iterator<Item = &'a str> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names.filter(move |name| name.starts_with(start))
    }

    /// Which of several buttons was pressed; the first one where nobody pressed any.
    pub(super) fn button(&self) -> &str {
        self.given("do").unwrap_or_default()
    }

    /// The id that the page drew for this wish: sent twice, it is done once.
    pub(super) fn request(&self) -> Result<RequestId, ApiError> {
        let read = self.given("request").and_then(|it| it.parse().ok());
        let missing = || {
            let detail = "the form has lost the number of its wish; load its page again";
            ApiError::new(Kind::Malformed, detail)
        };
        read.ok_or_else(missing)
    }
}

/// A new number for a wish.
pub(super) fn drawn() -> Result<RequestId, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| ApiError::new(Kind::Internal, "the system gives no random numbers"))?;
    Ok(RequestId(bytes))
}
