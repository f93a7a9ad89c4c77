//! Waiting, removing, lock, hold, policies, room information, roles.

use super::*;
use client::state::{Toast, Why};
use engine::config::{CameraSource, MicrophoneSource};

fn held() -> HubMessage {
    HubMessage::State { state: ConferenceState::OnHold, live_since_ms: Some(NOON_MS - 1_334_000) }
}

#[test]
fn f5_f12_who_waits_is_listed_with_kind_and_time_and_admitted_one_by_one() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    told(&mut page, two_wait());
    page.get_by_label("2 warten");
    page.get_by_role_and_label(Kind::ListItem, "Hanna Keller, Gast · seit 01:05");
    page.get_by_role_and_label(Kind::ListItem, "Emre Kemal, Angemeldet · seit 01:05");
    click(&mut page, "Hanna Keller einlassen");
    click(&mut page, "Alle einlassen");
    assert_eq!(wishes(&mut page), [Command::Admit(ParticipantId(31)), Command::AdmitAll]);
}

#[test]
fn f5_refusing_somebody_at_the_door_asks_first() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    told(&mut page, two_wait());
    click(&mut page, "Hanna Keller ablehnen");
    page.get_by_role_and_label(Kind::Dialog, "Hanna Keller entfernen?");
    click(&mut page, "Entfernen");
    assert_eq!(wishes(&mut page), [Command::Remove(ParticipantId(31))]);
    assert!(page.query_by_label("Hanna Keller entfernen?").is_none());
}

#[test]
fn f5_a_knock_stays_on_show_until_it_is_answered() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    let one = vec![waits(31, "Hanna Keller", ParticipantKind::Guest)];
    told(&mut page, HubMessage::WaitingList { waiting: one });
    // Much longer than any other message stays.
    page.run_steps(60);
    page.get_by_role_and_label(Kind::Alert, "Hanna Keller wartet vor der Tür");
    click(&mut page, "Einlassen");
    assert_eq!(wishes(&mut page), [Command::Admit(ParticipantId(31))]);
    told(&mut page, two_wait());
    page.get_by_role_and_label(
        Kind::Alert,
        "2 Personen warten vor der Tür: Hanna Keller, Emre Kemal",
    );
    told(&mut page, HubMessage::WaitingList { waiting: Vec::new() });
    assert!(!says(&page, Kind::Alert, "vor der Tür"));
}

#[test]
fn f5_only_hosts_know_who_waits() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    told(&mut page, two_wait());
    let mut me = people().remove(8);
    me.role = Role::Attendee;
    told(&mut page, HubMessage::ParticipantChanged { participant: me });
    assert!(call(&page).waiting.is_empty());
    assert!(!says(&page, Kind::Alert, "vor der Tür"));
    assert!(says(&page, Kind::Alert, "Sie moderieren nicht mehr"));
}

#[test]
fn f14_a_host_removes_one_person_after_a_question() {
    let mut everybody = people();
    everybody[2].kind = ParticipantKind::Guest;
    let window = inside(Language::German, RoomKind::GroupCall, 9, everybody);
    let mut page = open(window, Panel::People);
    pick(&mut page, "Mehr zu Dr. Petra Hansen", "Entfernen");
    assert!(says(&page, Kind::Label, "Mit dem Link könnte sie neu beitreten"));
    // The safe button has the keyboard.
    assert!(page.get_by_role_and_label(Kind::Button, "Abbrechen").is_focused());
    click(&mut page, "Abbrechen");
    assert_eq!(wishes(&mut page), []);
    pick(&mut page, "Mehr zu Farid Rahimi", "Entfernen");
    click(&mut page, "Entfernen");
    assert_eq!(wishes(&mut page), [Command::Remove(ParticipantId(4))]);
}

#[test]
fn f14_the_question_goes_with_the_person() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    pick(&mut page, "Mehr zu Farid Rahimi", "Entfernen");
    told(&mut page, HubMessage::ParticipantLeft { participant: ParticipantId(4) });
    assert!(page.query_by_label("Farid Rahimi entfernen?").is_none());
}

#[test]
fn f12_everybody_is_muted_by_one_button() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    click(&mut page, "Alle stumm");
    assert_eq!(wishes(&mut page), [Command::MuteAll]);
}

