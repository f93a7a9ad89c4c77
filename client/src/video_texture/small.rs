//! A picture made small, by the mean of squares of samples.

use engine::frame::{Planes, VideoFrame};
use std::sync::Arc;

/// A small picture is at most so wide, in pixels.
const WIDTH: u32 = 480;

/// The same picture at a whole fraction of its size; as it is where it is small already.
pub(super) fn shrunk(frame: &VideoFrame) -> VideoFrame {
    let factor = frame.width.div_ceil(WIDTH).min(frame.height.max(1));
    if factor <= 1 {
        return frame.clone();
    }
    let (width, height) = (frame.width / factor, frame.height / factor);
    let [wide, narrow] = [frame.width, frame.chroma_size().0].map(|side| side as usize);
    let small = VideoFrame { width, height, ..frame.clone() };
    let (chroma_width, chroma_height) = small.chroma_size();
    let shrink = |samples: &[u8], stride, width, height| {
        means(samples, stride, factor as usize, width as usize, height as usize)
    };
    let planes = Planes {
        y: shrink(&frame.planes.y, wide, width, height),
        u: shrink(&frame.planes.u, narrow, chroma_width, chroma_height),
        v: shrink(&frame.planes.v, narrow, chroma_width, chroma_height),
    };
    VideoFrame { planes: Arc::new(planes), ..small }
}

/// One plane: each sample the mean of a square, or of what of it lies inside.
fn means(samples: &[u8], stride: usize, side: usize, width: usize, height: usize) -> Vec<u8> {
    let mut small = Vec::with_capacity(width * height);
    let mut sums = vec![(0u32, 0u32); width];
    for rows in samples.chunks(stride * side).take(height) {
        sums.fill((0, 0));
        for row in rows.chunks(stride) {
            for (sum, square) in sums.iter_mut().zip(row.chunks(side)) {
                sum.0 += square.iter().map(|sample| u32::from(*sample)).sum::<u32>();
                sum.1 += square.len() as u32;
            }
        }
        small.extend(sums.iter().map(|(sum, count)| (sum / (*count).max(1)) as u8));
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::frame::ColorSpace;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a frame needs some moment")]
    fn every_size_shrinks_to_whole_planes() {
        for (width, height) in
            [(480, 270), (481, 271), (1366, 768), (3841, 2161), (5000, 3), (1, 1)]
        {
            let chroma = (u32::div_ceil(width, 2) * u32::div_ceil(height, 2)) as usize;
            let frame = VideoFrame {
                width,
                height,
                color: ColorSpace::WIRE,
                captured: std::time::Instant::now(),
                planes: Arc::new(Planes {
                    y: vec![77; (width * height) as usize],
                    u: vec![88; chroma],
                    v: vec![99; chroma],
                }),
            };
            let small = shrunk(&frame);
            let (chroma_width, chroma_height) = small.chroma_size();
            let chroma = (chroma_width * chroma_height) as usize;
            assert_eq!(small.planes.y, vec![77; (small.width * small.height) as usize]);
            assert_eq!(small.planes.u, vec![88; chroma], "{width} × {height}");
            assert_eq!(small.planes.v, vec![99; chroma]);
            assert!(small.width >= 1 && small.height >= 1);
        }
    }

    #[test]
    fn a_sample_is_the_mean_of_its_square() {
        let samples = [10, 20, 30, 40, /* */ 30, 40, 50, 60];
        assert_eq!(means(&samples, 4, 2, 2, 1), [25, 45]);
    }
}
