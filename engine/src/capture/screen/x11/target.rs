//! A monitor or a window, and what of it changed.

use super::super::canvas::Band;
use super::super::over;
use super::veil::Veil;
use super::{Display, Wanted, lost};
use crate::Result;
use crate::capture::driver::now;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::randr::{ConnectionExt as _, NotifyMask};
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, Drawable, EventMask, MapState, Pixmap, Window,
};

/// While its resolution changes, a monitor is not there for a moment.
const SWITCHING: Duration = Duration::from_secs(2);

/// What is captured, kept up to date with what the server tells.
pub(super) struct Target<'a> {
    display: &'a Display,
    wanted: &'a Wanted,
    window: Window,
    /// As the user knows it.
    title: String,
    /// Of its picture on the monitor's root window, or in the window's own pixmap.
    origin: (i16, i16),
    size: (u16, u16),
    /// The window's content, whatever covers it; `None` while it is not on any screen.
    pixmap: Option<Pixmap>,
    damage: u32,
    region: u32,
    damaged: bool,
    /// All of it is to be grabbed.
    whole: bool,
    veil: Veil<'a>,
    /// Size, place or pixmap may have become others.
    stale: bool,
    /// Since when its monitor is not there.
    gone: Option<Instant>,
}

impl<'a> Target<'a> {
    /// Fails with [`Error::Screen`](crate::Error::Screen) when there is no such monitor or window.
    pub(super) fn open(display: &'a Display, wanted: &'a Wanted) -> Result<Target<'a>> {
        let x = &display.connection;
        let (window, title) = match wanted {
            Wanted::Monitor(name) => (display.root, format!("the monitor {name}")),
            Wanted::Window(id) => (*id, super::listing::title(display, *id)),
        };
        let structure = EventMask::STRUCTURE_NOTIFY;
        let events = ChangeWindowAttributesAux::new().event_mask(structure);
        let watched = x.change_window_attributes(window, &events).map_err(lost)?.check();
        watched.map_err(|_| closed(&title))?;
        let composed = match wanted {
            Wanted::Monitor(_) => true,
            Wanted::Window(_) => display.is_composed()? && display.is_redirected(window)?,
        };
        let (damage, region) = (x.generate_id().map_err(lost)?, x.generate_id().map_err(lost)?);
        x.xfixes_create_region(region, &[]).map_err(lost)?;
        // Right before the window's content is kept apart: what is painted from then on is its own.
        x.damage_create(damage, window, ReportLevel::NON_EMPTY).map_err(lost)?;
        match wanted {
            Wanted::Monitor(_) => {
                let mask = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE;
                x.randr_select_input(window, mask).map_err(lost)?;
            }
            Wanted::Window(_) => {
                // So that what covers it from now on does not show.
                let redirected = x.composite_redirect_window(window, Redirect::AUTOMATIC);
                redirected.map_err(lost)?.check().map_err(|_| closed(&title))?;
                // A window in another that comes back is not mapped, but seen again. Asked for now,
                // for what was just done makes it seen too.
                let seen = events.event_mask(structure | EventMask::VISIBILITY_CHANGE);
                x.change_window_attributes(window, &seen).map_err(lost)?;
            }
        }
        let mut target = Target {
            display,
            wanted,
            window,
            title,
            origin: (0, 0),
            size: (0, 0),
            pixmap: None,
            damage,
            region,
            damaged: false,
            whole: true,
            veil: Veil::new(display)?,
            stale: false,
            gone: None,
        };
        // So that what is not there fails at once.
        target.refresh()?;
        if target.gone.is_some() {
            return Err(unplugged(&target.title));
        }
        if !composed {
            target.cover()?;
        }
        Ok(target)
    }

    /// Fails when the event says that the window was closed.
    pub(super) fn hear(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::DamageNotify(event) if event.damage == self.damage => self.damaged = true,
            Event::RandrNotify(_) | Event::RandrScreenChangeNotify(_) => self.stale = true,
            Event::ConfigureNotify(event) if event.window == self.window => {
                let resized = (event.width, event.height) != self.size;
                self.stale |= resized || matches!(self.wanted, Wanted::Monitor(_));
            }
            Event::MapNotify(event) if event.window == self.window => self.stale = true,
            Event::VisibilityNotify(event) => {
                let window = matches!(self.wanted, Wanted::Window(_));
                self.stale |= window && event.window == self.window;
            }
            Event::UnmapNotify(event) if event.window == self.window => self.stale = true,
            Event::DestroyNotify(event) if event.window == self.window => {
                return Err(closed(&self.title));
            }
            Event::Error(error) => tracing::debug!(?error, "the X server refused something"),
            _ => {}
        }
        Ok(())
    }

    /// Whether there is something to grab.
    pub(super) fn is_changed(&self) -> bool {
        self.damaged || self.stale || self.whole
    }

    /// Its size and place are to be asked for again.
    pub(super) fn look_again(&mut self) {
        self.stale = true;
    }

    /// The lines that changed since the last call, as soon as they are the target's own. Fails when
    /// the target is gone.
    pub(super) fn changes(&mut self) -> Result<Option<Band>> {
        if !self.is_changed() {
            return Ok(None);
        }
        // First this, then the pixels: what changes in between is told again.
        self.subtract()?;
        if std::mem::take(&mut self.stale) {
            // What was painted before is not in the new pixmap: it lifts no veil.
            self.refresh()?;
            self.cover()?;
            self.whole = true;
        } else {
            self.veil.lift(self.region)?;
        }
        if self.veil.is_waiting() {
            self.whole = true;
            return Ok(None);
        }
        if std::mem::take(&mut self.whole) {
            return Ok(Some(Band { top: 0, bottom: self.size.1.into() }));
        }
        let x = &self.display.connection;
        let region = x.xfixes_fetch_region(self.region).map_err(lost)?.reply().map_err(lost)?;
        let (left, top) = match self.wanted {
            Wanted::Monitor(_) => self.origin,
            Wanted::Window(_) => (0, 0),
        };
        let changed = region.extents;
        let span = |at: i16, length: u16, origin: i16, most: u16| {
            let first = i32::from(at) - i32::from(origin);
            let last = (first + i32::from(length)).min(most.into());
            (first.max(0) < last).then_some((first.max(0) as u32, last as u32))
        };
        let columns = span(changed.x, changed.width, left, self.size.0);
        let lines = span(changed.y, changed.height, top, self.size.1);
        Ok(columns.and(lines).map(|(top, bottom)| Band { top, bottom }))
    }

    /// Whether its picture holds something else, which its program may paint over any moment.
    pub(super) fn is_waiting(&mut self) -> Result<bool> {
        self.subtract()?;
        self.veil.lift(self.region)?;
        Ok(self.veil.is_waiting())
    }

    /// Veils what of a new pixmap is not the window's own.
    fn cover(&mut self) -> Result<()> {
        match self.pixmap {
            Some(_) => self.veil.fall(self.window),
            None => {
                self.veil.vanish();
                Ok(())
            }
        }
    }

    /// Puts what changed since the last call into the region.
    fn subtract(&mut self) -> Result<()> {
        self.damaged = false;
        let subtracted =
            self.display.connection.damage_subtract(self.damage, x11rb::NONE, self.region);
        subtracted.map(drop).map_err(lost)
    }

    /// Asks for size and place anew.
    fn refresh(&mut self) -> Result<()> {
        match self.wanted {
            Wanted::Monitor(name) => self.refresh_monitor(name),
            Wanted::Window(_) => self.refresh_window(),
        }
    }

    fn refresh_monitor(&mut self, name: &str) -> Result<()> {
        let monitors = super::listing::monitors(self.display)?;
        let monitor = monitors.into_iter().find(|monitor| monitor.name == name);
        let Some(monitor) = monitor else {
            let since = *self.gone.get_or_insert_with(now);
            // Looked for again until then.
            self.stale = true;
            let waits = now().duration_since(since) < SWITCHING;
            return if waits { Ok(()) } else { Err(unplugged(&self.title)) };
        };
        (self.origin, self.size, self.gone) = (monitor.origin, monitor.size, None);
        Ok(())
    }

    fn refresh_window(&mut self) -> Result<()> {
        let x = &self.display.connection;
        if let Some(old) = self.pixmap.take() {
            x.free_pixmap(old).map_err(lost)?;
        }
        let geometry = x.get_geometry(self.window).map_err(lost)?.reply();
        let geometry = geometry.map_err(|_| closed(&self.title))?;
        let attributes = x.get_window_attributes(self.window).map_err(lost)?.reply();
        let attributes = attributes.map_err(|_| closed(&self.title))?;
        let border = geometry.border_width as i16;
        (self.origin, self.size) = ((border, border), (geometry.width, geometry.height));
        if attributes.map_state == MapState::VIEWABLE {
            let pixmap = x.generate_id().map_err(lost)?;
            let named = x.composite_name_window_pixmap(self.window, pixmap).map_err(lost)?;
            // It may have been hidden a moment ago, which an event tells.
            self.pixmap = named.check().is_ok().then_some(pixmap);
        }
        Ok(())
    }

    /// Where its pixels are, and the first of them; `None` while a window is hidden.
    pub(super) fn drawable(&self) -> Option<(Drawable, (i16, i16))> {
        let drawable = match self.wanted {
            Wanted::Monitor(_) if self.gone.is_some() => return None,
            Wanted::Monitor(_) => self.window,
            Wanted::Window(_) => self.pixmap?,
        };
        Some((drawable, self.origin))
    }

    /// What of its picture is not its own.
    pub(super) fn veil(&self) -> &Veil<'a> {
        &self.veil
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.size.0.into(), self.size.1.into())
    }

    /// The window that its pointer is looked for in.
    pub(super) fn window(&self) -> Window {
        self.window
    }

    /// A place in that window as one in the picture; `None` beyond its edges.
    pub(super) fn place(&self, (x, y): (i32, i32)) -> Option<(i32, i32)> {
        let (x, y) = match self.wanted {
            Wanted::Monitor(_) => (x - i32::from(self.origin.0), y - i32::from(self.origin.1)),
            Wanted::Window(_) => (x, y),
        };
        let within = |at: i32, length: u16| (0..i32::from(length)).contains(&at);
        (within(x, self.size.0) && within(y, self.size.1)).then_some((x, y))
    }
}

impl Drop for Target<'_> {
    fn drop(&mut self) {
        let x = &self.display.connection;
        // All of it ends with the connection too, if that is gone already.
        let _ = x.damage_destroy(self.damage);
        let _ = x.xfixes_destroy_region(self.region);
        if let Some(pixmap) = self.pixmap {
            let _ = x.free_pixmap(pixmap);
        }
        if let Wanted::Window(window) = self.wanted {
            let _ = x.composite_unredirect_window(*window, Redirect::AUTOMATIC);
        }
        let _ = x.flush();
    }
}

fn unplugged(title: &str) -> crate::Error {
    over(title, "it is not connected any more; choose another")
}

fn closed(title: &str) -> crate::Error {
    over(title, "its window was closed")
}
