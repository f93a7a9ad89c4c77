//! From the lines of the guided filter to the matte of every sample, steady where nothing moves.

use super::smooth_step;
use super::steady::{MOVING, STILL};
use super::tiles::{ALL_PERSON, ALL_ROOM, TILE, Tiles};
use crate::blur::field::{Field, Spread, mix_row, to_sample};
use crate::blur::framing::Levels;
use crate::blur::guide::Guide;
use crate::blur::vectorize::vectorize;
use crate::frame::{ColorSpace, Planes};

/// What the filter says about a sample that is room for sure.
pub(in crate::blur) const ROOM: f32 = 0.15;
/// And about one that is person for sure.
pub(in crate::blur) const PERSON: f32 = 0.65;

/// How much of a new matte a still sample takes.
pub(in crate::blur) const RATE: f32 = 0.12;

#[derive(Debug)]
pub(super) struct Apply {
    /// 255 is person, 0 is room; of the picture before until run.
    pub(super) luma: Vec<u8>,
    /// The same at the chroma's size.
    pub(super) chroma: Vec<u8>,
    /// How much of a new matte each place of the guide takes.
    rate: Field,
    /// What the colour differences and the offset make, at the chroma's size.
    colors: Field,
    spread_luma: Spread,
    spread_chroma: Spread,
    spread_double: Spread,
    tiles: Tiles,
    narrow: [Vec<f32>; 3],
    double: Vec<f32>,
    rows: [Vec<f32>; 3],
}

impl Apply {
    pub(super) fn new(size: (usize, usize), guide: &Guide) -> Apply {
        let half = (size.0.div_ceil(2), size.1.div_ceil(2));
        Apply {
            luma: vec![0; size.0 * size.1],
            chroma: vec![0; half.0 * half.1],
            rate: Field::new(guide.width, guide.height),
            colors: Field::new(half.0, half.1),
            spread_luma: Spread::new(guide.width, size.0, guide.factor),
            spread_chroma: Spread::new(guide.width, half.0, guide.factor / 2),
            spread_double: Spread::new(half.0, size.0, 2),
            tiles: Tiles::new(size.0, (guide.width, guide.height), guide.factor),
            narrow: std::array::from_fn(|_| vec![0.0; Spread::padded(guide.width)]),
            double: vec![0.0; Spread::padded(half.0)],
            rows: std::array::from_fn(|_| vec![0.0; Spread::room(size.0)]),
        }
    }

    pub(super) fn run(
        &mut self,
        planes: &Planes,
        color: ColorSpace,
        (width, height): (usize, usize),
        guide: &Guide,
        line: &[Field; 4],
    ) {
        let levels = Levels::of(color);
        follow_change(&guide.change.data, &mut self.rate.data);
        self.tiles.decide(line);
        self.colors(planes, levels, guide.factor, line);
        for (y, samples) in planes.y.chunks_exact(width).enumerate() {
            self.row(y, samples, levels, guide.factor, &line[0]);
        }
        let half = width.div_ceil(2);
        for (y, out) in self.chroma.chunks_exact_mut(half).enumerate() {
            let (above, below) = (2 * y, (2 * y + 1).min(height - 1));
            let row = |y: usize| &self.luma[y * width..][..width];
            halve(row(above), row(below), out);
        }
    }

    /// One row of luma.
    fn row(&mut self, y: usize, samples: &[u8], levels: Levels, factor: usize, slopes: &Field) {
        let Apply { luma, rate, colors, tiles, narrow, double, rows, .. } = self;
        let ([slope, offset, follow], [narrow, narrow_rate, _]) = (rows, narrow);
        let luma = &mut luma[y * samples.len()..][..samples.len()];
        let (mut mixed, mut mixed_rate) = (false, false);
        for tile in 0..tiles.columns {
            let range = tile * TILE..((tile + 1) * TILE).min(samples.len());
            let room = range.start..((tile + 1) * TILE).min(slope.len());
            let (matte, sure) = (&mut luma[range.clone()], tiles.sure(y, tile));
            if is(sure, matte) {
                continue;
            }
            if !mixed_rate {
                mix_row(rate, y, factor, &self.spread_luma, narrow_rate);
                mixed_rate = true;
            }
            self.spread_luma.part(range.start, narrow_rate, &mut follow[room.clone()]);
            if sure != 0 {
                slope[room.clone()].fill(0.0);
                offset[room.clone()].fill(if sure == ALL_ROOM { ROOM } else { PERSON });
            } else {
                if !mixed {
                    mix_row(slopes, y, factor, &self.spread_luma, narrow);
                    mix_row(colors, y, 2, &self.spread_double, double);
                    mixed = true;
                }
                self.spread_luma.part(range.start, narrow, &mut slope[room.clone()]);
                self.spread_double.part(range.start, double, &mut offset[room.clone()]);
            }
            let (slope, offset, follow) =
                (&slope[room.clone()], &offset[room.clone()], &follow[room]);
            settle(&samples[range], levels, slope, offset, follow, matte);
        }
    }

