//! Wall-clock stamps for frames.
//!
//! Inside the engine a moment is an [`Instant`]. On the wire it is an NTP timestamp
//! (abs-capture-time: 64-bit UQ32.32 seconds since 1900). One pair of readings, taken once a
//! process, ties the two together, so that every engine in one process agrees exactly.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Seconds between the NTP epoch (1900) and the Unix epoch (1970), RFC 5905 section 6.
const NTP_TO_UNIX_S: u64 = 2_208_988_800;

/// A 64-bit NTP timestamp: seconds since 1900 in the upper half, fractions in the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ntp(pub u64);

/// The process's tie between [`Instant`] and wall-clock time.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    instant: Instant,
    since_ntp_epoch: Duration,
}

impl WallClock {
    /// The process's clock; the first call takes the readings.
    #[expect(clippy::disallowed_methods, reason = "this is the clock's edge")]
    pub fn process() -> WallClock {
        static CLOCK: OnceLock<WallClock> = OnceLock::new();
        *CLOCK.get_or_init(|| WallClock {
            instant: Instant::now(),
            since_ntp_epoch: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
                + Duration::from_secs(NTP_TO_UNIX_S),
        })
    }

    /// The NTP timestamp of a moment.
    pub fn to_ntp(self, at: Instant) -> Ntp {
        let since = match at.checked_duration_since(self.instant) {
            Some(later) => self.since_ntp_epoch + later,
            None => self.since_ntp_epoch - (self.instant - at),
        };
        let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
        Ntp((since.as_secs() << 32) | fraction)
    }

    /// The moment of an NTP timestamp; `None` when it lies before this machine was started.
    pub fn to_instant(self, ntp: Ntp) -> Option<Instant> {
        let nanos = ((ntp.0 & 0xffff_ffff) * 1_000_000_000) >> 32;
        let since = Duration::new(ntp.0 >> 32, nanos as u32);
        match since.checked_sub(self.since_ntp_epoch) {
            Some(later) => self.instant.checked_add(later),
            None => self.instant.checked_sub(self.since_ntp_epoch - since),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_wire_within_a_nanosecond_or_two() {
        let clock = WallClock::process();
        for offset_us in [0u64, 1, 999_999, 3_600_000_001] {
            let at = clock.instant + Duration::from_micros(offset_us);
            let back = clock.to_instant(clock.to_ntp(at)).expect("after start");
            assert!(at.duration_since(back) <= Duration::from_nanos(2));
        }
        let before = clock.instant - Duration::from_millis(5);
        let back = clock.to_instant(clock.to_ntp(before)).expect("representable");
        assert!(before.duration_since(back) <= Duration::from_nanos(2));
    }
}
