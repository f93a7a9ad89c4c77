//! One participant's connection.

use super::announce::{Announced, announce, by_size};
use super::egress::Egress;
use super::identity::Identity;
use super::keyframe::{Codec, starts_h264_keyframe, vp8_keyframe_lines};
use super::rewrite::{Incoming, Outgoing, Vp8Ids};
use super::sender::{Lines, Packet, SlotLine, Source};
use super::slots::Kind;
use super::{RoomKey, SfuError};
use protocol::{MediaSource, ParticipantId, SendingStream};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use str0m::bwe::{Bitrate, BweKind};
use str0m::change::SdpOffer;
use str0m::format::PayloadParams;
use str0m::media::{KeyframeRequestKind, MediaAdded, MediaKind, Mid, Pt, Rid};
use str0m::rtp::{ExtensionValues, RtpPacket, RtpWrite, Ssrc, Vp8Descriptor, Vp8Patch};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, PacerReason, Reason, Rtc};

/// A receiver may ask again for so many packets …
const RESEND_PACKETS: usize = 2000;
/// … of so long ago. Nothing is held back at high loss: a picture that cannot be repaired freezes.
const RESEND_AGE: Duration = Duration::from_secs(3);
/// str0m sends one packet for each time it is told the time; a tick's packets go out together.
const MAX_PASSES: usize = 512;
/// How near a deadline is that means "again".
const AT_ONCE: Duration = Duration::from_micros(20);
/// A line that is not used is padded at 50 kb/s, for which str0m wants to be woken 200 times a
/// second. Nothing hangs on it; this often is enough to keep the estimate alive.
const PADDING_INTERVAL: Duration = Duration::from_millis(50);
/// An offer has lines for 30 slots and a few sources; more is an attack on memory.
const MAX_LINES: usize = 64;
/// SSRCs remembered a connection: every source and layer, and some restarts.
const MAX_STREAMS: usize = 64;

/// What happened on a connection.
#[expect(clippy::large_enum_variant, reason = "the largest is the usual one, and lives shortly")]
#[derive(Debug)]
pub enum Note {
    /// Media came.
    Packet(RtpPacket),
    /// The receiver cannot decode this slot.
    KeyframeWanted(usize),
    /// What the line carries, in bit/s.
    Estimate(u64),
    /// What the last second brought.
    Second(Measured),
    /// The connection is over.
    Gone,
}

/// What a connection measured within a second.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    /// The share of packets from the participant that were lost, 0 to 1; `None` when none came.
    pub uplink_loss: Option<f32>,
    /// Likewise of those to the participant.
    pub downlink_loss: Option<f32>,
    /// Any datagram came.
    pub heard: bool,
}

/// A line on which the participant receives.
#[derive(Debug)]
struct OutLine {
    mid: Mid,
    ssrc: Ssrc,
    kind: Kind,
    payload_types: Vec<(Codec, Pt)>,
}

/// A media packet, looked at once for all receivers.
#[derive(Debug)]
pub struct Parsed {
    /// Which source it is of.
    pub source: MediaSource,
    /// Which layer of it.
    pub layer: usize,
    /// What the room decides by.
    pub packet: Packet,
    codec: Codec,
    vp8: Option<Vp8Descriptor>,
    extensions: ExtensionValues,
}

/// One participant's connection.
#[derive(Debug)]
pub struct Peer {
    /// Where.
    pub room: RoomKey,
    /// Whose.
    pub participant: ParticipantId,
    /// Their index in the room, once connected.
    pub member: Option<usize>,
    /// When it wants to be woken.
    pub deadline: Instant,
    /// When the offer came.
    pub offered_at: Instant,
    /// ICE and DTLS are up.
    pub connected: bool,
    /// Packets were written that leave at the next timeout.
    pub dirty: bool,
    rtc: Rtc,
    out_lines: Vec<OutLine>,
    announced: Vec<Announced>,
    /// By SSRC: the source and its layer; `None` for streams that belong to nothing.
    streams: HashMap<Ssrc, Option<(MediaSource, usize)>>,
    codecs: Vec<(Pt, Codec)>,
    /// In all, up to the last second.
    bytes_received: u64,
}

