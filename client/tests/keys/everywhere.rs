//! Talking while another program is in front.

use crate::*;

fn asked(page: &mut Harnessed) -> Vec<DesktopCommand> {
    let wishes = wishes(page).into_iter().filter_map(|wish| match wish {
        Command::Desktop(wish) => Some(wish),
        _ => None,
    });
    wishes.collect()
}

fn f8() -> Shortcut {
    "F8".parse().expect("a key")
}

fn talk() -> Option<TalkKeys> {
    Some(TalkKeys { keys: vec![f8()], purpose: "Sprechen, solange gedrückt".into() })
}

#[test]
fn the_desktop_listens_only_in_a_conference_and_where_that_is_wanted() {
    let mut page = group_call();
    let keys = &mut page.state_mut().state.settings.keys;
    keys.bind(Action::PushToTalk, f8()).expect("free");
    page.run_steps(2);
    assert_eq!(asked(&mut page), [], "off by default");
    page.state_mut().state.settings.talk_everywhere = true;
    page.run_steps(2);
    assert_eq!(asked(&mut page), [DesktopCommand::TalkKeys(talk())]);
    // A key that is being chosen comes to the window.
    page.state_mut().state.settings_tab = SettingsTab::Keys;
    page.state_mut().state.call.as_mut().expect("in a call").view.settings = true;
    page.state_mut().state.choosing_key = Some(Action::PushToTalk);
    page.run_steps(2);
    let tried = DesktopCommand::TryTalkKeys(talk());
    assert_eq!(asked(&mut page), [DesktopCommand::TalkKeys(None), tried]);
    page.key_press(Key::F8);
    page.run_steps(2);
    assert_eq!(asked(&mut page), [DesktopCommand::TalkKeys(talk())]);
    page.state_mut().state.go_home();
    page.run_steps(2);
    let none = [DesktopCommand::TalkKeys(None), DesktopCommand::TryTalkKeys(None)];
    assert_eq!(asked(&mut page), none);
}

#[test]
fn a_hidden_window_opens_and_closes_the_microphone_too() {
    let mut page = muted();
    let window = page.state_mut();
    let told = |held| BackendEvent::Desktop(DesktopEvent::TalkKey(TalkKeyEvent::Held(held)));
    window.apply(told(true));
    window.rest(0.0);
    window.apply(told(false));
    let wait = window.rest(0.0).expect("it closes soon");
    assert!(wait > 0.0 && wait < 0.051, "{wait}");
    window.state.now.seconds += wait;
    window.rest(wait);
    let microphone = [Command::SetMicrophone(true), Command::SetMicrophone(false)];
    assert_eq!(wishes(&mut page), microphone);
}

#[test]
fn talking_from_anywhere_says_what_is_in_its_way() {
    let mut page = at_keys();
    page.get_by_role_and_label(Kind::Switch, "Systemweit sprechen").click();
    page.run_steps(3);
    page.get_by_label_contains("„Leertaste“ brauchen Sie in anderen Programmen zum Schreiben");
    choose(&mut page, "Sprechen, solange gedrückt: Leertaste", Key::F8);
    assert!(page.query_by_label_contains("zum Schreiben").is_none());
    assert_eq!(asked(&mut page), [DesktopCommand::TryTalkKeys(talk())]);
    for (refused, words) in [
        (Refused::Taken(f8()), "F8 gehört einem anderen Programm"),
        (Refused::Missing(f8()), "Diese Tastatur hat F8 nicht"),
        (Refused::Wayland, "Dieser Desktop gibt Programmen unter Wayland keine systemweiten"),
        (Refused::Unknown, "Ihr Desktop gibt Tasten nur Programmen aus seinem Menü"),
        (Refused::Declined, "Sie haben es dem Desktop nicht erlaubt"),
        (Refused::Unreachable, "Der Desktop gibt die Taste nicht frei"),
    ] {
        let event = DesktopEvent::TalkKey(TalkKeyEvent::Refused(refused));
        page.state_mut().apply(BackendEvent::Desktop(event));
        page.run_steps(2);
        page.get_by_label_contains(words);
    }
    for (trigger, words) in [
        ("Strg+F8", "Ihr Desktop hört auf „Strg+F8“"),
        ("", "Ihr Desktop hört auf keine Taste zum Sprechen"),
    ] {
        let event = TalkKeyEvent::Ready { trigger: Some(trigger.into()) };
        page.state_mut().apply(BackendEvent::Desktop(DesktopEvent::TalkKey(event)));
        page.run_steps(2);
        page.get_by_label_contains(words);
        assert!(page.query_by_label_contains("nicht erlaubt").is_none());
    }
    page.state_mut().state.settings.keys.unbind(Action::PushToTalk);
    page.run_steps(2);
    page.get_by_label_contains("Wählen Sie erst eine Taste zum Sprechen");
}
