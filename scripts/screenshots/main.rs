//! Takes the pictures under `assets/screenshots`: the real program on a screen of its own, its hub
//! filled with invented people, some of whom join with moving pictures. `make screenshots` runs it;
//! `screenshots planner call_tiles dark` takes only these.
//!
//! A page is reached by the names of its controls ([`steps`]), so that a new one is a line there.

mod cast;
mod steps;

use anyhow::{Context, Result, ensure};
use cast::Cast;
use katheder_suite::program::reader::Reader;
use katheder_suite::program::{self, Desktop, Program};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use steps::{Act, STEPS};

/// The window, as in the mock-ups.
const SIZE: (u32, u32) = (1440, 900);

const THEMES: [&str; 2] = ["dark", "light"];

/// Where the pictures go, from the repository's root.
const FOLDER: &str = "assets/screenshots";

/// The most bytes of one picture.
const MOST_BYTES: u64 = 150 * 1024;

/// How long lights fade and tiles move after the last step.
const SETTLE: Duration = Duration::from_millis(1_200);

const READY: &str = "client::start";
const LOG: &str = "warn,client::start=info";
const START_LIMIT: Duration = Duration::from_secs(60);

/// The program in one theme, with everybody else around it.
pub struct Set {
    reader: Reader,
    desktop: Desktop,
    cast: Cast,
    _program: Program,
}

fn main() -> Result<()> {
    let (themes, wanted): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| THEMES.contains(&word.as_str()));
    let program = program::program()?;
    std::fs::create_dir_all(FOLDER)?;
    let mut failures = 0;
    for theme in THEMES.into_iter().filter(|theme| chosen(&themes, theme)) {
        for act in [Act::Empty, Act::Full] {
            let steps = STEPS.iter().filter(|step| step.act == act);
            let steps: Vec<_> = steps.filter(|step| chosen(&wanted, step.name)).collect();
            if steps.is_empty() {
                continue;
            }
            let set = Set::open(&program, theme, act)?;
            for step in steps {
                let file = Path::new(FOLDER).join(format!("{}_{theme}.webp", step.name));
                let taken = (step.reach)(&set).and_then(|()| set.shoot(&file));
                match taken.and_then(|()| (step.leave)(&set)) {
                    Ok(()) => println!("{}", file.display()),
                    Err(error) => {
                        failures += 1;
                        println!("NOT {}: {error:#}", file.display());
                    }
                }
            }
        }
    }
    ensure!(failures == 0, "{failures} pictures were not taken");
    Ok(())
}

/// Everything is, where nothing was chosen.
fn chosen(words: &[String], word: &str) -> bool {
    words.is_empty() || words.iter().any(|chosen| chosen == word)
}

impl Set {
    fn open(program: &Path, theme: &str, act: Act) -> Result<Set> {
        let desktop = Desktop::open(SIZE)?;
        let settings = desktop.settings_file();
        std::fs::create_dir_all(settings.parent().context("a folder")?)?;
        // Who presents is heard.
        let chosen = format!("{{\"theme\":\"{theme}\",\"join_muted\":false}}");
        std::fs::write(&settings, chosen)?;
        let address = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let cast = Cast::gather(&desktop.hub_data(), &address, act == Act::Full)?;
        let mut running = desktop.start(program, &["--listen", &address], cast::OWNER, LOG)?;
        running.wait_for(READY, START_LIMIT)?;
        desktop.fill_screen(&running)?;
        // Beside everything that would light up under it.
        desktop.xdotool(&["mousemove", "1439", "899"])?;
        let reader = desktop.reader()?;
        Ok(Set { reader, desktop, cast, _program: running })
    }

    /// Writes what is on the screen, small enough for a repository.
    fn shoot(&self, file: &Path) -> Result<()> {
        std::thread::sleep(SETTLE);
        let folder = tempfile::tempdir()?;
        let picture: PathBuf = folder.path().join("screen.png");
        self.desktop.picture(&picture)?;
        let status = Command::new("convert")
            .arg(&picture)
            .args(["-strip", "-quality", "82", "-define", "webp:method=6"])
            .arg(file)
            .status()?;
        ensure!(status.success(), "convert {}", file.display());
        let bytes = std::fs::metadata(file)?.len();
        ensure!(bytes <= MOST_BYTES, "{} has {bytes} bytes", file.display());
        Ok(())
    }
}
