//! The bundled presenter: a drawing that speaks, so that everything can be tried without a camera
//! and without a microphone.
//!
//! The scene is drawn once; each picture copies it and lays the moving parts over it: the head
//! with its mouth and eyes, the gesturing arm, a clock and a count of the pictures on the slide.
//! The drawings are in `assets/demo`, `assets/demo/README.md` says how they are made.

mod sprite;
mod voice;

use super::{Limits, Media, Picture};
use crate::Result;
use crate::codec::pool::Pool;
use crate::codec::scale::{Scaler, fit};
use crate::frame::{ColorSpace, Planes};
use sprite::{Pose, Sprite};
use std::f64::consts::TAU;
use std::sync::Arc;
use std::time::Duration;
use voice::Voice;

const SCENE: &[u8] = include_bytes!("../../../assets/demo/scene.png");
const HEAD: &[u8] = include_bytes!("../../../assets/demo/head.png");
const ARM: &[u8] = include_bytes!("../../../assets/demo/arm.png");
const DIGITS: &[u8] = include_bytes!("../../../assets/demo/digits.png");

/// The scene's size.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

/// Pictures a second, unless fewer are wanted.
const FPS: u32 = 30;

/// A cell of the sheet of heads: four mouths across, eyes open and shut down.
const HEAD_CELL: (u32, u32) = (180, 225);
const ARM_CELL: (u32, u32) = (220, 180);
const DIGIT_CELL: (u32, u32) = (28, 40);

/// From one digit to the next on the slide.
const DIGIT_STEP: f32 = 20.0;

/// Draws and speaks. Its media time starts at 0 and is the same whenever it is started.
pub struct Presenter {
    pictures: Option<Drawing>,
    voice: Option<Voice>,
    frames: u64,
    pieces: u64,
}

struct Drawing {
    scene: Planes,
    heads: Vec<Sprite>,
    arm: Sprite,
    digits: Vec<Sprite>,
    fps: u32,
    size: (u32, u32),
    pool: Pool,
    scaler: Scaler,
}

impl Presenter {
    /// A presenter with pictures (within `pictures`), with sound, or with both. It takes some tens
    /// of milliseconds to draw what does not move.
    pub fn new(pictures: Option<Limits>, sound: bool) -> Result<Presenter> {
        let pictures = pictures.map(Drawing::new).transpose()?;
        Ok(Presenter { pictures, voice: sound.then(Voice::default), frames: 0, pieces: 0 })
    }

    /// The next picture or 10 ms of sound and its media time, which never runs backwards.
    #[expect(clippy::should_implement_trait, reason = "it has no end and can fail")]
    pub fn next(&mut self) -> Result<(Duration, Media)> {
        let sound_at = Duration::from_millis(10 * self.pieces);
        let picture_at = self.pictures.as_ref().map(|drawing| frame_time(self.frames, drawing.fps));
        match (&mut self.pictures, &mut self.voice) {
            (Some(drawing), voice)
                if voice.is_none() || picture_at.is_some_and(|at| at <= sound_at) =>
            {
                let picture = drawing.draw(self.frames)?;
                self.frames += 1;
                Ok((picture_at.unwrap_or_default(), Media::Picture(picture)))
            }
            (_, voice) => {
                self.pieces += 1;
                Ok((sound_at, Media::Sound(voice.get_or_insert_default().next())))
            }
        }
    }
}

fn frame_time(frame: u64, fps: u32) -> Duration {
    Duration::from_nanos(frame * 1_000_000_000 / u64::from(fps))
}

impl Drawing {
    fn new(limits: Limits) -> Result<Drawing> {
        let heads = sprite::decode(HEAD)?;
        let digits = sprite::decode(DIGITS)?;
        let head =
            |n: u32| Sprite::cut(&heads, (n % 4 * HEAD_CELL.0, n / 4 * HEAD_CELL.1), HEAD_CELL);
        Ok(Drawing {
            scene: sprite::scene(&sprite::decode(SCENE)?),
            heads: (0..8).map(head).collect(),
            arm: Sprite::cut(&sprite::decode(ARM)?, (0, 0), ARM_CELL),
            digits: (0..11)
                .map(|n| Sprite::cut(&digits, (n * DIGIT_CELL.0, 0), DIGIT_CELL))
                .collect(),
            fps: limits.max_fps.clamp(1, FPS),
            size: fit(WIDTH, HEIGHT, limits.max_lines),
            pool: Pool::new(),
            scaler: Scaler::new(),
        })
    }

    fn draw(&mut self, frame: u64) -> Result<Picture> {
        let (scene, heads, arm, digits, fps) =
            (&self.scene, &self.heads, &self.arm, &self.digits, self.fps);
        let planes = self.pool.lend(WIDTH, HEIGHT, |to| {
            to.y.copy_from_slice(&scene.y);
            to.u.copy_from_slice(&scene.u);
            to.v.copy_from_slice(&scene.v);
            let seconds = frame_time(frame, fps).as_secs_f64();
            arm.draw(to, WIDTH as usize, arm_pose(seconds));
            heads[head_at(seconds)].draw(to, WIDTH as usize, head_pose(seconds));
            write(digits, to, 100.0, &clock(seconds as u64));
            write(digits, to, 486.0, &format!("{:06}", frame % 1_000_000));
            Ok::<_, crate::Error>(())
        })?;
        let (width, height) = self.size;
        let planes: Arc<Planes> = self.scaler.scale_planes(
            &planes,
            ColorSpace::WIRE,
            (WIDTH, HEIGHT),
            (width, height),
        )?;
        Ok(Picture { width, height, planes })
    }
}

