//! Calls that ring, here and at the other end; the journal; what the desktop shows of them.

mod fake;

use client::app::Window;
use client::command::{CallsCommand, Command, DesktopCommand};
use client::i18n::Language;
use client::state::{
    BackendEvent, CallsEvent, Choice, DesktopEvent, Failure, Over, Page as Shown, Screen, Stage,
};
use egui::accesskit::Role as Kind;
use egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::playback::chime::Chime;
use fake::people::*;
use fake::*;
use protocol::*;

fn callee(user: &str, answer: CallAnswer) -> Callee {
    Callee { user: user.into(), answer }
}

fn own_call(answers: Vec<Callee>) -> Call {
    let room = CallRoom { number: "905331648".into(), name: "Miriam Vogt – Farid Rahimi".into() };
    Call { call: "own".into(), room, video: true, answers }
}

fn rang(call: Result<Call, Failure>) -> BackendEvent {
    BackendEvent::Calls(CallsEvent::Rang { user: "farid".into(), call })
}

fn answered(answer: CallAnswer) -> BackendEvent {
    live(Event::RingAnswer { call: "own".into(), user: "farid".into(), answer })
}

fn stage(window: &Window) -> Option<&Stage> {
    window.state.calls.outgoing.as_ref().map(|outgoing| &outgoing.stage)
}

/// Calls Farid, and it rings there.
fn calling() -> Window {
    let mut window = with_people(Language::German);
    window.state.call_person("farid", true);
    window.apply(rang(Ok(own_call(vec![callee("farid", CallAnswer::Ringing)]))));
    window.take_commands();
    window
}

fn rings(mut window: Window, rings: Vec<Ring>) -> Window {
    for ring in rings {
        window.apply(live(Event::Ring { ring }));
    }
    window
}

fn ringing() -> Window {
    rings(with_people(Language::German), vec![ring("one", "farid", "Farid Rahimi", true)])
}

fn entered(window: &mut Window, number: &str) -> Option<(bool, bool)> {
    window.take_commands().into_iter().find_map(|command| match command {
        Command::Join { number: joined, microphone, camera, .. } if joined == number => {
            Some((microphone, camera))
        }
        _ => None,
    })
}

#[test]
fn f18_joining_leads_straight_into_the_conference_with_the_remembered_devices() {
    for (choice, without_camera, camera) in [
        (Choice::Join, false, true),
        (Choice::Join, true, false),
        (Choice::JoinAudio, false, false),
    ] {
        let mut window = ringing();
        window.state.settings.join_muted = false;
        window.state.settings.join_without_camera = without_camera;
        window.state.answer_ring("one", choice);
        assert_eq!(window.state.screen, Screen::Call, "no page in between");
        let commands = window.take_commands();
        let answer = CallsCommand::Answer { call: "one".into(), accept: true };
        let join =
            Command::Join { number: "483920175".into(), name: None, microphone: true, camera };
        let place = |wanted: &Command| commands.iter().position(|c| c == wanted);
        assert!(place(&Command::Calls(answer)) < place(&join), "{commands:?}");
        assert!(window.state.calls.ringing.is_empty());
    }
}

#[test]
fn f11_declining_sends_the_answer_and_leaves_everything_else() {
    let mut window = ringing();
    window.state.page = Shown::Contacts;
    let mut page = harness(window);
    page.run_steps(3);
    page.get_by_role_and_label(Kind::Button, "Ablehnen").click();
    page.run_steps(2);
    let answer = CallsCommand::Answer { call: "one".into(), accept: false };
    assert!(page.state_mut().take_commands().contains(&Command::Calls(answer)));
    let state = &page.state().state;
    assert_eq!((state.screen, state.page), (Screen::Main, Shown::Contacts));
}

#[test]
fn enter_takes_a_call_and_escape_declines_it() {
    for (key, accept) in [(Key::Enter, true), (Key::Escape, false)] {
        let mut page = harness(ringing());
        page.run_steps(3);
        page.key_press(key);
        page.run_steps(3);
        let answer = CallsCommand::Answer { call: "one".into(), accept };
        assert!(page.state_mut().take_commands().contains(&Command::Calls(answer)), "{key:?}");
    }
    // Who types somewhere does not answer by accident.
    let mut window = ringing();
    window.state.page = Shown::Contacts;
    let mut page = harness(window);
    page.run_steps(2);
    page.get_by_role_and_label(Kind::SearchInput, "Personen suchen").focus();
    page.run_steps(2);
    page.key_press(Key::Enter);
    page.run_steps(3);
    assert_eq!(page.state().state.calls.ringing.len(), 1);
}

