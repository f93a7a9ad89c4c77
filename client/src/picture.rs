//! Saving a picture.

use anyhow::Context;
use engine::frame::{Matrix, Range, VideoFrame};
use std::path::Path;

/// Writes `frame` to `path` as PNG.
pub fn save_png(frame: &VideoFrame, path: &Path) -> anyhow::Result<()> {
    image::RgbImage::from_raw(frame.width, frame.height, rgb(frame))
        .context("the frame's planes are too short")?
        .save_with_format(path, image::ImageFormat::Png)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The frame as packed RGB, 8 bits each, `3 * width * height` bytes. Chroma is repeated, not
/// interpolated. Coefficients: ITU-R BT.601 and BT.709.
pub fn rgb(frame: &VideoFrame) -> Vec<u8> {
    let (kr, kb) = match frame.color.matrix {
        Matrix::Bt601 => (0.299_f32, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
    };
    let kg = 1.0 - kr - kb;
    let (black, luma, chroma) = match frame.color.range {
        Range::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
        Range::Full => (0.0, 1.0, 1.0),
    };
    let chroma_width = frame.chroma_size().0 as usize;
    let width = frame.width as usize;
    let mut out = Vec::with_capacity(3 * width * frame.height as usize);
    for (row, line) in frame.planes.y.chunks_exact(width).enumerate() {
        for (column, &y) in line.iter().enumerate() {
            let at = row / 2 * chroma_width + column / 2;
            let y = (f32::from(y) - black) * luma;
            let u = (f32::from(frame.planes.u[at]) - 128.0) * chroma;
            let v = (f32::from(frame.planes.v[at]) - 128.0) * chroma;
            let red = y + 2.0 * (1.0 - kr) * v;
            let blue = y + 2.0 * (1.0 - kb) * u;
            let green = (y - kr * red - kb * blue) / kg;
            // `as` saturates.
            out.extend([red, green, blue].map(|value| value.round() as u8));
        }
    }
    out
}
