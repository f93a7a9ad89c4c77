//! The network's answers over time: followed at once where the picture moves, slowly and only for
//! good reason where it is still.

use super::smooth_step;
use crate::blur::field::Field;
use crate::blur::framing::Framing;
use crate::blur::guide::Guide;
use crate::blur::vectorize::vectorize;

/// Change of the guide below which a place counts as still, and above which as moving.
pub(in crate::blur) const STILL: f32 = 0.012;
/// See [`STILL`].
pub(in crate::blur) const MOVING: f32 = 0.04;

/// How much of a new answer a still place takes.
pub(in crate::blur) const RATE: f32 = 0.15;

/// What a new answer must differ by to move a still place at all.
pub(in crate::blur) const DEAD_BAND: f32 = 0.06;

#[derive(Debug)]
pub(in crate::blur) struct Steady {
    pub(in crate::blur) answer: Field,
    /// The most change since the last answer, at the network's size.
    change: Field,
    across: Vec<Near>,
    down: Vec<Near>,
}

/// Neighbours in the guide of a place at the network's size.
#[derive(Debug, Clone, Copy)]
pub(in crate::blur) struct Near {
    first: usize,
    second: usize,
    part: f32,
}

impl Near {
    /// Neighbours of `place` in a row of places from `low` to `high`.
    pub(in crate::blur) fn at(place: f32, low: usize, high: usize) -> Near {
        let place = place.clamp(low as f32, high as f32);
        let first = place as usize;
        Near { first, second: (first + 1).min(high), part: place - first as f32 }
    }

    /// Bilinear.
    #[inline(always)]
    pub(in crate::blur) fn sample(field: &Field, x: Near, y: Near) -> f32 {
        let row = |y: usize| {
            let row = field.row(y);
            row[x.first] + x.part * (row[x.second] - row[x.first])
        };
        let above = row(y.first);
        above + y.part * (row(y.second) - above)
    }
}

impl Steady {
    pub(in crate::blur) fn new(size: (usize, usize), framing: Framing, guide: &Guide) -> Steady {
        let (width, height) = framing.model.size();
        // From the middle of a place of the network over the picture to the guide.
        let near = |room: usize, edge: usize, inner: usize, samples: usize, places: usize| {
            let scale = samples as f32 / inner as f32 / guide.factor as f32;
            (0..room)
                .map(|i| Near::at((i as f32 + 0.5 - edge as f32) * scale - 0.5, 0, places - 1))
                .collect()
        };
        Steady {
            answer: Field::new(width, height),
            change: Field::new(width, height),
            across: near(width, framing.x, framing.width, size.0, guide.width),
            down: near(height, framing.y, framing.height, size.1, guide.height),
        }
    }

    /// Once a picture: remembers the most change since the last answer.
    pub(in crate::blur) fn watch(&mut self, guide: &Guide) {
        for (y, down) in self.down.iter().enumerate() {
            for (most, across) in self.change.row_mut(y).iter_mut().zip(&self.across) {
                *most = most.max(sample_change(&guide.change, *across, *down));
            }
        }
    }

    /// Takes the network's answer.
    pub(in crate::blur) fn follow(&mut self, answer: &[f32]) {
        if answer.iter().all(|value| value.is_finite()) {
            follow(answer, &self.change.data, &mut self.answer.data);
        } else {
            self.answer.data.fill(0.0);
        }
        self.change.data.fill(0.0);
    }
}

/// The largest of the four neighbours, so that the unbounded change of a first picture stays so.
#[inline(always)]
fn sample_change(change: &Field, x: Near, y: Near) -> f32 {
    let most = |y: usize| change.row(y)[x.first].max(change.row(y)[x.second]);
    most(y.first).max(most(y.second))
}

vectorize! {
    fn follow(answer: &[f32], change: &[f32], steady: &mut [f32]) {
        for ((steady, answer), change) in steady.iter_mut().zip(answer).zip(change) {
            let moving = smooth_step(STILL, MOVING, *change);
            let difference = answer - *steady;
            let beyond = (difference.abs() - DEAD_BAND * (1.0 - moving)).max(0.0);
            *steady += (RATE + (1.0 - RATE) * moving) * beyond.copysign(difference);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady() -> (Steady, Guide) {
        let size = (1280, 720);
        let guide = Guide::new(size.0, size.1, 4);
        (Steady::new(size, Framing::of(size.0, size.1), &guide), guide)
    }

    #[test]
    fn moving_places_follow_at_once_and_still_ones_for_good_reason() {
        let (mut steady, mut guide) = steady();
        guide.change.data.fill(f32::INFINITY);
        steady.watch(&guide);
        steady.follow(&vec![0.75; 256 * 144]);
        assert_eq!(steady.answer.data[0], 0.75, "the first answer counts in full");
        guide.change.data.fill(0.0);
        steady.watch(&guide);
        steady.follow(&vec![0.7; 256 * 144]);
        assert_eq!(steady.answer.data[0], 0.75, "a still place does not follow a whim");
        steady.follow(&vec![0.25; 256 * 144]);
        let next = steady.answer.data[0];
        assert!(next < 0.75 && next > 0.6, "it follows a change of mind, slowly: {next}");
    }

    #[test]
    fn an_answer_that_is_no_number_is_nobody() {
        let (mut steady, mut guide) = steady();
        guide.change.data.fill(f32::INFINITY);
        steady.watch(&guide);
        steady.follow(&vec![1.0; 256 * 144]);
        let mut broken = vec![1.0; 256 * 144];
        broken[7] = f32::NAN;
        steady.follow(&broken);
        assert!(steady.answer.data.iter().all(|value| *value == 0.0));
    }
}
