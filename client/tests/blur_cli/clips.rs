//! Clips: times, sizes, colors, sound.

use super::*;

const PICTURE: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=1";
const SOUND: &str = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1";

/// What ffprobe says about the streams of a kind (`v` or `a`).
fn streams(file: &str, kind: &str) -> Vec<Value> {
    let arguments = ["-v", "error", "-of", "json", "-show_streams", "-select_streams", kind, file];
    let output = Command::new("ffprobe").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    all["streams"].as_array().unwrap().clone()
}

fn video(file: &str) -> Value {
    let streams = streams(file, "v");
    assert_eq!(streams.len(), 1, "{streams:#?}");
    streams[0].clone()
}

fn size(file: &str) -> (u64, u64) {
    let video = video(file);
    (video["width"].as_u64().unwrap(), video["height"].as_u64().unwrap())
}

/// The times of all pictures, in seconds as ffprobe writes them, decoding each.
fn times(file: &str) -> Vec<f64> {
    let entries = "frame=best_effort_timestamp_time";
    let arguments =
        ["-v", "error", "-of", "csv=p=0", "-select_streams", "v", "-show_entries", entries, file];
    let output = Command::new("ffprobe").args(arguments).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // Side data leaves empty fields and lines.
    let fields = text.lines().filter_map(|line| line.split(',').next());
    fields.filter(|field| !field.is_empty()).map(|field| field.parse().unwrap()).collect()
}

/// A hash of all packets of sound and their times.
fn sound(file: &str, times: bool) -> String {
    let muxer = if times { "framehash" } else { "streamhash" };
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i", file, "-map", "0:a", "-c", "copy", "-f", muxer, "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_clip_keeps_its_size_times_and_colors_and_its_sound_is_not_touched() {
    let folder = Folder::new();
    let codecs = "-c:v libx264 -g 10 -pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 \
                  -color_trc bt709 -color_range tv -c:a aac -shortest";
    let clip = folder.clip("clip.mp4", &format!("{PICTURE} {SOUND} {codecs}"));
    for output in ["out.mp4", "out.mov", "out.mkv"] {
        let output = folder.name(output);
        let json = folder.name("figures.json");
        let said = blurred(&[&clip, "-o", &output, "--json", &json]);
        assert!(said.contains("25 frames of 320x180") && said.contains("as asked"), "{said}");
        let video = video(&output);
        assert_eq!(size(&output), (320, 180));
        for (key, value) in [
            ("codec_name", "h264"),
            ("pix_fmt", "yuv420p"),
            ("color_space", "bt709"),
            ("color_primaries", "bt709"),
            ("color_transfer", "bt709"),
            ("color_range", "tv"),
        ] {
            assert_eq!(video[key], value, "{key} of {output}");
        }
        assert_same_times(&clip, &output);
        assert_eq!(sound(&clip, false), sound(&output, false), "{output}");
        let figures = figures(&json);
        assert_eq!((&figures["device"], &figures["frames"]), (&"cpu".into(), &25.into()));
        assert_eq!((&figures["width"], &figures["height"]), (&320.into(), &180.into()));
        assert!(figures["wall_s"].as_f64().unwrap() > 0.0 && figures["adapter"].is_null());
        for stage in ["network_ms", "refine_ms", "blur_ms", "composite_ms", "frame_ms"] {
            assert!(figures[stage]["p50"].is_f64() && figures[stage]["p95"].is_f64(), "{stage}");
        }
    }
    let output = folder.name("out.mp4");
    assert_eq!(sound(&clip, true), sound(&output, true), "also its times");
    assert_eq!(times(&clip), times(&output), "to the tick");
}

/// From the first picture on, within the millisecond that Matroska counts in: it also has no times
/// before zero, where sound that begins with an encoder's run-in puts itself.
fn assert_same_times(one: &str, other: &str) {
    let (one, other) = (times(one), times(other));
    assert_eq!(one.len(), other.len());
    let mut pairs = one.iter().map(|at| at - one[0]).zip(other.iter().map(|at| at - other[0]));
    let far = pairs.find(|(one, other)| (one - other).abs() > 0.0015);
    assert_eq!(far, None, "{one:?}\n{other:?}");
}

#[test]
fn pictures_that_come_unevenly_stay_where_they_are() {
    let folder = Folder::new();
    let uneven = "-vf setpts='(N*N/40+N)*0.04/TB' -fps_mode vfr -c:v libx264 -pix_fmt yuv420p";
    let clip = folder.clip("uneven.mkv", &format!("{PICTURE} {uneven}"));
    let gaps: Vec<f64> = times(&clip).windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps[20] > 1.5 * gaps[0], "the clip is uneven: {gaps:?}");
    let output = folder.name("out.mp4");
    blurred(&[&clip, "-o", &output]);
    assert_same_times(&clip, &output);
}

