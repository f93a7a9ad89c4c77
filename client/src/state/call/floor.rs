//! Who has the floor: the speaker whom the stage follows by itself.
//!
//! The loudest voice changes several times a second; a stage that followed it would flicker. So a
//! newcomer must be the loudest for [`TAKE_S`] with no pause longer than [`PAUSE_S`], and whoever
//! stands on the stage stays there for [`KEEP_S`] at least. Silence changes nothing.

use protocol::ParticipantId;

/// A newcomer is the loudest this long before the stage turns to them, seconds.
pub const TAKE_S: f64 = 1.0;
/// A pause between words that does not break a newcomer's claim, seconds.
pub const PAUSE_S: f64 = 0.5;
/// Whoever came on the stage stays at least this long, seconds.
pub const KEEP_S: f64 = 3.0;
/// Speakers remembered for the order of the small pictures.
const RECENT: usize = 8;

/// Somebody who is heard instead of the holder.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rival {
    id: ParticipantId,
    since: f64,
    /// When they fell silent; `None` while they are heard.
    silent: Option<f64>,
}

/// Who has the floor. Times are seconds as in [`Now::seconds`](crate::state::Now::seconds).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Floor {
    holder: Option<ParticipantId>,
    since: f64,
    rival: Option<Rival>,
    /// Who had the floor, newest first, the holder included.
    recent: Vec<ParticipantId>,
}

impl Floor {
    /// Who has it.
    pub fn holder(&self) -> Option<ParticipantId> {
        self.holder
    }

    /// Who had it, newest first; the holder stands at the front.
    pub fn recent(&self) -> &[ParticipantId] {
        &self.recent
    }

    /// The loudest of the others is `loudest` from now on, `None` while all are silent.
    pub fn heard(&mut self, loudest: Option<ParticipantId>, now_s: f64) {
        self.settle(now_s);
        match (loudest, self.holder, &mut self.rival) {
            (Some(id), None, _) => self.give(id, now_s),
            (Some(id), Some(holder), _) if id == holder => self.rival = None,
            (Some(id), _, Some(rival))
                if rival.id == id && rival.silent.is_none_or(|since| now_s - since <= PAUSE_S) =>
            {
                rival.silent = None;
            }
            (Some(id), ..) => self.rival = Some(Rival { id, since: now_s, silent: None }),
            (None, _, Some(rival)) => rival.silent = rival.silent.or(Some(now_s)),
            (None, _, None) => {}
        }
    }

    /// Lets time pass. Gives the seconds until the floor may change hands without another event.
    pub fn settle(&mut self, now_s: f64) -> Option<f64> {
        let rival = self.rival?;
        if rival.silent.is_some() {
            return None;
        }
        let due = (rival.since + TAKE_S).max(self.since + KEEP_S);
        if now_s < due {
            return Some(due - now_s);
        }
        // The moment counts at which it was due, whenever somebody looks.
        self.give(rival.id, due);
        None
    }

    /// Keeps only those of whom `here` is true.
    pub fn retain(&mut self, here: impl Fn(ParticipantId) -> bool) {
        self.holder = self.holder.filter(|id| here(*id));
        self.rival = self.rival.filter(|rival| here(rival.id));
        self.recent.retain(|id| here(*id));
    }

    fn give(&mut self, id: ParticipantId, now_s: f64) {
        self.holder = Some(id);
        self.since = now_s;
        self.rival = None;
        self.recent.retain(|before| *before != id);
        self.recent.insert(0, id);
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ParticipantId = ParticipantId(1);
    const B: ParticipantId = ParticipantId(2);
    const C: ParticipantId = ParticipantId(3);

    /// Plays `events` and gives who has the floor at each of `moments`.
    fn play(events: &[(f64, Option<ParticipantId>)], moments: &[f64]) -> Vec<u32> {
        let mut floor = Floor::default();
        let mut events = events.iter().peekable();
        let mut seen = Vec::new();
        for moment in moments {
            while let Some((at, loudest)) = events.next_if(|(at, _)| at <= moment) {
                floor.heard(*loudest, *at);
            }
            floor.settle(*moment);
            seen.push(floor.holder().map_or(0, |id| id.0));
        }
        seen
    }

    #[test]
    fn the_first_voice_takes_an_empty_stage_at_once() {
        assert_eq!(play(&[(1.0, Some(A))], &[0.9, 1.0]), [0, 1]);
    }

    #[test]
    fn a_cough_does_not_turn_the_stage_and_a_sentence_does() {
        let events = [
            (0.0, Some(A)),
            (10.0, Some(B)),
            (10.4, None),
            (11.5, Some(A)),
            (20.0, Some(B)),
            (20.4, None),
            (20.7, Some(B)),
            (22.0, None),
        ];
        assert_eq!(play(&events, &[10.3, 11.4, 12.0, 20.9, 21.1, 40.0]), [1, 1, 1, 1, 2, 2]);
    }

    #[test]
    fn who_came_on_the_stage_stays_for_a_while() {
        let events = [(0.0, Some(A)), (10.0, Some(B)), (11.2, Some(C))];
        assert_eq!(play(&events, &[11.1, 12.3, 13.9, 14.0]), [2, 2, 2, 3]);
    }

    #[test]
    fn two_who_talk_at_once_do_not_make_it_flicker() {
        let mut events = vec![(0.0, Some(A))];
        for step in 0..40 {
            let who = if step % 2 == 0 { B } else { A };
            events.push((5.0 + f64::from(step) * 0.3, Some(who)));
        }
        let moments: Vec<f64> = (0..40).map(|step| 5.1 + f64::from(step) * 0.3).collect();
        assert!(play(&events, &moments).iter().all(|who| *who == 1));
    }

    #[test]
    fn a_long_pause_starts_the_claim_anew() {
        let events = [(0.0, Some(A)), (10.0, Some(B)), (10.8, None), (11.5, Some(B))];
        assert_eq!(play(&events, &[12.4, 12.5]), [1, 2]);
    }

    #[test]
    fn who_left_has_no_floor_and_the_order_of_speakers_is_kept() {
        let mut floor = Floor::default();
        floor.heard(Some(A), 0.0);
        floor.heard(Some(B), 10.0);
        assert_eq!(floor.settle(10.5), Some(0.5));
        floor.heard(Some(C), 20.0);
        floor.settle(21.0);
        assert_eq!(floor.recent(), [C, B, A]);
        floor.retain(|id| id != C);
        assert_eq!((floor.holder(), floor.recent()), (None, &[B, A][..]));
    }
}
