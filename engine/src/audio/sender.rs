//! The microphone's way out: 10 ms frames to Opus packets with their RFC 6464 level.

use crate::Result;
use crate::audio::level::{VoiceActivity, level};
use crate::codec::opus::{Encoder, PACKET_SAMPLES};
use crate::frame::{AudioFrame, SAMPLES_10_MS};
use crate::transport::EncodedAudio;
use std::time::{Duration, Instant};

/// A step in capture time larger than this is a gap in the sound, and the timestamp takes it too.
const GAP: Duration = Duration::from_millis(60);

/// Gathers frames in pairs and encodes them.
#[derive(Debug)]
pub struct Sender {
    encoder: Encoder,
    voice: VoiceActivity,
    packet: [f32; PACKET_SAMPLES],
    /// Capture time of the frame that waits for its second half, and whether it had voice.
    first: Option<(Instant, bool)>,
    /// Timestamp and capture time of the next packet, when there is no gap.
    next: (u32, Option<Instant>),
}

impl Sender {
    /// A sender at `bitrate_bps` whose first timestamp is `timestamp`.
    ///
    /// # Errors
    /// [`crate::Error::Codec`] when libopus refuses.
    pub fn new(bitrate_bps: u32, timestamp: u32) -> Result<Sender> {
        Ok(Sender {
            encoder: Encoder::new(bitrate_bps)?,
            voice: VoiceActivity::default(),
            packet: [0.0; PACKET_SAMPLES],
            first: None,
            next: (timestamp, None),
        })
    }

    /// The encoder, to change its bitrate and the loss that it expects.
    pub fn encoder(&mut self) -> &mut Encoder {
        &mut self.encoder
    }

    /// Takes the next frame; every second one completes a packet. Its data is empty while DTX has
    /// nothing to say. `muted` replaces the sound by silence, so that a pause is announced and the
    /// listeners do not conceal it.
    ///
    /// # Errors
    /// [`crate::Error::Codec`] when libopus refuses.
    pub fn push(&mut self, frame: &AudioFrame, muted: bool) -> Result<Option<EncodedAudio>> {
        let samples = if muted { &[0.0; SAMPLES_10_MS] } else { &frame.samples };
        let voice = self.voice.update(level(samples));
        let Some((captured, earlier_voice)) = self.first.take() else {
            self.packet[..SAMPLES_10_MS].copy_from_slice(samples);
            self.first = Some((frame.captured, voice));
            return Ok(None);
        };
        self.packet[SAMPLES_10_MS..].copy_from_slice(samples);
        let timestamp = self.stamp(captured);
        let data = self.encoder.encode(&self.packet)?;
        let (level, voice) = (level(&self.packet), voice || earlier_voice);
        Ok(Some(EncodedAudio { data, captured, timestamp, level, voice }))
    }

    /// Passes over sound that nobody shall hear, without encoding it. What comes next is stamped
    /// after the gap, and holds nothing from before it.
    pub fn skip(&mut self) {
        self.first = None;
    }

    /// The packet's timestamp: sample after sample, except after a gap.
    fn stamp(&mut self, captured: Instant) -> u32 {
        let (counted, expected) = self.next;
        let gap = expected.map_or(Duration::ZERO, |at| captured.saturating_duration_since(at));
        let skipped = if gap > GAP { (gap.as_millis() * 48) as u32 } else { 0 };
        let timestamp = counted.wrapping_add(skipped);
        let following = captured + Duration::from_millis(20);
        self.next = (timestamp.wrapping_add(PACKET_SAMPLES as u32), Some(following));
        timestamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn start() -> Instant {
        Instant::now()
    }

    fn frame(begin: Instant, ms: u64) -> AudioFrame {
        let samples = std::array::from_fn(|i| {
            let t = (ms as f32 * 48.0 + i as f32) / 48_000.0;
            0.5 * (t * 150.0 * std::f32::consts::TAU).sin()
        });
        AudioFrame { samples, captured: begin + Duration::from_millis(ms) }
    }

    #[test]
    fn two_frames_make_a_packet_with_level_voice_and_running_timestamp() {
        let begin = start();
        let mut sender = Sender::new(32_000, u32::MAX - 959).unwrap();
        assert!(sender.push(&frame(begin, 0), false).unwrap().is_none());
        let first = sender.push(&frame(begin, 10), false).unwrap().unwrap();
        assert_eq!((first.timestamp, first.captured), (u32::MAX - 959, begin));
        assert!(first.voice && first.level == 9 && first.data.len() > 10, "{first:?}");
        sender.push(&frame(begin, 20), false).unwrap();
        let second = sender.push(&frame(begin, 30), false).unwrap().unwrap();
        assert_eq!(second.timestamp, 0);
    }

    #[test]
    fn a_gap_in_the_capture_is_a_gap_in_the_timestamps() {
        let begin = start();
        let mut sender = Sender::new(32_000, 0).unwrap();
        let mut stamps = vec![];
        for ms in [0, 10, 20, 30, 1_040, 1_050, 1_060, 1_070] {
            stamps.extend(sender.push(&frame(begin, ms), false).unwrap().map(|p| p.timestamp));
        }
        assert_eq!(stamps, [0, 960, 960 * 52, 960 * 53]);
    }

    #[test]
    fn what_was_skipped_is_a_gap_and_is_never_heard() {
        let begin = start();
        let mut sender = Sender::new(32_000, 0).unwrap();
        let mut packets = vec![];
        for ms in [0, 10, 20] {
            packets.extend(sender.push(&frame(begin, ms), false).unwrap());
        }
        sender.skip();
        for ms in [1_000, 1_010] {
            packets.extend(sender.push(&frame(begin, ms), false).unwrap());
        }
        let stamps: Vec<_> = packets.iter().map(|packet| packet.timestamp).collect();
        assert_eq!(stamps, [0, 960 + 980 * 48]);
        assert_eq!(packets[1].captured, begin + Duration::from_millis(1_000));
    }

    #[test]
    fn a_muted_microphone_announces_the_pause_and_falls_silent() {
        let begin = start();
        let mut sender = Sender::new(32_000, 0).unwrap();
        let mut sizes = vec![];
        let mut last = None;
        for index in 0..120 {
            if let Some(packet) = sender.push(&frame(begin, index * 10), index >= 20).unwrap() {
                sizes.push(packet.data.len());
                last = Some(packet);
            }
        }
        let last = last.unwrap();
        assert!((last.level, last.voice) == (127, false));
        assert!(sizes.iter().filter(|&&size| size == 0).count() > 15, "{sizes:?}");
        assert!(sizes.contains(&1), "announced: {sizes:?}");
    }
}
