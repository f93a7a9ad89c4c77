//! Who else is there: invented people with moving pictures, and what they plan.

use anyhow::{Context, Result, ensure};
use client::call::{Call, CallEvent};
use client::net::HubClient;
use engine::config::{CameraSource, Config, MicrophoneSource, Receive, SpeakerSink};
use engine::engine::{Command as EngineCommand, Engine};
use katheder_suite::world::{DAY, MINUTE, Person, Plan, World};
use protocol::{ChatScope, ClientMessage, Credential, HubMessage, MediaSource, Watch};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Who sits at the program.
pub const OWNER: &str = "Miriam Vogt";
/// The group call that runs.
pub const RUNDE: &str = "Wochenrunde Verwaltung";
/// The own webinar that begins soon.
pub const NEBENKOSTEN: &str = "Nebenkostenabrechnung 2026";
/// Somebody else's webinar, which has not begun.
pub const MIETER: &str = "Einführung in das Mieterportal";

/// The own room, where people write to each other.
pub const HAUS: &str = "Hausverwaltung Nord";

const PEOPLE: [(&str, &str); 8] = [
    ("jonas", "Jonas Kettler"),
    ("aylin", "Aylin Demir"),
    ("petra", "Dr. Petra Hansen"),
    ("farid", "Farid Rahimi"),
    ("sabine", "Sabine Wolff"),
    ("grace", "Grace Owusu"),
    ("mai", "Nguyễn Thị Mai"),
    ("tobias", "Tobias Lindner"),
];

/// Those in the group call with their cameras on; the last one of all has none.
const IN_ROUND: usize = 7;

/// Their drawn portraits, from the repository's root.
const PORTRAITS: &str = "assets/screenshots/people";

/// Everybody else.
pub struct Cast {
    world: World,
    address: String,
    /// Numbers of the rooms: group call and webinar.
    rooms: Option<(String, String)>,
    calls: Mutex<Vec<Call>>,
    clips: tempfile::TempDir,
}

impl Cast {
    /// Founds the program's hub in `data`; it is going to listen at `address`. `full`: with people
    /// and entries.
    pub fn gather(data: &Path, address: &str, full: bool) -> Result<Cast> {
        let people: &[(&str, &str)] = if full { &PEOPLE } else { &[] };
        let mut world = World::found(data, OWNER, people)?;
        let rooms = if full {
            furnish(&world)?;
            Some(plan(&world)?)
        } else {
            None
        };
        world.hand_over(address);
        let clips = tempfile::tempdir()?;
        if full {
            for (name, _) in &PEOPLE[..IN_ROUND] {
                clip(name, &clips.path().join(format!("{name}.mp4")))?;
            }
        }
        Ok(Cast { world, address: address.to_owned(), rooms, calls: Mutex::default(), clips })
    }

    /// The group call fills, and somebody wants to speak.
    pub fn join_round(&self) -> Result<()> {
        let (round, _) = self.rooms.as_ref().context("rooms")?;
        for (index, person) in self.world.people[..IN_ROUND].iter().enumerate() {
            let clip = self.clips.path().join(format!("{}.mp4", person.name));
            self.join(person, round, Some(clip), index == 0)?;
        }
        self.join(self.world.person("tobias")?, round, None, false)?;
        std::thread::sleep(Duration::from_secs(2));
        let calls = self.calls();
        let call = calls.get(1).context("in the group call")?;
        call.send(ClientMessage::Hand { raised: true, restore: false });
        Ok(())
    }

