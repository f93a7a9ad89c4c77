//! MediaPipe's segmenter with an OpenCV blur, in Python as its users run it.

use super::path;
use engine::frame::VideoFrame;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// What a frame of each picture costs, in their order.
///
/// Fails with a sentence when it is not installed or does not run.
pub fn measure(pictures: &[VideoFrame]) -> Result<Vec<Duration>, String> {
    if !super::are_here() {
        return Err("it is not installed".into());
    }
    let files: Vec<PathBuf> =
        pictures.iter().map(|frame| path(&format!("picture_{}.png", frame.height))).collect();
    for (picture, file) in pictures.iter().zip(&files) {
        client::picture::save_png(picture, file).map_err(|error| format!("{error:#}"))?;
    }
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new(path("venv/bin/python"))
        .arg(format!("{root}/benches/peers/mediapipe_blur.py"))
        .arg(format!("{root}/assets/models/selfie_segmentation_landscape.tflite"))
        .args(&files)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let times: Vec<Duration> = text
        .lines()
        .filter_map(|line| line.split_once('\t')?.1.parse::<f64>().ok())
        .map(|ms| Duration::from_secs_f64(ms / 1e3))
        .collect();
    if times.len() == pictures.len() {
        Ok(times)
    } else {
        Err(format!("it said something unexpected: {text}"))
    }
}
