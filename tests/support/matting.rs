//! How good a matte is: pictures with a known one, and scores.
//!
//! A cut-out person, whose alpha is known, stands, moves and stands again before drawn rooms, seen
//! by a camera with noise and a wavering exposure.

use crate::network::any_moment;
use anyhow::{Context, Result};
use engine::blur::network::{Model, Network};
use engine::frame::{ColorSpace, Planes, VideoFrame};
use std::sync::Arc;
use std::time::Duration;

/// Width of the pictures.
pub const WIDTH: usize = 1280;
/// Height of the pictures.
pub const HEIGHT: usize = 720;

/// How far, against the picture's diagonal, an edge may be off and still count as found.
pub const TOLERANCE: f32 = 0.008;
/// The same for a close look.
pub const CLOSE_TOLERANCE: f32 = 0.003;

/// What a person stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Night with coloured lights out of focus.
    Lights,
    /// Books: many straight edges, some at the person's outline.
    Shelf,
    /// A wall in the colours of hair and suit.
    Wall,
}

impl Room {
    /// All of them.
    pub const ALL: [Room; 3] = [Room::Lights, Room::Shelf, Room::Wall];
}

/// A picture and the truth about it.
pub struct Shot {
    /// What the camera gives.
    pub frame: VideoFrame,
    /// How much of each pixel is person, from 0 to 1.
    pub truth: Vec<f32>,
    /// Whether person and camera have been still since the shot before.
    pub still: bool,
}

/// A small generator, the same everywhere (Numerical Recipes' constants).
struct Random(u32);

impl Random {
    /// From 0 to 1.
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / (1 << 24) as f32
    }

    fn within(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.next()
    }
}

type Color = [f32; 3];

fn mixed(a: Color, b: Color, part: f32) -> Color {
    std::array::from_fn(|i| a[i] + part * (b[i] - a[i]))
}

/// A drawn room, three values a pixel from 0 to 1.
struct Canvas(Vec<Color>);

impl Canvas {
    fn rectangle(&mut self, x: i32, y: i32, width: i32, height: i32, color: Color) {
        for row in y.max(0)..(y + height).min(HEIGHT as i32) {
            for column in x.max(0)..(x + width).min(WIDTH as i32) {
                self.0[row as usize * WIDTH + column as usize] = color;
            }
        }
    }

    /// A disc with a soft rim.
    fn disc(&mut self, x: f32, y: f32, radius: f32, color: Color) {
        for row in (y - radius - 1.0).max(0.0) as usize..((y + radius + 2.0) as usize).min(HEIGHT) {
            for column in
                (x - radius - 1.0).max(0.0) as usize..((x + radius + 2.0) as usize).min(WIDTH)
            {
                let away = (column as f32 - x).hypot(row as f32 - y);
                let part = 0.75 * (radius + 0.5 - away).clamp(0.0, 1.0);
                let pixel = &mut self.0[row * WIDTH + column];
                *pixel = mixed(*pixel, color, part);
            }
        }
    }
}

fn draw(room: Room) -> Canvas {
    let mut random = Random(room as u32 + 7);
    match room {
        Room::Lights => {
            let row = |y: usize| {
                let lift = 0.08 * (1.0 - y as f32 / HEIGHT as f32);
                [[0.06 + lift, 0.07 + lift, 0.12 + lift]; WIDTH]
            };
            let mut canvas = Canvas((0..HEIGHT).flat_map(row).collect());
            for _ in 0..120 {
                let (x, y) = (random.next() * WIDTH as f32, random.next() * HEIGHT as f32);
                let radius = random.within(6.0, 34.0);
                let color = std::array::from_fn(|_| random.within(0.15, 0.95));
                canvas.disc(x, y, radius, color);
            }
            canvas
        }
        Room::Shelf => {
            let mut canvas = Canvas(vec![[0.25, 0.18, 0.12]; WIDTH * HEIGHT]);
            for board in 0..4 {
                let top = board * 190 + 8;
                let mut x = 0;
                while x < WIDTH as i32 {
                    let (wide, tall) = (random.within(14.0, 48.0), random.within(110.0, 168.0));
                    let (wide, tall) = (wide as i32, tall as i32);
                    let color: Color = std::array::from_fn(|_| random.within(0.06, 0.75));
                    canvas.rectangle(x, top + 172 - tall, wide - 3, tall, color);
                    let label = color.map(|value| 0.5 + 0.4 * value);
                    canvas.rectangle(x + wide / 2 - 2, top + 190 - tall, 4, tall - 40, label);
                    x += wide;
                }
                canvas.rectangle(0, top + 172, WIDTH as i32, 18, [0.55, 0.4, 0.25]);
            }
            canvas
        }
        Room::Wall => {
            let pixel = |i: usize| {
                let (x, y) = ((i % WIDTH) as f32, (i / WIDTH) as f32);
                let wave = 0.05 * (x / 90.0 + (y / 70.0).sin()).sin()
                    + 0.05 * (y / 47.0 + x / 200.0).cos();
                let shade = 1.0 - 0.25 * ((x - 900.0).powi(2) + (y - 200.0).powi(2)) / 9e5;
                [0.55, 0.42, 0.28].map(|value: f32| ((value + wave) * shade).clamp(0.0, 1.0))
            };
            let mut canvas = Canvas((0..WIDTH * HEIGHT).map(pixel).collect());
            for x in [60, 970] {
                canvas.rectangle(x, 120, 180, 240, [0.4, 0.3, 0.2]);
                canvas.rectangle(x + 16, 136, 148, 208, [0.65, 0.55, 0.45]);
            }
            canvas
        }
    }
}

