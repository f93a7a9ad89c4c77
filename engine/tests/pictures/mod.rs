//! A checkerboard without anybody before it, and how much detail a picture has.

use engine::frame::{ColorSpace, Planes, VideoFrame};
use std::sync::Arc;
use std::time::Instant;

/// Pixels along a square.
pub const SQUARE: u32 = 2;

/// Black and white squares, shifted by `n` squares.
#[expect(clippy::disallowed_methods, reason = "a picture needs some moment")]
pub fn board(width: u32, height: u32, n: u32) -> VideoFrame {
    let luma =
        |x: u32, y: u32| if (x / SQUARE + y / SQUARE + n).is_multiple_of(2) { 16 } else { 235 };
    let y = (0..height).flat_map(|row| (0..width).map(move |column| luma(column, row))).collect();
    let chroma = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    VideoFrame {
        width,
        height,
        color: ColorSpace::WIRE,
        captured: Instant::now(),
        planes: Arc::new(Planes { y, u: vec![128; chroma], v: vec![128; chroma] }),
    }
}

/// Mean difference of luma values that are neighbours in a row.
pub fn detail(frame: &VideoFrame) -> f64 {
    let rows = frame.planes.y.chunks_exact(frame.width as usize);
    let sum: u64 =
        rows.flat_map(|row| row.windows(2)).map(|two| u64::from(two[0].abs_diff(two[1]))).sum();
    sum as f64 / frame.planes.y.len() as f64
}

/// No square can be made out any more.
pub fn is_blurred(frame: &VideoFrame) -> bool {
    detail(frame) < 0.25 * detail(&board(frame.width, frame.height, 0))
}
