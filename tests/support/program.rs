//! The real program on a screen of its own: a virtual X server, a message bus, fresh folders. It is
//! read and driven as assistive technology does it, by the names of its controls ([`reader`]).

pub mod reader;

use anyhow::{Context, Result, bail, ensure};
use engine::thread::{self, Joined};
use reader::Reader;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What has to be installed.
const TOOLS: [&str; 4] = ["Xvfb", "dbus-daemon", "xdotool", "import"];

/// How long the X server and the bus may take to come up.
const START_LIMIT: Duration = Duration::from_secs(10);

/// A tool that is not there; `None` when everything is.
pub fn missing_tool() -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    TOOLS.into_iter().find(|tool| !folders.iter().any(|folder| folder.join(tool).is_file()))
}

/// The program, built beside whoever asks: `target/PROFILE/katheder`.
pub fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let profile = own.parent().and_then(Path::parent).context("a target folder")?;
    let program = profile.join("katheder");
    ensure!(program.is_file(), "{} is missing: cargo build --workspace", program.display());
    Ok(program)
}

/// A moment now: whoever drives a program reads the clock.
#[expect(clippy::disallowed_methods, reason = "driving a program is waiting for it")]
pub fn tick() -> Instant {
    Instant::now()
}

/// A process that ends with its owner.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Screen, bus and folders.
pub struct Desktop {
    display: String,
    /// The bus and its address.
    bus: Option<(Owned, String)>,
    /// The sound server and its address.
    sound: Option<(Owned, String)>,
    size: (u32, u32),
    _server: Owned,
    home: tempfile::TempDir,
}

impl Desktop {
    /// A fresh one with a screen of so many pixels.
    pub fn open(size: (u32, u32)) -> Result<Desktop> {
        if let Some(tool) = missing_tool() {
            bail!("{tool} is not installed");
        }
        let home = tempfile::tempdir()?;
        for folder in ["config", "data", "cache", "runtime"] {
            std::fs::create_dir(home.path().join(folder))?;
        }
        let screen = format!("{}x{}x24", size.0, size.1);
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp"]);
        let (server, number) = first_line(server)?;
        let display = format!(":{number}");
        let mut desktop = Desktop { display, bus: None, sound: None, size, _server: server, home };
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        desktop.surroundings(&mut bus);
        desktop.bus = Some(first_line(bus)?);
        Ok(desktop)
    }

