//! Who is loudest, from the levels that RFC 6464 puts into every audio packet.
//!
//! Two readings of the same levels: a *ranking* that decides who gets the audio slots when there
//! are more microphones than slots, and the *speakers* that the interface highlights. Both have
//! hysteresis: loudness rises fast and falls slowly, somebody overtakes only by a clear margin,
//! and whoever spoke is held for a moment, so that pauses between words move nothing.

use protocol::ParticipantId;
use std::time::{Duration, Instant};

/// Loudness follows a louder level with this time constant …
const ATTACK: Duration = Duration::from_millis(60);
/// … and a quieter one with this.
const RELEASE: Duration = Duration::from_millis(1500);
/// Overtaking in the ranking takes this much more loudness, in dB.
const MARGIN_DB: f32 = 6.0;
/// Speech is louder than this; a quiet room is at about -60 dBov.
const SPEECH_DBOV: f32 = -50.0;
/// A pause between words is shorter than this.
const HOLD: Duration = Duration::from_millis(700);
/// Without a packet for so long somebody is silent: discontinuous transmission sends one packet in
/// 400 ms, a talker one in 20 ms.
const STALE: Duration = Duration::from_millis(120);
/// RFC 6464 calls silence -127 dBov; loudness counts up from there.
const FLOOR_DB: f32 = 127.0;
/// The speakers are reported at most this often.
const REPORT_INTERVAL: Duration = Duration::from_millis(200);

#[derive(Debug)]
struct Voice {
    participant: ParticipantId,
    /// Smoothed, in dB above silence.
    loudness: f32,
    updated_at: Instant,
    heard_at: Instant,
    spoke_at: Option<Instant>,
}

impl Voice {
    fn follow(&mut self, level: f32, now: Instant) {
        let elapsed = now.saturating_duration_since(self.updated_at).as_secs_f32();
        let constant = if level > self.loudness { ATTACK } else { RELEASE };
        let share = 1.0 - (-elapsed / constant.as_secs_f32()).exp();
        self.loudness += (level - self.loudness) * share;
        self.updated_at = now;
    }

    fn speaks(&self, now: Instant) -> bool {
        self.spoke_at.is_some_and(|at| now.saturating_duration_since(at) < HOLD)
    }
}

/// Everybody's loudness in one room.
#[derive(Debug, Default)]
pub struct Voices {
    /// Loudest first, with hysteresis.
    ranking: Vec<Voice>,
    reported: Vec<ParticipantId>,
    reported_at: Option<Instant>,
}

impl Voices {
    /// A packet of somebody's microphone. `level_dbov` is 0 (loudest) to -127.
    pub fn heard(&mut self, participant: ParticipantId, level_dbov: i8, now: Instant) {
        let loudness = (FLOOR_DB + f32::from(level_dbov)).clamp(0.0, FLOOR_DB);
        let voice = match self.ranking.iter_mut().find(|v| v.participant == participant) {
            Some(voice) => voice,
            None => {
                self.ranking.push(Voice {
                    participant,
                    loudness: 0.0,
                    updated_at: now,
                    heard_at: now,
                    spoke_at: None,
                });
                let last = self.ranking.len() - 1;
                &mut self.ranking[last]
            }
        };
        voice.follow(loudness, now);
        voice.heard_at = now;
        // The packet itself as well: smoothed loudness outlasts a word by seconds.
        if voice.loudness.min(loudness) - FLOOR_DB >= SPEECH_DBOV {
            voice.spoke_at = Some(now);
        }
    }

    /// Somebody left, or may no longer be heard.
    pub fn forget(&mut self, participant: ParticipantId) {
        self.ranking.retain(|voice| voice.participant != participant);
    }

    /// Lets loudness fall where no packets come, and reorders; says whether the order changed.
    pub fn update(&mut self, now: Instant) -> bool {
        for voice in &mut self.ranking {
            if now.saturating_duration_since(voice.heard_at) > STALE {
                voice.follow(0.0, now);
            }
        }
        let mut changed = false;
        // Insertion sort, except that a voice passes another only by the margin.
        for from in 1..self.ranking.len() {
            let mut at = from;
            while at > 0 && self.ranking[at].loudness > self.ranking[at - 1].loudness + MARGIN_DB {
                self.ranking.swap(at, at - 1);
                at -= 1;
                changed = true;
            }
        }
        changed
    }

