//! The estimator against a bottleneck in virtual time.

use super::*;

/// A drop-tail bottleneck with random loss before it, a sender that fills its target with 30 paced
/// frames a second, and a receiver that reports every 100 ms.
struct Path {
    capacity: Vec<(f64, f64)>,
    delay_s: f64,
    queue_s: f64,
    loss: f64,
    jitter_s: f64,
}

#[derive(Default)]
struct Run {
    /// Second, target, queueing delay in ms: one a millisecond.
    samples: Vec<(f64, f64, f64)>,
    delivered_bytes: Vec<(f64, usize)>,
    sent: usize,
    dropped_at_queue: usize,
}

impl Path {
    fn clean(capacity: &[(f64, f64)]) -> Path {
        Path { capacity: capacity.into(), delay_s: 0.03, queue_s: 0.3, loss: 0.0, jitter_s: 0.0 }
    }

    fn capacity_at(&self, at: f64) -> f64 {
        self.capacity.iter().rev().find(|step| step.0 <= at).map_or(0.0, |step| step.1)
    }

    #[expect(clippy::disallowed_methods, reason = "the zero of virtual time")]
    fn run(&self, estimator: &mut Estimator, seconds: f64) -> Run {
        let zero = Instant::now();
        let at = |s: f64| zero + Duration::from_secs_f64(s);
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed >> 11) as f64 / (1u64 << 53) as f64
        };
        let mut run = Run::default();
        let (mut free_at, mut credit) = (0.0f64, 0.0);
        let mut in_flight: VecDeque<(f64, f64, Report)> = VecDeque::new();
        for ms in 0..(seconds * 1_000.0) as u32 {
            let now = f64::from(ms) / 1_000.0;
            let capacity = self.capacity_at(now);
            // The pacer evens a frame out; what is left of its bursts is 1 ms.
            credit += f64::from(estimator.target_bps()) / 8_000.0;
            while credit >= 1_100.0 {
                credit -= 1_100.0;
                run.sent += 1;
                let mut report =
                    Report { departure: at(now), arrival: None, bytes: 1_100 - OVERHEAD };
                let waits = (free_at - now).max(0.0);
                let mut arrives = now + self.delay_s;
                if waits > self.queue_s {
                    run.dropped_at_queue += 1;
                } else if random() >= self.loss {
                    free_at = free_at.max(now) + 8_800.0 / capacity;
                    arrives = free_at + self.delay_s + self.jitter_s * random();
                    // The receiver's clock has its own zero.
                    report.arrival = Some(Duration::from_secs_f64(arrives + 1_234.5));
                    run.delivered_bytes.push((arrives, 1_100));
                }
                in_flight.push_back((now, arrives, report));
            }
            if ms % 100 == 0 {
                let heard = now - self.delay_s;
                // Feedback covers everything up to the last packet that arrived.
                let known = in_flight
                    .iter()
                    .rposition(|p| p.2.arrival.is_some() && p.1 <= heard)
                    .map_or(0, |last| last + 1);
                let reports: Vec<Report> = in_flight.drain(..known).map(|p| p.2).collect();
                estimator.on_reports(at(now), &reports);
            }
            let queue_ms = (free_at - now).max(0.0) * 1_000.0;
            run.samples.push((now, f64::from(estimator.target_bps()), queue_ms));
        }
        run
    }
}

impl Run {
    fn between(&self, from: f64, to: f64) -> impl Iterator<Item = &(f64, f64, f64)> {
        self.samples.iter().filter(move |s| s.0 >= from && s.0 < to)
    }

    fn delivered_bps(&self, from: f64, to: f64) -> f64 {
        let bytes: usize =
            self.delivered_bytes.iter().filter(|d| d.0 >= from && d.0 < to).map(|d| d.1).sum();
        bytes as f64 * 8.0 / (to - from)
    }

    fn queue_p95_ms(&self, from: f64, to: f64) -> f64 {
        let mut queue: Vec<f64> = self.between(from, to).map(|s| s.2).collect();
        queue.sort_by(f64::total_cmp);
        queue[queue.len() * 95 / 100]
    }

    /// Seconds after `from` until the target is first below (or above) `bps`.
    fn until(&self, from: f64, reached: impl Fn(f64) -> bool) -> f64 {
        self.between(from, f64::MAX).find(|s| reached(s.1)).map_or(f64::MAX, |s| s.0 - from)
    }
}

