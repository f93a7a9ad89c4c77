//! VP8 out of RTP, RFC 7741.

use bytes::{Bytes, BytesMut};

/// VP8's keyframe start code, RFC 6386 section 9.1.
const START_CODE: [u8; 3] = [0x9d, 0x01, 0x2a];

/// The payload descriptor, RFC 7741 section 4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Descriptor {
    /// Bytes before the VP8 data.
    pub length: usize,
    /// N: no other frame refers to this one.
    pub non_reference: bool,
    /// S and partition 0: the frame's first packet.
    pub begins_frame: bool,
    /// I: the picture ID.
    pub picture: Option<PictureId>,
    /// L: the running index of temporal base layer frames.
    pub tl0_index: Option<u8>,
    /// T: the temporal layer.
    pub temporal: Option<Temporal>,
}

/// A picture ID of 7 or 15 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PictureId {
    pub value: u16,
    pub wide: bool,
}

impl PictureId {
    /// Whether `self` comes straight after `before`.
    pub fn follows(self, before: PictureId) -> bool {
        let mask = if self.wide && before.wide { 0x7fff } else { 0x7f };
        self.value & mask == before.value.wrapping_add(1) & mask
    }
}

/// A temporal layer and its Y bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Temporal {
    /// 0 is the base layer.
    pub layer: u8,
    /// The frame refers to base layer frames only.
    pub sync: bool,
}

/// The payload is shorter than its descriptor says, or does not fit its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

impl Descriptor {
    /// Reads the descriptor; at least one byte of VP8 data must follow it.
    pub fn parse(payload: &[u8]) -> Result<Descriptor, Malformed> {
        let mut bytes = payload.iter().copied();
        let mut next = || bytes.next().ok_or(Malformed);
        let required = next()?;
        let mut descriptor = Descriptor {
            length: 1,
            non_reference: required & 0x20 != 0,
            begins_frame: required & 0x10 != 0 && required & 0x07 == 0,
            ..Descriptor::default()
        };
        if required & 0x80 != 0 {
            let extension = next()?;
            descriptor.length += 1;
            if extension & 0x80 != 0 {
                let high = next()?;
                descriptor.length += 1;
                let wide = high & 0x80 != 0;
                let mut value = u16::from(high & 0x7f);
                if wide {
                    value = (value << 8) | u16::from(next()?);
                    descriptor.length += 1;
                }
                descriptor.picture = Some(PictureId { value, wide });
            }
            if extension & 0x40 != 0 {
                descriptor.tl0_index = Some(next()?);
                descriptor.length += 1;
            }
            if extension & 0x30 != 0 {
                let layer = next()?;
                descriptor.length += 1;
                if extension & 0x20 != 0 {
                    descriptor.temporal =
                        Some(Temporal { layer: layer >> 6, sync: layer & 0x20 != 0 });
                }
            }
        }
        if payload.len() <= descriptor.length {
            return Err(Malformed);
        }
        Ok(descriptor)
    }

    /// Whether the payload begins a keyframe: P is 0 (RFC 6386 section 9.1).
    pub fn begins_keyframe(&self, payload: &[u8]) -> bool {
        self.begins_frame && payload.get(self.length).is_some_and(|first| first & 1 == 0)
    }
}

/// Joins one frame's payloads, in order, without their descriptors.
pub(super) fn assemble<'a>(
    payloads: impl Iterator<Item = (&'a Bytes, Descriptor)> + Clone,
) -> Result<Bytes, Malformed> {
    let mut length = 0;
    for (index, (payload, descriptor)) in payloads.clone().enumerate() {
        if descriptor.begins_frame != (index == 0) {
            return Err(Malformed);
        }
        length += payload.len() - descriptor.length;
    }
    let mut pieces = payloads.map(|(payload, descriptor)| payload.slice(descriptor.length..));
    let first = pieces.next().ok_or(Malformed)?;
    let keyframe = first[0] & 1 == 0;
    let data = if first.len() == length {
        first
    } else {
        let mut data = BytesMut::with_capacity(length);
        data.extend_from_slice(&first);
        pieces.for_each(|piece| data.extend_from_slice(&piece));
        data.freeze()
    };
    if keyframe && data.get(3..6) != Some(&START_CODE[..]) {
        return Err(Malformed);
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_field_of_the_descriptor_is_read() {
        let payload = [0x90 | 0x20, 0xf0, 0x81, 0x02, 7, 0b0110_0011, 0xaa];
        let descriptor = Descriptor::parse(&payload).unwrap();
        assert_eq!(
            descriptor,
            Descriptor {
                length: 6,
                non_reference: true,
                begins_frame: true,
                picture: Some(PictureId { value: 0x102, wide: true }),
                tl0_index: Some(7),
                temporal: Some(Temporal { layer: 1, sync: true }),
            }
        );
        let short = Descriptor::parse(&[0x80, 0x80, 0x05, 0xaa]).unwrap();
        assert_eq!(short.picture, Some(PictureId { value: 5, wide: false }));
        assert!(!short.begins_frame);
        // K alone still takes the byte that it shares with T.
        assert_eq!(Descriptor::parse(&[0x90, 0x10, 0x03, 0xaa]).unwrap().length, 3);
        assert!(Descriptor::parse(&[0x90, 0x10, 0x03, 0xaa]).unwrap().temporal.is_none());
    }

    #[test]
    fn truncated_descriptors_are_refused() {
        for bad in
            [&[][..], &[0x10], &[0x90], &[0x90, 0x80], &[0x90, 0x80, 0x81], &[0x90, 0xc0, 1, 2]]
        {
            assert_eq!(Descriptor::parse(bad), Err(Malformed), "{bad:?}");
        }
    }

    #[test]
    fn picture_ids_follow_each_other_across_their_wrap() {
        let id = |value, wide| PictureId { value, wide };
        assert!(id(0, true).follows(id(0x7fff, true)));
        assert!(id(0, false).follows(id(0x7f, false)));
        assert!(!id(2, true).follows(id(0, true)));
    }

    #[test]
    fn a_keyframe_without_its_start_code_is_refused() {
        let join = |parts: &[&[u8]]| {
            let parts: Vec<(Bytes, Descriptor)> = parts
                .iter()
                .map(|p| (Bytes::copy_from_slice(p), Descriptor::parse(p).unwrap()))
                .collect();
            assemble(parts.iter().map(|(payload, descriptor)| (payload, *descriptor)))
        };
        let key = [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a];
        assert_eq!(join(&[&key, &[0, 9]]).unwrap(), [&key[1..], &[9]].concat());
        assert_eq!(join(&[&[0x10, 0x10, 0, 0, 1, 2, 3]]), Err(Malformed));
        assert_eq!(join(&[&[0, 9]]), Err(Malformed));
        assert_eq!(join(&[&key, &key]), Err(Malformed));
    }

    proptest! {
        #[test]
        fn arbitrary_payloads_never_panic(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..24), 0..6),
        ) {
            let parts: Vec<(Bytes, Descriptor)> = payloads
                .into_iter()
                .filter_map(|payload| {
                    let descriptor = Descriptor::parse(&payload).ok()?;
                    let _ = descriptor.begins_keyframe(&payload);
                    Some((Bytes::from(payload), descriptor))
                })
                .collect();
            let length: usize = parts.iter().map(|(payload, _)| payload.len()).sum();
            if let Ok(frame) = assemble(parts.iter().map(|(p, d)| (p, *d))) {
                prop_assert!(frame.len() < length);
            }
        }
    }
}
