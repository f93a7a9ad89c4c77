//! A clip: every picture blurred, its sound handed on.

use super::blurrer::Blurrer;
use super::figures::Figures;
use super::interrupt::Interrupt;
use super::progress::{Progress, ProgressLine};
use super::target::Target;
use super::{Options, Outcome, targets};
use anyhow::Context;
use engine::Error;
use engine::blur::Background;
use engine::file::{Container, Content, Part, Reader, Writer};
use std::path::Path;
use std::time::Instant;

/// Opens a clip.
#[expect(clippy::disallowed_methods, reason = "any moment will do as the first picture's")]
pub(super) fn open(path: &Path) -> engine::Result<Reader> {
    Reader::open(path, Instant::now())
}

/// Writes output and mask of an opened clip.
pub(super) fn run(
    options: &Options,
    mut reader: Reader,
    background: &Background,
    mut blurrer: Blurrer,
    interrupt: &Interrupt,
    line: &mut ProgressLine,
) -> anyhow::Result<Outcome> {
    let (output, mask) = targets(options)?;
    let mut writer = output.writer(Content::Pictures, &reader)?;
    let mut matte_writer =
        mask.as_ref().map(|mask| mask.writer(Content::Mattes, &reader)).transpose()?;
    let of = reader.pictures();
    let mut figures = Figures::begin(reader.size());
    while let Some(part) = reader.next()? {
        interrupt.check()?;
        let timed = match part {
            Part::Sound(sound) => {
                writer.sound(sound).map_err(|error| output.named(error))?;
                continue;
            }
            Part::Picture(timed) => timed,
        };
        let picture = blurrer.process(&timed.frame, background)?;
        writer.picture(&picture, &timed).map_err(|error| output.named(error))?;
        if let (Some(writer), Some(mask)) = (&mut matte_writer, &mask) {
            writer.matte(&blurrer.matte()?, &timed).map_err(|error| mask.named(error))?;
        }
        figures.add(blurrer.timings());
        line.show(Progress { frames: figures.frames(), of, elapsed: figures.elapsed() });
    }
    writer.finish().map_err(|error| output.named(error))?;
    if let (Some(writer), Some(mask)) = (matte_writer, &mask) {
        writer.finish().map_err(|error| mask.named(error))?;
    }
    interrupt.check()?;
    if let Some(mask) = mask {
        mask.commit()?;
    }
    output.commit()?;
    let mut remarks = reader.remarks();
    remarks.extend_from_slice(blurrer.remarks());
    let report = figures.report(blurrer.adapter());
    Ok(Outcome { report, place: blurrer.place().to_owned(), remarks })
}

impl Target {
    fn writer(&self, content: Content, reader: &Reader) -> anyhow::Result<Writer> {
        let container = Container::of(self.name()).context("the name has no known ending")?;
        Writer::create(self.file(), container, content, reader)
            .map_err(|error| self.named(error).into())
    }

    /// The error with the name that the user knows.
    fn named(&self, error: Error) -> Error {
        match error {
            Error::Write { reason, .. } => Error::Write { path: self.name().to_owned(), reason },
            other => other,
        }
    }
}
