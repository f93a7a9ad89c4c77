//! The audio receiver behind seeded bad networks, with real Opus, in virtual time.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

use bytes::Bytes;
use engine::audio::receiver::Receiver;
use engine::clock::WallClock;
use engine::codec::opus::{Encoder, PACKET_SAMPLES};
use engine::frame::SAMPLES_10_MS;
use engine::jitter_buffer::audio::Counters;
use engine::transport::{PayloadKind, RtpPacket};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.next()).ln()
    }
}

/// Speech-like sound: a gliding pitch with formant-like overtones, in syllables.
fn voice(sample: usize) -> f32 {
    let t = sample as f32 / 48_000.0;
    let phase = std::f32::consts::TAU * (150.0 * t - 6.0 * (t * 3.0).cos());
    let syllable = 0.55 + 0.45 * (t * 4.0 * std::f32::consts::TAU).sin();
    let tone: f32 =
        (1..10).map(|h| (phase * h as f32).sin() / (1.0 + (h as f32 - 4.0).abs())).sum();
    0.15 * syllable * tone
}

/// A minute of packets for 10 % loss: the same ten seconds again and again. The timestamp is the index
/// times 960; empty packets are pauses.
fn speech() -> &'static [Bytes] {
    static PACKETS: OnceLock<Vec<Bytes>> = OnceLock::new();
    PACKETS.get_or_init(|| vec![encode(10, |_| true); 6].concat())
}

fn encode(seconds: usize, talks: impl Fn(usize) -> bool) -> Vec<Bytes> {
    let mut encoder = Encoder::new(32_000).unwrap();
    encoder.set_expected_loss(10).unwrap();
    (0..seconds * 50)
        .map(|index| {
            let samples = std::array::from_fn(|i| {
                if talks(index) { voice(index * PACKET_SAMPLES + i) } else { 0.0 }
            });
            encoder.encode(&samples).unwrap()
        })
        .collect()
}

fn packet(
    (sequence, timestamp): (u16, u32),
    index: usize,
    payload: &Bytes,
    sent: Option<Instant>,
    arrived: Instant,
) -> RtpPacket {
    RtpPacket {
        payload_kind: PayloadKind::Opus,
        sequence,
        timestamp: timestamp.wrapping_add((index * PACKET_SAMPLES) as u32),
        marker: false,
        payload: payload.clone(),
        captured: sent.map(|at| WallClock::process().to_ntp(at)),
        level: None,
        arrived,
    }
}

/// How long a packet sent at some millisecond travels beyond [`PATH_MS`]; `None` when it is lost.
type Fate<'a> = dyn FnMut(&mut Random, f64) -> Option<f64> + 'a;

struct Run {
    counters: Counters,
    concealed: f64,
    /// Mean time from arrival to decoding.
    waited_ms: f64,
    /// The delay over the fastest packet at the end.
    last_ms: f64,
    /// Capture to playback without [`PATH_MS`], a value a block.
    captured_ms: Vec<f64>,
    out: Vec<f32>,
}

const PATH_MS: f64 = 20.0;
const START: (u16, u32) = (1_000, 77_000);

#[expect(clippy::disallowed_methods, reason = "any instant will do as the start of virtual time")]
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

fn at(ms: f64) -> Instant {
    epoch() + Duration::from_nanos((ms * 1e6) as u64)
}

