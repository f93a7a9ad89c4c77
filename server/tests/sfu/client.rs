//! A client for the tests: a full ICE agent on a real socket of 127.0.0.1.

use protocol::{MediaSource, ParticipantId, SendingStream};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use str0m::change::SdpPendingOffer;
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid, Pt, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{AbsCaptureTime, Extension, ExtensionValues, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

const FRAME: Duration = Duration::from_micros(33_333);
pub const PACKETS_PER_FRAME: u8 = 5;

/// What a client's offer has.
#[derive(Clone, Default)]
pub struct Lines {
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
    /// Camera layers; none means no simulcast.
    pub rids: Vec<&'static str>,
    pub audio_slots: usize,
    pub video_slots: usize,
    /// Announce no SSRCs, like a browser.
    pub like_a_browser: bool,
    /// Send H.264 instead of VP8.
    pub h264: bool,
    /// Padding of each packet, in bytes.
    pub padding: usize,
}

/// A received packet of a test stream.
#[derive(Debug, Clone)]
pub struct Received {
    pub sequence: u64,
    pub timestamp: u32,
    pub picture_id: u16,
    pub participant: u32,
    pub layer: u8,
    pub frame: u32,
    pub index: u8,
    pub keyframe: bool,
    pub marker: bool,
    pub capture_time: Option<AbsCaptureTime>,
    pub level: Option<i8>,
    pub at: Instant,
}

pub(super) struct Sending {
    source: MediaSource,
    mid: Mid,
    rid: Option<Rid>,
    layer: u8,
    sequence: u64,
    frame: u32,
    keyframe_due: bool,
}

pub struct Client {
    pub id: ParticipantId,
    pub received: HashMap<String, Vec<Received>>,
    pub keyframes_asked: usize,
    /// Streams that really send: the source and its layers. Everything by default.
    pub muted: Vec<MediaSource>,
    pub level: i8,
    /// Drops this share of received media datagrams, by a seeded generator.
    pub loss: f64,
    /// Likewise of sent ones.
    pub send_loss: f64,
    pub connected_at: Option<Instant>,
    pub closed: bool,
    pub sent: u64,
    codec: Codec,
    padding: usize,
    random: u64,
    pub(super) rtc: Rtc,
    pub(super) socket: mio::net::UdpSocket,
    address: SocketAddr,
    pub(super) deadline: Instant,
    pub(super) next_frame: Instant,
    started: Instant,
    pub(super) sending: Vec<Sending>,
    pub slots: Vec<(Mid, bool)>,
}

/// The capture time that a frame of the tests has.
pub fn capture_time(participant: u32, frame: u32) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000 + u64::from(participant) * 1000) + FRAME * frame
}

/// The SSRCs of a video line and their retransmission SSRCs, layer by layer (RFC 5576).
fn ssrcs(sdp: &str, mid: &str) -> Vec<(u32, u32)> {
    let line = format!("a=mid:{mid}\r\n");
    let section = sdp.split("m=").find(|section| section.contains(&line)).unwrap_or_default();
    let groups = section.lines().filter_map(|line| line.strip_prefix("a=ssrc-group:FID "));
    let pair = |group: &str| {
        let (ssrc, rtx) = group.split_once(' ')?;
        Some((ssrc.parse().ok()?, rtx.parse().ok()?))
    };
    groups.filter_map(pair).collect()
}

fn config() -> RtcConfig {
    let mut config = RtcConfig::new()
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, false)
        .enable_vp8(true)
        .set_extension(9, Extension::AbsoluteCaptureTime);
    // The one profile that the hub takes: constrained baseline.
    config.codec_config().add_h264(108.into(), Some(109.into()), true, 0x42_e01f);
    config
}

/// RTP, not RTCP (RFC 5761 section 4), not STUN or DTLS.
fn is_media(datagram: &[u8]) -> bool {
    datagram.len() > 1 && (128..192).contains(&datagram[0]) && !(192..=223).contains(&datagram[1])
}

pub fn clock() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "tests with real sockets run in real time")]
    Instant::now()
}

