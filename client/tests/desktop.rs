//! Notifications and the tray on a D-Bus session of our own, with services of our own.
//!
//! The tests start themselves again inside `dbus-run-session`, so that nothing of the machine's own
//! desktop is touched.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]
#![expect(missing_docs, reason = "the interface macro writes public methods")]

mod session;

use client::notices::{Notice, Notices};
use client::state::{Choice, DesktopEvent};
use client::tray::{Look, Tray};
use session::in_a_session;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

/// What does not happen within this, does not happen.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn calls_are_announced_by_the_system_and_answered_there() {
    in_a_session("inside::calls", &[]);
}

#[test]
fn the_tray_shows_the_menu_and_tells_what_is_chosen() {
    in_a_session("inside::tray", &[]);
}

#[test]
fn a_desktop_without_services_is_no_trouble() {
    in_a_session("inside::nothing", &[]);
}

async fn next<T>(heard: &mut UnboundedReceiver<T>) -> T {
    timeout(PATIENCE, heard.recv()).await.expect("in time").expect("still there")
}

/// What a notification service was asked for.
#[derive(Debug, PartialEq)]
enum Asked {
    Notify { title: String, text: String, actions: Vec<String>, urgency: u8 },
    Close(u32),
}

struct Service {
    asked: UnboundedSender<Asked>,
    shown: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).into()
    }

    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &mut self,
        _app_name: String,
        _replaces: u32,
        _icon: String,
        title: String,
        text: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap();
        self.shown += 1;
        self.asked.send(Asked::Notify { title, text, actions, urgency }).unwrap();
        self.shown
    }

    async fn close_notification(
        &self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        id: u32,
    ) {
        self.asked.send(Asked::Close(id)).unwrap();
        Service::notification_closed(&emitter, id, 3).await.unwrap();
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "katheder".into(), "1".into(), "1.2".into())
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;
}

