//! What the network sees: which weights, where the picture lies in its input, and the shrinking.

use super::field::Field;
use super::network::Model;
use super::vectorize::vectorize;
use crate::frame::{ColorSpace, Matrix, Planes, Range};

/// From this aspect on the landscape weights see more of the picture than the general ones: half
/// way, by ratio, between square and 16:9 lies 4:3, whose heads the general ones hold better.
const LANDSCAPE_FROM: f32 = 1.4;

/// The picture's place in the network's input. It is never stretched and never cropped: what is
/// left over repeats its edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Framing {
    pub(super) model: Model,
    /// Left edge in the input.
    pub(super) x: usize,
    /// Top edge.
    pub(super) y: usize,
    /// At least 1.
    pub(super) width: usize,
    /// At least 1.
    pub(super) height: usize,
}

impl Framing {
    pub(super) fn of(width: usize, height: usize) -> Framing {
        let wide = width as f32 >= LANDSCAPE_FROM * height as f32;
        let model = if wide { Model::Landscape } else { Model::General };
        let (room_x, room_y) = model.size();
        let scale = (room_x as f32 / width as f32).min(room_y as f32 / height as f32);
        let fit =
            |length: usize, room: usize| ((length as f32 * scale).round() as usize).clamp(1, room);
        let (inner_x, inner_y) = (fit(width, room_x), fit(height, room_y));
        Framing {
            model,
            x: (room_x - inner_x) / 2,
            y: (room_y - inner_y) / 2,
            width: inner_x,
            height: inner_y,
        }
    }
}

/// Sample values to luma 0…1 and colour differences ±½.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levels {
    /// Subtracted from luma samples.
    pub(super) black: f32,
    pub(super) luma: f32,
    pub(super) chroma: f32,
}

impl Levels {
    pub(super) fn of(color: ColorSpace) -> Levels {
        match color.range {
            Range::Limited => Levels { black: 16.0, luma: 1.0 / 219.0, chroma: 1.0 / 224.0 },
            Range::Full => Levels { black: 0.0, luma: 1.0 / 255.0, chroma: 1.0 / 255.0 },
        }
    }
}

/// What the matrix makes of colour differences: `r = y + rv·v`, `g = y − gu·u − gv·v`,
/// `b = y + bu·u`; and the luma weights of red and blue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Primaries {
    pub(super) rv: f32,
    pub(super) gu: f32,
    pub(super) gv: f32,
    pub(super) bu: f32,
    pub(super) red: f32,
    pub(super) blue: f32,
}

impl Primaries {
    /// ITU-R BT.601-7 and BT.709-6, item 3.
    pub(super) fn of(color: ColorSpace) -> Primaries {
        let (red, blue) = match color.matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
        };
        let green = 1.0 - red - blue;
        let (rv, bu) = (2.0 * (1.0 - red), 2.0 * (1.0 - blue));
        Primaries { rv, gu: bu * blue / green, gv: rv * red / green, bu, red, blue }
    }
}

/// Area average of one plane: for each target place its source places and their weights.
#[derive(Debug, Default)]
struct Axis {
    start: Vec<usize>,
    /// As many for each place: the most that any has.
    weights: Vec<f32>,
    taps: usize,
}

impl Axis {
    fn new(from: usize, to: usize) -> Axis {
        let ratio = from as f64 / to as f64;
        let taps = (ratio.ceil() as usize + 1).min(from);
        let mut axis = Axis { start: vec![], weights: vec![], taps };
        for place in 0..to {
            let (left, right) = (place as f64 * ratio, (place + 1) as f64 * ratio);
            let start = (left as usize).min(from - taps);
            axis.start.push(start);
            for tap in start..start + taps {
                let covered = right.min((tap + 1) as f64) - left.max(tap as f64);
                axis.weights.push((covered.max(0.0) / ratio) as f32);
            }
        }
        axis
    }

    fn of(&self, place: usize) -> (usize, &[f32]) {
        (self.start[place], &self.weights[place * self.taps..][..self.taps])
    }
}

/// Shrinks the planes of a picture to the network's input.
#[derive(Debug)]
pub(super) struct Shrink {
    framing: Framing,
    luma: (Axis, Axis),
    chroma: (Axis, Axis),
    row: Vec<f32>,
    /// Luma 0…1 and colour differences ±½ at the network's size, edges repeated.
    pub(super) planes: [Field; 3],
}

impl Shrink {
    pub(super) fn new(width: usize, height: usize, framing: Framing) -> Shrink {
        let (room_x, room_y) = framing.model.size();
        let (half_x, half_y) = (width.div_ceil(2), height.div_ceil(2));
        Shrink {
            framing,
            luma: (Axis::new(width, framing.width), Axis::new(height, framing.height)),
            chroma: (Axis::new(half_x, framing.width), Axis::new(half_y, framing.height)),
            row: vec![0.0; width],
            planes: std::array::from_fn(|_| Field::new(room_x, room_y)),
        }
    }

