//! The threads that own sources, and the clock they run by.

use super::camera::Camera;
use super::demo::Presenter;
use super::file::Reader;
use super::pacer::Pacer;
use super::{Media, Picture};
use crate::frame::{AudioFrame, ColorSpace, VideoFrame};
use crate::{Error, Result, latest, thread};
use crossbeam::channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often an idle camera is asked for a picture. V4L2 in FFmpeg cannot be waited on together
/// with the wish to stop; the delay this adds to a picture is at most this long.
const CAMERA_POLL: Duration = Duration::from_millis(2);

/// Something that can run.
pub(super) enum Source {
    File(Box<Reader>),
    Demo(Presenter),
    Camera(Camera),
}

/// Sources at work. Dropping it stops them, within the time of one picture.
#[derive(Debug, Default)]
pub struct Running {
    threads: Vec<SourceThread>,
    sound_dropped: Arc<AtomicU64>,
}

/// Fields are dropped in this order: the thread sees that its stopper is gone, then is joined.
#[derive(Debug)]
struct SourceThread {
    _stop: Sender<Infallible>,
    _thread: thread::Joined,
}

impl Running {
    /// 10 ms pieces of sound that found the ring full, so far.
    pub fn sound_dropped(&self) -> u64 {
        self.sound_dropped.load(Ordering::Relaxed)
    }

    pub(super) fn add(
        &mut self,
        name: &str,
        source: Source,
        pictures: Option<latest::Writer<VideoFrame>>,
        sound: Option<rtrb::Producer<AudioFrame>>,
        trouble: Sender<Error>,
    ) -> Result<()> {
        let delivery = Delivery { pictures, sound, sound_dropped: self.sound_dropped.clone() };
        self.spawn(name, move |stopped| {
            if let Err(error) = run(source, delivery, stopped) {
                tracing::warn!("a source stopped: {error}");
                // Nobody listening is no reason to go on.
                let _ = trouble.send(error);
            }
        })
    }

    /// Runs `body` on a thread of its own until what it is given says to stop, by closing.
    pub(super) fn spawn(
        &mut self,
        name: &str,
        body: impl FnOnce(&Receiver<Infallible>) + Send + 'static,
    ) -> Result<()> {
        let (stop, stopped) = bounded(0);
        let thread = thread::spawn(name, move || body(&stopped))?;
        self.threads.push(SourceThread { _stop: stop, _thread: thread });
        Ok(())
    }
}

struct Delivery {
    pictures: Option<latest::Writer<VideoFrame>>,
    sound: Option<rtrb::Producer<AudioFrame>>,
    sound_dropped: Arc<AtomicU64>,
}

