//! What sending costs: packetizing a picture, and judging one feedback message.

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::transport::bandwidth::{Estimator, Report};
use engine::transport::packetize::{self, MAX_PAYLOAD};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A 720p picture at 1.5 Mb/s and 30 frames a second.
const PICTURE: usize = 1_500_000 / 8 / 30;

fn picture() -> Bytes {
    let mut data = vec![0, 0, 0, 1, 0x41];
    data.extend((0..PICTURE as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8 | 1));
    data.into()
}

fn packetizers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("packetize");
    group.throughput(Throughput::Bytes(PICTURE as u64));
    let data = picture();
    let mut payloads = Vec::new();
    group.bench_function("h264_720p", |bencher| {
        bencher.iter(|| {
            payloads.clear();
            packetize::h264::packetize(black_box(&data), MAX_PAYLOAD, &mut payloads);
            payloads.len()
        });
    });
    group.bench_function("vp8_720p", |bencher| {
        bencher.iter(|| {
            payloads.clear();
            packetize::vp8::packetize(black_box(&data), 4_711, MAX_PAYLOAD, &mut payloads);
            payloads.len()
        });
    });
    group.finish();
}

/// A feedback message about 50 ms at 1.5 Mb/s, after ten seconds of them.
fn bandwidth(criterion: &mut Criterion) {
    #[expect(clippy::disallowed_methods, reason = "the zero of virtual time")]
    let start = Instant::now();
    let reports = |round: u32| -> Vec<Report> {
        let at = |packet: u32| Duration::from_micros(u64::from(round * 50_000 + packet * 6_000));
        let report = |packet| Report {
            departure: start + at(packet),
            arrival: Some(at(packet) + Duration::from_millis(30)),
            bytes: 1_100,
        };
        (0..8).map(report).collect()
    };
    let now = |round: u32| start + Duration::from_millis(50) * round + Duration::from_millis(80);
    criterion.bench_function("bandwidth/report", |bencher| {
        bencher.iter_batched_ref(
            || {
                let mut estimator = Estimator::new(1_500_000, 2_500_000);
                (0..200).for_each(|round| estimator.on_reports(now(round), &reports(round)));
                (estimator, reports(200))
            },
            |(estimator, reports)| estimator.on_reports(now(200), black_box(reports)),
            BatchSize::SmallInput,
        );
    });
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = packetizers, bandwidth
}
criterion_main!(benches);
