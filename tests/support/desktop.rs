//! An X server of a test's own, and windows on it that show text.
//!
//! A test runs itself again under the server ([`on_a_desktop`]): programs learn from their environment
//! where their display is, and a process cannot change that for itself alone.

use crate::again::{is_copy, only, run_again};
use anyhow::Context;
use crossbeam::channel::{RecvTimeoutError, Sender, bounded};
use engine::thread::{self, Joined};
use std::convert::Infallible;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{ConnectionExt as _, ModeInfo};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeGCAux, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _,
    CreateGCAux, CreateWindowAux, EventMask, Gcontext, ImageFormat, Pixmap, PropMode, Rectangle,
    StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// A page's background in RGB, and its letters.
const PAPER: u32 = 0xf8_f8_f0;
const INKS: [u32; 3] = [0x00_00_00, 0x10_30_90, 0x50_50_50];

/// The server's only font everywhere: 6 × 13 pixels a letter.
const FONT: &str = "fixed";
const LINE: u32 = 16;

/// The largest page.
const PAGE: (u16, u16) = (1920, 1080);

/// Runs `body` under an X server of `width` × `height` pixels. `test` is the test's name with its
/// modules, as the test program lists it.
///
/// Panics where there is no Xvfb, naming the package, and when `body` does.
pub fn on_a_desktop(test: &str, (width, height): (u32, u32), body: impl FnOnce(&Desktop)) {
    if is_copy() {
        body(&Desktop::open().expect("the display answers"));
        return;
    }
    let server = Server::start(width, height).expect("an X server");
    let home = tempfile::tempdir().expect("a folder");
    run_again(test, |copy| {
        copy.args(only(test))
            .env("DISPLAY", &server.display)
            .env("XDG_DATA_HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .env_remove("WAYLAND_DISPLAY")
    });
}

/// The same for a bench, which runs itself again as it was called.
pub fn bench_on_a_desktop((width, height): (u32, u32), body: impl FnOnce(&Desktop)) {
    if is_copy() {
        body(&Desktop::open().expect("the display answers"));
        return;
    }
    let server = Server::start(width, height).expect("an X server");
    run_again("the bench", |copy| {
        copy.args(std::env::args_os().skip(1))
            .env("DISPLAY", &server.display)
            .env_remove("WAYLAND_DISPLAY")
    });
}

/// A running X server. Dropping it ends it.
struct Server {
    process: Child,
    display: String,
}

impl Server {
    fn start(width: u32, height: u32) -> anyhow::Result<Server> {
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")])
            .args(["-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("this test needs Xvfb: install Debian's package `xvfb`")?;
        let said = process.stdout.take().context("no standard output")?;
        let mut number = String::new();
        BufReader::new(said).read_line(&mut number)?;
        let display = format!(":{}", number.trim());
        let server = Server { process, display };
        anyhow::ensure!(!number.trim().is_empty(), "Xvfb named no display");
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has already gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection to the display. Its pointer starts in the corner at the bottom right.
pub struct Desktop {
    x: RustConnection,
    root: Window,
    depth: u8,
}

impl Desktop {
    fn open() -> anyhow::Result<Desktop> {
        let (x, screen) = x11rb::connect(None)?;
        let screen = &x.setup().roots[screen];
        let (root, depth) = (screen.root, screen.root_depth);
        let corner = (screen.width_in_pixels as i16, screen.height_in_pixels as i16);
        let desktop = Desktop { x, root, depth };
        desktop.point(corner.0, corner.1)?;
        Ok(desktop)
    }

    /// A window that shows a page of text numbered from `first`.
    pub fn page(
        &self,
        title: &str,
        (left, top): (i16, i16),
        (width, height): (u16, u16),
        first: u32,
    ) -> anyhow::Result<Page<'_>> {
        let x = &self.x;
        let (window, pixmap, gc) = (x.generate_id()?, x.generate_id()?, x.generate_id()?);
        x.create_pixmap(self.depth, pixmap, self.root, PAGE.0, PAGE.1)?;
        let font = x.generate_id()?;
        x.open_font(font, FONT.as_bytes())?.check().context("the server has no fonts")?;
        x.create_gc(gc, pixmap, &CreateGCAux::new().font(font).background(PAPER))?;
        let page = Page { desktop: self, window, pixmap, gc };
        page.draw(first)?;
        // The server repaints a background by itself: the window needs nobody to serve it.
        let looks = CreateWindowAux::new().background_pixmap(pixmap);
        self.open_window(title, window, (left, top), (width, height), &looks)?;
        Ok(page)
    }

    /// A window of one color in RGB.
    pub fn plain(
        &self,
        title: &str,
        place: (i16, i16),
        size: (u16, u16),
        color: u32,
    ) -> anyhow::Result<Window> {
        let window = self.x.generate_id()?;
        let looks = CreateWindowAux::new().background_pixel(color);
        self.open_window(title, window, place, size, &looks)?;
        Ok(window)
    }

    /// A window of one color that its program paints `late` after it was asked to, as one does that is
    /// busy; the server paints nothing of it.
    pub fn painted(
        &self,
        title: &str,
        place: (i16, i16),
        size: (u16, u16),
        color: u32,
        late: Duration,
    ) -> anyhow::Result<Painted> {
        let (x, _) = x11rb::connect(None)?;
        let (window, gc) = (self.x.generate_id()?, x.generate_id()?);
        let looks = CreateWindowAux::new();
        self.open_window(title, window, place, size, &looks)?;
        let asked = ChangeWindowAttributesAux::new().event_mask(EventMask::EXPOSURE);
        x.change_window_attributes(window, &asked)?;
        x.create_gc(gc, window, &CreateGCAux::new().foreground(color))?;
        let whole = Rectangle { x: 0, y: 0, width: size.0, height: size.1 };
        x.poly_fill_rectangle(window, gc, &[whole])?;
        x.sync()?;
        let (over, ended) = bounded::<Infallible>(0);
        let thread = thread::spawn("test-painter", move || {
            let waits = |time| ended.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            while waits(Duration::from_millis(5)) {
                let mut exposed = false;
                while let Ok(Some(event)) = x.poll_for_event() {
                    exposed |= matches!(event, Event::Expose(_));
                }
                if exposed && waits(late) {
                    let _ = x.poly_fill_rectangle(window, gc, &[whole]);
                    let _ = x.flush();
                }
            }
        })?;
        Ok(Painted { window, _over: over, _thread: thread })
    }

    /// Puts a page into a frame, as a window manager does.
    pub fn frame(&self, page: &Page<'_>, place: (i16, i16)) -> anyhow::Result<Frame<'_>> {
        let size = self.x.get_geometry(page.window)?.reply()?;
        let window = self.plain("Frame", place, (size.width + 8, size.height + 24), 0x40_40_40)?;
        self.x.reparent_window(page.window, window, 4, 20)?;
        self.x.map_window(page.window)?;
        self.x.sync()?;
        Ok(Frame { desktop: self, window })
    }

    fn open_window(
        &self,
        title: &str,
        window: Window,
        (left, top): (i16, i16),
        (width, height): (u16, u16),
        looks: &CreateWindowAux,
    ) -> anyhow::Result<()> {
        let x = &self.x;
        let (same, class) = (x11rb::COPY_FROM_PARENT, WindowClass::INPUT_OUTPUT);
        x.create_window(0, window, self.root, left, top, width, height, 0, class, same, looks)?;
        let (kind, name) = (AtomEnum::STRING, AtomEnum::WM_NAME);
        x.change_property8(PropMode::REPLACE, window, name, kind, title.as_bytes())?;
        x.map_window(window)?;
        Ok(x.sync()?)
    }

    /// Resizes a window.
    pub fn resize_window(&self, window: Window, width: u32, height: u32) -> anyhow::Result<()> {
        self.x.configure_window(window, &ConfigureWindowAux::new().width(width).height(height))?;
        Ok(self.x.sync()?)
    }

    fn show(&self, window: Window, shown: bool) -> anyhow::Result<()> {
        if shown {
            self.x.map_window(window)?;
        } else {
            self.x.unmap_window(window)?;
        }
        Ok(self.x.sync()?)
    }

    /// Puts the pointer somewhere.
    pub fn point(&self, left: i16, top: i16) -> anyhow::Result<()> {
        self.x.warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, left, top)?;
        Ok(self.x.sync()?)
    }

    /// Makes the display another size, smaller than it was at its start, as its settings would.
    pub fn resize(&self, width: u16, height: u16) -> anyhow::Result<()> {
        let x = &self.x;
        let known = x.randr_get_screen_resources(self.root)?.reply()?;
        let (crtc, output) = (known.crtcs[0], known.outputs[0]);
        let size = ModeInfo { width, height, ..known.modes[0] };
        let mode = x.randr_create_mode(self.root, size, b"other")?.reply()?.mode;
        x.randr_add_output_mode(output, mode)?.check()?;
        let was = x.randr_get_crtc_info(crtc, known.config_timestamp)?.reply()?;
        let (time, since) = (known.timestamp, known.config_timestamp);
        x.randr_set_crtc_config(crtc, time, since, 0, 0, 0, was.rotation, &[])?.reply()?;
        let millimeters = |pixels: u16| u32::from(pixels) / 4;
        x.randr_set_screen_size(self.root, width, height, millimeters(width), millimeters(height))?
            .check()?;
        let rotation = was.rotation;
        x.randr_set_crtc_config(crtc, time, since, 0, 0, mode, rotation, &[output])?.reply()?;
        Ok(x.sync()?)
    }

    /// What stands on the display now, as luma (ITU-R BT.709, limited range).
    pub fn luma(
        &self,
        (left, top): (i16, i16),
        (width, height): (u16, u16),
    ) -> anyhow::Result<Luma> {
        luma(&self.x, self.root, (left, top), (width, height))
    }
}

/// A window that is painted by its program. Dropping it ends the program's painting.
pub struct Painted {
    /// Its number.
    pub window: Window,
    // Dropped first: the painter sees that it is over.
    _over: Sender<Infallible>,
    _thread: Joined,
}

/// A window manager's frame. Dropping it leaves it open.
pub struct Frame<'a> {
    desktop: &'a Desktop,
    window: Window,
}

impl Frame<'_> {
    /// Takes it off the screen with what is in it, or puts it back.
    pub fn show(&self, shown: bool) -> anyhow::Result<()> {
        self.desktop.show(self.window, shown)
    }
}

/// A window with a page of text. Dropping it leaves it open.
pub struct Page<'a> {
    desktop: &'a Desktop,
    /// Its number.
    pub window: Window,
    pixmap: Pixmap,
    gc: Gcontext,
}

impl Page<'_> {
    /// Writes another page.
    pub fn turn(&self, first: u32) -> anyhow::Result<()> {
        self.draw(first)?;
        self.desktop.x.clear_area(false, self.window, 0, 0, 0, 0)?;
        Ok(self.desktop.x.sync()?)
    }

    /// Moves it.
    pub fn move_to(&self, left: i32, top: i32) -> anyhow::Result<()> {
        self.configure(&ConfigureWindowAux::new().x(left).y(top))
    }

    /// Resizes it.
    pub fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.desktop.resize_window(self.window, width, height)
    }

    /// Brings it before all others.
    pub fn raise(&self) -> anyhow::Result<()> {
        self.configure(&ConfigureWindowAux::new().stack_mode(StackMode::ABOVE))
    }

    /// Takes it off the screen, or puts it back.
    pub fn show(&self, shown: bool) -> anyhow::Result<()> {
        self.desktop.show(self.window, shown)
    }

    /// Closes it.
    pub fn close(self) -> anyhow::Result<()> {
        self.desktop.x.destroy_window(self.window)?;
        Ok(self.desktop.x.sync()?)
    }

    /// What it shows, whatever covers it.
    pub fn luma(&self, width: u16, height: u16) -> anyhow::Result<Luma> {
        luma(&self.desktop.x, self.pixmap, (0, 0), (width, height))
    }

    fn configure(&self, values: &ConfigureWindowAux) -> anyhow::Result<()> {
        self.desktop.x.configure_window(self.window, values)?;
        Ok(self.desktop.x.sync()?)
    }

    fn draw(&self, first: u32) -> anyhow::Result<()> {
        let x = &self.desktop.x;
        let whole = Rectangle { x: 0, y: 0, width: PAGE.0, height: PAGE.1 };
        x.change_gc(self.gc, &ChangeGCAux::new().foreground(PAPER))?;
        x.poly_fill_rectangle(self.pixmap, self.gc, &[whole])?;
        for line in 0..u32::from(PAGE.1) / LINE {
            let number = first + line;
            let ink = INKS[number as usize % INKS.len()];
            x.change_gc(self.gc, &ChangeGCAux::new().foreground(ink))?;
            // Letters at other places on each page: no two pages look alike to a codec.
            let left = 12 + (number * 7 % 60) as i16;
            let text = format!(
                "{number:05}  if (answer != {number}) {{ return Err(\"not {number}\"); }}  // The quick brown fox jumps over the lazy dog."
            );
            let text = &text.as_bytes()[..text.len().min(255)];
            let bottom = (line * LINE + LINE - 3) as i16;
            x.image_text8(self.pixmap, self.gc, left, bottom, text)?;
        }
        Ok(())
    }
}

