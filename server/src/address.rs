//! Where this hub is, for everything that names it: links, invitations, letters, redirects.

use crate::config::{Config, Tls};
use axum::http::{HeaderMap, header};
use std::net::SocketAddr;

/// The one way to tell the hub's own address, without a slash at the end. The rule:
///
/// 1. `public_url`, where it is configured.
/// 2. Otherwise, for whoever asks, the host that their request came to: they got here with it.
/// 3. Otherwise where the hub listens. What reaches others than who asks takes this and never the
///    second, for a request says whatever its sender wants: letters, and the address to which an
///    OpenID provider sends people back.
pub struct Address {
    public: Option<String>,
    scheme: &'static str,
    listens: String,
}

impl Address {
    /// The address of a hub that listens on `http_addr`.
    pub fn new(config: &Config, http_addr: SocketAddr) -> Address {
        let scheme = if config.tls == Tls::Off { "http" } else { "https" };
        let public = config.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
        Address { public, scheme, listens: format!("{scheme}://{http_addr}") }
    }

    /// For everybody.
    pub fn lasting(&self) -> &str {
        self.public.as_deref().unwrap_or(&self.listens)
    }

    /// For whoever sent a request with these headers.
    pub fn as_reached(&self, headers: &HeaderMap) -> String {
        match (&self.public, host(headers)) {
            (None, Some(host)) => format!("{}://{host}", self.scheme),
            _ => self.lasting().to_owned(),
        }
    }

    /// Whether pages from `authority`, as in an `Origin`, are this hub's: for whoever sent a request
    /// with these headers, or for everybody.
    pub fn is_at(&self, authority: &str, headers: &HeaderMap) -> bool {
        let public = self.public.as_deref().and_then(|url| url.split_once("://"));
        let public = public.map(|(_, rest)| rest.split('/').next().unwrap_or_default());
        Some(authority) == host(headers) || Some(authority) == public
    }
}

/// The `Host` of a request, where it is a plain one.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b);
    (!host.is_empty() && host.bytes().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    const LISTENS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8080);

    fn asked_at(host: &str) -> HeaderMap {
        host.parse().map(|host| HeaderMap::from_iter([(header::HOST, host)])).unwrap_or_default()
    }

    #[test]
    fn without_a_configured_address_callers_get_back_the_host_they_asked() {
        let config = Config::local("unused");
        let address = Address::new(&config, LISTENS);
        assert_eq!(address.as_reached(&asked_at("hub.lan:8080")), "http://hub.lan:8080");
        assert_eq!(address.as_reached(&asked_at("[fe80::1]:8080")), "http://[fe80::1]:8080");
        for odd in ["", "evil/path", "name@evil", "\"evil\""] {
            assert_eq!(address.as_reached(&asked_at(odd)), "http://0.0.0.0:8080", "{odd}");
        }
        assert_eq!(address.lasting(), "http://0.0.0.0:8080");
    }

    #[test]
    fn the_configured_address_goes_before_all() {
        let public_url = Some("https://meet.example.org/".to_owned());
        let config = Config { public_url, ..Config::local("unused") };
        let address = Address::new(&config, LISTENS);
        assert_eq!(address.as_reached(&asked_at("hub.lan:8080")), "https://meet.example.org");
        assert_eq!(address.lasting(), "https://meet.example.org");
        let inside = asked_at("hub.lan:8080");
        assert!(
            address.is_at("meet.example.org", &inside) && address.is_at("hub.lan:8080", &inside)
        );
        assert!(!address.is_at("evil.example", &inside));
    }
}
