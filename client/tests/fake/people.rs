//! Invented people of the hub: contacts, presence, calls.

use super::*;
use client::live::LiveEvent;
use client::state::{CallsEvent, PeopleEvent};

pub fn summary(id: i64, name: &str, display_name: &str, contact: bool) -> UserSummary {
    UserSummary {
        id,
        name: name.into(),
        display_name: display_name.into(),
        picture_changed_at_ms: (id % 2 == 0).then_some(NOON_MS - 1_000),
        contact,
    }
}

/// The contacts; those with an even key have a picture.
pub fn summaries() -> Vec<UserSummary> {
    vec![
        summary(2, "aylin", "Aylin Demir", true),
        summary(4, "farid", "Farid Rahimi", true),
        summary(6, "sabine", "Sabine Wolff", true),
        summary(8, "petra", "Dr. Petra Hansen", true),
        summary(9, "tobias", "Tobias Lindner", true),
        summary(10, "helene", "Helene Graf", true),
    ]
}

pub fn me() -> Me {
    Me {
        id: 1,
        name: "miriam".into(),
        display_name: "Miriam Vogt".into(),
        email: None,
        language: "de".into(),
        role: AccountRole::Member,
        must_change: false,
        profile: None,
        picture_changed_at_ms: None,
    }
}

pub fn live(event: Event) -> BackendEvent {
    BackendEvent::Live(LiveEvent::Said(event))
}

pub fn welcome() -> Event {
    let presence = |user: &str, presence| UserPresence { user: user.into(), presence };
    Event::Welcome {
        you: presence("miriam", Presence::Online),
        people: vec![
            presence("aylin", Presence::Online),
            presence("farid", Presence::Online),
            presence("sabine", Presence::InCall),
            presence("petra", Presence::Busy),
        ],
        rooms: Vec::new(),
        ringing: Vec::new(),
        calling: Vec::new(),
    }
}

/// Lets a window know the people.
pub fn introduce(window: &mut Window) {
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me()))));
    window.apply(BackendEvent::People(PeopleEvent::Contacts(Ok(summaries()))));
    window.apply(live(welcome()));
}

/// Signed in, with contacts of every presence.
pub fn with_people(language: Language) -> Window {
    let mut window = at_home(language);
    introduce(&mut window);
    window
}

/// Pictures for those who have one.
pub fn faces(window: &mut Window) {
    for person in summaries() {
        if person.picture_changed_at_ms.is_some() {
            let frame = picture(person.id as u32, 256, 256);
            let rgb = client::picture::rgb(&frame);
            let image = egui::ColorImage::from_rgb([256, 256], &rgb);
            window.apply(BackendEvent::Picture(person.name, image));
        }
    }
}

pub fn found(query: &str, users: Vec<UserSummary>) -> BackendEvent {
    BackendEvent::People(PeopleEvent::Found { query: query.into(), users: Ok(users) })
}

pub fn past_call(id: i64, user: &str, incoming: bool, answer: CallAnswer) -> JournalCall {
    let known = summaries();
    let name = known.iter().find(|person| person.name == user).map(|p| p.display_name.clone());
    JournalCall {
        id,
        call: format!("call{id}"),
        incoming,
        user: user.into(),
        display_name: name.unwrap_or_else(|| user.to_owned()),
        room_name: "Mieterberatung".into(),
        number: Some("612004387".into()),
        direct: id % 4 != 0,
        video: id % 3 != 0,
        at_ms: NOON_MS - (40 - id) * 5_400_000,
        answer,
        answered_at_ms: None,
    }
}

/// Newest first, over three days.
pub fn past_calls() -> Vec<JournalCall> {
    use CallAnswer::{Accepted, Busy, Declined, Missed, NotThere};
    vec![
        past_call(40, "farid", true, Missed),
        past_call(39, "farid", false, Accepted),
        past_call(38, "sabine", true, Accepted),
        past_call(37, "tobias", false, NotThere),
        past_call(33, "petra", true, Busy),
        past_call(26, "aylin", false, Declined),
        past_call(24, "helene", true, Accepted),
        past_call(10, "farid", true, Accepted),
    ]
}

pub fn journal(calls: Vec<JournalCall>) -> BackendEvent {
    let page = Ok(Journal { calls, next: None });
    BackendEvent::Calls(CallsEvent::Journal { before: None, page })
}

pub fn ring(call: &str, caller: &str, name: &str, direct: bool) -> Ring {
    Ring {
        call: call.into(),
        caller: caller.into(),
        caller_name: name.into(),
        room: CallRoom { number: "483920175".into(), name: "Mieterberatung".into() },
        direct,
        video: true,
        quiet: false,
        since_ms: NOON_MS - 6_000,
    }
}

/// Renders a window to `target/screens`.
pub fn save(name: &str, window: Window, size: [f32; 2], theme: egui::Theme) {
    let mut page = rendered(window, size, theme);
    page.run_steps(6);
    keep(name, &mut page);
}

pub fn keep(name: &str, page: &mut Harness<'static, Window>) {
    let image = page.render().expect("a picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
    std::fs::create_dir_all(&folder).expect("folder");
    image.save(folder.join(format!("{name}.png"))).expect("writable");
}
