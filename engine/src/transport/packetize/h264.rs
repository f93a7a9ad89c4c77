//! H.264 payloads, RFC 6184 packetization mode 1.
//!
//! Neighbouring small NAL units share a STAP-A (section 5.7.1), so that SPS, PPS and, where it
//! fits, the IDR slice arrive together; large ones are cut into FU-A (section 5.8); any other
//! travels alone. Access unit delimiters and filler are left out: a receiver sees picture
//! boundaries by the marker bit, and the hub looks for an SPS at the start of a packet.

use super::balanced;
use bytes::{BufMut, Bytes, BytesMut};

const TYPE: u8 = 0x1f;
const REFERENCE: u8 = 0x60;
const FORBIDDEN: u8 = 0x80;
const DELIMITER: u8 = 9;
const FILLER: u8 = 12;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// Cuts one Annex B access unit into RTP payloads of at most `most` bytes.
///
/// Gives nothing for an access unit without a NAL unit.
pub fn packetize(access_unit: &Bytes, most: usize, payloads: &mut Vec<Bytes>) {
    let mut group: Vec<Bytes> = Vec::new();
    let mut group_len = 1;
    for nal in nal_units(access_unit) {
        if matches!(nal[0] & TYPE, DELIMITER | FILLER) {
            continue;
        }
        if group_len + 2 + nal.len() > most {
            flush(&mut group, payloads);
            group_len = 1;
        }
        if nal.len() > most {
            fragment(&nal, most, payloads);
        } else {
            group_len += 2 + nal.len();
            group.push(nal);
        }
    }
    flush(&mut group, payloads);
}

/// The NAL units of an Annex B byte stream (ITU-T H.264 Annex B), without start codes and without
/// the zero bytes that may follow a unit. Never gives an empty one.
pub fn nal_units(stream: &Bytes) -> impl Iterator<Item = Bytes> {
    let mut from = start_code(stream, 0).map(|at| at + 3);
    std::iter::from_fn(move || {
        loop {
            let start = from?;
            let next = start_code(stream, start);
            from = next.map(|at| at + 3);
            let unit = &stream[start..next.unwrap_or(stream.len())];
            let len = unit.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            if len > 0 {
                return Some(stream.slice(start..start + len));
            }
        }
    })
}

/// Where the next `00 00 01` begins, at or after `from`.
fn start_code(stream: &[u8], from: usize) -> Option<usize> {
    let mut at = from + 2;
    while let Some(&byte) = stream.get(at) {
        match byte {
            0 => at += 1,
            1 if stream[at - 1] == 0 && stream[at - 2] == 0 => return Some(at - 2),
            // Neither this byte nor the two after it can end a start code that begins before it.
            _ => at += 3,
        }
    }
    None
}

/// Sends what was collected: alone, or in one STAP-A.
fn flush(group: &mut Vec<Bytes>, payloads: &mut Vec<Bytes>) {
    if group.len() < 2 {
        payloads.append(group);
        return;
    }
    let mut header = STAP_A;
    for nal in group.iter() {
        header |= nal[0] & FORBIDDEN;
        header = header & !REFERENCE | (header & REFERENCE).max(nal[0] & REFERENCE);
    }
    let len = 1 + group.iter().map(|nal| 2 + nal.len()).sum::<usize>();
    let mut payload = BytesMut::with_capacity(len);
    payload.put_u8(header);
    for nal in group.drain(..) {
        payload.put_u16(nal.len() as u16);
        payload.put_slice(&nal);
    }
    payloads.push(payload.freeze());
}

