//! What happens to every captured picture, from a file or a camera: turned upright, scaled to the
//! wanted lines, converted to the colors of the wire.

use crate::codec::pool::Pool;
use crate::codec::scale::fit;
use crate::codec::{Converter, color_of, copy_planes};
use crate::frame::{ColorSpace, Matrix, Planes, Range};
use ffmpeg_next as ff;
use ffmpeg_next::format::Pixel;
use std::sync::Arc;

/// A picture in [`ColorSpace::WIRE`] that does not know its moment yet.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in lines.
    pub height: u32,
    /// The samples.
    pub planes: Arc<Planes>,
}

/// Shapes the pictures of one source.
pub(super) struct Shaper {
    max_lines: u32,
    rotation: u32,
    converter: Converter,
    pool: Pool,
    lying: Pool,
}

impl Shaper {
    /// For pictures that must be turned `rotation` degrees clockwise.
    pub(super) fn new(max_lines: u32, rotation: u32) -> Shaper {
        let (pool, lying) = (Pool::new(), Pool::new());
        Shaper { max_lines, rotation, converter: Converter::new(), pool, lying }
    }

    pub(super) fn shape(&mut self, frame: &ff::frame::Video) -> Result<Picture, ff::Error> {
        let (width, height) = self.target(frame);
        // High definition is BT.709 and the rest BT.601 where a file does not say.
        let matrix = if frame.height() > 576 { Matrix::Bt709 } else { Matrix::Bt601 };
        let color = color_of(frame, ColorSpace { matrix, range: Range::Limited });
        let as_it_is = frame.format() == Pixel::YUV420P
            && color == ColorSpace::WIRE
            && (width, height) == (frame.width(), frame.height());
        let upright =
            if as_it_is { frame } else { self.converter.run(frame, color, (width, height))? };
        let pool = if self.rotation == 0 { &mut self.pool } else { &mut self.lying };
        let planes = pool.lend(width, height, |planes| {
            copy_planes(upright, planes);
            Ok::<_, ff::Error>(())
        })?;
        if self.rotation == 0 {
            return Ok(Picture { width, height, planes });
        }
        let (turned_width, turned_height) =
            if self.rotation == 180 { (width, height) } else { (height, width) };
        let planes = self.pool.lend(turned_width, turned_height, |out| {
            let chroma = width.div_ceil(2);
            turn(&planes.y, width, self.rotation, &mut out.y);
            turn(&planes.u, chroma, self.rotation, &mut out.u);
            turn(&planes.v, chroma, self.rotation, &mut out.v);
            Ok::<_, ff::Error>(())
        })?;
        Ok(Picture { width: turned_width, height: turned_height, planes })
    }

    /// The size before turning: square pixels, at most `max_lines` lines after turning, and at least
    /// one whole chroma sample.
    fn target(&self, frame: &ff::frame::Video) -> (u32, u32) {
        let (mut width, height) = (frame.width().max(2), frame.height().max(2));
        let aspect = frame.aspect_ratio();
        if aspect.numerator() > 0
            && aspect.denominator() > 0
            && aspect.numerator() != aspect.denominator()
        {
            let stretched =
                u64::from(width) * aspect.numerator() as u64 / aspect.denominator() as u64;
            width = (stretched as u32 & !1).clamp(2, 16_384);
        }
        if self.rotation.is_multiple_of(180) {
            fit(width, height, self.max_lines)
        } else {
            let (lines, columns) = fit(height, width, self.max_lines);
            (columns, lines)
        }
    }
}

/// Turns a plane of `width` columns clockwise.
pub(crate) fn turn(from: &[u8], width: u32, degrees: u32, to: &mut [u8]) {
    let width = width as usize;
    let height = from.len() / width.max(1);
    match degrees {
        90 => {
            for (x, row) in to.chunks_exact_mut(height).enumerate() {
                for (y, out) in row.iter_mut().rev().enumerate() {
                    *out = from[y * width + x];
                }
            }
        }
        180 => {
            for (out, value) in to.iter_mut().rev().zip(from) {
                *out = *value;
            }
        }
        _ => {
            for (x, row) in to.chunks_exact_mut(height).rev().enumerate() {
                for (y, out) in row.iter_mut().enumerate() {
                    *out = from[y * width + x];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_turns_clockwise() {
        // 1 2 3
        // 4 5 6
        let from = [1, 2, 3, 4, 5, 6];
        let turned = |degrees| {
            let mut to = [0; 6];
            turn(&from, 3, degrees, &mut to);
            to
        };
        assert_eq!(turned(90), [4, 1, 5, 2, 6, 3]);
        assert_eq!(turned(180), [6, 5, 4, 3, 2, 1]);
        assert_eq!(turned(270), [3, 6, 2, 5, 1, 4]);
    }

    #[test]
    fn the_limit_counts_the_lines_of_the_upright_picture() {
        let frame = ff::frame::Video::new(Pixel::YUV420P, 720, 576);
        assert_eq!(Shaper::new(288, 0).target(&frame), (360, 288));
        assert_eq!(Shaper::new(360, 90).target(&frame), (360, 288), "its 720 columns become lines");
    }
}
