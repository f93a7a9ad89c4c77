//! Sound: queues, Opus, the jitter buffer's tick, stretching and the mixer.

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use crossbeam::queue::ArrayQueue;
use engine::audio::stretch::{self, Care};
use engine::codec::opus::{Decoder, Encoder, PACKET_SAMPLES};
use engine::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use engine::jitter_buffer::audio::{Action, AudioJitterBuffer};
use engine::playback::mixer::{Mixer, Seat};
use engine::transport::{PayloadKind, RtpPacket};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 20 ms of a gliding voice.
fn voice(packet: usize) -> [f32; PACKET_SAMPLES] {
    std::array::from_fn(|i| {
        let t = (packet * PACKET_SAMPLES + i) as f32 / SAMPLE_RATE as f32;
        let phase = std::f32::consts::TAU * (150.0 * t - 6.0 * (t * 3.0).cos());
        (1..8).map(|h| (phase * h as f32).sin() / h as f32).sum::<f32>() * 0.2
    })
}

fn speech() -> Vec<Bytes> {
    let mut encoder = Encoder::new(32_000).expect("libopus");
    encoder.set_expected_loss(10).expect("libopus");
    (0..100)
        .map(|i| encoder.encode(&voice(i)).expect("libopus"))
        .filter(|p| !p.is_empty())
        .collect()
}

/// One push and one pop on one thread: a sample, and a block of 10 ms.
fn queues(c: &mut Criterion) {
    let mut group = c.benchmark_group("queue");
    let array = ArrayQueue::new(4_096);
    group.bench_function("sample/array_queue", |b| {
        b.iter(|| {
            let _ = array.push(black_box(1f32));
            array.pop()
        });
    });
    let (mut producer, mut consumer) = rtrb::RingBuffer::new(4_096);
    group.bench_function("sample/rtrb", |b| {
        b.iter(|| {
            let _ = producer.push(black_box(1f32));
            consumer.pop()
        });
    });
    let block = [0.5f32; SAMPLES_10_MS];
    let array = ArrayQueue::new(16);
    group.bench_function("block/array_queue", |b| {
        b.iter(|| {
            let _ = array.push(black_box(block));
            array.pop()
        });
    });
    let (mut producer, mut consumer) = rtrb::RingBuffer::new(16 * SAMPLES_10_MS);
    let mut out = [0f32; SAMPLES_10_MS];
    group.bench_function("block/rtrb", |b| {
        b.iter(|| {
            let _ = producer.push_entire_slice(black_box(&block));
            let _ = consumer.pop_entire_slice(&mut out);
            out[0]
        });
    });
    group.finish();
}

fn opus(c: &mut Criterion) {
    let mut group = c.benchmark_group("opus");
    let packets = speech();
    let voices: Vec<_> = (0..100).map(voice).collect();
    let mut encoder = Encoder::new(32_000).expect("libopus");
    let mut next = 0;
    group.bench_function("encode_20_ms", |b| {
        b.iter(|| {
            next = (next + 1) % voices.len();
            encoder.encode(&voices[next])
        });
    });
    let mut decoder = Decoder::new().expect("libopus");
    let mut out = Vec::with_capacity(PACKET_SAMPLES);
    group.bench_function("decode_20_ms", |b| {
        b.iter(|| {
            next = (next + 1) % packets.len();
            out.clear();
            decoder.decode(&packets[next], &mut out).is_ok()
        });
    });
    group.bench_function("conceal_10_ms", |b| {
        b.iter(|| {
            out.clear();
            decoder.conceal(SAMPLES_10_MS, &mut out).is_ok()
        });
    });
    group.finish();
}

/// 10 ms of the jitter buffer alone: half an insert and what is asked of it for one block.
#[expect(clippy::disallowed_methods, reason = "any instant will do as the start of virtual time")]
fn jitter_buffer(c: &mut Criterion) {
    let packets = speech();
    let start = Instant::now();
    let mut buffer = AudioJitterBuffer::new();
    let (mut tick, mut decoded) = (0u64, 0);
    c.bench_function("jitter_buffer/audio_tick", |b| {
        b.iter(|| {
            let now = start + Duration::from_millis(tick * 10);
            if tick.is_multiple_of(2) {
                let number = tick / 2;
                let packet = RtpPacket {
                    payload_kind: PayloadKind::Opus,
                    sequence: number as u16,
                    timestamp: (number * PACKET_SAMPLES as u64) as u32,
                    marker: false,
                    payload: packets[number as usize % packets.len()].clone(),
                    captured: None,
                    level: None,
                    arrived: now,
                };
                buffer.insert(&packet, now);
            }
            loop {
                match buffer.pull(now, decoded).action {
                    Action::Play => break,
                    Action::Decode(_) => decoded += PACKET_SAMPLES,
                    Action::Recover { samples, .. } | Action::Conceal { samples } => {
                        decoded += samples;
                    }
                    Action::ComfortNoise | Action::Silence => decoded += SAMPLES_10_MS,
                }
            }
            decoded -= SAMPLES_10_MS;
            tick += 1;
        });
    });
}

fn stretching(c: &mut Criterion) {
    let original = voice(0);
    let mut samples = Vec::with_capacity(2 * PACKET_SAMPLES);
    c.bench_function("stretch/accelerate_20_ms", |b| {
        b.iter(|| {
            samples.clear();
            samples.extend_from_slice(&original);
            stretch::accelerate(&mut samples, Care::Fast)
        });
    });
}

/// One stereo callback of 10 ms with five speakers, and the five pushes that feed it.
fn mixer(c: &mut Criterion) {
    let (mixer, mut controls) = Mixer::new();
    let seat = Arc::new(Seat::new(Some(mixer)));
    let mut callback = controls.callback(&seat, 2, SAMPLE_RATE);
    let mut slots: Vec<_> = (0..5).map(|_| controls.add_slot().expect("a free slot")).collect();
    let block = [0.3; SAMPLES_10_MS];
    let mut out = [0f32; 2 * SAMPLES_10_MS];
    c.bench_function("mixer/5_slots", |b| {
        b.iter(|| {
            for slot in &mut slots {
                slot.push(black_box(&block));
            }
            callback.fill(&mut out, Duration::ZERO);
            out[0]
        });
    });
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = queues, opus, jitter_buffer, stretching, mixer
}
criterion_main!(benches);
