//! Lost packets of received video.

use crate::transport::nack::MissingPackets;
use crate::transport::negotiation;
use crate::transport::shared::Shared;
use bytes::Buf;
use rtc::interceptor::{AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{
    TransportLayerNack, nack_pairs_from_sequence_numbers,
};
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The round trip until one was measured.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(50);

/// Unwraps retransmissions (RFC 4588) and reports what is missing (NACK, RFC 4585).
///
/// The crate's own generator sees retransmissions as a stream of their own: it asks again for what
/// came, and ticks for ever.
pub(in crate::transport) struct Repair {
    shared: Arc<Shared>,
    /// Any SSRC of ours; names the sender of feedback.
    sender_ssrc: u32,
    /// Primary stream by its retransmission stream.
    primary: HashMap<u32, u32>,
    streams: HashMap<u32, MissingPackets>,
    round_trip: Duration,
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Repair {
    /// `sender_ssrc` is one of ours.
    pub fn new(shared: Arc<Shared>, sender_ssrc: u32) -> Repair {
        Repair {
            shared,
            sender_ssrc,
            primary: HashMap::new(),
            streams: HashMap::new(),
            round_trip: FIRST_ROUND_TRIP,
            read: VecDeque::new(),
            write: VecDeque::new(),
        }
    }

    /// Gives a retransmission its first transmission's looks; `false` where it cannot be.
    fn unwrap(&self, packet: &mut rtc::rtp::Packet) -> bool {
        let header = &mut packet.header;
        let Some(&primary) = self.primary.get(&header.ssrc) else { return false };
        let Some(payload_type) = negotiation::repaired_payload_type(header.payload_type) else {
            return false;
        };
        // Two bytes of original sequence number; less is padding sent to probe the path.
        if packet.payload.len() <= 2 {
            return false;
        }
        header.ssrc = primary;
        header.payload_type = payload_type;
        header.sequence_number = packet.payload.get_u16();
        header.padding = false;
        true
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Repair {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtp(rtp) = &mut packet.message.packet {
            if self.unwrap(rtp) {
                self.shared.count_repaired();
            }
            if let Some(stream) = self.streams.get_mut(&rtp.header.ssrc)
                && let Some(sample) = stream.on_packet(packet.now, rtp.header.sequence_number)
            {
                self.round_trip = (self.round_trip * 7 + sample) / 8;
            }
        }
        self.read.push_back(packet);
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

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        for (&ssrc, stream) in &mut self.streams {
            if stream.poll_timeout().is_none_or(|due| due > now) {
                continue;
            }
            let missing = stream.poll_requests(now, self.round_trip);
            if missing.is_empty() {
                continue;
            }
            let nack = TransportLayerNack {
                sender_ssrc: self.sender_ssrc,
                media_ssrc: ssrc,
                nacks: nack_pairs_from_sequence_numbers(&missing),
            };
            self.write.push_back(TaggedPacket {
                now,
                transport: Default::default(),
                message: AttributedPacket::new(Packet::Rtcp(vec![Box::new(nack)])),
            });
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.streams.values().filter_map(MissingPackets::poll_timeout).min()
    }
}

impl Interceptor for Repair {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        let nack = info.rtcp_feedback.iter().any(|f| f.typ == "nack" && f.parameter.is_empty());
        if let Some(retransmissions) = info.ssrc_rtx {
            self.primary.insert(retransmissions, info.ssrc);
        }
        if nack && !self.primary.contains_key(&info.ssrc) {
            self.streams.entry(info.ssrc).or_default();
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.streams.remove(&info.ssrc);
        self.primary.remove(&info.ssrc);
    }
}
