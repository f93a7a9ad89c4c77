//! Pixels out of the X server, through memory that both share.

use super::super::canvas::{Band, Canvas, PIXEL};
use super::target::Target;
use super::{Display, lost};
use crate::Result;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xproto::ImageFormat;

/// Copies pixels of a target into a canvas.
pub(super) struct Grabber<'a> {
    display: &'a Display,
    segment: Option<Segment>,
}

/// Shared memory that the server made. It is read like a file, so that nothing here touches memory
/// which another program writes.
struct Segment {
    id: u32,
    bytes: u32,
    file: File,
}

impl<'a> Grabber<'a> {
    pub(super) fn new(display: &'a Display) -> Grabber<'a> {
        Grabber { display, segment: None }
    }

    /// Copies the lines of `band`; false when the target has changed its shape meanwhile, and on
    /// a target that cannot be seen.
    pub(super) fn grab(
        &mut self,
        target: &Target<'_>,
        band: Band,
        canvas: &mut Canvas,
    ) -> Result<bool> {
        let Some((drawable, (left, top))) = target.drawable() else { return Ok(true) };
        let (width, height) = target.size();
        let Some(band) = band.within(height) else { return Ok(true) };
        let lines = band.bottom - band.top;
        let connection = &self.display.connection;
        let segment = self.segment(width * lines * PIXEL as u32)?;
        let (id, all_planes) = (segment.id, !0);
        let reply = connection
            .shm_get_image(
                drawable,
                left,
                top + band.top as i16,
                width as u16,
                lines as u16,
                all_planes,
                ImageFormat::Z_PIXMAP.into(),
                id,
                0,
            )
            .map_err(lost)?
            .reply();
        match reply {
            Ok(image) if matches!(image.depth, 24 | 32) => {}
            Ok(image) => return Err(lost(format!("a depth of {} bits is unknown", image.depth))),
            // It became smaller or vanished a moment ago.
            Err(ReplyError::X11Error(_)) => return Ok(false),
            Err(error) => return Err(lost(error)),
        }
        segment.file.read_exact_at(canvas.lines_mut(width, height, band), 0).map_err(lost)?;
        target.veil().blacken(canvas, (width, height), band);
        Ok(true)
    }

    /// Memory of at least so many bytes.
    fn segment(&mut self, bytes: u32) -> Result<&Segment> {
        if self.segment.as_ref().is_some_and(|segment| segment.bytes < bytes) {
            self.release();
        }
        match &mut self.segment {
            Some(segment) => Ok(segment),
            none => {
                let connection = &self.display.connection;
                let id = connection.generate_id().map_err(lost)?;
                let made = connection.shm_create_segment(id, bytes, false).map_err(lost)?;
                let made = made.reply().map_err(|error| {
                    lost(format!(
                        "no memory can be shared with it ({error}); is it on this machine?"
                    ))
                })?;
                Ok(none.insert(Segment { id, bytes, file: File::from(made.shm_fd) }))
            }
        }
    }

    fn release(&mut self) {
        if let Some(segment) = self.segment.take() {
            // A connection that is gone has released it already.
            let _ = self.display.connection.shm_detach(segment.id);
        }
    }
}

impl Drop for Grabber<'_> {
    fn drop(&mut self) {
        self.release();
    }
}