impl Delivery {
    fn put(&mut self, media: Media, captured: Instant) {
        match media {
            Media::Picture(Picture { width, height, planes }) => {
                if let Some(pictures) = &self.pictures {
                    pictures.put(VideoFrame {
                        width,
                        height,
                        color: ColorSpace::WIRE,
                        captured,
                        planes,
                    });
                }
            }
            Media::Sound(samples) => {
                if let Some(sound) = &mut self.sound
                    && sound.push(AudioFrame { samples: *samples, captured }).is_err()
                {
                    self.sound_dropped.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

fn run(source: Source, mut delivery: Delivery, stopped: &Receiver<Infallible>) -> Result<()> {
    match source {
        Source::File(mut reader) => play(|| reader.next(), delivery, stopped),
        Source::Demo(mut presenter) => play(|| presenter.next(), delivery, stopped),
        Source::Camera(mut camera) => {
            while goes_on_until(stopped, now()) {
                // Read before decoding: nearer to the light.
                let captured = now();
                match camera.poll()? {
                    Some(picture) => delivery.put(Media::Picture(picture), captured),
                    None => {
                        goes_on_until(stopped, now() + CAMERA_POLL);
                    }
                }
            }
            Ok(())
        }
    }
}

/// Plays what `next` gives by the clock, each thing when it is due.
fn play(
    mut next: impl FnMut() -> Result<(Duration, Media)>,
    mut delivery: Delivery,
    stopped: &Receiver<Infallible>,
) -> Result<()> {
    let mut pacer = Pacer::default();
    loop {
        let (at, media) = next()?;
        let due = pacer.due(at, now());
        if !goes_on_until(stopped, due) {
            return Ok(());
        }
        delivery.put(media, due);
    }
}

/// Waits for a moment; `false` when it is time to stop instead.
pub(super) fn goes_on_until(stopped: &Receiver<Infallible>, moment: Instant) -> bool {
    match stopped.recv_deadline(moment) {
        Ok(never) => match never {},
        Err(RecvTimeoutError::Timeout) => true,
        Err(RecvTimeoutError::Disconnected) => false,
    }
}

#[expect(clippy::disallowed_methods, reason = "a source's thread is where its clock is read")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::now;
    use crate::capture::{Limits, Outputs, Running, SOUND_SLOTS, start};
    use crate::config::{CameraSource, MicrophoneSource};
    use crate::frame::{AudioFrame, ColorSpace, VideoFrame};
    use crate::{Error, latest};
    use crossbeam::channel::{Receiver, unbounded};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    const LIMITS: Limits = Limits { max_lines: 180, max_fps: 30 };

    struct Started {
        running: Running,
        pictures: latest::Reader<VideoFrame>,
        sound: rtrb::Consumer<AudioFrame>,
        trouble: Receiver<Error>,
    }

    fn run(camera: &CameraSource, microphone: &MicrophoneSource) -> crate::Result<Started> {
        let (writer, pictures) = latest::channel();
        let (producer, sound) = rtrb::RingBuffer::new(SOUND_SLOTS);
        let (errors, trouble) = unbounded();
        let outputs = Outputs { pictures: writer, sound: Some(producer), trouble: errors };
        let running = start("test", camera, microphone, LIMITS, outputs)?;
        Ok(Started { running, pictures, sound, trouble })
    }

    fn clip(arguments: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("clip.mkv");
        let made = std::process::Command::new("ffmpeg")
            .args(["-v", "error"])
            .args(arguments.split_whitespace())
            .arg(&path)
            .status();
        assert!(made.expect("the ffmpeg command is installed").success());
        (folder, path)
    }

    /// Takes what comes until there are so many of each; far more time than is needed may pass.
    fn collect(
        started: &mut Started,
        pictures: usize,
        sounds: usize,
    ) -> (Vec<VideoFrame>, Vec<AudioFrame>) {
        let (mut seen, mut heard) = (Vec::new(), Vec::new());
        let end = now() + Duration::from_secs(20);
        while (seen.len() < pictures || heard.len() < sounds) && now() < end {
            seen.extend(started.pictures.take());
            heard.extend(started.sound.pop());
            std::thread::yield_now();
        }
        assert!(seen.len() >= pictures && heard.len() >= sounds, "{} {}", seen.len(), heard.len());
        (seen, heard)
    }

    #[test]
    fn the_presenter_plays_in_real_time_with_picture_and_sound_on_one_clock() {
        let begun = now();
        let mut started = run(&CameraSource::Demo, &MicrophoneSource::Demo).expect("starts");
        let (pictures, sounds) = collect(&mut started, 10, 40);
        let first = pictures[0].captured;
        assert!(now() - begun >= Duration::from_millis(300), "ten pictures take their time");
        assert!(pictures.is_sorted_by_key(|picture| picture.captured));
        assert_eq!(
            (pictures[0].width, pictures[0].height, pictures[0].color),
            (320, 180, ColorSpace::WIRE)
        );
        // Every third picture stands at a whole piece of sound: the same moment, to the nanosecond.
        let shared = |captured: Instant| (captured - first).as_nanos().is_multiple_of(100_000_000);
        let together = pictures.iter().filter(|picture| shared(picture.captured)).count();
        assert!(together > 0);
        for pair in sounds.windows(2) {
            let step = pair[1].captured - pair[0].captured;
            assert_eq!(step.as_nanos() % 10_000_000, 0, "{step:?}");
        }
        assert_eq!((sounds[0].captured - first).as_nanos() % 10_000_000, 0);
    }

    #[test]
    fn dropping_the_handle_stops_a_source_that_waits() {
        // Its second picture is due after ten seconds.
        let (_folder, path) = clip("-f lavfi -i testsrc=s=64x36:r=0.1:d=20 -c:v libx264");
        let mut started = run(&CameraSource::File(path), &MicrophoneSource::None).expect("starts");
        collect(&mut started, 1, 0);
        let begun = now();
        drop(started.running);
        assert!(now() - begun < Duration::from_secs(2), "it took {:?}", now() - begun);
        assert!(started.sound.is_abandoned(), "the other end of the ring is gone");
    }

    #[test]
    fn a_full_ring_drops_and_counts() {
        let started = run(&CameraSource::None, &MicrophoneSource::Demo).expect("starts");
        let end = now() + Duration::from_secs(20);
        while started.running.sound_dropped() == 0 && now() < end {
            std::thread::yield_now();
        }
        assert!(started.running.sound_dropped() > 0);
        assert_eq!(started.sound.slots(), SOUND_SLOTS);
        assert!(started.pictures.take().is_none());
    }

    #[test]
    fn what_cannot_be_opened_fails_at_the_start() {
        let absent = || Path::new("/nonexistent/clip.mp4").to_owned();
        let camera = run(&CameraSource::File(absent()), &MicrophoneSource::None);
        assert!(matches!(camera, Err(Error::Clip { .. })));
        let sound = run(&CameraSource::Demo, &MicrophoneSource::File(absent()));
        assert!(matches!(sound, Err(Error::Clip { .. })));
        let camera = run(&CameraSource::Device("/dev/video987".into()), &MicrophoneSource::None);
        assert!(matches!(camera, Err(Error::Device { .. })));
    }

    #[test]
    fn a_clip_plays_as_camera_and_microphone() {
        let (_folder, path) = clip(
            "-f lavfi -i testsrc=s=640x360:r=30:d=0.3 -f lavfi -i sine=440:d=0.3 -c:v libx264 -c:a pcm_s16le",
        );
        let (camera, microphone) = (CameraSource::File(path.clone()), MicrophoneSource::File(path));
        let mut started = run(&camera, &microphone).expect("starts");
        let (pictures, sounds) = collect(&mut started, 15, 50);
        assert_eq!((pictures[0].width, pictures[0].height), (320, 180));
        assert!(sounds.iter().all(|sound| sound.samples.iter().any(|sample| *sample != 0.0)));
        assert!(started.trouble.is_empty());
    }
}
