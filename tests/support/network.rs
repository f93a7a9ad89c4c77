//! The bad network: loss, delay, jitter, reordering, duplication and a bottleneck, by seed.
//!
//! A sans-IO value: packets go in at `now` and come out at their time. The same seed and the same
//! pushes give the same packets at the same times, on every machine (the generator is our own).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// What a network does to packets. The default does nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conditions {
    /// The share of packets lost at random, 0–1.
    pub loss: f64,
    /// Losses in bursts, on top.
    pub burst: Option<Burst>,
    /// What every packet takes.
    pub delay: Duration,
    /// What comes on top of the delay. Jitter alone never reorders: a late packet holds up those
    /// behind it, as a queue does.
    pub jitter: Jitter,
    /// Packets held back so that others overtake them.
    pub reorder: Option<Reorder>,
    /// The share of packets that come twice, 0–1.
    pub duplicate: f64,
    /// The bottleneck in front of all that.
    pub bottleneck: Option<Bottleneck>,
}

/// Gilbert–Elliott loss: a two-state chain that takes a step at each packet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// Chance to go from the good state to the bad one, a packet.
    pub enter: f64,
    /// Chance to go back, a packet.
    pub leave: f64,
    /// The share of packets lost in the bad state, 0–1.
    pub loss: f64,
}

/// The distribution of what comes on top of the delay.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Jitter {
    /// Nothing.
    #[default]
    None,
    /// Evenly between nothing and this.
    Uniform(Duration),
    /// Exponential with this mean.
    Exponential(Duration),
    /// At the end of every `every`, nothing gets through for `length`; then all of it comes.
    Stalls {
        /// From one stall's end to the next one's.
        every: Duration,
        /// How long one lasts.
        length: Duration,
    },
}

/// Packets held back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reorder {
    /// The share of packets held back, 0–1.
    pub share: f64,
    /// For how long.
    pub hold: Duration,
}

/// A link of limited capacity with a drop-tail queue in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bottleneck {
    /// Bits a second from so long after the first packet on; the first step holds from the start.
    /// 0 lets nothing through.
    pub steps: Vec<(Duration, u64)>,
    /// A packet that would wait longer than this is dropped.
    pub queue: Duration,
}

impl Bottleneck {
    /// The same capacity all the time.
    pub fn constant(bits_per_second: u64, queue: Duration) -> Bottleneck {
        Bottleneck { steps: vec![(Duration::ZERO, bits_per_second)], queue }
    }

    fn bits_per_second(&self, since_start: Duration) -> u64 {
        let begun = self.steps.iter().rev().find(|(from, _)| *from <= since_start);
        begun.or(self.steps.first()).map_or(u64::MAX, |(_, rate)| *rate)
    }
}

/// Totals since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets pushed.
    pub pushed: u64,
    /// Lost at random or in bursts.
    pub lost: u64,
    /// Dropped by the bottleneck's full queue.
    pub overflowed: u64,
    /// Packets that came twice.
    pub duplicated: u64,
    /// Packets held back.
    pub reordered: u64,
    /// Packets that came out, duplicates included.
    pub popped: u64,
}

/// One direction of a network.
#[derive(Debug)]
pub struct Network<P> {
    conditions: Conditions,
    random: Random,
    in_bad_state: bool,
    started: Option<Instant>,
    /// When the bottleneck will have sent everything that it accepted.
    busy_until: Option<Instant>,
    newest_exit: Option<Instant>,
    numbered: u64,
    flying: BinaryHeap<Reverse<Flying<P>>>,
    counters: Counters,
}

#[derive(Debug)]
struct Flying<P> {
    exit: Instant,
    number: u64,
    packet: P,
}

impl<P> PartialEq for Flying<P> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<P> Eq for Flying<P> {}

impl<P> PartialOrd for Flying<P> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<P> Ord for Flying<P> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.exit, self.number).cmp(&(other.exit, other.number))
    }
}

impl<P: Clone> Network<P> {
    /// An empty network.
    pub fn new(seed: u64, conditions: Conditions) -> Network<P> {
        Network {
            conditions,
            random: Random(seed),
            in_bad_state: false,
            started: None,
            busy_until: None,
            newest_exit: None,
            numbered: 0,
            flying: BinaryHeap::new(),
            counters: Counters::default(),
        }
    }

