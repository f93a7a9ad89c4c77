//! The clips are made by the `ffmpeg` command.

use super::*;
use crate::capture::Picture;
use crate::frame::SAMPLES_10_MS;
use std::process::Command;
use tempfile::TempDir;

/// A clip of `arguments` (inputs and codecs) in a folder of its own.
fn clip(name: &str, arguments: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(arguments.split_whitespace())
        .arg(&path)
        .output()
        .expect("the ffmpeg command is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, path)
}

/// Every half second of it white for 100 ms with a tone, else black and silent.
const FLASHES: &str = "-f lavfi -i color=black:s=320x180:r=25:d=2,format=yuv420p,\
    geq=lum='if(lt(mod(T,0.5),0.0999),235,16)':cb=128:cr=128 \
    -f lavfi -i aevalsrc='if(lt(mod(t,0.5),0.1),0.5*sin(2*PI*1000*t),0)':s=44100:d=2";

fn open(path: &Path, max_lines: u32, max_fps: u32) -> Reader {
    Reader::open(path, Some(Limits { max_lines, max_fps }), true).expect("opens")
}

/// What plays before media time `until`.
fn play(reader: &mut Reader, until: Duration) -> Vec<(Duration, Media)> {
    std::iter::from_fn(|| Some(reader.next().expect("plays")))
        .take_while(|(at, _)| *at < until)
        .collect()
}

fn pictures(played: &[(Duration, Media)]) -> Vec<(Duration, &Picture)> {
    let mut found = Vec::new();
    for (at, media) in played {
        if let Media::Picture(picture) = media {
            found.push((*at, picture));
        }
    }
    found
}

fn sounds(played: &[(Duration, Media)]) -> Vec<(Duration, &[f32; SAMPLES_10_MS])> {
    let mut found = Vec::new();
    for (at, media) in played {
        if let Media::Sound(samples) = media {
            found.push((*at, &**samples));
        }
    }
    found
}

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

/// The moments at which something that was off goes on.
fn onsets(states: impl Iterator<Item = (Duration, bool)>) -> Vec<f64> {
    let mut was = false;
    let mut found = Vec::new();
    for (at, on) in states {
        if on && !was {
            found.push(at.as_secs_f64());
        }
        was = on;
    }
    found
}

#[test]
fn sound_and_picture_stay_in_step_over_many_loops() {
    for (name, codecs) in [
        ("a.mp4", "-c:v libx264 -c:a aac"),
        ("a.webm", "-c:v libvpx -c:a libopus"),
        ("a.avi", "-c:v mpeg4 -c:a pcm_s16le"),
    ] {
        let (_folder, path) = clip(name, &format!("{FLASHES} {codecs}"));
        let played = play(&mut open(&path, 720, 60), Duration::from_secs(21));
        let seen = onsets(
            pictures(&played).into_iter().map(|(at, picture)| (at, picture.planes.y[9000] > 120)),
        );
        let heard =
            onsets(sounds(&played).into_iter().map(|(at, samples)| (at, loudness(samples) > 0.1)));
        assert!(seen.len() >= 40, "{name}: {} flashes", seen.len());
        assert_eq!(seen.len(), heard.len(), "{name}");
        let off: Vec<f64> =
            seen.iter().zip(&heard).map(|(seen, heard)| (seen - heard) * 1e3).collect();
        assert!(off.iter().all(|ms| ms.abs() < 36.0), "{name}: {off:.0?} ms apart");
        // Four flashes a pass; sound is looked at every 10 ms. Opus starts anew at the seam and
        // leaves out its first 20 ms.
        for (n, now) in off.iter().enumerate().skip(4) {
            let first = off[n % 4];
            let allowed = if n % 4 == 0 { 31.0 } else { 11.0 };
            assert!((now - first).abs() < allowed, "{name}: drifts from {first:.1} to {now:.1} ms");
        }
    }
}

#[test]
fn media_time_never_runs_backwards_and_sound_has_no_holes() {
    let (_folder, path) = clip("a.mp4", &format!("{FLASHES} -t 0.73 -c:v libx264 -c:a aac"));
    let played = play(&mut open(&path, 720, 60), Duration::from_secs(5));
    assert!(played.is_sorted_by_key(|(at, _)| *at));
    for (n, (at, _)) in sounds(&played).into_iter().enumerate() {
        assert_eq!(at, Duration::from_millis(10) * n as u32);
    }
    let gaps = pictures(&played).windows(2).map(|pair| pair[1].0 - pair[0].0).collect::<Vec<_>>();
    assert!(gaps.iter().all(|gap| *gap < Duration::from_millis(75)), "{gaps:?}");
    assert!(gaps.iter().all(|gap| *gap > Duration::from_millis(10)), "{gaps:?}");
}

#[test]
fn a_short_sound_is_followed_by_silence_until_the_picture_ends() {
    let (_folder, path) = clip(
        "a.mkv",
        "-f lavfi -i testsrc=s=64x64:r=10:d=2 -f lavfi -i sine=1000:d=0.5 -c:v libx264 -c:a pcm_s16le",
    );
    let played = play(&mut open(&path, 720, 60), Duration::from_secs(4));
    let sounds = sounds(&played);
    assert_eq!(sounds.len(), 400);
    for (at, samples) in sounds {
        let ms = at.as_millis() % 2000;
        assert!(ms.abs_diff(500) < 20 || (loudness(samples) > 0.01) == (ms < 500), "at {at:?}");
    }
}

#[test]
fn pictures_are_scaled_and_thinned_to_the_limits() {
    let (_folder, path) =
        clip("a.mp4", "-f lavfi -i testsrc=s=1280x720:r=60:d=1 -c:v libx264 -pix_fmt yuv444p");
    let played = play(&mut open(&path, 360, 30), Duration::from_secs(2));
    let pictures = pictures(&played);
    assert!((59..=61).contains(&pictures.len()), "{} in 2 s", pictures.len());
    for (_, picture) in pictures {
        assert_eq!((picture.width, picture.height, picture.planes.y.len()), (640, 360, 640 * 360));
    }
}

#[test]
fn pixels_that_are_not_square_become_square() {
    let (_folder, path) =
        clip("a.mp4", "-f lavfi -i testsrc=s=64x64:r=10:d=0.5,setsar=2 -c:v libx264");
    let played = play(&mut open(&path, 32, 60), Duration::from_millis(300));
    let (_, picture) = pictures(&played)[0];
    assert_eq!((picture.width, picture.height), (64, 32));
}

#[test]
fn a_variable_rate_is_played_as_it_is() {
    let (_folder, path) = clip(
        "a.mkv",
        "-f lavfi -i testsrc=s=64x64:r=20:d=2 -vf select='lt(n,10)+eq(mod(n,5),0)' -vsync vfr -c:v libx264 -bf 0",
    );
    let mut reader = open(&path, 720, 60);
    assert_eq!(reader.has(), (true, false));
    let played = play(&mut reader, Duration::from_millis(1800));
    let times: Vec<_> = pictures(&played).into_iter().map(|(at, _)| at.as_millis()).collect();
    let expected =
        [0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 750, 1000, 1250, 1500, 1750];
    assert_eq!(times, expected);
}

#[test]
fn a_picture_filmed_sideways_stands_upright() {
    let (folder, flat) = clip(
        "flat.mp4",
        "-f lavfi -i color=red:s=64x32:r=10:d=0.5,drawbox=x=0:w=32:h=32:c=white:t=fill -c:v libx264",
    );
    let turned = folder.path().join("turned.mp4");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(&flat)
        .args(["-c", "copy", "-metadata:s:v:0", "rotate=90"])
        .arg(&turned)
        .status();
    assert!(status.expect("runs").success());
    let mut reader = open(&turned, 720, 60);
    let rotation = reader.info().video.expect("a picture").rotation;
    let (_, Media::Picture(picture)) = reader.next().expect("plays") else { panic!("no picture") };
    assert_eq!((picture.width, picture.height), (32, 64));
    let (top, bottom) = (picture.planes.y[32 * 8 + 16], picture.planes.y[32 * 56 + 16]);
    // The ffmpeg command shows this file so too: what was left is at the bottom.
    assert_eq!((rotation, top < 120, bottom > 200), (270, true, true), "{top} {bottom}");
}

#[test]
fn sound_alone_plays_in_any_layout() {
    for (name, arguments) in [
        ("a.wav", "-f lavfi -i sine=440:d=1 -c:a pcm_s16le"),
        ("a.flac", "-f lavfi -i anoisesrc=d=1:r=96000 -ac 6"),
        ("a.mp3", "-f lavfi -i sine=440:d=1:r=22050 -ac 2"),
        ("a.ogg", "-f lavfi -i sine=440:d=1 -c:a libopus"),
    ] {
        let (_folder, path) = clip(name, arguments);
        let mut reader = open(&path, 720, 30);
        assert_eq!(reader.has(), (false, true), "{name}");
        assert!(reader.info().audio.is_some() && reader.info().video.is_none());
        let played = play(&mut reader, Duration::from_millis(2500));
        assert_eq!(played.len(), 250, "{name}");
        let loud =
            sounds(&played).into_iter().filter(|(_, samples)| loudness(*samples) > 0.02).count();
        assert!(loud > 235, "{name}: {loud} of 250");
    }
}

#[test]
fn raw_streams_without_times_or_seeking_play_too() {
    for (name, arguments) in [
        ("a.h264", "-f lavfi -i testsrc=s=64x64:r=25:d=1 -c:v libx264"),
        ("a.y4m", "-f lavfi -i testsrc=s=64x64:r=25:d=1 -pix_fmt yuv420p"),
        ("a.mjpeg", "-f lavfi -i testsrc=s=64x64:r=25:d=1"),
        ("a:b.png", "-f lavfi -i testsrc=s=64x64:r=25 -frames:v 1"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        // ffmpeg's own command reads "a:b" as a protocol, so the name is given afterwards.
        let (_made, made) = clip(&name.replace(':', ""), arguments);
        let path = folder.path().join(name);
        std::fs::copy(made, &path).expect("copies");
        let played = play(&mut open(&path, 720, 60), Duration::from_secs(3));
        assert!((70..=80).contains(&played.len()), "{name}: {} pictures in 3 s", played.len());
    }
}

#[test]
fn a_bad_clip_is_named_with_its_reason() {
    let (folder, good) = clip("good.mp4", &format!("{FLASHES} -c:v libx264 -c:a aac"));
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    };
    let whole = std::fs::read(&good).expect("reads");
    let text = b"Dear all, please find the minutes attached.".repeat(40);
    let invalid = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"bad\xff.mp4");
    let invalid = folder.path().join(invalid);
    std::fs::write(&invalid, &whole).expect("writes");
    let bad = [
        (folder.path().join("absent.mp4"), "no such file"),
        (folder.path().to_owned(), "folder"),
        (PathBuf::from("/dev/null"), "not a plain file"),
        (file("empty.mp4", b""), "empty"),
        (file("cut.mp4", &whole[..whole.len() / 2]), "cut off"),
        (file("text.mp4", &text), "no media file"),
        (file("notes.txt", &text), "another file"),
        (
            file(
                "list.m3u8",
                b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://192.0.2.1/a.ts\n",
            ),
            "playlist",
        ),
        (invalid, "rename"),
    ];
    for (path, expected) in bad {
        let Err(Error::Clip { path: named, reason }) = probe(&path) else {
            panic!("{} plays", path.display());
        };
        assert_eq!(named, path);
        assert!(reason.contains(expected), "{}: {reason}", path.display());
    }
    let info = probe(&good).expect("a good clip");
    let video = info.video.expect("a picture");
    assert_eq!(
        (video.width, video.height, video.codec.as_str(), video.rotation),
        (320, 180, "h264", 0)
    );
    assert!((video.fps - 25.0).abs() < 0.01);
    assert_eq!(info.audio.expect("sound").rate, 44_100);
    assert!(
        info.duration.expect("a length").abs_diff(Duration::from_secs(2))
            < Duration::from_millis(100)
    );
}

#[test]
fn a_clip_cut_off_in_the_middle_plays_as_far_as_it_goes() {
    let (folder, good) = clip("good.mkv", &format!("{FLASHES} -c:v libx264 -g 10 -c:a libopus"));
    let whole = std::fs::read(&good).expect("reads");
    let cut = folder.path().join("cut.mkv");
    std::fs::write(&cut, &whole[..whole.len() * 2 / 3]).expect("writes");
    let played = play(&mut open(&cut, 720, 60), Duration::from_secs(4));
    assert!(played.is_sorted_by_key(|(at, _)| *at));
    assert!(pictures(&played).len() > 60 && sounds(&played).len() == 400);
}
