//! Synthetic encoded pictures, and what a receiver makes of their packets.

use bytes::Bytes;
use engine::config::VideoCodec;
use std::collections::BTreeMap;

/// A picture that packetizes like a real one: a keyframe of about 12 kB every 30 pictures, else 200
/// to 4,000 bytes. No byte of an H.264 unit is 0, so no start code can appear inside.
pub fn picture(codec: VideoCodec, index: u32) -> (Bytes, bool) {
    let keyframe = index.is_multiple_of(30);
    let len = if keyframe { 12_000 } else { 200 + (index as usize * 997) % 3_800 };
    let body = |salt: u32, len: usize| {
        (0..len as u32).map(move |at| (at.wrapping_mul(2_654_435_761 ^ salt) >> 24) as u8 | 1)
    };
    let data: Vec<u8> = match (codec, keyframe) {
        (VideoCodec::Vp8, _) => {
            let first = if keyframe { 0x10 } else { 0x11 };
            std::iter::once(first).chain(body(index, len)).collect()
        }
        (VideoCodec::H264, true) => [(0x67, 22), (0x68, 5), (0x65, len)]
            .into_iter()
            .flat_map(|(header, len)| [0, 0, 0, 1, header].into_iter().chain(body(index, len)))
            .collect(),
        (VideoCodec::H264, false) => {
            [0, 0, 0, 1, 0x41].into_iter().chain(body(index, len)).collect()
        }
    };
    (data.into(), keyframe)
}

/// Collects one stream's packets and gives whole pictures back.
#[derive(Debug, Default)]
pub struct Assembler {
    packets: BTreeMap<u64, (u32, bool, Bytes)>,
    highest: u64,
}

impl Assembler {
    /// For sequence numbers of 16 bits.
    pub fn push_wrapping(&mut self, sequence: u16, timestamp: u32, marker: bool, payload: Bytes) {
        let extended = match self.highest {
            0 => 1 << 16 | u64::from(sequence),
            highest => {
                let step = sequence.wrapping_sub(highest as u16) as i16;
                highest.wrapping_add_signed(i64::from(step))
            }
        };
        self.push(extended, timestamp, marker, payload);
    }

    pub fn push(&mut self, sequence: u64, timestamp: u32, marker: bool, payload: Bytes) {
        self.highest = self.highest.max(sequence);
        self.packets.insert(sequence, (timestamp, marker, payload));
    }

    /// Every whole picture so far, in order, with its timestamp. After a hole the next one begins
    /// behind a marker: nothing else shows where an H.264 picture begins.
    pub fn pictures(&self, codec: VideoCodec) -> Vec<(u32, Vec<u8>)> {
        let mut pictures = Vec::new();
        let mut current: Vec<&Bytes> = Vec::new();
        let (mut expected, mut intact) = (None, true);
        for (&sequence, (timestamp, marker, payload)) in &self.packets {
            intact &= expected.is_none_or(|expected| expected == sequence);
            expected = Some(sequence + 1);
            current.push(payload);
            if *marker {
                if intact {
                    pictures.push((*timestamp, assemble(codec, &current)));
                }
                current.clear();
                intact = true;
            }
        }
        pictures
    }
}

fn assemble(codec: VideoCodec, payloads: &[&Bytes]) -> Vec<u8> {
    let mut picture = Vec::new();
    for payload in payloads {
        match (codec, payload[0] & 0x1f) {
            (VideoCodec::Vp8, _) => picture.extend_from_slice(&payload[4..]),
            (VideoCodec::H264, 24) => {
                let mut rest = &payload[1..];
                while let [high, low, unit @ ..] = rest {
                    let len = usize::from(u16::from_be_bytes([*high, *low]));
                    picture.extend_from_slice(&[0, 0, 0, 1]);
                    picture.extend_from_slice(&unit[..len]);
                    rest = &unit[len..];
                }
            }
            (VideoCodec::H264, 28) => {
                if payload[1] & 0x80 != 0 {
                    picture.extend_from_slice(&[0, 0, 0, 1, payload[0] & 0x60 | payload[1] & 0x1f]);
                }
                picture.extend_from_slice(&payload[2..]);
            }
            (VideoCodec::H264, _) => {
                picture.extend_from_slice(&[0, 0, 0, 1]);
                picture.extend_from_slice(payload);
            }
        }
    }
    picture
}