/// A person before a room.
pub struct Scene {
    canvas: Canvas,
    /// Premultiplied red, green, blue, and alpha.
    person: Vec<[f32; 4]>,
    size: (usize, usize),
}

impl Scene {
    /// Shots at the start in which nothing moves.
    pub const STILL: usize = 10;
    /// Shots in all: still, moving, still again.
    pub const SHOTS: usize = 30;
    /// Shots that move.
    const MOVING: usize = 12;

    /// Reads the person and draws the room.
    pub fn new(room: Room) -> Result<Scene> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/pictures/astronaut_cutout.png");
        let image = image::open(path).with_context(|| format!("cannot read {path}"))?.into_rgba8();
        let premultiplied = |pixel: &image::Rgba<u8>| {
            let [r, g, b, a] = pixel.0.map(|value| f32::from(value) / 255.0);
            [r * a, g * a, b * a, a]
        };
        let person = image.pixels().map(premultiplied).collect();
        let size = (image.width() as usize, image.height() as usize);
        Ok(Scene { canvas: draw(room), person, size })
    }

    /// The person there, between its pixels.
    fn person(&self, x: f32, y: f32) -> [f32; 4] {
        let (left, top) = (x.floor(), y.floor());
        let at = |dx: i32, dy: i32| {
            let (x, y) = (left as i32 + dx, top as i32 + dy);
            // Below the cut-out the person goes on.
            let y = y.min(self.size.1 as i32 - 1);
            if x < 0 || y < 0 || x >= self.size.0 as i32 {
                return [0.0; 4];
            }
            self.person[y as usize * self.size.0 + x as usize]
        };
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
        let (right, down) = (x - left, y - top);
        std::array::from_fn(|i| {
            let (above, below) = (a[i] + right * (b[i] - a[i]), c[i] + right * (d[i] - c[i]));
            above + down * (below - above)
        })
    }

    /// Shot `n` of [`Scene::SHOTS`], 30 a second.
    pub fn shot(&self, n: usize) -> Shot {
        let moved = n.saturating_sub(Scene::STILL).min(Scene::MOVING) as f32 / 30.0;
        let scale = 1.75 + 0.06 * (moved * 2.5).sin();
        let (sin, cos) = (0.06 * (moved * 4.0).sin()).sin_cos();
        let foot = (640.0 + 90.0 * (moved * 2.0).sin(), HEIGHT as f32 + 4.0);
        let exposure = 1.0 + 0.01 * (n as f32 * 0.5).sin();
        let mut random = Random(n as u32 * 7_919 + 1);
        let mut truth = vec![0.0; WIDTH * HEIGHT];
        let mut picture = vec![[0.0; 3]; WIDTH * HEIGHT];
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let (dx, dy) = (x as f32 - foot.0, y as f32 - foot.1);
                let from_x = (cos * dx + sin * dy) / scale + self.size.0 as f32 / 2.0;
                let from_y = (cos * dy - sin * dx) / scale + self.size.1 as f32;
                let at = y * WIDTH + x;
                let mut color = self.canvas.0[at];
                let inside = from_x > -1.0 && from_x < self.size.0 as f32 && from_y > -1.0;
                if inside {
                    let person = self.person(from_x, from_y);
                    truth[at] = person[3];
                    color = std::array::from_fn(|i| person[i] + (1.0 - person[3]) * color[i]);
                }
                // A triangle of two levels' deviation.
                let noise = (random.next() + random.next() - 1.0) * 4.9 / 255.0;
                picture[at] = color.map(|value| value * exposure + noise);
            }
        }
        let still = n > 0 && !(Scene::STILL..=Scene::STILL + Scene::MOVING).contains(&n);
        Shot { frame: to_frame(&picture, n), truth, still }
    }
}

