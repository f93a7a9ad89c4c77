//! Sure places decide unsure ones on the same surface: a recursive edge-preserving filter.
//!
//! Gastal and Oliveira, "Domain Transform for Edge-Aware Image and Video Processing", SIGGRAPH
//! 2011, section 5.2 (recursive filtering), with each value weighted by how sure it is.

use crate::blur::field::Field;
use crate::blur::vectorize::vectorize;

/// Rounds of four directions; each reaches half as far as the one before.
pub(in crate::blur) const ROUNDS: usize = 2;

/// How far, in places, a value spreads over a plain surface.
pub(in crate::blur) const REACH: f32 = 40.0;

/// A colour difference of this much, summed over the planes, is as far as [`REACH`] places.
pub(in crate::blur) const CONTRAST: f32 = 0.05;

/// The answer that says least: below it room, above it person.
pub(in crate::blur) const UNSURE: f32 = 0.4;

/// What the least sure answer counts.
pub(in crate::blur) const LEAST: f32 = 0.02;

#[derive(Debug)]
pub(in crate::blur) struct Domain {
    /// In and out.
    pub(in crate::blur) answer: Field,
    weight: Field,
    /// What passes from a place to the next one on its right, and to the one below it.
    right: Field,
    down: Field,
}

/// Rows that run side by side: their chains of sums do not wait for each other.
const TOGETHER: usize = 8;

impl Domain {
    pub(in crate::blur) fn new((width, height): (usize, usize)) -> Domain {
        let field = || Field::new(width, height);
        Domain { answer: field(), weight: field(), right: field(), down: field() }
    }

    /// Filters [`Domain::answer`] by the colours at the network's size.
    pub(in crate::blur) fn run(&mut self, [y, u, v]: &[Field; 3]) {
        let (width, height) = (self.answer.width, self.answer.height);
        weigh(&mut self.answer.data, &mut self.weight.data);
        let count = y.data.len();
        passage(&y.data, &u.data, &v.data, 1, &mut self.right.data[..count - 1]);
        passage(&y.data, &u.data, &v.data, width, &mut self.down.data[..count - width]);
        for round in 0..ROUNDS {
            if round > 0 {
                square(&mut self.right.data);
                square(&mut self.down.data);
            }
            for top in (0..height).step_by(TOGETHER) {
                self.across(top);
            }
            for y in 1..height {
                self.fall(y - 1, y, y - 1);
            }
            for y in (0..height - 1).rev() {
                self.fall(y + 1, y, y);
            }
        }
        divide(&self.weight.data, &mut self.answer.data);
    }

    /// Row `to` takes from row `from` what passes at row `passage`.
    fn fall(&mut self, from: usize, to: usize, passage: usize) {
        let width = self.answer.width;
        for field in [&mut self.answer, &mut self.weight] {
            let (above, below) = field.data.split_at_mut(from.max(to) * width);
            let (upper, lower) = (&mut above[from.min(to) * width..][..width], &mut below[..width]);
            let (source, target) = if from < to { (upper, lower) } else { (lower, upper) };
            take(source, self.down.row(passage), target);
        }
    }

    /// Rows from `top` on, to the right and back.
    fn across(&mut self, top: usize) {
        let width = self.answer.width;
        let range = top * width..(top + TOGETHER) * width;
        let right = &self.right.data[range.clone()];
        for field in [&mut self.answer, &mut self.weight] {
            let rows = &mut field.data[range.clone()];
            let mut last: [f32; TOGETHER] = std::array::from_fn(|row| rows[row * width]);
            for x in 1..width {
                for (row, last) in last.iter_mut().enumerate() {
                    let at = row * width + x;
                    *last = rows[at] + right[at - 1] * (*last - rows[at]);
                    rows[at] = *last;
                }
            }
            for x in (0..width - 1).rev() {
                for (row, last) in last.iter_mut().enumerate() {
                    let at = row * width + x;
                    *last = rows[at] + right[at] * (*last - rows[at]);
                    rows[at] = *last;
                }
            }
        }
    }
}

/// `e^x` for `x` ≤ 0 to about 1e-5: Cephes' polynomial for 2^f and the exponent's bits.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = (x * std::f32::consts::LOG2_E).max(-100.0);
    let whole = (x - 0.5) as i32;
    let part = x - whole as f32;
    let power = 1.0
        + part
            * (std::f32::consts::LN_2
                + part
                    * (0.240_226_5
                        + part * (0.055_503_3 + part * (0.009_618_4 + part * 0.001_333_6))));
    power * f32::from_bits(((whole + 127) << 23) as u32)
}

/// The reach of the first round's pass: `REACH · √3 · 2^(ROUNDS−1) / √(4^ROUNDS − 1)`.
pub(in crate::blur) const FIRST_REACH: f32 = 40.0 * 1.732_050_8 * 2.0 / 3.872_983_3;

vectorize! {
    /// Makes answers into sums: the answer times its weight.
    fn weigh(answer: &mut [f32], weight: &mut [f32]) {
        for (answer, weight) in answer.iter_mut().zip(weight) {
            let sure = if *answer > UNSURE {
                (*answer - UNSURE) / (1.0 - UNSURE)
            } else {
                (UNSURE - *answer) / UNSURE
            };
            *weight = LEAST + sure * sure;
            *answer *= *weight;
        }
    }

    /// What passes from each place to the one `step` further.
    fn passage(y: &[f32], u: &[f32], v: &[f32], step: usize, out: &mut [f32]) {
        let count = out.len();
        let (next_y, next_u, next_v) = (&y[step..], &u[step..], &v[step..]);
        for i in 0..count.min(next_y.len()).min(next_u.len()).min(next_v.len()) {
            let contrast =
                (next_y[i] - y[i]).abs() + (next_u[i] - u[i]).abs() + (next_v[i] - v[i]).abs();
            let distance = 1.0 + REACH / CONTRAST * contrast;
            out[i] = exp(-std::f32::consts::SQRT_2 / FIRST_REACH * distance);
        }
    }

    fn square(values: &mut [f32]) {
        for value in values {
            *value *= *value;
        }
    }

    fn take(source: &[f32], passage: &[f32], target: &mut [f32]) {
        for ((target, source), passage) in target.iter_mut().zip(source).zip(passage) {
            *target += passage * (source - *target);
        }
    }

    fn divide(weight: &[f32], answer: &mut [f32]) {
        for (answer, weight) in answer.iter_mut().zip(weight) {
            *answer /= weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_exponential_is_one() {
        for i in 0..5_000 {
            let x = -(i as f32) * 0.005;
            assert!((exp(x) - x.exp()).abs() <= 2e-5 * x.exp().max(1e-3), "{x}");
        }
    }

    #[test]
    fn unsure_places_take_the_side_of_their_surface() {
        let size = (256, 144);
        let mut domain = Domain::new(size);
        let mut picture: [Field; 3] = std::array::from_fn(|_| Field::new(size.0, size.1));
        for y in 0..size.1 {
            for x in 0..size.0 {
                picture[0].row_mut(y)[x] = if x < 128 { 0.7 } else { 0.3 };
                domain.answer.row_mut(y)[x] = match x {
                    0..100 => 0.98,
                    100..140 => 0.45,
                    _ => 0.02,
                };
            }
        }
        domain.run(&picture);
        assert!(domain.answer.row(70)[120] > 0.85, "{}", domain.answer.row(70)[120]);
        assert!(domain.answer.row(70)[132] < 0.15, "{}", domain.answer.row(70)[132]);
    }
}
