//! What the forwarding rules cost, without sockets: they run once for every packet and receiver.

use criterion::{Criterion, criterion_group, criterion_main};
use protocol::ParticipantId;
use server::sfu::bench::{Incoming, Rewriter, Voices, Vp8Ids};
use std::hint::black_box;
use std::time::{Duration, Instant};

fn rewrite(c: &mut Criterion) {
    #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
    let now = Instant::now();
    let ids = Vp8Ids { picture_id: Some(4711), tl0_pic_idx: Some(9) };
    let mut packet = Incoming { sequence: 1000, timestamp: 0, vp8: Some(ids) };
    let mut rewriter = Rewriter::new(90_000, 0);
    rewriter.switch(packet, now);
    c.bench_function("sfu/rewrite", |b| {
        b.iter(|| {
            packet.sequence += 1;
            rewriter.rewrite(black_box(packet), now)
        });
    });
}

fn audio_level(c: &mut Criterion) {
    #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
    let mut now = Instant::now();
    let mut voices = Voices::default();
    let mut packet = 0u32;
    // 50 microphones with 50 packets a second each; the room looks at them 20 times a second.
    c.bench_function("sfu/audio_level", |b| {
        b.iter(|| {
            packet += 1;
            now += Duration::from_micros(400);
            let level = -((packet.wrapping_mul(2_654_435_761) >> 25) as i8);
            voices.heard(ParticipantId(packet % 50), black_box(level), now);
            if packet.is_multiple_of(125) {
                black_box(voices.update(now));
            }
        });
    });
}

criterion_group! {
    name = benches;
    config = katheder_suite::criterion();
    targets = rewrite, audio_level
}
criterion_main!(benches);
