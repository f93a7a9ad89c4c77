//! How fast this machine may send: a send-side estimator over transport-wide feedback, sans-IO.
//!
//! It reads the queueing delay of the path: one-way delay minus its minimum of the last
//! `BASE_WINDOW` (only differences count, so the clocks need not agree). A growing queue cuts the
//! target below the rate that got through; an empty one lets it grow, cautiously near the rate at
//! which the last queue formed and faster the longer nothing forms. Loss cuts too, but only where
//! cutting helps: loss that stays when less is sent is not congestion. This is delay-based AIMD as
//! in Google Congestion Control (Carlucci et al., "Analysis and Design of the Google Congestion
//! Control for WebRTC", 2016) with a delay threshold in place of its gradient filter.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long the smallest one-way delay is remembered; clocks drift apart by 1 ms at most meanwhile.
const BASE_WINDOW: Duration = Duration::from_secs(10);
/// The received rate is an average over this.
const RATE_WINDOW: Duration = Duration::from_millis(300);
/// A queue beyond this is congestion.
const QUEUE_HIGH_MS: f64 = 25.0;
/// A queue beyond this needs a deeper cut.
const QUEUE_SEVERE_MS: f64 = 90.0;
/// Below this the path counts as free.
const QUEUE_LOW_MS: f64 = 15.0;
/// Packet loss beyond what the path always has, from which on less is sent.
const LOSS_HIGH: f64 = 0.05;
/// UDP, IPv6 and SRTP bytes that the feedback's packet sizes leave out.
const OVERHEAD: usize = 40;
/// Below this even audio suffers.
const MIN_BPS: f64 = 60_000.0;

/// What became of one packet, in order of departure.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// When it left, on this machine's clock.
    pub departure: Instant,
    /// When it arrived, on the receiver's clock, from any zero; `None` when it was lost.
    pub arrival: Option<Duration>,
    /// RTP bytes.
    pub bytes: usize,
}

/// The estimator.
#[derive(Debug)]
pub struct Estimator {
    target_bps: f64,
    max_bps: f64,
    epoch: Option<Instant>,
    base: WindowedMin,
    received: Received,
    queue_ms: f64,
    loss: Loss,
    /// The rate that got through when a queue last formed.
    ceiling_bps: f64,
    last_cut: Option<Instant>,
    /// The effect of the last cut is not visible before.
    hold_until: Option<Instant>,
    last_reports: Option<Instant>,
}

impl Estimator {
    /// Starts at `start_bps` and never exceeds `max_bps`, bits a second on the wire.
    pub fn new(start_bps: u32, max_bps: u32) -> Estimator {
        let max_bps = f64::from(max_bps).max(MIN_BPS);
        Estimator {
            target_bps: f64::from(start_bps).clamp(MIN_BPS, max_bps),
            max_bps,
            epoch: None,
            base: WindowedMin::default(),
            received: Received::default(),
            queue_ms: 0.0,
            loss: Loss::default(),
            ceiling_bps: f64::INFINITY,
            last_cut: None,
            hold_until: None,
            last_reports: None,
        }
    }

    /// Bits a second that may be sent, everything included.
    pub fn target_bps(&self) -> u32 {
        self.target_bps as u32
    }

    /// The share of packets lost lately, 0 to 1.
    pub fn loss(&self) -> f64 {
        self.loss.smoothed
    }

    /// The queueing delay of the path.
    pub fn queue(&self) -> Duration {
        Duration::from_secs_f64(self.queue_ms.max(0.0) / 1_000.0)
    }

    /// Takes one feedback message's reports.
    pub fn on_reports(&mut self, now: Instant, reports: &[Report]) {
        if reports.is_empty() {
            return;
        }
        let previous_ms = self.queue_ms;
        self.measure(now, reports);
        let rate_bps = self.received.rate_bps();
        let elapsed = self.last_reports.map_or(Duration::from_millis(50), |last| now - last);
        self.last_reports = Some(now);
        if self.hold_until.is_some_and(|until| now < until) {
            return;
        }
        if self.queue_ms > QUEUE_HIGH_MS {
            // A queue that already drains needs time, not another cut.
            if self.queue_ms > previous_ms - 3.0 {
                let keep = if self.queue_ms > QUEUE_SEVERE_MS { 0.75 } else { 0.88 };
                self.cut(now, rate_bps, rate_bps * keep);
            }
        } else if self.loss.excess() > LOSS_HIGH {
            let keep = 1.0 - 0.5 * self.loss.excess();
            self.cut(now, rate_bps, self.target_bps.min(rate_bps.max(MIN_BPS)) * keep);
            self.loss.cut_at(now);
        } else if self.queue_ms < QUEUE_LOW_MS {
            self.grow(now, rate_bps, elapsed.min(Duration::from_millis(300)));
        }
    }

