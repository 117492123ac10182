//! Percent-encoding.

/// Every byte but the unreserved characters of RFC 3986 as `%XX`: right in a query, and in a parameter of a header (RFC 8187).
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// `attachment` with the name of a file in UTF-8, percent-encoded (RFC 6266 section 4.3, RFC 8187).
pub(crate) fn disposition(name: &str) -> String {
    format!("attachment; filename*=UTF-8''{}", encoded(name))
}
