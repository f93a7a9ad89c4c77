//! Which pictures to ask the hub for: those on show, at the lines they truly have. Small changes
//! and passing ones are not worth a message.

use protocol::{MediaSource, ParticipantId, Watch};

/// A changed wish must stand this long, seconds: a window being dragged asks once, at the end.
const SETTLE_S: f64 = 0.15;

/// Lines are rounded up to one of these: no sender has layers in between.
const STEPS: [u32; 8] = [90, 180, 270, 360, 540, 720, 1080, 2160];

/// One picture on show. `size_px` is the tile's size in physical pixels.
pub fn wish(participant: ParticipantId, source: MediaSource, size_px: egui::Vec2) -> Watch {
    // A tile wider than 16:9 crops the picture's top and bottom, so it needs more lines than it
    // has.
    let lines = size_px.y.max(size_px.x * 9.0 / 16.0).round() as u32;
    let max_lines = STEPS.into_iter().find(|step| *step >= lines).unwrap_or(STEPS[7]);
    Watch { participant, source, max_lines }
}

/// What was asked for, and what may be asked next.
#[derive(Debug, Default)]
pub struct Wishes {
    sent: Vec<Watch>,
    next: Option<(Vec<Watch>, f64)>,
}

impl Wishes {
    /// Takes what this frame showed; gives the wish to send now, if any. `None` is also the answer
    /// while a change settles: [`Wishes::wait`] says how long to sleep at most.
    pub fn update(&mut self, now_s: f64, seen: Vec<Watch>) -> Option<Vec<Watch>> {
        if seen == self.sent {
            self.next = None;
            return None;
        }
        let since = match &self.next {
            Some((next, since)) if *next == seen => *since,
            _ => now_s,
        };
        if now_s - since >= SETTLE_S {
            self.next = None;
            self.sent.clone_from(&seen);
            return Some(seen);
        }
        self.next = Some((seen, since));
        None
    }

    /// Seconds until a settling change may go out.
    pub fn wait(&self, now_s: f64) -> Option<f64> {
        self.next.as_ref().map(|(_, since)| (since + SETTLE_S - now_s).max(0.0))
    }

    /// Forgets what was asked for: the connection is a new one.
    pub fn reset(&mut self) {
        *self = Wishes::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    fn camera(id: u32, height: f32) -> Watch {
        wish(ParticipantId(id), MediaSource::Camera, vec2(height * 16.0 / 9.0, height))
    }

    #[test]
    fn a_wish_goes_out_once_and_again_only_when_it_changed() {
        let mut wishes = Wishes::default();
        assert_eq!(wishes.update(0.0, vec![camera(1, 300.0)]), None);
        assert!(wishes.wait(0.0).is_some());
        assert_eq!(wishes.update(0.2, vec![camera(1, 310.0)]), Some(vec![camera(1, 360.0)]));
        assert_eq!(wishes.update(0.3, vec![camera(1, 330.0)]), None);
        assert_eq!(wishes.wait(0.3), None);
    }

    #[test]
    fn a_change_that_passes_is_never_sent() {
        let mut wishes = Wishes::default();
        wishes.update(0.0, vec![camera(1, 300.0)]);
        wishes.update(1.0, vec![camera(1, 300.0)]);
        assert_eq!(wishes.update(2.0, vec![camera(2, 300.0)]), None);
        assert_eq!(wishes.update(2.1, vec![camera(1, 300.0)]), None);
        assert_eq!(wishes.update(9.0, vec![camera(1, 300.0)]), None);
    }

    #[test]
    fn a_window_being_dragged_asks_at_the_end_only() {
        let mut wishes = Wishes::default();
        let mut sent = 0;
        for step in 0..30 {
            let height = if step % 2 == 0 { 100.0 } else { 400.0 };
            sent += usize::from(
                wishes.update(f64::from(step) * 0.016, vec![camera(1, height)]).is_some(),
            );
        }
        assert_eq!(sent, 0);
        assert!(wishes.update(0.5, vec![camera(1, 400.0)]).is_none());
        assert!(wishes.update(0.66, vec![camera(1, 400.0)]).is_some());
    }

    #[test]
    fn nothing_on_show_takes_the_wish_back() {
        let mut wishes = Wishes::default();
        wishes.update(0.0, vec![camera(1, 300.0)]);
        wishes.update(1.0, vec![camera(1, 300.0)]);
        wishes.update(2.0, vec![]);
        assert_eq!(wishes.update(3.0, vec![]), Some(vec![]));
    }

    #[test]
    fn lines_round_up_to_a_layer_and_wide_tiles_need_more() {
        assert_eq!(camera(1, 181.0).max_lines, 270);
        assert_eq!(camera(1, 5000.0).max_lines, 2160);
        let wide = wish(ParticipantId(1), MediaSource::Camera, vec2(1280.0, 360.0));
        assert_eq!(wide.max_lines, 720);
    }
}
