//! `katheder blur` as a user meets it: what goes in comes out with the same size, times, colors and
//! sound; wrong input is told by name with what to do next, and leaves nothing behind. Clips are made
//! and looked at by the `ffmpeg` and `ffprobe` commands.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod clips;
mod pictures;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A run that takes longer has hung.
const LIMIT: Duration = Duration::from_secs(120);

/// How a run ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

fn spawn(arguments: &[&str], environment: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_katheder"))
        .arg("blur")
        .args(arguments)
        .env_remove("KATHEDER_LOG")
        // Without such a folder libwayland complains by itself, outside of our reach.
        .env("XDG_RUNTIME_DIR", std::env::temp_dir())
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for a run's end; one that does not end is ended, and fails the test.
#[expect(clippy::disallowed_methods, reason = "a limit for the whole run")]
fn ended(mut child: Child, what: &str) -> Ended {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > LIMIT {
            child.kill().unwrap();
            panic!("{what} hung");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{what}\n{err}");
    let code = output.status.code().unwrap_or_else(|| panic!("{what}: {}\n{err}", output.status));
    Ended { code, out, err }
}

/// Runs `katheder blur` on the processor, which every machine has.
fn blur(arguments: &[&str]) -> Ended {
    let arguments = [arguments, &["--device", "cpu"]].concat();
    ended(spawn(&arguments, &[]), &format!("{arguments:?}"))
}

/// Blurs, which must work and say nothing but the summary.
fn blurred(arguments: &[&str]) -> String {
    let ended = blur(arguments);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{arguments:?}");
    assert_eq!(ended.out.lines().count(), 1, "{}", ended.out);
    ended.out
}

/// A folder of its own for each test.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        std::fs::write(self.path(name), content).unwrap();
        self.name(name)
    }

    /// A clip of `arguments` (inputs and codecs).
    fn clip(&self, name: &str, arguments: &str) -> String {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y"]).args(arguments.split_whitespace());
        let output =
            command.arg(self.path(name)).output().expect("the ffmpeg command is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.name(name)
    }

    /// Fails if anything is there but `names`.
    fn holds_only(&self, names: &[&str]) {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut left: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let mut names = names.to_vec();
        names.sort_unstable();
        assert_eq!(left, names);
    }
}

fn figures(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Blurs `input`, which must be refused with all of `words` and leave `names` alone in the folder.
fn refused(folder: &Folder, arguments: &[&str], words: &[&str], names: &[&str]) {
    let ended = blur(arguments);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert_eq!(ended.out, "", "standard output is for the summary");
    assert_eq!(ended.err.lines().count(), 1, "one line that says all: {}", ended.err);
    assert!(ended.err.starts_with("katheder: "), "{}", ended.err);
    for word in words {
        assert!(ended.err.contains(word), "“{word}” is missing in: {}", ended.err);
    }
    folder.holds_only(names);
}

fn save(folder: &Folder, name: &str, picture: &image::DynamicImage) -> String {
    picture.save(folder.path(name)).unwrap();
    folder.name(name)
}

fn colorful(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x * 7) as u8, (y * 5) as u8, ((x ^ y) * 3) as u8])
    })
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_work() {
    let folder = Folder::new();
    let picture = save(&folder, "in.png", &colorful(64, 48).into());
    let output = folder.name("out.png");
    let nowhere = folder.name("no such folder/out.png");
    for arguments in [
        &[&picture[..], "-o", &nowhere][..],
        &[&picture, "-o", &output, "--mask", &nowhere],
        &[&picture, "-o", &output, "--json", &nowhere],
    ] {
        refused(&folder, arguments, &["cannot write", &nowhere, "make it first"], &["in.png"]);
    }
    let protected = "/proc/out.png";
    refused(&folder, &[&picture, "-o", protected], &["cannot write /proc/out.png"], &["in.png"]);
    let pipe = folder.name("pipe.png");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let words = [&pipe[..], "not a plain file"];
    refused(&folder, &[&picture, "-o", &pipe], &words, &["in.png", "pipe.png"]);
}

