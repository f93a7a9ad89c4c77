//! A Wayland desktop of a test's own, without a compositor: a session bus with a portal that answers
//! as told, and a real PipeWire with a stream that shows a changing picture.
//!
//! A test runs itself again under them ([`on_wayland`]): programs learn from their environment where
//! bus and PipeWire are.

use crate::again::{is_copy, only, run_again};
use anyhow::Context;
use engine::thread::{self, Joined};
use pipewire::context::Context as PipeWire;
use pipewire::main_loop::MainLoop;
use pipewire::properties::properties;
use pipewire::spa::buffer::Data;
use pipewire::spa::param::ParamType;
use pipewire::spa::param::format::{FormatProperties, MediaSubtype, MediaType};
use pipewire::spa::param::video::VideoFormat;
use pipewire::spa::pod::serialize::PodSerializer;
use pipewire::spa::pod::{Object, Pod, Property, Value, object, property};
use pipewire::spa::sys::{
    SPA_META_VideoCrop, spa_meta_region, spa_point, spa_rectangle, spa_region,
};
use pipewire::spa::utils::{Direction, Fraction, Id, Rectangle, SpaTypes};
use pipewire::stream::{Stream, StreamFlags, StreamRef};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use zbus::blocking::{Connection, connection};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedFd, OwnedObjectPath, OwnedValue, Value as Variant};

const PORTAL: &str = "/org/freedesktop/portal/desktop";

/// What is streamed: as wide as a line that PipeWire pads, so that strides matter.
pub const SIZE: (u32, u32) = (322, 200);

/// How the user answers the desktop's question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// They choose the stream.
    Allow,
    /// They close it.
    Cancel,
    /// They leave it open.
    Wait,
}

/// Runs `body` under a bus, a PipeWire and its session manager of its own. `test` is the test's name
/// with its modules, as the test program lists it. Panics where one of them is missing, naming the package.
pub fn on_wayland(test: &str, body: impl FnOnce()) {
    if is_copy() {
        body();
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let bus = format!("unix:path={}", folder.path().join("bus").display());
    let start = |program: &str, package: &str, arguments: &[&str]| {
        let started = Command::new(program)
            .args(arguments)
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("XDG_STATE_HOME", folder.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &bus)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Daemon(started.unwrap_or_else(|error| {
            panic!("this test needs {program} ({error}): install Debian's package `{package}`")
        }))
    };
    let address = format!("--address={bus}");
    let arguments = ["--session", "--nofork", "--print-address=1", &address];
    let mut daemon = start("dbus-daemon", "dbus-daemon", &arguments);
    let said = daemon.0.stdout.take().expect("its output");
    BufReader::new(said).read_line(&mut String::new()).expect("the bus stands");
    let _pipewire = start("pipewire", "pipewire", &[]);
    let socket = folder.path().join("pipewire-0");
    for _ in 0..200 {
        if socket.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(socket.exists(), "PipeWire opened its socket");
    let _manager = start("wireplumber", "wireplumber", &[]);
    run_again(test, |copy| {
        copy.args(only(test))
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &bus)
            .env("WAYLAND_DISPLAY", "wayland-test")
    });
}

/// A program that ends with the test.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only when the process has already gone.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The desktop's portal. It leaves the bus when dropped.
pub struct Portal {
    bus: Connection,
    sessions: Sessions,
}

/// Sessions that stand now.
type Sessions = Arc<Mutex<Vec<OwnedObjectPath>>>;

impl Portal {
    /// A portal that hands out the stream of `node`.
    pub fn start(answer: Answer, node: u32) -> anyhow::Result<Portal> {
        let sessions = Sessions::default();
        let cast = ScreenCast { answer, node, sessions: sessions.clone() };
        let bus = connection::Builder::session()?
            .serve_at(PORTAL, cast)?
            .name("org.freedesktop.portal.Desktop")?
            .build()?;
        Ok(Portal { bus, sessions })
    }

    /// How many sessions stand.
    pub fn sessions(&self) -> usize {
        self.sessions.lock().map_or(0, |sessions| sessions.len())
    }

    /// The user stops every share in the desktop's own window.
    pub fn stop_shares(&self) -> anyhow::Result<()> {
        let sessions = self.sessions.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.clone();
        for session in sessions {
            let details: HashMap<&str, Variant<'_>> = HashMap::new();
            let interface = "org.freedesktop.portal.Session";
            self.bus.emit_signal(None::<&str>, &session, interface, "Closed", &(details,))?;
        }
        Ok(())
    }
}

struct ScreenCast {
    answer: Answer,
    node: u32,
    sessions: Sessions,
}

/// `org.freedesktop.portal.Session`.
struct Session {
    path: OwnedObjectPath,
    sessions: Sessions,
}

#[zbus::interface(name = "org.freedesktop.portal.Session")]
impl Session {
    fn close(&self) {
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.retain(|session| *session != self.path);
        }
    }
}

