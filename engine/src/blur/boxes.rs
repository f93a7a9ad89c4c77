//! Means over square windows, of several planes at once and row by row.

use super::vectorize::vectorize;

/// Half a window.
pub(super) const RADIUS: usize = 3;

/// Rows and columns of a window.
const ROWS: usize = 2 * RADIUS + 1;

/// Means over windows of 7 × 7 places with held edges, for `planes` planes. Only as many rows as a
/// window has are in memory.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    planes: usize,
    width: usize,
    height: usize,
    /// `planes` rows with [`RADIUS`] held values at each end.
    row: Vec<f32>,
    /// Horizontal sums of the rows in a window, and of the one that has just left it, of all planes.
    ring: Vec<f32>,
    sums: Vec<f32>,
    means: Vec<f32>,
}

impl Boxes {
    pub(super) fn new(planes: usize, width: usize, height: usize) -> Boxes {
        Boxes {
            planes,
            width,
            height,
            row: vec![0.0; planes * (width + 2 * RADIUS)],
            ring: vec![0.0; (ROWS + 1) * planes * width],
            sums: vec![0.0; planes * width],
            means: vec![0.0; planes * width],
        }
    }

    /// `fill(y, rows)` puts row `y` of each plane into `rows`; `take(y, means)` gets their means,
    /// plane after plane, for each row in order.
    pub(super) fn run(
        &mut self,
        mut fill: impl FnMut(usize, &mut [&mut [f32]]),
        mut take: impl FnMut(usize, &[f32]),
    ) {
        const MOST: usize = 13;
        let Boxes { planes, width, height, .. } = *self;
        let mut next = 0;
        for y in 0..height {
            while next <= (y + RADIUS).min(height - 1) {
                let mut parts: [&mut [f32]; MOST] = std::array::from_fn(|_| Default::default());
                let held = self.row.chunks_exact_mut(width + 2 * RADIUS);
                for (part, row) in parts.iter_mut().zip(held) {
                    *part = &mut row[RADIUS..RADIUS + width];
                }
                fill(next, &mut parts[..planes]);
                let held = self.row.chunks_exact_mut(width + 2 * RADIUS);
                let sums = &mut self.ring[next % (ROWS + 1) * planes * width..][..planes * width];
                for (row, sum) in held.zip(sums.chunks_exact_mut(width)) {
                    let (left, right) = (row[RADIUS], row[RADIUS + width - 1]);
                    row[..RADIUS].fill(left);
                    row[RADIUS + width..].fill(right);
                    across(row, sum);
                }
                next += 1;
            }
            let ring = |row: usize| {
                let row = row.saturating_sub(RADIUS).min(height - 1) % (ROWS + 1);
                &self.ring[row * planes * width..][..planes * width]
            };
            // The window's first row is y, its last y + ROWS - 1, all held.
            if y == 0 {
                self.sums.fill(0.0);
                for row in 0..ROWS {
                    add(ring(row), &mut self.sums);
                }
            } else {
                exchange(ring(y + ROWS - 1), ring(y - 1), &mut self.sums);
            }
            scale(&self.sums, &mut self.means);
            take(y, &self.means);
        }
    }
}

vectorize! {
    fn across(row: &[f32], sum: &mut [f32]) {
        let width = sum.len();
        let part: [&[f32]; ROWS] = std::array::from_fn(|offset| &row[offset..offset + width]);
        for x in 0..width {
            let pairs = (part[0][x] + part[1][x]) + (part[2][x] + part[3][x]);
            sum[x] = pairs + (part[4][x] + part[5][x]) + part[6][x];
        }
    }

    fn add(row: &[f32], sums: &mut [f32]) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }

    fn exchange(comes: &[f32], leaves: &[f32], sums: &mut [f32]) {
        for ((sum, comes), leaves) in sums.iter_mut().zip(comes).zip(leaves) {
            *sum += comes - leaves;
        }
    }

    fn scale(sums: &[f32], means: &mut [f32]) {
        for (mean, sum) in means.iter_mut().zip(sums) {
            *mean = sum * (1.0 / (ROWS * ROWS) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_hold_the_edges() {
        let (width, height, radius) = (7, 5, RADIUS);
        let value = |plane: usize, x: usize, y: usize| ((plane * 31 + x * 7 + y * 13) % 11) as f32;
        let mut boxes = Boxes::new(2, width, height);
        boxes.run(
            |y, rows| {
                for (plane, row) in rows.iter_mut().enumerate() {
                    for (x, out) in row.iter_mut().enumerate() {
                        *out = value(plane, x, y);
                    }
                }
            },
            |y, means| {
                for plane in 0..2 {
                    for x in 0..width {
                        let mut sum = 0.0;
                        for dy in 0..=2 * radius {
                            for dx in 0..=2 * radius {
                                let x = (x + dx).saturating_sub(radius).min(width - 1);
                                let y = (y + dy).saturating_sub(radius).min(height - 1);
                                sum += value(plane, x, y);
                            }
                        }
                        let mean = means[plane * width + x];
                        assert!((mean - sum / 49.0).abs() < 1e-4, "{plane} {x} {y}: {mean}");
                    }
                }
            },
        );
    }
}
