//! The picture at the size of the refinement, and where it has changed.

use super::field::Field;
use super::framing::Levels;
use super::vectorize::vectorize;
use crate::frame::{ColorSpace, Planes};

/// Lines of the guide that a picture's shorter side should have, about.
const LINES: f32 = 180.0;

/// Half the window over which a place's change is looked for.
pub(super) const REACH: usize = 2;

/// How many picture samples make one place of the guide, each way: even, so that whole chroma
/// samples do.
pub(super) fn factor(width: usize, height: usize) -> usize {
    let shorter = width.min(height) as f32;
    2 * ((shorter / (2.0 * LINES)).round() as usize).max(1)
}

/// Luma 0…1 and colour differences ±½ at the guide's size, and the change since the frame before.
#[derive(Debug)]
pub(super) struct Guide {
    pub(super) factor: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) planes: [Field; 3],
    before: [Field; 3],
    /// How much each place has changed, whole-picture changes of exposure left out: the sum over
    /// the planes, the most within [`REACH`].
    pub(super) change: Field,
    change_here: Field,
    change_across: Field,
    sums: Vec<u32>,
    fresh: bool,
}

impl Guide {
    pub(super) fn new(width: usize, height: usize, factor: usize) -> Guide {
        let (width, height) = (width.div_ceil(factor), height.div_ceil(factor));
        let field = || Field::new(width, height);
        Guide {
            factor,
            width,
            height,
            planes: std::array::from_fn(|_| field()),
            before: std::array::from_fn(|_| field()),
            change: field(),
            change_here: field(),
            change_across: field(),
            sums: vec![],
            fresh: true,
        }
    }

    /// Takes the next picture, `size` samples of luma large. Everything has changed in the first.
    pub(super) fn update(&mut self, planes: &Planes, color: ColorSpace, size: (usize, usize)) {
        std::mem::swap(&mut self.planes, &mut self.before);
        let levels = Levels::of(color);
        let half = (size.0.div_ceil(2), size.1.div_ceil(2));
        let Guide { factor, sums, planes: [y, u, v], .. } = self;
        shrink(&planes.y, size, *factor, levels.black, levels.luma, sums, y);
        shrink(&planes.u, half, *factor / 2, 128.0, levels.chroma, sums, u);
        shrink(&planes.v, half, *factor / 2, 128.0, levels.chroma, sums, v);
        if std::mem::take(&mut self.fresh) {
            self.change.data.fill(f32::INFINITY);
        } else {
            self.compare();
        }
    }

    fn compare(&mut self) {
        let count = (self.width * self.height) as f32;
        self.change.data.fill(0.0);
        for (now, before) in self.planes.iter().zip(&self.before) {
            let drift = total_difference(&now.data, &before.data) / count;
            difference(&now.data, &before.data, drift, &mut self.change_here.data);
            // The mean over 3 × 3 places takes the sensor's noise out.
            for y in 0..self.height {
                let row = |y: usize| self.change_here.row(y);
                let (above, below) = (row(y.saturating_sub(1)), row((y + 1).min(self.height - 1)));
                sum_of_three(above, row(y), below, self.change_across.row_mut(y));
            }
            for y in 0..self.height {
                add_smooth(self.change_across.row(y), self.change.row_mut(y));
            }
        }
        for y in 0..self.height {
            most_across(self.change.row(y), self.change_across.row_mut(y));
        }
        for y in 0..self.height {
            let out = self.change.row_mut(y);
            out.fill(0.0);
            for near in y.saturating_sub(REACH)..=(y + REACH).min(self.height - 1) {
                most(self.change_across.row(near), out);
            }
        }
    }
}

/// The sum of `now − before`, in sixteen lanes.
fn total_difference(now: &[f32], before: &[f32]) -> f32 {
    let mut lanes = [0.0; 16];
    add_differences(now, before, &mut lanes);
    lanes.iter().sum()
}

