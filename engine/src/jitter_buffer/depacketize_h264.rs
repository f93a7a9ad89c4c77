//! H.264 out of RTP, RFC 6184: single NAL units, STAP-A and FU-A (packetization mode 1).
//!
//! Everything else (STAP-B, MTAP, FU-B, reserved types) belongs to interleaved mode, which is
//! never negotiated.

use bytes::Bytes;

const NAL_IDR: u8 = 5;
const NAL_SPS: u8 = 7;
const NAL_DELIMITER: u8 = 9;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

const START_CODE: [u8; 4] = [0, 0, 0, 1];

/// What one payload says about its place in an access unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// Surely an access unit's first packet: parameter sets or a delimiter come first
    /// (H.264 section 7.4.1.2.3). Most first packets cannot be told by their payload.
    pub begins_frame: bool,
    /// Holds some of an IDR picture.
    pub idr: bool,
    /// Holds a sequence parameter set.
    pub parameters: bool,
}

/// Why a payload is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// A packet type that is not taken.
    Unsupported,
    /// Not RFC 6184, or fragments that do not fit together.
    Malformed,
}

/// Looks at one payload without copying it.
pub(super) fn inspect(payload: &[u8]) -> Result<Shape, Unusable> {
    let mut shape = Shape::default();
    let mut first = true;
    visit(payload, |piece| {
        let nal_type = piece.header() & 0x1f;
        let starts = matches!(piece, Piece::Whole(_) | Piece::First { .. });
        if first && starts {
            shape.begins_frame = matches!(nal_type, NAL_SPS | NAL_DELIMITER);
        }
        first = false;
        shape.idr |= nal_type == NAL_IDR;
        shape.parameters |= starts && nal_type == NAL_SPS;
        Ok(())
    })?;
    Ok(shape)
}

/// Puts one access unit's payloads, in order, into Annex B form with four-byte start codes.
///
/// The output is at most five times as long as the payloads: one-byte NAL units, each four bytes of
/// start code.
pub(super) fn assemble<'a>(payloads: impl Iterator<Item = &'a Bytes>) -> Result<Bytes, Unusable> {
    let mut data = Vec::new();
    let mut fragment: Option<u8> = None;
    for payload in payloads {
        visit(payload, |piece| {
            match (piece, fragment) {
                (Piece::Whole(nal), None) => {
                    data.extend_from_slice(&START_CODE);
                    data.extend_from_slice(nal);
                }
                (Piece::First { header, bytes }, None) => {
                    data.extend_from_slice(&START_CODE);
                    data.push(header);
                    data.extend_from_slice(bytes);
                    fragment = Some(header);
                }
                (Piece::Next { header, bytes, last }, Some(open)) if header == open => {
                    data.extend_from_slice(bytes);
                    fragment = (!last).then_some(header);
                }
                _ => return Err(Unusable::Malformed),
            }
            Ok(())
        })?;
    }
    if fragment.is_some() || data.is_empty() {
        return Err(Unusable::Malformed);
    }
    Ok(data.into())
}

/// One NAL unit, or part of one.
#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Whole(&'a [u8]),
    First { header: u8, bytes: &'a [u8] },
    Next { header: u8, bytes: &'a [u8], last: bool },
}

impl Piece<'_> {
    /// The NAL unit's header; `Whole` is never empty.
    fn header(&self) -> u8 {
        match self {
            Piece::Whole(nal) => nal[0],
            Piece::First { header, .. } | Piece::Next { header, .. } => *header,
        }
    }
}

