//! A picture: PNG or JPEG in, PNG or JPEG out.
//!
//! Frames have chroma at half the size, pictures do not. What that takes from the person is put
//! back at the end, weighted by the matte: where the matte is full, the picture's own pixels stay.

use super::blurrer::Blurrer;
use super::figures::Figures;
use super::interrupt::Interrupt;
use super::target::Target;
use super::{Options, Outcome, targets};
use anyhow::{Context, anyhow, bail};
use engine::blur::Background;
use engine::codec::pool;
use engine::file::MAX_PIXELS;
use engine::frame::{ColorSpace, Matrix, Planes, Range, VideoFrame};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder};
use image::{DynamicImage, GrayImage, ImageDecoder, ImageEncoder, ImageFormat, ImageReader};
use image::{Rgb, RgbImage, RgbaImage};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// As JPEG files have it (JFIF).
const COLOR: ColorSpace = ColorSpace { matrix: Matrix::Bt601, range: Range::Full };

/// Of 100. Loss begins to be seen below it.
const JPEG_QUALITY: u8 = 95;

/// A picture in memory.
pub(super) struct Still {
    pub(super) rgb: RgbImage,
    alpha: Option<GrayImage>,
    /// What its RGB values mean; handed on.
    icc: Option<Vec<u8>>,
}

/// By the ending of a file's name: `.png`, `.jpg` or `.jpeg`.
pub(super) fn format(path: &Path) -> Option<ImageFormat> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "png" => Some(ImageFormat::Png),
        "jpg" | "jpeg" => Some(ImageFormat::Jpeg),
        _ => None,
    }
}

/// Whether a file begins like a picture of these formats. What cannot be read is none.
pub(super) fn is_picture(path: &Path) -> bool {
    // Opening a pipe would wait for its other end.
    if !path.metadata().is_ok_and(|about| about.is_file()) {
        return false;
    }
    let mut head = [0; 3];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && (head == *b"\x89PN" || head == *b"\xff\xd8\xff")
}

/// Reads a picture, upright.
pub(super) fn load(path: &Path) -> anyhow::Result<Still> {
    let failed = || format!("cannot read {}", path.display());
    if path.is_dir() {
        return Err(anyhow!("it is a folder; name a file in it")).with_context(failed);
    }
    if path.exists() && !is_picture(path) {
        return Err(anyhow!("it is no PNG or JPEG picture; name or make one")).with_context(failed);
    }
    decode(path).with_context(failed)
}