/// Which head: the mouth follows the voice, the eyes blink now and then.
fn head_at(seconds: f64) -> usize {
    let mouth = (voice::mouth_at(seconds) * 3.4).round().min(3.0) as usize;
    let blinks = seconds % 3.7 < 0.13 || (seconds + 1.1) % 8.9 < 0.12;
    mouth + if blinks && seconds > 1.0 { 4 } else { 0 }
}

fn wave(seconds: f64, hertz: f64, phase: f64) -> f32 {
    (TAU * (hertz * seconds + phase)).sin() as f32
}

fn head_pose(seconds: f64) -> Pose {
    let angle = 0.040 * wave(seconds, 0.11, 0.0) + 0.022 * wave(seconds, 0.29, 0.2);
    let nod = 1.6 * wave(seconds, 0.43, 0.1) + 2.0 * wave(seconds, 0.17, 0.6);
    let sway = 4.0 * wave(seconds, 0.09, 0.3);
    Pose { joint: (90.0, 196.0), at: (933.0 + sway * 0.5, 360.0 + nod), angle }
}

fn arm_pose(seconds: f64) -> Pose {
    let angle = 0.05 + 0.10 * wave(seconds, 0.19, 0.4) + 0.05 * wave(seconds, 0.61, 0.0);
    Pose { joint: (176.0, 136.0), at: (796.0, 506.0), angle }
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3600 % 100, seconds / 60 % 60, seconds % 60)
}

/// Writes digits and colons on the slide's last line.
fn write(digits: &[Sprite], to: &mut Planes, left: f32, text: &str) {
    for (n, character) in text.chars().enumerate() {
        let glyph = character.to_digit(10).unwrap_or(10) as usize;
        let at = (left + n as f32 * DIGIT_STEP, 390.0);
        digits[glyph].draw(to, WIDTH as usize, Pose { joint: (0.0, 0.0), at, angle: 0.0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(presenter: &mut Presenter, count: usize) -> Vec<(Duration, Picture)> {
        let mut found = Vec::new();
        while found.len() < count {
            if let (at, Media::Picture(picture)) = presenter.next().expect("draws") {
                found.push((at, picture));
            }
        }
        found
    }

    #[test]
    fn pictures_and_sound_come_in_step() {
        let mut presenter =
            Presenter::new(Some(Limits { max_lines: 720, max_fps: 30 }), true).expect("starts");
        let mut last = Duration::ZERO;
        let (mut seen, mut heard) = (0u64, 0u64);
        while last < Duration::from_secs(1) {
            let (at, media) = presenter.next().expect("draws");
            assert!(at >= last);
            last = at;
            match media {
                Media::Picture(picture) => {
                    assert_eq!((picture.width, picture.height), (1280, 720));
                    assert_eq!(at, Duration::from_nanos(seen * 1_000_000_000 / 30));
                    seen += 1;
                }
                Media::Sound(_) => {
                    assert_eq!(at, Duration::from_millis(heard * 10));
                    heard += 1;
                }
            }
        }
        assert_eq!((seen, heard), (31, 100));
    }

    #[test]
    fn the_drawing_is_not_blank_and_moves_but_only_where_something_moves() {
        let mut presenter = Presenter::new(Some(Limits::NONE), false).expect("starts");
        let pictures = pictures(&mut presenter, 45);
        let (first, last) = (&pictures[0].1.planes, &pictures[44].1.planes);
        let mean = first.y.iter().map(|y| f64::from(*y)).sum::<f64>() / first.y.len() as f64;
        let deviation = first.y.iter().map(|y| (f64::from(*y) - mean).powi(2)).sum::<f64>()
            / first.y.len() as f64;
        assert!(deviation.sqrt() > 30.0, "contrast {deviation}");
        let changed = first.y.iter().zip(&last.y).filter(|(a, b)| a.abs_diff(**b) > 4).count();
        assert!((2_000..100_000).contains(&changed), "{changed} pixels changed");
        let corner = |planes: &Planes| planes.y[..1280 * 60].to_vec();
        assert_eq!(corner(first), corner(last), "the wall stands still");
    }

    #[test]
    fn the_limits_are_kept() {
        let mut presenter =
            Presenter::new(Some(Limits { max_lines: 360, max_fps: 10 }), false).expect("starts");
        let pictures = pictures(&mut presenter, 11);
        assert_eq!((pictures[10].1.width, pictures[10].1.height), (640, 360));
        assert_eq!(pictures[10].0, Duration::from_secs(1));
    }
}
