//! Rooms with people in them.

use crate::fake::*;
use client::app::Window;
use client::command::{Command, RoomsCommand};
use client::i18n::Language;
use client::live::LiveEvent;
use client::state::{BackendEvent, Failure, PeopleEvent, RoomsEvent};
use protocol::*;

/// The room on show.
pub const ROUND: &str = "612006120";
/// Where guests wait.
pub const ADVICE: &str = "700118254";
/// Where nothing happens.
pub const OFFICE: &str = "415926535";
/// With a last line that nobody read.
pub const TECHNIC: &str = "271828182";

pub fn event(event: RoomsEvent) -> BackendEvent {
    BackendEvent::Room(event)
}

pub fn live(event: Event) -> BackendEvent {
    BackendEvent::Live(LiveEvent::Said(event))
}

pub fn status(number: &str, state: RoomState, inside: usize, waiting: usize) -> RoomStatus {
    let own = own_rooms().into_iter().find(|room| room.number == number);
    let name = own.map_or_else(String::new, |room| room.name);
    RoomStatus { number: number.into(), name, state, inside, waiting }
}

pub fn user(id: i64, name: &str, display_name: &str) -> UserSummary {
    let display_name = display_name.to_owned();
    let picture_changed_at_ms = None;
    UserSummary { id, name: name.into(), display_name, picture_changed_at_ms, contact: true }
}

pub fn contacts() -> Vec<UserSummary> {
    vec![
        user(2, "aylin", "Aylin Demir"),
        user(3, "petra", "Dr. Petra Hansen"),
        user(4, "farid", "Farid Rahimi"),
        user(5, "helene", "Helene Graf"),
        user(6, "sabine", "Sabine Wolff"),
        user(7, "tobias", "Tobias Lindner"),
    ]
}

fn me() -> Me {
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

pub fn members() -> Vec<RoomMember> {
    let member = |user, name: &str, display_name: &str, standing| RoomMember {
        user,
        name: name.into(),
        display_name: display_name.into(),
        standing,
    };
    let mut members = vec![
        member(1, "miriam", "Miriam Vogt", Standing::Owner),
        member(8, "jonas", "Jonas Kettler", Standing::Host),
        member(9, "mai", "Nguyễn Thị Mai", Standing::Member),
        member(10, "carlos", "Carlos Mendes", Standing::Member),
    ];
    let others = contacts().into_iter();
    members.extend(others.map(|c| member(c.id, &c.name, &c.display_name, Standing::Member)));
    members
}

pub fn details(room: Room) -> RoomDetails {
    let way_in = room.policy.guests.then(|| WayIn {
        url: format!("https://kath.example/j/{}", room.number),
        login_url: format!("https://kath.example/login?number={}", room.number),
        phone_number: Some("030 5550 0142".into()),
        text_de: format!(
            "{}\n\nLink: https://kath.example/j/{}\nPIN: 7305\n",
            room.name, room.number
        ),
        text_en: format!("{}\n\nLink in English\n", room.name),
    });
    RoomDetails { room, way_in }
}

pub fn own_rooms() -> Vec<Room> {
    let mut technic = room("Technik und Zähler", RoomKind::GroupCall, TECHNIC);
    technic.policy.guests = false;
    let mut rooms = vec![
        room("Sprechstunde Miriam Vogt", RoomKind::GroupCall, OFFICE),
        technic,
        room("Mieterberatung", RoomKind::GroupCall, ADVICE),
        room("Wochenrunde Verwaltung", RoomKind::GroupCall, ROUND),
    ];
    for (age, room) in rooms.iter_mut().enumerate() {
        room.created_at_ms = NOON_MS - 86_400_000 * (age as i64 + 1);
    }
    rooms
}

/// By the account that is called so; by a guest where none is.
pub fn said(id: i64, from: &str, minutes_ago: i64, text: &str) -> ChatLine {
    let writer = members().into_iter().find(|member| member.display_name == from);
    ChatLine {
        id,
        from: None,
        from_name: from.into(),
        account: writer.map(|member| member.name),
        scope: ChatScope::Everyone,
        text: text.into(),
        at_ms: NOON_MS - minutes_ago * 60_000,
    }
}

pub fn lines() -> Vec<ChatLine> {
    vec![
        said(40, "Dr. Petra Hansen", 1500, "Der Plan für die Woche steht im Ordner."),
        said(
            41,
            "Jonas Kettler",
            36,
            "Ich starte um halb. Bitte die Liste der offenen Mängel bereithalten.",
        ),
        said(
            42,
            "Nguyễn Thị Mai",
            34,
            "Liegt unter https://akten.example/lindenhof bereit. Punkt 4 und 7 sind seit heute früh erledigt.",
        ),
        said(
            43,
            "Miriam Vogt",
            31,
            "Ich komme etwa zehn Minuten später, das Webinar beginnt um zwei.",
        ),
        said(
            44,
            "Carlos Mendes",
            19,
            "Frage zu Punkt 9: Wer hat den Schlüssel für den Heizungskeller?",
        ),
    ]
}

/// Signed in and heard, with four rooms, and nothing asked yet.
pub fn quiet(language: Language) -> Window {
    let mut window = at_home(language);
    window.state.now = now();
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me()))));
    window.apply(BackendEvent::People(PeopleEvent::Contacts(Ok(contacts()))));
    window.state.rooms = Default::default();
    welcome(&mut window, Vec::new());
    window.apply(event(RoomsEvent::Listed(Ok(own_rooms()))));
    window.take_commands();
    window
}

