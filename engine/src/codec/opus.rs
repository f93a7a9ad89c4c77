//! Opus (RFC 6716), 48 kHz mono in 20 ms packets, through libopus.
//!
//! The encoder runs in the VOIP application: calls carry speech, and in-band FEC exists only in the
//! SILK layer that this application prefers (RFC 6716 section 2.1.7); the AUDIO application would
//! choose CELT at our bitrates and send no redundancy.

use crate::frame::SAMPLE_RATE;
use crate::{Error, Result};
use bytes::Bytes;
use opus2::{Application, Bitrate, Channels, Signal};

/// Samples in one packet: 20 ms.
pub const PACKET_SAMPLES: usize = 960;

/// The longest packet that RFC 6716 allows, in samples: 120 ms.
pub const MAX_PACKET_SAMPLES: usize = 5760;

/// The largest packet asked of the encoder: one frame, RFC 6716 section 3.4 (R2).
const MAX_PACKET_BYTES: usize = 1275;

/// At most this many bytes say "nothing changed": a table-of-contents byte without a frame.
const DTX_BYTES: usize = 2;

fn setup(error: opus2::Error) -> Error {
    Error::Codec { codec: "Opus (libopus)".into(), reason: error.to_string() }
}

fn damaged(error: opus2::Error) -> Error {
    Error::Damaged { what: "Opus packet", reason: error.to_string() }
}

/// An Opus encoder with in-band FEC and DTX.
#[derive(Debug)]
pub struct Encoder {
    inner: opus2::Encoder,
    /// The pause was announced; nothing more is sent until the encoder speaks up.
    paused: bool,
    packet: [u8; MAX_PACKET_BYTES],
}

impl Encoder {
    /// An encoder at `bitrate_bps` (6,000–510,000; 32,000 is good speech) that expects no loss yet.
    ///
    /// # Errors
    /// [`Error::Codec`] when libopus refuses.
    pub fn new(bitrate_bps: u32) -> Result<Encoder> {
        let mut inner =
            opus2::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip).map_err(setup)?;
        inner.set_signal(Signal::Voice).map_err(setup)?;
        inner.set_inband_fec(true).map_err(setup)?;
        inner.set_dtx(true).map_err(setup)?;
        let mut encoder = Encoder { inner, paused: false, packet: [0; MAX_PACKET_BYTES] };
        encoder.set_bitrate(bitrate_bps)?;
        Ok(encoder)
    }

    /// Changes the bitrate, clamped to Opus's 6,000–510,000 bits a second.
    ///
    /// # Errors
    /// [`Error::Codec`] when libopus refuses.
    pub fn set_bitrate(&mut self, bps: u32) -> Result<()> {
        let bps = bps.clamp(6_000, 510_000) as i32;
        self.inner.set_bitrate(Bitrate::Bits(bps)).map_err(setup)
    }

    /// Tells how many packets of a hundred are lost; above 0 the packets carry FEC.
    ///
    /// # Errors
    /// [`Error::Codec`] when libopus refuses.
    pub fn set_expected_loss(&mut self, percent: u8) -> Result<()> {
        self.inner.set_packet_loss_perc(i32::from(percent.min(100))).map_err(setup)
    }

    /// Encodes 20 ms. Empty while DTX has nothing to say: the timestamp advances, nothing is sent.
    /// The first packet of a pause is given out, one byte long, so that the receiver knows.
    ///
    /// # Errors
    /// [`Error::Codec`] when libopus refuses.
    pub fn encode(&mut self, samples: &[f32; PACKET_SAMPLES]) -> Result<Bytes> {
        let length = self.inner.encode_float(samples, &mut self.packet).map_err(setup)?;
        let pause = length <= DTX_BYTES;
        let announced = std::mem::replace(&mut self.paused, pause);
        if pause && announced {
            return Ok(Bytes::new());
        }
        Ok(Bytes::copy_from_slice(&self.packet[..length]))
    }
}

/// An Opus decoder, mono out. Every call appends to the caller's buffer.
#[derive(Debug)]
pub struct Decoder {
    inner: opus2::Decoder,
}