#[test]
fn it_uses_a_steady_link_without_filling_its_queue() {
    // At 300 kb/s one packet alone takes 29 ms.
    for (capacity, most_ms) in [(300_000.0, 90.0), (1_000_000.0, 55.0), (2_000_000.0, 50.0)] {
        let run =
            Path::clean(&[(0.0, capacity)]).run(&mut Estimator::new(300_000, 8_000_000), 60.0);
        let used = run.delivered_bps(20.0, 60.0) / capacity;
        let queue = run.queue_p95_ms(20.0, 60.0);
        println!("{capacity}: used {used:.3}, queue p95 {queue:.0} ms");
        assert!(used > 0.92, "used {used}");
        assert!(queue < most_ms, "queue p95 {queue} ms");
        assert_eq!(run.dropped_at_queue, 0);
    }
}

#[test]
fn it_brakes_within_600_ms_and_is_back_in_7_s() {
    let path = Path::clean(&[(0.0, 2e6), (20.0, 0.5e6), (40.0, 2e6)]);
    let run = path.run(&mut Estimator::new(500_000, 2_500_000), 60.0);
    let braked = run.until(20.0, |target| target < 0.5e6);
    let back = run.until(40.0, |target| target > 1.8e6);
    println!(
        "braked {braked:.2} s, back {back:.2} s, queue {:.0} ms",
        run.queue_p95_ms(20.0, 22.0)
    );
    assert!(braked <= 0.6, "braked after {braked} s");
    assert!(back <= 7.0, "back after {back} s");
    assert!(run.queue_p95_ms(25.0, 40.0) < 60.0);
}

#[test]
fn it_starts_slowly_and_reaches_the_maximum_on_a_free_link() {
    let mut estimator = Estimator::new(300_000, 2_500_000);
    let run = Path::clean(&[(0.0, 100e6)]).run(&mut estimator, 15.0);
    let reached = run.until(0.0, |target| target >= 2_499_000.0);
    println!("full after {reached:.2} s");
    assert!(reached < 7.0, "full rate after {reached} s");
}

#[test]
fn random_loss_is_not_taken_for_congestion_for_long() {
    for (loss, least) in [(0.05, 0.85), (0.2, 0.6)] {
        let path = Path { loss, ..Path::clean(&[(0.0, 2e6)]) };
        let run = path.run(&mut Estimator::new(500_000, 2_500_000), 60.0);
        // A link that loses one packet in five carries four fifths of what is sent.
        let used = run.delivered_bps(20.0, 60.0) / (2e6 * (1.0 - loss));
        println!("loss {loss}: used {used:.3}");
        assert!(used > least, "loss {loss}: used {used}");
    }
}

#[test]
fn a_shallow_queue_is_found_by_its_loss() {
    let path = Path { queue_s: 0.015, ..Path::clean(&[(0.0, 1e6)]) };
    let run = path.run(&mut Estimator::new(500_000, 3_000_000), 60.0);
    let dropped = run.dropped_at_queue as f64 / run.sent as f64;
    let used = run.delivered_bps(20.0, 60.0) / 1e6;
    println!("shallow: used {used:.3}, dropped {dropped:.3}");
    assert!(used > 0.85, "used {used}");
    assert!(dropped < 0.12, "dropped {dropped}");
}

#[test]
fn jitter_alone_does_not_brake() {
    let path = Path { jitter_s: 0.02, ..Path::clean(&[(0.0, 10e6)]) };
    let run = path.run(&mut Estimator::new(500_000, 2_500_000), 20.0);
    let at_full = run.between(10.0, 20.0).filter(|s| s.1 > 2.3e6).count();
    assert!(at_full > 9_500, "{at_full} ms of 10,000 at the full rate");
}

#[test]
fn an_application_that_sends_little_keeps_what_it_had() {
    #[expect(clippy::disallowed_methods, reason = "the zero of virtual time")]
    let zero = Instant::now();
    let mut estimator = Estimator::new(1_000_000, 2_500_000);
    for step in 0..100u32 {
        let departure = zero + Duration::from_millis(100) * step;
        let arrival = Some(Duration::from_millis(50) + Duration::from_millis(100) * step);
        let report = Report { departure, arrival, bytes: 100 };
        estimator.on_reports(departure + Duration::from_millis(60), &[report]);
    }
    assert_eq!(estimator.target_bps(), 1_000_000);
}