/// Plays `packets`, the first with the sequence number and timestamp `first`, through a network. The
/// playing device's clock is faster than the sender's by `drift_ppm`.
fn run(
    name: &str,
    packets: &[Bytes],
    first: (u16, u32),
    drift_ppm: f64,
    fate: &mut Fate<'_>,
) -> Run {
    let mut random = Random(7);
    let mut arrivals = vec![];
    let sent = packets.iter().enumerate().filter(|(_, payload)| !payload.is_empty());
    for (number, (index, payload)) in sent.enumerate() {
        let sent_ms = index as f64 * 20.0;
        if let Some(delay) = fate(&mut random, sent_ms) {
            let arrives_ms = sent_ms + PATH_MS + delay;
            let sent = index.is_multiple_of(10).then(|| at(sent_ms));
            let numbers = (first.0.wrapping_add(number as u16), first.1);
            arrivals.push((arrives_ms, packet(numbers, index, payload, sent, at(arrives_ms))));
        }
    }
    arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut arrivals = arrivals.into_iter().peekable();
    let mut receiver = Receiver::new().unwrap();
    let (mut out, mut captured_ms, mut sum_ms) = (vec![], vec![], 0.0);
    let mut block = [0.0; SAMPLES_10_MS];
    let step_ms = 10.0 / (1.0 + drift_ppm * 1e-6);
    let ticks = (packets.len() as f64 * 20.0 / step_ms) as usize;
    for tick in 0..ticks {
        let now_ms = 3.0 + tick as f64 * step_ms;
        while let Some((ms, packet)) = arrivals.next_if(|arrival| arrival.0 <= now_ms) {
            receiver.insert(&packet, at(ms));
        }
        receiver.pull(at(now_ms), &mut block);
        out.extend_from_slice(&block);
        if let Some(captured) = receiver.captured() {
            let captured = WallClock::process().to_instant(captured).unwrap();
            let since = at(now_ms).saturating_duration_since(captured);
            captured_ms.push(since.as_secs_f64() * 1e3 - PATH_MS);
            sum_ms += receiver.current_delay().as_secs_f64() * 1e3;
        }
    }
    let counters = receiver.counters();
    let concealed = counters.samples_concealed as f64 / counters.samples as f64;
    let waited_ms = counters.waited as f64 / counters.decoded as f64 / 48.0;
    let last_ms = receiver.current_delay().as_secs_f64() * 1e3;
    println!(
        "{name}: concealed {:.2} %, waited {waited_ms:.1} ms, delay {:.1} ms (last {last_ms:.1}), \
         {counters:?}",
        concealed * 100.0,
        sum_ms / captured_ms.len().max(1) as f64,
    );
    Run { counters, concealed, waited_ms, last_ms, captured_ms, out }
}

#[test]
fn a_clean_network_needs_no_concealment_and_little_delay() {
    let run = run("clean", speech(), START, 0.0, &mut |_, _| Some(0.0));
    assert_eq!(run.counters.samples_concealed, 0);
    assert!(run.last_ms < 40.0 && run.waited_ms < 40.0);
    assert_eq!((run.counters.lost, run.counters.late, run.counters.duplicates), (0, 0, 0));
    let power = run.out.iter().map(|s| s * s).sum::<f32>() / run.out.len() as f32;
    assert!(power > 1e-4, "there is sound: {power}");
}

#[test]
fn fec_repairs_most_of_ten_percent_random_loss() {
    let run = run("10 % loss", speech(), START, 0.0, &mut |random, _| {
        (random.next() >= 0.1).then_some(0.0)
    });
    assert!(run.concealed < 0.04, "{}", run.concealed);
    assert!(run.counters.recovered > 150);
    assert!(run.waited_ms < 60.0);
}

#[test]
fn exponential_jitter_is_absorbed() {
    let run = run("20 ms exponential jitter", speech(), START, 0.0, &mut |random, _| {
        Some(random.exponential(20.0))
    });
    assert!(run.concealed < 0.02, "{}", run.concealed);
    assert!(run.waited_ms < 120.0);
}

#[test]
fn loss_with_jitter_stays_below_the_loss() {
    let run = run("10 % loss and jitter", speech(), START, 0.0, &mut |random, _| {
        let jitter = random.exponential(20.0);
        (random.next() >= 0.1).then_some(jitter)
    });
    assert!(run.concealed < 0.05, "{}", run.concealed);
}

#[test]
fn a_spike_every_five_seconds_is_survived_and_its_delay_goes_away() {
    let run = run("300 ms spike every 5 s", speech(), START, 0.0, &mut |random, sent_ms| {
        let into = (sent_ms + 2_500.0) % 5_000.0;
        let stall = if into < 300.0 { 300.0 - into } else { 0.0 };
        Some(stall + random.exponential(2.0))
    });
    assert!(run.concealed < 0.06, "{}", run.concealed);
    assert!(run.last_ms < 100.0, "2 s after the last spike: {}", run.last_ms);
    assert!(run.waited_ms < 150.0);
}

#[test]
fn drifting_clocks_are_stretched_away() {
    for ppm in [-200.0, 200.0] {
        let run = run(&format!("{ppm} ppm"), speech(), START, ppm, &mut |_, _| Some(0.0));
        assert!(run.concealed < 0.001, "{}", run.concealed);
        assert!(run.last_ms < 40.0, "the delay does not grow: {}", run.last_ms);
    }
}

