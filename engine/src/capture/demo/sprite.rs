//! Parts of the drawing that move: turned about a joint and laid over the scene, in YUV.

use crate::codec::pool::blank;
use crate::frame::Planes;
use crate::{Error, Result};

/// A drawing with transparency. From the lowest byte up: luma, blue difference, opacity, red
/// difference, the others times the opacity.
#[derive(Debug)]
pub(super) struct Sprite {
    width: usize,
    height: usize,
    texels: Vec<u32>,
}

/// Where a sprite goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// The joint in the sprite, pixels.
    pub joint: (f32, f32),
    /// Where the joint goes in the scene.
    pub at: (f32, f32),
    /// Radians, clockwise.
    pub angle: f32,
}

/// BT.709 in limited range.
fn yuv([r, g, b]: [u8; 3]) -> [f32; 3] {
    let (r, g, b) = (f32::from(r) / 255.0, f32::from(g) / 255.0, f32::from(b) / 255.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748]
}

/// One of the bundled PNG files.
pub(super) fn decode(png: &[u8]) -> Result<image::RgbaImage> {
    let damaged = |error: image::ImageError| Error::Damaged {
        what: "bundled drawing",
        reason: error.to_string(),
    };
    Ok(image::load_from_memory_with_format(png, image::ImageFormat::Png)
        .map_err(damaged)?
        .into_rgba8())
}

/// The scene without its moving parts.
pub(super) fn scene(image: &image::RgbaImage) -> Planes {
    let (width, height) = image.dimensions();
    let mut planes = blank(width, height);
    let chroma_width = width.div_ceil(2) as usize;
    let mut sums = vec![[0.0f32; 3]; planes.u.len()];
    for (x, y, pixel) in image.enumerate_pixels() {
        let [luma, u, v] = yuv([pixel[0], pixel[1], pixel[2]]);
        planes.y[(y * width + x) as usize] = luma.round() as u8;
        let sum = &mut sums[y as usize / 2 * chroma_width + x as usize / 2];
        *sum = [sum[0] + u, sum[1] + v, sum[2] + 1.0];
    }
    for (index, [u, v, count]) in sums.into_iter().enumerate() {
        planes.u[index] = (u / count).round() as u8;
        planes.v[index] = (v / count).round() as u8;
    }
    planes
}

impl Sprite {
    /// A part of a sheet.
    pub(super) fn cut(
        sheet: &image::RgbaImage,
        (left, top): (u32, u32),
        (width, height): (u32, u32),
    ) -> Sprite {
        let mut texels = Vec::with_capacity((width * height) as usize);
        for y in top..top + height {
            for x in left..left + width {
                let [r, g, b, a] = sheet.get_pixel(x, y).0;
                let [luma, u, v] =
                    yuv([r, g, b]).map(|value| (value * f32::from(a) / 255.0).round() as u8);
                texels.push(u32::from_le_bytes([luma, u, a, v]));
            }
        }
        Sprite { width: width as usize, height: height as usize, texels }
    }

    /// The four texels around a place in 16.16 fixed point, blended; transparent outside. The
    /// first half holds luma and opacity, the second the differences, each in 16 bits of its own.
    fn sample<const CHROMA: bool>(&self, x: i32, y: i32) -> (u32, u32) {
        const PAIR: u32 = 0x00ff_00ff;
        // Texel centres are at halves.
        let (x, y) = (x - 0x8000, y - 0x8000);
        let (column, row) = ((x >> 16) as usize, (y >> 16) as usize);
        // A negative place is a huge one here.
        if column >= self.width - 1 || row >= self.height - 1 {
            return (0, 0);
        }
        let index = row * self.width + column;
        let ([a, b], [c, d]) = (self.pair(index), self.pair(index + self.width));
        if (a | b | c | d) & 0x00ff_0000 == 0 {
            return (0, 0);
        }
        let (fx, fy) = ((x >> 8 & 0xff) as u32, (y >> 8 & 0xff) as u32);
        let mix = |from: u32, to: u32, f: u32| ((from * (256 - f) + to * f) >> 8) & PAIR;
        let blend = |shift: u32| {
            let [a, b, c, d] = [a, b, c, d].map(|texel| texel >> shift & PAIR);
            mix(mix(a, b, fx), mix(c, d, fx), fy)
        };
        (blend(0), if CHROMA { blend(8) } else { 0 })
    }

