//! What the `webrtc` crate's chain of interceptors lacks.
//!
//! Wire-most sits [`Control`], which sees all RTCP; then the crate's own congestion controller,
//! transport-wide numbering and NACK responder, bound to retransmission streams too by
//! [`WithRetransmissions`]; then [`Repair`], which unwraps RFC 4588 retransmissions and asks for
//! what is still missing; then the crate's reports, silent while nothing comes; application-most sits [`Arrivals`], which takes
//! the received media out of the chain. All of them run on the transport thread.

mod arrivals;
mod control;
mod estimator;
mod quiet;
mod repair;

pub(super) use arrivals::Arrivals;
pub(super) use control::Control;
pub(super) use estimator::Reporter;
pub(super) use quiet::QuietWhenIdle;
pub(super) use repair::Repair;

use rtc::interceptor::{Interceptor, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::time::Instant;

/// Binds an interceptor to the retransmission stream of each sent stream as well: the crate binds
/// only the primary one, so retransmissions would leave unnumbered and uncounted, and the bandwidth
/// estimate would collapse under loss.
pub(super) struct WithRetransmissions<I>(pub I);

impl<I: Interceptor> Protocol<TaggedPacket, TaggedPacket, ()> for WithRetransmissions<I> {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.0.handle_read(packet)
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.0.poll_read()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.0.handle_write(packet)
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.0.poll_write()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.0.handle_timeout(now)
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.0.poll_timeout()
    }
}

impl<I: Interceptor> Interceptor for WithRetransmissions<I> {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.0.bind_local_stream(info);
        if let Some(retransmissions) = retransmissions(info) {
            self.0.bind_local_stream(&retransmissions);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.0.unbind_local_stream(info);
        if let Some(retransmissions) = retransmissions(info) {
            self.0.unbind_local_stream(&retransmissions);
        }
    }

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.0.bind_remote_stream(info);
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.0.unbind_remote_stream(info);
    }
}

fn retransmissions(info: &StreamInfo) -> Option<StreamInfo> {
    let ssrc = info.ssrc_rtx?;
    Some(StreamInfo { ssrc, ssrc_rtx: None, ..info.clone() })
}
