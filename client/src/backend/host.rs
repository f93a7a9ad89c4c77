//! What the embedded hub needs to know of this machine.

use std::net::SocketAddr;

/// What the system calls the person at this machine, for example `Eva Muster`: the full name from
/// /etc/passwd, or else the login. Nobody is called root.
pub(super) fn owner() -> Option<String> {
    let login = std::env::var("USER").ok().filter(|login| !login.is_empty() && login != "root")?;
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let full = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let named = fields.next() == Some(login.as_str());
        let full = fields.nth(3)?.split(',').next()?.trim();
        (named && !full.is_empty()).then(|| full.to_owned())
    });
    Some(full.unwrap_or(login))
}

/// An address that others can use, for a hub that listens on every one.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    let ip = server::sfu::default_route(address.ip())
        .unwrap_or(std::net::IpAddr::from(std::net::Ipv4Addr::LOCALHOST));
    SocketAddr::new(ip, address.port())
}
