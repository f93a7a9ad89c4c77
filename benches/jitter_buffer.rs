//! What the video jitter buffer costs.
//!
//! `video_tick` polls a buffer in which frames wait behind a gap, `insert` takes a frame of five
//! packets and gives it out, `depacketize` puts a keyframe of 50 kB together.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::clock::Ntp;
use engine::config::VideoCodec;
use engine::jitter_buffer::video::VideoJitterBuffer;
use engine::transport::RtpPacket;
use katheder_suite::network::any_moment;
use katheder_suite::video_stream::VideoStream;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn insert_all(buffer: &mut VideoJitterBuffer, packets: &[RtpPacket], now: Instant) {
    for packet in packets {
        buffer.insert(packet.clone(), now);
        while let Some(output) = buffer.poll(now) {
            black_box(output);
        }
    }
}

/// A buffer that gave out a keyframe, and the stream that it came from.
fn started(codec: VideoCodec, now: Instant) -> (VideoJitterBuffer, VideoStream) {
    let mut stream = VideoStream::new(codec, 1, 1);
    let mut buffer = VideoJitterBuffer::new();
    insert_all(&mut buffer, &stream.frame(true, 20_000, Ntp(0), now).packets, now);
    (buffer, stream)
}

fn video_tick(criterion: &mut Criterion) {
    let now = any_moment();
    let (mut buffer, mut stream) = started(VideoCodec::H264, now);
    stream.sequence += 1;
    for _ in 0..10 {
        insert_all(&mut buffer, &stream.frame(false, 5_000, Ntp(0), now).packets, now);
    }
    let mut group = criterion.benchmark_group("jitter_buffer");
    group.bench_function("video_tick", |bencher| {
        bencher.iter(|| buffer.poll(black_box(now + Duration::from_millis(1))));
    });
    group.finish();
}

fn insert(criterion: &mut Criterion) {
    let now = any_moment();
    let mut group = criterion.benchmark_group("jitter_buffer");
    group.throughput(Throughput::Elements(5));
    let (mut buffer, mut stream) = started(VideoCodec::H264, now);
    group.bench_function("insert", |bencher| {
        bencher.iter_batched(
            || stream.frame(false, 5_500, Ntp(0), now).packets,
            |packets| insert_all(&mut buffer, &packets, now),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn depacketize(criterion: &mut Criterion) {
    let now = any_moment();
    let mut group = criterion.benchmark_group("depacketize");
    group.throughput(Throughput::Bytes(50_000));
    for (name, codec) in [("h264", VideoCodec::H264), ("vp8", VideoCodec::Vp8)] {
        let (mut buffer, mut stream) = started(codec, now);
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || stream.frame(true, 50_000, Ntp(0), now).packets,
                |packets| insert_all(&mut buffer, &packets, now),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = video_tick, insert, depacketize
}
criterion_main!(benches);
