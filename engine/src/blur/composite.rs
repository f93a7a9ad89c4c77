//! The person before the room.

use super::boxes::Boxes;
use super::field::{Field, Spread, mix_row, to_sample};
use super::framing::Levels;
use super::guide::Guide;
use super::refine::Refine;
use super::vectorize::vectorize;
use crate::frame::{ColorSpace, Planes};

/// How much of the room's light the person's edge takes where half of the surroundings is room.
pub(super) const WRAP: f32 = 0.25;

/// What stands for a mean over nothing.
pub(super) const NOTHING: f32 = 1e-3;

/// What stands behind the person.
pub(super) enum Behind<'a> {
    /// The room, at the guide's size: luma 0…1 and colour differences ±½.
    Room(&'a [Field; 3]),
    /// A picture at the frame's size, in its colours.
    Picture(&'a Planes),
}

/// Edges carry two colours. Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021
/// (equations 4 and 5): with the means `front` of what is person around a place and `back` of what
/// is room, the person's own colour is `front + α (sample − α front − (1 − α) back)`.
#[derive(Debug)]
pub(super) struct Composite {
    boxes: Boxes,
    /// Mean colours of the person and of the room around each place, in samples.
    front: [Field; 3],
    back: [Field; 3],
    /// What the new background is around each place, in samples.
    behind: [Field; 3],
    /// How much of the room's light each place takes.
    wrap: Field,
    luma: Rows,
    chroma: Rows,
}

impl Composite {
    pub(super) fn new((width, height): (usize, usize), guide: &Guide) -> Composite {
        let field = || Field::new(guide.width, guide.height);
        let half = width.div_ceil(2);
        Composite {
            boxes: Boxes::new(4, guide.width, guide.height),
            front: std::array::from_fn(|_| field()),
            back: std::array::from_fn(|_| field()),
            behind: std::array::from_fn(|_| field()),
            wrap: field(),
            luma: Rows::new(guide.width, width, guide.factor, height),
            chroma: Rows::new(guide.width, half, guide.factor / 2, height.div_ceil(2)),
        }
    }

    /// Puts the person of `from` before `behind`.
    pub(super) fn run(
        &mut self,
        from: &Planes,
        color: ColorSpace,
        guide: &Guide,
        refine: &Refine,
        behind: Behind<'_>,
        to: &mut Planes,
    ) {
        let levels = Levels::of(color);
        self.estimate(guide, refine, levels);
        let picture = match behind {
            Behind::Room(room) => {
                for (plane, (room, out)) in room.iter().zip(&mut self.behind).enumerate() {
                    let (gain, black) = scale(levels, plane);
                    to_samples(&room.data, gain, black, &mut out.data);
                }
                None
            }
            Behind::Picture(picture) => Some(picture),
        };
        let Composite { front, back, behind, wrap, luma, chroma, .. } = self;
        for (plane, (from, to)) in
            [(&from.y, &mut to.y), (&from.u, &mut to.u), (&from.v, &mut to.v)]
                .into_iter()
                .enumerate()
        {
            let (rows, matte) = match plane {
                0 => (&mut *luma, refine.luma()),
                _ => (&mut *chroma, refine.chroma()),
            };
            let small =
                Small { front: &front[plane], back: &back[plane], room: &behind[plane], wrap };
            let picture = picture.map(|picture| match plane {
                0 => &picture.y,
                1 => &picture.u,
                _ => &picture.v,
            });
            // Light adds to luma; its colour may go either way.
            let least = if plane == 0 { 0.0 } else { -255.0 };
            rows.run(from, matte, &small, picture.map(Vec::as_slice), least, to);
        }
    }

    /// Mean colours before and behind, and how near the edge is.
    fn estimate(&mut self, guide: &Guide, refine: &Refine, levels: Levels) {
        let Composite { boxes, front, back, wrap, .. } = self;
        let (matte, means) = (&refine.small, refine.means());
        boxes.run(
            |y, rows| {
                let (colors, weight) = rows.split_at_mut(3);
                weight[0].copy_from_slice(matte.row(y));
                for (out, plane) in colors.iter_mut().zip(&guide.planes) {
                    product(plane.row(y), matte.row(y), out);
                }
            },
            |y, sums| {
                let width = guide.width;
                let weight = &sums[3 * width..];
                for plane in 0..3 {
                    let (gain, black) = scale(levels, plane);
                    let (front, back) = (front[plane].row_mut(y), back[plane].row_mut(y));
                    let sums = &sums[plane * width..][..width];
                    separate(sums, means[plane].row(y), weight, gain, black, front, back);
                }
                for (wrap, weight) in wrap.row_mut(y).iter_mut().zip(weight) {
                    *wrap = WRAP * (1.0 - weight);
                }
            },
        );
    }
}

/// From 0…1 or ±½ to samples.
fn scale(levels: Levels, plane: usize) -> (f32, f32) {
    match plane {
        0 => (1.0 / levels.luma, levels.black),
        _ => (1.0 / levels.chroma, 128.0),
    }
}

/// Fields at the guide's size that the rows of one plane need.
struct Small<'a> {
    front: &'a Field,
    back: &'a Field,
    room: &'a Field,
    wrap: &'a Field,
}

/// Samples composed at once: where a tile is all room or all person, little is to do.
const TILE: usize = 64;

/// Rows of one plane's size.
#[derive(Debug)]
struct Rows {
    width: usize,
    height: usize,
    factor: usize,
    spread: Spread,
    narrow: [Vec<f32>; 4],
    wide: [Vec<f32>; 4],
}