/// BT.709, limited range, chroma as means.
fn to_frame(picture: &[Color], n: usize) -> VideoFrame {
    let luma = |[r, g, b]: Color| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let sample = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
    let mut planes = Planes {
        y: picture.iter().map(|color| sample(16.0 + 219.0 * luma(*color))).collect(),
        u: vec![0; WIDTH * HEIGHT / 4],
        v: vec![0; WIDTH * HEIGHT / 4],
    };
    for y in 0..HEIGHT / 2 {
        for x in 0..WIDTH / 2 {
            let at = 2 * y * WIDTH + 2 * x;
            let four = [at, at + 1, at + WIDTH, at + WIDTH + 1].map(|at| picture[at]);
            let mean: Color = std::array::from_fn(|i| four.iter().map(|c| c[i]).sum::<f32>() / 4.0);
            let luma = luma(mean);
            planes.u[y * WIDTH / 2 + x] = sample(128.0 + 224.0 * (mean[2] - luma) / 1.8556);
            planes.v[y * WIDTH / 2 + x] = sample(128.0 + 224.0 * (mean[0] - luma) / 1.5748);
        }
    }
    VideoFrame {
        width: WIDTH as u32,
        height: HEIGHT as u32,
        color: ColorSpace::WIRE,
        captured: any_moment() + Duration::from_secs(n as u64) / 30,
        planes: Arc::new(planes),
    }
}

/// The network by itself: its answer, enlarged between its values. For pictures that are a whole
/// multiple of 256 wide and no higher than the network sees.
pub struct Raw {
    network: Network,
}

impl Raw {
    /// Reads the weights for pictures of this size.
    pub fn new(width: usize, height: usize) -> Result<Raw> {
        let model = if width * 9 >= height * 16 { Model::Landscape } else { Model::General };
        Ok(Raw { network: Network::open(model)? })
    }

    /// The matte of a picture, from 0 to 1.
    pub fn matte(&mut self, frame: &VideoFrame) -> Vec<f32> {
        let (width, height) = (frame.width as usize, frame.height as usize);
        let (across, down) = self.network.model().size();
        let factor = width / across;
        let (inner, edge) = (height / factor, (down - height / factor) / 2);
        let half = width.div_ceil(2);
        for (i, rgb) in self.network.input().chunks_exact_mut(3).enumerate() {
            let (x, y) = (i % across, (i / across).clamp(edge, edge + inner - 1) - edge);
            let mut sum = [0.0; 3];
            for row in y * factor..(y + 1) * factor {
                for column in x * factor..(x + 1) * factor {
                    let chroma = row / 2 * half + column / 2;
                    sum[0] += f32::from(frame.planes.y[row * width + column]);
                    sum[1] += f32::from(frame.planes.u[chroma]);
                    sum[2] += f32::from(frame.planes.v[chroma]);
                }
            }
            let [y, u, v] = sum.map(|sum| sum / (factor * factor) as f32);
            let (y, u, v) = ((y - 16.0) / 219.0, (u - 128.0) / 224.0, (v - 128.0) / 224.0);
            let color = [y + 1.5748 * v, y - 0.18732 * u - 0.46812 * v, y + 1.8556 * u];
            rgb.copy_from_slice(&color.map(|value: f32| value.clamp(0.0, 1.0)));
        }
        let answer = self.network.run();
        let near = |at: usize, length: usize| {
            let place = ((at as f32 + 0.5) / factor as f32 - 0.5).clamp(0.0, (length - 1) as f32);
            (place as usize, (place as usize + 1).min(length - 1), place.fract())
        };
        let mut matte = Vec::with_capacity(width * height);
        for y in 0..height {
            let (above, below, down) = near(y, inner);
            for x in 0..width {
                let (left, right, part) = near(x, across);
                let row = |y: usize| {
                    let row = &answer[(y + edge) * across..];
                    row[left] + part * (row[right] - row[left])
                };
                matte.push(row(above) + down * (row(below) - row(above)));
            }
        }
        matte
    }
}

/// How good the mattes of a scene are: means over its shots.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scores {
    /// Intersection over union of what is more than half person.
    pub iou: f32,
    /// F-measure of its outline within [`TOLERANCE`] (Perazzi et al., CVPR 2016).
    pub boundary_f: f32,
    /// Within [`CLOSE_TOLERANCE`].
    pub close_boundary_f: f32,
    /// Mean absolute error.
    pub mae: f32,
    /// Error of the change between shots, root mean square (dtSSD; Erofeev et al., BMVC 2015).
    pub dtssd: f32,
    /// Mean absolute change between shots in which nothing moves.
    pub flicker: f32,
}