#[test]
fn nothing_is_written_over_what_is_read() {
    let folder = Folder::new();
    let picture = save(&folder, "in.png", &colorful(64, 48).into());
    let before = std::fs::read(&picture).unwrap();
    std::fs::hard_link(&picture, folder.path("link.png")).unwrap();
    let (link, output) = (folder.name("link.png"), folder.name("out.png"));
    let around = folder.name("../") + folder.0.path().file_name().unwrap().to_str().unwrap();
    let around = format!("{around}/in.png");
    for arguments in [
        &[&picture[..], "-o", &picture][..],
        &[&picture, "-o", &link],
        &[&picture, "-o", &around],
        &[&picture, "-o", &output, "--mask", &output],
        &[&picture, "-o", &output, "--json", &picture],
        &[&picture, "-o", &output, "--image", &link, "--mask", &link],
    ] {
        let names = ["in.png", "link.png"];
        refused(&folder, arguments, &["cannot write", "name another file"], &names);
    }
    assert_eq!(std::fs::read(&picture).unwrap(), before);
}

#[test]
fn wrong_use_ends_with_2_and_says_what_would_be_right() {
    for wrong in [
        &["in.png"][..],
        &["-o", "out.png"],
        &["in.png", "-o", "out.png", "--strength", "1.1"],
        &["in.png", "-o", "out.png", "--strength", "-0.1"],
        &["in.png", "-o", "out.png", "--strength", "NaN"],
        &["in.png", "-o", "out.png", "--strength", "much"],
        &["in.png", "-o", "out.png", "--device", "tpu"],
        &["in.png", "-o", "out.gif"],
        &["in.png", "-o", "out"],
        &["in.png", "-o", "out.png", "--mask", "mask.txt"],
    ] {
        let ended = ended(spawn(wrong, &[]), &format!("{wrong:?}"));
        assert_eq!(ended.code, 2, "{wrong:?}: {}", ended.err);
        assert!(ended.err.contains("--help"), "{wrong:?}: {}", ended.err);
    }
}

#[test]
fn without_a_gpu_the_processor_says_so_and_insisting_fails() {
    let folder = Folder::new();
    let picture = save(&folder, "in.png", &colorful(64, 48).into());
    let output = folder.name("out.png");
    // No such back-end exists on this system, so wgpu finds no adapter.
    let none = [("WGPU_BACKEND", "dx12")];
    let insisting = spawn(&[&picture, "-o", &output, "--device", "gpu"], &none);
    let insisting = ended(insisting, "insisting on a GPU");
    assert_eq!(insisting.code, 1, "{}", insisting.out);
    for word in ["no usable GPU", "leave --device out"] {
        assert!(insisting.err.contains(word), "{}", insisting.err);
    }
    folder.holds_only(&["in.png"]);
    let left_alone = ended(spawn(&[&picture, "-o", &output], &none), "leaving it to the program");
    assert_eq!(left_alone.code, 0, "{}", left_alone.err);
    let said = "on the processor: no usable GPU";
    assert!(left_alone.out.contains(said), "{}", left_alone.out);
}

#[test]
fn a_software_gpu_is_used_when_insisted_on_and_passed_over_otherwise() {
    let folder = Folder::new();
    let picture = save(&folder, "in.png", &colorful(64, 48).into());
    let (output, json) = (folder.name("out.png"), folder.name("figures.json"));
    let found = engine::gpu::list();
    let Some(first) = found.first() else {
        return println!("no adapter at all on this machine: the test before this one is for it");
    };
    if first.kind != engine::gpu::GpuKind::Software || !first.compute {
        return println!("{} is no software GPU with compute", first.name);
    }
    let arguments = [&picture[..], "-o", &output, "--json", &json];
    let insisting = spawn(&[&arguments[..], &["--device", "gpu"]].concat(), &[]);
    let insisting = ended(insisting, "insisting on a GPU");
    assert_eq!(insisting.code, 0, "{}", insisting.err);
    assert!(insisting.out.contains("which is the processor playing GPU"), "{}", insisting.out);
    let seen = figures(&json);
    assert_eq!(seen["device"], "gpu");
    assert!(insisting.out.contains(seen["adapter"].as_str().unwrap()), "{}", insisting.out);
    let left_alone = ended(spawn(&arguments, &[]), "leaving it to the program");
    assert!(left_alone.out.contains("the only GPU is a software one"), "{}", left_alone.out);
    assert_eq!(figures(&json)["device"], "cpu");
}

#[test]
fn a_new_file_has_the_usual_permissions_and_an_old_one_is_replaced() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let picture = save(&folder, "in.png", &colorful(64, 48).into());
    let output = folder.file("out.png", b"older");
    blurred(&[&picture, "-o", &output]);
    assert_eq!(image::image_dimensions(&output).unwrap(), (64, 48));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
    assert_eq!(mode(Path::new(&output)), mode(Path::new(&picture)));
}
