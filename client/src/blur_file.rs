//! `katheder blur`: a clip or a picture in, the same with another background out.
//!
//! No picture leaves unblurred: whatever cannot be blurred ends the job, and a job that ends early
//! leaves no file behind.

mod blurrer;
mod clip;
mod figures;
mod interrupt;
mod progress;
mod still;
mod target;

pub use figures::Report;
pub use progress::ProgressLine;
pub use target::{Kind, check_writable};

use anyhow::{Context, bail};
use blurrer::Blurrer;
use engine::blur::{Background, Device, Picture};
use interrupt::Interrupt;
use std::path::PathBuf;
use std::sync::Arc;
use target::Target;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// A clip, or a PNG or JPEG picture.
    pub input: PathBuf,
    /// Where the result goes.
    pub output: PathBuf,
    /// From 0, subtle, to 1, nothing recognizable. Without effect when there is `image`.
    pub strength: f32,
    /// A picture instead of the room.
    pub image: Option<PathBuf>,
    /// Where the matte goes.
    pub mask: Option<PathBuf>,
    /// Where to work.
    pub device: Device,
    /// Where the figures go.
    pub json: Option<PathBuf>,
}

/// How it went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The figures.
    pub report: Report,
    /// Where it ran and why there.
    pub place: String,
    /// What the user should know besides, in sentences about the input.
    pub remarks: Vec<String>,
}

/// Does the whole job. `line` shows how far it is.
///
/// Fails when an input cannot be read or an output not written, when the wanted device is not there,
/// or when the user interrupts it; then no output is there and older files are as they were.
pub fn run(options: &Options, line: &mut ProgressLine) -> anyhow::Result<Outcome> {
    let interrupt = Interrupt::watch()?;
    // Before minutes of work, not after.
    check_names(options)?;
    for path in [Some(&options.output), options.mask.as_ref()].into_iter().flatten() {
        if path.exists() && !path.is_file() && !path.is_dir() {
            bail!("cannot write {}: it is not a plain file; name another", path.display());
        }
        check_writable(path)?;
    }
    options.json.as_deref().map_or(Ok(()), check_writable)?;
    let input = if still::is_picture(&options.input) { Kind::Still } else { Kind::Clip };
    let background = match &options.image {
        None => Background::Blurred { strength: options.strength },
        Some(path) => Background::Picture(Arc::new(Picture::load(path)?)),
    };
    let outcome = match input {
        Kind::Still => {
            let picture = still::load(&options.input)?;
            check_kinds(options, input)?;
            let blurrer = Blurrer::open(options.device)?;
            still::run(options, picture, &background, blurrer, &interrupt)
        }
        Kind::Clip => {
            let reader = clip::open(&options.input)?;
            check_kinds(options, input)?;
            let blurrer = Blurrer::open(options.device)?;
            clip::run(options, reader, &background, blurrer, &interrupt, line)
        }
    };
    let outcome = outcome?;
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&outcome.report)?;
        std::fs::write(path, text + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(outcome)
}

/// Fails when a file would be written over one that is read, or over another one that is written.
fn check_names(options: &Options) -> anyhow::Result<()> {
    let written = [
        ("the output", Some(&options.output)),
        ("the mask", options.mask.as_ref()),
        ("the figures", options.json.as_ref()),
    ];
    let read = [("the input", Some(&options.input)), ("the background", options.image.as_ref())];
    for (index, (what, path)) in written.iter().enumerate() {
        let Some(path) = path else { continue };
        for (other, taken) in read.iter().chain(&written[..index]) {
            if taken.is_some_and(|taken| target::same(path, taken)) {
                bail!(
                    "cannot write {}: it is {other} as well; name another file for {what}",
                    path.display()
                );
            }
        }
    }
    Ok(())
}

/// Fails when a clip would have to become a picture, or the other way around.
fn check_kinds(options: &Options, input: Kind) -> anyhow::Result<()> {
    for path in [Some(&options.output), options.mask.as_ref()].into_iter().flatten() {
        if Kind::of(path) != Some(input) {
            let (is, name) = match input {
                Kind::Still => ("a picture", ".png or .jpg"),
                Kind::Clip => ("a clip", ".mp4, .mov, .mkv or .webm"),
            };
            bail!(
                "cannot write {}: {} is {is}; name a file that ends in {name}",
                path.display(),
                options.input.display()
            );
        }
    }
    Ok(())
}

/// Makes the files at once that will hold output and mask.
fn targets(options: &Options) -> anyhow::Result<(Target, Option<Target>)> {
    let mask = options.mask.as_deref().map(Target::create).transpose()?;
    Ok((Target::create(&options.output)?, mask))
}
