//! `katheder rehearse`: a whole webinar on this machine.
//!
//! An embedded hub, one presenter and N attendees, each with a peer connection of its own, through
//! real UDP, DTLS and SRTP. The first attendees decode everything, the rest check that every
//! frame's packets arrive. What was measured becomes one [`Report`].

mod attendee;
mod blur;
mod cpu;
mod report;

pub use blur::{BlurReport, Times};
pub use report::{AttendeeReport, PresenterReport, Report};

use crate::call::{Call, CallEvent};
use crate::net::HubClient;
use anyhow::{Context, bail};
use attendee::Attendee;
use engine::blur::Background;
use engine::config::{CameraSource, Config, MicrophoneSource, Receive, SpeakerSink, VideoCodec};
use engine::engine::{Command, Engine, Event};
use protocol::{ClientMessage, Credential, HubMessage, RoomKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many attendees decode what they receive; the rest verify RTP continuity. Decoding 720p in
/// software costs about a twentieth of a core each.
pub const DECODING_ATTENDEES: usize = 3;
/// How long everybody may take until picture and sound have arrived.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often calls are polled.
const TICK: Duration = Duration::from_millis(5);
/// Settling time before measuring: jitter buffers and encoders find their level.
const WARM_UP: Duration = Duration::from_secs(2);

/// What to rehearse.
#[derive(Debug, Clone)]
pub struct Options {
    /// The presenter's clip; `None` is the bundled demo presenter.
    pub input: Option<PathBuf>,
    /// How many watch.
    pub attendees: usize,
    /// How long to measure.
    pub duration: Duration,
    /// What the presenter sends.
    pub codec: VideoCodec,
    /// What stands behind the presenter; `None` is the room as it is.
    pub background: Option<Background>,
}

/// What came of it.
pub struct Rehearsal {
    /// The figures.
    pub report: Report,
    /// What attendee 1 saw last.
    pub picture: Option<engine::frame::VideoFrame>,
}

/// Progress for the caller to show.
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    /// The hub runs; this many attendees of all see and hear.
    Joining {
        /// So many see and hear.
        ready: usize,
        /// Of so many.
        of: usize,
    },
    /// Measuring.
    Measuring {
        /// Time measured.
        elapsed: Duration,
        /// Of so much.
        of: Duration,
    },
}