    /// The webinar's audience comes; one of them writes.
    pub fn join_webinar(&self) -> Result<()> {
        self.calls().clear();
        let (_, webinar) = self.rooms.as_ref().context("rooms")?;
        for person in &self.world.people {
            self.join(person, webinar, None, false)?;
        }
        std::thread::sleep(Duration::from_secs(2));
        let calls = self.calls();
        calls.iter().for_each(watch_owner);
        let lines = [
            (1, "Guten Tag! Gilt die neue Regel auch für Altverträge?"),
            (5, "Danke, das war sehr verständlich."),
        ];
        for (who, text) in lines {
            let call = calls.get(who).context("in the webinar")?;
            call.send(ClientMessage::Chat { scope: ChatScope::Everyone, text: text.into() });
            std::thread::sleep(Duration::from_millis(300));
        }
        Ok(())
    }

    /// Somebody calls the owner.
    pub fn ring(&self) -> Result<()> {
        let tobias = self.world.person("tobias")?;
        let body = json!({"user": self.world.owner.name, "video": true});
        self.world.request(Method::POST, "rings", &tobias.token, Some(body))?;
        Ok(())
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, Vec<Call>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, who: &Person, room: &str, clip: Option<PathBuf>, heard: bool) -> Result<()> {
        let camera = clip.is_some();
        let config = Config {
            name: who.name.clone(),
            camera: clip.map_or(CameraSource::None, CameraSource::File),
            microphone: if heard { MicrophoneSource::Demo } else { MicrophoneSource::None },
            speaker: SpeakerSink::Null,
            receive: Receive::Verify,
            max_lines: 360,
            max_fps: 10,
            audio_slots: 1,
            video_slots: 1,
            ..Config::default()
        };
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
        let engine = Arc::new(Engine::start(config, wake.clone())?);
        engine.send(EngineCommand::CameraOn(camera));
        engine.send(EngineCommand::MicrophoneOn(heard));
        let client = HubClient::new(&format!("http://{}", self.address))?;
        let credential =
            Credential::Session { token: who.token.clone(), number: room.to_owned(), name: None };
        let runtime = self.world.runtime.handle();
        let call = Call::join(runtime, client.door(), credential, engine, wake);
        call.send(ClientMessage::Media { microphone: heard, camera, screen: false });
        self.calls().push(call);
        Ok(())
    }
}

/// Asks for the owner's picture: what nobody watches is not sent.
fn watch_owner(call: &Call) {
    while let Some(event) = call.poll() {
        let CallEvent::Hub(HubMessage::Joined { snapshot, .. }) = event else { continue };
        let owner = snapshot.participants.iter().find(|person| person.name == OWNER);
        let videos = owner.map(|person| Watch {
            participant: person.id,
            source: MediaSource::Camera,
            max_lines: 720,
        });
        call.send(ClientMessage::Watch { videos: videos.into_iter().collect() });
    }
}

/// Who has a picture in the directory, by account name; the owner besides.
const PORTRAYED: [&str; 5] = ["jonas", "aylin", "sabine", "mai", "grace"];

/// Rooms, what was written in one of them, and pictures of some.
fn furnish(world: &World) -> Result<()> {
    let owner = &world.owner;
    let portrait = |name: &str| std::fs::read(Path::new(PORTRAITS).join(format!("{name}.jpg")));
    world.portray(owner, portrait("miriam")?)?;
    for name in PORTRAYED {
        world.portray(world.person(name)?, portrait(name)?)?;
    }
    let create = |by: &Person, name: &str, members: &[&Person]| -> Result<String> {
        let members: Vec<i64> = members.iter().map(|person| person.id).collect();
        let room = json!({"name": name, "kind": "group_call", "members": members});
        number(&world.request(Method::POST, "rooms", &by.token, Some(room))?)
    };
    let everybody: Vec<&Person> = world.people.iter().collect();
    let [jonas, aylin, petra] = ["jonas", "aylin", "petra"].map(|name| world.person(name));
    let (jonas, aylin, petra) = (jonas?, aylin?, petra?);
    create(owner, "Heizung und Ablesung", &[jonas, petra])?;
    create(jonas, "Mieterbeirat", &[owner, aylin, petra])?;
    let room = create(owner, HAUS, &everybody)?;
    let lines = [
        (petra, "Guten Morgen! Die Ablesefirma kommt am Donnerstag, nicht am Mittwoch."),
        (jonas, "Danke. Ich ändere den Aushang im Lindenhof."),
        (owner, "Bitte auch im Birkenweg, dort hängt noch der alte."),
        (aylin, "Mache ich gleich mit. Die Folien für heute Abend liegen im Ordner."),
        (aylin, "https://ablage.hausverwaltung.example/webinar/nebenkosten"),
        (owner, "Perfekt, dann sehen wir uns um halb in der Wochenrunde."),
    ];
    for (by, text) in lines {
        let path = format!("rooms/{room}/chat");
        world.request(Method::POST, &path, &by.token, Some(json!({"text": text})))?;
    }
    Ok(())
}