fn decode(path: &Path) -> anyhow::Result<Still> {
    let damaged =
        |error: image::ImageError| anyhow!("it is damaged or cut off ({error}); name another file");
    let mut reader = ImageReader::open(path)?.with_guessed_format()?;
    // Room for the largest picture at 16 bits and four channels.
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 8 + (16 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        bail!("its {width}x{height} pixels are too many; scale it to 8192x8192 or less");
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let icc = decoder.icc_profile().map_err(damaged)?;
    // A profile of gray or of inks means nothing for RGB.
    let icc = icc.filter(|profile| profile.get(16..20) == Some(b"RGB "));
    let mut picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    picture.apply_orientation(orientation);
    let alpha = picture.color().has_alpha().then(|| {
        let rgba = picture.to_rgba8();
        GrayImage::from_fn(rgba.width(), rgba.height(), |x, y| image::Luma([rgba[(x, y)][3]]))
    });
    Ok(Still { rgb: picture.into_rgb8(), alpha, icc })
}

impl Still {
    /// Without transparency.
    pub(super) fn on_white(&self) -> RgbImage {
        let mut out = self.rgb.clone();
        if let Some(alpha) = &self.alpha {
            for (pixel, alpha) in out.pixels_mut().zip(alpha.pixels()) {
                let alpha = u16::from(alpha[0]);
                let over = |value: u8| (u16::from(value) * alpha + 255 * (255 - alpha) + 127) / 255;
                *pixel = Rgb(pixel.0.map(|value| over(value) as u8));
            }
        }
        out
    }

    /// With its transparency, if it has any.
    fn translucent(&self) -> Option<RgbaImage> {
        let alpha = self.alpha.as_ref()?;
        let (width, height) = self.rgb.dimensions();
        let pixel = |x, y| {
            let [red, green, blue] = self.rgb[(x, y)].0;
            image::Rgba([red, green, blue, alpha[(x, y)][0]])
        };
        Some(RgbaImage::from_fn(width, height, pixel))
    }

    /// Writes it as the target's name says.
    fn save(&self, target: &Target) -> anyhow::Result<()> {
        let picture = match (format(target.name()), self.translucent()) {
            (Some(ImageFormat::Png), Some(translucent)) => DynamicImage::from(translucent),
            _ => DynamicImage::from(self.on_white()),
        };
        save(&picture, self.icc.as_deref(), target)
    }
}

fn save(picture: &DynamicImage, icc: Option<&[u8]>, target: &Target) -> anyhow::Result<()> {
    let write = || -> anyhow::Result<()> {
        let mut file = BufWriter::new(File::create(target.file())?);
        let (width, height) = (picture.width(), picture.height());
        let (bytes, color) = (picture.as_bytes(), picture.color().into());
        match format(target.name()) {
            Some(ImageFormat::Jpeg) => {
                let mut encoder = JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
                if let Some(icc) = icc {
                    encoder.set_icc_profile(icc.to_owned())?;
                }
                encoder.write_image(bytes, width, height, color)?;
            }
            _ => {
                let mut encoder = PngEncoder::new(&mut file);
                if let Some(icc) = icc {
                    encoder.set_icc_profile(icc.to_owned())?;
                }
                encoder.write_image(bytes, width, height, color)?;
            }
        }
        Ok(file.flush()?)
    };
    write().with_context(|| format!("cannot write {}", target.name().display()))
}

/// Writes output and mask of a picture.
pub(super) fn run(
    options: &Options,
    still: Still,
    background: &Background,
    mut blurrer: Blurrer,
    interrupt: &Interrupt,
) -> anyhow::Result<Outcome> {
    let (output, mask) = targets(options)?;
    let (width, height) = still.rgb.dimensions();
    let mut figures = Figures::begin((width, height));
    let frame = frame(&still.rgb);
    let blurred = blurrer.process(&frame, background)?;
    let matte = blurrer.matte()?;
    figures.add(blurrer.timings());
    interrupt.check()?;
    let rgb = with_detail(&still.rgb, &frame, &blurred, &matte);
    let rgb = RgbImage::from_raw(width, height, rgb).context("the blur gave another size")?;
    Still { rgb, ..still }.save(&output)?;
    if let Some(mask) = &mask {
        let matte = GrayImage::from_raw(width, height, matte).context("the matte is too short")?;
        save(&DynamicImage::from(matte), None, mask)?;
    }
    interrupt.check()?;
    if let Some(mask) = mask {
        mask.commit()?;
    }
    output.commit()?;
    let report = figures.report(blurrer.adapter());
    let remarks = blurrer.remarks().to_vec();
    Ok(Outcome { report, place: blurrer.place().to_owned(), remarks })
}

/// The blurred picture with what 4:2:0 took from the person put back.
fn with_detail(rgb: &RgbImage, frame: &VideoFrame, blurred: &VideoFrame, matte: &[u8]) -> Vec<u8> {
    let mut out = crate::picture::rgb(blurred);
    let subsampled = crate::picture::rgb(frame);
    let pixels = out.chunks_exact_mut(3).zip(rgb.as_raw().chunks_exact(3));
    for (((out, original), subsampled), matte) in pixels.zip(subsampled.chunks_exact(3)).zip(matte)
    {
        for ((out, original), subsampled) in out.iter_mut().zip(original).zip(subsampled) {
            let lost = i32::from(*original) - i32::from(*subsampled);
            let back = lost * i32::from(*matte) / 255;
            *out = (i32::from(*out) + back).clamp(0, 255) as u8;
        }
    }
    out
}

/// The picture as a frame: chroma is the mean of 2 × 2 pixels.
#[expect(clippy::disallowed_methods, reason = "any moment will do as a picture's")]
fn frame(rgb: &RgbImage) -> VideoFrame {
    let (width, height) = rgb.dimensions();
    let Planes { mut y, mut u, mut v } = pool::blank(width, height);
    for (luma, Rgb([red, green, blue])) in y.iter_mut().zip(rgb.pixels()) {
        let [red, green, blue] = [red, green, blue].map(|value| f32::from(*value));
        *luma = (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8;
    }
    let columns = width.div_ceil(2) as usize;
    for (index, (u, v)) in u.iter_mut().zip(&mut v).enumerate() {
        let (left, top) = ((index % columns * 2) as u32, (index / columns * 2) as u32);
        let mut sum = [0.0f32; 3];
        for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let pixel = rgb[((left + x).min(width - 1), (top + y).min(height - 1))];
            sum.iter_mut().zip(pixel.0).for_each(|(sum, value)| *sum += f32::from(value) / 4.0);
        }
        let [red, green, blue] = sum;
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        *u = ((blue - luma) / 1.772 + 128.0).round() as u8;
        *v = ((red - luma) / 1.402 + 128.0).round() as u8;
    }
    let planes = Arc::new(Planes { y, u, v });
    VideoFrame { width, height, color: COLOR, captured: Instant::now(), planes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colorful(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x * 37) as u8, (y * 59) as u8, (x ^ y) as u8])
        })
    }

    #[test]
    fn where_the_matte_is_full_the_pixels_stay_and_elsewhere_they_do_not() {
        let rgb = colorful(33, 17);
        let frame = frame(&rgb);
        let full = with_detail(&rgb, &frame, &frame, &[255; 33 * 17]);
        assert_eq!(&full, rgb.as_raw());
        let none = with_detail(&rgb, &frame, &frame, &[0; 33 * 17]);
        assert_eq!(none, crate::picture::rgb(&frame));
        assert_ne!(none, full, "these colors do not survive 4:2:0");
    }

    #[test]
    fn a_frame_of_a_picture_shows_the_picture() {
        let rgb = RgbImage::from_pixel(5, 3, Rgb([200, 80, 30]));
        let back = crate::picture::rgb(&frame(&rgb));
        assert!(back.iter().zip(rgb.as_raw()).all(|(a, b)| a.abs_diff(*b) <= 2), "{back:?}");
    }

    #[test]
    fn transparency_shows_white() {
        let rgb = RgbImage::from_pixel(3, 1, Rgb([10, 20, 30]));
        let alpha = GrayImage::from_raw(3, 1, vec![255, 0, 128]).expect("three pixels");
        let still = Still { rgb, alpha: Some(alpha), icc: None };
        let white = still.on_white();
        assert_eq!(white[(0, 0)].0, [10, 20, 30]);
        assert_eq!(white[(1, 0)].0, [255; 3]);
        assert_eq!(white[(2, 0)].0, [132, 137, 142]);
    }
}
