//! Where the guided filter's lines leave no doubt, whatever the samples: most of a picture.

use super::apply::{PERSON, ROOM};
use crate::blur::field::{Between, Field, between};
use crate::blur::vectorize::vectorize;

/// Samples of luma in a row that are decided together.
pub(super) const TILE: usize = 64;

/// All room, whatever the samples.
pub(super) const ALL_ROOM: u8 = 1;
/// All person.
pub(super) const ALL_PERSON: u8 = 2;

/// Values that luma can have, limited range's headroom included, and colour differences.
const LUMA: (f32, f32) = (-0.08, 1.1);
/// See [`LUMA`].
const CHROMA: f32 = 0.58;

#[derive(Debug)]
pub(super) struct Tiles {
    pub(super) columns: usize,
    factor: usize,
    low: Field,
    high: Field,
    /// For each row of the guide and tile: what all its places agree on.
    here: Vec<u8>,
    /// And those of the rows beside it.
    around: Vec<u8>,
    /// Whether anything within reach of the colours' spreading is in doubt.
    doubt: Vec<bool>,
}

impl Tiles {
    pub(super) fn new(width: usize, guide: (usize, usize), factor: usize) -> Tiles {
        let columns = width.div_ceil(TILE);
        Tiles {
            columns,
            factor,
            low: Field::new(guide.0, guide.1),
            high: Field::new(guide.0, guide.1),
            here: vec![0; columns * guide.1],
            around: vec![0; columns * guide.1],
            doubt: vec![true; columns * guide.1],
        }
    }

    pub(super) fn decide(&mut self, line: &[Field; 4]) {
        let [y, u, v, offset] = line;
        bounds(&y.data, &u.data, &v.data, &offset.data, &mut self.low.data, &mut self.high.data);
        let (rows, columns, places) = (self.low.height, self.columns, self.low.width);
        for row in 0..rows {
            for tile in 0..columns {
                let left = (tile * TILE / self.factor).saturating_sub(2);
                let right = ((tile + 1) * TILE).div_ceil(self.factor) + 2;
                let range = left.min(places - 1)..right.min(places);
                let low = self.low.row(row)[range.clone()].iter().copied().fold(1.0, f32::min);
                let high = self.high.row(row)[range].iter().copied().fold(0.0, f32::max);
                let room = if high <= ROOM { ALL_ROOM } else { 0 };
                let person = if low >= PERSON { ALL_PERSON } else { 0 };
                self.here[row * columns + tile] = room | person;
            }
        }
        for row in 0..rows {
            let near = row.saturating_sub(1)..=(row + 1).min(rows - 1);
            let far = row.saturating_sub(3)..=(row + 3).min(rows - 1);
            for tile in 0..columns {
                let at = |row: usize, tile: usize| self.here[row * columns + tile];
                let agreed = near.clone().fold(3, |all, row| all & at(row, tile));
                self.around[row * columns + tile] = agreed;
                let beside = tile.saturating_sub(1)..=(tile + 1).min(columns - 1);
                self.doubt[row * columns + tile] =
                    far.clone().any(|row| beside.clone().any(|tile| at(row, tile) == 0));
            }
        }
    }

    /// What all samples of a tile of a row of luma are, if that is sure.
    pub(super) fn sure(&self, y: usize, tile: usize) -> u8 {
        let Between { first, second, .. } = between(y, self.factor, self.low.height);
        self.around[first * self.columns + tile] & self.around[second * self.columns + tile]
    }

    /// Whether a tile of a row of chroma, half as many samples, has a say anywhere.
    pub(super) fn in_doubt(&self, y: usize, tile: usize) -> bool {
        let Between { first, second, .. } = between(y, self.factor / 2, self.low.height);
        self.doubt[first * self.columns + tile] || self.doubt[second * self.columns + tile]
    }
}

vectorize! {
    fn bounds(y: &[f32], u: &[f32], v: &[f32], offset: &[f32], low: &mut [f32], high: &mut [f32]) {
        let count = low.len();
        let (y, u, v, offset) = (&y[..count], &u[..count], &v[..count], &offset[..count]);
        let high = &mut high[..count];
        for x in 0..count {
            let (dark, bright) = (y[x] * LUMA.0, y[x] * LUMA.1);
            let chroma = CHROMA * (u[x].abs() + v[x].abs());
            low[x] = offset[x] + dark.min(bright) - chroma;
            high[x] = offset[x] + dark.max(bright) + chroma;
        }
    }
}
