//! What a window's picture holds that is not the window's own.
//!
//! The X server fills the new pixmap of a window with what stands on the screen at its place: with
//! the windows that cover it, and beyond the screen's edge with whatever was in memory. That is
//! nobody's to see. It stays veiled until the window's program has painted over it.

use super::super::canvas::{Band, Canvas, PIXEL};
use super::{Display, lost};
use crate::Result;
use crate::capture::driver::now;
use std::time::{Duration, Instant};
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::ConnectionExt as _;
use x11rb::protocol::shape::SK;
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{
    ConnectionExt as _, GetGeometryReply, MapState, Rectangle, Window, WindowClass,
};

/// Programs repaint within this time. From then on the rest is shown, and what is veiled is black.
const REPAINT: Duration = Duration::from_millis(200);

/// The veiled part of a window.
pub(super) struct Veil<'a> {
    display: &'a Display,
    region: u32,
    /// The same, in the window's coordinates.
    rectangles: Vec<Rectangle>,
    since: Instant,
}

impl<'a> Veil<'a> {
    pub(super) fn new(display: &'a Display) -> Result<Veil<'a>> {
        let region = display.region(&[])?;
        Ok(Veil { display, region, rectangles: Vec::new(), since: now() })
    }

    /// `window` got a new pixmap: veils what others cover of it, and asks its program to paint that
    /// again. Nothing of this can be seen on the screen.
    pub(super) fn fall(&mut self, window: Window) -> Result<()> {
        self.cover(window)?;
        self.fetch()?;
        self.since = now();
        if self.rectangles.is_empty() {
            return Ok(());
        }
        let x = &self.display.connection;
        for part in &self.rectangles {
            let Rectangle { x: left, y: top, width, height } = *part;
            x.clear_area(true, window, left, top, width, height).map_err(lost)?;
        }
        self.expose_children(window)
    }

    /// Nothing is veiled any more: there is no pixmap.
    pub(super) fn vanish(&mut self) {
        self.rectangles.clear();
    }

    /// The program has painted what is in the region `painted`.
    pub(super) fn lift(&mut self, painted: u32) -> Result<()> {
        if self.rectangles.is_empty() {
            return Ok(());
        }
        let x = &self.display.connection;
        x.xfixes_subtract_region(self.region, painted, self.region).map_err(lost)?;
        self.fetch()
    }

    /// Whether what is veiled may be painted any moment.
    pub(super) fn is_waiting(&self) -> bool {
        !self.rectangles.is_empty() && now().duration_since(self.since) < REPAINT
    }

    /// Blackens what is veiled in the lines of `band`.
    pub(super) fn blacken(&self, canvas: &mut Canvas, (width, height): (u32, u32), band: Band) {
        for part in &self.rectangles {
            let start = |at: i16| i32::from(at).max(0) as u32;
            let end = |at: i16, length: u16| (i32::from(at) + i32::from(length)).max(0) as u32;
            let (left, right) = (start(part.x), end(part.x, part.width).min(width));
            let (top, bottom) = (start(part.y), end(part.y, part.height).min(height));
            let lines = Band { top: top.max(band.top), bottom: bottom.min(band.bottom) };
            if left >= right || lines.top >= lines.bottom {
                continue;
            }
            let columns = left as usize * PIXEL..right as usize * PIXEL;
            let pixels = canvas.lines_mut(width, height, lines);
            for line in pixels.chunks_exact_mut(width as usize * PIXEL) {
                line[columns.clone()].fill(0);
            }
        }
    }

    /// Sets the region to what of `window` was not its own when it got its pixmap: what lies under
    /// other windows, and beyond the windows that it is in.
    fn cover(&self, window: Window) -> Result<()> {
        let x = &self.display.connection;
        x.xfixes_set_region(self.region, &[]).map_err(lost)?;
        let Some(own) = self.geometry(window)? else { return Ok(()) };
        let whole = Area { left: 0, top: 0, right: own.width.into(), bottom: own.height.into() };
        // The window's place in the one that is looked at, and what of it can be seen there.
        let (mut at, mut inner, mut visible) = ((0, 0), window, whole);
        let mut geometry = own;
        loop {
            let border = i32::from(geometry.border_width);
            at.0 += i32::from(geometry.x) + border;
            at.1 += i32::from(geometry.y) + border;
            let Ok(tree) = x.query_tree(inner).map_err(lost)?.reply() else { return Ok(()) };
            let outer = tree.parent;
            let Ok(tree) = x.query_tree(outer).map_err(lost)?.reply() else { return Ok(()) };
            let above = tree.children.iter().skip_while(|child| **child != inner).skip(1);
            for sibling in above {
                self.add(*sibling, at)?;
            }
            let Some(parent) = self.geometry(outer)? else { return Ok(()) };
            visible = visible.within(at, (parent.width.into(), parent.height.into()));
            if outer == self.display.root || self.display.is_redirected(outer)? {
                break;
            }
            (inner, geometry) = (outer, parent);
        }
        let (all, seen) = (self.display.region(&[whole.into()])?, visible.into());
        let seen = self.display.region(&[seen])?;
        // Covered or unseen, and within the window.
        x.xfixes_intersect_region(self.region, seen, self.region).map_err(lost)?;
        x.xfixes_subtract_region(all, seen, seen).map_err(lost)?;
        x.xfixes_union_region(self.region, seen, self.region).map_err(lost)?;
        x.xfixes_destroy_region(all).map_err(lost)?;
        x.xfixes_destroy_region(seen).map_err(lost)?;
        Ok(())
    }

    /// Adds what `sibling` covers of the window at `at` beside it.
    fn add(&self, sibling: Window, at: (i32, i32)) -> Result<()> {
        let x = &self.display.connection;
        let attributes = x.get_window_attributes(sibling).map_err(lost)?.reply();
        let covers = attributes.is_ok_and(|attributes| {
            attributes.map_state == MapState::VIEWABLE
                && attributes.class == WindowClass::INPUT_OUTPUT
        });
        let Some(place) = self.geometry(sibling)?.filter(|_| covers) else { return Ok(()) };
        let border = i32::from(place.border_width);
        let left = i32::from(place.x) + border - at.0;
        let top = i32::from(place.y) + border - at.1;
        // Not all windows are rectangles. One that vanished meanwhile is an error that is heard of
        // later and passed over.
        let shape = x.generate_id().map_err(lost)?;
        x.xfixes_create_region_from_window(shape, sibling, SK::BOUNDING).map_err(lost)?;
        x.xfixes_translate_region(shape, short(left), short(top)).map_err(lost)?;
        x.xfixes_union_region(self.region, shape, self.region).map_err(lost)?;
        x.xfixes_destroy_region(shape).map_err(lost)?;
        Ok(())
    }

    /// Windows in a window paint themselves, and are not asked with it.
    fn expose_children(&self, window: Window) -> Result<()> {
        let x = &self.display.connection;
        let mut inside = vec![window];
        while let Some(outer) = inside.pop() {
            let Ok(tree) = x.query_tree(outer).map_err(lost)?.reply() else { continue };
            for child in tree.children {
                x.clear_area(true, child, 0, 0, 0, 0).map_err(lost)?;
                inside.push(child);
            }
        }
        Ok(())
    }

    fn fetch(&mut self) -> Result<()> {
        let x = &self.display.connection;
        let region = x.xfixes_fetch_region(self.region).map_err(lost)?.reply().map_err(lost)?;
        self.rectangles = region.rectangles;
        Ok(())
    }

    /// `None` for a window that is gone.
    fn geometry(&self, window: Window) -> Result<Option<GetGeometryReply>> {
        Ok(self.display.connection.get_geometry(window).map_err(lost)?.reply().ok())
    }
}

impl Drop for Veil<'_> {
    fn drop(&mut self) {
        // It ends with the connection too, if that is gone already.
        let _ = self.display.connection.xfixes_destroy_region(self.region);
    }
}

