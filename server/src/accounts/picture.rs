//! Profile pictures. What people upload is decoded and drawn anew, so that nothing of the file
//! itself, and none of its metadata, reaches anybody else.

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// The biggest file.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The longest side of an uploaded picture, in pixels.
pub const MAX_SIDE: u32 = 4096;

/// Pictures are kept as squares of so many pixels a side.
pub const SIDE: u32 = 256;

/// What they are kept as.
pub const CONTENT_TYPE: &str = "image/png";

/// 4096 × 4096 pixels of four times 16 bits.
const MAX_DECODED_BYTES: u64 = 128 * 1024 * 1024;

/// Why a file is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Something else, or a broken one.
    #[error("this is no PNG, JPEG or WebP picture that can be read; choose another one")]
    Unreadable,
    /// Too many pixels.
    #[error("the picture has more than {MAX_SIDE} pixels a side; make it smaller first")]
    TooManyPixels,
}

/// The picture's middle as a PNG of [`SIDE`] × [`SIDE`] pixels, upright. Takes up to a second and
/// 200 MiB: one at a time, and not on a thread that others wait for.
pub fn square(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let unreadable = |_| PictureError::Unreadable;
    let format = image::guess_format(bytes).map_err(unreadable)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(PictureError::Unreadable);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(PictureError::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    let square = picture.resize_to_fill(SIDE, SIDE, FilterType::Triangle).to_rgba8();
    let mut png = Cursor::new(Vec::new());
    square.write_to(&mut png, ImageFormat::Png).map_err(unreadable)?;
    Ok(png.into_inner())
}
