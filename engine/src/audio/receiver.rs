//! One audio slot's way from RTP packets to 10 ms blocks: jitter buffer, Opus decoder, stretching.

use crate::Result;
use crate::audio::stretch::{self, Care};
use crate::clock::Ntp;
use crate::codec::opus;
use crate::frame::SAMPLES_10_MS;
use crate::jitter_buffer::audio::{Action, AudioJitterBuffer, Counters, Pulled, Stretch};
use crate::transport::RtpPacket;
use std::time::{Duration, Instant};

/// Receives one slot. Pull exactly as many blocks as the device plays: then its clock's drift shows
/// as wrong delay and is stretched away.
#[derive(Debug)]
pub struct Receiver {
    buffer: AudioJitterBuffer,
    decoder: opus::Decoder,
    /// Decoded, not played yet.
    decoded: Vec<f32>,
}

impl Receiver {
    /// A receiver that plays silence until packets come.
    ///
    /// # Errors
    /// [`crate::Error::Codec`] when libopus refuses.
    pub fn new() -> Result<Receiver> {
        let decoded = Vec::with_capacity(2 * opus::MAX_PACKET_SAMPLES);
        Ok(Receiver { buffer: AudioJitterBuffer::new(), decoder: opus::Decoder::new()?, decoded })
    }

    /// Takes a packet that is available from `now` on.
    pub fn insert(&mut self, packet: &RtpPacket, now: Instant) {
        self.buffer.insert(packet, now);
    }

    /// Fills `out` with the next 10 ms. Always succeeds; a damaged packet is concealed.
    pub fn pull(&mut self, now: Instant, out: &mut [f32; SAMPLES_10_MS]) {
        loop {
            let Pulled { action, stretch } = self.buffer.pull(now, self.decoded.len());
            if action == Action::Play {
                break;
            }
            if let Err(error) = self.append(&action) {
                tracing::debug!(%error, "playing silence instead");
                self.decoded.resize(self.decoded.len() + SAMPLES_10_MS, 0.0);
            }
            match stretch {
                Stretch::Keep => 0,
                Stretch::Accelerate => stretch::accelerate(&mut self.decoded, Care::Gentle),
                Stretch::AccelerateFast => stretch::accelerate(&mut self.decoded, Care::Fast),
                Stretch::Expand => stretch::expand(&mut self.decoded, Care::Gentle),
            };
        }
        out.copy_from_slice(&self.decoded[..SAMPLES_10_MS]);
        self.decoded.drain(..SAMPLES_10_MS);
    }

    fn append(&mut self, action: &Action) -> Result<usize> {
        let (decoder, out) = (&mut self.decoder, &mut self.decoded);
        match action {
            Action::Play => Ok(0),
            Action::Decode(payload) => {
                decoder.decode(payload, out).or_else(|_| decoder.conceal(SAMPLES_10_MS, out))
            }
            Action::Recover { next, samples } => decoder.recover(next, *samples, out),
            Action::Conceal { samples } => decoder.conceal(*samples, out),
            Action::ComfortNoise => decoder.conceal(SAMPLES_10_MS, out),
            Action::Silence => {
                out.resize(out.len() + SAMPLES_10_MS, 0.0);
                Ok(SAMPLES_10_MS)
            }
        }
    }

    /// Sets the delay that lip sync asks for, on top of what the network needs; approached gently.
    pub fn set_extra_delay(&mut self, extra: Duration) {
        self.buffer.set_extra_delay(extra);
    }

    /// When the first sample of the last block was captured; `None` in pauses and before a packet
    /// told.
    pub fn captured(&self) -> Option<Ntp> {
        self.buffer.captured()
    }

    /// The delay aimed for.
    pub fn target_delay(&self) -> Duration {
        self.buffer.target_delay()
    }

    /// The delay of what is played now; zero in pauses.
    pub fn current_delay(&self) -> Duration {
        self.buffer.current_delay()
    }

    /// Counters since the start.
    pub fn counters(&self) -> Counters {
        self.buffer.counters()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::PayloadKind;
    use proptest::prelude::*;

    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn start() -> Instant {
        Instant::now()
    }

    #[derive(Debug, Clone)]
    enum Step {
        Insert { sequence: u16, timestamp: u32, payload: Vec<u8>, later_ms: u64 },
        Pull { later_ms: u64 },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let near = prop_oneof![0..60u16, any::<u16>()];
        let payload =
            prop_oneof![
                // Legal shapes of every mode and duration, with rubbish inside.
                (any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40))
                    .prop_map(|(toc, rest)| [vec![toc & !3], rest].concat()),
                proptest::collection::vec(any::<u8>(), 0..20),
            ];
        let insert = (near, prop_oneof![0..60u32, any::<u32>()], payload, 0..40u64).prop_map(
            |(sequence, packets, payload, later_ms)| Step::Insert {
                sequence,
                timestamp: packets.wrapping_mul(960),
                payload,
                later_ms,
            },
        );
        let pull = (0..30u64).prop_map(|later_ms| Step::Pull { later_ms });
        proptest::collection::vec(prop_oneof![insert, pull], 1..150)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn whatever_comes_it_goes_on_playing(steps in steps()) {
            let mut receiver = Receiver::new().unwrap();
            let mut now = start();
            let mut out = [0.0; SAMPLES_10_MS];
            for step in steps {
                match step {
                    Step::Insert { sequence, timestamp, payload, later_ms } => {
                        now += Duration::from_millis(later_ms);
                        let packet = RtpPacket {
                            payload_kind: PayloadKind::Opus,
                            sequence,
                            timestamp,
                            marker: false,
                            payload: payload.into(),
                            captured: Some(Ntp(u64::from(timestamp))),
                            level: None,
                            arrived: now,
                        };
                        receiver.insert(&packet, now);
                    }
                    Step::Pull { later_ms } => {
                        now += Duration::from_millis(later_ms);
                        receiver.pull(now, &mut out);
                        prop_assert!(out.iter().all(|s| s.is_finite()));
                    }
                }
            }
            let counters = receiver.counters();
            prop_assert!(counters.decoded <= counters.packets);
        }
    }
}
