//! The blur with its device, and why it is that one.

use crate::settings::open_gpu;
use engine::blur::{Background, Blur, Device, Path, Quality, Timings};
use engine::frame::VideoFrame;
use engine::gpu::{Gpu, GpuKind};
use engine::{Error, Result};

/// Blurs one stream, on another device if the first is lost.
pub(super) struct Blurrer {
    blur: Blur,
    device: Device,
    place: String,
    remarks: Vec<String>,
}

impl Blurrer {
    /// Fails with [`Error::Gpu`] when a GPU was asked for and there is none.
    pub(super) fn open(device: Device) -> Result<Blurrer> {
        let gpu = match device {
            Device::Cpu => None,
            Device::Auto | Device::Gpu => Some(open_gpu()),
        };
        let blur = match (&gpu, device) {
            (Some(Err(Error::Gpu(reason))), Device::Gpu) => {
                return Err(no_gpu(reason));
            }
            (Some(Ok(gpu)), _) => Blur::open(device, Some(gpu)).map_err(|error| match error {
                Error::Gpu(reason) => no_gpu(&format!("{}: {reason}", gpu.info().name)),
                other => other,
            })?,
            (None | Some(Err(_)), _) => Blur::open(device, None)?,
        };
        let place = place(&blur.path(), gpu.as_ref());
        Ok(Blurrer { blur, device, place, remarks: Vec::new() })
    }

    /// The picture with the other background. A GPU that was not insisted on and gets lost is
    /// replaced by the processor, for this picture already.
    pub(super) fn process(
        &mut self,
        frame: &VideoFrame,
        background: &Background,
    ) -> Result<VideoFrame> {
        match self.blur.process(frame, background, Quality::Full) {
            Err(Error::Gpu(reason))
                if self.device == Device::Auto && self.blur.path() != Path::Cpu =>
            {
                self.remarks.push(format!("the GPU was lost on the way ({reason})"));
                self.blur = Blur::open(Device::Cpu, None)?;
                self.place = "on the processor, after the GPU was lost".into();
                self.blur.process(frame, background, Quality::Full)
            }
            other => other,
        }
    }

    /// The newest picture's matte.
    pub(super) fn matte(&mut self) -> Result<Vec<u8>> {
        self.blur.matte()
    }

    /// What the newest picture cost.
    pub(super) fn timings(&self) -> &Timings {
        self.blur.timings()
    }

    /// The adapter, when it runs on one.
    pub(super) fn adapter(&self) -> Option<String> {
        match self.blur.path() {
            Path::Gpu { adapter, .. } => Some(adapter),
            Path::Cpu => None,
        }
    }

    /// Where it runs and why there.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// What the user should know about that.
    pub(super) fn remarks(&self) -> &[String] {
        &self.remarks
    }
}

fn no_gpu(reason: &str) -> Error {
    Error::Gpu(format!("{reason}; or leave --device out to use the processor"))
}

/// A sentence's end about where it runs. `gpu` is what opening one gave, if it was tried.
fn place(path: &Path, gpu: Option<&Result<Gpu>>) -> String {
    let why = match (path, gpu) {
        (Path::Gpu { adapter, half }, gpu) => {
            let software = matches!(gpu, Some(Ok(gpu)) if gpu.info().kind == GpuKind::Software);
            let kind = if software { ", which is the processor playing GPU" } else { "" };
            let floats = if *half { ", in half floats" } else { "" };
            return format!("on {adapter}{kind}{floats}");
        }
        (Path::Cpu, None) => "as asked".into(),
        (Path::Cpu, Some(Err(error))) => error.to_string(),
        (Path::Cpu, Some(Ok(gpu))) => {
            let info = gpu.info();
            match info.kind {
                GpuKind::Software => format!("the only GPU is a software one, {}", info.name),
                _ if !info.compute => format!("the GPU {} cannot compute", info.name),
                _ => format!("the GPU {} cannot run the blur", info.name),
            }
        }
    };
    format!("on the processor: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_says_why() {
        assert_eq!(place(&Path::Cpu, None), "on the processor: as asked");
        let none = Err(Error::Gpu("none here".into()));
        assert_eq!(place(&Path::Cpu, Some(&none)), "on the processor: no usable GPU: none here");
        let path = Path::Gpu { adapter: "Turbo 9".into(), half: true };
        assert_eq!(place(&path, None), "on Turbo 9, in half floats");
    }
}
