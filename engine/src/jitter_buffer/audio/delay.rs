//! How much later than the fastest packets arrive, and what playout delay that asks for.
//!
//! As in libwebrtc's NetEQ: each packet's arrival delay relative to the fastest recent packet goes
//! into a histogram that forgets; the target is a quantile of it. Finer bins than NetEQ's 20 ms keep
//! the target from being rounded up. Reordered packets count like any other.

use std::collections::VecDeque;

/// One bin: 5 ms in samples.
const BIN: i64 = 240;
/// 2 s; whatever is later is counted as that.
const BINS: usize = 400;
/// The share of packets that should arrive in time, as in NetEQ.
const QUANTILE: f32 = 0.95;
/// What a packet's weight is multiplied by with each later packet, as in NetEQ.
const FORGET: f32 = 0.983;
/// The fastest packet is looked for among this many: 2 s of sound. Counted in packets, not seconds,
/// so that a pause does not lose the reference.
const WINDOW: usize = 100;

/// Relative arrival delays and their quantile. All times in samples at 48 kHz.
#[derive(Debug)]
pub(super) struct DelayEstimator {
    /// Arrival minus timestamp with the packet's number, ascending in both: a monotonic queue, whose
    /// front is the fastest in the window.
    fastest: VecDeque<(u64, i64)>,
    histogram: [f32; BINS],
    packets: u64,
    quantile: i64,
}

impl DelayEstimator {
    pub(super) fn new() -> DelayEstimator {
        let (fastest, histogram) = (VecDeque::with_capacity(WINDOW + 1), [0.0; BINS]);
        DelayEstimator { fastest, histogram, packets: 0, quantile: BIN }
    }

    /// Takes a packet's arrival time minus its timestamp.
    pub(super) fn arrived(&mut self, offset: i64) {
        while self.fastest.back().is_some_and(|&(_, other)| other >= offset) {
            self.fastest.pop_back();
        }
        self.fastest.push_back((self.packets, offset));
        let oldest = (self.packets + 1).saturating_sub(WINDOW as u64);
        while self.fastest.front().is_some_and(|&(number, _)| number < oldest) {
            self.fastest.pop_front();
        }
        self.packets += 1;
        let delay = offset - self.base().unwrap_or(offset);
        self.weigh((delay / BIN) as usize);
    }

    fn weigh(&mut self, bin: usize) {
        // The first packets weigh more, so that the start adapts at once (NetEQ's start weight 2).
        let forget = FORGET.min(1.0 - 2.0 / (self.packets as f32 + 1.0)).max(0.0);
        let mut seen = 0.0;
        self.histogram[bin.min(BINS - 1)] += (1.0 - forget) / forget.max(1e-3);
        for weight in &mut self.histogram {
            *weight *= forget;
            seen += *weight;
        }
        let enough = seen * QUANTILE;
        let mut sum = 0.0;
        let bins = self.histogram.iter().take_while(|&&weight| {
            sum += weight;
            sum < enough
        });
        self.quantile = (bins.count() as i64 + 1) * BIN;
    }

    /// Arrival minus timestamp of the fastest packet; `None` before the first.
    pub(super) fn base(&self) -> Option<i64> {
        self.fastest.front().map(|&(_, offset)| offset)
    }

    /// The delay within which 95 % of the packets come.
    pub(super) fn quantile(&self) -> i64 {
        self.quantile
    }

    /// The timestamps start anew: what is known of the jitter stays, the reference goes.
    pub(super) fn forget_base(&mut self) {
        self.fastest.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_network_needs_one_bin() {
        let mut delay = DelayEstimator::new();
        for _ in 0..100 {
            delay.arrived(4_800);
        }
        assert_eq!((delay.base(), delay.quantile()), (Some(4_800), BIN));
    }

    #[test]
    fn the_quantile_follows_jitter_up_and_forgets_it_again() {
        let mut delay = DelayEstimator::new();
        for i in 0..200 {
            delay.arrived(if i % 10 == 0 { 4_800 } else { 0 });
        }
        assert_eq!(delay.quantile(), 4_800 + BIN, "a tenth is 100 ms late");
        for _ in 0..200 {
            delay.arrived(0);
        }
        assert_eq!(delay.quantile(), BIN);
    }

    #[test]
    fn the_reference_follows_a_slower_clock_and_a_new_route() {
        let mut delay = DelayEstimator::new();
        delay.arrived(1_000);
        for i in 0..1_000 {
            delay.arrived(1_500 + i);
        }
        assert_eq!(delay.base(), Some(1_500 + 900), "the fastest of the last hundred");
        delay.arrived(-500);
        assert_eq!(delay.base(), Some(-500));
    }
}