/// Rehearses. Fails when the hub or the presenter cannot start, or when nobody ever saw anything;
/// an attendee who lacked picture or sound is told by [`Report::failure`].
pub fn run(options: &Options, progress: &mut dyn FnMut(Progress)) -> anyhow::Result<Rehearsal> {
    if let Some(path) = &options.input {
        check_clip(path)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("net")
        .enable_all()
        .build()
        .context("cannot start the network runtime")?;
    let data = tempfile::Builder::new()
        .prefix("katheder-rehearsal-")
        .tempdir()
        .context("cannot make a folder for the rehearsal's hub")?;
    let hub = server::Hub::start(server::Config::local(data.path()))?;
    let stage = Stage::open(&runtime, &hub, options)?;
    let result = stage.play(options, progress);
    runtime.block_on(hub.stop());
    runtime.shutdown_timeout(Duration::from_secs(2));
    result
}

/// A rehearsal measures picture and sound, so its clip must hold both.
fn check_clip(path: &Path) -> engine::Result<()> {
    let clip = engine::capture::file::probe(path)?;
    let lacking = match (clip.video, clip.audio) {
        (Some(_), Some(_)) => return Ok(()),
        (Some(_), None) => "no sound",
        _ => "no picture",
    };
    let reason = format!("it has {lacking}, and a rehearsal measures both; name a clip with both");
    Err(engine::Error::Clip { path: path.to_owned(), reason })
}

/// Everybody, connected to one hub.
struct Stage {
    presenter: Call,
    attendees: Vec<Attendee>,
}

impl Stage {
    fn open(
        runtime: &tokio::runtime::Runtime,
        hub: &server::Hub,
        options: &Options,
    ) -> anyhow::Result<Stage> {
        let client = HubClient::new(&format!("http://{}", hub.http_addr()))?;
        let (session, room) = runtime.block_on(async {
            let session = hub.local_sign_in()?;
            let room =
                client.create_room(&session.token, "Generalprobe", RoomKind::Webinar).await?;
            anyhow::Ok((session, room))
        })?;
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
        let presenter = Call::join(
            runtime.handle(),
            client.door(),
            Credential::Session { token: session.token, number: room.number, name: None },
            Arc::new(Engine::start(presenter_config(options), wake.clone())?),
            wake.clone(),
        );
        presenter.send(ClientMessage::Media { microphone: true, camera: true, screen: false });
        presenter.engine().send(Command::CameraOn(true));
        presenter.engine().send(Command::MicrophoneOn(true));
        let link = room.link_path.rsplit('/').next().unwrap_or_default().to_owned();
        let attendees = (1..=options.attendees)
            .map(|number| {
                let receive =
                    if number <= DECODING_ATTENDEES { Receive::Decode } else { Receive::Verify };
                let engine =
                    Arc::new(Engine::start(attendee_config(number, receive), wake.clone())?);
                let name = format!("Gast {number}");
                let call = Call::join(
                    runtime.handle(),
                    client.door(),
                    Credential::Link { link: link.clone(), name },
                    engine,
                    wake.clone(),
                );
                anyhow::Ok(Attendee::new(number, receive, call))
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Stage { presenter, attendees })
    }

    #[expect(clippy::disallowed_methods, reason = "a rehearsal runs by the clock")]
    fn play(
        mut self,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
    ) -> anyhow::Result<Rehearsal> {
        let start = Instant::now();
        loop {
            self.poll()?;
            let ready = self.attendees.iter().filter(|attendee| attendee.ready()).count();
            progress(Progress::Joining { ready, of: self.attendees.len() });
            if ready == self.attendees.len() {
                break;
            }
            if start.elapsed() > START_LIMIT {
                if ready == 0 {
                    bail!(
                        "after {} s no attendee had both picture and sound: {}",
                        START_LIMIT.as_secs(),
                        self.attendees.first().map(Attendee::lacking).unwrap_or_default()
                    );
                }
                break;
            }
            std::thread::sleep(TICK);
        }
        self.idle(WARM_UP)?;

        let begin = Instant::now();
        let cpu_begin = cpu::Reading::take(PRESENTER_THREADS);
        let sent_begin = self.presenter.engine().stats().sending;
        for attendee in &mut self.attendees {
            attendee.begin();
        }
        while begin.elapsed() < options.duration {
            self.poll()?;
            progress(Progress::Measuring { elapsed: begin.elapsed(), of: options.duration });
            std::thread::sleep(TICK);
        }
        let wall = begin.elapsed();
        let sent = self.presenter.engine().stats().sending;
        let cpu = cpu::Reading::take(PRESENTER_THREADS).since(cpu_begin);
        let frames_sent = sent.frames_encoded - sent_begin.frames_encoded;
        let attendees =
            self.attendees.iter().map(|attendee| attendee.report(frames_sent)).collect();
        let presenter = PresenterReport {
            fps: frames_sent as f64 / wall.as_secs_f64(),
            bitrate_bps: (sent.video_bytes - sent_begin.video_bytes) as f64 * 8.0
                / wall.as_secs_f64(),
            encoder: sent.encoder.clone().unwrap_or_default(),
            width: sent.size.map_or(0, |size| size.0),
            height: sent.size.map_or(0, |size| size.1),
            cpu_s: cpu.threads_s,
            process_cpu_s: cpu.process_s,
            wall_s: wall.as_secs_f64(),
            blur_device: blur::device(sent.blur.as_ref()),
            blur: sent.blur.map(BlurReport::from),
        };
        let picture = self.attendees.first().and_then(Attendee::picture);
        Ok(Rehearsal { report: Report { presenter, attendees }, picture })
    }

    #[expect(clippy::disallowed_methods, reason = "a rehearsal runs by the clock")]
    fn idle(&mut self, time: Duration) -> anyhow::Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < time {
            self.poll()?;
            std::thread::sleep(TICK);
        }
        Ok(())
    }

    fn poll(&mut self) -> anyhow::Result<()> {
        while let Some(event) = self.presenter.poll() {
            match event {
                CallEvent::Engine(Event::Trouble(error)) => {
                    return Err(anyhow::Error::new(error).context("the presenter cannot send"));
                }
                CallEvent::Refused(reason) => bail!("the hub refused the presenter: {reason:?}"),
                CallEvent::Hub(HubMessage::Ended { reason }) => {
                    bail!("the hub ended the rehearsal: {reason:?}")
                }
                CallEvent::Hub(HubMessage::ParticipantJoined { .. }) | CallEvent::Hub(_) => {}
                CallEvent::Link(_) | CallEvent::Anew | CallEvent::Engine(_) | CallEvent::Unsaid => {
                }
            }
        }
        for attendee in &mut self.attendees {
            attendee.poll()?;
        }
        Ok(())
    }
}

/// Names the presenter's threads, so that their CPU time can be told from everybody else's.
const PRESENTER_THREADS: &str = "pres";

fn presenter_config(options: &Options) -> Config {
    let (camera, microphone) = match &options.input {
        Some(path) => (CameraSource::File(path.clone()), MicrophoneSource::File(path.clone())),
        None => (CameraSource::Demo, MicrophoneSource::Demo),
    };
    Config {
        name: PRESENTER_THREADS.to_owned(),
        camera,
        microphone,
        speaker: SpeakerSink::Null,
        codec: options.codec,
        background: options.background.clone(),
        ..Config::default()
    }
}

fn attendee_config(number: usize, receive: Receive) -> Config {
    Config {
        name: format!("a{number}"),
        speaker: SpeakerSink::Null,
        receive,
        audio_slots: 1,
        video_slots: 1,
        ..Config::default()
    }
}