    /// Changes what happens to packets pushed from now on.
    pub fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// Totals since the start.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Sends a packet of `bytes` bytes.
    pub fn push(&mut self, now: Instant, bytes: usize, packet: P) {
        let started = *self.started.get_or_insert(now);
        self.counters.pushed += 1;
        let Some(sent) = self.pass_bottleneck(now, bytes, now.duration_since(started)) else {
            self.counters.overflowed += 1;
            return;
        };
        if self.is_lost() {
            self.counters.lost += 1;
            return;
        }
        let mut exit = self.jittered(sent + self.conditions.delay, started);
        match self.conditions.reorder {
            Some(reorder) if self.random.chance(reorder.share) => {
                exit += reorder.hold;
                self.counters.reordered += 1;
            }
            _ => {
                exit = self.newest_exit.map_or(exit, |newest| exit.max(newest));
                self.newest_exit = Some(exit);
            }
        }
        if self.random.chance(self.conditions.duplicate) {
            self.counters.duplicated += 1;
            self.fly(exit, packet.clone());
        }
        self.fly(exit, packet);
    }

    /// The next packet that has come out by `now`.
    pub fn pop(&mut self, now: Instant) -> Option<P> {
        if self.next_deadline()? > now {
            return None;
        }
        self.counters.popped += 1;
        self.flying.pop().map(|Reverse(flying)| flying.packet)
    }

    /// When the next packet comes out.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.flying.peek().map(|Reverse(flying)| flying.exit)
    }

    fn fly(&mut self, exit: Instant, packet: P) {
        let number = self.numbered;
        self.numbered += 1;
        self.flying.push(Reverse(Flying { exit, number, packet }));
    }

    /// When the last bit leaves the bottleneck; `None` when the queue is full.
    fn pass_bottleneck(
        &mut self,
        now: Instant,
        bytes: usize,
        since_start: Duration,
    ) -> Option<Instant> {
        let Some(bottleneck) = &self.conditions.bottleneck else { return Some(now) };
        let begin = self.busy_until.map_or(now, |busy| busy.max(now));
        let waits = begin - now;
        let rate = bottleneck.bits_per_second(since_start + waits);
        if waits > bottleneck.queue || rate == 0 {
            return None;
        }
        let end = begin + Duration::from_secs_f64(bytes as f64 * 8.0 / rate as f64);
        self.busy_until = Some(end);
        Some(end)
    }

    fn is_lost(&mut self) -> bool {
        if let Some(burst) = self.conditions.burst {
            let turn = if self.in_bad_state { burst.leave } else { burst.enter };
            self.in_bad_state ^= self.random.chance(turn);
            if self.in_bad_state && self.random.chance(burst.loss) {
                return true;
            }
        }
        self.random.chance(self.conditions.loss)
    }

    fn jittered(&mut self, at: Instant, started: Instant) -> Instant {
        match self.conditions.jitter {
            Jitter::None => at,
            Jitter::Uniform(most) => at + most.mul_f64(self.random.unit()),
            Jitter::Exponential(mean) => at + mean.mul_f64(-(1.0 - self.random.unit()).ln()),
            Jitter::Stalls { every, length } => {
                let since = at.duration_since(started).as_nanos();
                let into = Duration::from_nanos((since % every.as_nanos().max(1)) as u64);
                if into + length >= every { at + (every - into) } else { at }
            }
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere for ever.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in 0..1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() < probability
    }
}