impl Display {
    fn region(&self, of: &[Rectangle]) -> Result<u32> {
        let region = self.connection.generate_id().map_err(lost)?;
        self.connection.xfixes_create_region(region, of).map_err(lost)?;
        Ok(region)
    }

    /// Whether a program composes the screen of its windows' pixmaps.
    pub(super) fn is_composed(&self) -> Result<bool> {
        let x = &self.connection;
        let name = format!("_NET_WM_CM_S{}", self.screen);
        let atom = x.intern_atom(false, name.as_bytes()).map_err(lost)?.reply().map_err(lost)?.atom;
        let owner = x.get_selection_owner(atom).map_err(lost)?.reply().map_err(lost)?.owner;
        Ok(owner != x11rb::NONE)
    }

    /// Whether `window` has a pixmap of its own: what covers it now is not in there.
    pub(super) fn is_redirected(&self, window: Window) -> Result<bool> {
        let x = &self.connection;
        let pixmap = x.generate_id().map_err(lost)?;
        let named = x.composite_name_window_pixmap(window, pixmap).map_err(lost)?.check().is_ok();
        if named {
            x.free_pixmap(pixmap).map_err(lost)?;
        }
        Ok(named)
    }
}

/// A part of a window, in its own coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Area {
    /// What of it lies within a window of `size`, in which its own window is at `at`.
    fn within(self, at: (i32, i32), size: (i32, i32)) -> Area {
        Area {
            left: self.left.max(-at.0),
            top: self.top.max(-at.1),
            right: self.right.min(size.0 - at.0),
            bottom: self.bottom.min(size.1 - at.1),
        }
    }
}

impl From<Area> for Rectangle {
    fn from(area: Area) -> Rectangle {
        let length = |from: i32, to: i32| (to - from).clamp(0, u16::MAX.into()) as u16;
        let (width, height) = (length(area.left, area.right), length(area.top, area.bottom));
        Rectangle { x: short(area.left), y: short(area.top), width, height }
    }
}

/// The protocol's coordinates have 16 bits.
fn short(at: i32) -> i16 {
    at.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beyond_the_screen_is_not_seen() {
        let whole = Area { left: 0, top: 0, right: 300, bottom: 200 };
        let seen = whole.within((-20, 150), (1_280, 200));
        assert_eq!(seen, Area { left: 20, top: 0, right: 300, bottom: 50 });
        let sent = Rectangle::from(seen);
        assert_eq!((sent.x, sent.y, sent.width, sent.height), (20, 0, 280, 50));
        let off = Rectangle::from(whole.within((-400, 0), (1_280, 720)));
        assert_eq!((off.width, off.height), (0, 200), "nothing of it");
    }
}
