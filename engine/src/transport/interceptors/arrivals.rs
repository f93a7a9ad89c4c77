//! Received media on its way out.

use crate::clock::Ntp;
use crate::transport::negotiation::{self, Extensions};
use crate::transport::shared::Shared;
use crate::transport::{Event, RtpPacket};
use bytes::Bytes;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

/// Hands received media packets to the sink and ends their way through the chain: past it, the
/// crate would queue them once more and drop them when its queue of 256 is full.
pub(in crate::transport) struct Arrivals {
    shared: Arc<Shared>,
    extensions: HashMap<u32, Extensions>,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Arrivals {
    /// Media goes to `shared`'s sink.
    pub fn new(shared: Arc<Shared>) -> Arrivals {
        let (read, write) = (VecDeque::new(), VecDeque::new());
        Arrivals { shared, extensions: HashMap::new(), read, write }
    }

    fn deliver(&self, arrived: Instant, packet: rtc::rtp::Packet) {
        let rtc::rtp::Packet { header, payload } = packet;
        let Some(payload_kind) = negotiation::payload_kind(header.payload_type) else { return };
        let Some(mid) = self.shared.slot(header.ssrc) else { return };
        if payload.is_empty() {
            return;
        }
        let extensions = self.extensions.get(&header.ssrc);
        let value = |id: fn(&Extensions) -> u8| {
            extensions.map(id).filter(|&id| id != 0).and_then(|id| header.get_extension(id))
        };
        let packet = RtpPacket {
            payload_kind,
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            marker: header.marker,
            payload,
            captured: value(|ids| ids.capture_time).and_then(capture_time),
            level: value(|ids| ids.audio_level).and_then(|bytes| Some(bytes.first()? & 0x7f)),
            arrived,
        };
        self.shared.count_received();
        self.shared.emit(Event::Rtp { mid, packet });
    }
}

/// abs-capture-time: 64 bits of NTP time, and perhaps a clock offset that is of no use here.
fn capture_time(bytes: Bytes) -> Option<Ntp> {
    Some(Ntp(u64::from_be_bytes(bytes.get(..8)?.try_into().ok()?)))
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Arrivals {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        match packet.message.packet {
            Packet::Rtp(rtp) => self.deliver(packet.now, rtp),
            _ => self.read.push_back(packet),
        }
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.write.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.write.pop_front()
    }
}

impl Interceptor for Arrivals {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        let of = |uri: &str| {
            let found = info.rtp_header_extensions.iter().find(|extension| extension.uri == uri);
            found.map_or(0, |extension| extension.id as u8)
        };
        self.extensions.insert(info.ssrc, Extensions::find(of));
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.extensions.remove(&info.ssrc);
    }
}
