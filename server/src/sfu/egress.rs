//! Datagrams on their way out.
//!
//! They are collected over a tick and leave together: each receiver's lie next to each other, so
//! that segmentation offload can take a whole run in one call.

use std::net::SocketAddr;

/// What one tick sends.
#[derive(Debug, Default)]
pub struct Egress {
    queue: Vec<(SocketAddr, Vec<u8>)>,
    dropped: u64,
}

impl Egress {
    /// Adds a datagram.
    pub fn push(&mut self, to: SocketAddr, datagram: Vec<u8>) {
        self.queue.push((to, datagram));
    }

    /// Sends everything. A datagram that the kernel has no room for is dropped, as any router
    /// would; receivers ask again for the ones that matter.
    pub fn flush(&mut self, socket: &mio::net::UdpSocket) {
        let before = self.dropped;
        for (to, datagram) in self.queue.drain(..) {
            if let Err(error) = socket.send_to(&datagram, to) {
                self.dropped += 1;
                tracing::trace!(%to, %error, "datagram dropped");
            }
        }
        if self.dropped > before {
            tracing::debug!(dropped = self.dropped - before, "datagrams could not be sent");
        }
    }
}
