//! A captured screen between two pictures: its pixels, what of them changed, and the pointer.

use super::{MAX_SIZE, THUMBNAIL, Thumbnail};
use crate::Result;
use crate::capture::Picture;
use crate::codec::pool::{Pool, blank};
use crate::codec::scale::Scaler;
use crate::frame::{ColorSpace, Planes};

/// Bytes of a pixel: blue, green, red and one that says nothing.
pub(super) const PIXEL: usize = 4;

/// Lines from `top` up to, but without, `bottom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    pub top: u32,
    pub bottom: u32,
}

impl Band {
    /// The part above `lines`; `None` when there is none.
    pub(super) fn within(self, lines: u32) -> Option<Band> {
        let bottom = self.bottom.min(lines);
        (self.top < bottom).then_some(Band { top: self.top, bottom })
    }

    fn join(self, other: Band) -> Band {
        Band { top: self.top.min(other.top), bottom: self.bottom.max(other.bottom) }
    }
}

/// What the pointer looks like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pointer {
    pub width: u32,
    pub height: u32,
    /// The pixel that points, from the top left corner.
    pub hot: (i32, i32),
    /// Alpha, red, green and blue from the highest byte on; the colors are multiplied by alpha.
    pub pixels: Vec<u32>,
}

/// Keeps a screen's pixels and makes pictures of them.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
    /// With the pointer; even in both directions.
    planes: Planes,
    changed: Option<Band>,
    /// Where the pointer is in `planes`.
    pointed: Option<Band>,
    pool: Pool,
    scaler: Scaler,
}

impl Canvas {
    pub(super) fn new() -> Canvas {
        Canvas {
            width: 0,
            height: 0,
            pixels: Vec::new(),
            planes: blank(0, 0),
            changed: None,
            pointed: None,
            pool: Pool::new(),
            scaler: Scaler::new(),
        }
    }

    /// The pixels in `band` for writing, after a change of size all of them black. Lines are
    /// `width` pixels long, with nothing between them.
    pub(super) fn lines_mut(&mut self, width: u32, height: u32, band: Band) -> &mut [u8] {
        if (self.width, self.height) != (width, height) {
            (self.width, self.height) = (width, height);
            self.pixels = vec![0; width as usize * height as usize * PIXEL];
            self.planes = blank(width & !1, height & !1);
            self.pointed = None;
            self.touch(Band { top: 0, bottom: height });
        }
        self.touch(band);
        let line = width as usize * PIXEL;
        &mut self.pixels[band.top as usize * line..band.bottom as usize * line]
    }

    /// One line as it was last written, if the size is still the same.
    pub(super) fn line(&self, size: (u32, u32), at: u32) -> Option<&[u8]> {
        let line = size.0 as usize * PIXEL;
        let start = at as usize * line;
        (size == (self.width, self.height)).then(|| self.pixels.get(start..start + line))?
    }

    fn touch(&mut self, band: Band) {
        self.changed = Some(self.changed.map_or(band, |changed| changed.join(band)));
    }

