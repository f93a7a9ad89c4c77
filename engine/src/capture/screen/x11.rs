//! Monitors and windows under X11: MIT-SHM for the pixels, DAMAGE for what changed, COMPOSITE for
//! windows that others cover, XFIXES for the pointer.

mod grab;
mod listing;
mod pointer;
mod target;
mod veil;

pub(super) use listing::list;

use super::canvas::Canvas;
use super::{Over, Share, over};
use crate::capture::driver::now;
use crate::{Error, Result};
use grab::Grabber;
use pointer::Tracker;
use std::time::Duration;
use target::Target;
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::ConnectionExt as _;
use x11rb::protocol::damage::ConnectionExt as _;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{ImageOrder, Window};
use x11rb::rust_connection::RustConnection;

/// How often the connection is asked what changed: a picture is at most this much late. Reading
/// from a socket that has nothing takes microseconds.
const POLL: Duration = Duration::from_millis(8);

/// What is to be captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A monitor by its name in RandR.
    Monitor(String),
    /// A window by its number.
    Window(Window),
}

/// A connection to the X server, with everything that capturing needs.
struct Display {
    connection: RustConnection,
    /// The number of its screen, and that screen's root window.
    screen: usize,
    root: Window,
}

impl Display {
    /// Connects to the display that `DISPLAY` names. Fails with [`Error::Screen`] when there is
    /// none, or when it lacks an extension or stores pixels in another way than all do today.
    fn open() -> Result<Display> {
        let (connection, number) = x11rb::connect(None).map_err(lost)?;
        let setup = connection.setup();
        let screen = setup.roots.get(number).ok_or_else(|| lost("it has no screen"))?;
        let stored = |depth: u8| {
            let format = setup.pixmap_formats.iter().find(|format| format.depth == depth);
            format.is_some_and(|format| format.bits_per_pixel == 32)
        };
        if setup.image_byte_order != ImageOrder::LSB_FIRST || !stored(screen.root_depth) {
            let reason = "its pixels are not stored in 32 bits; set its colour depth to 24";
            return Err(lost(reason));
        }
        let root = screen.root;
        let display = Display { connection, screen: number, root };
        display.check_extensions()?;
        Ok(display)
    }

    fn check_extensions(&self) -> Result<()> {
        let lacks = |name: &'static str| move |_| lost(format!("it lacks the extension {name}"));
        let x = &self.connection;
        let versions = || -> std::result::Result<(), (&'static str, x11rb::errors::ReplyError)> {
            let named = |name| move |error: x11rb::errors::ReplyError| (name, error);
            let sent = |name| move |error: x11rb::errors::ConnectionError| (name, error.into());
            let shm = x.shm_query_version().map_err(sent("MIT-SHM"))?;
            shm.reply().map_err(named("MIT-SHM"))?;
            let damage = x.damage_query_version(1, 1).map_err(sent("DAMAGE"))?;
            damage.reply().map_err(named("DAMAGE"))?;
            let composite = x.composite_query_version(0, 4).map_err(sent("Composite"))?;
            composite.reply().map_err(named("Composite"))?;
            let fixes = x.xfixes_query_version(5, 0).map_err(sent("XFIXES"))?;
            fixes.reply().map_err(named("XFIXES"))?;
            let randr = x.randr_query_version(1, 5).map_err(sent("RANDR"))?;
            randr.reply().map_err(named("RANDR"))?;
            Ok(())
        };
        versions().map_err(|(name, error)| lacks(name)(error))
    }
}

/// Captures until told to stop, delivering a picture whenever something changed.
///
/// Fails with [`Error::Screen`] when the window was closed, the monitor is gone or the X server
/// does not answer any more.
pub(super) fn capture(wanted: &Wanted, share: &Share<'_>) -> Result<Over> {
    let display = Display::open()?;
    let mut target = Target::open(&display, wanted)?;
    let mut pointer = Tracker::open(&display)?;
    let mut grabber = Grabber::new(&display);
    let mut canvas = Canvas::new();
    let mut due = now();
    loop {
        while let Some(event) = display.connection.poll_for_event().map_err(lost)? {
            target.hear(&event)?;
            pointer.hear(&event);
        }
        let captured = now();
        if captured >= due && (target.is_changed() || pointer.is_due(captured)) {
            let moved = pointer.look(&target, captured + share.interval())?;
            if let Some(band) = target.changes()?
                && !grabber.grab(&target, band, &mut canvas)?
            {
                target.look_again();
            }
            if let Some(picture) = canvas.picture(pointer.shown(), moved)? {
                share.put(picture, captured);
            }
            due = captured + share.interval();
        }
        if !share.goes_on_until(now() + POLL) {
            return Ok(Over::Asked);
        }
    }
}

/// The X server does not do what is needed.
fn lost(reason: impl std::fmt::Display) -> Error {
    over("the X11 display", reason.to_string())
}