#[test]
fn webm_gets_vp9_and_sound_that_it_cannot_hold_is_told() {
    let folder = Folder::new();
    let opus = folder.clip("opus.webm", &format!("{PICTURE} {SOUND} -c:v libvpx -c:a libopus"));
    let output = folder.name("out.webm");
    blurred(&[&opus, "-o", &output]);
    assert_eq!(video(&output)["codec_name"], "vp9");
    assert_eq!(sound(&opus, false), sound(&output, false));
    let aac = folder.clip("aac.mp4", &format!("{PICTURE} {SOUND} -pix_fmt yuv420p -c:a aac"));
    let before = std::fs::read(&output).unwrap();
    let words = [&output[..], "sound (aac)", "ends in .mkv"];
    let names = ["opus.webm", "aac.mp4", "out.webm"];
    refused(&folder, &[&aac, "-o", &output], &words, &names);
    assert_eq!(std::fs::read(&output).unwrap(), before, "the older file is as it was");
}

#[test]
fn a_mask_is_gray_of_the_same_size_and_times() {
    let folder = Folder::new();
    let clip = folder.clip("clip.mp4", &format!("{PICTURE} {SOUND} -pix_fmt yuv420p"));
    for (mask, pixels) in [("mask.mp4", "yuvj420p"), ("mask.mkv", "gray"), ("mask.webm", "yuv420p")]
    {
        let (output, mask) = (folder.name("out.mp4"), folder.name(mask));
        blurred(&[&clip, "-o", &output, "--mask", &mask]);
        assert_eq!(size(&mask), (320, 180));
        assert_eq!((&video(&mask)["pix_fmt"], streams(&mask, "a").len()), (&pixels.into(), 0));
        assert!(["gray", "yuvj420p"].contains(&pixels) || video(&mask)["color_range"] == "pc");
        assert_same_times(&output, &mask);
    }
}

#[test]
fn odd_sizes_other_pixels_and_long_pixels_are_kept() {
    let folder = Folder::new();
    let source = "-f lavfi -i testsrc=s=321x179:r=25:d=0.4";
    let odd = folder.clip("odd.mkv", &format!("{source} -c:v ffv1 -pix_fmt yuv444p"));
    let output = folder.name("out.mp4");
    blurred(&[&odd, "-o", &output, "--mask", &folder.name("mask.mp4")]);
    assert_eq!(size(&output), (321, 179));
    assert_eq!(size(&folder.name("mask.mp4")), (321, 179));
    let rgb = folder.clip("rgb.mkv", &format!("{PICTURE} -c:v ffv1 -pix_fmt bgr0"));
    blurred(&[&rgb, "-o", &output]);
    assert_eq!(video(&output)["color_space"], "smpte170m");
    let deep = folder.clip("deep.mkv", &format!("{PICTURE} -c:v ffv1 -pix_fmt yuv422p10le"));
    blurred(&[&deep, "-o", &output]);
    assert_eq!(video(&output)["pix_fmt"], "yuv420p");
    let long = folder.clip("long.mp4", &format!("{PICTURE} -vf setsar=4/3 -pix_fmt yuv420p"));
    blurred(&[&long, "-o", &output]);
    assert_eq!(video(&output)["sample_aspect_ratio"], "4:3");
    let full = folder.clip("full.mp4", &format!("{PICTURE} -pix_fmt yuvj420p -color_range pc"));
    blurred(&[&full, "-o", &output]);
    assert_eq!(video(&output)["color_range"], "pc");
}

#[test]
fn portrait_clips_stay_so_and_lying_ones_are_turned_upright() {
    let folder = Folder::new();
    let source = "-f lavfi -i testsrc2=s=180x320:r=25:d=0.4 -pix_fmt yuv420p";
    let portrait = folder.clip("portrait.mp4", source);
    let output = folder.name("out.mp4");
    blurred(&[&portrait, "-o", &output]);
    assert_eq!(size(&output), (180, 320));
    // Black above, white below; a phone held upright stores it lying and says so.
    let halves =
        "color=white:s=160x320:r=25:d=0.4,drawbox=h=160:color=black:t=fill,transpose=cclock";
    let lying = folder.clip("lying.mp4", &format!("-f lavfi -i {halves} -pix_fmt yuv420p"));
    let tagged = format!("-i {lying} -c copy -metadata:s:v:0 rotate=270");
    let turned = folder.clip("turned.mp4", &tagged);
    assert_eq!(size(&turned), (320, 160));
    blurred(&[&turned, "-o", &output]);
    assert_eq!(size(&output), (160, 320));
    let still = folder.clip("frame.png", &format!("-i {output} -frames:v 1"));
    let still = image::open(still).unwrap().to_luma8();
    let (upper, lower) = (still[(80, 20)][0], still[(80, 300)][0]);
    assert!(upper.abs_diff(lower) > 150, "{upper} above, {lower} below");
    assert!(video(&output)["side_data_list"].is_null(), "nothing turns it again");
}