    /// Everybody who was ever heard, loudest first.
    pub fn ranking(&self) -> impl Iterator<Item = ParticipantId> + '_ {
        self.ranking.iter().map(|voice| voice.participant)
    }

    /// Who speaks now, loudest first and at most `limit`, if that changed since it was last told.
    pub fn changed_speakers(&mut self, limit: usize, now: Instant) -> Option<Vec<ParticipantId>> {
        let recent = |at: Instant| now.saturating_duration_since(at) < REPORT_INTERVAL;
        if self.reported_at.is_some_and(recent) {
            return None;
        }
        let speaking = self.ranking.iter().filter(|voice| voice.speaks(now));
        let speakers: Vec<_> = speaking.map(|voice| voice.participant).take(limit).collect();
        if speakers == self.reported {
            return None;
        }
        self.reported_at = Some(now);
        self.reported.clone_from(&speakers);
        Some(speakers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ParticipantId = ParticipantId(1);
    const B: ParticipantId = ParticipantId(2);
    const PACKET: Duration = Duration::from_millis(20);

    struct Talk {
        voices: Voices,
        now: Instant,
        told: Vec<(Duration, Vec<ParticipantId>)>,
        start: Instant,
    }

    impl Talk {
        fn new() -> Talk {
            #[expect(clippy::disallowed_methods, reason = "any moment will do as an origin")]
            let now = Instant::now();
            Talk { voices: Voices::default(), now, told: Vec::new(), start: now }
        }

        /// Everybody sends a packet every 20 ms at the given level.
        fn run(&mut self, time: Duration, levels: &[(ParticipantId, i8)]) {
            let end = self.now + time;
            while self.now < end {
                self.now += PACKET;
                for (who, level) in levels {
                    self.voices.heard(*who, *level, self.now);
                }
                self.voices.update(self.now);
                if let Some(speakers) = self.voices.changed_speakers(5, self.now) {
                    self.told.push((self.now - self.start, speakers));
                }
            }
        }

        fn first(&self) -> ParticipantId {
            self.voices.ranking().next().unwrap()
        }
    }

    #[test]
    fn somebody_who_starts_to_speak_is_first_within_a_fifth_of_a_second() {
        let mut talk = Talk::new();
        talk.run(Duration::from_secs(1), &[(A, -70), (B, -70)]);
        assert_eq!(talk.first(), A);
        talk.run(Duration::from_millis(200), &[(A, -70), (B, -25)]);
        assert_eq!(talk.first(), B);
        let (at, who) = talk.told.last().unwrap();
        assert_eq!(who, &[B]);
        assert!(*at < Duration::from_millis(1200), "told after {at:?}");
    }

    #[test]
    fn two_who_speak_equally_loud_do_not_swap_places() {
        let mut talk = Talk::new();
        talk.run(Duration::from_millis(500), &[(A, -30), (B, -30)]);
        let told = talk.told.len();
        for round in 0..50 {
            let (a, b) = if round % 2 == 0 { (-28, -33) } else { (-33, -28) };
            talk.run(Duration::from_millis(100), &[(A, a), (B, b)]);
            assert_eq!(talk.first(), A);
        }
        assert_eq!(talk.told.len(), told, "{:?}", talk.told);
    }

    #[test]
    fn pauses_between_words_are_not_told() {
        let mut talk = Talk::new();
        for _ in 0..10 {
            talk.run(Duration::from_millis(300), &[(A, -25)]);
            talk.run(Duration::from_millis(300), &[(A, -90)]);
        }
        assert_eq!(talk.told.iter().map(|(_, who)| who.clone()).collect::<Vec<_>>(), [vec![A]]);
    }

    #[test]
    fn a_word_thrown_in_is_told_for_less_than_one_and_a_half_seconds() {
        for level in [-10, -25, -40] {
            let mut talk = Talk::new();
            talk.run(Duration::from_secs(2), &[(A, -60)]);
            talk.run(Duration::from_millis(500), &[(A, level)]);
            talk.run(Duration::from_secs(5), &[(A, -60)]);
            let [(from, who), (to, nobody)] = &talk.told[..] else { panic!("{:?}", talk.told) };
            assert_eq!((&who[..], &nobody[..]), (&[A][..], &[][..]));
            assert!(*to - *from < Duration::from_millis(1500), "{level} dBov: {from:?} to {to:?}");
        }
    }

    #[test]
    fn speech_over_noise_stays_told_through_the_pauses_between_its_words() {
        let mut talk = Talk::new();
        talk.run(Duration::from_secs(2), &[(A, -60)]);
        for word in 0..20 {
            let level = if word % 3 == 0 { -38 } else { -28 };
            talk.run(Duration::from_millis(250), &[(A, level)]);
            talk.run(Duration::from_millis(300), &[(A, -60)]);
        }
        assert_eq!(talk.told.iter().map(|(_, who)| who.clone()).collect::<Vec<_>>(), [vec![A]]);
    }

    #[test]
    fn silence_is_told_once_even_when_packets_stop() {
        let mut talk = Talk::new();
        talk.run(Duration::from_secs(1), &[(A, -25)]);
        talk.run(Duration::from_secs(3), &[]);
        let told: Vec<_> = talk.told.iter().map(|(_, who)| who.clone()).collect();
        assert_eq!(told, [vec![A], vec![]]);
    }

    #[test]
    fn speakers_are_told_at_most_five_times_a_second() {
        let mut talk = Talk::new();
        for n in 0..100 {
            let level = if n % 2 == 0 { -20 } else { -127 };
            talk.run(Duration::from_millis(40), &[(ParticipantId(n % 7), level)]);
        }
        let times: Vec<_> = talk.told.iter().map(|(at, _)| *at).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= REPORT_INTERVAL), "{times:?}");
    }

    #[test]
    fn a_single_click_does_not_take_a_place() {
        let mut talk = Talk::new();
        talk.run(Duration::from_secs(1), &[(A, -30), (B, -80)]);
        talk.run(PACKET, &[(A, -30), (B, -10)]);
        talk.run(Duration::from_millis(200), &[(A, -30), (B, -80)]);
        assert_eq!(talk.first(), A);
    }
}
