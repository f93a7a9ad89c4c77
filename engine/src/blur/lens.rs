//! The room out of focus, without the person's colours in it.
//!
//! At the guide's size, in linear light: the person is taken out and the hole filled from around
//! it (a pyramid, pulled and pushed: Gortler et al., "The Lumigraph", 1996, section 3.4), then
//! every point becomes a disc, as through a round aperture.

use super::field::{Field, between};
use super::framing::Primaries;
use super::guide::Guide;
use super::vectorize::vectorize;
use crate::frame::ColorSpace;

/// Red, green, blue in linear light, each times the fourth value: how much room the place shows.
type Light = [f32; 4];

/// What filled places count against seen ones.
pub(super) const FILLED: f32 = 0.02;

/// Light that a camera records as 1, against what it records: with the curve
/// `l / (1 − l · (1 − 1 / HIGHLIGHT))` bright points outshine what is around them as they do in a
/// lens, and its inverse gives plain surfaces back as they were.
pub(super) const HIGHLIGHT: f32 = 3.0;

/// A disc's radius against the picture's shorter side, at strength 0 and at 1.
const SUBTLE: f32 = 0.008;
/// See [`SUBTLE`].
const STRONG: f32 = 0.08;

/// The disc's radius in samples of luma.
pub(super) fn radius(strength: f32, size: (usize, usize)) -> f32 {
    let strength = if strength.is_nan() { 1.0 } else { strength.clamp(0.0, 1.0) };
    (SUBTLE + (STRONG - SUBTLE) * strength) * size.0.min(size.1) as f32
}

#[derive(Debug)]
struct Level {
    width: usize,
    height: usize,
    light: Vec<Light>,
}

#[derive(Debug)]
pub(super) struct Lens {
    levels: Vec<Level>,
    /// Running sums of each row, with its edges held on both sides.
    sums: Vec<Light>,
    gathered: Vec<Light>,
    most_down: Vec<f32>,
    most: Vec<f32>,
    /// The room out of focus, at the guide's size: luma 0…1 and colour differences ±½.
    pub(super) planes: [Field; 3],
}

impl Lens {
    pub(super) fn new(width: usize, height: usize) -> Lens {
        let mut levels = vec![];
        let (mut across, mut down) = (width, height);
        loop {
            levels.push(Level {
                width: across,
                height: down,
                light: vec![[0.0; 4]; across * down],
            });
            if across.max(down) <= 2 {
                break;
            }
            (across, down) = (across.div_ceil(2), down.div_ceil(2));
        }
        Lens {
            levels,
            sums: vec![],
            gathered: vec![[0.0; 4]; width * height],
            most_down: vec![0.0; width],
            most: vec![0.0; width],
            planes: std::array::from_fn(|_| Field::new(width, height)),
        }
    }

    /// Blurs the picture of `guide` but for the person in `matte`; `radius` is in places of it.
    pub(super) fn run(&mut self, guide: &Guide, matte: &Field, color: ColorSpace, radius: f32) {
        self.see(guide, matte, color);
        self.fill();
        self.gather(radius);
        let [y, u, v] = &mut self.planes;
        develop(&self.gathered, Primaries::of(color), &mut y.data, &mut u.data, &mut v.data);
    }

    /// The room's light where no person is near.
    fn see(&mut self, guide: &Guide, matte: &Field, color: ColorSpace) {
        let primaries = Primaries::of(color);
        let level = &mut self.levels[0];
        let [y, u, v] = &guide.planes;
        for row in 0..level.height {
            most_of_three(
                matte.row(row.saturating_sub(1)),
                matte.row(row),
                matte.row((row + 1).min(level.height - 1)),
                &mut self.most_down,
            );
            most_across(&self.most_down, &mut self.most);
            let out = &mut level.light[row * level.width..][..level.width];
            expose(y.row(row), u.row(row), v.row(row), &self.most, primaries, out);
        }
    }

    /// Gives every place light: its own as far as it is room, the rest from wider around.
    fn fill(&mut self) {
        for fine in 0..self.levels.len() - 1 {
            let (above, below) = self.levels.split_at_mut(fine + 1);
            pull(&above[fine], &mut below[0]);
        }
        if let Some(coarsest) = self.levels.last_mut() {
            for light in &mut coarsest.light {
                let scale = 1.0 / light[3].max(1e-6);
                *light = [light[0] * scale, light[1] * scale, light[2] * scale, light[3]];
            }
        }
        for fine in (0..self.levels.len() - 1).rev() {
            let (above, below) = self.levels.split_at_mut(fine + 1);
            push(&below[0], &mut above[fine]);
        }
        for light in &mut self.levels[0].light {
            let weight = light[3] + FILLED;
            *light = [light[0] * weight, light[1] * weight, light[2] * weight, weight];
        }
    }

    /// Each place becomes the mean over the disc around it. A row of the disc is a span, and a
    /// span's sum is the difference of two running sums, read between places so that the disc's
    /// rim is soft.
    fn gather(&mut self, radius: f32) {
        let Level { width, height, light } = &self.levels[0];
        let (width, height) = (*width, *height);
        let margin = radius as usize + 3;
        let length = width + 2 * margin + 1;
        self.sums.resize(length * height, [0.0; 4]);
        for (row, sums) in light.chunks_exact(width).zip(self.sums.chunks_exact_mut(length)) {
            let mut sum = [0.0; 4];
            for (i, out) in sums.iter_mut().enumerate() {
                *out = sum;
                let light = row[i.saturating_sub(margin).min(width - 1)];
                for (sum, light) in sum.iter_mut().zip(light) {
                    *sum += light;
                }
            }
        }
        let reach = radius as isize;
        for y in 0..height {
            let out = &mut self.gathered[y * width..][..width];
            out.fill([0.0; 4]);
            for dy in -reach..=reach {
                let from = y.saturating_add_signed(dy).min(height - 1);
                let half = (radius * radius - (dy * dy) as f32).max(0.0).sqrt() + 0.5;
                let sums = &self.sums[from * length..][..length];
                // Place x of the picture begins at running sum x + margin.
                let middle = margin as f32 + 0.5;
                let (right, left) = (middle + half, middle - half);
                span(
                    &sums[left as usize..],
                    left.fract(),
                    &sums[right as usize..],
                    right.fract(),
                    out,
                );
            }
        }
    }
}