fn visit<'a>(
    payload: &'a [u8],
    mut each: impl FnMut(Piece<'a>) -> Result<(), Unusable>,
) -> Result<(), Unusable> {
    let &header = payload.first().ok_or(Unusable::Malformed)?;
    match header & 0x1f {
        1..=23 => each(Piece::Whole(payload)),
        STAP_A => {
            let mut rest = &payload[1..];
            if rest.is_empty() {
                return Err(Unusable::Malformed);
            }
            while let Some((size, after)) = rest.split_first_chunk::<2>() {
                let size = usize::from(u16::from_be_bytes(*size));
                if size == 0 || size > after.len() {
                    return Err(Unusable::Malformed);
                }
                let (nal, next) = after.split_at(size);
                if !matches!(nal[0] & 0x1f, 1..=23) {
                    return Err(Unusable::Malformed);
                }
                each(Piece::Whole(nal))?;
                rest = next;
            }
            if rest.is_empty() { Ok(()) } else { Err(Unusable::Malformed) }
        }
        FU_A => {
            let (&[indicator, fu], bytes) =
                payload.split_first_chunk::<2>().ok_or(Unusable::Malformed)?;
            let header = (indicator & 0xe0) | (fu & 0x1f);
            match (fu & 0x80 != 0, fu & 0x40 != 0) {
                _ if bytes.is_empty() || !matches!(header & 0x1f, 1..=23) => {
                    Err(Unusable::Malformed)
                }
                // RFC 6184 section 5.8: one packet must not be both first and last.
                (true, true) => Err(Unusable::Malformed),
                (true, false) => each(Piece::First { header, bytes }),
                (false, last) => each(Piece::Next { header, bytes, last }),
            }
        }
        _ => Err(Unusable::Unsupported),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assemble_all(payloads: &[&[u8]]) -> Result<Bytes, Unusable> {
        let payloads: Vec<Bytes> = payloads.iter().map(|p| Bytes::copy_from_slice(p)).collect();
        assemble(payloads.iter())
    }

    #[test]
    fn parameter_sets_in_a_stap_and_an_idr_in_fragments_become_annex_b() {
        let stap = [0x78, 0, 3, 0x67, 1, 2, 0, 2, 0x68, 3];
        let first = [0x7c, 0x85, 10, 11];
        let last = [0x7c, 0x45, 12];
        let unit = assemble_all(&[&stap, &first, &last]).unwrap();
        let expected = [
            &[0, 0, 0, 1, 0x67, 1, 2][..],
            &[0, 0, 0, 1, 0x68, 3],
            &[0, 0, 0, 1, 0x65, 10, 11, 12],
        ]
        .concat();
        assert_eq!(unit, expected);
        let shape = inspect(&stap).unwrap();
        assert_eq!(shape, Shape { begins_frame: true, idr: false, parameters: true });
        assert!(inspect(&first).unwrap().idr);
        assert!(inspect(&last).unwrap().idr);
        assert_eq!(inspect(&[0x41, 9]).unwrap(), Shape::default());
    }

    #[test]
    fn fragments_that_do_not_fit_together_are_refused() {
        let (first, last) = ([0x7c, 0x85, 10], [0x7c, 0x45, 12]);
        assert_eq!(assemble_all(&[&first]), Err(Unusable::Malformed));
        assert_eq!(assemble_all(&[&last]), Err(Unusable::Malformed));
        assert_eq!(assemble_all(&[&first, &[0x41, 1], &last]), Err(Unusable::Malformed));
        assert_eq!(assemble_all(&[&first, &[0x7c, 0x41, 12]]), Err(Unusable::Malformed));
    }

    #[test]
    fn interleaved_modes_are_unsupported_and_broken_aggregates_malformed() {
        for kind in [25u8, 26, 27, 29, 30, 31, 0] {
            assert_eq!(inspect(&[0x60 | kind, 1, 2, 3]), Err(Unusable::Unsupported));
        }
        for bad in [&[][..], &[0x78], &[0x78, 0], &[0x78, 0, 9, 1], &[0x78, 0, 0], &[0x7c, 0x85]] {
            assert_eq!(inspect(bad), Err(Unusable::Malformed), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_payloads_never_panic_and_never_blow_up(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 0..8),
            kind in prop::sample::select(vec![0x78u8, 0x7c, 0x65, 0x7d]),
        ) {
            let payloads: Vec<Bytes> = payloads
                .into_iter()
                .map(|mut payload| {
                    if let Some(first) = payload.first_mut() {
                        *first = kind;
                    }
                    Bytes::from(payload)
                })
                .collect();
            let length: usize = payloads.iter().map(Bytes::len).sum();
            for payload in &payloads {
                let _ = inspect(payload);
            }
            if let Ok(unit) = assemble(payloads.iter()) {
                prop_assert!(unit.len() <= 5 * length);
            }
        }
    }
}
