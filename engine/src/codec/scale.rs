//! Smaller copies of a picture: the lower simulcast layers, and sources larger than wanted.

use super::ffmpeg::{self, Converter};
use super::pool::Pool;
use crate::frame::{ColorSpace, Planes, VideoFrame};
use crate::{Error, Result};
use std::sync::Arc;

/// Scales I420 pictures. One for each target keeps its tables and recycles its planes, so that a
/// steady stream allocates nothing once it runs.
pub struct Scaler {
    converter: Converter,
    pool: Pool,
}

impl Default for Scaler {
    fn default() -> Self {
        Scaler::new()
    }
}

impl Scaler {
    /// A scaler for any sizes; it adapts when they change.
    pub fn new() -> Scaler {
        ffmpeg::init();
        Scaler { converter: Converter::new(), pool: Pool::new() }
    }

    /// The picture at `width` × `height`, in [`ColorSpace::WIRE`], with the same moment of
    /// capture. The same size and colors give the same planes back, uncopied.
    ///
    /// Fails with [`Error::Damaged`] when a size is zero or the planes are too short.
    pub fn scale(&mut self, frame: &VideoFrame, width: u32, height: u32) -> Result<VideoFrame> {
        let from = (frame.width, frame.height);
        let planes = self.scale_planes(&frame.planes, frame.color, from, (width, height))?;
        Ok(VideoFrame { width, height, color: ColorSpace::WIRE, captured: frame.captured, planes })
    }

    /// The same for planes of `from` pixels.
    pub(crate) fn scale_planes(
        &mut self,
        planes: &Arc<Planes>,
        color: ColorSpace,
        from: (u32, u32),
        to: (u32, u32),
    ) -> Result<Arc<Planes>> {
        let damaged = |reason: String| Error::Damaged { what: "picture", reason };
        if color == ColorSpace::WIRE && from == to {
            return Ok(planes.clone());
        }
        if [from.0, from.1, to.0, to.1].contains(&0) {
            return Err(damaged("it has no pixels".into()));
        }
        let input = ffmpeg::share(planes, color, from, from).map_err(|e| damaged(e.to_string()))?;
        let output = self.converter.run(&input, color, to).map_err(|e| damaged(e.to_string()))?;
        self.pool.lend(to.0, to.1, |planes| {
            ffmpeg::copy_planes(output, planes);
            Ok(())
        })
    }
}

/// The size at which a `width` × `height` picture has at most `max_lines` lines: same aspect,
/// even numbers, never larger than it is.
pub fn fit(width: u32, height: u32, max_lines: u32) -> (u32, u32) {
    if height <= max_lines.max(2) {
        return (width, height);
    }
    let lines = (max_lines & !1).max(2);
    let scaled =
        (u64::from(width) * u64::from(lines) + u64::from(height)) / (2 * u64::from(height));
    ((scaled as u32 * 2).max(2), lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::test_pictures::{picture, psnr};

    #[test]
    fn sizes_keep_their_aspect_and_stay_even() {
        assert_eq!(fit(1920, 1080, 720), (1280, 720));
        assert_eq!(fit(1280, 720, 720), (1280, 720));
        assert_eq!(fit(641, 359, 720), (641, 359), "never enlarged");
        assert_eq!(fit(1080, 1920, 720), (406, 720));
        assert_eq!(fit(854, 480, 181), (320, 180));
        assert_eq!(fit(1, 5000, 0), (2, 2));
    }

    #[test]
    fn a_half_sized_copy_is_the_picture_it_came_from() {
        let whole = picture(320, 180, 3);
        let mut scaler = Scaler::new();
        for (width, height) in [(160, 90), (158, 88), (161, 91)] {
            let half = scaler.scale(&whole, width, height).expect("scales");
            assert_eq!((half.width, half.height, half.captured), (width, height, whole.captured));
            let back = Scaler::new().scale(&half, 320, 180).expect("scales");
            assert!(psnr(&whole, &back) > 28.0, "{width}x{height}: {} dB", psnr(&whole, &back));
        }
    }

    #[test]
    fn a_steady_stream_uses_the_same_planes_again() {
        let mut scaler = Scaler::new();
        let whole = picture(320, 180, 0);
        let first = Arc::as_ptr(&scaler.scale(&whole, 160, 90).expect("scales").planes);
        for _ in 0..5 {
            assert_eq!(Arc::as_ptr(&scaler.scale(&whole, 160, 90).expect("scales").planes), first);
        }
    }

    #[test]
    fn a_picture_without_pixels_is_an_error() {
        let mut empty = picture(16, 16, 0);
        assert!(Scaler::new().scale(&empty, 0, 8).is_err());
        empty.planes = Arc::new(Planes { y: vec![], u: vec![], v: vec![] });
        assert!(Scaler::new().scale(&empty, 8, 8).is_err());
        assert!(Scaler::new().scale(&empty, 10, 10).is_err());
    }
}