impl Rows {
    fn new(length: usize, width: usize, factor: usize, height: usize) -> Rows {
        Rows {
            width,
            height,
            factor,
            spread: Spread::new(length, width, factor),
            narrow: std::array::from_fn(|_| vec![0.0; Spread::padded(length)]),
            wide: std::array::from_fn(|_| vec![0.0; Spread::room(width)]),
        }
    }

    fn run(
        &mut self,
        from: &[u8],
        matte: &[u8],
        small: &Small<'_>,
        picture: Option<&[u8]>,
        least: f32,
        to: &mut [u8],
    ) {
        let width = self.width;
        for y in 0..self.height {
            let row = &matte[y * width..][..width];
            let (mut most, mut least_person) = (0, 255);
            extremes(row, &mut most, &mut least_person);
            let empty = most == 0;
            // Only the room is needed where nobody is.
            let skipped = if empty { 3 } else { 0 };
            for (field, narrow) in [small.front, small.back, small.wrap, small.room]
                .into_iter()
                .zip(&mut self.narrow)
                .skip(skipped)
            {
                mix_row(field, y, self.factor, &self.spread, narrow);
            }
            for left in (0..width).step_by(TILE) {
                let range = y * width + left..y * width + (left + TILE).min(width);
                let picture = picture.map(|picture| &picture[range.clone()]);
                self.tile(
                    left,
                    &from[range.clone()],
                    &matte[range.clone()],
                    picture,
                    least,
                    &mut to[range],
                );
            }
        }
    }

    fn tile(
        &mut self,
        left: usize,
        from: &[u8],
        matte: &[u8],
        picture: Option<&[u8]>,
        least: f32,
        to: &mut [u8],
    ) {
        let Rows { factor, spread, narrow, wide, .. } = self;
        let [front, back, wrap, room] = wide;
        let [narrow_front, narrow_back, narrow_wrap, narrow_room] = narrow;
        let range = left..(left + TILE).min(front.len());
        let spread = |narrow: &[f32], wide: &mut [f32]| match *factor {
            1 => wide[..to.len()].copy_from_slice(&narrow[left..left + to.len()]),
            _ => spread.part(left, narrow, wide),
        };
        let (front, back, wrap, room) = (
            &mut front[range.clone()],
            &mut back[range.clone()],
            &mut wrap[range.clone()],
            &mut room[range],
        );
        let (mut most, mut least_person) = (0, 255);
        extremes(matte, &mut most, &mut least_person);
        let person = least_person == 255;
        if person {
            spread(narrow_wrap, wrap);
            if wrap.iter().copied().fold(0.0, f32::max) < 1e-3 {
                to.copy_from_slice(from);
                return;
            }
        }
        match picture {
            None => spread(narrow_room, room),
            Some(picture) => to_floats(picture, room),
        }
        if most == 0 {
            round(room, to);
            return;
        }
        if !person {
            spread(narrow_wrap, wrap);
        }
        spread(narrow_front, front);
        spread(narrow_back, back);
        compose(from, matte, front, back, wrap, room, least, to);
    }
}

vectorize! {
    fn extremes(matte: &[u8], most: &mut u8, least: &mut u8) {
        (*most, *least) = matte.iter().fold((0, 255), |(most, least), value| {
            (most.max(*value), least.min(*value))
        });
    }

    fn product(left: &[f32], right: &[f32], out: &mut [f32]) {
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out = left * right;
        }
    }

    fn to_samples(values: &[f32], gain: f32, black: f32, out: &mut [f32]) {
        for (out, value) in out.iter_mut().zip(values) {
            *out = value * gain + black;
        }
    }

    /// The means of what is person and of what is not. A side that is nowhere near takes the mean.
    fn separate(person: &[f32], all: &[f32], weight: &[f32], gain: f32, black: f32, front: &mut [f32], back: &mut [f32]) {
        let width = front.len();
        let (person, all, weight) = (&person[..width], &all[..width], &weight[..width]);
        let back = &mut back[..width];
        for x in 0..width {
            let own = (person[x] + NOTHING * all[x]) / (weight[x] + NOTHING);
            let other = (all[x] - person[x] + NOTHING * all[x]) / (1.0 - weight[x] + NOTHING);
            front[x] = own * gain + black;
            back[x] = other * gain + black;
        }
    }

    fn to_floats(samples: &[u8], out: &mut [f32]) {
        for (out, sample) in out.iter_mut().zip(samples) {
            *out = f32::from(*sample);
        }
    }

    fn round(values: &[f32], out: &mut [u8]) {
        for (out, value) in out.iter_mut().zip(values) {
            *out = to_sample(value.clamp(0.0, 255.0));
        }
    }

    fn compose(from: &[u8], matte: &[u8], front: &[f32], back: &[f32], wrap: &[f32], room: &[f32], least: f32, out: &mut [u8]) {
        let width = out.len();
        let (from, matte, front, back) = (&from[..width], &matte[..width], &front[..width], &back[..width]);
        let (wrap, room) = (&wrap[..width], &room[..width]);
        for x in 0..width {
            let alpha = f32::from(matte[x]) * (1.0 / 255.0);
            let rest = f32::from(from[x]) - alpha * front[x] - (1.0 - alpha) * back[x];
            let own = (front[x] + alpha * rest).clamp(0.0, 255.0);
            let lit = own + wrap[x] * (room[x] - own).max(least);
            let value = alpha * lit + (1.0 - alpha) * room[x];
            out[x] = to_sample(value.clamp(0.0, 255.0));
        }
    }
}