/// A start for tests in virtual time.
#[expect(clippy::disallowed_methods, reason = "any moment will do")]
pub fn any_moment() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Pushes one packet of 1,000 bytes every millisecond; gives each one's number and the
    /// milliseconds of its exit.
    fn send(network: &mut Network<u32>, count: u32) -> Vec<(u32, f64)> {
        let start = any_moment();
        (0..count).for_each(|n| network.push(start + MS * n, 1_000, n));
        let mut out = Vec::new();
        while let Some(at) = network.next_deadline() {
            assert_eq!(network.pop(at - Duration::from_nanos(1)), None);
            out.push((network.pop(at).unwrap(), (at - start).as_secs_f64() * 1e3));
        }
        out
    }

    #[test]
    fn the_same_seed_gives_the_same_network_and_another_seed_another() {
        let conditions = Conditions {
            loss: 0.1,
            burst: Some(Burst { enter: 0.02, leave: 0.3, loss: 0.8 }),
            delay: 20 * MS,
            jitter: Jitter::Exponential(5 * MS),
            reorder: Some(Reorder { share: 0.05, hold: 10 * MS }),
            duplicate: 0.05,
            ..Conditions::default()
        };
        let run = |seed| send(&mut Network::new(seed, conditions.clone()), 500);
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn a_good_network_only_delays() {
        let conditions = Conditions { delay: 30 * MS, ..Conditions::default() };
        let out = send(&mut Network::new(1, conditions), 100);
        assert!(out.iter().enumerate().all(|(n, &(packet, at))| {
            packet == n as u32 && (at - 30.0 - n as f64).abs() < 1e-6
        }));
    }

    #[test]
    fn loss_comes_in_the_asked_share_and_bursts_come_in_runs() {
        let count = 20_000;
        let random = Conditions { loss: 0.2, ..Conditions::default() };
        let burst = Burst { enter: 0.02, leave: 0.25, loss: 1.0 };
        let bursts = Conditions { burst: Some(burst), ..Conditions::default() };
        let arrived = |conditions| send(&mut Network::new(3, conditions), count);
        let left = arrived(random).len() as f64 / f64::from(count);
        assert!((left - 0.8).abs() < 0.01, "{left}");
        let out = arrived(bursts);
        // The chain is in its bad state 0.02 / (0.02 + 0.25) of the time, 4 packets a visit.
        let left = out.len() as f64 / f64::from(count);
        assert!((left - 0.926).abs() < 0.01, "{left}");
        let gaps: Vec<u32> =
            out.windows(2).map(|w| w[1].0 - w[0].0 - 1).filter(|n| *n > 0).collect();
        let mean = f64::from(gaps.iter().sum::<u32>()) / gaps.len() as f64;
        assert!((mean - 4.0).abs() < 0.5, "{mean}");
    }

    #[test]
    fn jitter_keeps_the_order_and_reordering_breaks_it() {
        let jitter = Jitter::Uniform(30 * MS);
        let out = send(&mut Network::new(5, Conditions { jitter, ..Conditions::default() }), 1_000);
        assert!(out.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(out.iter().any(|&(n, at)| at - f64::from(n) > 25.0));
        let reorder = Some(Reorder { share: 0.1, hold: 5 * MS });
        let out =
            send(&mut Network::new(5, Conditions { reorder, ..Conditions::default() }), 1_000);
        let overtaken = out.windows(2).filter(|pair| pair[0].0 > pair[1].0).count();
        assert!((50..=150).contains(&overtaken), "{overtaken}");
    }

    #[test]
    fn duplicates_come_twice() {
        let conditions = Conditions { duplicate: 0.5, ..Conditions::default() };
        let mut network = Network::new(2, conditions);
        let out = send(&mut network, 1_000);
        assert_eq!(out.len() as u64, 1_000 + network.counters().duplicated);
        assert!((450..550).contains(&network.counters().duplicated));
    }

    #[test]
    fn the_bottleneck_paces_fills_its_queue_and_drops_the_tail() {
        // 8 Mb/s come in. The first half second 16 Mb/s fit, then 4 Mb/s.
        let bottleneck = Bottleneck {
            steps: vec![(Duration::ZERO, 16_000_000), (500 * MS, 4_000_000)],
            queue: 100 * MS,
        };
        let mut network =
            Network::new(1, Conditions { bottleneck: Some(bottleneck), ..Conditions::default() });
        let out = send(&mut network, 1_500);
        let late = |from: u32, to: u32| {
            let chosen = out.iter().filter(|(n, _)| (from..to).contains(n));
            chosen.map(|(n, at)| at - f64::from(*n)).fold(0.0, f64::max)
        };
        assert!(late(0, 490) < 1.0);
        assert!((100.0..=104.0).contains(&late(1_000, 1_500)), "{}", late(1_000, 1_500));
        let second_half = out.iter().filter(|(_, at)| (600.0..1_400.0).contains(at)).count();
        assert_eq!(second_half, 400);
        assert!(network.counters().overflowed > 300);
    }

    #[test]
    fn a_stall_holds_everything_and_then_lets_it_go() {
        let jitter = Jitter::Stalls { every: 100 * MS, length: 30 * MS };
        let out = send(&mut Network::new(1, Conditions { jitter, ..Conditions::default() }), 200);
        assert_eq!(out[50].1, 50.0);
        assert!(out[70..=100].iter().all(|(_, at)| *at == 100.0));
        assert_eq!(out[101].1, 101.0);
    }

    #[test]
    fn conditions_change_while_packets_fly() {
        let start = any_moment();
        let mut network = Network::new(1, Conditions { delay: 10 * MS, ..Conditions::default() });
        network.push(start, 100, 1);
        network.set_conditions(Conditions { loss: 1.0, ..Conditions::default() });
        network.push(start, 100, 2);
        assert_eq!(network.pop(start + 10 * MS), Some(1));
        assert_eq!(network.next_deadline(), None);
    }
}