#[test]
fn d6_the_invitation_comes_from_the_people_panel() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::People);
    click(&mut page, "Person einladen");
    let link = copied(&mut page, |page| {
        page.get_by_role_and_label(Kind::MenuItem, "Link kopieren").click();
    });
    assert_eq!(link, ["https://kath.example/j/612004387"]);
    click(&mut page, "Person einladen");
    let all = copied(&mut page, |page| {
        page.get_by_role_and_label(Kind::MenuItem, "In Zwischenablage kopieren").click();
    });
    let [text] = &all[..] else { panic!("{all:?}") };
    for part in ["Wochenrunde Verwaltung", "https://kath.example/j/612004387", "612 004 387"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn i7_the_room_is_told_with_number_pin_and_link_to_copy() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    let mut snapshot = snapshot(RoomKind::GroupCall, 9, people());
    snapshot.room.pin = Some("730512".into());
    told(&mut page, HubMessage::Joined { resume_token: "t".into(), snapshot });
    click(&mut page, "Informationen zum Konferenzraum");
    assert_eq!(call(&page).panel, Some(Panel::Info));
    page.get_by_role_and_label(Kind::Label, "Nummer: 612 004 387");
    page.get_by_role_and_label(Kind::Label, "PIN: 730512");
    let pin = copied(&mut page, |page| {
        page.get_by_role_and_label(Kind::Button, "PIN kopieren").click();
    });
    assert_eq!(pin, ["730512"]);
    let all = copied(&mut page, |page| {
        page.get_by_role_and_label(Kind::Button, "In Zwischenablage kopieren").click();
    });
    assert!(all[0].contains("PIN: 730512"), "{all:?}");
    page.run_steps(2);
    assert!(says(&page, Kind::Alert, "In die Zwischenablage kopiert"));
}

#[test]
fn i8_other_ways_to_join_and_a_code_for_phones_are_in_reach() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Info);
    page.get_by_label("Weitere Kontaktoptionen");
    click(&mut page, "QR-Code zeigen");
    page.get_by_role_and_label(Kind::Image, "https://kath.example/j/612004387");
    page.key_press(egui::Key::Escape);
    page.run_steps(3);
    assert!(!call(&page).code);
}

#[test]
fn i7_who_is_no_host_reads_the_rules_and_turns_none() {
    let mut window = window_of(RoomKind::GroupCall, Role::Attendee);
    let mut policy = RoomPolicy::default_for(RoomKind::GroupCall);
    policy.join_muted = true;
    window.apply(hub(HubMessage::Policy { policy }));
    let page = open(window, Panel::Info);
    assert!(says(&page, Kind::Label, "Man beginnt stumm."));
    assert!(page.query_by_role_and_label(Kind::Switch, "Gäste zulassen").is_none());
    assert!(page.query_by_label("Halten").is_none());
}

#[test]
fn f13_a_host_changes_the_rules_while_the_call_runs() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Info);
    let before = RoomPolicy::default_for(RoomKind::GroupCall);
    let mut expected = Vec::new();
    for (label, change) in [
        ("Gäste zulassen", RoomPolicy { guests: false, ..before }),
        ("Warteraum", RoomPolicy { waiting_room: true, ..before }),
        ("PIN nötig", RoomPolicy { pin_required: true, ..before }),
        ("Interne sind Moderatoren", RoomPolicy { users_moderate: false, ..before }),
        ("Stumm beitreten", RoomPolicy { join_muted: true, ..before }),
        ("Chat an alle", RoomPolicy { chat_everyone: false, ..before }),
    ] {
        flip(&mut page, label);
        expected.push(Command::SetPolicy(change));
    }
    assert_eq!(wishes(&mut page), expected, "each turns by itself: the hub has not answered");
    let policy = RoomPolicy { guests: false, ..before };
    told(&mut page, HubMessage::Policy { policy });
    assert!(says(&page, Kind::Label, "Zurzeit kommen keine Gäste hinein"));
}

#[test]
fn f15_f16_the_lock_is_a_switch_with_guidance_and_everybody_is_told() {
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Info);
    flip(&mut page, "Abgeschlossen");
    assert_eq!(wishes(&mut page), [Command::Lock(true)]);
    told(&mut page, HubMessage::Locked { locked: true });
    assert!(says(&page, Kind::Alert, "Abgeschlossen: niemand kommt mehr hinzu"));
    told(&mut page, HubMessage::Locked { locked: false });
    assert!(says(&page, Kind::Alert, "Wieder offen für alle"));
    assert!(!says(&page, Kind::Alert, "niemand kommt mehr hinzu"), "one message per kind");
}

#[test]
fn f15_who_comes_too_late_reads_that_it_is_locked() {
    let mut page = harness(joining(Language::German, RoomKind::GroupCall));
    told(&mut page, HubMessage::Refused { reason: Refusal::Locked });
    page.get_by_label("Abgeschlossen");
    assert!(says(&page, Kind::Label, "Bitten Sie die Moderation, aufzuschließen."));
    let why = page.state().state.ended.as_ref().map(|ended| ended.why);
    assert_eq!(why, Some(Why::Refused(Refusal::Locked)));
}

