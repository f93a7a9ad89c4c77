//! Links that open a room, and the one window that opens them.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

mod fake;

use client::command::{Command, DesktopCommand};
use client::i18n::Language;
use client::instance::{self, Start};
use client::links::Link;
use client::state::{BackendEvent, DesktopEvent, RoomsEvent, Said, Screen};
use fake::*;
use protocol::RoomKind;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, mpsc};
use std::time::Duration;

const TOKEN: &str = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";

fn number(digits: &str) -> Option<Link> {
    Some(Link::Number(digits.to_owned()))
}

fn page(hub: &str) -> Option<Link> {
    Some(Link::Page { hub: hub.to_owned(), token: TOKEN.to_owned() })
}

#[test]
fn links_are_read_as_people_and_programs_write_them() {
    for text in [
        "katheder://join/483920175",
        "katheder://join/483920175/",
        "KATHEDER://JOIN/483920175",
        "katheder:join/483920175",
        "katheder://join/483%20920%20175",
        " 483 920 175 \n",
        "483-920-175",
    ] {
        assert_eq!(Link::parse(text), number("483920175"), "{text}");
    }
    let token = format!("katheder://join/{TOKEN}");
    assert_eq!(Link::parse(&token), Some(Link::Token(TOKEN.to_owned())));
    for text in [
        format!("https://hub.example:7480/j/{TOKEN}"),
        format!("katheder://join/https://hub.example:7480/j/{TOKEN}"),
        format!("katheder://join/https:/hub.example:7480/j/{TOKEN}"),
        format!("katheder://join/https%3A%2F%2Fhub.example%3A7480%2Fj%2F{TOKEN}"),
        format!("HTTPS://HUB.example:7480/j/{TOKEN}/?from=mail#top"),
    ] {
        assert_eq!(Link::parse(&text), page("https://hub.example:7480"), "{text}");
    }
    for link in [number("483920175"), Some(Link::Token(TOKEN.into())), page("https://h.example")] {
        assert_eq!(Link::parse(&link.as_ref().unwrap().to_text()), link);
    }
}

#[test]
fn hostile_links_are_none() {
    let long = format!("katheder://join/{}", "A".repeat(100_000));
    for text in [
        "",
        "katheder://",
        "katheder://join/",
        "katheder://leave/483920175",
        "katheder://join/48392017",
        "katheder://join/4839201755",
        "katheder://join/../../etc/passwd",
        "katheder://join/javascript:alert(1)",
        "katheder://join/file:///etc/passwd",
        "katheder://join/https://user:secret@hub.example/j/abcdefghij",
        "katheder://join/https://hub.example/admin/abcdefghij",
        "katheder://join/https://hub.example/j/abc\u{0}defghij",
        "katheder://join/%00%00%00%00%00%00%00%00",
        "katheder://join/abc%0Adefghijk",
        "katheder://join/%",
        "katheder://join/%4",
        "katheder://join/%zz",
        "katheder://join/%ff%fe%ff%fe%ff%fe%ff%fe",
        "--listen=0.0.0.0:80",
        "٤٨٣٩٢٠١٧٥",
        "kathedér://join/483920175",
        long.as_str(),
    ] {
        assert_eq!(Link::parse(text), None, "{text:.60}");
    }
}

#[test]
fn links_never_reach_a_log() {
    for link in [number("483920175"), Some(Link::Token(TOKEN.into())), page("https://hub.example")]
    {
        let link = link.unwrap();
        let shown = format!("{link:?}") + &format!("{:?}", DesktopEvent::Open(link));
        assert!(!shown.contains(TOKEN) && !shown.contains("483920175"), "{shown}");
    }
    let browse = DesktopCommand::Browse(format!("https://hub.example/j/{TOKEN}"));
    assert!(!format!("{browse:?}").contains(TOKEN));
}

fn open(window: &mut client::app::Window, link: Link) {
    window.apply(DesktopEvent::Open(link).into());
}

#[test]
fn a_number_leads_to_the_rooms_pre_join_page_and_raises_the_window() {
    let mut window = at_home(Language::German);
    open(&mut window, Link::Number("612004387".into()));
    assert!(window.state.desktop.raise);
    assert_eq!(window.state.screen, Screen::PreJoin);
    let room = &window.state.pre_join.as_ref().unwrap().room;
    assert_eq!(room.name, "Wochenrunde Verwaltung");
    let opened = Command::OpenRoom { number: "612004387".into(), camera: true };
    assert!(window.take_commands().contains(&opened));
    // A room that is on no list of ours: the hub decides.
    let mut window = at_home(Language::German);
    open(&mut window, Link::Number("111222333".into()));
    assert_eq!(window.state.pre_join.as_ref().unwrap().room.number, "111222333");
}

