//! Push to talk from anywhere under Wayland: the program's half, with a portal of the test's own on a
//! D-Bus session of its own. No compositor takes part.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod session;

use client::APP_ID;
use client::state::{Refused, TalkKeyEvent, TalkKeys};
use client::talk_key::{TalkKey, Tell};
use session::in_a_session;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, ObjectServer, connection, fdo};

const PORTAL: &str = "/org/freedesktop/portal/desktop";
const SHORTCUTS: &str = "org.freedesktop.portal.GlobalShortcuts";

/// What makes a desktop one of Wayland.
const WAYLAND: &[(&str, &str)] = &[("WAYLAND_DISPLAY", "wayland-test")];

/// What does not happen within this, does not happen.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn the_desktop_listens_to_the_key_that_the_user_chose_there() {
    in_a_session("inside::listens", WAYLAND);
}

#[test]
fn the_next_session_waits_until_the_last_is_given_back() {
    in_a_session("inside::one_at_a_time", WAYLAND);
}

#[test]
fn a_question_that_is_refused_is_told_and_one_that_stands_is_taken_back() {
    in_a_session("inside::declined", WAYLAND);
}

#[test]
fn a_desktop_that_does_not_know_the_program_is_told() {
    in_a_session("inside::unknown", WAYLAND);
}

#[test]
fn a_desktop_without_system_wide_keys_is_told() {
    in_a_session("inside::without", WAYLAND);
}

/// What the portal was asked for.
#[derive(Debug, PartialEq)]
enum Asked {
    Register(String),
    Session,
    Bind { id: String, purpose: String, proposal: Option<String> },
    Close,
}

/// How the user answers.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Allow,
    Cancel,
    /// They leave the question open.
    Wait,
    /// The desktop asks nobody: it does not know the program.
    Unknown,
}

#[derive(Clone)]
struct Portal {
    answer: Answer,
    asked: UnboundedSender<Asked>,
    session: Arc<Mutex<OwnedObjectPath>>,
}

struct Registry(UnboundedSender<Asked>);

#[zbus::interface(name = "org.freedesktop.host.portal.Registry")]
impl Registry {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        1
    }

    fn register(&self, app_id: String, _options: Options) {
        self.0.send(Asked::Register(app_id)).unwrap();
    }
}

struct Session(UnboundedSender<Asked>);

#[zbus::interface(name = "org.freedesktop.portal.Session")]
impl Session {
    async fn close(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(object_server)] server: &ObjectServer,
    ) {
        let path = header.path().unwrap().to_owned();
        server.remove::<Session, _>(path).await.unwrap();
        self.0.send(Asked::Close).unwrap();
    }
}

type Options = HashMap<String, OwnedValue>;

/// The object of a caller's request or session: the portal's rules say how it is called.
fn object(kind: &str, header: &Header<'_>, options: &Options, token: &str) -> OwnedObjectPath {
    let sender = header.sender().unwrap().trim_start_matches(':').replace('.', "_");
    let token: String = options[token].clone().try_into().unwrap();
    ObjectPath::try_from(format!("{PORTAL}/{kind}/{sender}/{token}")).unwrap().into()
}

async fn respond(
    emitter: &SignalEmitter<'_>,
    request: &OwnedObjectPath,
    code: u32,
    results: HashMap<&str, Value<'_>>,
) {
    let (interface, signal) = ("org.freedesktop.portal.Request", "Response");
    let bus = emitter.connection();
    bus.emit_signal(None::<&str>, request, interface, signal, &(code, results)).await.unwrap();
}