#[test]
fn f3_new_roles_are_announced_to_all() {
    let mut state = state_of(RoomKind::GroupCall, Role::Attendee);
    let mut other = people().remove(1);
    other.role = Role::Host;
    state.apply(hub(HubMessage::ParticipantChanged { participant: other }));
    let (standing, _) = state.toasts.standing(1.0);
    let role = Toast::Role { name: "Aylin Demir".into(), role: Role::Host };
    assert!(standing.iter().any(|(toast, _)| *toast == role));
    let me = people().remove(8);
    state.apply(hub(HubMessage::ParticipantChanged { participant: me }));
    let (standing, _) = state.toasts.standing(1.0);
    assert!(standing.iter().any(|(toast, _)| *toast == Toast::Moderates(true)));
}

#[test]
fn f7_f9_hosts_see_the_hold_and_end_it() {
    let mut page = page_of(RoomKind::Webinar, Role::Host, Panel::Chat);
    told(&mut page, held());
    told(&mut page, two_wait());
    page.get_by_label("Das Webinar ist angehalten");
    assert!(says(&page, Kind::Label, "2 Personen sehen den Wartebildschirm."));
    page.get_by_role_and_label(Kind::Status, "2 warten");
    assert!(!says(&page, Kind::Alert, "vor der Tür"), "they come back by themselves");
    let resume = page.get_all_by_role_and_label(Kind::Button, "Fortsetzen");
    resume.last().expect("on the card").click();
    page.run_steps(3);
    assert_eq!(wishes(&mut page), [Command::Hold(false)]);
    let live = HubMessage::State {
        state: ConferenceState::Live,
        live_since_ms: Some(NOON_MS - 1_334_000),
    };
    told(&mut page, live);
    assert!(page.query_by_label("Das Webinar ist angehalten").is_none());
}

#[test]
fn long_messages_and_questions_wrap_and_nothing_is_cut() {
    let name = "Freifrau Maximiliane-Henriette von und zu Hohenlohe-Langenburg";
    let mut page = page_of(RoomKind::GroupCall, Role::Host, Panel::Chat);
    told(&mut page, HubMessage::Muted { by: "Jonas".into() });
    let short = page.get_by_role_and_label(Kind::Alert, "Jonas hat Ihr Mikrofon ausgeschaltet");
    assert_eq!(short.rect().height(), 52.0);
    told(&mut page, HubMessage::Muted { by: name.into() });
    let words = format!("{name} hat Ihr Mikrofon ausgeschaltet");
    let long = page.get_by_role_and_label(Kind::Alert, &words).rect();
    assert!(long.height() > 52.0, "{long}");
    for other in page.get_all_by_role(Kind::Alert).map(|alert| alert.rect()) {
        assert!(other == long || !other.intersects(long), "{other} {long}");
    }
    let title = |page: &mut Page, name: &str| {
        let call = page.state_mut().state.call.as_mut().expect("in a call");
        call.roster.removing = Some((ParticipantId(1), name.to_owned()));
        page.run_steps(4);
        page.get_by_role_and_label(Kind::Heading, &format!("{name} entfernen?")).rect()
    };
    assert!(title(&mut page, "Jo").height() + 20.0 < title(&mut page, name).height());
}

#[test]
fn h6_low_windows_keep_the_switches_of_who_waits() {
    let mut page = page_of(RoomKind::GroupCall, Role::Attendee, Panel::People);
    let reason = WaitReason::NoHost;
    let (room_name, resume_token) = ("Wochenrunde Verwaltung".into(), "t".into());
    told(&mut page, HubMessage::Waiting { reason, room_name, resume_token });
    for height in [900.0, 600.0] {
        page.set_size(egui::vec2(900.0, height));
        page.run_steps(4);
        for label in ["Stummschalten", "Video ausschalten", "Geräte", "Verlassen"] {
            let spot = page.get_by_role_and_label(Kind::Button, label).rect();
            assert!(spot.bottom() <= height && spot.right() <= 900.0, "{label}: {spot}");
        }
    }
    click(&mut page, "Stummschalten");
    assert_eq!(wishes(&mut page), [Command::SetMicrophone(false)]);
}

