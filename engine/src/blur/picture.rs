//! Still backgrounds: read from files, cropped to frames.

use super::Picture;
use super::framing::{Levels, Primaries};
use crate::frame::{ColorSpace, Planes};
use crate::{Error, Result};
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, RgbImage};
use std::path::Path;
use std::sync::Arc;

/// No side may be longer.
const LONGEST_SIDE: u32 = 16_384;

/// Nor may there be more pixels: decoded, four bytes each, they take 256 MiB.
const MOST_PIXELS: u64 = 64 << 20;

/// What is kept of a large picture: enough for the largest frame.
const KEPT_SIDE: u32 = 4_096;

impl Picture {
    /// Reads a PNG, JPEG or WebP, upright as its camera says. Transparent parts become white.
    ///
    /// Fails with [`Error::Background`] when the file cannot be read, is no such picture, or is
    /// larger than 16,384 pixels on a side or 64 megapixels; that is found out before decoding.
    pub fn load(path: impl AsRef<Path>) -> Result<Picture> {
        let path = path.as_ref();
        let refuse = |reason: String| Error::Background { path: path.to_owned(), reason };
        let reader = ImageReader::open(path)
            .and_then(ImageReader::with_guessed_format)
            .map_err(|error| refuse(error.to_string()))?;
        let mut decoder = reader.into_decoder().map_err(|error| refuse(reason(error)))?;
        let (width, height) = decoder.dimensions();
        check_size(width, height).map_err(refuse)?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut image =
            DynamicImage::from_decoder(decoder).map_err(|error| refuse(reason(error)))?;
        image.apply_orientation(orientation);
        if image.width().max(image.height()) > KEPT_SIDE {
            image = image.resize(KEPT_SIDE, KEPT_SIDE, FilterType::Triangle);
        }
        let rgb = on_white(image);
        Ok(Picture { width: rgb.width(), height: rgb.height(), rgb: rgb.into_raw() })
    }

    /// The picture, cropped about its middle to fill `width` × `height`, in a frame's colours.
    /// One without pixels is black.
    pub(super) fn cover(&self, width: u32, height: u32, color: ColorSpace) -> Planes {
        let whole = RgbImage::from_raw(self.width, self.height, self.rgb.clone())
            .filter(|image| image.width() > 0 && image.height() > 0)
            .unwrap_or_else(|| RgbImage::new(1, 1));
        let fit = |length: u32, other: u32, to: u32, to_other: u32| {
            let fitting = u64::from(other) * u64::from(to) / u64::from(to_other.max(1));
            u64::from(length).min(fitting).max(1) as u32
        };
        let crop_width = fit(whole.width(), whole.height(), width, height);
        let crop_height = fit(whole.height(), whole.width(), height, width);
        let (x, y) = ((whole.width() - crop_width) / 2, (whole.height() - crop_height) / 2);
        let cropped = imageops::crop_imm(&whole, x, y, crop_width, crop_height).to_image();
        let filter = if crop_width < width { FilterType::CatmullRom } else { FilterType::Triangle };
        to_planes(&imageops::resize(&cropped, width, height, filter), color)
    }
}

fn reason(error: ImageError) -> String {
    match error {
        ImageError::Unsupported(_) => "it is no PNG, JPEG or WebP picture; choose one".into(),
        other => format!("it is damaged or cut off ({other}); choose another"),
    }
}

fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let mut white = image::RgbaImage::from_pixel(image.width(), image.height(), [255; 4].into());
    imageops::overlay(&mut white, &image.into_rgba8(), 0, 0);
    DynamicImage::from(white).into_rgb8()
}

fn check_size(width: u32, height: u32) -> std::result::Result<(), String> {
    if width == 0 || height == 0 {
        return Err("it has no pixels".into());
    }
    if width.max(height) > LONGEST_SIDE || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!(
            "{width} × {height} pixels are too many; up to {LONGEST_SIDE} on a side and {} \
             megapixels can be used",
            MOST_PIXELS >> 20
        ));
    }
    Ok(())
}

/// I420 with chroma as means over 2 × 2 pixels.
fn to_planes(image: &RgbImage, color: ColorSpace) -> Planes {
    let (width, height) = image.dimensions();
    let (levels, primaries) = (Levels::of(color), Primaries::of(color));
    let (red, blue) = (primaries.red, primaries.blue);
    let luma = |r: f32, g: f32, b: f32| red * r + (1.0 - red - blue) * g + blue * b;
    let sample = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
    let mut planes = crate::codec::pool::blank(width, height);
    for (out, pixel) in planes.y.iter_mut().zip(image.pixels()) {
        let [r, g, b] = pixel.0.map(|value| f32::from(value) / 255.0);
        *out = sample(luma(r, g, b) / levels.luma + levels.black);
    }
    let half = width.div_ceil(2);
    for y in 0..height.div_ceil(2) {
        for x in 0..half {
            let mut sum = [0.0; 3];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let pixel =
                    image.get_pixel((2 * x + dx).min(width - 1), (2 * y + dy).min(height - 1));
                for (sum, value) in sum.iter_mut().zip(pixel.0) {
                    *sum += f32::from(value) / (4.0 * 255.0);
                }
            }
            let [r, g, b] = sum;
            let (u, v) = ((b - luma(r, g, b)) / primaries.bu, (r - luma(r, g, b)) / primaries.rv);
            let at = (y * half + x) as usize;
            planes.u[at] = sample(u / levels.chroma + 128.0);
            planes.v[at] = sample(v / levels.chroma + 128.0);
        }
    }
    planes
}

/// The newest background at the newest frame's size.
#[derive(Debug, Default)]
pub(super) struct Cover {
    of: Option<(Arc<Picture>, u32, u32, ColorSpace)>,
    planes: Option<Planes>,
}

impl Cover {
    /// Computed when picture, size or colours change.
    pub(super) fn planes(
        &mut self,
        picture: &Arc<Picture>,
        width: u32,
        height: u32,
        color: ColorSpace,
    ) -> &Planes {
        let same = self.of.as_ref().is_some_and(|(of, w, h, c)| {
            Arc::ptr_eq(of, picture) && (*w, *h, *c) == (width, height, color)
        });
        if !same {
            self.planes = None;
            self.of = Some((picture.clone(), width, height, color));
        }
        self.planes.get_or_insert_with(|| picture.cover(width, height, color))
    }
}