/// Cuts one NAL unit into FU-A.
fn fragment(nal: &[u8], most: usize, payloads: &mut Vec<Bytes>) {
    let (header, body) = (nal[0], &nal[1..]);
    for piece in balanced(body.len(), most - 2) {
        let first = if piece.start == 0 { 0x80 } else { 0 };
        let last = if piece.end == body.len() { 0x40 } else { 0 };
        let mut payload = BytesMut::with_capacity(2 + piece.len());
        payload.put_u8(header & !TYPE | FU_A);
        payload.put_u8(first | last | header & TYPE);
        payload.put_slice(&body[piece]);
        payloads.push(payload.freeze());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a receiver makes of the payloads.
    fn reassemble(payloads: &[Bytes]) -> Vec<Vec<u8>> {
        let mut units: Vec<Vec<u8>> = Vec::new();
        for payload in payloads {
            match payload[0] & TYPE {
                STAP_A => {
                    let mut rest = &payload[1..];
                    while !rest.is_empty() {
                        let len = usize::from(u16::from_be_bytes([rest[0], rest[1]]));
                        units.push(rest[2..2 + len].to_vec());
                        rest = &rest[2 + len..];
                    }
                }
                FU_A => {
                    if payload[1] & 0x80 != 0 {
                        units.push(vec![payload[0] & !TYPE | payload[1] & TYPE]);
                    }
                    units.last_mut().expect("a start first").extend_from_slice(&payload[2..]);
                }
                _ => units.push(payload.to_vec()),
            }
        }
        units
    }

    fn annex_b(units: &[Vec<u8>], short_codes: bool) -> Bytes {
        let mut stream = Vec::new();
        for unit in units {
            stream.extend_from_slice(if short_codes { &[0, 0, 1] } else { &[0, 0, 0, 1] });
            stream.extend_from_slice(unit);
        }
        stream.into()
    }

    fn unit(kind: u8, len: usize) -> Vec<u8> {
        let mut unit = vec![0x5a; len];
        unit[0] = 0x60 | kind;
        unit
    }

    #[test]
    fn parameter_sets_and_a_small_idr_share_one_packet() {
        let units = [unit(7, 20), unit(8, 6), unit(5, 700)];
        let mut payloads = Vec::new();
        packetize(&annex_b(&units, false), 1_100, &mut payloads);
        assert_eq!(payloads.len(), 1);
        assert_eq!(payloads[0][0], 0x60 | STAP_A);
        assert_eq!(payloads[0][3] & TYPE, 7, "the hub sees a keyframe at the SPS");
        assert_eq!(reassemble(&payloads), units);
    }

    #[test]
    fn a_large_idr_is_cut_into_balanced_fragments_after_its_parameter_sets() {
        let units = [unit(7, 20), unit(8, 6), unit(5, 3_000)];
        let mut payloads = Vec::new();
        packetize(&annex_b(&units, false), 1_100, &mut payloads);
        let sizes: Vec<usize> = payloads.iter().map(Bytes::len).collect();
        assert_eq!(sizes, [31, 1_002, 1_002, 1_001]);
        assert_eq!(reassemble(&payloads), units);
    }

    #[test]
    fn delimiters_and_filler_stay_behind() {
        let units = [unit(9, 2), unit(7, 20), unit(12, 50), unit(5, 30)];
        let mut payloads = Vec::new();
        packetize(&annex_b(&units, true), 1_100, &mut payloads);
        assert_eq!(reassemble(&payloads), [units[1].clone(), units[3].clone()]);
    }

    #[test]
    fn rubbish_gives_no_packets() {
        for rubbish in
            [&b""[..], b"\0\0", b"\0\0\x01", b"no start code at all", b"\0\0\x01\0\0\x01"]
        {
            let mut payloads = Vec::new();
            packetize(&Bytes::copy_from_slice(rubbish), 1_100, &mut payloads);
            assert!(payloads.is_empty(), "{rubbish:?}");
        }
    }

    /// A NAL unit as an encoder writes it: no start code inside, no zero at its end.
    fn any_unit() -> impl Strategy<Value = Vec<u8>> {
        let len = prop_oneof![Just(1usize), 2usize..300, 900usize..1_300, 2_000usize..9_000];
        (prop_oneof![Just(1u8), Just(5), Just(6), Just(7), Just(8)], 0u8..4, len, any::<u64>())
            .prop_map(|(kind, reference, len, seed)| {
                let mut unit: Vec<u8> = (0..len as u64)
                    .map(|index| (seed.wrapping_mul(index | 1) >> 32) as u8 & 3)
                    .collect();
                unit[0] = reference << 5 | kind;
                for at in 2..len {
                    if unit[at - 2] == 0 && unit[at - 1] == 0 && unit[at] < 3 {
                        unit[at] = 3;
                    }
                }
                if let Some(last) = unit.last_mut() {
                    *last |= 1;
                }
                unit[0] = reference << 5 | kind;
                unit
            })
    }

    proptest! {
        #[test]
        fn packets_put_together_give_the_access_unit_again(
            units in proptest::collection::vec(any_unit(), 1..8),
            most in 100usize..1_400,
            short_codes in any::<bool>(),
        ) {
            let mut payloads = Vec::new();
            packetize(&annex_b(&units, short_codes), most, &mut payloads);
            prop_assert!(payloads.iter().all(|payload| payload.len() <= most));
            prop_assert_eq!(reassemble(&payloads), units);
        }

        #[test]
        fn no_bytes_make_it_panic(stream in proptest::collection::vec(0u8..4, 0..4_000)) {
            let mut payloads = Vec::new();
            packetize(&stream.into(), 100, &mut payloads);
            prop_assert!(payloads.iter().all(|payload| payload.len() <= 100));
        }
    }
}