impl Peer {
    /// Answers an offer.
    #[expect(clippy::disallowed_methods, reason = "a connection's clock starts here")]
    pub fn accept(
        identity: &Identity,
        room: RoomKey,
        participant: ParticipantId,
        sdp: &str,
        streams: &[SendingStream],
    ) -> Result<(Peer, String), SfuError> {
        let now = Instant::now();
        let refused = |reason: String| SfuError::Offer(reason);
        let lines = sdp.lines().filter(|line| line.starts_with("m=")).count();
        if lines > MAX_LINES {
            return Err(refused(format!("it has {lines} media lines, more than {MAX_LINES}")));
        }
        let offer = SdpOffer::from_sdp_string(sdp).map_err(|error| refused(error.to_string()))?;
        let mut rtc = identity.connection(now);
        for address in &identity.candidates {
            let candidate = Candidate::host(*address, "udp");
            rtc.add_local_candidate(candidate.map_err(|error| refused(error.to_string()))?);
        }
        let answer = rtc.sdp_api().accept_offer(offer);
        let answer = answer.map_err(|error| refused(error.to_string()))?.to_sdp_string();
        let announced = announce(&mut rtc, streams).map_err(refused)?;
        let codecs = rtc.codec_config().params().iter();
        let codecs = codecs.filter_map(|p| Some((p.pt(), codec_of(p)?))).collect();
        let peer = Peer {
            room,
            participant,
            member: None,
            deadline: now,
            offered_at: now,
            connected: false,
            dirty: false,
            rtc,
            out_lines: Vec::new(),
            announced,
            streams: HashMap::new(),
            codecs,
            bytes_received: 0,
        };
        Ok((peer, answer))
    }

    /// Whether a datagram is for this connection.
    pub fn accepts(&self, input: &Input) -> bool {
        self.rtc.accepts(input)
    }

    /// Feeds a datagram or the time, and drains what comes of it.
    pub fn handle(&mut self, input: Input, egress: &mut Egress, notes: &mut Vec<Note>) {
        let (Input::Timeout(now) | Input::Receive(now, _)) = input;
        self.dirty = false;
        self.feed(input, egress, notes);
        // One pass sends one packet and asks for the next at once.
        for _ in 0..MAX_PASSES {
            if self.deadline > now + AT_ONCE || !self.rtc.is_alive() {
                break;
            }
            let next = self.deadline.max(now);
            self.feed(Input::Timeout(next), egress, notes);
        }
        if self.rtc.last_timeout_reason() == Reason::Pacer(PacerReason::Padding) {
            self.deadline = self.deadline.max(now + PADDING_INTERVAL);
        }
        if !self.rtc.is_alive() {
            notes.push(Note::Gone);
        }
    }

    fn feed(&mut self, input: Input, egress: &mut Egress, notes: &mut Vec<Note>) {
        if let Err(error) = self.rtc.handle_input(input) {
            tracing::debug!(participant = self.participant.0, %error, "connection failed");
            self.rtc.disconnect();
        }
        self.drain(egress, notes);
    }

    /// Says goodbye (RTCP BYE, DTLS close_notify).
    pub fn close(&mut self, egress: &mut Egress) {
        if self.rtc.close().is_ok() {
            self.drain(egress, &mut Vec::new());
        }
    }