    /// The screen with the pointer at `at`, if something changed since the last picture. Odd last
    /// lines and columns are left out, and what is larger than [`MAX_SIZE`] is scaled down.
    pub(super) fn picture(
        &mut self,
        pointer: Option<(&Pointer, (i32, i32))>,
        pointer_changed: bool,
    ) -> Result<Option<Picture>> {
        let (width, height) = (self.width & !1, self.height & !1);
        if pointer_changed {
            self.pointed.take().into_iter().for_each(|old| self.touch(old));
        }
        let placed = pointer.and_then(|(pointer, at)| {
            let place = Place::new(pointer, at, (self.width, self.height))?;
            Some((pointer, place))
        });
        if let (Some((_, place)), true) = (&placed, pointer_changed) {
            self.touch(place.band());
        }
        let Some(band) = self.changed.and_then(|band| band.within(height)) else {
            return Ok(None);
        };
        if width == 0 {
            return Ok(None);
        }
        let under = placed.as_ref().map(|(pointer, place)| self.draw(pointer, place));
        convert(&self.pixels, self.width, band, &mut self.planes);
        if let (Some((_, place)), Some(under)) = (&placed, under) {
            self.restore(place, &under);
        }
        self.pointed = placed.map(|(_, place)| place.band());
        self.changed = None;
        let planes = &self.planes;
        let whole = self.pool.lend(width, height, |copy| {
            copy.y.copy_from_slice(&planes.y);
            copy.u.copy_from_slice(&planes.u);
            copy.v.copy_from_slice(&planes.v);
            Ok::<_, crate::Error>(())
        })?;
        let (to_width, to_height) = fit(width, height);
        let to = (to_width, to_height);
        let planes = self.scaler.scale_planes(&whole, ColorSpace::WIRE, (width, height), to)?;
        Ok(Some(Picture { width: to_width, height: to_height, planes }))
    }

    /// Draws the pointer into the pixels; gives what was there.
    fn draw(&mut self, pointer: &Pointer, place: &Place) -> Vec<u8> {
        let mut under = Vec::with_capacity(place.columns() * place.lines() * PIXEL);
        for line in 0..place.lines() {
            let from = (place.skip.1 + line) * pointer.width as usize + place.skip.0;
            let row = place.row(self.width, line);
            under.extend_from_slice(&self.pixels[row.clone()]);
            let shape = pointer.pixels.get(from..from + place.columns()).unwrap_or_default();
            for (pixel, over) in self.pixels[row].as_chunks_mut::<PIXEL>().0.iter_mut().zip(shape) {
                let [blue, green, red, alpha] = over.to_le_bytes();
                let left = 255 - u32::from(alpha);
                for (value, over) in pixel.iter_mut().zip([blue, green, red]) {
                    *value = over.saturating_add((u32::from(*value) * left / 255) as u8);
                }
            }
        }
        under
    }

    fn restore(&mut self, place: &Place, under: &[u8]) {
        let lines = under.chunks(place.columns() * PIXEL).enumerate();
        for (line, saved) in lines {
            self.pixels[place.row(self.width, line)].copy_from_slice(saved);
        }
    }

    /// A small copy of the pixels: each of its own is the mean of those that it stands for.
    pub(super) fn thumbnail(&self) -> Option<Thumbnail> {
        let step = self.width.div_ceil(THUMBNAIL.0).max(self.height.div_ceil(THUMBNAIL.1)).max(1);
        let (width, height) = (self.width / step, self.height / step);
        let mut rgba = Vec::with_capacity(width as usize * height as usize * PIXEL);
        for y in 0..height {
            for x in 0..width {
                let mut sums = [0u32; 3];
                for line in y * step..(y + 1) * step {
                    let at = (line as usize * self.width as usize + (x * step) as usize) * PIXEL;
                    let pixels = self.pixels[at..].as_chunks::<PIXEL>().0;
                    for [blue, green, red, _] in pixels.iter().take(step as usize) {
                        sums[0] += u32::from(*red);
                        sums[1] += u32::from(*green);
                        sums[2] += u32::from(*blue);
                    }
                }
                rgba.extend(sums.map(|sum| (sum / (step * step)) as u8));
                rgba.push(255);
            }
        }
        (width > 0 && height > 0).then_some(Thumbnail { width, height, rgba })
    }
}

/// The part of a pointer that lies within a picture.
struct Place {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    /// Columns and lines of the pointer beyond the left and the upper edge.
    skip: (usize, usize),
}

impl Place {
    fn new(pointer: &Pointer, at: (i32, i32), size: (u32, u32)) -> Option<Place> {
        let clip = |at: i32, hot: i32, length: u32, whole: u32| {
            let start = i64::from(at) - i64::from(hot);
            let end = (start + i64::from(length)).min(i64::from(whole));
            let first = start.max(0);
            (first < end).then_some((first as usize, end as usize, (first - start) as usize))
        };
        let (left, right, skip_x) = clip(at.0, pointer.hot.0, pointer.width, size.0)?;
        let (top, bottom, skip_y) = clip(at.1, pointer.hot.1, pointer.height, size.1)?;
        Some(Place { left, top, right, bottom, skip: (skip_x, skip_y) })
    }

