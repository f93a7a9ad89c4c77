//! A timer that rests.

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::time::Instant;

/// Lets the crate's feedback generator sleep while no media comes: once started, it ticks for ever,
/// and a process may hold many connections that receive nothing.
pub(in crate::transport) struct QuietWhenIdle<I> {
    inner: I,
    /// Media came since the timer last fired.
    unreported: bool,
}

impl<I> QuietWhenIdle<I> {
    /// Wraps the generator.
    pub fn new(inner: I) -> QuietWhenIdle<I> {
        QuietWhenIdle { inner, unreported: false }
    }
}

impl<I: Interceptor> Protocol<TaggedPacket, TaggedPacket, ()> for QuietWhenIdle<I> {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.unreported |= matches!(packet.message.packet, Packet::Rtp(_));
        self.inner.handle_read(packet)
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inner.poll_read()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.inner.handle_write(packet)
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.inner.poll_write()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.unreported = false;
            self.inner.handle_timeout(now)?;
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.inner.poll_timeout().filter(|_| self.unreported)
    }
}

impl<I: Interceptor> Interceptor for QuietWhenIdle<I> {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.inner.bind_local_stream(info);
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.inner.unbind_local_stream(info);
    }

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.inner.bind_remote_stream(info);
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.inner.unbind_remote_stream(info);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::interceptor::{AttributedPacket, TwccReceiverBuilder};
    use std::time::Duration;

    fn media(now: Instant, number: u16) -> TaggedPacket {
        let mut packet = rtc::rtp::Packet::default();
        packet.header.ssrc = 7;
        let number = number.to_be_bytes().to_vec();
        packet.header.set_extension(4, number.into()).expect("a short extension");
        TaggedPacket {
            now,
            transport: Default::default(),
            message: AttributedPacket::new(Packet::Rtp(packet)),
        }
    }

    #[test]
    fn feedback_follows_media_and_then_rests() {
        #[expect(clippy::disallowed_methods, reason = "any moment will do")]
        let start = Instant::now();
        let interval = Duration::from_millis(50);
        let generator = TwccReceiverBuilder::new().with_interval(interval).build();
        let mut quiet = QuietWhenIdle::new(generator);
        let uri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
        let extension = rtc::interceptor::RTPHeaderExtension { uri: uri.into(), id: 4 };
        quiet.bind_remote_stream(&StreamInfo {
            ssrc: 7,
            rtp_header_extensions: vec![extension],
            ..Default::default()
        });
        assert_eq!(quiet.poll_timeout(), None);
        for round in 0..2 {
            let now = start + Duration::from_secs(round);
            quiet.handle_read(media(now, round as u16)).expect("taken");
            let due = quiet.poll_timeout().expect("something to report");
            assert!(due <= now + interval);
            quiet.handle_timeout(due.max(now)).expect("no error");
            assert!(quiet.poll_write().is_some(), "the report of round {round}");
            assert_eq!(quiet.poll_timeout(), None, "nothing to report");
        }
    }
}