type Options = HashMap<String, OwnedValue>;

/// The object of a caller's request or session: the portal's rules say how it is called.
fn object(kind: &str, header: &Header<'_>, options: &Options, token: &str) -> OwnedObjectPath {
    let sender = header.sender().map(|name| name.trim_start_matches(':').replace('.', "_"));
    let token: String =
        options.get(token).and_then(|token| token.clone().try_into().ok()).unwrap_or_default();
    let path = format!("{PORTAL}/{kind}/{}/{token}", sender.unwrap_or_default());
    ObjectPath::try_from(path).map(Into::into).unwrap_or_default()
}

async fn respond(
    emitter: &SignalEmitter<'_>,
    request: &OwnedObjectPath,
    code: u32,
    results: HashMap<&str, Variant<'_>>,
) -> zbus::fdo::Result<()> {
    let (interface, signal) = ("org.freedesktop.portal.Request", "Response");
    let bus = emitter.connection();
    Ok(bus.emit_signal(None::<&str>, request, interface, signal, &(code, results)).await?)
}

#[zbus::interface(name = "org.freedesktop.portal.ScreenCast")]
impl ScreenCast {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        4
    }

    #[zbus(property)]
    fn available_source_types(&self) -> u32 {
        1 | 2
    }

    #[zbus(property)]
    fn available_cursor_modes(&self) -> u32 {
        1 | 2
    }

    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        #[zbus(object_server)] server: &zbus::ObjectServer,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        let request = object("request", &header, &options, "handle_token");
        let path = object("session", &header, &options, "session_handle_token");
        let session = Session { path: path.clone(), sessions: self.sessions.clone() };
        server.at(&path, session).await?;
        if let Ok(mut sessions) = self.sessions.lock() {
            sessions.push(path.clone());
        }
        let results = HashMap::from([("session_handle", Variant::from(path.as_str()))]);
        respond(&emitter, &request, 0, results).await?;
        Ok(request)
    }

    async fn select_sources(
        &self,
        _session: OwnedObjectPath,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        let request = object("request", &header, &options, "handle_token");
        respond(&emitter, &request, 0, HashMap::new()).await?;
        Ok(request)
    }

    async fn start(
        &self,
        _session: OwnedObjectPath,
        _parent: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        let request = object("request", &header, &options, "handle_token");
        let details: HashMap<&str, Variant<'_>> = HashMap::from([("source_type", 1u32.into())]);
        let results = HashMap::from([("streams", Variant::from(vec![(self.node, details)]))]);
        match self.answer {
            Answer::Allow => respond(&emitter, &request, 0, results).await?,
            Answer::Cancel => respond(&emitter, &request, 1, HashMap::new()).await?,
            Answer::Wait => {}
        }
        Ok(request)
    }

    fn open_pipe_wire_remote(
        &self,
        _session: OwnedObjectPath,
        _options: Options,
    ) -> zbus::fdo::Result<OwnedFd> {
        let failed = |error: std::io::Error| zbus::fdo::Error::Failed(error.to_string());
        let folder = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).unwrap_or_default();
        let socket = UnixStream::connect(folder.join("pipewire-0")).map_err(failed)?;
        Ok(std::os::fd::OwnedFd::from(socket).into())
    }
}