struct Watcher {
    registered: UnboundedSender<String>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.registered.send(service).unwrap();
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

fn notice(call: &str) -> Notice {
    Notice {
        call: call.into(),
        title: "Farid Rahimi".into(),
        text: "ruft Sie in <b>A & B</b>".into(),
        join: "Teilnehmen".into(),
        decline: "Ablehnen".into(),
        quiet: call == "quiet",
    }
}

fn look(busy: bool) -> Look {
    Look {
        state: "Verfügbar".into(),
        show: "Katheder zeigen".into(),
        available: "Verfügbar".into(),
        busy: "Beschäftigt".into(),
        quit: "Beenden".into(),
        is_busy: Some(busy),
    }
}

mod inside {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs inside a D-Bus session of its own, by the test above"]
    async fn calls() {
        let (asked, mut heard) = unbounded_channel();
        let bus = zbus::connection::Builder::session()
            .unwrap()
            .serve_at("/org/freedesktop/Notifications", Service { asked, shown: 0 })
            .unwrap()
            .name("org.freedesktop.Notifications")
            .unwrap()
            .build()
            .await
            .unwrap();
        let service = bus.object_server();
        let service =
            service.interface::<_, Service>("/org/freedesktop/Notifications").await.unwrap();
        let (out, mut chosen) = unbounded_channel();
        let tell: Arc<dyn Fn(String, Choice) + Send + Sync> =
            Arc::new(move |call, choice| out.send((call, choice)).unwrap());
        let runtime = tokio::runtime::Handle::current();
        let mut notices = Notices::default();

        for (call, key, choice) in [
            ("one", "join", Choice::Join),
            ("two", "decline", Choice::Decline),
            ("quiet", "default", Choice::Show),
        ] {
            notices.show(&runtime, &[notice(call)], &tell);
            let shown = next(&mut heard).await;
            let actions = ["default", "Teilnehmen", "join", "Teilnehmen", "decline", "Ablehnen"];
            let expected = Asked::Notify {
                title: "Farid Rahimi".into(),
                text: "ruft Sie in &lt;b&gt;A &amp; B&lt;/b&gt;".into(),
                actions: actions.map(str::to_owned).into(),
                urgency: if call == "quiet" { 0 } else { 2 },
            };
            assert_eq!(shown, expected);
            let id = service.get().await.shown;
            // A press that comes before the other side listens is made again, as people do.
            let pressed = async {
                loop {
                    Service::action_invoked(service.signal_emitter(), id, key).await.unwrap();
                    if let Ok(told) = timeout(Duration::from_millis(200), chosen.recv()).await {
                        return told.unwrap();
                    }
                }
            };
            let told = timeout(PATIENCE, pressed).await.expect("heard");
            assert_eq!(told, (call.to_owned(), choice));
            notices.show(&runtime, &[], &tell);
        }
        // Answered elsewhere: it goes by itself.
        notices.show(&runtime, &[notice("four")], &tell);
        assert!(matches!(next(&mut heard).await, Asked::Notify { .. }));
        let id = service.get().await.shown;
        notices.show(&runtime, &[], &tell);
        assert_eq!(next(&mut heard).await, Asked::Close(id));
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs inside a D-Bus session of its own, by the test above"]
    async fn tray() {
        let (registered, mut heard) = unbounded_channel();
        let bus = zbus::connection::Builder::session()
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher { registered })
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .build()
            .await
            .unwrap();
        let (out, mut told) = unbounded_channel();
        let tell = Arc::new(move |event| out.send(event).unwrap());
        let tray = Tray::start(look(false), tell).unwrap();
        let item = next(&mut heard).await;
        assert_eq!(next(&mut told).await, DesktopEvent::Tray(true));

        let menu = zbus::Proxy::new(&bus, item.as_str(), "/MenuBar", "com.canonical.dbusmenu")
            .await
            .unwrap();
        type Items = Vec<(i32, HashMap<String, OwnedValue>)>;
        let items: Items = menu
            .call("GetGroupProperties", &(Vec::<i32>::new(), vec!["label", "toggle-state"]))
            .await
            .unwrap();
        let text = |value: &OwnedValue| <&str>::try_from(value).map(str::to_owned).ok();
        let of = |label: &str| {
            let found = items
                .iter()
                .find(|(_, item)| item.get("label").and_then(text).as_deref() == Some(label));
            found.map(|(id, _)| *id).unwrap_or_else(|| panic!("{label}: {items:?}"))
        };
        for (label, event) in [
            ("Katheder zeigen", DesktopEvent::Show),
            ("Beschäftigt", DesktopEvent::Busy(true)),
            ("Verfügbar", DesktopEvent::Busy(false)),
            ("Beenden", DesktopEvent::Quit),
        ] {
            let click = (of(label), "clicked", Value::from(0_i32), 0_u32);
            let _: () = menu.call("Event", &click).await.unwrap();
            assert_eq!(next(&mut told).await, event);
        }
        let icon = zbus::Proxy::new(
            &bus,
            item.as_str(),
            "/StatusNotifierItem",
            "org.kde.StatusNotifierItem",
        )
        .await
        .unwrap();
        let _: () = icon.call("Activate", &(0_i32, 0_i32)).await.unwrap();
        assert_eq!(next(&mut told).await, DesktopEvent::Show);
        tray.look(look(true));
        tokio::task::spawn_blocking(move || drop(tray)).await.unwrap();
        assert_eq!(next(&mut told).await, DesktopEvent::Tray(false));
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "runs inside a D-Bus session of its own, by the test above"]
    async fn nothing() {
        let tell: Arc<dyn Fn(String, Choice) + Send + Sync> = Arc::new(|_, _| panic!("nobody"));
        let mut notices = Notices::default();
        notices.show(&tokio::runtime::Handle::current(), &[notice("one")], &tell);
        let tray = Tray::start(look(false), Arc::new(|event| panic!("{event:?}"))).unwrap();
        // It waits until the thread has found that there is no tray.
        let ended = tokio::task::spawn_blocking(move || drop(tray));
        timeout(PATIENCE, ended).await.expect("no hang").unwrap();
    }
}
