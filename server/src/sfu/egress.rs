//! Datagrams on their way out.
//!
//! They are collected over a tick and leave together: each receiver's lie next to each other, so
//! that segmentation offload can take a whole run in one call.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Datagrams since the start.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Handed to the system.
    pub sent: AtomicU64,
    /// The system had no room for them.
    pub dropped: AtomicU64,
}

/// What one tick sends.
#[derive(Debug, Default)]
pub struct Egress {
    queue: Vec<(SocketAddr, Vec<u8>)>,
    traffic: Arc<Traffic>,
}

impl Egress {
    /// What left so far.
    pub fn traffic(&self) -> Arc<Traffic> {
        self.traffic.clone()
    }

    /// Adds a datagram.
    pub fn push(&mut self, to: SocketAddr, datagram: Vec<u8>) {
        self.queue.push((to, datagram));
    }

    /// Sends everything. A datagram that the kernel has no room for is dropped, as any router
    /// would; receivers ask again for the ones that matter.
    pub fn flush(&mut self, socket: &mio::net::UdpSocket) {
        let (queued, mut dropped) = (self.queue.len() as u64, 0);
        for (to, datagram) in self.queue.drain(..) {
            if let Err(error) = socket.send_to(&datagram, to) {
                dropped += 1;
                tracing::trace!(%to, %error, "datagram dropped");
            }
        }
        self.traffic.sent.fetch_add(queued - dropped, Ordering::Relaxed);
        if dropped > 0 {
            self.traffic.dropped.fetch_add(dropped, Ordering::Relaxed);
            tracing::debug!(dropped, "datagrams could not be sent");
        }
    }
}