/// Every how many shots the outline is scored.
const LOOKS: usize = 5;

/// Scores the mattes that `matte` makes of the shots in their order.
pub fn score(
    shots: &[Shot],
    mut matte: impl FnMut(&VideoFrame) -> Result<Vec<f32>>,
) -> Result<Scores> {
    let mut scores = Scores::default();
    let mut before: Option<(Vec<f32>, &[f32])> = None;
    let (mut looks, mut changes, mut stills) = (0.0, 0.0, 0.0);
    for (n, shot) in shots.iter().enumerate() {
        let matte = matte(&shot.frame)?;
        let count = matte.len() as f32;
        if n % LOOKS == LOOKS - 1 {
            looks += 1.0;
            scores.iou += intersection_over_union(&matte, &shot.truth);
            scores.boundary_f += boundary_f(&matte, &shot.truth, TOLERANCE);
            scores.close_boundary_f += boundary_f(&matte, &shot.truth, CLOSE_TOLERANCE);
            scores.mae += mean_difference(&matte, &shot.truth);
        }
        if let Some((earlier, truth)) = &before {
            let pairs = matte.iter().zip(earlier).zip(shot.truth.iter().zip(*truth));
            let error = |((now, earlier), (truth, past)): ((&f32, &f32), (&f32, &f32))| {
                ((now - earlier) - (truth - past)).powi(2)
            };
            scores.dtssd += (pairs.map(error).sum::<f32>() / count).sqrt();
            changes += 1.0;
            if shot.still {
                scores.flicker += mean_difference(&matte, earlier);
                stills += 1.0;
            }
        }
        before = Some((matte, &shot.truth));
    }
    Ok(Scores {
        iou: scores.iou / looks,
        boundary_f: scores.boundary_f / looks,
        close_boundary_f: scores.close_boundary_f / looks,
        mae: scores.mae / looks,
        dtssd: scores.dtssd / changes,
        flicker: scores.flicker / stills,
    })
}

/// Mean absolute difference.
pub fn mean_difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
}

fn intersection_over_union(matte: &[f32], truth: &[f32]) -> f32 {
    let (mut both, mut either) = (0_u32, 0_u32);
    for (matte, truth) in matte.iter().zip(truth) {
        both += u32::from(*matte > 0.5 && *truth > 0.5);
        either += u32::from(*matte > 0.5 || *truth > 0.5);
    }
    both as f32 / either.max(1) as f32
}

/// Pixels of what is more than half person that touch the rest; not at the picture's edge.
fn outline(matte: &[f32]) -> Vec<usize> {
    let inside = |x: usize, y: usize| matte[y * WIDTH + x] > 0.5;
    let mut outline = vec![];
    for y in 2..HEIGHT - 2 {
        for x in 2..WIDTH - 2 {
            let rest = || (y - 1..=y + 1).any(|y| (x - 1..=x + 1).any(|x| !inside(x, y)));
            if inside(x, y) && rest() {
                outline.push(y * WIDTH + x);
            }
        }
    }
    outline
}

fn boundary_f(matte: &[f32], truth: &[f32], tolerance: f32) -> f32 {
    let reach = ((WIDTH as f32).hypot(HEIGHT as f32) * tolerance).round() as i32;
    let (found, real) = (outline(matte), outline(truth));
    let part = |of: &[usize], near: &[usize]| {
        let mut covered = vec![false; WIDTH * HEIGHT];
        for at in near {
            let (x, y) = ((at % WIDTH) as i32, (at / WIDTH) as i32);
            for dy in -reach..=reach {
                let half = ((reach * reach - dy * dy) as f32).sqrt() as i32;
                let row = (y + dy).clamp(0, HEIGHT as i32 - 1) as usize * WIDTH;
                let (left, right) = ((x - half).max(0), (x + half).min(WIDTH as i32 - 1));
                covered[row + left as usize..=row + right as usize].fill(true);
            }
        }
        of.iter().filter(|at| covered[**at]).count() as f32 / of.len().max(1) as f32
    };
    let (precision, recall) = (part(&found, &real), part(&real, &found));
    2.0 * precision * recall / (precision + recall).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_scores_full_marks() {
        let scene = Scene::new(Room::Wall).expect("the cut-out");
        let shots: Vec<Shot> = (8..13).map(|n| scene.shot(n)).collect();
        let mut truths = shots.iter().map(|shot| shot.truth.clone());
        let scores = score(&shots, |_| truths.next().context("a truth a shot")).expect("scores");
        assert_eq!((scores.iou, scores.boundary_f), (1.0, 1.0));
        assert_eq!((scores.mae, scores.dtssd, scores.flicker), (0.0, 0.0, 0.0));
    }
}
