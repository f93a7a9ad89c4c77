//! What the window and a browser make of a share.

use super::*;
use client::backend::Backend;
use client::call::CallEvent;
use client::command::{Command as Wish, Purpose, RoomsCommand};
use client::settings::Settings;
use client::state::{BackendEvent, RoomsEvent};
use client::video_texture::Feed;
use protocol::{CreateRoom, HubMessage};
use std::sync::Arc;

/// The next event of the window's other half for which `pick` gives something.
fn hear<T>(backend: &Backend, what: &str, pick: impl Fn(BackendEvent) -> Option<T>) -> T {
    let deadline = now() + LIMIT;
    loop {
        let left = deadline.saturating_duration_since(now());
        let event = backend.events.recv_timeout(left).unwrap_or_else(|_| panic!("no {what}"));
        if let Some(picked) = pick(event) {
            return picked;
        }
    }
}

#[test]
fn the_window_lists_what_there_is_shows_its_own_share_and_tells_the_room() {
    let name = "shown::the_window_lists_what_there_is_shows_its_own_share_and_tells_the_room";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        let listen = "127.0.0.1:0".parse().expect("an address");
        let backend = Backend::start(&Settings::default(), listen, None, None, Arc::new(|| ()))
            .expect("a back end");
        let say = |command| backend.commands.send(command).expect("it listens");
        hear(&backend, "sign-in", |event| matches!(event, BackendEvent::SignedIn(_)).then_some(()));
        let room = CreateRoom {
            name: "Probe".into(),
            kind: RoomKind::GroupCall,
            members: Vec::new(),
            ad_hoc: false,
        };
        say(Wish::Rooms(RoomsCommand::Create { room, purpose: Purpose::Keep }));
        let number = hear(&backend, "room", |event| match event {
            BackendEvent::Room(RoomsEvent::Created { room: Ok(room), .. }) => Some(room.number),
            _ => None,
        });
        say(Wish::OpenRoom { number: number.clone(), camera: true });
        let view = hear(&backend, "view", |event| match event {
            BackendEvent::Video(Feed::OwnScreen, view) => Some(view),
            _ => None,
        });
        say(Wish::Join { number, name: None, microphone: false, camera: false });
        hear(&backend, "entry", |event| {
            matches!(event, BackendEvent::Call(CallEvent::Hub(HubMessage::Joined { .. })))
                .then_some(())
        });
        say(Wish::ListScreens);
        let listed = hear(&backend, "list", |event| match event {
            BackendEvent::Screens(listed) => Some(listed),
            _ => None,
        });
        let (figures, _) =
            listed.iter().find(|(choice, _)| choice.name == "Figures").expect("the window");
        assert_eq!(figures.id, format!("window:{}", page.window));
        say(Wish::ShareScreen(figures.id.clone()));
        let told = |on: bool| {
            move |event| match event {
                BackendEvent::Call(CallEvent::Hub(HubMessage::ParticipantChanged {
                    participant,
                })) if participant.screen == on => Some(()),
                _ => None,
            }
        };
        hear(&backend, "word to the room", told(true));
        let frame = view.wait(LIMIT).expect("the own share");
        assert_eq!((frame.width, frame.height), (900, 500));
        // Whoever may not present any more shares nothing, and does not begin to by themselves.
        say(Wish::StopSending);
        hear(&backend, "word to the room", told(false));
        say(Wish::SetMicrophone(true));
        let screen =
            hear(&backend, "open microphone", |event| match event {
                BackendEvent::Call(CallEvent::Hub(HubMessage::ParticipantChanged {
                    participant,
                })) if participant.microphone => Some(participant.screen),
                _ => None,
            });
        assert!(!screen);
        say(Wish::ShareScreen(figures.id.clone()));
        hear(&backend, "word to the room", told(true));
        page.close().expect("closes");
        hear(&backend, "end", |event| matches!(event, BackendEvent::SharingEnded).then_some(()));
        hear(&backend, "word to the room", told(false));
    });
}

/// Pictures decoded and their size in one of the page's slots.
const SLOT: &str = "(async () => { let found = { decoded: 0, width: 0, height: 0 }; \
    for (const s of (await window.katheder.pc.getStats()).values()) \
    if (s.type === 'inbound-rtp' && s.kind === 'video' && (s.framesDecoded ?? 0) > found.decoded) \
    found = { decoded: s.framesDecoded, width: s.frameWidth, height: s.frameHeight }; return found; })()";

#[test]
fn a_browser_sees_the_shared_window() {
    let name = "shown::a_browser_sees_the_shared_window";
    on_a_desktop(name, SIZE, |desktop| {
        let page = page(desktop);
        for codec in [VideoCodec::H264, VideoCodec::Vp8] {
            let venue = Venue::open(RoomKind::GroupCall).expect("a hub");
            let mut presenter = venue.host(config("presenter", codec)).expect("a presenter");
            presenter
                .until("joining", |native| native.snapshot.as_ref().map(drop))
                .expect("joined");
            share(&presenter, Some(ScreenSource::Window(page.window)));
            let link = venue.link();
            let seen = venue.runtime.block_on(async {
                let mut browser = katheder_suite::chromium::Chromium::start().await?;
                browser.open(&link).await?;
                browser.fill("#name", "Browser").await?;
                browser.click("#join").await?;
                let shown = format!("{SLOT}.then(s => s.width === 900 && s.height === 500)");
                browser.wait_for(&shown, LIMIT).await?;
                // The newest page on its way through: text that changes goes on arriving.
                page.turn(50)?;
                let more = format!("{SLOT}.then(s => s.decoded > 5)");
                browser.wait_for(&more, LIMIT).await?;
                let picture = format!("target/screens/guest_share_{codec:?}.png");
                browser.screenshot(std::path::Path::new(&picture)).await
            });
            seen.unwrap_or_else(|error| panic!("{codec:?}: {error:#}"));
        }
    });
}