impl Client {
    pub(super) fn new(
        id: ParticipantId,
        lines: &Lines,
    ) -> (Client, SdpPendingOffer, String, Vec<SendingStream>) {
        let now = clock();
        let socket = mio::net::UdpSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        socket2::SockRef::from(&socket).set_recv_buffer_size(4 << 20).unwrap();
        let mut rtc = config().build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut api = rtc.sdp_api();
        let mut sending = Vec::new();
        let mut add = |source, mid, rids: &[&str]| {
            let layers: Vec<_> = match rids {
                [] => vec![None],
                rids => rids.iter().map(|rid| Some(Rid::from(*rid))).collect(),
            };
            for (layer, rid) in layers.into_iter().enumerate() {
                sending.push(Sending {
                    source,
                    mid,
                    rid,
                    layer: layer as u8,
                    sequence: 60_000 + u64::from(id.0),
                    frame: 0,
                    keyframe_due: true,
                });
            }
        };
        let out = Direction::SendOnly;
        if lines.microphone {
            let mid = api.add_media(MediaKind::Audio, out, None, None, None);
            add(MediaSource::Microphone, mid, &[]);
        }
        if lines.camera {
            let simulcast = (!lines.rids.is_empty()).then(|| Simulcast {
                send: lines.rids.iter().map(|rid| SimulcastLayer::new(rid)).collect(),
                recv: Vec::new(),
            });
            let mid = api.add_media(MediaKind::Video, out, None, None, simulcast);
            add(MediaSource::Camera, mid, &lines.rids);
        }
        if lines.screen {
            let mid = api.add_media(MediaKind::Video, out, None, None, None);
            add(MediaSource::Screen, mid, &[]);
        }
        let mut slots = Vec::new();
        let kinds = [(MediaKind::Audio, lines.audio_slots), (MediaKind::Video, lines.video_slots)];
        for (kind, count) in kinds {
            for _ in 0..count {
                let mid = api.add_media(kind, Direction::RecvOnly, None, None, None);
                slots.push((mid, kind.is_video()));
            }
        }
        let (offer, pending) = api.apply().unwrap();
        let sdp = offer.to_sdp_string();
        let stream = |sending: &Sending| {
            let pair = ssrcs(&sdp, &sending.mid).get(usize::from(sending.layer)).copied();
            SendingStream {
                mid: sending.mid.to_string(),
                source: sending.source,
                rid: sending.rid.map(|rid| rid.to_string()),
                ssrc: pair.map(|(ssrc, _)| ssrc),
                rtx_ssrc: pair.map(|(_, rtx)| rtx),
            }
        };
        let streams = sending.iter().map(stream).collect();
        let client = Client {
            id,
            received: HashMap::new(),
            keyframes_asked: 0,
            muted: Vec::new(),
            level: -30,
            loss: 0.0,
            send_loss: 0.0,
            connected_at: None,
            closed: false,
            sent: 0,
            codec: if lines.h264 { Codec::H264 } else { Codec::Vp8 },
            padding: lines.padding,
            random: 0x9e37_79b9_7f4a_7c15 ^ u64::from(id.0),
            rtc,
            socket,
            address,
            deadline: now,
            next_frame: now,
            started: now,
            sending,
            slots,
        };
        (client, pending, sdp, streams)
    }

    pub fn video(&self, slot: usize) -> &[Received] {
        let mid = self.slots.iter().filter(|(_, video)| *video).nth(slot).unwrap().0;
        self.received.get(&*mid).map_or(&[], Vec::as_slice)
    }

    pub fn audio(&self, slot: usize) -> &[Received] {
        let mid = self.slots.iter().filter(|(_, video)| !*video).nth(slot).unwrap().0;
        self.received.get(&*mid).map_or(&[], Vec::as_slice)
    }

    /// All that it received.
    pub fn packets(&self) -> usize {
        self.received.values().map(Vec::len).sum()
    }

    pub fn ask_for_keyframe(&mut self, slot: usize) {
        let mid = self.slots.iter().filter(|(_, video)| *video).nth(slot).unwrap().0;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_rx_by_mid(mid, None).unwrap();
        stream.request_keyframe(str0m::media::KeyframeRequestKind::Pli);
        self.deadline = clock();
    }

