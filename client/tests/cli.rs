//! The command line as a user meets it: wrong input is told by name, at once, with what to do next,
//! and leaves nothing behind. The clips are made by the `ffmpeg` command.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A run that takes longer has hung.
const LIMIT: Duration = Duration::from_secs(60);
/// What is wrong from the start is told within this, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(10);

/// How a run ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
    took: Duration,
}

/// Runs `katheder`; a run that does not end is ended, and fails the test.
#[expect(clippy::disallowed_methods, reason = "a limit for the whole run")]
fn katheder(arguments: &[&str]) -> Ended {
    let begun = Instant::now();
    let (mut out, mut err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_katheder"))
        .args(arguments)
        .env_remove("KATHEDER_LOG")
        // Without such a folder libwayland complains by itself, outside of our reach.
        .env("XDG_RUNTIME_DIR", std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(err.try_clone().unwrap())
        .spawn()
        .unwrap();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if begun.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let took = begun.elapsed();
    let (out, err) = (written(&mut out), written(&mut err));
    let status = status.unwrap_or_else(|| panic!("{arguments:?} hung\n{out}\n{err}"));
    assert!(!err.contains("panicked") && !out.contains("panicked"), "{arguments:?}\n{err}");
    let code = status.code().unwrap_or_else(|| panic!("{arguments:?}: {status}\n{err}"));
    Ended { code, out, err, took }
}

fn written(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A clip of `arguments` (inputs and codecs).
fn clip(folder: &TempDir, name: &str, arguments: &str) -> PathBuf {
    let path = folder.path().join(name);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .output()
        .expect("the ffmpeg command is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

const PICTURE: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=2";
const SOUND: &str = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=2";

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Rehearses with `clip`, which must be refused at once with its name and all of `words`.
fn refused(clip: &Path, words: &[&str]) {
    let ended = katheder(&["rehearse", "--input", text(clip), "--seconds", "2"]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.took < AT_ONCE, "told after {:?}", ended.took);
    assert_eq!(ended.out, "", "standard output is for figures");
    assert!(ended.err.starts_with("katheder: cannot play "), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "one line that says all: {}", ended.err);
    for word in words.iter().chain([&text(clip)]) {
        assert!(ended.err.contains(word), "“{word}” is missing in: {}", ended.err);
    }
}

#[test]
fn a_clip_that_cannot_be_played_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    refused(&folder.path().join("missing.mp4"), &["no such file", "check the path"]);
    refused(folder.path(), &["folder", "name a file in it"]);
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    refused(&file("empty.mp4", b""), &["empty", "name another"]);
    refused(&file("notes.txt", b"Agenda\n1. Welcome\n2. Questions\n"), &["name another"]);
    refused(&file("noise.mp4", &[0xa5; 5000]), &["name another"]);
    let whole = clip(&folder, "whole.mp4", &format!("{PICTURE} {SOUND} -pix_fmt yuv420p"));
    // The index of an MP4 stands at its end.
    let bytes = std::fs::read(whole).unwrap();
    refused(&file("half.mp4", &bytes[..bytes.len() / 2]), &["cut off", "name another"]);
    refused(Path::new("/dev/null"), &["not a plain file", "name"]);
}

#[test]
fn a_clip_without_sound_or_without_picture_is_no_clip_to_rehearse_with() {
    let folder = tempfile::tempdir().unwrap();
    let silent = clip(&folder, "silent.mp4", &format!("{PICTURE} -pix_fmt yuv420p"));
    refused(&silent, &["no sound", "name a clip with both"]);
    let unseen = clip(&folder, "unseen.m4a", &format!("{SOUND} -c:a aac"));
    refused(&unseen, &["no picture", "name a clip with both"]);
}

#[test]
fn files_that_cannot_be_written_are_told_before_the_work_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no such folder");
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "mine").unwrap();
    for option in ["--json", "--screenshot"] {
        for (target, words) in [
            (missing.join("out"), "make it first"),
            (folder.path().to_owned(), "name a file in it"),
            (plain.join("out"), "another folder"),
            (PathBuf::from("/proc/out"), "folder"),
        ] {
            let ended = katheder(&["rehearse", "--seconds", "2", option, text(&target)]);
            assert_eq!(ended.code, 1, "{}", ended.err);
            assert!(ended.took < AT_ONCE, "told after {:?}", ended.took);
            let named = format!("cannot write {}", target.display());
            assert!(ended.err.contains(&named) && ended.err.contains(words), "{}", ended.err);
        }
    }
    assert!(!missing.exists());
    assert_eq!(std::fs::read_to_string(&plain).unwrap(), "mine");
}

#[test]
fn a_rehearsal_that_fails_early_makes_no_files_and_spares_those_that_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let (json, picture) = (folder.path().join("figures.json"), folder.path().join("seen.png"));
    std::fs::write(&json, "the last rehearsal's").unwrap();
    let gone = folder.path().join("gone.mp4");
    let outputs = ["--json", text(&json), "--screenshot", text(&picture)];
    let ended = katheder(&[&["rehearse", "--input", text(&gone)][..], &outputs].concat());
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert_eq!(std::fs::read_to_string(&json).unwrap(), "the last rehearsal's");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn wrong_use_ends_with_2_and_says_what_would_be_right() {
    for wrong in [
        &["rehearse", "--attendees", "0"][..],
        &["rehearse", "--seconds", "-1"],
        &["rehearse", "--seconds", "soon"],
        &["rehearse", "--codec", "mpeg1"],
        &["rehearse", "--input"],
        &["rehearse", "clip.mp4"],
        &["rehearse", "--blur", "--strength", "2"],
        &["rehearse", "--strength", "0.5"],
        &["dance"],
        &["--listen", "everywhere"],
    ] {
        let ended = katheder(wrong);
        assert_eq!(ended.code, 2, "{wrong:?}: {}", ended.err);
        assert!(ended.err.contains("--help"), "{wrong:?}: {}", ended.err);
    }
}

#[test]
fn a_clip_of_odd_size_is_rehearsed_and_its_figures_and_picture_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let odd = "-f lavfi -i testsrc2=s=641x359:r=30:d=3";
    let sound = "-f lavfi -i sine=frequency=440:sample_rate=44100:duration=3";
    let odd = clip(&folder, "odd.mkv", &format!("{odd} {sound} -c:v ffv1 -pix_fmt yuv444p"));
    let (json, picture) = (folder.path().join("figures.json"), folder.path().join("seen.png"));
    let ended = katheder(&[
        "rehearse",
        "--input",
        text(&odd),
        "--seconds",
        "2",
        "--attendees",
        "2",
        "--json",
        text(&json),
        "--screenshot",
        text(&picture),
    ]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let figures: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    let attendees = figures["attendees"].as_array().unwrap();
    assert_eq!(attendees.len(), 2);
    for attendee in attendees {
        assert!(attendee["frames_received"].as_u64().unwrap() > 30, "{figures:#}");
    }
    let seen = image::open(&picture).unwrap();
    // Encoders take whole chroma samples only.
    assert!(seen.width().abs_diff(641) <= 1 && seen.height().abs_diff(359) <= 1, "{seen:?}");
    assert!(ended.out.contains("Attendee"), "the table: {}", ended.out);
}

#[test]
fn what_this_machine_has_is_listed_without_noise() {
    for (job, word) in [("devices", "Microphones:"), ("encoders", "H264"), ("gpus", "")] {
        let ended = katheder(&[job]);
        assert_eq!(ended.code, 0, "{job}: {}", ended.err);
        assert!(ended.out.contains(word) && !ended.out.is_empty(), "{job}: {}", ended.out);
        for plug_in in ["Plugin", "JACK", "Discard all samples"] {
            assert!(!ended.out.contains(plug_in), "{job}: {}", ended.out);
        }
        assert_eq!(ended.err, "", "{job}");
    }
}
