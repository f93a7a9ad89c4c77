//! The one UDP socket, and the addresses that clients are told.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Kernel buffers hold this much: two 1080p keyframes for fifty receivers overflow the default.
/// The system may grant less.
const BUFFER_BYTES: usize = 4 << 20;

/// A non-blocking socket with large buffers.
pub fn bind(listen: SocketAddr) -> io::Result<UdpSocket> {
    let domain = socket2::Domain::for_address(listen);
    let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, Some(socket2::Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(BUFFER_BYTES);
    socket.bind(&listen.into())?;
    Ok(socket.into())
}

/// The ICE candidates for a socket bound to `local`; see [`super::Config::advertise`].
pub fn candidates(local: SocketAddr, advertise: &[SocketAddr]) -> Vec<SocketAddr> {
    let with_port = |address: &SocketAddr| match address.port() {
        0 => SocketAddr::new(address.ip(), local.port()),
        _ => *address,
    };
    if !advertise.is_empty() {
        return advertise.iter().map(with_port).collect();
    }
    if !local.ip().is_unspecified() {
        return vec![local];
    }
    let loopback: IpAddr = match local {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let ips = default_route(local.ip()).into_iter().chain([loopback]);
    ips.map(|ip| SocketAddr::new(ip, local.port())).collect()
}

/// The address from which this machine reaches others. Connecting a UDP socket only asks the
/// routing table; nothing is sent. The peers are documentation addresses (RFC 5737, RFC 3849).
pub fn default_route(unspecified: IpAddr) -> Option<IpAddr> {
    let elsewhere: IpAddr = match unspecified {
        IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
        IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(unspecified, 0)).ok()?;
    socket.connect(SocketAddr::new(elsewhere, 9)).ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_unspecified() && !ip.is_loopback()).then_some(ip)
}

/// The candidate to which a datagram from `source` was sent. The system does not tell; loopback
/// and address family do.
pub fn candidate_for(candidates: &[SocketAddr], source: SocketAddr) -> Option<SocketAddr> {
    let family = |c: &&SocketAddr| c.is_ipv4() == source.is_ipv4();
    let near = |c: &&SocketAddr| c.ip().is_loopback() == source.ip().is_loopback();
    let best = candidates.iter().filter(family).find(near);
    best.or_else(|| candidates.iter().find(family)).or(candidates.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_unspecified_address_is_never_advertised() {
        let all = candidates(address("0.0.0.0:4000"), &[]);
        assert!(all.contains(&address("127.0.0.1:4000")), "{all:?}");
        assert!(all.iter().all(|c| !c.ip().is_unspecified()), "{all:?}");
    }

    #[test]
    fn a_given_address_replaces_all_others_and_may_leave_the_port_open() {
        let given = [address("203.0.113.5:0"), address("203.0.113.6:99")];
        let all = candidates(address("0.0.0.0:4000"), &given);
        assert_eq!(all, [address("203.0.113.5:4000"), address("203.0.113.6:99")]);
    }

    #[test]
    fn a_datagram_belongs_to_the_nearest_candidate() {
        let all = [address("192.168.1.2:4000"), address("127.0.0.1:4000")];
        assert_eq!(candidate_for(&all, address("127.0.0.1:9")), Some(all[1]));
        assert_eq!(candidate_for(&all, address("192.168.1.9:9")), Some(all[0]));
        assert_eq!(candidate_for(&all[..1], address("127.0.0.1:9")), Some(all[0]));
    }
}
