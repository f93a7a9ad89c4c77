//! A buffer of a PipeWire stream with its metadata, which the binding keeps to itself.

use pipewire::spa::buffer::Data;
use pipewire::spa::sys::{SPA_META_VideoCrop, spa_buffer, spa_meta_region, spa_region};
use pipewire::stream::StreamRef;
use pipewire::sys::pw_buffer;
use std::ptr::NonNull;

/// A buffer that was taken out of a stream. It goes back when dropped.
pub(super) struct Taken<'a> {
    stream: &'a StreamRef,
    buffer: NonNull<pw_buffer>,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

#[expect(unsafe_code, reason = "the binding's own buffers do not give their metadata")]
impl<'a> Taken<'a> {
    /// The newest buffer; older ones go back unseen.
    pub(super) fn newest(stream: &'a StreamRef) -> Option<Taken<'a>> {
        let mut newest = None;
        // SAFETY: what is taken here goes back to the same stream in `drop`, once.
        while let Some(buffer) = NonNull::new(unsafe { stream.dequeue_raw_buffer() }) {
            newest = Some(Taken { stream, buffer });
        }
        newest
    }

    /// Its first plane.
    pub(super) fn data(&mut self) -> Option<&mut Data> {
        let buffer = self.raw()?;
        let first = NonNull::new(buffer.datas).filter(|_| buffer.n_datas > 0)?;
        // SAFETY: PipeWire keeps `n_datas` of them valid until the buffer goes back, and nobody else
        // has it until then. `Data` is `spa_data` under another name.
        Some(unsafe { first.cast::<Data>().as_mut() })
    }

    /// The part of a picture of `size` that its desktop wants seen. Without a word about it, all.
    pub(super) fn part(&self, size: (u32, u32)) -> Part {
        within(self.crop(), size)
    }

    fn crop(&self) -> Option<spa_region> {
        let buffer = self.raw()?;
        let first = NonNull::new(buffer.metas).filter(|_| buffer.n_metas > 0)?;
        // SAFETY: PipeWire keeps `n_metas` of them valid until the buffer goes back.
        let metas = unsafe { std::slice::from_raw_parts(first.as_ptr(), buffer.n_metas as usize) };
        let crop = metas.iter().find(|meta| {
            let complete = meta.size as usize >= size_of::<spa_meta_region>();
            meta.type_ == SPA_META_VideoCrop && complete && !meta.data.is_null()
        })?;
        // SAFETY: it is as large as was just seen. The desktop may write to it meanwhile: it is
        // copied once, and any number in it will do.
        Some(unsafe { crop.data.cast::<spa_meta_region>().read_unaligned() }.region)
    }

    fn raw(&self) -> Option<&spa_buffer> {
        // SAFETY: both are PipeWire's, which keeps them until the buffer goes back.
        unsafe { self.buffer.as_ref().buffer.as_ref() }
    }
}

#[expect(unsafe_code, reason = "the same")]
impl Drop for Taken<'_> {
    fn drop(&mut self) {
        // SAFETY: taken out of this stream in `newest`.
        unsafe { self.stream.queue_raw_buffer(self.buffer.as_ptr()) }
    }
}

/// What of `crop` lies within a picture of `size`; all of the picture where that is nothing.
fn within(crop: Option<spa_region>, size: (u32, u32)) -> Part {
    let whole = Part { left: 0, top: 0, width: size.0, height: size.1 };
    let Some(spa_region { position, size: wanted }) = crop else { return whole };
    let span = |at: i32, length: u32, most: u32| {
        let end = (i64::from(at) + i64::from(length)).clamp(0, most.into()) as u32;
        let start = i64::from(at).clamp(0, most.into()) as u32;
        (start, end - start)
    };
    let (left, width) = span(position.x, wanted.width, size.0);
    let (top, height) = span(position.y, wanted.height, size.1);
    if width == 0 || height == 0 { whole } else { Part { left, top, width, height } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipewire::spa::sys::{spa_point, spa_rectangle};

    #[test]
    fn what_a_desktop_wants_seen_lies_within_its_picture() {
        let part = |left, top, width, height| Part { left, top, width, height };
        let seen = |(x, y): (i32, i32), (width, height): (u32, u32)| {
            let (position, size) = (spa_point { x, y }, spa_rectangle { width, height });
            within(Some(spa_region { position, size }), (1920, 1080))
        };
        let whole = part(0, 0, 1920, 1080);
        assert_eq!(within(None, (1920, 1080)), whole);
        assert_eq!(seen((0, 0), (800, 600)), part(0, 0, 800, 600));
        assert_eq!(seen((1_800, 1_000), (800, 600)), part(1_800, 1_000, 120, 80));
        assert_eq!(seen((-20, -10), (800, 600)), part(0, 0, 780, 590));
        assert_eq!(seen((0, 0), (0, 0)), whole, "nothing was said");
        assert_eq!(seen((5_000, 0), (800, 600)), whole, "nothing is left");
        assert_eq!(seen((i32::MIN, i32::MAX), (u32::MAX, u32::MAX)), whole);
    }
}
