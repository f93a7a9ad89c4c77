//! What there is to share.

use super::super::canvas::{Band, Canvas};
use super::super::{ScreenInfo, Thumbnail};
use super::grab::Grabber;
use super::target::Target;
use super::{Display, POLL, Wanted, lost};
use crate::Result;
use crate::config::ScreenSource;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, MapState, Window, WindowClass};

/// A window smaller than this holds nothing to look at.
const LEAST: u16 = 32;

/// The longest property that is read, in units of four bytes.
const LONGEST: u32 = 4096;

/// A monitor of this display.
pub(super) struct Monitor {
    pub name: String,
    pub origin: (i16, i16),
    pub size: (u16, u16),
}

/// Monitors, the primary one first, then windows, the topmost first.
pub(in super::super) fn list() -> Result<Vec<ScreenInfo>> {
    let display = Display::open()?;
    let mut found = Vec::new();
    for Monitor { name, size, .. } in monitors(&display)? {
        found.push((Wanted::Monitor(name.clone()), name, (size.0.into(), size.1.into())));
    }
    for id in windows(&display)? {
        if let Some(size) = shown_size(&display, id) {
            found.push((Wanted::Window(id), title(&display, id), size));
        }
    }
    // All at first, so that covered windows are painted at the same time.
    let mut targets: Vec<_> =
        found.iter().map(|(wanted, ..)| Target::open(&display, wanted).ok()).collect();
    // One that was closed meanwhile is nothing to wait for.
    while targets.iter_mut().flatten().any(|target| target.is_waiting().unwrap_or(false)) {
        std::thread::sleep(POLL);
    }
    let mut grabber = Grabber::new(&display);
    let thumbnails: Vec<_> =
        targets.iter().map(|target| thumbnail(&mut grabber, target.as_ref()?)).collect();
    drop(targets);
    let listed = found.into_iter().zip(thumbnails).map(|((wanted, title, size), thumbnail)| {
        let source = match wanted {
            Wanted::Monitor(name) => ScreenSource::Monitor(name),
            Wanted::Window(id) => ScreenSource::Window(id),
        };
        ScreenInfo { source, title, size: Some(size), thumbnail }
    });
    Ok(listed.collect())
}

/// The monitors as they stand now.
pub(super) fn monitors(display: &Display) -> Result<Vec<Monitor>> {
    let x = &display.connection;
    let reply = x.randr_get_monitors(display.root, true).map_err(lost)?.reply().map_err(lost)?;
    let mut found: Vec<_> = reply.monitors;
    found.sort_by_key(|monitor| !monitor.primary);
    found
        .into_iter()
        .map(|monitor| {
            let name = x.get_atom_name(monitor.name).map_err(lost)?.reply().map_err(lost)?.name;
            Ok(Monitor {
                name: String::from_utf8_lossy(&name).into_owned(),
                origin: (monitor.x, monitor.y),
                size: (monitor.width, monitor.height),
            })
        })
        .collect()
}

/// A window's title; its number where it has none.
pub(super) fn title(display: &Display, window: Window) -> String {
    let named = ["_NET_WM_NAME", "WM_NAME"].into_iter();
    let mut texts = named.filter_map(|name| property(display, window, name));
    let text = texts.find(|text| !text.is_empty());
    text.map_or_else(
        || format!("{window:#x}"),
        |text| String::from_utf8_lossy(&text).trim_end_matches('\0').to_owned(),
    )
}

/// The windows of programs, as their manager lists them; without a manager those on the root.
fn windows(display: &Display) -> Result<Vec<Window>> {
    let listed = ["_NET_CLIENT_LIST_STACKING", "_NET_CLIENT_LIST"]
        .into_iter()
        .find_map(|name| property(display, display.root, name));
    let mut windows: Vec<Window> = match listed {
        Some(bytes) => {
            bytes.as_chunks::<4>().0.iter().map(|id| Window::from_ne_bytes(*id)).collect()
        }
        None => {
            let tree = display.connection.query_tree(display.root).map_err(lost)?;
            tree.reply().map_err(lost)?.children
        }
    };
    windows.reverse();
    Ok(windows)
}

/// The size of a window that can be seen, and is not this program's own: sharing that would show a
/// picture in a picture.
fn shown_size(display: &Display, window: Window) -> Option<(u32, u32)> {
    let x = &display.connection;
    let attributes = x.get_window_attributes(window).ok()?.reply().ok()?;
    let geometry = x.get_geometry(window).ok()?.reply().ok()?;
    let own = property(display, window, "_NET_WM_PID")
        .is_some_and(|pid| pid == std::process::id().to_ne_bytes());
    let shown = attributes.map_state == MapState::VIEWABLE
        && attributes.class == WindowClass::INPUT_OUTPUT
        && !attributes.override_redirect
        && geometry.width.min(geometry.height) >= LEAST;
    (shown && !own).then_some((geometry.width.into(), geometry.height.into()))
}

fn thumbnail(grabber: &mut Grabber<'_>, target: &Target<'_>) -> Option<Thumbnail> {
    let mut canvas = Canvas::new();
    let whole = Band { top: 0, bottom: target.size().1 };
    grabber.grab(target, whole, &mut canvas).ok()?;
    canvas.thumbnail()
}

/// A property's bytes; `None` when the window does not have it.
fn property(display: &Display, window: Window, name: &str) -> Option<Vec<u8>> {
    let x = &display.connection;
    let atom = x.intern_atom(true, name.as_bytes()).ok()?.reply().ok()?.atom;
    let value =
        x.get_property(false, window, atom, AtomEnum::ANY, 0, LONGEST).ok()?.reply().ok()?;
    (value.type_ != x11rb::NONE).then_some(value.value)
}