impl Decoder {
    /// A decoder that has heard nothing yet.
    ///
    /// # Errors
    /// [`Error::Codec`] when libopus refuses.
    pub fn new() -> Result<Decoder> {
        let inner = opus2::Decoder::new(SAMPLE_RATE, Channels::Mono).map_err(setup)?;
        Ok(Decoder { inner })
    }

    /// Appends the packet's sound to `out`; returns the samples appended.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the packet is not Opus; `out` is unchanged.
    pub fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> Result<usize> {
        let samples = packet_samples(packet)?;
        self.append(packet, samples, false, out)
    }

    /// Appends the `samples` before packet `next`, from its redundancy (RFC 6716 section 2.1.7);
    /// where it has none or not enough, the rest is concealed.
    ///
    /// # Errors
    /// [`Error::Damaged`] when `next` is not Opus; `out` is unchanged.
    pub fn recover(&mut self, next: &[u8], samples: usize, out: &mut Vec<f32>) -> Result<usize> {
        self.append(next, round_up(samples), true, out)
    }

    /// Appends `samples` of concealment, or of comfort noise after a DTX packet. Rounded up to
    /// libopus's step of 2.5 ms.
    ///
    /// # Errors
    /// [`Error::Damaged`] when libopus refuses; `out` is unchanged.
    pub fn conceal(&mut self, samples: usize, out: &mut Vec<f32>) -> Result<usize> {
        self.append(&[], round_up(samples), false, out)
    }

    fn append(
        &mut self,
        packet: &[u8],
        samples: usize,
        fec: bool,
        out: &mut Vec<f32>,
    ) -> Result<usize> {
        let start = out.len();
        out.resize(start + samples, 0.0);
        match self.inner.decode_float(packet, &mut out[start..], fec) {
            Ok(decoded) => {
                out.truncate(start + decoded);
                Ok(decoded)
            }
            Err(error) => {
                out.truncate(start);
                Err(damaged(error))
            }
        }
    }
}

fn round_up(samples: usize) -> usize {
    samples.clamp(1, MAX_PACKET_SAMPLES).next_multiple_of(120)
}

/// How long a packet lasts, in samples at 48 kHz.
///
/// # Errors
/// [`Error::Damaged`] when it is empty or not Opus.
pub fn packet_samples(packet: &[u8]) -> Result<usize> {
    if packet.is_empty() {
        return Err(Error::Damaged { what: "Opus packet", reason: "it is empty".into() });
    }
    let samples = opus2::packet::get_nb_samples(packet, SAMPLE_RATE).map_err(damaged)?;
    if samples == 0 || samples > MAX_PACKET_SAMPLES {
        let reason = format!("it claims {samples} samples, 1 to {MAX_PACKET_SAMPLES} are legal");
        return Err(Error::Damaged { what: "Opus packet", reason });
    }
    Ok(samples)
}

/// Whether a packet only announces a pause.
pub fn is_dtx(packet: &[u8]) -> bool {
    packet.len() <= DTX_BYTES
}

