//! A video sender, a network each way and a receiver with NACK, in virtual time.

use engine::clock::Ntp;
use engine::config::VideoCodec;
use engine::jitter_buffer::playout::Playout;
use engine::jitter_buffer::sequence::Unwrapper;
use engine::jitter_buffer::video::{Counters, EncodedFrame, Output, VideoJitterBuffer};
use engine::measure::{FreezeDetector, Latencies};
use engine::stats::Percentiles;
use engine::transport::RtpPacket;
use katheder_suite::network::{Conditions, Network, Random, any_moment};
use katheder_suite::video_stream::VideoStream;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

const FRAME_INTERVAL: Duration = Duration::from_micros(33_333);
const NACK_INTERVAL: Duration = Duration::from_millis(20);
const NACKS_MAX: u32 = 10;
/// Packets that the sender can send again: 2–3 s.
const HISTORY: usize = 400;

/// Something that happens in the middle of a run.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// Random loss, both ways, from now on.
    SetLoss(f64),
    /// The hub maps another publisher into the slot: sequence numbers and timestamps go on, half
    /// of the last frame stays away, and the new source begins with a keyframe.
    SwitchSource { codec: VideoCodec, keyframe_lost: bool },
    /// The next frame of temporal layer 1 is not sent.
    DropUpperLayerFrame,
}

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub codec: VideoCodec,
    pub conditions: Conditions,
    pub seconds: u64,
    pub retransmission: bool,
    pub two_layers: bool,
    /// Milliseconds from the start, ascending.
    pub events: Vec<(u64, Event)>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Frames sent in good time before the end.
    pub sent: usize,
    /// Frames of those that came out.
    pub frames: usize,
    /// From sending to coming out.
    pub latency: Percentiles,
    /// From sending to being shown by the playout.
    pub shown_latency: Percentiles,
    /// Freezes if every frame were shown as it comes out.
    pub freezes_undelayed: u64,
    /// Freezes as shown by the playout.
    pub freezes: u64,
    pub keyframe_requests: usize,
    pub codecs_seen: usize,
    pub counters: Counters,
    /// Milliseconds from the start at which frames came out.
    out_ms: Vec<f64>,
}

impl Outcome {
    /// Frames that came out, 0–1.
    pub fn share(&self) -> f64 {
        self.frames as f64 / self.sent as f64
    }

    /// How many milliseconds after this moment the next frame came out.
    pub fn first_frame_after(&self, ms: u64) -> Option<f64> {
        let ms = ms as f64;
        // What was in flight when the network failed does not count.
        self.out_ms.iter().find(|at| **at > ms).map(|at| at - ms)
    }
}

#[derive(Debug, Clone)]
enum Feedback {
    Nack(u16),
    KeyframeNeeded,
}

struct SentFrame {
    index: usize,
    at: Instant,
    data: bytes::Bytes,
    keyframe: bool,
}

struct Session {
    start: Instant,
    scenario: Scenario,
    stream: VideoStream,
    random: Random,
    down: Network<RtpPacket>,
    up: Network<Feedback>,
    history: VecDeque<RtpPacket>,
    sent: HashMap<u32, SentFrame>,
    keyframe_wanted: bool,
    lose_next_keyframe: bool,
    drop_upper: bool,
    nacks: Nacks,
    buffer: VideoJitterBuffer,
    seen: HashSet<usize>,
    last_index: Option<usize>,
    codecs: HashSet<VideoCodec>,
    latencies: Latencies,
    undelayed: FreezeDetector,
    playout: Playout<Instant>,
    shown: FreezeDetector,
    shown_latencies: Latencies,
    out_ms: Vec<f64>,
    requests: usize,
}

impl Scenario {
    /// Twenty seconds at 30 frames a second and about 1.3 Mb/s.
    pub fn new(codec: VideoCodec, conditions: Conditions) -> Scenario {
        Scenario {
            codec,
            conditions,
            seconds: 20,
            retransmission: true,
            two_layers: false,
            events: Vec::new(),
        }
    }