    fn columns(&self) -> usize {
        self.right - self.left
    }

    fn lines(&self) -> usize {
        self.bottom - self.top
    }

    fn band(&self) -> Band {
        Band { top: self.top as u32, bottom: self.bottom as u32 }
    }

    /// The bytes of one of its lines among those of a screen of `width` pixels.
    fn row(&self, width: u32, line: usize) -> std::ops::Range<usize> {
        let start = (self.top + line) * width as usize + self.left;
        start * PIXEL..(start + self.columns()) * PIXEL
    }
}

/// The size at which a screen of `width` × `height` is sent: the largest of the same aspect within
/// [`MAX_SIZE`], even numbers, never larger than it is.
fn fit(width: u32, height: u32) -> (u32, u32) {
    let most = if width >= height { MAX_SIZE } else { (MAX_SIZE.1, MAX_SIZE.0) };
    if width <= most.0 && height <= most.1 {
        return (width, height);
    }
    let even = |length: u64| ((length as u32) & !1).max(2);
    let (width, height) = (u64::from(width), u64::from(height));
    // Whichever direction is further beyond its limit decides.
    if width * u64::from(most.1) >= height * u64::from(most.0) {
        (most.0, even(height * u64::from(most.0) / width))
    } else {
        (even(width * u64::from(most.1) / height), most.1)
    }
}

/// Converts the lines of `band`, and the one beside it that shares their chroma, to I420 in
/// [`ColorSpace::WIRE`]. Coefficients are ITU-R BT.709's in 1/256.
fn convert(pixels: &[u8], width: u32, band: Band, to: &mut Planes) {
    let (line, even) = (width as usize * PIXEL, (width & !1) as usize);
    let (first, last) = (band.top as usize / 2, (band.bottom as usize).div_ceil(2));
    let luma = to.y.chunks_exact_mut(even * 2);
    let chroma = to.u.chunks_exact_mut(even / 2).zip(to.v.chunks_exact_mut(even / 2));
    let rows = pixels.chunks_exact(line * 2).zip(luma).zip(chroma);
    for ((pixels, luma), (us, vs)) in rows.take(last).skip(first) {
        let (upper, lower) = pixels.split_at(line);
        let (upper, lower) = (&upper[..even * PIXEL], &lower[..even * PIXEL]);
        let (luma_upper, luma_lower) = luma.split_at_mut(even);
        for (pixels, luma) in [(upper, luma_upper), (lower, luma_lower)] {
            for (luma, [blue, green, red, _]) in luma.iter_mut().zip(pixels.as_chunks::<PIXEL>().0)
            {
                let sum = 47 * u16::from(*red) + 157 * u16::from(*green) + 16 * u16::from(*blue);
                *luma = ((sum + 128) >> 8) as u8 + 16;
            }
        }
        let squares = upper.as_chunks::<{ 2 * PIXEL }>().0.iter();
        let squares = squares.zip(lower.as_chunks::<{ 2 * PIXEL }>().0);
        for ((upper, lower), (u, v)) in squares.zip(us.iter_mut().zip(vs)) {
            let sum = |at: usize| {
                i32::from(upper[at])
                    + i32::from(upper[at + PIXEL])
                    + i32::from(lower[at])
                    + i32::from(lower[at + PIXEL])
            };
            let (blue, green, red) = (sum(0), sum(1), sum(2));
            *u = (((112 * blue - 86 * green - 26 * red + 512) >> 10) + 128) as u8;
            *v = (((112 * red - 102 * green - 10 * blue + 512) >> 10) + 128) as u8;
        }
    }
}

#[cfg(test)]
mod tests;