#[test]
fn several_calls_stand_beside_one_another_and_go_when_they_are_answered_elsewhere() {
    let second = ring("two", "aylin", "Aylin Demir", false);
    let mut page = harness(rings(ringing(), vec![second]));
    page.run_steps(3);
    assert_eq!(page.get_all_by_role_and_label(Kind::Button, "Teilnehmen").count(), 2);
    page.get_by_label_contains("ruft Sie in Mieterberatung");
    let ended = Event::RingEnded { call: "one".into(), answer: CallAnswer::Accepted };
    page.state_mut().apply(live(ended));
    page.run_steps(3);
    assert_eq!(page.get_all_by_role_and_label(Kind::Button, "Teilnehmen").count(), 1);
}

#[test]
fn quiet_calls_are_shown_and_never_heard() {
    let sounds = |commands: Vec<Command>| -> Vec<Command> {
        let sound = |c: &Command| matches!(c, Command::Play(_) | Command::Silence(_));
        commands.into_iter().filter(sound).collect()
    };
    let quiet = Ring { quiet: true, ..ring("one", "farid", "Farid Rahimi", true) };
    let mut window = rings(with_people(Language::German), vec![quiet]);
    assert!(sounds(window.take_commands()).is_empty());
    let mut window = rings(window, vec![ring("two", "aylin", "Aylin Demir", true)]);
    assert_eq!(sounds(window.take_commands()), [Command::Play(Chime::Ring)]);
    window.state.answer_ring("two", Choice::Decline);
    assert_eq!(sounds(window.take_commands()), [Command::Silence(Chime::Ring)]);
    let mut window = ringing();
    window.take_commands();
    window.state.answer_ring("one", Choice::Join);
    assert_eq!(sounds(window.take_commands()), [Command::Silence(Chime::Ring)]);
}

#[test]
fn the_system_is_told_of_every_call_and_what_was_pressed_there_counts() {
    let announced = |window: &mut Window| {
        window.take_commands().into_iter().find_map(|command| match command {
            Command::Desktop(DesktopCommand::Announce(notices)) => Some(notices),
            _ => None,
        })
    };
    let mut window = ringing();
    let notices = announced(&mut window).expect("told");
    assert_eq!(notices.len(), 1);
    assert_eq!((&*notices[0].title, &*notices[0].text), ("Farid Rahimi", "ruft Sie mit Video an"));
    assert!(announced(&mut window).is_none(), "once");
    let chosen = |choice| BackendEvent::Calls(CallsEvent::Chosen { call: "one".into(), choice });
    window.apply(chosen(Choice::Show));
    assert!(window.state.desktop.raise && window.state.calls.ringing.len() == 1);
    window.apply(chosen(Choice::Join));
    assert_eq!(window.state.screen, Screen::Call);
    assert_eq!(announced(&mut window), Some(Vec::new()));
    // Pressed too late: the call is gone.
    let mut window = with_people(Language::German);
    window.apply(chosen(Choice::Join));
    assert_eq!(window.state.screen, Screen::Main);
}

#[test]
fn an_accepted_call_leads_into_the_room_and_camera_and_sound_follow_the_call() {
    let mut window = calling();
    assert!(matches!(stage(&window), Some(Stage::Ringing { .. })));
    window.apply(answered(CallAnswer::Accepted));
    assert!(stage(&window).is_none());
    assert_eq!(window.state.screen, Screen::Call);
    assert_eq!(entered(&mut window, "905331648"), Some((false, true)));

    let mut window = with_people(Language::German);
    window.state.call_person("farid", false);
    window.apply(rang(Ok(own_call(vec![callee("farid", CallAnswer::Accepted)]))));
    assert_eq!(entered(&mut window, "905331648"), Some((false, false)), "an audio call");
}

#[test]
fn an_answer_may_overtake_the_hubs_word_that_it_rings() {
    let mut window = with_people(Language::German);
    window.state.call_person("farid", true);
    window.apply(answered(CallAnswer::Accepted));
    window.apply(rang(Ok(own_call(vec![callee("farid", CallAnswer::Ringing)]))));
    assert_eq!(window.state.screen, Screen::Call);
}

#[test]
fn a_call_that_nobody_takes_says_why_and_what_to_do() {
    let refused =
        |code: &str| Failure::Hub { code: code.into(), field: None, message: "in English".into() };
    let one = |answer| Ok(own_call(vec![callee("farid", answer)]));
    for (call, over, words) in [
        (one(CallAnswer::Busy), Over::Busy, "in einem Gespräch und wurde nicht gestört"),
        (one(CallAnswer::Declined), Over::Declined, "hat abgelehnt"),
        (one(CallAnswer::Missed), Over::Missed, "hat nicht abgenommen"),
        (one(CallAnswer::NotThere), Over::NotThere, "ist nicht angemeldet"),
        (Err(refused("not_there")), Over::NotThere, "planen Sie einen Anruf"),
        (Err(refused("ringing")), Over::Rings, "klingelt es bereits"),
        (Err(refused("not_found")), Over::Stranger, "zu Ihren Kontakten hinzu"),
        (Err(Failure::TooManyTries), Over::Failed(Failure::TooManyTries), "Zu viele"),
    ] {
        let mut window = with_people(Language::German);
        window.state.call_person("farid", true);
        window.apply(rang(call));
        assert_eq!(stage(&window), Some(&Stage::Over(over)));
        let mut page = harness(window);
        page.run_steps(3);
        page.get_by_label_contains(words);
        page.get_by_role_and_label(Kind::Button, "Schließen").click();
        page.run_steps(3);
        assert!(page.state().state.calls.outgoing.is_none());
    }
}

