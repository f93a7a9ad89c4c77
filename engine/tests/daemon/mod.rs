//! A PulseAudio of the test's own, with a null sink called `speaker`.

use std::io::ErrorKind;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

/// A PulseAudio daemon that ends with its value.
pub struct Daemon {
    child: Child,
    folder: tempfile::TempDir,
}

impl Daemon {
    pub fn start() -> Daemon {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("native");
        let listen =
            format!("module-native-protocol-unix socket={} auth-anonymous=1", socket.display());
        let child = Command::new("pulseaudio")
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit"])
            .args(["--use-pid-file=no", "-L", &listen])
            .args(["-L", "module-null-sink sink_name=speaker rate=48000"])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = match child {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                panic!("this test needs pulseaudio: install the package `pulseaudio`")
            }
            Err(error) => panic!("pulseaudio does not start: {error}"),
        };
        let daemon = Daemon { child, folder };
        wait_for("PulseAudio's socket", || socket.exists().then_some(()));
        daemon
    }

    /// Makes it the sound server of this process, of a user who has never used it. Call it first:
    /// nothing else may run yet.
    pub fn serve_this_process(&self) {
        #[expect(unsafe_code, reason = "setting the environment, before any other thread exists")]
        // SAFETY: this is the only test of its process, and it has started no thread yet.
        unsafe {
            std::env::set_var("PULSE_SERVER", self.address());
            std::env::set_var("XDG_RUNTIME_DIR", self.folder.path());
            std::env::set_var("HOME", self.folder.path().join("somebody"));
            std::env::remove_var("PULSE_COOKIE");
        }
    }

    fn address(&self) -> String {
        format!("unix:{}", self.folder.path().join("native").display())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "a real device runs by the real clock")]
pub fn now() -> Instant {
    Instant::now()
}

pub fn wait_for<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let end = now() + PATIENCE;
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(now() < end, "{what} did not come within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
