//! VP8 payloads, RFC 7741.

use super::balanced;
use bytes::{BufMut, Bytes, BytesMut};

/// Bytes of the payload descriptor written here: X, I, and a 15-bit picture ID.
pub const DESCRIPTOR: usize = 4;

/// A picture ID counts pictures modulo this.
const PICTURE_IDS: u16 = 1 << 15;

/// Cuts one VP8 frame into RTP payloads of at most `most` bytes.
///
/// `picture_id` counts the stream's pictures; only its lower 15 bits are sent. Temporal layers and
/// partitions are not signalled: every packet says partition 0.
pub fn packetize(frame: &[u8], picture_id: u16, most: usize, payloads: &mut Vec<Bytes>) {
    let pieces = balanced(frame.len(), most.saturating_sub(DESCRIPTOR).max(1));
    let picture_id = picture_id % PICTURE_IDS;
    for piece in pieces {
        let start = if piece.start == 0 { 0x10 } else { 0 };
        let mut payload = BytesMut::with_capacity(DESCRIPTOR + piece.len());
        payload.put_u8(0x80 | start);
        payload.put_u8(0x80);
        payload.put_u16(0x8000 | picture_id);
        payload.put_slice(&frame[piece]);
        payloads.push(payload.freeze());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packets_put_together_give_the_frame_again(
            frame in proptest::collection::vec(any::<u8>(), 1..20_000),
            picture_id in any::<u16>(),
            most in 50usize..1_400,
        ) {
            let mut payloads = Vec::new();
            packetize(&frame, picture_id, most, &mut payloads);
            let mut back = Vec::new();
            for (index, payload) in payloads.iter().enumerate() {
                prop_assert!(payload.len() <= most);
                prop_assert_eq!(payload[0], if index == 0 { 0x90 } else { 0x80 });
                prop_assert_eq!(payload[1], 0x80);
                let id = u16::from_be_bytes([payload[2], payload[3]]);
                prop_assert_eq!(id, 0x8000 | (picture_id & 0x7fff), "always the 15-bit form");
                back.extend_from_slice(&payload[DESCRIPTOR..]);
            }
            prop_assert_eq!(back, frame);
        }
    }
}