    fn pair(&self, index: usize) -> [u32; 2] {
        [self.texels[index], self.texels[index + 1]]
    }

    /// Lays the sprite over a picture of `width` columns.
    pub(super) fn draw(&self, to: &mut Planes, width: usize, pose: Pose) {
        let height = to.y.len() / width;
        let (sin, cos) = pose.angle.sin_cos();
        let corners = [
            (0.0, 0.0),
            (self.width as f32, 0.0),
            (0.0, self.height as f32),
            (self.width as f32, self.height as f32),
        ];
        let turned = corners.map(|(x, y)| {
            let (x, y) = (x - pose.joint.0, y - pose.joint.1);
            (pose.at.0 + x * cos - y * sin, pose.at.1 + x * sin + y * cos)
        });
        let span = |values: [f32; 4], limit: usize| {
            let least = values.iter().fold(f32::MAX, |a, b| a.min(*b)).max(0.0) as usize;
            let most = values.iter().fold(0.0f32, |a, b| a.max(*b)) as usize + 2;
            (least & !1, most.min(limit) & !1)
        };
        let (left, right) = span(turned.map(|corner| corner.0), width);
        let (top, bottom) = span(turned.map(|corner| corner.1), height);
        let fixed = |value: f32| (value * 65536.0) as i32;
        // Back from the scene to the sprite, a step at a time.
        let (step_x, step_y) = (fixed(cos), fixed(-sin));
        let start = |x: usize, y: usize| {
            let (dx, dy) = (x as f32 + 0.5 - pose.at.0, y as f32 + 0.5 - pose.at.1);
            (fixed(pose.joint.0 + dx * cos + dy * sin), fixed(pose.joint.1 - dx * sin + dy * cos))
        };
        let over = |under: &mut u8, value: u32, alpha: u32| {
            *under = (value + (u32::from(*under) * (255 - alpha) + 127) / 255).min(255) as u8;
        };
        let chroma_width = width.div_ceil(2);
        for y in top..bottom {
            let (mut sx, mut sy) = start(left, y);
            for luma in &mut to.y[y * width + left..y * width + right.max(left)] {
                let (value, _) = self.sample::<false>(sx, sy);
                let (value, alpha) = (value & 0xff, value >> 16);
                if alpha != 0 {
                    over(luma, value, alpha);
                }
                (sx, sy) = (sx + step_x, sy + step_y);
            }
            if y % 2 == 1 {
                continue;
            }
            // The middle of a square of four.
            let half = (step_x - step_y, step_x + step_y);
            let (mut sx, mut sy) = start(left, y);
            (sx, sy) = (sx + half.0 / 2, sy + half.1 / 2);
            for x in left / 2..right.max(left) / 2 {
                let (value, differences) = self.sample::<true>(sx, sy);
                let (alpha, u, v) = (value >> 16, differences & 0xff, differences >> 16);
                if alpha != 0 {
                    let index = y / 2 * chroma_width + x;
                    over(&mut to.u[index], u, alpha);
                    over(&mut to.v[index], v, alpha);
                }
                (sx, sy) = (sx + 2 * step_x, sy + 2 * step_y);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sprite_lands_where_its_joint_is_put_and_blends() {
        let mut sheet = image::RgbaImage::from_pixel(8, 8, image::Rgba([255, 255, 255, 255]));
        sheet.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
        let sprite = Sprite::cut(&sheet, (0, 0), (8, 8));
        let mut to = blank(32, 32);
        to.y.fill(16);
        let pose = Pose { joint: (4.0, 4.0), at: (16.0, 10.0), angle: 0.0 };
        sprite.draw(&mut to, 32, pose);
        assert_eq!((to.y[10 * 32 + 16], to.u[5 * 16 + 8]), (235, 128), "white inside");
        assert_eq!((to.y[10 * 32 + 21], to.y[20 * 32 + 16]), (16, 16), "nothing outside");
        sprite.draw(&mut to, 32, Pose { at: (-100.0, 400.0), ..pose });
        sprite.draw(&mut to, 32, Pose { at: (31.0, 31.0), angle: 2.0, ..pose });
        assert_eq!(to.y[30 * 32 + 30], 235, "cut off at the edge");
    }
}