/// What a compositor wants seen of its picture: left, top, width and height; no width is all.
type Window = Arc<Mutex<(i32, i32, u32, u32)>>;

/// A compositor's stream: its picture is one grey, which can be changed, on white around the window
/// that is shared.
pub struct Screen {
    grey: Arc<AtomicU32>,
    window: Window,
    over: Arc<AtomicBool>,
    /// Its number at PipeWire.
    pub node: u32,
    _thread: Joined,
}

impl Screen {
    /// A stream of [`SIZE`].
    pub fn start() -> anyhow::Result<Screen> {
        let (grey, over) = (Arc::new(AtomicU32::new(40)), Arc::new(AtomicBool::new(false)));
        let window = Window::default();
        let (found, node) = crossbeam::channel::bounded(1);
        let (its_grey, its_over, its_window) = (grey.clone(), over.clone(), window.clone());
        let thread = thread::spawn("test-compositor", move || {
            if let Err(error) = produce(&its_grey, &its_window, &its_over, &found) {
                eprintln!("the test's stream ended: {error:#}");
            }
        })?;
        let node = node.recv_timeout(Duration::from_secs(10)).context("no stream at PipeWire")?;
        Ok(Screen { grey, window, over, node, _thread: thread })
    }

    /// Changes the picture.
    pub fn show(&self, grey: u8) {
        self.grey.store(grey.into(), Relaxed);
    }

