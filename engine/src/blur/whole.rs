//! What is left when the person cannot be told from the room: the whole picture out of focus, by
//! nothing but the scaler. And a glance at each picture for whether it still is the same scene.

use crate::Result;
use crate::codec::scale::Scaler;
use crate::frame::VideoFrame;

/// Pixels along the longer side in between: faces and writing are gone, light and colours stay.
const SMALL: u32 = 48;

/// Blurs whole pictures. Shares nothing with the proper blur that could fail together with it.
#[derive(Default)]
pub struct Whole {
    small: Scaler,
    large: Scaler,
}

impl Whole {
    /// The picture without its details, same size and moment of capture.
    ///
    /// Fails with [`crate::Error::Damaged`] for a picture without pixels or with short planes.
    pub fn process(&mut self, frame: &VideoFrame) -> Result<VideoFrame> {
        let longer = frame.width.max(frame.height).max(1);
        // A picture that is small already loses three quarters of its pixels all the same.
        let scale = |side: u32| {
            let fitted = u64::from(side) * u64::from(SMALL) / u64::from(longer);
            (fitted as u32).clamp(1, (side / 2).max(1))
        };
        let small = self.small.scale(frame, scale(frame.width), scale(frame.height))?;
        self.large.scale(&small, frame.width, frame.height)
    }
}

/// Places looked at, across and down.
const GRID: (usize, usize) = (32, 18);

/// Places differ by more than this on average, in luma of 255, only between different scenes, or
/// when much of one moves.
const ANOTHER: u32 = 12;

/// Compares each picture with the one before, at a few hundred places.
#[derive(Debug, Clone)]
pub struct Glance {
    luma: [u8; GRID.0 * GRID.1],
    size: (u32, u32),
}

impl Default for Glance {
    fn default() -> Self {
        Glance { luma: [0; GRID.0 * GRID.1], size: (0, 0) }
    }
}

impl Glance {
    /// Whether `frame` shows something else than the one before: another camera, a cut, a clip's
    /// seam. The first one does.
    pub fn is_another(&mut self, frame: &VideoFrame) -> bool {
        let (width, height) = (frame.width as usize, frame.height as usize);
        let mut difference = 0;
        for row in 0..GRID.1 {
            let line = (2 * row + 1) * height / (2 * GRID.1) * width;
            for column in 0..GRID.0 {
                let at = line + (2 * column + 1) * width / (2 * GRID.0);
                let luma = frame.planes.y.get(at).copied().unwrap_or_default();
                let before = &mut self.luma[row * GRID.0 + column];
                difference += u32::from(luma.abs_diff(*before));
                *before = luma;
            }
        }
        let size = (frame.width, frame.height);
        std::mem::replace(&mut self.size, size) != size
            || difference > ANOTHER * (GRID.0 * GRID.1) as u32
    }
}
