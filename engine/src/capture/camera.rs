//! Cameras: V4L2, through FFmpeg.

use super::Limits;
use super::pacer::{Gate, nanos};
use super::shape::{Picture, Shaper};
use crate::{Error, Result, codec};
use ffmpeg_next as ff;
use std::path::Path;
use std::time::Duration;

/// A camera of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraInfo {
    /// What `CameraSource::Device` takes: the device's path.
    pub id: String,
    /// As its maker calls it.
    pub name: String,
}

/// The cameras, in the order of their numbers. None is an empty list.
pub fn list() -> Vec<CameraInfo> {
    list_in(Path::new("/sys/class/video4linux"))
}

/// A camera has several nodes; the first carries the pictures, the others only notes about them.
fn list_in(class: &Path) -> Vec<CameraInfo> {
    let entries = std::fs::read_dir(class).into_iter().flatten().flatten();
    let mut found: Vec<(u32, CameraInfo)> = entries
        .filter_map(|entry| {
            let node = entry.file_name().into_string().ok()?;
            let number = node.strip_prefix("video")?.parse().ok()?;
            let read = |what| std::fs::read_to_string(entry.path().join(what)).ok();
            if read("index").is_some_and(|index| index.trim() != "0") {
                return None;
            }
            let name = read("name").map_or(node.clone(), |name| name.trim().to_owned());
            Some((number, CameraInfo { id: format!("/dev/{node}"), name }))
        })
        .collect();
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, info)| info).collect()
}

/// An open camera.
pub(super) struct Camera {
    id: String,
    input: ff::format::context::Input,
    index: usize,
    decoder: ff::decoder::Video,
    frame: ff::frame::Video,
    shaper: Shaper,
    gate: Gate,
    base: ff::Rational,
}

impl Camera {
    /// Opens a camera at the size and rate nearest to `limits` that it offers: as Motion JPEG
    /// first, which USB carries at full rate, else as it comes.
    ///
    /// Fails with [`Error::Device`].
    pub(super) fn open(id: &str, limits: Limits) -> Result<Camera> {
        codec::init();
        let failed = |reason: String| Error::Device { device: format!("the camera {id}"), reason };
        if !Path::new(id).exists() {
            let reason = "it is not there; plug it in or choose another".into();
            return Err(failed(reason));
        }
        let format = ff::device::input::video().find(|format| format.name().contains("v4l2"));
        let format = format.ok_or_else(|| failed("this FFmpeg was built without V4L2".into()))?;
        let lines = limits.max_lines.min(1080);
        let size = format!("{}x{lines}", (lines * 16 / 9) & !1);
        let rate = limits.max_fps.min(60).to_string();
        let wishes: [&[(&str, &str)]; 3] = [
            &[("input_format", "mjpeg"), ("video_size", &size), ("framerate", &rate)],
            &[("video_size", &size), ("framerate", &rate)],
            &[],
        ];
        let mut last = None;
        for wish in wishes {
            // Without "nonblock" a camera that falls silent would hold its thread for ever.
            let options = wish.iter().copied().chain([("fflags", "nonblock")]).collect();
            match ff::format::open_with(id, &format, options) {
                Ok(context) => {
                    return Camera::from_input(id, context.input(), limits)
                        .map_err(|e| failed(e.to_string()));
                }
                Err(error) => last = Some(error),
            }
        }
        let why = last.map_or_else(String::new, |error| error.to_string());
        Err(failed(format!(
            "{why}; another program may be using it: close that, or choose another camera"
        )))
    }

    fn from_input(
        id: &str,
        input: ff::format::context::Input,
        limits: Limits,
    ) -> std::result::Result<Camera, ff::Error> {
        let stream =
            input.streams().best(ff::media::Type::Video).ok_or(ff::Error::StreamNotFound)?;
        let (index, base) = (stream.index(), stream.time_base());
        let decoder =
            ff::codec::Context::from_parameters(stream.parameters())?.decoder().video()?;
        Ok(Camera {
            id: id.to_owned(),
            index,
            base,
            decoder,
            frame: ff::frame::Video::empty(),
            shaper: Shaper::new(limits.max_lines, 0),
            gate: Gate::new(limits.max_fps),
            input,
        })
    }

    /// A picture, if the camera has a new one.
    ///
    /// Fails with [`Error::Device`] when it was unplugged or broke.
    pub(super) fn poll(&mut self) -> Result<Option<Picture>> {
        let mut packet = ff::Packet::empty();
        match packet.read(&mut self.input) {
            Ok(()) if packet.stream() == self.index => {}
            Ok(()) => return Ok(None),
            Err(ff::Error::Other { errno: ff::util::error::EAGAIN })
            | Err(ff::Error::InvalidData) => return Ok(None),
            Err(error) => {
                let reason = format!("{error}; plug it in again, or choose another");
                return Err(Error::Device { device: format!("the camera {}", self.id), reason });
            }
        }
        // A half-transferred JPEG is common while a camera starts: it is left out.
        if self.decoder.send_packet(&packet).is_err()
            || self.decoder.receive_frame(&mut self.frame).is_err()
        {
            return Ok(None);
        }
        let at = self.frame.timestamp().map(|pts| nanos(pts, self.base).max(0) as u64);
        if at.is_some_and(|ns| !self.gate.admits(Duration::from_nanos(ns))) {
            return Ok(None);
        }
        Ok(self.shaper.shape(&self.frame).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_listed_once_by_name_and_in_order() {
        let class = tempfile::tempdir().expect("a folder");
        assert_eq!(list_in(class.path()), []);
        assert_eq!(list_in(&class.path().join("absent")), []);
        for (node, name, index) in [
            ("video10", "Dock Camera\n", "0\n"),
            ("video2", "HD Webcam\n", "0\n"),
            ("video3", "HD Webcam\n", "1\n"),
        ] {
            let node = class.path().join(node);
            std::fs::create_dir(&node).expect("a folder");
            std::fs::write(node.join("name"), name).expect("writes");
            std::fs::write(node.join("index"), index).expect("writes");
        }
        std::fs::create_dir(class.path().join("v4l-touch0")).expect("a folder");
        let found: Vec<_> =
            list_in(class.path()).into_iter().map(|camera| (camera.id, camera.name)).collect();
        let expected = [("/dev/video2", "HD Webcam"), ("/dev/video10", "Dock Camera")];
        assert_eq!(found, expected.map(|(id, name)| (id.to_owned(), name.to_owned())));
    }

    #[test]
    fn a_camera_that_is_not_there_or_no_camera_is_a_clear_error() {
        for (id, expected) in
            [("/dev/video987", "not there"), ("/dev/null", "choose another camera")]
        {
            let Err(Error::Device { device, reason }) = Camera::open(id, Limits::NONE) else {
                panic!("{id} opened");
            };
            assert!(device.contains(id) && reason.contains(expected), "{device}: {reason}");
        }
    }
}