    pub fn run(&self, seed: u64) -> Outcome {
        let mut stream = VideoStream::new(self.codec, 65_000, seed);
        stream.two_layers = self.two_layers;
        let mut buffer = VideoJitterBuffer::new();
        buffer.set_round_trip(2 * self.conditions.delay);
        let feedback = Conditions { bottleneck: None, ..self.conditions.clone() };
        let session = Session {
            start: any_moment(),
            scenario: self.clone(),
            stream,
            random: Random(seed ^ 0x5eed),
            down: Network::new(seed, self.conditions.clone()),
            up: Network::new(seed + 1_000, feedback),
            history: VecDeque::new(),
            sent: HashMap::new(),
            keyframe_wanted: true,
            lose_next_keyframe: false,
            drop_upper: false,
            nacks: Nacks::default(),
            buffer,
            seen: HashSet::new(),
            last_index: None,
            codecs: HashSet::new(),
            latencies: Latencies::default(),
            undelayed: FreezeDetector::default(),
            playout: Playout::default(),
            shown: FreezeDetector::default(),
            shown_latencies: Latencies::default(),
            out_ms: Vec::new(),
            requests: 0,
        };
        session.run()
    }
}

impl Session {
    fn run(mut self) -> Outcome {
        let frames = (self.scenario.seconds * 30) as usize;
        let mut events = VecDeque::from(std::mem::take(&mut self.scenario.events));
        for index in 0..frames {
            let now = self.start + FRAME_INTERVAL * index as u32;
            self.advance(now);
            while let Some((_, event)) =
                events.pop_front_if(|(ms, _)| self.start + Duration::from_millis(*ms) <= now)
            {
                self.happen(event, now);
            }
            self.send_frame(index, now);
        }
        self.advance(self.start + Duration::from_secs(self.scenario.seconds));
        let counted = frames - 30;
        let end = self.start + Duration::from_secs(self.scenario.seconds);
        Outcome {
            sent: counted,
            frames: self.seen.iter().filter(|index| **index < counted).count(),
            latency: self.latencies.percentiles(),
            shown_latency: self.shown_latencies.percentiles(),
            freezes_undelayed: self.undelayed.freezes(end),
            freezes: self.shown.freezes(end),
            keyframe_requests: self.requests,
            codecs_seen: self.codecs.len(),
            counters: self.buffer.counters(),
            out_ms: self.out_ms,
        }
    }

    /// Lets everything happen that is due by `end`, in order.
    fn advance(&mut self, end: Instant) {
        loop {
            let deadlines = [
                self.down.next_deadline(),
                self.up.next_deadline(),
                self.nacks.next_deadline(),
                self.buffer.next_deadline(),
                self.playout.next_deadline(),
            ];
            let Some(now) = deadlines.into_iter().flatten().min().filter(|at| *at <= end) else {
                return;
            };
            while let Some(packet) = self.down.pop(now) {
                self.nacks.arrived(packet.sequence, now);
                self.buffer.insert(RtpPacket { arrived: now, ..packet }, now);
                self.drain(now);
            }
            while let Some(feedback) = self.up.pop(now) {
                match feedback {
                    Feedback::KeyframeNeeded => self.keyframe_wanted = true,
                    Feedback::Nack(number) => self.send_again(number, now),
                }
            }
            let round_trip = 2 * self.scenario.conditions.delay;
            for number in self.nacks.due(now, round_trip) {
                if self.scenario.retransmission {
                    self.up.push(now, 60, Feedback::Nack(number));
                }
            }
            self.drain(now);
            if let Some(sent) = self.playout.poll(now) {
                self.shown.shown(now);
                self.shown_latencies.push((now - sent).as_secs_f64() * 1e3);
            }
        }
    }

    fn happen(&mut self, event: Event, now: Instant) {
        match event {
            Event::SetLoss(loss) => {
                let conditions = Conditions { loss, ..self.scenario.conditions.clone() };
                self.down.set_conditions(conditions.clone());
                self.up.set_conditions(conditions);
            }
            Event::SwitchSource { codec, keyframe_lost } => {
                // The old source's last frame, of which only the first packet was forwarded.
                let half = self.stream.frame(false, 5_000, Ntp(0), now);
                let cut = half.packets.len() as u16 - 1;
                self.stream.sequence = self.stream.sequence.wrapping_sub(cut);
                self.send_packets(half.packets.into_iter().take(1), now);
                self.stream.codec = codec;
                self.keyframe_wanted = true;
                self.lose_next_keyframe = keyframe_lost;
            }
            Event::DropUpperLayerFrame => self.drop_upper = true,
        }
    }