#[test]
fn a_clip_that_changes_its_size_comes_out_at_its_first() {
    let folder = Folder::new();
    let codec = "-c:v libx264 -pix_fmt yuv420p -f mpegts";
    let large = folder.clip("large.ts", &format!("{PICTURE} {codec}"));
    let source = "-f lavfi -i testsrc2=s=160x90:r=25:d=1";
    let small = folder.clip("small.ts", &format!("{source} {codec} -output_ts_offset 1"));
    let both = [std::fs::read(large).unwrap(), std::fs::read(small).unwrap()].concat();
    let both = folder.file("both.ts", &both);
    let output = folder.name("out.mp4");
    let ended = blur(&[&both, "-o", &output]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("scaled to the first one's, 320x180"), "{}", ended.err);
    assert_eq!((size(&output), times(&output).len()), ((320, 180), 50));
}

#[test]
fn a_clip_that_is_no_clip_is_named_with_what_to_do() {
    let folder = Folder::new();
    let output = folder.name("out.mp4");
    let missing = folder.name("missing.mp4");
    refused(&folder, &[&missing, "-o", &output], &[&missing, "no such file", "check"], &[]);
    let empty = folder.file("empty.mp4", b"");
    refused(&folder, &[&empty, "-o", &output], &[&empty, "empty"], &["empty.mp4"]);
    std::fs::remove_file(empty).unwrap();
    let text = folder.file("notes.txt", b"Agenda\n1. Welcome\n2. Questions\n");
    refused(&folder, &[&text, "-o", &output], &[&text, "name another"], &["notes.txt"]);
    std::fs::remove_file(text).unwrap();
    let clip = folder.clip("clip.mp4", &format!("{PICTURE} -pix_fmt yuv420p"));
    // The index of an MP4 stands at its end.
    let bytes = std::fs::read(&clip).unwrap();
    std::fs::remove_file(clip).unwrap();
    let half = folder.file("half.mp4", &bytes[..bytes.len() / 2]);
    refused(&folder, &[&half, "-o", &output], &[&half, "cut off"], &["half.mp4"]);
    std::fs::remove_file(half).unwrap();
    let unseen = folder.clip("unseen.m4a", &format!("{SOUND} -c:a aac"));
    refused(&folder, &[&unseen, "-o", &output], &[&unseen, "no picture"], &["unseen.m4a"]);
    let path = folder.0.path().to_str().unwrap();
    refused(&folder, &[path, "-o", &output], &["it is a folder"], &["unseen.m4a"]);
}

#[test]
fn what_is_left_of_a_clip_that_was_cut_off_is_blurred_and_told() {
    let folder = Folder::new();
    let source = "-f lavfi -i testsrc2=s=320x180:r=25:d=4";
    let whole = folder.clip("whole.mkv", &format!("{source} -c:v libx264 -pix_fmt yuv420p"));
    let bytes = std::fs::read(whole).unwrap();
    let half = folder.file("half.mkv", &bytes[..bytes.len() / 2]);
    let output = folder.name("out.mp4");
    let ended = blur(&[&half, "-o", &output]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains(&half) && ended.err.contains("cut off after"), "{}", ended.err);
    assert!((10..90).contains(&times(&output).len()), "{}", times(&output).len());
}

#[test]
fn ctrl_c_leaves_no_file_behind() {
    let folder = Folder::new();
    let source = "-f lavfi -i testsrc2=s=1280x720:r=30:d=20";
    let clip = folder.clip("long.mp4", &format!("{source} -pix_fmt yuv420p -preset ultrafast"));
    let child = spawn(&[&clip, "-o", &folder.name("out.mp4"), "--device", "cpu"], &[]);
    // It is at work once its file is there.
    while std::fs::read_dir(folder.0.path()).unwrap().count() < 2 {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
    let ended = ended(child, "the interrupted job");
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.err.contains("nothing was written"), "{}", ended.err);
    folder.holds_only(&["long.mp4"]);
}
