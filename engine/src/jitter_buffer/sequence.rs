//! Counters that wrap: RTP sequence numbers and timestamps, VP8 picture IDs.

/// Follows a counter of `BITS` bits (at most 32) across its wraps.
///
/// Each value is taken to lie within half the counter's range of the newest one.
#[derive(Debug, Clone, Default)]
pub struct Unwrapper<const BITS: u32> {
    newest: Option<i64>,
}

impl<const BITS: u32> Unwrapper<BITS> {
    const RANGE: i64 = 1 << BITS;

    /// The value without wraps. The first value stays what it is; values from before it may come
    /// out negative.
    pub fn unwrap(&mut self, value: u32) -> i64 {
        let value = i64::from(value) & (Self::RANGE - 1);
        let Some(newest) = self.newest else {
            self.newest = Some(value);
            return value;
        };
        let mut ahead = (value - newest).rem_euclid(Self::RANGE);
        if ahead >= Self::RANGE / 2 {
            ahead -= Self::RANGE;
        }
        self.newest = Some(newest + ahead.max(0));
        newest + ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_goes_on_across_its_wrap_in_both_directions() {
        let mut sequence = Unwrapper::<16>::default();
        assert_eq!(sequence.unwrap(65_534), 65_534);
        assert_eq!(sequence.unwrap(1), 65_537);
        assert_eq!(sequence.unwrap(65_535), 65_535);
        assert_eq!(sequence.unwrap(2), 65_538);
        assert_eq!(Unwrapper::<16>::default().unwrap(7), 7);
    }

    #[test]
    fn packets_from_before_the_first_are_negative() {
        let mut sequence = Unwrapper::<16>::default();
        assert_eq!(sequence.unwrap(1), 1);
        assert_eq!(sequence.unwrap(65_535), -1);
    }

    #[test]
    fn many_turns_add_up() {
        let mut id = Unwrapper::<15>::default();
        let mut last = -1;
        for n in 0..200_000u32 {
            let unwrapped = id.unwrap(n & 0x7fff);
            assert_eq!(unwrapped, last + 1);
            last = unwrapped;
        }
    }
}