    fn send_frame(&mut self, index: usize, now: Instant) {
        let keyframe = std::mem::take(&mut self.keyframe_wanted);
        let size = if keyframe { 25_000 } else { 2_000 + (self.random.bits() % 7_000) as usize };
        let captured = Ntp((index as u64 + 1) << 32);
        let mut frame = self.stream.frame(keyframe, size, captured, now);
        let upper = frame.packets[0].payload[0] & 0x20 != 0 && self.stream.two_layers;
        if upper && std::mem::take(&mut self.drop_upper) {
            frame.packets.clear();
        }
        if keyframe && std::mem::take(&mut self.lose_next_keyframe) {
            // Lost for good: not even the sender knows these packets any more.
            frame.packets.truncate(2);
        }
        let sent = SentFrame { index, at: now, data: frame.data, keyframe };
        self.sent.insert(frame.rtp_timestamp, sent);
        self.send_packets(frame.packets.into_iter(), now);
    }

    fn send_packets(&mut self, packets: impl Iterator<Item = RtpPacket>, now: Instant) {
        for packet in packets {
            self.history.push_back(packet.clone());
            self.down.push(now, packet.payload.len() + 40, packet);
        }
        let surplus = self.history.len().saturating_sub(HISTORY);
        self.history.drain(..surplus);
    }

    fn send_again(&mut self, number: u16, now: Instant) {
        if let Some(packet) = self.history.iter().find(|packet| packet.sequence == number) {
            self.down.push(now, packet.payload.len() + 42, packet.clone());
        }
    }

    fn drain(&mut self, now: Instant) {
        while let Some(output) = self.buffer.poll(now) {
            match output {
                Output::Frame(frame) => self.came_out(frame, now),
                Output::KeyframeNeeded => {
                    self.requests += 1;
                    self.up.push(now, 60, Feedback::KeyframeNeeded);
                }
            }
        }
    }

    /// Checks that the frame is what was sent and that a decoder could decode it.
    fn came_out(&mut self, frame: EncodedFrame, now: Instant) {
        let sent = self.sent.get(&frame.rtp_timestamp).expect("it was sent");
        assert_eq!(frame.data, sent.data, "frame {} is damaged", sent.index);
        assert_eq!(frame.keyframe, sent.keyframe);
        assert_eq!(frame.captured, Some(Ntp((sent.index as u64 + 1) << 32)));
        let follows = self.last_index.is_some_and(|last| {
            sent.index == last + 1 || (self.stream.two_layers && sent.index == last + 2)
        });
        assert!(frame.keyframe || follows, "frame {} lacks its reference", sent.index);
        self.last_index = Some(sent.index);
        self.seen.insert(sent.index);
        self.codecs.insert(frame.codec);
        self.undelayed.shown(now);
        self.playout.push(sent.at, frame.rtp_timestamp, now);
        self.latencies.push((now - sent.at).as_secs_f64() * 1e3);
        self.out_ms.push((now - self.start).as_secs_f64() * 1e3);
    }
}

/// The receiver's side of NACK: asks for each missing packet after every round trip.
#[derive(Default)]
struct Nacks {
    sequence: Unwrapper<16>,
    newest: Option<i64>,
    missing: BTreeMap<i64, (Instant, u32)>,
}

impl Nacks {
    fn arrived(&mut self, number: u16, now: Instant) {
        let sequence = self.sequence.unwrap(u32::from(number));
        let newest = *self.newest.get_or_insert(sequence);
        self.missing.remove(&sequence);
        let first = (newest + 1).max(sequence - HISTORY as i64);
        self.missing.extend((first..sequence).map(|missing| (missing, (now, 0))));
        self.newest = Some(newest.max(sequence));
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.missing.values().map(|(at, _)| *at).min()
    }

    fn due(&mut self, now: Instant, round_trip: Duration) -> Vec<u16> {
        let mut numbers = Vec::new();
        self.missing.retain(|sequence, (at, tries)| {
            if *at <= now {
                numbers.push(*sequence as u16);
                *at = now + round_trip + NACK_INTERVAL;
                *tries += 1;
            }
            *tries < NACKS_MAX
        });
        numbers
    }
}