#[zbus::interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Portal {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        2
    }

    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> Result<OwnedObjectPath, PortalError> {
        if self.answer == Answer::Unknown {
            return Err(PortalError::NotAllowed("An app id is required".into()));
        }
        let request = object("request", &header, &options, "handle_token");
        let path = object("session", &header, &options, "session_handle_token");
        server.at(&path, Session(self.asked.clone())).await?;
        *self.session.lock().unwrap() = path.clone();
        self.asked.send(Asked::Session).unwrap();
        let results = HashMap::from([("session_handle", Value::from(path.as_str()))]);
        respond(&emitter, &request, 0, results).await;
        Ok(request)
    }

    async fn bind_shortcuts(
        &self,
        _session: OwnedObjectPath,
        shortcuts: Vec<(String, Options)>,
        _parent: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> fdo::Result<OwnedObjectPath> {
        let [(id, wish)] = &shortcuts[..] else { panic!("one shortcut: {shortcuts:?}") };
        let text = |key: &str| wish.get(key).map(|it| String::try_from(it.clone()).unwrap());
        let (purpose, proposal) = (text("description").unwrap(), text("preferred_trigger"));
        self.asked.send(Asked::Bind { id: id.clone(), purpose, proposal }).unwrap();
        let request = object("request", &header, &options, "handle_token");
        match self.answer {
            Answer::Allow => {
                let results = HashMap::from([("shortcuts", Value::from(bound(id, "Super+F8")))]);
                respond(&emitter, &request, 0, results).await;
            }
            Answer::Cancel => respond(&emitter, &request, 1, HashMap::new()).await,
            Answer::Wait | Answer::Unknown => {}
        }
        Ok(request)
    }
}

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop.portal.Error")]
enum PortalError {
    #[zbus(error)]
    ZBus(zbus::Error),
    NotAllowed(String),
}

/// One shortcut and the key that the user gave it.
fn bound(id: &str, trigger: &str) -> Vec<(String, HashMap<String, Value<'static>>)> {
    let about = HashMap::from([
        ("description".to_owned(), Value::from("Talk")),
        ("trigger_description".to_owned(), Value::from(trigger.to_owned())),
    ]);
    vec![(id.to_owned(), about)]
}

/// A portal on the bus, and the program's half of talking from anywhere.
struct Scene {
    bus: Connection,
    portal: Portal,
    asked: UnboundedReceiver<Asked>,
    key: TalkKey,
    tell: Tell,
    told: UnboundedReceiver<TalkKeyEvent>,
}

impl Scene {
    async fn open(answer: Answer) -> Scene {
        let (ask, mut asked) = unbounded_channel();
        let portal = Portal { answer, asked: ask.clone(), session: Arc::default() };
        let bus = connection::Builder::session().unwrap();
        let bus = bus.serve_at(PORTAL, portal.clone()).unwrap();
        let bus = bus.serve_at(PORTAL, Registry(ask)).unwrap();
        let bus = bus.name("org.freedesktop.portal.Desktop").unwrap().build().await.unwrap();
        let (heard, told) = unbounded_channel();
        let tell: Tell = Arc::new(move |event| heard.send(event).unwrap());
        let key = TalkKey::default();
        key.introduce(&Handle::current());
        assert_eq!(next(&mut asked).await, Asked::Register(APP_ID.into()));
        Scene { bus, portal, asked, key, tell, told }
    }

    fn listen(&mut self, wish: Option<TalkKeys>) {
        self.key.listen(&Handle::current(), wish, &self.tell);
    }

    fn attempt(&mut self, wish: Option<TalkKeys>) {
        self.key.attempt(&Handle::current(), wish, &self.tell);
    }

    async fn asked(&mut self) -> Asked {
        next(&mut self.asked).await
    }

    async fn told(&mut self) -> TalkKeyEvent {
        next(&mut self.told).await
    }

    fn session(&self) -> OwnedObjectPath {
        self.portal.session.lock().unwrap().clone()
    }