#[test]
fn hanging_up_takes_the_call_back_also_before_it_rings() {
    let cancel = Command::Calls(CallsCommand::Cancel { call: "own".into() });
    let mut page = harness(calling());
    page.run_steps(3);
    page.get_by_label_contains("Es klingelt bei Farid Rahimi");
    page.get_by_role_and_label(Kind::Button, "Auflegen").click();
    page.run_steps(3);
    assert!(page.state_mut().take_commands().contains(&cancel));
    let mut window = with_people(Language::German);
    window.state.call_person("farid", true);
    window.state.cancel_outgoing();
    window.apply(rang(Ok(own_call(vec![callee("farid", CallAnswer::Ringing)]))));
    assert!(window.take_commands().contains(&cancel));
    assert_eq!(window.state.screen, Screen::Main);
}

#[test]
fn a_connection_lost_while_it_rings_is_made_good_by_the_welcome() {
    let mut window = calling();
    window.apply(BackendEvent::Live(client::live::LiveEvent::Lost));
    window.apply(live(welcome()));
    assert_eq!(stage(&window), Some(&Stage::Over(Over::Missed)));
    let mut window = calling();
    let Event::Welcome { you, people, .. } = welcome() else { unreachable!() };
    let room = RoomStatus {
        number: "905331648".into(),
        name: String::new(),
        state: RoomState::Live,
        inside: 1,
        waiting: 0,
    };
    let (ringing, calling) = (Vec::new(), Vec::new());
    window.apply(live(Event::Welcome { you, people, rooms: vec![room], ringing, calling }));
    assert_eq!(window.state.screen, Screen::Call, "whoever took it is there");
}

/// Whether the commands hang up on the own call, leave a conference, or go into one.
fn hung_up(commands: &[Command]) -> bool {
    commands.contains(&Command::Calls(CallsCommand::Cancel { call: "own".into() }))
}

fn moved(commands: &[Command]) -> bool {
    commands.iter().any(|command| matches!(command, Command::Leave | Command::Join { .. }))
}

fn conference(window: &Window) -> Option<&str> {
    window.state.call.as_ref().map(|call| &*call.room.number)
}

#[test]
fn whoever_takes_a_call_hangs_up_on_the_own_one_and_is_not_pulled_out_by_its_answer() {
    let mut window = rings(calling(), vec![ring("one", "aylin", "Aylin Demir", true)]);
    window.state.answer_ring("one", Choice::Join);
    assert!(hung_up(&window.take_commands()), "it would go on ringing");
    assert!(stage(&window).is_none());
    // Farid took it while the hub was told.
    window.apply(answered(CallAnswer::Accepted));
    assert_eq!(conference(&window), Some("483920175"));
    assert!(!moved(&window.take_commands()));
}

#[test]
fn going_into_a_room_hangs_up_on_the_own_call() {
    let mut window = calling();
    window.state.open(rooms().remove(1));
    window.state.join();
    assert!(hung_up(&window.take_commands()));
    window.apply(answered(CallAnswer::Accepted));
    assert_eq!(conference(&window), Some("612004387"));
}

#[test]
fn two_who_call_each_other_meet_in_the_call_that_was_taken() {
    let mut window = ringing();
    window.state.call_person("farid", true);
    window.state.answer_ring("one", Choice::Join);
    window.take_commands();
    // The hub took our call for an answer to theirs.
    let room = CallRoom { number: "483920175".into(), name: "Mieterberatung".into() };
    let theirs = Call { call: "one".into(), room, video: true, answers: Vec::new() };
    window.apply(rang(Ok(theirs)));
    assert_eq!(conference(&window), Some("483920175"));
    let commands = window.take_commands();
    assert!(!moved(&commands) && commands.is_empty(), "{commands:?}");
}

