//! Files that pages load: the style sheet, the scripts and the country's logo. Their names carry the hash of their bytes, so
//! that browsers keep them for ever; each is compressed once, when it is first made.

use std::io::Write;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Shared;
use super::look::Look;
use crate::http::problem::{ApiError, Kind};

/// The script is htmx 4.0.1, as its authors publish it (Zero-Clause BSD, `node/assets/htmx-LICENSE.txt`), and behind it a few lines
/// of our own in the same file: a request less.
const SCRIPT: &str = concat!(
    include_str!("../../assets/htmx-4.0.1.min.js"),
    "\n",
    include_str!("../../assets/live.js")
);

/// The script of the pages that have to do with passkeys.
const PASSKEYS: &str = include_str!("../../assets/passkeys.js");

const STYLE: &str = include_str!("../../assets/site.css");

const KEPT_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// How hard files are compressed that are compressed once.
const QUALITY: i32 = 9;

/// A file that pages load.
pub(super) struct Asset {
    name: String,
    media: &'static str,
    bytes: Vec<u8>,
    brotli: Vec<u8>,
}

impl Asset {
    fn new(stem: &str, extension: &str, media: &'static str, bytes: Vec<u8>) -> Self {
        let hash = hex::encode(Sha256::digest(&bytes));
        let hash = hash.get(..16).unwrap_or(&hash);
        Self {
            name: format!("{stem}-{hash}.{extension}"),
            media,
            brotli: compressed(&bytes, QUALITY),
            bytes,
        }
    }

    /// Its path.
    pub(super) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// Every file that pages load.
pub(super) struct Assets {
    pub(super) style: Asset,
    pub(super) script: Asset,
    pub(super) passkeys: Asset,
    pub(super) icon: Asset,
    pub(super) logo: Option<Asset>,
}

impl Assets {
    pub(super) fn new(look: &Look) -> Self {
        let style = format!("{STYLE}{}", look.style());
        let text = "text/css; charset=utf-8";
        let script = "text/javascript; charset=utf-8";
        Self {
            style: Asset::new("site", "css", text, style.into_bytes()),
            script: Asset::new("htmx", "js", script, SCRIPT.into()),
            passkeys: Asset::new("passkeys", "js", script, PASSKEYS.into()),
            icon: Asset::new("icon", "svg", "image/svg+xml", look.icon().into_bytes()),
            logo: look
                .logo
                .as_ref()
                .map(|logo| Asset::new("logo", logo.extension(), logo.media(), logo.bytes.clone())),
        }
    }

    fn named(&self, name: &str) -> Option<&Asset> {
        let all = [&self.style, &self.script, &self.passkeys, &self.icon];
        let mut all = all.into_iter().chain(&self.logo);
        all.find(|it| it.name == name)
    }
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(Kind::NotFound, "there is no such file; load the page again");
    let asset = site.assets.named(&name).ok_or_else(unknown)?;
    let is_brotli = takes_brotli(&headers);
    let bytes = if is_brotli {
        &asset.brotli
    } else {
        &asset.bytes
    };
    let mut response = (StatusCode::OK, bytes.clone()).into_response();
    let marks = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, asset.media),
        (header::CACHE_CONTROL, KEPT_FOR_EVER),
        (header::VARY, "Accept-Encoding"),
    ];
    for (mark, value) in fixed {
        marks.insert(mark, HeaderValue::from_static(value));
    }
    if is_brotli {
        marks.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Ok(response)
}

/// Whether whoever asks takes brotli (RFC 9110 section 12.5.3).
pub(super) fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .any(|coding| {
            let mut parts = coding.split(';');
            let is_brotli = parts.next().is_some_and(|it| it.trim() == "br");
            let refused = parts.any(|it| matches!(it.trim(), "q=0" | "q=0.0" | "q=0.00"));
            is_brotli && !refused
        })
}

/// The bytes under brotli (RFC 7932).
pub(super) fn compressed(bytes: &[u8], quality: i32) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        ..brotli::enc::BrotliEncoderParams::default()
    };
    let mut out = Vec::with_capacity(bytes.len() / 3);
    {
        let mut writer = brotli::CompressorWriter::with_params(&mut out, 4096, &parameters);
        // Writing into memory does not fail.
        let _ = writer.write_all(bytes);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{PASSKEYS, SCRIPT, STYLE, compressed, takes_brotli};

    #[test]
    fn what_is_compressed_comes_back_whole_and_is_small() {
        for text in [SCRIPT, PASSKEYS, STYLE] {
            let small = compressed(text.as_bytes(), 9);
            assert!(small.len() * 2 < text.len());
            let mut whole = String::new();
            let mut reader = brotli::Decompressor::new(&small[..], 4096);
            reader.read_to_string(&mut whole).unwrap();
            assert_eq!(whole, text);
        }
        assert!(STYLE.len() < 24_000, "{} bytes", STYLE.len());
    }

    #[test]
    fn brotli_goes_only_to_those_who_take_it() {
        for (header, wanted) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip", true),
            ("br;q=0", false),
            ("gzip", false),
            ("brx", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(header));
            assert_eq!(takes_brotli(&headers), wanted, "{header}");
        }
        assert!(!takes_brotli(&HeaderMap::new()));
    }
}
