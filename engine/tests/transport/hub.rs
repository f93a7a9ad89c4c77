//! A hub for tests: str0m, ICE-lite, RTP mode, one UDP socket on 127.0.0.1, on a thread of its own.

use bytes::Bytes;
use crossbeam::channel::{Receiver, Sender, unbounded};
use engine::clock::Ntp;
use engine::config::VideoCodec;
use engine::transport::Offer;
use std::net::UdpSocket;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use str0m::change::SdpOffer;
use str0m::format::Codec;
use str0m::media::{KeyframeRequestKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{AbsCaptureTime, Extension, ExtensionValues, RtpWrite};
use str0m::{Candidate, Input, Output, Rtc, RtcConfig};

/// One packet that the engine sent.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub mid: String,
    pub rid: Option<String>,
    pub sequence: u64,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub captured: Option<Ntp>,
    pub level: Option<i8>,
}

/// One packet to send into a slot.
#[derive(Debug, Clone)]
pub struct Departing {
    pub mid: String,
    /// `None` is Opus.
    pub codec: Option<VideoCodec>,
    pub sequence: u64,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub captured: Ntp,
}

#[derive(Debug)]
pub enum Happened {
    Connected,
    Arrived(Arrived),
    KeyframeWanted { mid: String },
}

enum Order {
    Send(Departing),
    WantKeyframe {
        mid: String,
        rid: Option<String>,
    },
    Lose {
        permille: u32,
    },
    /// The network is gone, or back.
    Silence(bool),
}

/// Its thread ends when this is dropped.
pub struct Hub {
    orders: Sender<Order>,
    pub events: Receiver<Happened>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.orders = unbounded().0;
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the hub did not panic");
        }
    }
}

impl Hub {
    /// Starts a hub that answers `offer`.
    pub fn answer(offer: &Offer) -> (Hub, String) {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port on loopback");
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a timeout");
        let mut rtc = RtcConfig::new()
            .set_ice_lite(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .enable_h264(true)
            .set_rtp_mode(true)
            .set_extension(7, Extension::AbsoluteCaptureTime)
            .build(now());
        let local = socket.local_addr().expect("bound");
        rtc.add_local_candidate(Candidate::host(local, "udp").expect("a candidate"));
        let sdp = SdpOffer::from_sdp_string(&offer.sdp).expect("a readable offer");
        let answer = rtc.sdp_api().accept_offer(sdp).expect("an acceptable offer");
        let (orders_to, orders) = unbounded();
        let (events_to, events) = unbounded();
        let mut state = State {
            rtc,
            socket,
            events: events_to,
            seed: 0x2545_f491_4f6c_dd1d,
            lose_permille: 0,
            silent: false,
        };
        state.drain();
        for slot in offer.slots.iter().filter(|slot| slot.video) {
            let mid = Mid::from(&*slot.mid);
            let mut api = state.rtc.direct_api();
            let stream = api.stream_tx_by_mid(mid, None).expect("a slot's stream");
            stream.set_rtx_cache(2_000, Duration::from_secs(3), None);
        }
        for stream in offer.streams.iter().filter(|stream| stream.rtx_ssrc.is_some()) {
            let mid = Mid::from(&*stream.mid);
            let rid = stream.rid.as_deref().map(Into::into);
            let rtx = stream.rtx_ssrc.map(Into::into);
            state.rtc.direct_api().expect_stream_rx(stream.ssrc.into(), rtx, mid, rid);
        }
        #[expect(clippy::disallowed_methods, reason = "a test's thread")]
        let thread = std::thread::Builder::new()
            .name("test-hub".into())
            .spawn(move || state.run(&orders))
            .expect("a thread");
        (Hub { orders: orders_to, events, thread: Some(thread) }, answer.to_sdp_string())
    }

    pub fn send(&self, packet: Departing) {
        let _ = self.orders.send(Order::Send(packet));
    }

    pub fn want_keyframe(&self, mid: &str, rid: Option<&str>) {
        let (mid, rid) = (mid.to_owned(), rid.map(str::to_owned));
        let _ = self.orders.send(Order::WantKeyframe { mid, rid });
    }

    /// Drops so many of 1,000 packets both ways, by a fixed seed.
    pub fn lose(&self, permille: u32) {
        let _ = self.orders.send(Order::Lose { permille });
    }

    /// Cuts the network, or mends it.
    pub fn silence(&self, silent: bool) {
        let _ = self.orders.send(Order::Silence(silent));
    }
}

struct State {
    rtc: Rtc,
    socket: UdpSocket,
    events: Sender<Happened>,
    seed: u64,
    lose_permille: u32,
    silent: bool,
}

impl State {
    fn run(&mut self, orders: &Receiver<Order>) {
        let mut buffer = [0u8; 2_000];
        let local = self.socket.local_addr().expect("bound");
        let mut deadline = now();
        loop {
            loop {
                match orders.try_recv() {
                    Ok(order) => {
                        self.obey(order);
                        deadline = self.drain();
                        // Written packets leave with the next timeout.
                        let _ = self.rtc.handle_input(Input::Timeout(now()));
                        deadline = deadline.min(self.drain());
                    }
                    Err(crossbeam::channel::TryRecvError::Empty) => break,
                    Err(crossbeam::channel::TryRecvError::Disconnected) => return,
                }
            }
            if let Ok((len, source)) = self.socket.recv_from(&mut buffer)
                && !self.lost()
                && let Ok(contents) = buffer[..len].try_into()
            {
                let receive =
                    Receive { proto: Protocol::Udp, source, destination: local, contents };
                let _ = self.rtc.handle_input(Input::Receive(now(), receive));
                deadline = self.drain();
            }
            if now() >= deadline {
                let _ = self.rtc.handle_input(Input::Timeout(now()));
                deadline = self.drain();
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Send(packet) => self.write(packet),
            Order::WantKeyframe { mid, rid } => {
                let rid = rid.as_deref().map(Into::into);
                let mut api = self.rtc.direct_api();
                let stream = api.stream_rx_by_mid((&*mid).into(), rid).expect("a known stream");
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
            Order::Lose { permille } => self.lose_permille = permille,
            Order::Silence(silent) => self.silent = silent,
        }
    }

    fn write(&mut self, packet: Departing) {
        let wanted = match packet.codec {
            None => Codec::Opus,
            Some(VideoCodec::H264) => Codec::H264,
            Some(VideoCodec::Vp8) => Codec::Vp8,
        };
        // Payload types are the offer's: H.264 in packetization mode 1 comes first.
        let params = self.rtc.codec_config().params().iter();
        let usable = params.filter(|params| params.spec().codec == wanted);
        let payload_type = usable
            .filter(|params| params.spec().format.packetization_mode != Some(0))
            .map(|params| params.pt())
            .find(|pt| [96, 102, 111].contains(&**pt))
            .expect("a negotiated codec");
        let extensions = ExtensionValues {
            abs_capture_time: Some(AbsCaptureTime {
                capture_time: wall_time(packet.captured),
                clock_offset: None,
            }),
            audio_level: packet.codec.is_none().then_some(-40),
            voice_activity: packet.codec.is_none().then_some(true),
            ..Default::default()
        };
        let payload = packet.payload.to_vec();
        let write =
            RtpWrite::new(payload_type, packet.sequence.into(), packet.timestamp, now(), payload)
                .marker(packet.marker)
                .nackable(packet.codec.is_some())
                .ext_vals(extensions);
        let mut api = self.rtc.direct_api();
        api.stream_tx_by_mid((&*packet.mid).into(), None).expect("a slot").write_rtp(write);
    }

    fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().expect("the test's peer works") {
                Output::Timeout(at) => return at,
                Output::Transmit(datagram) => {
                    if !self.lost() {
                        let _ = self.socket.send_to(&datagram.contents, datagram.destination);
                    }
                }
                Output::Event(event) => self.tell(event),
            }
        }
    }