/// Means over 2 × 2 places, edges held.
fn pull(fine: &Level, coarse: &mut Level) {
    for y in 0..coarse.height {
        let rows = [2 * y, (2 * y + 1).min(fine.height - 1)];
        for x in 0..coarse.width {
            let columns = [2 * x, (2 * x + 1).min(fine.width - 1)];
            let mut sum = [0.0; 4];
            for row in rows {
                for column in columns {
                    for (sum, light) in sum.iter_mut().zip(fine.light[row * fine.width + column]) {
                        *sum += 0.25 * light;
                    }
                }
            }
            coarse.light[y * coarse.width + x] = sum;
        }
    }
}

/// What a place does not show comes from the coarser level, bilinearly.
fn push(coarse: &Level, fine: &mut Level) {
    let width = fine.width;
    for (y, row) in fine.light.chunks_exact_mut(width).enumerate() {
        let down = between(y, 2, coarse.height);
        let above = &coarse.light[down.first * coarse.width..][..coarse.width];
        let below = &coarse.light[down.second * coarse.width..][..coarse.width];
        for (x, light) in row.iter_mut().enumerate() {
            if light[3] >= 1.0 {
                continue;
            }
            let across = between(x, 2, coarse.width);
            let mix = |row: &[Light]| blend(row[across.first], row[across.second], across.part);
            let wider = blend(mix(above), mix(below), down.part);
            let room = light[3];
            for (light, wider) in light.iter_mut().zip(wider) {
                *light += (1.0 - room) * wider;
            }
            light[3] = room;
        }
    }
}

/// `a + part · (b − a)`.
#[inline(always)]
fn blend(a: Light, b: Light, part: f32) -> Light {
    std::array::from_fn(|i| a[i] + part * (b[i] - a[i]))
}

vectorize! {
    fn most_of_three(above: &[f32], row: &[f32], below: &[f32], out: &mut [f32]) {
        for (((out, above), row), below) in out.iter_mut().zip(above).zip(row).zip(below) {
            *out = above.max(*row).max(*below);
        }
    }

    fn most_across(row: &[f32], out: &mut [f32]) {
        let last = row.len() - 1;
        for (out, near) in out.iter_mut().skip(1).zip(row.windows(3)) {
            *out = near[0].max(near[1]).max(near[2]);
        }
        out[0] = row[0].max(row[1.min(last)]);
        out[last] = row[last].max(row[last.saturating_sub(1)]);
    }

    /// Linear light, near enough for a lens, is the square of the signal.
    fn expose(y: &[f32], u: &[f32], v: &[f32], person: &[f32], to: Primaries, out: &mut [Light]) {
        let width = out.len();
        let (y, u, v, person) = (&y[..width], &u[..width], &v[..width], &person[..width]);
        for x in 0..width {
            let red = (y[x] + to.rv * v[x]).clamp(0.0, 1.0);
            let green = (y[x] - to.gu * u[x] - to.gv * v[x]).clamp(0.0, 1.0);
            let blue = (y[x] + to.bu * u[x]).clamp(0.0, 1.0);
            let room = (1.0 - person[x]) * (1.0 - person[x]);
            let light = |signal: f32| {
                room * signal * signal / (1.0 - signal * signal * (1.0 - 1.0 / HIGHLIGHT))
            };
            out[x] = [light(red), light(green), light(blue), room];
        }
    }

    fn span(left: &[Light], left_part: f32, right: &[Light], right_part: f32, out: &mut [Light]) {
        let width = out.len();
        let (left, next_left) = (&left[..width], &left[1..width + 1]);
        let (right, next_right) = (&right[..width], &right[1..width + 1]);
        for x in 0..width {
            for i in 0..4 {
                let end = right[x][i] + right_part * (next_right[x][i] - right[x][i]);
                let start = left[x][i] + left_part * (next_left[x][i] - left[x][i]);
                out[x][i] += end - start;
            }
        }
    }

    fn develop(light: &[Light], primaries: Primaries, y: &mut [f32], u: &mut [f32], v: &mut [f32]) {
        let count = light.len();
        let (y, u, v) = (&mut y[..count], &mut u[..count], &mut v[..count]);
        for i in 0..count {
            let [red, green, blue, weight] = light[i];
            // The inverse of the curve, of the mean `light / weight`.
            let signal = |light: f32| {
                let light = light.max(0.0);
                (light / (weight + light * (1.0 - 1.0 / HIGHLIGHT))).min(1.0).sqrt()
            };
            let (red, green, blue) = (signal(red), signal(green), signal(blue));
            let luma = primaries.red * red
                + (1.0 - primaries.red - primaries.blue) * green
                + primaries.blue * blue;
            y[i] = luma;
            u[i] = (blue - luma) / primaries.bu;
            v[i] = (red - luma) / primaries.rv;
        }
    }
}
