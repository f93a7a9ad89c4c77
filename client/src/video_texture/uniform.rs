//! What the conversion shader is told, and the same conversion on the CPU.

use egui::Vec2;
use engine::frame::{ColorSpace, Matrix, Range, VideoFrame};

/// The uniform of `shaders/yuv_to_rgb.wgsl`, field by field.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub struct Uniform {
    rows: [[f32; 4]; 3],
    crop: [f32; 4],
    chroma_scale: [f32; 2],
    spread: [f32; 2],
    size_px: [f32; 2],
    radius_px: f32,
    opacity: f32,
}

const _: () = assert!(size_of::<Uniform>() == 96);

impl Uniform {
    /// Fills `size_px` physical pixels with the middle of `frame`.
    pub fn new(
        frame: &VideoFrame,
        size_px: Vec2,
        radius_px: f32,
        mirrored: bool,
        opacity: f32,
    ) -> Uniform {
        let (width, height) = (frame.width as f32, frame.height as f32);
        let scale = (size_px.x / width).max(size_px.y / height);
        let shown = [size_px.x / (width * scale), size_px.y / (height * scale)];
        let mut crop = [(1.0 - shown[0]) / 2.0, (1.0 - shown[1]) / 2.0, shown[0], shown[1]];
        if mirrored {
            crop[0] = 1.0 - crop[0];
            crop[2] = -crop[2];
        }
        // One bilinear tap averages two texels a side; beyond that four taps share the pixel.
        let taps_apart = (1.0 / scale - 2.0).max(0.0) / 2.0;
        let (chroma_width, chroma_height) = frame.chroma_size();
        Uniform {
            rows: rows(frame.color),
            crop,
            chroma_scale: [width / (2 * chroma_width) as f32, height / (2 * chroma_height) as f32],
            spread: [taps_apart / width, taps_apart / height],
            size_px: [size_px.x, size_px.y],
            radius_px,
            opacity,
        }
    }
}

/// Rows of the conversion matrix with the range's offsets folded into the constant: ITU-R BT.601
/// section 2.5 and BT.709 section 3, from Kr and Kb.
fn rows(color: ColorSpace) -> [[f32; 4]; 3] {
    let (kr, kb) = match color.matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
    };
    let kg = 1.0 - kr - kb;
    let (y_scale, y_zero, c_scale) = match color.range {
        Range::Limited => (255.0 / 219.0, 16.0 / 255.0, 255.0 / 224.0),
        Range::Full => (1.0, 0.0, 1.0),
    };
    let c_zero = 128.0 / 255.0;
    let row = |u: f32, v: f32| {
        let (u, v) = (u * c_scale, v * c_scale);
        [y_scale, u, v, -y_zero * y_scale - c_zero * (u + v)]
    };
    [
        row(0.0, 2.0 * (1.0 - kr)),
        row(-2.0 * kb * (1.0 - kb) / kg, -2.0 * kr * (1.0 - kr) / kg),
        row(2.0 * (1.0 - kb), 0.0),
    ]
}

/// The shader's result for one pixel of the drawn rectangle, without the rounded corners.
pub fn reference(frame: &VideoFrame, uniform: &Uniform, x: u32, y: u32) -> [u8; 3] {
    let place = [(x as f32 + 0.5) / uniform.size_px[0], (y as f32 + 0.5) / uniform.size_px[1]];
    let at = [
        uniform.crop[0] + place[0] * uniform.crop[2],
        uniform.crop[1] + place[1] * uniform.crop[3],
    ];
    let [sx, sy] = uniform.spread;
    let taps = [(-1.0, -1.0), (1.0, 1.0), (1.0, -1.0), (-1.0, 1.0)];
    let mut yuv = [0.0; 3];
    for (dx, dy) in taps {
        let tap = yuv_at(frame, uniform, [at[0] + dx * sx, at[1] + dy * sy]);
        for (sum, value) in yuv.iter_mut().zip(tap) {
            *sum += value / 4.0;
        }
    }
    uniform.rows.map(|[a, b, c, constant]| {
        let value = a * yuv[0] + b * yuv[1] + c * yuv[2] + constant;
        (value.clamp(0.0, 1.0) * 255.0).round() as u8
    })
}

fn yuv_at(frame: &VideoFrame, uniform: &Uniform, at: [f32; 2]) -> [f32; 3] {
    let chroma = [at[0] * uniform.chroma_scale[0], at[1] * uniform.chroma_scale[1]];
    let (width, height) = frame.chroma_size();
    [
        bilinear(&frame.planes.y, frame.width, frame.height, at),
        bilinear(&frame.planes.u, width, height, chroma),
        bilinear(&frame.planes.v, width, height, chroma),
    ]
}

/// Samples a plane at texture coordinates, clamped to its edge; 0…1.
fn bilinear(plane: &[u8], width: u32, height: u32, at: [f32; 2]) -> f32 {
    let (x, y) = (at[0] * width as f32 - 0.5, at[1] * height as f32 - 0.5);
    let texel = |x: f32, y: f32| {
        let x = x.clamp(0.0, (width - 1) as f32) as usize;
        let y = y.clamp(0.0, (height - 1) as f32) as usize;
        f32::from(plane[y * width as usize + x]) / 255.0
    };
    let (x0, y0) = (x.floor(), y.floor());
    let (fx, fy) = (x - x0, y - y0);
    let top = texel(x0, y0) * (1.0 - fx) + texel(x0 + 1.0, y0) * fx;
    let bottom = texel(x0, y0 + 1.0) * (1.0 - fx) + texel(x0 + 1.0, y0 + 1.0) * fx;
    top * (1.0 - fy) + bottom * fy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_red_come_out_right_in_every_color_space() {
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            for (range, black, white, y_span, c_span) in [
                (Range::Limited, 16.0, 235.0, 219.0, 224.0),
                (Range::Full, 0.0, 255.0, 255.0, 255.0),
            ] {
                let rows = rows(ColorSpace { matrix, range });
                let rgb = |y: f32, u: f32, v: f32| {
                    rows.map(|r| ((r[0] * y + r[1] * u + r[2] * v) / 255.0 + r[3]) * 255.0)
                };
                let (kr, kb) =
                    if matrix == Matrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
                // Pure red: Y = Kr, Cb = -Kr / (2 (1 - Kb)), Cr = 1/2.
                let red = rgb(
                    black + kr * y_span,
                    128.0 - kr / (2.0 * (1.0 - kb)) * c_span,
                    128.0 + 0.5 * c_span,
                );
                for (got, want) in [
                    (rgb(black, 128.0, 128.0), [0.0, 0.0, 0.0]),
                    (rgb(white, 128.0, 128.0), [255.0, 255.0, 255.0]),
                    (red, [255.0, 0.0, 0.0]),
                ] {
                    for (g, w) in got.iter().zip(want) {
                        assert!((g - w).abs() < 0.01, "{matrix:?} {range:?}: {got:?}");
                    }
                }
            }
        }
    }
}
