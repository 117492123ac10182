//! Where webhooks may go: to public addresses over TLS, and nowhere into the country's own networks unless its configuration
//! says so.
//!
//! Addresses are judged when a connection is made, and not when an endpoint is entered: a name may lead elsewhere by then.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The longest address of an endpoint, in bytes.
pub(crate) const URL_BYTES_MAX: usize = 2048;

/// Reads the address of an endpoint. Over plain HTTP only where private addresses are allowed, and to this machine.
///
/// # Errors
/// What is wrong and what is wanted.
pub(crate) fn endpoint(text: &str, allow_private: bool) -> Result<Url, String> {
    if text.len() > URL_BYTES_MAX {
        return Err(format!("an address may have {URL_BYTES_MAX} bytes"));
    }
    let url: Url = text
        .parse()
        .map_err(|error| format!("this is no address ({error}); write https://..."))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "an address carries no user and no password: receivers verify the signature".to_owned(),
        );
    }
    if url.fragment().is_some() {
        return Err("an address has no part after #".to_owned());
    }
    let ip = literal(&url);
    let is_here = ip.is_some_and(|it| it.is_loopback()) || url.host_str() == Some("localhost");
    match url.scheme() {
        "https" => {}
        "http" if is_here && allow_private => {}
        "http" if is_here => {
            return Err("plain http goes to this machine only where [webhooks] in config.toml says allow_private = true".to_owned());
        }
        _ => return Err("an address begins with https://".to_owned()),
    }
    judged(&url, allow_private)?;
    Ok(url)
}

/// Whether a request may go to an address that names no host but an IP address.
///
/// # Errors
/// Why not.
pub(super) fn judged(url: &Url, allow_private: bool) -> Result<(), String> {
    let is_private = literal(url).is_some_and(|ip| !is_public(ip));
    if is_private && !allow_private {
        return Err(refusal(url.host_str().unwrap_or_default()));
    }
    Ok(())
}

fn refusal(host: &str) -> String {
    format!(
        "{host} is an address of this machine or of a private network, and nothing goes there; \
         [webhooks] allow_private = true in config.toml allows it"
    )
}

/// The IP address that stands where a host could.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let host = host
        .strip_prefix('[')
        .and_then(|it| it.strip_suffix(']'))
        .unwrap_or(host);
    host.parse().ok()
}

/// Whether everybody on the Internet can be meant by an address (the special-purpose registries of IANA, RFC 6890).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

const fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_unspecified()
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        // Shared by carriers (RFC 6598), protocol assignments, benchmarks (RFC 2544), reserved.
        || (a == 100 && b >= 64 && b < 128)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let [first, second, ..] = segments;
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    // Addresses that carry one of IPv4: mapped, compatible, behind NAT64 (RFC 6052) or 6to4 (RFC 3056).
    if let Some(ip) = ip.to_ipv4() {
        return is_public_v4(ip);
    }
    let [.., seventh, eighth] = segments;
    if (first, second) == (0x64, 0xff9b) {
        return is_public_v4(inner(seventh, eighth));
    }
    if first == 0x2002 {
        let [_, high, low, ..] = segments;
        return is_public_v4(inner(high, low));
    }
    let is_special = ip.is_unspecified()
        || ip.is_loopback()
        || ip.is_multicast()
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        || first & 0xffc0 == 0xfec0
        || (first, second) == (0x2001, 0xdb8);
    // Only 2000::/3 is given out.
    !is_special && first & 0xe000 == 0x2000
}

/// Finds the addresses of a host, and gives those that may be asked.
pub(super) struct Resolver {
    pub(super) allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may = |it: &SocketAddr| allow_private || is_public(it.ip());
            let allowed: Vec<SocketAddr> = found.filter(may).collect();
            if allowed.is_empty() {
                return Err(refusal(name.as_str()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fd00::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:a00:1::1",
            "4000::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn endpoints_are_over_tls_and_public_unless_the_country_says_otherwise() {
        let may = |text: &str, private: bool| endpoint(text, private).is_ok();
        assert!(may("https://receiver.example/hook?a=b", false));
        for refused in [
            "http://receiver.example/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://127.0.0.1/",
            "http://127.0.0.1:8000/",
            "http://localhost/",
            "ftp://receiver.example/",
            "receiver.example",
            "https://a:b@receiver.example/",
            "https://receiver.example/#a",
            "https://0x7f.1/",
            "",
        ] {
            assert!(!may(refused, false), "{refused}");
        }
        for allowed in [
            "https://10.0.0.1/",
            "http://127.0.0.1:8000/",
            "http://localhost/",
            "http://[::1]:9/",
        ] {
            assert!(may(allowed, true), "{allowed}");
        }
        assert!(!may("http://10.0.0.1/", true));
    }
}
