//! Pictures for tests: textured, moving, repeatable.

use super::pool::blank;
use crate::frame::{ColorSpace, VideoFrame};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The `n`th picture of a clip: soft shapes that drift, with a little noise.
pub(crate) fn picture(width: u32, height: u32, n: u32) -> VideoFrame {
    let mut planes = blank(width, height);
    let mut noise = n.wrapping_mul(2_654_435_761) | 1;
    let wave = |x: u32, y: u32, scale: f32| {
        let (x, y, t) = (x as f32 * scale, y as f32 * scale, n as f32 * 0.15);
        (x * 0.031 + t).sin() * (y * 0.043 - t * 0.7).cos()
    };
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (noise >> 29) as f32;
            let value = 120.0 + 60.0 * wave(x, y, 1.0) + 20.0 * wave(x, y, 4.0) + grain;
            planes.y[(y * width + x) as usize] = value as u8;
        }
    }
    let chroma = width.div_ceil(2);
    for y in 0..height.div_ceil(2) {
        for x in 0..chroma {
            planes.u[(y * chroma + x) as usize] = (128.0 + 40.0 * wave(x, y, 1.5)) as u8;
            planes.v[(y * chroma + x) as usize] = (128.0 - 40.0 * wave(y, x, 1.5)) as u8;
        }
    }
    VideoFrame {
        width,
        height,
        color: ColorSpace::WIRE,
        captured: moment(n),
        planes: Arc::new(planes),
    }
}

/// When the `n`th picture of a 30 fps clip was taken.
#[expect(clippy::disallowed_methods, reason = "tests need one real moment to count from")]
pub(crate) fn moment(n: u32) -> Instant {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *START.get_or_init(Instant::now) + Duration::from_secs(u64::from(n)) / 30
}

/// Peak signal-to-noise ratio of the luma, in dB, over what both pictures cover.
pub(crate) fn psnr(a: &VideoFrame, b: &VideoFrame) -> f64 {
    let (width, height) = (a.width.min(b.width) as usize, a.height.min(b.height) as usize);
    let mut sum = 0.0;
    for y in 0..height {
        let left = &a.planes.y[y * a.width as usize..][..width];
        let right = &b.planes.y[y * b.width as usize..][..width];
        sum += left
            .iter()
            .zip(right)
            .map(|(l, r)| (f64::from(*l) - f64::from(*r)).powi(2))
            .sum::<f64>();
    }
    10.0 * (255.0 * 255.0 * (width * height) as f64 / sum.max(1e-9)).log10()
}