    fn tell(&mut self, event: str0m::Event) {
        let happened = match event {
            str0m::Event::Connected => Happened::Connected,
            str0m::Event::KeyframeRequest(request) => {
                Happened::KeyframeWanted { mid: request.mid.to_string() }
            }
            str0m::Event::RtpPacket(packet) => {
                let mut api = self.rtc.direct_api();
                let Some(stream) = api.stream_rx(&packet.header.ssrc) else { return };
                let values = &packet.header.ext_vals;
                Happened::Arrived(Arrived {
                    mid: stream.mid().to_string(),
                    rid: stream.rid().map(|rid| rid.to_string()),
                    sequence: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    marker: packet.header.marker,
                    payload: Bytes::copy_from_slice(&packet.payload),
                    captured: values.abs_capture_time.map(|time| ntp(time.capture_time)),
                    level: values.audio_level,
                })
            }
            _ => return,
        };
        let _ = self.events.send(happened);
    }

    fn lost(&mut self) -> bool {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.silent || (self.seed >> 33) % 1_000 < u64::from(self.lose_permille)
    }
}

const NTP_TO_UNIX_S: u64 = 2_208_988_800;

fn wall_time(Ntp(ntp): Ntp) -> SystemTime {
    let nanos = ((ntp & 0xffff_ffff) * 1_000_000_000) >> 32;
    UNIX_EPOCH + Duration::new((ntp >> 32) - NTP_TO_UNIX_S, nanos as u32)
}

fn ntp(time: SystemTime) -> Ntp {
    let since = time.duration_since(UNIX_EPOCH).expect("after 1970");
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    Ntp((since.as_secs() + NTP_TO_UNIX_S) << 32 | fraction)
}

#[expect(clippy::disallowed_methods, reason = "the test peer's driver")]
pub fn now() -> Instant {
    Instant::now()
}
