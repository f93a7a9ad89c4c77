//! When quality steps down, and when it may come back.

use engine::blur::Quality;
use engine::blur::watch::{CALM, Step, WINDOW, Watch};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const INTERVAL: Duration = Duration::from_micros(33_333);

/// A stream of pictures with a clock of its own.
struct Stream {
    watch: Watch,
    now: Instant,
    begun: Instant,
}

impl Stream {
    #[expect(clippy::disallowed_methods, reason = "one real moment to count from")]
    fn new() -> Stream {
        let begun = Instant::now();
        Stream { watch: Watch::new(), now: begun, begun }
    }

    /// One picture whose work takes `share` of the interval; the next comes no sooner than that.
    fn frame(&mut self, share: f32) -> Option<Step> {
        let work = INTERVAL.mul_f32(share);
        self.now += INTERVAL.max(work);
        self.watch.frame(work, INTERVAL, self.now)
    }

    /// The steps within `time`, and when.
    fn run(&mut self, share: f32, time: Duration) -> Vec<(Duration, Step)> {
        let end = self.now + time;
        let mut steps = Vec::new();
        while self.now < end {
            if let Some(step) = self.frame(share) {
                steps.push((self.now - self.begun, step));
            }
        }
        steps
    }
}

fn kinds(steps: &[(Duration, Step)]) -> Vec<Step> {
    steps.iter().map(|(_, step)| *step).collect()
}

#[test]
fn a_machine_that_keeps_up_is_left_alone() {
    let mut stream = Stream::new();
    assert_eq!(stream.run(0.85, Duration::from_secs(600)), []);
    assert_eq!(stream.watch.quality(), Quality::Full);
}

#[test]
fn one_slow_picture_is_no_overload() {
    let mut stream = Stream::new();
    for n in 0..2_000 {
        assert_eq!(stream.frame(if n % 50 == 7 { 9.0 } else { 0.4 }), None, "picture {n}");
    }
}

#[test]
fn sustained_overload_steps_down_within_a_second_or_two_and_then_says_that_it_is_too_much() {
    let mut stream = Stream::new();
    let steps = stream.run(1.5, Duration::from_secs(8));
    assert_eq!(kinds(&steps)[..3], [Step::Down, Step::Down, Step::Overloaded]);
    assert_eq!(stream.watch.quality(), Quality::Lowest);
    assert!(steps[0].0 < Duration::from_secs(2), "{steps:?}");
}

#[test]
fn quality_comes_back_after_a_long_calm_with_room_and_not_without_room() {
    let mut stream = Stream::new();
    stream.run(1.2, Duration::from_millis(1_500));
    assert_eq!(stream.watch.quality(), Quality::Reduced);
    assert_eq!(stream.run(0.7, Duration::from_secs(300)), [], "no room for more");
    assert_eq!(stream.run(0.3, CALM - Duration::from_secs(2)), [], "not calm for long enough");
    assert_eq!(kinds(&stream.run(0.3, Duration::from_secs(5))), [Step::Up]);
    assert_eq!(stream.watch.quality(), Quality::Full);
}

#[test]
fn a_step_up_that_does_not_last_is_tried_more_and_more_seldom() {
    let mut stream = Stream::new();
    // The better quality is always too much, the lower one always easy.
    let (mut ups, end) = (Vec::new(), stream.now + Duration::from_secs(3_600));
    while stream.now < end {
        let share = if stream.watch.quality() == Quality::Full { 1.1 } else { 0.3 };
        if stream.frame(share) == Some(Step::Up) {
            ups.push(stream.now);
        }
    }
    let waits: Vec<Duration> = ups.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(ups.len() <= 11, "{} steps up in an hour", ups.len());
    assert!(waits.windows(2).all(|two| two[1] + Duration::from_secs(1) >= two[0]), "{waits:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the load does: never up sooner than the calm after any change, and one step at a
    /// time no sooner than a window after another.
    #[test]
    fn quality_never_flaps(phases in prop::collection::vec((0.0f32..2.0, 1u64..90), 1..24)) {
        let mut stream = Stream::new();
        let mut changed = stream.now;
        for (share, seconds) in phases {
            let end = stream.now + Duration::from_secs(seconds);
            while stream.now < end {
                let before = stream.watch.quality();
                let step = stream.frame(share);
                let after = stream.watch.quality();
                prop_assert_eq!(before != after, matches!(step, Some(Step::Up | Step::Down)));
                if before == after {
                    continue;
                }
                let stood = stream.now - changed;
                changed = stream.now;
                prop_assert!(stood >= INTERVAL * (WINDOW as u32 - 1), "changed after {stood:?}");
                if after < before {
                    prop_assert!(stood >= CALM, "up after {stood:?}");
                    prop_assert!(share < 0.9);
                }
            }
        }
    }

    /// Whatever was before: under overload it is at the lowest within three windows.
    #[test]
    fn overload_always_steps_down(
        phases in prop::collection::vec((0.0f32..2.0, 1u64..60), 0..12),
        overload in 1.2f32..20.0,
    ) {
        let mut stream = Stream::new();
        for (share, seconds) in phases {
            stream.run(share, Duration::from_secs(seconds));
        }
        for _ in 0..3 * WINDOW {
            stream.frame(overload);
        }
        prop_assert_eq!(stream.watch.quality(), Quality::Lowest);
    }

    /// Whatever was before: a machine with room is back at the best in the end.
    #[test]
    fn calm_always_brings_the_best_back(
        phases in prop::collection::vec((0.0f32..2.0, 1u64..60), 0..12),
    ) {
        let mut stream = Stream::new();
        for (share, seconds) in phases {
            stream.run(share, Duration::from_secs(seconds));
        }
        stream.run(0.2, Duration::from_secs(1_300));
        prop_assert_eq!(stream.watch.quality(), Quality::Full);
    }
}