    fn chance(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Transmit(t) => {
                    if is_media(&t.contents) && self.chance() < self.send_loss {
                        continue;
                    }
                    let _ = self.socket.send_to(&t.contents, t.destination);
                }
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected_at = Some(clock()),
            Event::Closed => self.closed = true,
            Event::KeyframeRequest(request) => {
                self.keyframes_asked += 1;
                let asked = |s: &&mut Sending| s.mid == request.mid && s.rid == request.rid;
                self.sending.iter_mut().filter(asked).for_each(|s| s.keyframe_due = true);
            }
            Event::RtpPacket(packet) => self.receive(&packet),
            _ => {}
        }
    }

    fn receive(&mut self, packet: &RtpPacket) {
        let mid = self.rtc.direct_api().stream_rx(&packet.header.ssrc).unwrap().mid();
        let video = self.slots.iter().any(|(slot, video)| *slot == mid && *video);
        let payload = &packet.payload;
        let body = if video { &payload[4..] } else { &payload[..] };
        let word = |at: usize| u32::from_be_bytes(body[at..at + 4].try_into().unwrap());
        let received = Received {
            sequence: *packet.seq_no,
            timestamp: packet.header.timestamp,
            picture_id: u16::from_be_bytes([payload[2] & 0x7f, payload[3]]),
            keyframe: body[0] == 0,
            participant: word(10),
            layer: body[14],
            frame: word(15),
            index: body[19],
            marker: packet.header.marker,
            capture_time: packet.header.ext_vals.abs_capture_time,
            level: packet.header.ext_vals.audio_level,
            at: clock(),
        };
        self.received.entry(mid.to_string()).or_default().push(received);
    }

    pub(super) fn read(&mut self) {
        let mut buffer = [0; 2048];
        while let Ok((len, source)) = self.socket.recv_from(&mut buffer) {
            if is_media(&buffer[..len]) && self.chance() < self.loss {
                continue;
            }
            let Ok(contents) = buffer[..len].try_into() else { continue };
            let destination = self.address;
            let receive = Receive { proto: Protocol::Udp, source, destination, contents };
            self.rtc.handle_input(Input::Receive(clock(), receive)).unwrap();
            self.drain();
        }
    }

    fn payload_type(&self, video: bool) -> Pt {
        let codec = if video { self.codec } else { Codec::Opus };
        let mut params = self.rtc.codec_config().params().iter();
        params.find(|p| p.spec().codec == codec).unwrap().pt()
    }

    /// Sends a frame of everything every 33 ms.
    pub(super) fn publish(&mut self, now: Instant) {
        if self.connected_at.is_none() || now < self.next_frame || self.sending.is_empty() {
            return;
        }
        self.next_frame += FRAME;
        let (video, audio) = (self.payload_type(true), self.payload_type(false));
        for stream in &mut self.sending {
            if self.muted.contains(&stream.source) {
                continue;
            }
            let voice = stream.source == MediaSource::Microphone;
            let keyframe = !voice && std::mem::take(&mut stream.keyframe_due);
            let count = if voice { 1 } else { PACKETS_PER_FRAME };
            let clock_rate = if voice { 48_000 } else { 90_000 };
            let elapsed = now.saturating_duration_since(self.started).as_micros() as u64;
            let timestamp = (elapsed * clock_rate / 1_000_000) as u32;
            for index in 0..count {
                let payload = payload(self.id.0, self.codec, stream, index, keyframe, self.padding);
                let extensions = ExtensionValues {
                    abs_capture_time: Some(AbsCaptureTime {
                        capture_time: capture_time(self.id.0, stream.frame),
                        clock_offset: Some(-77),
                    }),
                    audio_level: voice.then_some(self.level),
                    voice_activity: voice.then_some(true),
                    ..ExtensionValues::default()
                };
                let mut api = self.rtc.direct_api();
                let Some(tx) = api.stream_tx_by_mid(stream.mid, stream.rid) else { continue };
                let pt = if voice { audio } else { video };
                let write = RtpWrite::new(pt, stream.sequence.into(), timestamp, now, payload)
                    .marker(index + 1 == count)
                    .nackable(!voice)
                    .ext_vals(extensions);
                tx.write_rtp(write);
                stream.sequence += 1;
                self.sent += 1;
            }
            stream.frame += 1;
        }
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.drain();
    }
}

/// Four bytes that a codec's rules look at, then what the tests look at.
fn payload(
    id: u32,
    codec: Codec,
    stream: &Sending,
    index: u8,
    keyframe: bool,
    padding: usize,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64 + padding);
    if stream.source != MediaSource::Microphone && codec == Codec::H264 {
        // An SPS, an IDR slice that is not the first, another slice (RFC 6184 section 5.6).
        let kind = [[0x61, 0xe0], [0x65, 0x40], [0x67, 0x42]]
            [usize::from(keyframe) + usize::from(keyframe && index == 0)];
        bytes.extend([kind[0], kind[1], 0, 0]);
    } else if stream.source != MediaSource::Microphone {
        let picture = (stream.frame as u16).wrapping_add(id as u16 * 1000) & 0x7fff;
        let start = if index == 0 { 0x10 } else { 0 };
        bytes.extend([0x80 | start, 0x80, 0x80 | (picture >> 8) as u8, picture as u8]);
    }
    let lines = 720u16 >> stream.layer;
    bytes.extend([u8::from(!keyframe), 0, 0, 0x9d, 0x01, 0x2a, 0, 5]);
    bytes.extend(lines.to_le_bytes());
    bytes.extend(id.to_be_bytes());
    bytes.push(stream.layer);
    bytes.extend(stream.frame.to_be_bytes());
    bytes.push(index);
    bytes.resize(bytes.len() + padding, 0x5a);
    bytes
}
