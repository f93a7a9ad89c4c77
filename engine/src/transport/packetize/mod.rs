//! Encoded pictures to RTP payloads, sans-IO.
//!
//! H.264 follows RFC 6184 (packetization mode 1), VP8 RFC 7741 with a 15-bit picture ID in every
//! packet, so that the hub can rewrite it in place. Payloads of one picture have balanced sizes: a
//! tail of a few bytes would cost a whole packet's overhead.

pub mod h264;
pub mod vp8;

use crate::clock::{Ntp, WallClock};
use std::time::Instant;

/// Most bytes of one RTP payload. With RTP header, extensions, SRTP tag, RTX number, UDP and IPv6 a
/// packet stays below 1,200 + 48 bytes, which crosses every path that carries QUIC.
pub const MAX_PAYLOAD: usize = 1_100;

/// The RTP clock of video, in hertz.
pub const VIDEO_CLOCK: u64 = 90_000;

/// The RTP timestamp of a captured picture: its NTP time in 90 kHz ticks, so that all layers of one
/// picture carry the same one.
pub fn video_timestamp(captured: Instant) -> u32 {
    let Ntp(ntp) = WallClock::process().to_ntp(captured);
    ((u128::from(ntp) * u128::from(VIDEO_CLOCK)) >> 32) as u32
}

/// Cuts `len` bytes into the fewest pieces of at most `most` bytes, none longer than another by
/// more than one byte.
fn balanced(len: usize, most: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let pieces = len.div_ceil(most).max(1);
    let (size, longer) = (len / pieces, len % pieces);
    (0..pieces).scan(0, move |start, piece| {
        let end = *start + size + usize::from(piece < longer);
        let range = *start..end;
        *start = end;
        Some(range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    #[test]
    fn a_timestamp_advances_by_90_000_a_second() {
        let at = WallClock::process().to_instant(WallClock::process().to_ntp(
            #[expect(clippy::disallowed_methods, reason = "any moment will do")]
            Instant::now(),
        ));
        let at = at.expect("now is representable");
        let later = at + Duration::from_millis(100);
        let ticks = video_timestamp(later).wrapping_sub(video_timestamp(at));
        assert!((8_999..=9_001).contains(&ticks), "{ticks}");
    }

    proptest! {
        #[test]
        fn pieces_cover_everything_and_differ_by_one_byte_at_most(
            len in 0usize..50_000,
            most in 1usize..2_000,
        ) {
            let pieces: Vec<_> = balanced(len, most).collect();
            prop_assert_eq!(pieces.first().map(|p| p.start), Some(0));
            prop_assert_eq!(pieces.last().map(|p| p.end), Some(len));
            prop_assert!(pieces.windows(2).all(|p| p[0].end == p[1].start));
            let (least, longest) = pieces.iter().fold((usize::MAX, 0), |(a, b), p| {
                (a.min(p.len()), b.max(p.len()))
            });
            prop_assert!(longest <= most && longest - least <= 1);
            prop_assert_eq!(pieces.len(), len.div_ceil(most).max(1));
        }
    }
}
