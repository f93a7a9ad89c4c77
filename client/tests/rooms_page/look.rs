//! Renders the page to `target/screens/rooms_*.png`, to be looked at.

use crate::fake::*;
use crate::scene::*;
use client::app::Window;
use client::i18n::Language;
use client::state::{RoomsEvent, StartForm};
use egui::Theme;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use protocol::*;

const LARGE: [f32; 2] = [1440.0, 900.0];
const MEDIUM: [f32; 2] = [1000.0, 700.0];

fn save(
    name: &str,
    window: Window,
    size: [f32; 2],
    theme: Theme,
    act: impl FnOnce(&mut Harness<'static, Window>),
) {
    let mut page = rendered(window, size, theme);
    page.run_steps(4);
    act(&mut page);
    page.run_steps(6);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    let image = page.render().expect("a picture");
    image.save(folder.join(format!("rooms_{name}.png"))).expect("writable");
}

fn press(page: &mut Harness<'static, Window>, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(4);
}

#[test]
fn the_page_renders_in_every_width_dark_and_light() {
    save("dark", busy(Language::German), LARGE, Theme::Dark, |_| {});
    save("light", busy(Language::German), LARGE, Theme::Light, |page| {
        press(page, "In Zwischenablage kopieren");
        press(page, "Alle zeigen");
    });
    save("medium", busy(Language::German), MEDIUM, Theme::Dark, |_| {});
    save("overlay", busy(Language::German), MEDIUM, Theme::Light, |page| {
        press(page, "Informationen zum Raum");
    });
    save("narrow_list", busy(Language::German), [860.0, 640.0], Theme::Dark, |page| {
        page.state_mut().state.rooms.show_chat = false;
    });
    save("narrow_chat", busy(Language::English), [860.0, 640.0], Theme::Light, |_| {});
}

#[test]
fn quiet_empty_and_waiting_rooms_render() {
    let mut window = quiet(Language::German);
    show(&mut window, OFFICE);
    let number = OFFICE.to_owned();
    window.state.rooms.chats.clear();
    let page = Ok(ChatPage { lines: Vec::new(), before: None });
    window.apply(event(RoomsEvent::ChatPage { number, before: None, page }));
    window.state.rooms.info.qr_code = true;
    save("quiet", window, LARGE, Theme::Dark, |_| {});
    let mut window = quiet(Language::German);
    window.apply(event(RoomsEvent::Listed(Ok(Vec::new()))));
    save("empty", window, LARGE, Theme::Light, |_| {});
    let mut window = busy(Language::German);
    show(&mut window, ADVICE);
    let waiting = |id, name: &str, ago_ms| WaitingPerson {
        id: ParticipantId(id),
        name: name.into(),
        kind: ParticipantKind::Guest,
        since_ms: NOON_MS - ago_ms,
    };
    let waiting = vec![waiting(1, "Familie Brandt", 190_000), waiting(2, "Herr Öz", 72_000)];
    let people = PeopleNow { inside: Vec::new(), waiting };
    window.apply(event(RoomsEvent::People { number: ADVICE.into(), people: Ok(people) }));
    window.apply(event(capacity(0)));
    save("waiting", window, LARGE, Theme::Dark, |_| {});
}

#[test]
fn dialogs_render() {
    let mut window = busy(Language::German);
    window.state.prepare_call();
    if let Some(form) = &mut window.state.rooms.start {
        form.people.people = contacts().into_iter().take(2).collect();
        form.external = true;
        let room = room("Mängel im Lindenhof", RoomKind::GroupCall, "905331648");
        form.details = Some(details(room.clone()));
        form.room = Some(room);
    }
    save("call_now", window, LARGE, Theme::Dark, |_| {});
    let mut window = busy(Language::German);
    window.state.rooms.start = Some(StartForm { external: true, ..StartForm::default() });
    save("call_now_light", window, MEDIUM, Theme::Light, |_| {});
    save("create", busy(Language::German), LARGE, Theme::Light, |page| {
        press(page, "Neuer Raum");
        press(page, "Raum anlegen");
    });
    let mut window = busy(Language::German);
    window.state.rooms.info.embed = Some(Default::default());
    let code = EmbedCode {
        script: "<div data-katheder-login=\"612006120\"></div>\n<script src=\"https://kath.example/login/embed.js\" defer></script>".into(),
        frame: "<iframe src=\"https://kath.example/login/embed?number=612006120\" title=\"Sitzungslogin\" width=\"360\" height=\"420\"></iframe>".into(),
        url: "https://kath.example/login?number=612006120".into(),
    };
    window.apply(event(RoomsEvent::Embed { number: ROUND.into(), code: Ok(code) }));
    save("embed", window, LARGE, Theme::Dark, |_| {});
    let mut window = busy(Language::German);
    let outcome = Ok(client::net::Rung::Ask(11));
    window.apply(event(RoomsEvent::Rung { number: ROUND.into(), outcome }));
    save("ring", window, MEDIUM, Theme::Dark, |_| {});
    let mut window = busy(Language::German);
    let (_, chat) = window.state.rooms.chat_mut().expect("a chat");
    chat.draft = "Der Schlüssel liegt bei mir im Büro.".into();
    let sent = chat.send(ROUND);
    assert!(sent.is_some());
    let line = Err(client::state::Failure::Unreachable("Verbindung verweigert".into()));
    window.apply(event(RoomsEvent::Written { number: ROUND.into(), key: 1, line }));
    save("unsent", window, MEDIUM, Theme::Dark, |_| {});
}
