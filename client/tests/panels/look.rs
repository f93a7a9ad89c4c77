//! Rendered pages to look at, and the audit of each panel at every size.

use super::*;
use egui::Theme;

const SIZES: [[f32; 2]; 3] = [[1440.0, 900.0], [1000.0, 700.0], [900.0, 600.0]];

fn keep(name: &str, window: Window, size: [f32; 2], theme: Theme) {
    let mut page = rendered(window, size, theme);
    page.run_steps(4);
    let image = page.render().expect("a picture");
    image.save(folder().join(format!("{name}.png"))).expect("writable");
}

fn folder() -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    folder
}

/// A conference of three, with contacts who are not there.
fn with_few() -> Window {
    let mut few = people();
    few.retain(|person| [1, 2, 9].contains(&person.id.0));
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, few);
    fake::people::introduce(&mut window);
    window.state.toasts.clear();
    with(window, Panel::People)
}

fn with(mut window: Window, panel: Panel) -> Window {
    window.state.call.as_mut().expect("in a call").panel = Some(panel);
    window
}

fn talk(window: &mut Window) {
    let hosts = ChatScope::Hosts;
    let lines = [
        (
            1,
            5,
            "Sabine Wolff",
            ChatScope::Everyone,
            "Willkommen! Fragen bitte mit „An Moderatoren“.",
        ),
        (2, 3, "Dr. Petra Hansen", hosts, "Gilt die Stufenregelung auch für Gewerbeeinheiten?"),
        (3, 9, "Miriam Vogt", ChatScope::Everyone, "Die Tabelle: https://kath.example/tabelle"),
        (
            4,
            4,
            "Farid Rahimi",
            ChatScope::Private { participant: ParticipantId(9) },
            "Ton ist prima.",
        ),
    ];
    for (id, from, name, scope, text) in lines {
        window.apply(hub(HubMessage::Chat { line: line(id, from, name, scope, text) }));
    }
}

fn meeting(panel: Panel) -> Window {
    let mut window = inside(Language::German, RoomKind::GroupCall, 9, {
        let mut everybody = people();
        everybody[2].kind = ParticipantKind::Guest;
        everybody[3].hand_raised_at_ms = Some(NOON_MS - 8_000);
        everybody
    });
    window.apply(hub(two_wait()));
    talk(&mut window);
    let call = window.state.call.as_mut().expect("in a call");
    call.room.pin = Some("730512".into());
    window.state.toasts.clear();
    with(window, panel)
}

fn webinar() -> Window {
    let at = now();
    let mut everybody = people();
    for index in [2, 3, 5, 6, 7] {
        everybody[index].may_publish = false;
        everybody[index].camera = false;
    }
    let mut window = inside(Language::German, RoomKind::Webinar, 9, everybody);
    talk(&mut window);
    window.state.now = at;
    with(window, Panel::Chat)
}

#[test]
fn the_panels_render() {
    let large = [1440.0, 900.0];
    keep("people", meeting(Panel::People), large, Theme::Dark);
    keep("people_light", meeting(Panel::People), [1000.0, 700.0], Theme::Light);
    keep("chat", meeting(Panel::Chat), large, Theme::Dark);
    keep("info", meeting(Panel::Info), large, Theme::Dark);
    keep("info_light", meeting(Panel::Info), [1000.0, 700.0], Theme::Light);
    let mut window = webinar();
    window.apply(hub(two_wait()));
    keep("webinar", window, large, Theme::Dark);
    let mut window = webinar();
    window.apply(hub(HubMessage::State {
        state: ConferenceState::OnHold,
        live_since_ms: Some(NOON_MS - 192_000),
    }));
    window.apply(hub(two_wait()));
    keep("webinar_hold", window, large, Theme::Dark);
    let mut window = joining(Language::German, RoomKind::Webinar);
    window.apply(hub(HubMessage::Waiting {
        reason: WaitReason::OnHold,
        room_name: "Nebenkostenabrechnung 2026".into(),
        resume_token: "t".into(),
    }));
    keep("waiting", window, large, Theme::Dark);
    let mut window = joining(Language::German, RoomKind::GroupCall);
    let (reason, room_name) = (WaitReason::NoHost, "Wochenrunde Verwaltung".into());
    window.apply(hub(HubMessage::Waiting { reason, room_name, resume_token: "t".into() }));
    keep("waiting_low", window, [900.0, 600.0], Theme::Dark);
    let mut window = with_few();
    let by = "Freifrau Maximiliane-Henriette von und zu Hohenlohe-Langenburg".into();
    window.apply(hub(HubMessage::Muted { by }));
    let mut page = rendered(window, [1000.0, 700.0], Theme::Light);
    page.run_steps(2);
    click(&mut page, "Person einladen");
    let image = page.render().expect("a picture");
    image.save(folder().join("people_invite_light.png")).expect("writable");
    let mut page = rendered(meeting(Panel::People), large, Theme::Dark);
    page.run_steps(2);
    pick(&mut page, "Mehr zu Jonas Kettler", "Entfernen");
    let image = page.render().expect("a picture");
    image.save(folder().join("remove.png")).expect("writable");
}

#[test]
fn every_panel_holds_every_text_at_every_size() {
    let mut findings = Vec::new();
    for panel in [Panel::People, Panel::Chat, Panel::Info] {
        for size in SIZES {
            for long in [false, true] {
                let mut window = meeting(panel);
                if long {
                    window.state.texts = window.state.texts.stretched();
                }
                let mut page = harness(window);
                page.set_size(size.into());
                page.run_steps(4);
                let found = audit::findings(&page).into_iter();
                findings.extend(found.map(|f| format!("{panel:?} {size:?} long {long}: {f}")));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}