#[test]
fn f8_each_wait_has_its_own_words_and_no_names() {
    for (reason, title, hint) in [
        (
            WaitReason::NoHost,
            "Gleich geht es los",
            "Solange Sie warten, sieht und hört Sie niemand.",
        ),
        (
            WaitReason::OnHold,
            "Gleich geht es weiter",
            "Solange gehalten wird, sieht und hört Sie niemand.",
        ),
        (
            WaitReason::Knock,
            "Gleich sind Sie dabei",
            "Solange Sie warten, sieht und hört Sie niemand.",
        ),
    ] {
        let mut page = page_of(RoomKind::GroupCall, Role::Attendee, Panel::People);
        let waiting = HubMessage::Waiting {
            reason,
            room_name: "Wochenrunde Verwaltung".into(),
            resume_token: "t".into(),
        };
        told(&mut page, waiting);
        page.get_by_label(title);
        page.get_by_label(hint);
        assert!(page.query_by_label_contains("Kettler").is_none());
    }
}

#[test]
fn f6_who_waits_comes_in_by_themselves() {
    let mut page = harness(joining(Language::German, RoomKind::GroupCall));
    let (reason, room_name) = (WaitReason::NoHost, "Wochenrunde Verwaltung".to_owned());
    told(&mut page, HubMessage::Waiting { reason, room_name, resume_token: "t".into() });
    page.get_by_label("Gleich geht es los");
    let snapshot = snapshot(RoomKind::GroupCall, 9, people());
    told(&mut page, HubMessage::Joined { resume_token: "t".into(), snapshot });
    assert!(page.query_by_label("Gleich geht es los").is_none());
    page.get_by_role_and_label(Kind::Button, "Teilnehmer");
}

#[test]
fn g6_g7_who_has_no_camera_or_microphone_is_told_and_waits_all_the_same() {
    for (camera, microphone, words) in
        [(true, false, "Keine Kamera gefunden."), (true, true, "Kein Mikrofon gefunden.")]
    {
        let mut window = joining(Language::German, RoomKind::GroupCall);
        if camera {
            window.state.devices.camera = CameraSource::None;
        }
        if microphone {
            window.state.devices.microphone = MicrophoneSource::None;
        }
        let mut page = harness(window);
        let (reason, room_name) = (WaitReason::Knock, "Wochenrunde Verwaltung".to_owned());
        told(&mut page, HubMessage::Waiting { reason, room_name, resume_token: "t".into() });
        assert!(says(&page, Kind::Label, words), "{words}");
        assert!(page.query_by_role_and_label(Kind::Button, "Video einschalten").is_none());
        click(&mut page, "Geräte");
        assert!(call(&page).view.settings);
    }
}

#[test]
fn webinar_a_host_brings_an_attendee_on_stage_and_back() {
    let mut everybody = people();
    everybody[1].may_publish = false;
    let mut page = open(inside(Language::German, RoomKind::Webinar, 9, everybody), Panel::People);
    pick(&mut page, "Mehr zu Aylin Demir", "Vortragen lassen");
    pick(&mut page, "Mehr zu Sabine Wolff", "Nur teilnehmen lassen");
    let role = |id, role| Command::SetRole { participant: ParticipantId(id), role };
    assert_eq!(wishes(&mut page), [role(2, Role::Presenter), role(5, Role::Attendee)]);
}

#[test]
fn webinar_attendees_have_no_dead_controls() {
    let mut everybody = people();
    everybody[8].role = Role::Attendee;
    everybody[8].may_publish = false;
    let page = open(inside(Language::German, RoomKind::Webinar, 9, everybody), Panel::People);
    for absent in ["Stummschalten", "Ton einschalten", "Bildschirm teilen", "Halten", "Alle stumm"]
    {
        assert!(page.query_by_role_and_label(Kind::Button, absent).is_none(), "{absent}");
    }
    assert!(page.query_by_label_contains("das Wort geben").is_none());
    page.get_by_role_and_label(Kind::Button, "Hand heben");
}

#[test]
fn f7_the_hold_has_its_own_time_and_says_that_nothing_goes_out() {
    let mut window = window_of(RoomKind::Webinar, Role::Host);
    window.state.now = client::state::Now { seconds: 0.0, unix_ms: NOON_MS - 192_000 };
    window.apply(hub(held()));
    window.apply(hub(two_wait()));
    let page = open(window, Panel::Chat);
    assert_eq!(call(&page).held_since_ms, Some(NOON_MS - 192_000));
    let words = "Gehalten. Nichts geht an die Zuhörer, 2 sind noch verbunden.";
    page.get_by_role_and_label(Kind::Status, words);
    let waiting = "2 warten, bis es weitergeht: Hanna Keller, Emre Kemal";
    page.get_by_role_and_label(Kind::Status, waiting);
}