#[test]
fn strong_drift_is_stretched_away_without_a_click() {
    // 120 ms in the minute: without stretching the delay would grow by them, or run out.
    let still = run("no drift", speech(), START, 0.0, &mut |_, _| Some(0.0));
    for ppm in [-2_000.0, 2_000.0] {
        let run = run(&format!("{ppm} ppm"), speech(), START, ppm, &mut |_, _| Some(0.0));
        assert!(run.concealed < 0.002, "{}", run.concealed);
        assert!(run.last_ms < 40.0, "the delay does not grow: {}", run.last_ms);
        let (step, usual) = (largest_step(&run.out), largest_step(&still.out));
        assert!(step < usual * 1.2, "a step of {step}, {usual} is usual");
    }
}

fn largest_step(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn a_feeder_that_asks_late_and_for_several_blocks_needs_no_concealment() {
    let mut random = Random(3);
    let mut receiver = Receiver::new().unwrap();
    let mut block = [0.0; SAMPLES_10_MS];
    let (mut inserted, mut pulled) = (0, 0);
    // It looks every 1 to 15 ms and makes up for what the device has played since.
    let mut now_ms = 0.0;
    while inserted < 2_900 {
        now_ms += 1.0 + random.next() * 14.0;
        while inserted as f64 * 20.0 <= now_ms {
            let ms = inserted as f64 * 20.0;
            let numbers = (START.0.wrapping_add(inserted as u16), START.1);
            receiver.insert(&packet(numbers, inserted, &speech()[inserted], None, at(ms)), at(ms));
            inserted += 1;
        }
        while f64::from(pulled) * 10.0 <= now_ms {
            receiver.pull(at(now_ms), &mut block);
            pulled += 1;
        }
    }
    let counters = receiver.counters();
    println!("uneven feeder: {counters:?}, {:?}", receiver.current_delay());
    let concealed = counters.samples_concealed as f64 / counters.samples as f64;
    assert!(concealed < 0.001, "{concealed}");
    assert!(receiver.current_delay() < Duration::from_millis(40));
}

#[test]
fn reordered_packets_are_put_right() {
    // Every fifth packet is overtaken by the next one.
    let run = run("reordering", speech(), START, 0.0, &mut |_, sent_ms| {
        Some(if (sent_ms as u64 / 20).is_multiple_of(5) { 25.0 } else { 0.0 })
    });
    assert!(run.concealed < 0.005, "{}", run.concealed);
    assert!(run.waited_ms < 60.0);
    assert!(run.counters.late < 10);
}

#[test]
fn sequence_numbers_and_timestamps_wrap() {
    let start = (65_535 - 700, u32::MAX - 1_000 * 960);
    let run = run("wrap", speech(), start, 0.0, &mut |_, _| Some(0.0));
    assert_eq!(run.counters.samples_concealed, 0);
    assert!(run.counters.packets - run.counters.decoded < 4, "all but the last are played");
    assert_eq!((run.counters.discarded, run.counters.lost), (0, 0));
}

#[test]
fn pauses_are_silence_and_no_concealment() {
    let packets = encode(30, |index| index % 150 < 75);
    let silent = packets.iter().filter(|p| p.is_empty()).count();
    assert!(silent > 300, "the encoder paused: {silent}");
    let run = run("DTX", &packets, START, 0.0, &mut |random, _| Some(random.exponential(5.0)));
    assert!(run.concealed < 0.005, "{}", run.concealed);
    assert!(run.waited_ms < 60.0);
}

#[test]
fn captured_time_is_interpolated_to_the_sample_played() {
    let run = run("captured", speech(), START, 0.0, &mut |_, _| Some(0.0));
    let mut late = run.captured_ms.clone();
    late.sort_by(f64::total_cmp);
    let (low, high) = (late[late.len() / 20], late[late.len() * 19 / 20]);
    assert!(low >= 0.0 && high < 40.0 && high - low < 12.0, "{low} to {high}");
}

/// Plays four seconds of one source and four of another through one slot.
fn switched(second: (u16, u32)) -> Counters {
    const HALF: usize = 200;
    let mut receiver = Receiver::new().unwrap();
    let mut block = [0.0; SAMPLES_10_MS];
    for tick in 0..HALF * 4 {
        let now = at(tick as f64 * 10.0);
        if tick.is_multiple_of(2) {
            let index = tick / 2;
            let (start, number) =
                if index < HALF { (START, index) } else { (second, index - HALF) };
            let numbers = (start.0.wrapping_add(number as u16), start.1);
            receiver.insert(&packet(numbers, number, &speech()[index], None, now), now);
        }
        receiver.pull(now, &mut block);
    }
    println!("switch to {second:?}: {:?}, {:?}", receiver.counters(), receiver.current_delay());
    assert!(receiver.current_delay() < Duration::from_millis(40));
    receiver.counters()
}

#[test]
fn a_switch_with_continuous_numbers_is_not_noticed() {
    let counters = switched((START.0 + 200, START.1 + 200 * 960));
    assert_eq!((counters.samples_concealed, counters.discarded), (0, 0));
}

#[test]
fn a_switch_to_a_foreign_time_line_starts_anew() {
    for second in [
        (START.0 + 200, START.1.wrapping_sub(5_000_000)),
        (START.0 + 200, START.1 + 50_000_000),
        (START.0.wrapping_add(30_000), 5),
        (START.0.wrapping_sub(900), START.1 + 200 * 960),
    ] {
        let counters = switched(second);
        let ratio = counters.samples_concealed as f64 / counters.samples as f64;
        assert!(ratio < 0.02, "{second:?}: {ratio}");
        assert!(counters.decoded > 390, "{second:?}: {counters:?}");
    }
}

#[test]
fn a_blackout_is_concealment_and_the_sound_comes_back_at_once() {
    let run = run("blackout", speech(), START, 0.0, &mut |_, sent_ms| {
        (!(20_000.0..30_000.0).contains(&sent_ms)).then_some(0.0)
    });
    let concealed_s = run.counters.samples_concealed as f64 / 48_000.0;
    assert!((9.9..10.1).contains(&concealed_s), "{:?}", run.counters);
    assert_eq!(run.counters.lost, 500);
    assert!(run.last_ms < 40.0);
}

#[test]
fn a_sender_that_stops_without_a_word_is_not_concealed_for_longer_than_a_second() {
    let mut packets = speech()[..2_000].to_vec();
    packets[500..1_500].fill(Bytes::new());
    let run = run("mute", &packets, START, 0.0, &mut |_, _| Some(0.0));
    assert!(run.counters.samples_concealed <= 48_480, "{:?}", run.counters);
    assert_eq!(run.counters.lost, 0);
    assert!(run.counters.decoded > 990 && run.last_ms < 40.0);
}

#[test]
fn doubled_packets_are_played_once() {
    let mut receiver = Receiver::new().unwrap();
    let mut block = [0.0; SAMPLES_10_MS];
    for tick in 0..400usize {
        let now = at(tick as f64 * 10.0);
        let index = tick / 2;
        let numbers = (START.0 + index as u16, START.1);
        receiver.insert(&packet(numbers, index, &speech()[index], None, now), now);
        receiver.pull(now, &mut block);
    }
    let counters = receiver.counters();
    assert_eq!((counters.packets, counters.duplicates, counters.late), (200, 200, 0));
    assert_eq!(counters.samples_concealed, 0);
}

#[test]
fn lip_sync_delay_is_approached_gently_and_given_back() {
    let mut receiver = Receiver::new().unwrap();
    let mut block = [0.0; SAMPLES_10_MS];
    let mut delays_ms: Vec<f64> = vec![];
    for tick in 0..3_000 {
        let now = at(tick as f64 * 10.0);
        if tick % 2 == 0 {
            let payload = &speech()[tick / 2];
            let numbers = (START.0.wrapping_add((tick / 2) as u16), START.1);
            receiver.insert(&packet(numbers, tick / 2, payload, Some(now), now), now);
        }
        match tick {
            500 => receiver.set_extra_delay(Duration::from_millis(120)),
            1_800 => receiver.set_extra_delay(Duration::ZERO),
            _ => {}
        }
        receiver.pull(now, &mut block);
        delays_ms.push(receiver.current_delay().as_secs_f64() * 1e3);
    }
    let [before, with, after] = [499, 1_799, 2_999].map(|tick| delays_ms[tick]);
    println!("delay before {before:.1} ms, with 120 ms more {with:.1} ms, after {after:.1} ms");
    assert!((with - before - 120.0).abs() < 25.0);
    assert!((after - before).abs() < 25.0);
    assert!(delays_ms[300..].windows(2).all(|pair| (pair[1] - pair[0]).abs() < 25.0), "no jumps");
    assert_eq!(receiver.counters().samples_concealed, 0);
}