    fn measure(&mut self, now: Instant, reports: &[Report]) {
        // The least delay of the later half is free of the receiver's and the pacer's jitter, and
        // shows a growing queue earlier than the least of all.
        let (mut least_ms, mut recent_ms) = (f64::INFINITY, f64::INFINITY);
        for (index, report) in reports.iter().enumerate() {
            let Some(arrival) = report.arrival else { continue };
            let epoch = *self.epoch.get_or_insert(report.departure);
            let left_s = match report.departure.checked_duration_since(epoch) {
                Some(after) => after.as_secs_f64(),
                None => -(epoch - report.departure).as_secs_f64(),
            };
            let delay_ms = (arrival.as_secs_f64() - left_s) * 1_000.0;
            least_ms = least_ms.min(delay_ms);
            if index >= reports.len() / 2 {
                recent_ms = recent_ms.min(delay_ms);
            }
            self.received.push(arrival, report.bytes + OVERHEAD);
        }
        if least_ms < f64::INFINITY {
            let base_ms = self.base.update(now, least_ms);
            let recent_ms = if recent_ms.is_finite() { recent_ms } else { least_ms };
            self.queue_ms = 0.4 * self.queue_ms + 0.6 * (recent_ms - base_ms);
        }
        let lost = reports.iter().filter(|report| report.arrival.is_none()).count();
        self.loss.update(now, lost, reports.len());
    }

    fn cut(&mut self, now: Instant, rate_bps: f64, to_bps: f64) {
        let floor = (self.target_bps * 0.25).max(MIN_BPS);
        self.target_bps = to_bps.clamp(floor, self.target_bps.max(floor));
        self.ceiling_bps = rate_bps;
        self.last_cut = Some(now);
        self.hold_until = Some(now + Duration::from_millis(200 + self.queue_ms as u64));
    }

    fn grow(&mut self, now: Instant, rate_bps: f64, elapsed: Duration) {
        let near = self.target_bps > self.ceiling_bps * 0.8;
        let per_s = if near {
            // Nobody knows whether the ceiling still stands: feel for it, bolder every second.
            let quiet_s = self.last_cut.map_or(0.0, |cut| (now - cut).as_secs_f64());
            (0.04 * 2f64.powf(quiet_s - 0.5)).min(0.6)
        } else {
            0.5
        };
        let grown = self.target_bps * (1.0 + per_s * elapsed.as_secs_f64());
        // What was never sent proves nothing about the path.
        let proven = (rate_bps * 1.6 + 50_000.0).max(self.target_bps);
        self.target_bps = grown.min(proven).clamp(MIN_BPS, self.max_bps);
    }
}

/// The least of the values of the last `BASE_WINDOW`, in amortised constant time.
#[derive(Debug, Default)]
struct WindowedMin(VecDeque<(Instant, f64)>);

impl WindowedMin {
    fn update(&mut self, now: Instant, value: f64) -> f64 {
        while self.0.back().is_some_and(|last| last.1 >= value) {
            self.0.pop_back();
        }
        self.0.push_back((now, value));
        while self.0.front().is_some_and(|first| now - first.0 > BASE_WINDOW) {
            self.0.pop_front();
        }
        self.0.front().map_or(value, |first| first.1)
    }
}

/// The rate that got through, by the receiver's clock.
#[derive(Debug, Default)]
struct Received {
    packets: VecDeque<(Duration, usize)>,
    bytes: usize,
    first: Option<Duration>,
}

impl Received {
    fn push(&mut self, arrival: Duration, bytes: usize) {
        self.first.get_or_insert(arrival);
        self.packets.push_back((arrival, bytes));
        self.bytes += bytes;
        while let Some(&(oldest, bytes)) = self.packets.front()
            && oldest + RATE_WINDOW < arrival
        {
            self.packets.pop_front();
            self.bytes -= bytes;
        }
    }

    fn rate_bps(&self) -> f64 {
        let Some(&(latest, _)) = self.packets.back() else { return 0.0 };
        let seen = latest.saturating_sub(self.first.unwrap_or(latest));
        let window = seen.clamp(RATE_WINDOW / 4, RATE_WINDOW);
        self.bytes as f64 * 8.0 / window.as_secs_f64()
    }
}

/// Packet loss, and how much of it does not depend on the rate.
#[derive(Debug, Default)]
struct Loss {
    smoothed: f64,
    ambient: f64,
    /// Loss and moment of the last cut, until its effect was judged.
    judged: Option<(Instant, f64)>,
}

impl Loss {
    /// How long after a cut its effect on the loss is judged.
    const VERDICT: Duration = Duration::from_millis(1_200);

    fn update(&mut self, now: Instant, lost: usize, sent: usize) {
        // About half a second of packets weigh as much as everything before.
        let weight = (sent as f64 / 80.0).clamp(0.02, 0.5);
        self.smoothed += weight * (lost as f64 / sent as f64 - self.smoothed);
        if let Some((cut_at, before)) = self.judged
            && now - cut_at > Loss::VERDICT
        {
            self.judged = None;
            if self.smoothed > 0.7 * before {
                self.ambient = self.ambient.max(self.smoothed);
            }
        }
        self.ambient = self.ambient.min(self.smoothed + 0.05);
    }

    fn excess(&self) -> f64 {
        // While a cut's effect is not known, another one would only pile up.
        if self.judged.is_some() { 0.0 } else { (self.smoothed - self.ambient).max(0.0) }
    }

    fn cut_at(&mut self, now: Instant) {
        self.judged = Some((now, self.smoothed));
    }
}

#[cfg(test)]
mod tests;