#[test]
fn missed_calls_count_until_the_journal_was_seen_also_after_a_restart() {
    let mut window = with_people(Language::German);
    window.apply(journal(past_calls()));
    assert_eq!(window.state.calls.missed_unseen(), 2, "missed, and while in a call");
    window.state.page = Shown::Journal;
    let mut page = harness(window);
    page.run_steps(3);
    assert_eq!(page.state().state.calls.missed_unseen(), 0);
    let settings = page.state().state.settings.clone();
    let mut again = Window::new(settings);
    again.apply(BackendEvent::SignedIn(account()));
    again.apply(journal(past_calls()));
    assert_eq!(again.state.calls.missed_unseen(), 0);
    let mut calls = past_calls();
    calls.insert(0, past_call(41, "aylin", true, CallAnswer::Missed));
    again.apply(journal(calls));
    assert_eq!(again.state.calls.missed_unseen(), 1);
}

#[test]
fn the_journal_pages_merges_and_calls_back() {
    let mut window = with_people(Language::German);
    let page_of = |before, calls: Vec<JournalCall>, next| {
        BackendEvent::Calls(CallsEvent::Journal { before, page: Ok(Journal { calls, next }) })
    };
    let calls = past_calls();
    window.apply(page_of(None, calls[..4].to_vec(), Some(37)));
    window.state.page = Shown::Journal;
    let mut page = harness(window);
    page.run_steps(3);
    page.state_mut().take_commands();
    page.get_by_role_and_label(Kind::Button, "Ältere Anrufe").click();
    page.run_steps(2);
    let older = CallsCommand::LoadJournal { before: Some(37) };
    assert!(page.state_mut().take_commands().contains(&Command::Calls(older)));
    page.state_mut().apply(page_of(Some(37), calls[4..].to_vec(), None));
    page.state_mut().apply(page_of(None, calls[..4].to_vec(), Some(37)));
    let state = &page.state().state.calls;
    assert_eq!(state.journal.as_ref().map(Vec::len), Some(calls.len()), "nothing twice");
    assert_eq!(state.older, None, "the end stays known");
    page.run_steps(2);
    page.get_all_by_role_and_label(Kind::Button, "Farid Rahimi mit Video zurückrufen")
        .next()
        .expect("a missed call")
        .click();
    page.run_steps(2);
    let ring = CallsCommand::RingUser { user: "farid".into(), video: true };
    assert!(page.state_mut().take_commands().contains(&Command::Calls(ring)));
}

#[test]
fn closing_hides_the_window_only_if_wanted_and_if_it_can_be_found_again() {
    let mut window = with_people(Language::German);
    assert!(!window.state.hides_on_close());
    window.state.settings.stay_in_tray = true;
    assert!(!window.state.hides_on_close(), "no tray yet");
    let look = window.take_commands().into_iter().find_map(|command| match command {
        Command::Desktop(DesktopCommand::Tray(look)) => look,
        _ => None,
    });
    assert_eq!(look.and_then(|look| look.is_busy), Some(false));
    window.apply(DesktopEvent::Tray(true).into());
    assert!(window.state.hides_on_close());
    window.apply(DesktopEvent::Quit.into());
    assert!(!window.state.hides_on_close());
}

fn looked_at(window: Window, name: &str, size: [f32; 2], theme: Theme) {
    let mut page: Harness<'_, Window> = rendered(window, size, theme);
    page.run_steps(6);
    keep(name, &mut page);
}

#[test]
fn pages_render() {
    let mut window = ringing();
    faces(&mut window);
    window.state.settings.backdrop = backdrop(client::settings::BackdropKind::Blurred);
    window.state.page = Shown::Contacts;
    let second = ring("two", "aylin", "Aylin Demir", false);
    looked_at(rings(window, vec![second]), "incoming", [1440.0, 900.0], Theme::Dark);
    let audio = Ring { video: false, ..ring("one", "tobias", "Tobias Lindner", true) };
    let window = rings(with_people(Language::English), vec![audio]);
    looked_at(window, "incoming_light", [1000.0, 700.0], Theme::Light);

    let mut window = calling();
    faces(&mut window);
    window.state.page = Shown::Contacts;
    looked_at(window, "outgoing", [1440.0, 900.0], Theme::Dark);
    let mut window = with_people(Language::German);
    window.state.page = Shown::Contacts;
    window.state.call_person("farid", true);
    window.apply(rang(Ok(own_call(vec![callee("farid", CallAnswer::Busy)]))));
    looked_at(window, "outgoing_busy_light", [1000.0, 700.0], Theme::Light);

    let mut window = with_people(Language::German);
    faces(&mut window);
    window.apply(journal(past_calls()));
    window.state.page = Shown::Journal;
    looked_at(window, "journal", [1440.0, 900.0], Theme::Dark);
    let mut window = with_people(Language::English);
    window.apply(journal(past_calls()));
    window.state.page = Shown::Journal;
    window.state.calls.journal_of = Some("farid".into());
    looked_at(window, "journal_light", [1000.0, 700.0], Theme::Light);
}