    /// A key of the desktop goes down or up.
    async fn key(&self, signal: &str, id: &str) {
        let body = (self.session(), id, 0_u64, HashMap::<&str, Value<'_>>::new());
        self.bus.emit_signal(None::<&str>, PORTAL, SHORTCUTS, signal, &body).await.unwrap();
    }
}

async fn next<T>(heard: &mut UnboundedReceiver<T>) -> T {
    timeout(PATIENCE, heard.recv()).await.expect("in time").expect("still there")
}

fn wish(key: &str) -> Option<TalkKeys> {
    Some(TalkKeys { keys: vec![key.parse().unwrap()], purpose: "Sprechen".into() })
}

fn binding(proposal: &str) -> Asked {
    let proposal = Some(proposal.to_owned());
    Asked::Bind { id: "push-to-talk".into(), purpose: "Sprechen".into(), proposal }
}

fn ready(trigger: &str) -> TalkKeyEvent {
    TalkKeyEvent::Ready { trigger: Some(trigger.into()) }
}

mod inside {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs in a session of its own, by the test above"]
    async fn listens() {
        let mut scene = Scene::open(Answer::Allow).await;
        scene.listen(wish("Ctrl+F8"));
        assert_eq!(scene.asked().await, Asked::Session);
        assert_eq!(scene.asked().await, binding("CTRL+F8"));
        assert_eq!(scene.told().await, ready("Super+F8"), "they chose another");

        scene.key("Activated", "somebody-elses").await;
        scene.key("Activated", "push-to-talk").await;
        assert_eq!(scene.told().await, TalkKeyEvent::Held(true));
        scene.key("Activated", "push-to-talk").await;
        scene.key("Deactivated", "push-to-talk").await;
        assert_eq!(scene.told().await, TalkKeyEvent::Held(false), "held once, however often told");

        let changed = (scene.session(), bound("push-to-talk", "F9"));
        scene
            .bus
            .emit_signal(None::<&str>, PORTAL, SHORTCUTS, "ShortcutsChanged", &changed)
            .await
            .unwrap();
        assert_eq!(scene.told().await, ready("F9"));

        // The conference ends under the finger.
        scene.key("Activated", "push-to-talk").await;
        assert_eq!(scene.told().await, TalkKeyEvent::Held(true));
        scene.listen(None);
        assert_eq!(scene.told().await, TalkKeyEvent::Held(false));
        assert_eq!(scene.asked().await, Asked::Close);
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs in a session of its own, by the test above"]
    async fn one_at_a_time() {
        let mut scene = Scene::open(Answer::Allow).await;
        // In the settings first, then for a conference; and a wish that nobody waits for.
        scene.attempt(wish("F8"));
        assert_eq!(scene.told().await, ready("Super+F8"));
        scene.listen(wish("F9"));
        scene.listen(wish("F10"));
        assert_eq!(scene.told().await, ready("Super+F8"));
        let asked: [Asked; 5] = [
            scene.asked().await,
            scene.asked().await,
            scene.asked().await,
            scene.asked().await,
            scene.asked().await,
        ];
        let expected =
            [Asked::Session, binding("F8"), Asked::Close, Asked::Session, binding("F10")];
        assert_eq!(asked, expected);
        // While a conference listens, the settings ask nothing and end nothing.
        scene.attempt(wish("F8"));
        scene.attempt(None);
        scene.key("Activated", "push-to-talk").await;
        assert_eq!(scene.told().await, TalkKeyEvent::Held(true));
        let closed = (HashMap::<&str, Value<'_>>::new(),);
        let (path, interface) = (scene.session(), "org.freedesktop.portal.Session");
        scene.bus.emit_signal(None::<&str>, path, interface, "Closed", &closed).await.unwrap();
        let told = [scene.told().await, scene.told().await];
        let gone = TalkKeyEvent::Refused(Refused::Unreachable);
        assert_eq!(told, [gone, TalkKeyEvent::Held(false)], "the desktop ended it");
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs in a session of its own, by the test above"]
    async fn declined() {
        let mut scene = Scene::open(Answer::Cancel).await;
        scene.attempt(wish("F8"));
        assert_eq!(scene.told().await, TalkKeyEvent::Refused(Refused::Declined));
        for expected in [Asked::Session, binding("F8"), Asked::Close] {
            assert_eq!(scene.asked().await, expected);
        }
        drop(scene.bus);

        let mut scene = Scene::open(Answer::Wait).await;
        scene.attempt(wish("F8"));
        for expected in [Asked::Session, binding("F8")] {
            assert_eq!(scene.asked().await, expected);
        }
        scene.attempt(None);
        assert_eq!(scene.asked().await, Asked::Close, "with its question");
        assert!(scene.told.try_recv().is_err(), "nobody has to hear of it");
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs in a session of its own, by the test above"]
    async fn unknown() {
        let mut scene = Scene::open(Answer::Unknown).await;
        scene.listen(wish("F8"));
        assert_eq!(scene.told().await, TalkKeyEvent::Refused(Refused::Unknown));
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs in a session of its own, by the test above"]
    async fn without() {
        let (heard, mut told) = unbounded_channel();
        let tell: Tell = Arc::new(move |event| heard.send(event).unwrap());
        TalkKey::default().listen(&Handle::current(), wish("F8"), &tell);
        // Dropped at once it would ask nothing.
        assert!(told.try_recv().is_err());
        let mut key = TalkKey::default();
        key.listen(&Handle::current(), wish("F8"), &tell);
        assert_eq!(next(&mut told).await, TalkKeyEvent::Refused(Refused::Wayland));
    }
}