#[test]
fn a_link_waits_for_the_sign_in_and_for_the_end_of_a_conference() {
    let mut window = client::app::Window::new(settings(Language::German));
    open(&mut window, Link::Number("612004387".into()));
    window.apply(BackendEvent::SignInNeeded);
    assert_eq!(window.state.screen, Screen::SignIn);
    window.apply(BackendEvent::SignedIn(account()));
    assert_eq!(window.state.screen, Screen::Main, "the rooms are not known yet");
    window.apply(BackendEvent::Room(RoomsEvent::Listed(Ok(rooms()))));
    assert_eq!(window.state.screen, Screen::PreJoin);

    let mut window = inside(Language::German, RoomKind::GroupCall, 9, people());
    open(&mut window, Link::Number("483920175".into()));
    assert_eq!(window.state.screen, Screen::Call, "nobody is torn out of a conference");
    assert!(matches!(window.state.desktop.said, Some((Said::LinkWaits, _))));
    window.state.go_home();
    assert_eq!(window.state.screen, Screen::PreJoin);
}

#[test]
fn a_guest_link_opens_the_room_that_we_moderate_and_else_the_browser() {
    let mut window = at_home(Language::German);
    window.state.rooms.list.as_mut().unwrap()[1].link_path = format!("/j/{TOKEN}");
    open(&mut window, page("https://kath.example").unwrap());
    assert_eq!(window.state.screen, Screen::PreJoin);

    for (link, address) in [
        (page("https://other.example").unwrap(), format!("https://other.example/j/{TOKEN}")),
        (Link::Token(TOKEN.into()), format!("https://kath.example/j/{TOKEN}")),
    ] {
        let mut window = at_home(Language::German);
        open(&mut window, link);
        assert_eq!(window.state.screen, Screen::Main);
        assert!(matches!(window.state.desktop.said, Some((Said::LinkInBrowser, _))));
        let browse = Command::Desktop(DesktopCommand::Browse(address));
        assert!(window.take_commands().contains(&browse));
    }
    // The same token at another hub is another room.
    let mut window = at_home(Language::German);
    window.state.rooms.list.as_mut().unwrap()[1].link_path = format!("/j/{TOKEN}");
    open(&mut window, page("https://kath.example.evil.example").unwrap());
    assert_eq!(window.state.screen, Screen::Main);
}

/// A first window that listens in a folder of its own, and what it hears.
struct Listening {
    folder: tempfile::TempDir,
    heard: mpsc::Receiver<DesktopEvent>,
    runtime: tokio::runtime::Runtime,
    listening: instance::Listening,
}

fn first() -> Listening {
    let folder = tempfile::tempdir().unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let Start::First(first) = instance::start(folder.path(), None).unwrap() else {
        panic!("nobody else is there")
    };
    let (tell, heard) = mpsc::channel();
    let tell = Arc::new(move |event| drop(tell.send(event)));
    let listening = first.listen(runtime.handle(), tell).unwrap();
    Listening { folder, heard, runtime, listening }
}

#[test]
fn a_second_start_hands_its_link_over_and_ends() {
    let first = first();
    let wait = Duration::from_secs(10);
    let link = Link::Number("483920175".into());
    assert!(matches!(
        instance::start(first.folder.path(), Some(&link)).unwrap(),
        Start::HandedOver
    ));
    assert_eq!(first.heard.recv_timeout(wait).unwrap(), DesktopEvent::Open(link));
    assert!(matches!(instance::start(first.folder.path(), None).unwrap(), Start::HandedOver));
    assert_eq!(first.heard.recv_timeout(wait).unwrap(), DesktopEvent::Show);
    // Gone: the next start is the first.
    drop(first.listening);
    first.runtime.shutdown_timeout(wait);
    assert!(matches!(instance::start(first.folder.path(), None).unwrap(), Start::First(_)));
}

#[test]
fn what_a_dead_window_left_behind_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("katheder.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(socket.exists(), "a dead socket");
    std::fs::write(folder.path().join("katheder.lock"), "").unwrap();
    assert!(matches!(instance::start(folder.path(), None).unwrap(), Start::First(_)));
}

#[test]
fn a_window_that_holds_the_lock_and_does_not_listen_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(folder.path().join("katheder.lock")).unwrap();
    lock.lock().unwrap();
    assert!(instance::start(folder.path(), None).is_err());
}

#[test]
fn garbage_on_the_socket_is_answered_with_nothing() {
    let first = first();
    let socket = first.folder.path().join("katheder.sock");
    for garbage in [&b"javascript:alert(1)\n"[..], &[0xff; 10_000], b"no end of line"] {
        let mut stream = UnixStream::connect(&socket).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // It may hang up while we still write.
        let _ = stream.write_all(garbage);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty());
    }
    assert!(first.heard.try_recv().is_err());
    let mode = std::os::unix::fs::PermissionsExt::mode(&socket.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_desktop_entry_takes_the_scheme() {
    let entry = include_str!("../../packaging/org.katheder.Katheder.desktop");
    for line in ["MimeType=x-scheme-handler/katheder;", "Exec=katheder %u", "Type=Application"] {
        assert!(entry.lines().any(|found| found == line), "{line}");
    }
}