    /// Fills [`Shrink::planes`], and `rgb` with red, green and blue from 0 to 1.
    pub(super) fn run(&mut self, planes: &Planes, color: ColorSpace, rgb: &mut [f32]) {
        let levels = Levels::of(color);
        let Shrink { framing, luma, chroma, row, planes: [y, u, v] } = self;
        plane(&planes.y, luma, *framing, levels.black, levels.luma, row, y);
        plane(&planes.u, chroma, *framing, 128.0, levels.chroma, row, u);
        plane(&planes.v, chroma, *framing, 128.0, levels.chroma, row, v);
        to_rgb(&y.data, &u.data, &v.data, Primaries::of(color), rgb);
    }
}

fn plane(
    samples: &[u8],
    (across, down): &(Axis, Axis),
    framing: Framing,
    black: f32,
    gain: f32,
    row: &mut [f32],
    out: &mut Field,
) {
    let width = samples.len() / (down.start[framing.height - 1] + down.taps);
    let row = &mut row[..width];
    for y in 0..framing.height {
        let (start, weights) = down.of(y);
        row.fill(-black);
        for (line, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            accumulate(&samples[(start + line) * width..][..width], *weight, row);
        }
        let line = out.row_mut(framing.y + y);
        let inside = &mut line[framing.x..framing.x + framing.width];
        gather(row, &across.start, &across.weights, across.taps, gain, inside);
        let (left, right) = (line[framing.x], line[framing.x + framing.width - 1]);
        line[..framing.x].fill(left);
        line[framing.x + framing.width..].fill(right);
    }
    let (top, bottom) = (framing.y, framing.y + framing.height - 1);
    for y in (0..top).chain(bottom + 1..out.height) {
        let from = if y < top { top } else { bottom };
        out.data.copy_within(from * out.width..(from + 1) * out.width, y * out.width);
    }
}

vectorize! {
    fn accumulate(samples: &[u8], weight: f32, sum: &mut [f32]) {
        for (sum, sample) in sum.iter_mut().zip(samples) {
            *sum += weight * f32::from(*sample);
        }
    }

    fn gather(row: &[f32], start: &[usize], weights: &[f32], taps: usize, gain: f32, out: &mut [f32]) {
        for ((out, start), weights) in out.iter_mut().zip(start).zip(weights.chunks_exact(taps)) {
            let row = &row[*start..*start + taps];
            let sum: f32 = row.iter().zip(weights).map(|(value, weight)| value * weight).sum();
            *out = sum * gain;
        }
    }

    fn to_rgb(y: &[f32], u: &[f32], v: &[f32], to: Primaries, rgb: &mut [f32]) {
        for (((rgb, y), u), v) in rgb.chunks_exact_mut(3).zip(y).zip(u).zip(v) {
            rgb[0] = (y + to.rv * v).clamp(0.0, 1.0);
            rgb[1] = (y - to.gu * u - to.gv * v).clamp(0.0, 1.0);
            rgb[2] = (y + to.bu * u).clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_picture_is_seen_unstretched() {
        for (size, model, place) in [
            ((1280, 720), Model::Landscape, (0, 0, 256, 144)),
            ((3840, 2160), Model::Landscape, (0, 0, 256, 144)),
            ((720, 1280), Model::General, (56, 0, 144, 256)),
            ((640, 480), Model::General, (0, 32, 256, 192)),
            ((512, 480), Model::General, (0, 8, 256, 240)),
            ((2560, 1080), Model::Landscape, (0, 18, 256, 108)),
            ((1, 4000), Model::General, (127, 0, 1, 256)),
            ((1, 1), Model::General, (0, 0, 256, 256)),
        ] {
            let framing = Framing::of(size.0, size.1);
            assert_eq!(framing.model, model, "{size:?}");
            let found = (framing.x, framing.y, framing.width, framing.height);
            assert_eq!(found, place, "{size:?}");
        }
    }

    #[test]
    fn shrinking_keeps_the_mean_and_the_colors() {
        for (width, height) in [(1280, 720), (641, 479), (3, 5), (1, 1), (200, 100)] {
            let framing = Framing::of(width, height);
            let chroma = width.div_ceil(2) * height.div_ceil(2);
            let planes =
                Planes { y: vec![63; width * height], u: vec![102; chroma], v: vec![240; chroma] };
            let mut shrink = Shrink::new(width, height, framing);
            let (room_x, room_y) = framing.model.size();
            let mut rgb = vec![0.5; room_x * room_y * 3];
            shrink.run(&planes, ColorSpace::WIRE, &mut rgb);
            // BT.709 red in limited range.
            for pixel in rgb.chunks_exact(3) {
                assert!((pixel[0] - 1.0).abs() < 0.01, "{pixel:?}");
                assert!(pixel[1].abs() < 0.01 && pixel[2].abs() < 0.01, "{pixel:?}");
            }
        }
    }
}