fn welcome(window: &mut Window, rooms: Vec<RoomStatus>) {
    let presence = |user: &str, presence| UserPresence { user: user.into(), presence };
    window.apply(live(Event::Welcome {
        you: presence("miriam", Presence::Online),
        people: vec![
            presence("aylin", Presence::Online),
            presence("farid", Presence::Online),
            presence("sabine", Presence::InCall),
            presence("petra", Presence::Busy),
        ],
        rooms,
        ringing: Vec::new(),
        calling: Vec::new(),
    }));
}

/// The morning of the mock-up: one conference runs, guests wait elsewhere, a chat goes on.
pub fn busy(language: Language) -> Window {
    let mut window = quiet(language);
    welcome(
        &mut window,
        vec![status(ADVICE, RoomState::SomeoneWaits, 0, 3), status(ROUND, RoomState::Live, 9, 0)],
    );
    window.state.rooms.since.insert(ROUND.into(), NOON_MS - 1_334_000);
    show(&mut window, ROUND);
    let line = said(9, "Emre Kaya", 4, "Zähler 14 ist getauscht");
    window.apply(live(Event::RoomChat { number: TECHNIC.into(), line }));
    let line = said(10, "Emre Kaya", 3, "Zähler 14 ist getauscht");
    window.apply(live(Event::RoomChat { number: TECHNIC.into(), line }));
    window.take_commands();
    window
}

/// A room on show, with everything that the hub answers about it.
pub fn show(window: &mut Window, number: &str) {
    window.state.rooms.select(number);
    let room = window.state.rooms.get(number).expect("a room").clone();
    let number = || number.to_owned();
    window.apply(event(RoomsEvent::Details { number: number(), details: Ok(details(room)) }));
    window.apply(event(RoomsEvent::Members { number: number(), members: Ok(members()) }));
    window.apply(event(RoomsEvent::Links { number: number(), links: Ok(vec![link(1, "Beirat")]) }));
    let inside = ["Jonas Kettler", "Sabine Wolff", "Nguyễn Thị Mai", "Carlos Mendes"];
    let inside = inside.map(str::to_owned).to_vec();
    let people = PeopleNow { inside, waiting: Vec::new() };
    window.apply(event(RoomsEvent::People { number: number(), people: Ok(people) }));
    window.apply(event(capacity(48)));
    let page = Ok(ChatPage { lines: lines(), before: None });
    window.apply(event(RoomsEvent::ChatPage { number: number(), before: None, page }));
}

pub fn link(id: i64, label: &str) -> RoomLink {
    RoomLink {
        id,
        label: label.into(),
        link_path: format!("/j/further-{id}"),
        url: format!("https://kath.example/j/further-{id}"),
        created_at_ms: NOON_MS,
        expires_at_ms: Some(NOON_MS + 7 * 86_400_000),
        revoked_at_ms: None,
    }
}

pub fn capacity(free: usize) -> RoomsEvent {
    let capacity = Capacity { total: 50, used: 50 - free, free, planned: 12, enough: true };
    RoomsEvent::Capacity { capacity: Ok(capacity), latency_ms: 18 }
}

pub fn refused(code: &str) -> Failure {
    Failure::Hub { code: code.into(), field: None, message: "no".into() }
}

pub fn wrong(field: &str) -> Failure {
    let message = "wrong".into();
    Failure::Hub { code: "invalid".into(), field: Some(field.into()), message }
}

/// What was asked about rooms since the last look.
pub fn asked(window: &mut Window) -> Vec<RoomsCommand> {
    let rooms = |command| match command {
        Command::Rooms(wish) => Some(wish),
        _ => None,
    };
    window.take_commands().into_iter().filter_map(rooms).collect()
}