    /// Plugs in a loudspeaker that nobody hears and a microphone to which nobody speaks: PulseAudio,
    /// which must be installed.
    pub fn add_sound(&mut self) -> Result<()> {
        let socket = self.home.path().join("runtime/native");
        let address = format!("unix:{}", socket.display());
        let mut server = Command::new("pulseaudio");
        server
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit"])
            .args(["--use-pid-file=no", "-L"])
            .arg(format!(
                "module-native-protocol-unix socket={} auth-anonymous=1",
                socket.display()
            ))
            .args(["-L", "module-null-sink sink_name=speaker rate=48000"])
            // What another loudspeaker plays, which nobody uses: unlike PulseAudio's own silent source
            // it comes when it is asked for, like a microphone's.
            .args(["-L", "module-null-sink sink_name=silence rate=48000"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.surroundings(&mut server);
        let server = Owned(server.spawn().context("pulseaudio is not installed")?);
        let began = tick();
        while !socket.exists() {
            ensure!(tick() - began < START_LIMIT, "pulseaudio did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.sound = Some((server, address));
        for (what, which) in [("sink", "speaker"), ("source", "silence.monitor")] {
            let mut command = Command::new("pactl");
            self.surroundings(&mut command);
            let status = command.args([&format!("set-default-{what}"), which]).status();
            ensure!(
                status.context("pulseaudio-utils is not installed")?.success(),
                "pactl {which}"
            );
        }
        Ok(())
    }

    /// Where the program's own hub keeps its data.
    pub fn hub_data(&self) -> PathBuf {
        self.home.path().join("data/katheder/hub")
    }

    /// Where the program keeps its settings.
    pub fn settings_file(&self) -> PathBuf {
        self.home.path().join("config/katheder/settings.json")
    }

    /// Starts the program; it calls its user `owner` and logs what `log` selects.
    pub fn start(
        &self,
        program: &Path,
        arguments: &[&str],
        owner: &str,
        log: &str,
    ) -> Result<Program> {
        let mut command = Command::new(program);
        command.args(arguments).env("USER", owner).env("KATHEDER_LOG", log);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        self.surroundings(&mut command);
        let began = tick();
        let mut child = Owned(command.spawn()?);
        let errors = child.0.stderr.take().context("the program's log")?;
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = lines.clone();
        let reader = thread::spawn("log", move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let mut lines = written.lock().unwrap_or_else(PoisonError::into_inner);
                lines.push((tick(), line));
            }
        })?;
        Ok(Program { child, began, lines, _log: reader })
    }

    /// Connects to what assistive technology reads.
    pub fn reader(&self) -> Result<Reader> {
        let (_, address) = self.bus.as_ref().context("the bus")?;
        Reader::connect(address)
    }

    /// Moves the program's window over all of the screen and gives it the keyboard: there is no
    /// window manager here that would.
    pub fn fill_screen(&self, program: &Program) -> Result<()> {
        let (width, height) = (self.size.0.to_string(), self.size.1.to_string());
        let began = tick();
        loop {
            let found = self.xdotool(&["search", "--onlyvisible", "--pid", &program.id()]);
            if let Some(window) = found.ok().as_deref().and_then(|out| out.lines().next()) {
                self.xdotool(&["windowmove", window, "0", "0"])?;
                self.xdotool(&["windowsize", window, &width, &height])?;
                self.xdotool(&["windowfocus", window])?;
                return Ok(());
            }
            ensure!(tick() - began < START_LIMIT, "the program showed no window");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs xdotool; gives what it prints.
    pub fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("xdotool");
        self.surroundings(&mut command);
        let output = command.args(arguments).output()?;
        ensure!(output.status.success(), "xdotool {}", arguments.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Writes what is on the screen to a PNG file.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let mut command = Command::new("import");
        self.surroundings(&mut command);
        let status =
            command.args(["-silent", "-window", "root"]).arg("-strip").arg(file).status()?;
        ensure!(status.success(), "import {}", file.display());
        Ok(())
    }

    /// Nothing of the user's own session gets in.
    fn surroundings(&self, command: &mut Command) {
        let home = self.home.path();
        for name in
            ["WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CURRENT_DESKTOP", "NO_AT_BRIDGE", "PULSE_SERVER"]
        {
            command.env_remove(name);
        }
        command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("runtime"))
            .env("DISPLAY", &self.display)
            .env("LANG", "de_DE.UTF-8")
            .env("TZ", "Europe/Berlin")
            .env("NO_COLOR", "1");
        if let Some((_, address)) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
        if let Some((_, address)) = &self.sound {
            command.env("PULSE_SERVER", address);
        }
    }
}

/// Starts a server and waits for the line in which it tells where it is.
fn first_line(mut command: Command) -> Result<(Owned, String)> {
    let mut child = Owned(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
    let output = child.0.stdout.take().context("its output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "{command:?} did not start");
    Ok((child, line.trim().to_owned()))
}

/// The running program.
pub struct Program {
    child: Owned,
    began: Instant,
    lines: Arc<Mutex<Vec<(Instant, String)>>>,
    _log: Joined,
}

impl Program {
    /// Its process.
    pub fn id(&self) -> String {
        self.child.0.id().to_string()
    }

    /// Its process, for `/proc`.
    pub fn process(&self) -> u32 {
        self.child.0.id()
    }

    /// The lines of the log that have this in them.
    pub fn logged(&self, part: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|(_, line)| line).filter(|line| line.contains(part)).cloned().collect()
    }

    /// Waits for such a line; gives the time from the program's start to it.
    pub fn wait_for(&mut self, part: &str, limit: Duration) -> Result<Duration> {
        let began = tick();
        loop {
            {
                let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some((at, _)) = lines.iter().find(|(_, line)| line.contains(part)) {
                    return Ok(*at - self.began);
                }
                if tick() - began > limit || self.child.0.try_wait()?.is_some() {
                    let told: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
                    bail!("the program never said {part:?}, but:\n{}", told.join("\n"));
                }
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
