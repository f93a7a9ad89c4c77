//! Where a decoder can start: keyframe detection on the first packet, and how often to ask.

use std::time::{Duration, Instant};

/// The codecs that the hub forwards. Two ends speak the same one when these are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// RFC 7587.
    Opus,
    /// RFC 7741.
    Vp8,
    /// RFC 6184.
    H264 {
        /// `packetization-mode`.
        mode: u8,
        /// `profile-level-id`.
        profile: u32,
    },
}

/// One keyframe request a layer in this time; a join wave asks fifty times at once.
pub const REQUEST_INTERVAL: Duration = Duration::from_millis(300);

/// NAL unit types, RFC 6184 section 5.2 and ITU-T H.264 table 7-1.
const NAL_IDR: u8 = 5;
const NAL_SPS: u8 = 7;
const NAL_STAP_A: u8 = 24;
const NAL_FU_A: u8 = 28;

/// Whether an H.264 payload (RFC 6184) is the first packet of a keyframe: an SPS, alone or at the
/// head of a STAP-A, or the first slice of an IDR picture, whole or as the start of an FU-A.
pub fn starts_h264_keyframe(payload: &[u8]) -> bool {
    // `first_mb_in_slice` is 0 exactly when the slice header's first bit is set (Exp-Golomb).
    let first_slice = |at: usize| payload.get(at).is_some_and(|byte| byte & 0x80 != 0);
    let Some(kind) = payload.first().map(|byte| byte & 0x1f) else { return false };
    match kind {
        NAL_SPS => true,
        NAL_IDR => first_slice(1),
        NAL_STAP_A => payload.get(3).is_some_and(|byte| match byte & 0x1f {
            NAL_SPS => true,
            NAL_IDR => first_slice(4),
            _ => false,
        }),
        NAL_FU_A => {
            payload.get(1).is_some_and(|byte| byte & 0x80 != 0 && byte & 0x1f == NAL_IDR)
                && first_slice(2)
        }
        _ => false,
    }
}

/// The height that a VP8 keyframe's header (RFC 6386 section 9.1) states, in lines. `payload` is
/// an RTP payload whose descriptor says that it starts a keyframe.
pub fn vp8_keyframe_lines(payload: &[u8]) -> Option<u32> {
    let descriptor = vp8_descriptor_len(payload)?;
    let header = payload.get(descriptor..descriptor + 10)?;
    let started = header[0] & 1 == 0 && header[3..6] == [0x9d, 0x01, 0x2a];
    started.then(|| u32::from(u16::from_le_bytes([header[8], header[9]]) & 0x3fff))
}

/// The length of a VP8 payload descriptor (RFC 7741 section 4.2), in bytes.
fn vp8_descriptor_len(payload: &[u8]) -> Option<usize> {
    if payload.first()? & 0x80 == 0 {
        return Some(1);
    }
    let flags = *payload.get(1)?;
    let picture_id = match (flags & 0x80 != 0, payload.get(2)) {
        (false, _) => 0,
        (true, first) => 1 + usize::from(first? & 0x80 != 0),
    };
    let tl0 = usize::from(flags & 0x40 != 0);
    let tid_or_key = usize::from(flags & 0x30 != 0);
    Some(2 + picture_id + tl0 + tid_or_key)
}

/// Lets one keyframe request through every [`REQUEST_INTERVAL`].
#[derive(Debug, Default)]
pub struct Throttle {
    last: Option<Instant>,
    wanted: bool,
}

impl Throttle {
    /// Somebody needs a keyframe; says whether to ask for it now. Otherwise [`Throttle::due`] will.
    pub fn request(&mut self, now: Instant) -> bool {
        self.wanted = true;
        self.due(now)
    }

    /// Whether a request that had to wait may go out now.
    pub fn due(&mut self, now: Instant) -> bool {
        let free = self.last.is_none_or(|at| now.saturating_duration_since(at) >= REQUEST_INTERVAL);
        let ask = self.wanted && free;
        if ask {
            self.last = Some(now);
            self.wanted = false;
        }
        ask
    }

    /// A keyframe came: whoever waited has it.
    pub fn satisfied(&mut self) {
        self.wanted = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h264_keyframes_start_at_sps_or_at_the_first_idr_slice() {
        let starts: [&[u8]; 6] = [
            &[0x67, 0x42, 0xe0, 0x1f],
            &[0x65, 0x88, 0x84],
            &[0x78, 0x00, 0x04, 0x67, 0x42],
            &[0x78, 0x00, 0x04, 0x65, 0x88],
            &[0x7c, 0x85, 0x88],
            &[0x27, 0x42],
        ];
        let others: [&[u8]; 9] = [
            &[],
            &[0x65],
            &[0x65, 0x40],
            &[0x68, 0xce],
            &[0x41, 0x9a],
            &[0x7c, 0x05, 0x88],
            &[0x7c, 0x81, 0x9a],
            &[0x78, 0x00],
            &[0x78, 0x00, 0x04, 0x68],
        ];
        for payload in starts {
            assert!(starts_h264_keyframe(payload), "{payload:02x?}");
        }
        for payload in others {
            assert!(!starts_h264_keyframe(payload), "{payload:02x?}");
        }
    }

    #[test]
    fn a_vp8_keyframe_tells_its_height() {
        let header = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x42];
        for descriptor in [&[0x10][..], &[0x90, 0x80, 0x81, 0x02], &[0x90, 0xe0, 0x81, 2, 3, 4]] {
            let payload = [descriptor, &header].concat();
            assert_eq!(vp8_keyframe_lines(&payload), Some(720), "{descriptor:02x?}");
            assert_eq!(vp8_keyframe_lines(&payload[..payload.len() - 1]), None);
        }
        assert_eq!(vp8_keyframe_lines(&[]), None);
    }

    #[test]
    fn fifty_requests_at_once_become_one_now_and_one_later() {
        #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
        let now = Instant::now();
        let mut throttle = Throttle::default();
        assert_eq!((0..50).filter(|_| throttle.request(now)).count(), 1);
        assert!(!throttle.due(now + Duration::from_millis(299)));
        assert!(throttle.due(now + REQUEST_INTERVAL));
        assert!(!throttle.due(now + REQUEST_INTERVAL * 2));
    }

    #[test]
    fn a_keyframe_ends_the_wish_for_one() {
        #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
        let now = Instant::now();
        let mut throttle = Throttle::default();
        assert!(throttle.request(now));
        assert!(!throttle.request(now));
        throttle.satisfied();
        assert!(!throttle.due(now + REQUEST_INTERVAL));
    }
}
