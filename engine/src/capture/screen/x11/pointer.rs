//! Where the pointer is and what it looks like.

use super::super::canvas::Pointer;
use super::target::Target;
use super::{Display, lost};
use crate::Result;
use crate::capture::driver::now;
use std::time::Instant;
use x11rb::protocol::Event;
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::ConnectionExt as _;

/// Follows the pointer. Its shape is told by the server, its place must be asked for.
pub(super) struct Tracker<'a> {
    display: &'a Display,
    shape: Pointer,
    /// Another shape was told of.
    stale: bool,
    at: Option<(i32, i32)>,
    due: Instant,
}

impl<'a> Tracker<'a> {
    pub(super) fn open(display: &'a Display) -> Result<Tracker<'a>> {
        let mask = CursorNotifyMask::DISPLAY_CURSOR;
        display.connection.xfixes_select_cursor_input(display.root, mask).map_err(lost)?;
        Ok(Tracker { display, shape: Pointer::default(), stale: true, at: None, due: now() })
    }

    pub(super) fn hear(&mut self, event: &Event) {
        self.stale |= matches!(event, Event::XfixesCursorNotify(_));
    }

    /// Whether it is time to look where the pointer is.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.due
    }

    /// Looks where the pointer is, for the next time at `next`; says whether it looks different
    /// from before.
    pub(super) fn look(&mut self, target: &Target<'_>, next: Instant) -> Result<bool> {
        self.due = next;
        let connection = &self.display.connection;
        let reshaped = std::mem::take(&mut self.stale);
        if reshaped {
            let image = connection.xfixes_get_cursor_image().map_err(lost)?.reply();
            let image = image.map_err(lost)?;
            self.shape = Pointer {
                width: image.width.into(),
                height: image.height.into(),
                hot: (image.xhot.into(), image.yhot.into()),
                pixels: image.cursor_image,
            };
        }
        let before = self.at;
        // A window may have been closed a moment ago, which its own event tells.
        let place = connection.query_pointer(target.window()).map_err(lost)?.reply().ok();
        self.at = place
            .filter(|place| place.same_screen)
            .and_then(|place| target.place((place.win_x.into(), place.win_y.into())));
        Ok(self.at != before || (reshaped && self.at.is_some()))
    }

    /// The pointer and the place of its hot spot, where it is over the target.
    pub(super) fn shown(&self) -> Option<(&Pointer, (i32, i32))> {
        Some((&self.shape, self.at?))
    }
}