/// A picture without its colors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Luma {
    /// Width in pixels.
    pub width: usize,
    /// The samples, row by row.
    pub samples: Vec<u8>,
}

impl Luma {
    /// The peak signal-to-noise ratio of `other`, in dB; 0 for another size.
    pub fn psnr(&self, other: &[u8]) -> f64 {
        if other.len() != self.samples.len() {
            return 0.0;
        }
        let squares = self.samples.iter().zip(other);
        let sum: f64 =
            squares.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().max(1e-9);
        10.0 * (255.0 * 255.0 * other.len() as f64 / sum).log10()
    }

    /// How much of the contrast between letters and paper is left: the mean step from each pixel to
    /// its right neighbour in `other`, over the same where this picture has an edge. 1 is sharp.
    pub fn edges_kept(&self, other: &[u8]) -> f64 {
        let (mut kept, mut whole) = (0.0, 0.0);
        let rows = self.samples.chunks(self.width).zip(other.chunks(self.width));
        for (own, other) in rows {
            for (own, other) in own.windows(2).zip(other.windows(2)) {
                let step = f64::from(own[1]) - f64::from(own[0]);
                if step.abs() > 60.0 {
                    whole += step.abs();
                    kept += (f64::from(other[1]) - f64::from(other[0])) * step.signum();
                }
            }
        }
        if whole > 0.0 { kept / whole } else { 1.0 }
    }
}

fn luma(
    x: &RustConnection,
    drawable: u32,
    (left, top): (i16, i16),
    (width, height): (u16, u16),
) -> anyhow::Result<Luma> {
    let format = ImageFormat::Z_PIXMAP;
    let image = x.get_image(format, drawable, left, top, width, height, !0)?.reply()?;
    let samples = image.data.as_chunks::<4>().0.iter().map(|[blue, green, red, _]| {
        let sum = 0.2126 * f64::from(*red) + 0.7152 * f64::from(*green) + 0.0722 * f64::from(*blue);
        (16.0 + sum * 219.0 / 255.0).round() as u8
    });
    Ok(Luma { width: width.into(), samples: samples.collect() })
}