    /// Slopes and colour differences at the chroma's size, and the offset, where they matter.
    fn colors(&mut self, planes: &Planes, levels: Levels, factor: usize, line: &[Field; 4]) {
        let Apply { colors, spread_chroma, tiles, narrow, rows, .. } = self;
        let (factor, width) = (factor / 2, colors.width);
        for y in 0..colors.height {
            let mut mixed = false;
            for tile in (0..tiles.columns).filter(|tile| tiles.in_doubt(y, *tile)) {
                if !mixed {
                    for (narrow, line) in narrow.iter_mut().zip(&line[1..]) {
                        mix_row(line, y, factor, spread_chroma, narrow);
                    }
                    mixed = true;
                }
                let left = tile * TILE / 2;
                let range = left..(left + TILE / 2).min(width);
                let room = left..(left + TILE / 2).min(Spread::room(width));
                for (row, narrow) in rows.iter_mut().zip(&*narrow) {
                    if factor == 1 {
                        row[range.clone()].copy_from_slice(&narrow[range.clone()]);
                    } else {
                        spread_chroma.part(left, narrow, &mut row[room.clone()]);
                    }
                }
                let [slope_u, slope_v, offset] = &*rows;
                let samples = y * width + range.start..y * width + range.end;
                let (u, v) = (&planes.u[samples.clone()], &planes.v[samples]);
                tint(
                    u,
                    v,
                    levels,
                    &slope_u[range.clone()],
                    &slope_v[range.clone()],
                    &offset[range.clone()],
                    &mut colors.row_mut(y)[range],
                );
            }
        }
    }
}

/// Whether a matte is already what is sure.
fn is(sure: u8, matte: &[u8]) -> bool {
    match sure {
        ALL_ROOM => matte.iter().fold(0, |any, value| any | value) == 0,
        ALL_PERSON => matte.iter().fold(255, |all, value| all & value) == 255,
        _ => false,
    }
}

vectorize! {
    fn follow_change(change: &[f32], rate: &mut [f32]) {
        for (rate, change) in rate.iter_mut().zip(change) {
            *rate = RATE + (1.0 - RATE) * smooth_step(STILL, MOVING, *change);
        }
    }

    fn tint(u: &[u8], v: &[u8], levels: Levels, slope_u: &[f32], slope_v: &[f32], offset: &[f32], out: &mut [f32]) {
        let width = out.len();
        let (u, v, offset) = (&u[..width], &v[..width], &offset[..width]);
        let (slope_u, slope_v) = (&slope_u[..width], &slope_v[..width]);
        for x in 0..width {
            let (u, v) = (f32::from(u[x]) - 128.0, f32::from(v[x]) - 128.0);
            out[x] = offset[x] + levels.chroma * (slope_u[x] * u + slope_v[x] * v);
        }
    }

    /// The new matte, on its way from the one before: steps of less than half a level are none,
    /// so that noise does not show, except towards what is all room or all person.
    fn settle(samples: &[u8], levels: Levels, slope: &[f32], offset: &[f32], rate: &[f32], matte: &mut [u8]) {
        let width = matte.len();
        let (samples, slope) = (&samples[..width], &slope[..width]);
        let (offset, rate) = (&offset[..width], &rate[..width]);
        for x in 0..width {
            let luma = (f32::from(samples[x]) - levels.black) * levels.luma;
            let line = slope[x] * luma + offset[x];
            let wanted = ((line - ROOM) * (255.0 / (PERSON - ROOM))).clamp(0.0, 255.0);
            let before = f32::from(matte[x]);
            let away = wanted - before;
            let sure = (wanted <= 0.0 || wanted >= 255.0) && away != 0.0;
            let least = if sure { 1.0 } else { 0.0 };
            let step = (rate[x] * away.abs() + 0.5).floor().max(least).copysign(away);
            matte[x] = to_sample(before + step);
        }
    }

    fn halve(above: &[u8], below: &[u8], out: &mut [u8]) {
        let pairs = above.chunks_exact(2).zip(below.chunks_exact(2));
        for (out, (above, below)) in out.iter_mut().zip(pairs) {
            let sum = u32::from(above[0]) + u32::from(above[1]) + u32::from(below[0]) + u32::from(below[1]);
            *out = ((sum + 2) / 4) as u8;
        }
        if above.len() % 2 == 1 && let Some(out) = out.last_mut() {
            let sum = u32::from(above[above.len() - 1]) + u32::from(below[below.len() - 1]);
            *out = sum.div_ceil(2) as u8;
        }
    }
}
