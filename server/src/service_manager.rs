//! Tells the service manager how the start goes (sd_notify(3)).

/// Sends a state such as `READY=1`; without a service manager nothing happens.
#[cfg(target_os = "linux")]
pub fn tell(state: &str) {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let Some(place) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let bytes = place.as_encoded_bytes();
    // A name that begins with @ lies in the abstract name space.
    let address = match bytes.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(&place),
    };
    let sent = address.and_then(|address| {
        UnixDatagram::unbound()?.send_to_addr(state.as_bytes(), &address).map(drop)
    });
    if let Err(error) = sent {
        tracing::warn!(%error, "the service manager was not told: {state}");
    }
}

/// There is none that listens here.
#[cfg(not(target_os = "linux"))]
pub fn tell(_state: &str) {}