/// A week of entries; gives the numbers of the group call that runs and of the own webinar.
fn plan(world: &World) -> Result<(String, String)> {
    let owner = &world.owner;
    let everybody: Vec<&Person> = world.people.iter().collect();
    let jonas = world.person("jonas")?;
    let sabine = world.person("sabine")?;
    let some: Vec<&Person> = world.people[1..4].iter().collect();
    let with_owner = |host: &Person| -> Vec<&Person> {
        let others = world.people.iter().filter(|person| person.id != host.id);
        std::iter::once(owner).chain(others).collect()
    };
    let entry = |by: &Person, kind, title, times, invited: &[&Person]| {
        let description =
            "Neue Regeln zu CO₂-Kosten, Fernablesung und Belegeinsicht. Mit Fragerunde.";
        world.plan(by, &Plan { kind, title, description, times }, invited)
    };
    let round = entry(jonas, "group_call", RUNDE, Some((0, 45 * MINUTE)), &with_owner(jonas))?;
    // Who belongs to a room sees who is in it.
    let path = format!("rooms/{}/members/{}", number(&round)?, owner.id);
    world.request(Method::PUT, &path, &jonas.token, Some(json!({"host": false})))?;
    let title = "Nebenkostenabrechnung 2026: was sich ändert";
    let webinar = entry(owner, "webinar", title, Some((8 * MINUTE, 90 * MINUTE)), &everybody)?;
    let times = Some((12 * MINUTE, 60 * MINUTE));
    entry(sabine, "webinar", MIETER, times, &with_owner(sabine))?;
    let title = "Eigentümerversammlung Lindenhof, Vorbereitung";
    entry(owner, "group_call", title, Some((DAY, 60 * MINUTE)), &some)?;
    let title = "Heizkosten digital ablesen";
    entry(owner, "webinar", title, Some((2 * DAY, 60 * MINUTE)), &everybody)?;
    entry(owner, "group_call", "Sprechstunde Miriam Vogt", None, &[])?;
    for person in &world.people {
        let path = format!("me/contacts/{}", person.name);
        world.request(Method::PUT, &path, &owner.token, None)?;
    }
    Ok((number(&round)?, number(&webinar)?))
}

fn number(entry: &Value) -> Result<String> {
    entry["number"].as_str().map(str::to_owned).context("an entry has a number")
}

/// Makes a short clip of a portrait that sways, as people do.
fn clip(name: &str, file: &Path) -> Result<()> {
    let portrait = Path::new(PORTRAITS).join(format!("{name}.jpg"));
    let sway = "scale=704:396,crop=640:360:x='32+14*sin(2*PI*t/4)':y='18+6*cos(2*PI*t/4)'";
    let status = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-y", "-loop", "1", "-framerate", "10", "-t", "4", "-i"])
        .arg(&portrait)
        .args(["-vf", sway, "-pix_fmt", "yuv420p", "-q:v", "3"])
        .arg(file)
        .status()
        .context("ffmpeg")?;
    ensure!(status.success(), "ffmpeg could not make a clip of {}", portrait.display());
    Ok(())
}