    /// Shares a window of the picture alone, as GNOME does.
    pub fn show_window(&self, (left, top): (i32, i32), (width, height): (u32, u32)) {
        if let Ok(mut window) = self.window.lock() {
            *window = (left, top, width, height);
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
    }
}

/// Bytes of a line, with its padding.
const STRIDE: usize = (SIZE.0 as usize * 4).next_multiple_of(64);

/// Sends a picture of which `seen` is grey and the rest white.
#[expect(unsafe_code, reason = "the binding does not give a buffer's metadata")]
fn send(stream: &StreamRef, grey: u8, seen: (i32, i32, u32, u32)) {
    // SAFETY: it goes back to the same stream below, on every way.
    let Some(taken) = NonNull::new(unsafe { stream.dequeue_raw_buffer() }) else { return };
    // SAFETY: PipeWire keeps the buffer with its parts, mapped and as large as it says, until it
    // goes back.
    unsafe {
        let buffer = &*taken.as_ref().buffer;
        let metas = match buffer.n_metas {
            0 => &[],
            many => std::slice::from_raw_parts(buffer.metas, many as usize),
        };
        if let Some(crop) = metas.iter().find(|meta| meta.type_ == SPA_META_VideoCrop) {
            let position = spa_point { x: seen.0, y: seen.1 };
            let size = spa_rectangle { width: seen.2, height: seen.3 };
            let region = spa_region { position, size };
            crop.data.cast::<spa_meta_region>().write(spa_meta_region { region });
        }
        let data = &mut *buffer.datas.cast::<Data>();
        if let Some(bytes) = data.data() {
            draw(bytes, grey, seen);
        }
        let chunk = data.chunk_mut();
        (*chunk.offset_mut(), *chunk.stride_mut()) = (0, STRIDE as i32);
        *chunk.size_mut() = STRIDE as u32 * SIZE.1;
        stream.queue_raw_buffer(taken.as_ptr());
    }
}

fn draw(bytes: &mut [u8], grey: u8, (left, top, width, height): (i32, i32, u32, u32)) {
    // What lies beyond a line is nobody's picture, and neither is what lies beside a window.
    bytes.fill(255);
    let (left, top) = (left.max(0) as usize, top.max(0) as usize);
    let whole = (SIZE.0 as usize, SIZE.1 as usize);
    let (width, height) = if width == 0 { whole } else { (width as usize, height as usize) };
    for line in bytes.chunks_mut(STRIDE).take(SIZE.1 as usize).skip(top).take(height) {
        line[left * 4..(left + width) * 4].fill(grey);
    }
}

fn produce(
    grey: &Arc<AtomicU32>,
    window: &Window,
    over: &AtomicBool,
    found: &crossbeam::channel::Sender<u32>,
) -> anyhow::Result<()> {
    pipewire::init();
    let main_loop = MainLoop::new(None)?;
    let context = PipeWire::new(&main_loop)?;
    let core = context.connect(None)?;
    let roles = properties! {
        *pipewire::keys::MEDIA_CLASS => "Video/Source",
        *pipewire::keys::NODE_NAME => "test-screen",
    };
    let stream = Stream::new(&core, "test-screen", roles)?;
    let (shown, window) = (grey.clone(), window.clone());
    let _listener = stream
        .add_local_listener::<()>()
        .param_changed(|stream, (), id, param| {
            if id != ParamType::Format.as_raw() || param.is_none() {
                return;
            }
            // spa/param/buffers.h: blocks, size, stride, and that it is memory by descriptor.
            let int = |key, value| Property::new(key, Value::Int(value));
            let (bytes, memory) = (STRIDE as i32 * SIZE.1 as i32, 1 << 2);
            let buffers = Object {
                type_: SpaTypes::ObjectParamBuffers.as_raw(),
                id: ParamType::Buffers.as_raw(),
                properties: vec![
                    int(1, 4),
                    int(2, 1),
                    int(3, bytes),
                    int(4, STRIDE as i32),
                    int(6, memory),
                ],
            };
            // And which metadata: its type, and its size.
            let crop = Object {
                type_: SpaTypes::ObjectParamMeta.as_raw(),
                id: ParamType::Meta.as_raw(),
                properties: vec![
                    Property::new(1, Value::Id(Id(SPA_META_VideoCrop))),
                    int(2, size_of::<spa_meta_region>() as i32),
                ],
            };
            let (buffers, crop) = (pod(buffers), pod(crop));
            if let (Some(buffers), Some(crop)) = (Pod::from_bytes(&buffers), Pod::from_bytes(&crop))
            {
                let _ = stream.update_params(&mut [buffers, crop]);
            }
        })
        .process(move |stream, ()| {
            let seen = window.lock().map_or((0, 0, 0, 0), |window| *window);
            send(stream, shown.load(Relaxed) as u8, seen);
        })
        .register()?;
    let format = pod(object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        property!(FormatProperties::VideoFormat, Id, VideoFormat::BGRx),
        property!(
            FormatProperties::VideoSize,
            Rectangle,
            Rectangle { width: SIZE.0, height: SIZE.1 }
        ),
        property!(FormatProperties::VideoFramerate, Fraction, Fraction { num: 0, denom: 1 }),
    ));
    let format = Pod::from_bytes(&format).context("a format")?;
    let flags = StreamFlags::DRIVER | StreamFlags::MAP_BUFFERS;
    stream.connect(Direction::Output, None, flags, &mut [format])?;
    let mut told = false;
    while !over.load(Relaxed) {
        main_loop.loop_().iterate(Duration::from_millis(20));
        let node = stream.node_id();
        if !told && node != u32::MAX {
            told = true;
            let _ = found.send(node);
        }
        // A driver says itself when it is time for a picture.
        let _ = stream.trigger_process();
    }
    Ok(())
}

fn pod(object: Object) -> Vec<u8> {
    let into = std::io::Cursor::new(Vec::new());
    let written = PodSerializer::serialize(into, &Value::Object(object));
    written.map(|(cursor, _)| cursor.into_inner()).unwrap_or_default()
}