/// Means over `factor` × `factor` samples, fewer at the right and lower edges.
pub(super) fn shrink(
    samples: &[u8],
    size: (usize, usize),
    factor: usize,
    black: f32,
    gain: f32,
    sums: &mut Vec<u32>,
    out: &mut Field,
) {
    // A chroma plane of an odd picture may lack the last place's samples: hold the edge.
    for y in 0..out.height {
        let top = (y * factor).min(size.1 - 1);
        let rows = factor.min(size.1 - top);
        sums.clear();
        sums.resize(size.0, 0);
        for row in top..top + rows {
            add_row(&samples[row * size.0..][..size.0], sums);
        }
        let line = out.row_mut(y);
        let scale = gain / (rows * factor) as f32;
        let whole = size.0 / factor;
        mean_across(sums, factor, scale, black * gain, &mut line[..whole]);
        for (x, value) in line.iter_mut().enumerate().skip(whole) {
            let left = (x * factor).min(size.0 - 1);
            let sums = &sums[left..(left + factor).min(size.0)];
            let sum: u32 = sums.iter().sum();
            *value = sum as f32 * gain / (rows * sums.len()) as f32 - black * gain;
        }
    }
}

vectorize! {
    fn add_row(samples: &[u8], sums: &mut [u32]) {
        for (sum, sample) in sums.iter_mut().zip(samples) {
            *sum += u32::from(*sample);
        }
    }

    fn mean_across(sums: &[u32], factor: usize, scale: f32, black: f32, out: &mut [f32]) {
        if factor == 4 {
            for (out, sums) in out.iter_mut().zip(sums.chunks_exact(4)) {
                *out = (sums[0] + sums[1] + sums[2] + sums[3]) as f32 * scale - black;
            }
        } else if factor == 2 {
            for (out, sums) in out.iter_mut().zip(sums.chunks_exact(2)) {
                *out = (sums[0] + sums[1]) as f32 * scale - black;
            }
        } else {
            for (out, sums) in out.iter_mut().zip(sums.chunks_exact(factor)) {
                *out = sums.iter().sum::<u32>() as f32 * scale - black;
            }
        }
    }

    fn add_differences(now: &[f32], before: &[f32], lanes: &mut [f32; 16]) {
        for (now, before) in now.chunks(16).zip(before.chunks(16)) {
            for ((lane, now), before) in lanes.iter_mut().zip(now).zip(before) {
                *lane += now - before;
            }
        }
    }

    fn difference(now: &[f32], before: &[f32], drift: f32, out: &mut [f32]) {
        for ((out, now), before) in out.iter_mut().zip(now).zip(before) {
            *out = now - before - drift;
        }
    }

    fn sum_of_three(above: &[f32], row: &[f32], below: &[f32], out: &mut [f32]) {
        for (((out, above), row), below) in out.iter_mut().zip(above).zip(row).zip(below) {
            *out = above + row + below;
        }
    }

    fn add_smooth(row: &[f32], out: &mut [f32]) {
        let last = row.len() - 1;
        let at_edge = |x: usize| row[x.saturating_sub(1)] + row[x] + row[(x + 1).min(last)];
        out[0] += at_edge(0).abs() / 9.0;
        if last > 0 {
            out[last] += at_edge(last).abs() / 9.0;
        }
        if last > 1 {
            for (out, near) in out[1..last].iter_mut().zip(row.windows(3)) {
                *out += (near[0] + near[1] + near[2]).abs() / 9.0;
            }
        }
    }

    fn most_across(row: &[f32], out: &mut [f32]) {
        out.copy_from_slice(row);
        for reach in 1..=REACH.min(row.len() - 1) {
            let width = row.len() - reach;
            for (out, value) in out[reach..].iter_mut().zip(&row[..width]) {
                *out = out.max(*value);
            }
            for (out, value) in out[..width].iter_mut().zip(&row[reach..]) {
                *out = out.max(*value);
            }
        }
    }

    fn most(row: &[f32], out: &mut [f32]) {
        for (out, value) in out.iter_mut().zip(row) {
            *out = out.max(*value);
        }
    }
}