/// Whether a packet carries the one before it as FEC: the LBRR flag of the SILK header, which
/// follows the voice activity flags (RFC 6716 sections 4.2.3 and 4.2.4).
pub fn has_fec(packet: &[u8]) -> bool {
    const FIRST_CELT_CONFIG: u8 = 16;
    let Some(&toc) = packet.first() else { return false };
    if toc >> 3 >= FIRST_CELT_CONFIG {
        return false;
    }
    let Ok(parsed) = opus2::packet::parse(packet) else { return false };
    let Some(&flags) = parsed.frames.first().and_then(|frame| frame.first()) else { return false };
    let Ok(samples) = opus2::packet::get_samples_per_frame(packet, SAMPLE_RATE) else {
        return false;
    };
    // SILK frames last 20 ms (or one of 10 ms), each with a voice activity bit; stereo repeats all.
    let frames = (samples / PACKET_SAMPLES).clamp(1, 3);
    let stereo = toc & 0b100 != 0;
    let bit = |index: usize| flags >> (7 - index) & 1 == 1;
    bit(frames) || (stereo && bit(2 * frames + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Syllables of a gliding voice, which the encoder takes for speech; or silence.
    fn packet_of(index: usize, loud: bool) -> [f32; PACKET_SAMPLES] {
        std::array::from_fn(|i| {
            let t = (index * PACKET_SAMPLES + i) as f32 / SAMPLE_RATE as f32;
            let phase = std::f32::consts::TAU * (150.0 * t - 6.0 * (t * 3.0).cos());
            let syllable = 0.55 + 0.45 * (t * 4.0 * std::f32::consts::TAU).sin();
            let tone: f32 = (1..8).map(|h| (phase * h as f32).sin() / h as f32).sum();
            if loud { 0.2 * syllable * tone } else { 0.0 }
        })
    }

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32
    }

    #[test]
    fn a_pause_is_announced_once_and_then_nothing_is_sent() {
        let mut encoder = Encoder::new(32_000).unwrap();
        let mut sizes = vec![];
        for i in 0..50 {
            sizes.push(encoder.encode(&packet_of(i, i < 10)).unwrap().len());
        }
        assert!(sizes[..10].iter().all(|&s| s > DTX_BYTES), "{sizes:?}");
        let announced = sizes.iter().filter(|&&s| s > 0 && s <= DTX_BYTES).count();
        assert!((1..=3).contains(&announced), "{sizes:?}");
        assert!(sizes.iter().filter(|&&s| s == 0).count() > 10, "{sizes:?}");
    }

    #[test]
    fn expected_loss_makes_packets_carry_the_one_before() {
        let mut encoder = Encoder::new(32_000).unwrap();
        encoder.set_expected_loss(10).unwrap();
        let packets: Vec<_> =
            (0..50).map(|i| encoder.encode(&packet_of(i, true)).unwrap()).collect();
        // SILK spares the redundancy where little voice is.
        let carriers = packets.iter().filter(|p| has_fec(p)).count();
        assert!(carriers > 20, "{carriers} of 50 packets carry FEC");
        let next = (20..50).find(|&i| has_fec(&packets[i])).unwrap();

        // The packet before `next` is lost and comes back much like it was.
        let (mut whole, mut gapped) = (Decoder::new().unwrap(), Decoder::new().unwrap());
        let (mut original, mut recovered) = (vec![], vec![]);
        for packet in &packets[..next - 1] {
            whole.decode(packet, &mut original).unwrap();
            gapped.decode(packet, &mut recovered).unwrap();
        }
        whole.decode(&packets[next - 1], &mut original).unwrap();
        let length = gapped.recover(&packets[next], PACKET_SAMPLES, &mut recovered).unwrap();
        assert_eq!(length, PACKET_SAMPLES);
        let at = (next - 1) * PACKET_SAMPLES;
        let (original, recovered) = (&original[at..], &recovered[at..]);
        let product = original.iter().zip(recovered).map(|(a, b)| a * b).sum::<f32>() / 960.0;
        let likeness = product / (power(original) * power(recovered)).sqrt();
        assert!(likeness > 0.7, "{likeness} at packet {next}");
    }

    #[test]
    fn without_expected_loss_packets_carry_no_fec() {
        let mut encoder = Encoder::new(32_000).unwrap();
        assert!((0..20).all(|i| !has_fec(&encoder.encode(&packet_of(i, true)).unwrap())));
    }

    #[test]
    fn concealment_fades_and_never_fails() {
        let mut encoder = Encoder::new(32_000).unwrap();
        let mut decoder = Decoder::new().unwrap();
        let mut out = vec![];
        for i in 0..20 {
            decoder.decode(&encoder.encode(&packet_of(i, true)).unwrap(), &mut out).unwrap();
        }
        let loud = power(&out[out.len() - 960..]);
        for _ in 0..100 {
            assert_eq!(decoder.conceal(480, &mut out).unwrap(), 480);
        }
        assert!(power(&out[out.len() - 960..]) < loud * 0.01);
    }

    #[test]
    fn rubbish_is_refused_without_a_trace() {
        let mut decoder = Decoder::new().unwrap();
        let mut out = vec![0.5];
        assert!(decoder.decode(&[], &mut out).is_err());
        assert!(decoder.decode(&[0xff, 0xff, 0xff, 0xff, 0xff], &mut out).is_err());
        assert_eq!(out, [0.5]);
        for byte in 0..=255u8 {
            let _ = has_fec(&[byte]);
            let _ = has_fec(&[byte, 0xff, 0x01]);
            let _ = packet_samples(&[byte, 0x7f]);
        }
    }
}
