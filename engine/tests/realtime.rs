//! The two real-time callbacks neither allocate nor free.

mod counting;

use counting::touches_of;
use engine::capture::microphone;
use engine::frame::{SAMPLE_RATE, SAMPLES_10_MS};
use engine::playback::mixer::{self, Mixer};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn the_counter_counts() {
    assert_eq!(touches_of(|| drop(std::hint::black_box(Box::new(1)))), 2);
}

#[test]
fn the_speakers_callback_neither_allocates_nor_frees() {
    let (mixer, mut controls) = Mixer::new();
    let seat = Arc::new(mixer::Seat::new(Some(mixer)));
    let mut callback = controls.callback(&seat, 2, SAMPLE_RATE);
    let mut resampled = controls.callback(&seat, 2, 44_100);
    let mut slots: Vec<_> = (0..5).map(|_| controls.add_slot().unwrap()).collect();
    let block = [0.4; SAMPLES_10_MS];
    let mut float = [0f32; 2 * 480];
    let mut integer = [0i16; 2 * 441];
    let mut touches = 0;
    for round in 0..5_000usize {
        for slot in &mut slots {
            // Every seventh round starves them; five loud ones work the limiter.
            while !round.is_multiple_of(7) && slot.wanted() > 0 {
                slot.push(&block);
            }
            // From silence to twice as loud.
            slot.set_gain(round as f32 / 2_500.0);
        }
        // Slots end and come, and nobody collects the ended ones for a while.
        if round.is_multiple_of(10) {
            slots.remove(0);
            slots.push(controls.add_slot().unwrap());
        }
        touches += touches_of(|| {
            callback.fill(&mut float, Duration::from_millis(20));
            resampled.fill(&mut integer, Duration::from_millis(20));
        });
        if round.is_multiple_of(50) {
            controls.free_retired();
        }
    }
    assert_eq!(touches, 0);
    assert!(float.iter().any(|s| *s != 0.0) && integer.iter().any(|s| *s != 0), "it played");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "any instant will do")]
fn the_microphones_callback_neither_allocates_nor_frees() {
    let (producer, mut frames) = rtrb::RingBuffer::new(microphone::RING_FRAMES);
    let recorder = microphone::Recorder::new(producer);
    let seat = Arc::new(microphone::Seat::new(Some(Box::new(recorder))));
    let mut callback = microphone::Callback::new(seat.clone(), 2, SAMPLE_RATE);
    let mut resampled = microphone::Callback::new(seat, 1, 44_100);
    let begin = Instant::now();
    let (mut touches, mut received) = (0, 0);
    for round in 0..10_000u64 {
        let at = begin + Duration::from_micros(round * 500);
        touches += touches_of(|| {
            callback.take(&[0.25f32; 48], at);
            resampled.take(&[1_000i16; 24], at);
        });
        // Now and then nobody takes the frames and the ring is full.
        while round % 2_000 < 1_500
            && let Ok(frame) = frames.pop()
        {
            received += 1;
            assert!(frame.samples[0] > 0.0);
        }
    }
    assert_eq!(touches, 0);
    assert!(received > 500, "{received}");
}
