//! Where a webhook may lead. Its owner is not trusted with the hub's own network: neither a name nor
//! a number may lead to an address of this machine or of a private network, and the address that is
//! checked is the one that is connected to.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The longest address of a webhook, in characters.
const MAX_URL_CHARS: usize = 2000;

/// Checks what can be known without a look-up. `private` allows private addresses, and plain HTTP to
/// this machine.
pub fn check_url(text: &str, private: bool) -> Result<Url, String> {
    if text.chars().count() > MAX_URL_CHARS {
        return Err(format!("the address has more than {MAX_URL_CHARS} characters"));
    }
    if text.contains(char::is_control) {
        return Err("the address has characters that no address has: type it anew".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("this is no address: {error}"))?;
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let this_machine = number.is_some_and(|ip| ip.is_loopback()) || host == "localhost";
    match url.scheme() {
        "https" => {}
        "http" if private && this_machine => {}
        "http" => return Err("the address must begin with https://".to_owned()),
        scheme => return Err(format!("{scheme}:// is not possible: use https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must not contain a name or a password".to_owned());
    }
    match number {
        Some(ip) if !private && !is_public(ip) => Err(refused(host)),
        _ => Ok(url),
    }
}

fn refused(host: &str) -> String {
    format!("{host} is an address of this machine or of a private network")
}

/// Looks names up and gives back only addresses that webhooks may reach.
pub struct Guard {
    /// All are.
    pub private: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let private = self.private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| private || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err(refused(name.as_str()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet: the registries of RFC 6890, multicast apart.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && b & 0xc0 == 64;
    let protocol_assignments = (a, b, c) == (192, 0, 0);
    let benchmarks = a == 198 && b & 0xfe == 18;
    let relays = (a, b, c) == (192, 88, 99);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || shared
        || protocol_assignments
        || benchmarks
        || relays)
}

/// Only global unicast, 2000::/3, and of it nothing that hides an address of another kind.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let v4 = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Mapped (RFC 4291) and translated (RFC 6052) addresses lead to the one inside.
        (0, 0) if [c, d, e] == [0; 3] && f == 0xffff => v4(g, h),
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => v4(g, h),
        // 6to4 (RFC 3056).
        (0x2002, _) => v4(b, c),
        // Teredo, benchmarks, ORCHID and the like (2001::/23), documentation (RFC 3849, RFC 9637).
        (0x2001, 0..=0x1ff | 0xdb8) => false,
        (0x3fff, 0..=0xfff) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "192.0.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2002:101:101::1",
        ];
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "203.0.113.1",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
        ];
        for address in public {
            assert!(is_public(address.parse().unwrap()), "{address} is public");
        }
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address} is not public");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only_and_numbers_in_any_spelling_are_checked() {
        let cases = [
            ("https://example.org/hook", true, true),
            ("http://example.org/hook", false, false),
            ("http://127.0.0.1:8080/", false, true),
            ("http://localhost:8080/", false, true),
            ("http://[::1]/", false, true),
            ("http://10.0.0.1/", false, false),
            ("https://10.0.0.1/", false, true),
            ("https://127.1/", false, true),
            ("https://2130706433/", false, true),
            ("https://0x7f.1/", false, true),
            ("https://[::ffff:127.0.0.1]/", false, true),
            ("https://name:word@example.org/", false, false),
            ("ftp://example.org/", false, false),
            ("https://example.org/\0", false, false),
            ("https://example.org/a\nb", false, false),
            ("example.org", false, false),
            ("", false, false),
        ];
        for (url, public, private) in cases {
            assert_eq!(check_url(url, false).is_ok(), public, "{url}");
            assert_eq!(check_url(url, true).is_ok(), private, "{url} where private ones may be");
        }
    }
}