    fn drain(&mut self, egress: &mut Egress, notes: &mut Vec<Note>) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Transmit(t)) => egress.push(t.destination, t.contents.into()),
                Ok(Output::Event(event)) => self.note(event, notes),
                Ok(Output::Timeout(at)) => {
                    self.deadline = at;
                    break;
                }
                Err(error) => {
                    tracing::debug!(participant = self.participant.0, %error, "connection failed");
                    self.rtc.disconnect();
                    break;
                }
            }
        }
    }

    fn note(&mut self, event: Event, notes: &mut Vec<Note>) {
        match event {
            Event::Connected => self.connected = true,
            Event::MediaAdded(added) => self.add_line(&added),
            Event::RtpPacket(packet) => notes.push(Note::Packet(packet)),
            Event::KeyframeRequest(request) => {
                let slot = self.out_lines.iter().position(|line| line.mid == request.mid);
                notes.extend(slot.map(Note::KeyframeWanted));
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, can_probe: true }) => {
                notes.push(Note::Estimate(estimate.as_u64()));
            }
            Event::PeerStats(stats) => {
                let heard = stats.peer_bytes_rx
                    > std::mem::replace(&mut self.bytes_received, stats.peer_bytes_rx);
                notes.push(Note::Second(Measured {
                    uplink_loss: stats.ingress_loss_fraction,
                    downlink_loss: stats.egress_loss_fraction,
                    heard,
                }));
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => {
                notes.push(Note::Gone);
            }
            _ => {}
        }
    }

    fn add_line(&mut self, added: &MediaAdded) {
        let kind = match added.kind {
            MediaKind::Audio => Kind::Audio,
            MediaKind::Video => Kind::Video,
        };
        if added.direction.is_receiving() && !self.announced.iter().any(|a| a.mid == added.mid) {
            self.guess_source(added.mid, kind);
        }
        if let (true, Some(simulcast)) = (added.direction.is_receiving(), &added.simulcast) {
            let rids = simulcast.recv.iter().map(|layer| layer.rid);
            if let Some(line) = self.announced.iter_mut().find(|line| line.mid == added.mid) {
                line.rids = by_size(rids.collect());
            }
        }
        if !added.direction.is_sending() {
            return;
        }
        let remote = self.rtc.media(added.mid).map_or(&[][..], |media| media.remote_pts());
        let negotiated = |(pt, codec): &(Pt, Codec)| remote.contains(pt).then_some((*codec, *pt));
        let payload_types = self.codecs.iter().filter_map(negotiated).collect();
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(added.mid, None) else { return };
        if kind == Kind::Video {
            stream.set_rtx_cache(RESEND_PACKETS, RESEND_AGE, None);
        }
        // The sender paced it already; pacing again only adds delay.
        stream.set_unpaced(true);
        let ssrc = stream.ssrc();
        self.out_lines.push(OutLine { mid: added.mid, ssrc, kind, payload_types });
    }

    /// A line that nobody announced: the first audio line is the microphone, the first video line
    /// the camera, the second the screen.
    fn guess_source(&mut self, mid: Mid, kind: Kind) {
        let choices: &[MediaSource] = match kind {
            Kind::Audio => &[MediaSource::Microphone],
            Kind::Video => &[MediaSource::Camera, MediaSource::Screen],
        };
        let taken = |source: &&MediaSource| self.announced.iter().any(|a| a.source == **source);
        if let Some(source) = choices.iter().find(|source| !taken(source)) {
            self.announced.push(Announced { mid, source: *source, rids: Vec::new() });
        }
    }

    /// The connection's lines, for the room.
    pub fn lines(&self) -> Lines {
        let slot = |line: &OutLine| SlotLine {
            mid: line.mid.to_string(),
            kind: line.kind,
            sequence: rand::random(),
        };
        let source = |line: &Announced| {
            Source::new(line.source, line.rids.iter().map(Rid::to_string).collect())
        };
        Lines {
            slots: self.out_lines.iter().map(slot).collect(),
            sources: self.announced.iter().map(source).collect(),
        }
    }

    /// Looks at a packet that the participant sent; `None` if it is of no use.
    pub fn parse(&mut self, rtp: &RtpPacket) -> Option<Parsed> {
        let (source, layer) = self.stream(rtp.header.ssrc)?;
        let codec = self.codecs.iter().find(|(pt, _)| *pt == rtp.header.payload_type)?.1;
        let vp8 = (codec == Codec::Vp8).then(|| Vp8Descriptor::parse(&rtp.payload).ok()).flatten();
        let starts_keyframe = match codec {
            Codec::Opus => true,
            Codec::Vp8 => vp8.is_some_and(|descriptor| descriptor.starts_keyframe(&rtp.payload)),
            Codec::H264 { .. } => starts_h264_keyframe(&rtp.payload),
        };
        let lines = (starts_keyframe && codec == Codec::Vp8)
            .then(|| vp8_keyframe_lines(&rtp.payload))
            .flatten();
        let ids =
            |d: Vp8Descriptor| Vp8Ids { picture_id: d.picture_id(), tl0_pic_idx: d.tl0_pic_idx() };
        let values = &rtp.header.ext_vals;
        let packet = Packet {
            incoming: Incoming {
                sequence: *rtp.seq_no,
                timestamp: rtp.header.timestamp,
                vp8: vp8.map(ids),
            },
            ssrc: *rtp.header.ssrc,
            bytes: rtp.payload.len(),
            starts_keyframe,
            lines,
            level_dbov: values.audio_level,
        };
        // MID, RID and transport sequence numbers are each connection's own; these are end to end.
        let extensions = ExtensionValues {
            audio_level: values.audio_level,
            voice_activity: values.voice_activity,
            video_orientation: values.video_orientation,
            abs_capture_time: values.abs_capture_time,
            ..ExtensionValues::default()
        };
        Some(Parsed { source, layer, packet, codec, vp8, extensions })
    }

    fn stream(&mut self, ssrc: Ssrc) -> Option<(MediaSource, usize)> {
        if let Some(known) = self.streams.get(&ssrc) {
            return *known;
        }
        let mut api = self.rtc.direct_api();
        let stream = api.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let line = self.announced.iter().find(|line| line.mid == mid);
        let found = line.and_then(|line| match rid {
            Some(rid) if !line.rids.is_empty() => {
                Some((line.source, line.rids.iter().position(|other| *other == rid)?))
            }
            _ => Some((line.source, 0)),
        });
        if self.streams.len() >= MAX_STREAMS {
            self.streams.clear();
        }
        self.streams.insert(ssrc, found);
        found
    }

    /// Queues a packet of somebody else into a slot; it leaves with the next timeout.
    pub fn write(
        &mut self,
        slot: usize,
        parsed: &Parsed,
        rtp: &RtpPacket,
        out: &Outgoing,
        now: Instant,
    ) {
        let Some(line) = self.out_lines.get(slot) else { return };
        let payload_type = line.payload_types.iter().find(|(codec, _)| *codec == parsed.codec);
        let Some((_, payload_type)) = payload_type else { return };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx(&line.ssrc) else { return };
        let payload = rtp.payload.clone();
        let write = RtpWrite::new(*payload_type, out.sequence.into(), out.timestamp, now, payload)
            .marker(rtp.header.marker)
            .nackable(line.kind == Kind::Video)
            .ext_vals(parsed.extensions.clone());
        let patch = parsed.vp8.zip(out.vp8).and_then(|(descriptor, ids)| patch(descriptor, ids));
        stream.write_rtp(match patch {
            Some(patch) => write.vp8_patch(patch),
            None => write,
        });
        self.dirty = true;
    }

    /// Asks the participant for a keyframe.
    pub fn request_keyframe(&mut self, source: MediaSource, layer: usize) {
        let Some(line) = self.announced.iter().find(|line| line.source == source) else { return };
        let (mid, rid) = (line.mid, line.rids.get(layer).copied());
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
            self.dirty = true;
        }
    }

    /// Tells the bandwidth estimator what the receiver could use; it probes somewhat further, so
    /// that the layers have room to grow into.
    pub fn desire(&mut self, bitrate: u64) {
        self.rtc.bwe().set_bitrate(Bitrate::ZERO, Bitrate::bps(bitrate.saturating_mul(3) / 2));
        self.dirty = true;
    }
}

fn codec_of(params: &PayloadParams) -> Option<Codec> {
    use str0m::format::Codec as Format;
    let spec = params.spec();
    match spec.codec {
        Format::Opus => Some(Codec::Opus),
        Format::Vp8 => Some(Codec::Vp8),
        Format::H264 => Some(Codec::H264 {
            mode: spec.format.packetization_mode.unwrap_or(0),
            profile: spec.format.profile_level_id.unwrap_or(0),
        }),
        _ => None,
    }
}

/// Puts the identifiers into a VP8 descriptor. A descriptor with a 7-bit picture identifier has no
/// room for more.
fn patch(descriptor: Vp8Descriptor, ids: Vp8Ids) -> Option<Vp8Patch> {
    let build = |picture_id: Option<u16>| {
        let mut builder = descriptor.patch();
        if let Some(id) = picture_id {
            builder = builder.picture_id(id);
        }
        if let Some(index) = ids.tl0_pic_idx {
            builder = builder.tl0_pic_idx(index);
        }
        builder.build().ok()
    };
    build(ids.picture_id).or_else(|| build(ids.picture_id.map(|id| id & 0x7f)))
}
