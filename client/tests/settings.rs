//! The settings, and the password of one's own: what they hold, ask for and say.

mod fake;

use client::app::Window;
use client::command::{AccountCommand, Command, PeopleCommand};
use client::i18n::Language;
use client::settings::ThemeChoice;
use client::state::{
    AccountEvent, BackendEvent, Failure, Page, PasswordError, PasswordForm, PeopleEvent, Screen,
    SettingsTab,
};
use egui::Theme;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use fake::*;
use protocol::*;

fn me(profile: Option<ConferenceProfile>) -> Me {
    Me {
        id: 7,
        name: "miriam".into(),
        display_name: "Miriam Vogt".into(),
        email: Some("miriam@kath.example".into()),
        language: "de".into(),
        role: AccountRole::Member,
        must_change: false,
        profile,
        picture_changed_at_ms: None,
    }
}

fn profile() -> ConferenceProfile {
    ConferenceProfile {
        name: "Miriam Vogt".into(),
        camera: None,
        microphone: None,
        speaker: None,
        blur_percent: 0,
        join_muted: true,
        join_without_camera: false,
    }
}

/// The settings page with the tab open.
fn at(tab: SettingsTab, profile: Option<ConferenceProfile>) -> Window {
    let mut window = at_home(Language::German);
    window.apply(BackendEvent::People(PeopleEvent::Me(Ok(me(profile)))));
    window.state.page = Page::Settings;
    window.state.settings_tab = tab;
    window.take_commands();
    window
}

fn page(window: Window) -> Harness<'static, Window> {
    let mut page = harness(window);
    page.run_steps(2);
    page
}

fn click(page: &mut Harness<'static, Window>, role: Kind, label: &str) {
    page.get_by_role_and_label(role, label).click();
    page.run_steps(2);
}

fn type_into(page: &mut Harness<'static, Window>, role: Kind, label: &str, text: &str) {
    page.get_by_role_and_label(role, label).click();
    page.run_steps(1);
    page.get_by_role_and_label(role, label).type_text(text);
    page.run_steps(2);
}

#[test]
fn a9_the_conference_profile_is_made_in_the_settings() {
    let mut page = page(at(SettingsTab::Profile, None));
    page.get_by_label_contains("Sie haben noch kein Konferenz-Profil");
    click(&mut page, Kind::Button, "Profil anlegen");
    let asked = page.state_mut().take_commands();
    let [Command::Account(AccountCommand::SaveProfile(draft))] = asked.as_slice() else {
        panic!("asked for {asked:?}");
    };
    assert_eq!(draft, &profile(), "the name of the account, the devices of this machine");
    let saved = AccountEvent::ProfileSaved(Ok(draft.clone()));
    page.state_mut().apply(BackendEvent::Account(saved));
    page.run_steps(2);
    page.get_by_label("Gespeichert");
    assert_eq!(page.state().state.people.has_profile(), Some(true));
    assert!(page.query_by_label_contains("noch kein Konferenz-Profil").is_none());
}

#[test]
fn what_is_typed_stays_when_the_hub_refuses_it() {
    let mut page = page(at(SettingsTab::Profile, Some(profile())));
    type_into(&mut page, Kind::TextInput, "Anzeigename", " von und zu");
    let save = page.get_all_by_role_and_label(Kind::Button, "Speichern").last().expect("a button");
    save.click();
    page.run_steps(2);
    let asked = page.state_mut().take_commands();
    let wanted = ChangeMe {
        display_name: Some("Miriam Vogt von und zu".into()),
        email: None,
        language: None,
    };
    assert_eq!(asked, [Command::Account(AccountCommand::Change(wanted))]);
    let refused = Failure::Hub {
        code: "invalid".into(),
        field: Some("display_name".into()),
        message: "the name is too long".into(),
    };
    page.state_mut().apply(BackendEvent::Account(AccountEvent::Changed(Err(refused))));
    page.run_steps(2);
    page.get_by_label_contains("the name is too long");
    let typed = page.state().state.account_page.display_name.clone();
    assert_eq!(typed.as_deref(), Some("Miriam Vogt von und zu"));
}

#[test]
fn a_new_picture_is_fetched_and_too_big_a_file_is_explained() {
    let mut window = at(SettingsTab::Profile, Some(profile()));
    window.apply(BackendEvent::Account(AccountEvent::PictureChanged(Ok(()))));
    let asked = window.take_commands();
    assert!(asked.contains(&Command::Account(AccountCommand::Load)));
    let user = "miriam".to_owned();
    assert!(asked.contains(&Command::People(PeopleCommand::LoadPicture { user })));
    let big = Failure::Hub { code: "too_big".into(), field: None, message: String::new() };
    window.apply(BackendEvent::Account(AccountEvent::PictureChanged(Err(big))));
    page(window).get_by_label_contains("Die Datei ist zu groß");
}

#[test]
fn a_password_is_checked_before_it_is_sent() {
    let form = |old: &str, new: &str, again: &str| {
        PasswordForm { old: old.into(), new: new.into(), again: again.into() }.error()
    };
    assert_eq!(form("alt", "kurz", "kurz"), Some(PasswordError::Short));
    assert_eq!(form("lang genug 1", "lang genug 1", "lang genug 1"), Some(PasswordError::Same));
    assert_eq!(form("alt", "lang genug 1", "lang genug 2"), Some(PasswordError::Differs));
    assert_eq!(form("alt", "lang genug 1", "lang genug 1"), None);
    // Characters, not bytes.
    assert_eq!(form("alt", "ääääääääää", "ääääääääää"), None);
}

#[test]
fn a_password_set_by_somebody_else_is_changed_before_anything() {
    let mut window = Window::new(settings(Language::German));
    window.apply(BackendEvent::SignInNeeded);
    window.state.sign_in.password = "einmal".into();
    let account = client::state::Account { must_change: true, ..account() };
    window.apply(BackendEvent::SignedIn(account));
    assert_eq!(window.state.screen, Screen::NewPassword);
    assert_eq!(window.take_commands(), [], "the hub would refuse every other call");
    let mut page = page(window);
    type_into(&mut page, Kind::PasswordInput, "Neues Kennwort", "ganz mein eigenes");
    type_into(&mut page, Kind::PasswordInput, "Neues Kennwort noch einmal", "ganz mein eignes");
    page.get_by_label_contains("Die beiden Eingaben sind verschieden");
    page.state_mut().state.account_page.password.again = "ganz mein eigenes".into();
    page.run_steps(2);
    click(&mut page, Kind::Button, "Kennwort ändern");
    let wanted =
        AccountCommand::ChangePassword { old: "einmal".into(), new: "ganz mein eigenes".into() };
    assert_eq!(page.state_mut().take_commands(), [Command::Account(wanted)]);
    page.state_mut().apply(BackendEvent::Account(AccountEvent::PasswordChanged(Ok(()))));
    assert_eq!(page.state().state.screen, Screen::Main);
    assert_eq!(page.state().state.account_page.password, PasswordForm::default());
    let asked = page.state_mut().take_commands();
    assert!(asked.contains(&Command::Account(AccountCommand::Load)));
    assert!(asked.contains(&Command::Account(AccountCommand::Listen)), "the hub speaks to us now");
}

#[test]
fn no_password_reaches_a_log_line() {
    let (old, new) = ("einmal".to_owned(), "ganz mein eigenes".to_owned());
    let form = PasswordForm { old: old.clone(), new: new.clone(), again: new.clone() };
    let said = format!("{form:?} {:?}", AccountCommand::ChangePassword { old, new });
    assert!(!said.contains("einmal") && !said.contains("eigenes"), "{said}");
}

#[test]
fn language_and_theme_change_at_once() {
    let mut page = page(at(SettingsTab::Looks, Some(profile())));
    click(&mut page, Kind::RadioButton, "English");
    page.get_by_role_and_label(Kind::RadioButton, "Dark");
    assert_eq!(page.state().state.settings.language, Some(Language::English));
    click(&mut page, Kind::RadioButton, "Light");
    assert_eq!(page.state().state.settings.theme, ThemeChoice::Light);
}

#[test]
fn other_sessions_are_listed_and_ended() {
    let session = |id: &str, current| Session {
        id: id.into(),
        agent: format!("Katheder auf {id}"),
        created_at_ms: NOON_MS,
        seen_at_ms: NOON_MS,
        expires_at_ms: NOON_MS + 1,
        current,
    };
    let mut page = page(at(SettingsTab::Hub, Some(profile())));
    assert_eq!(
        page.state_mut().take_commands(),
        [Command::Account(AccountCommand::ListSessions)],
        "asked for once, when the tab is opened"
    );
    let both = vec![session("pult", true), session("laptop", false)];
    page.state_mut().apply(BackendEvent::Account(AccountEvent::Sessions(Ok(both))));
    page.run_steps(2);
    page.get_by_label("Dieses Gerät");
    let ends: Vec<_> = page.get_all_by_role_and_label(Kind::Button, "Abmelden").collect();
    // It lies below the window's edge: assistive technology reaches it all the same.
    ends.last().expect("a button").click_accesskit();
    page.run_steps(2);
    let wanted = AccountCommand::EndSessions { id: Some("laptop".into()) };
    assert_eq!(page.state_mut().take_commands(), [Command::Account(wanted)]);
}

#[test]
fn the_camera_opens_in_the_settings_only_when_asked() {
    let mut page = page(at(SettingsTab::Devices, Some(profile())));
    assert_eq!(page.state_mut().take_commands(), []);
    click(&mut page, Kind::Button, "Kamera und Mikrofon testen");
    assert_eq!(page.state_mut().take_commands(), [Command::Preview(true)]);
    click(&mut page, Kind::Button, "Test beenden");
    assert_eq!(page.state_mut().take_commands(), [Command::Preview(false)]);
}

#[test]
fn the_camera_closes_when_its_test_is_out_of_sight() {
    let mut page = page(at(SettingsTab::Devices, Some(profile())));
    click(&mut page, Kind::Button, "Kamera und Mikrofon testen");
    page.state_mut().take_commands();
    page.state_mut().state.page = Page::Contacts;
    page.run_steps(2);
    assert!(page.state_mut().take_commands().contains(&Command::Preview(false)));
    assert!(!page.state().state.preview);
    // On the way into a conference the devices stay open.
    let mut page = self::page(at(SettingsTab::Devices, Some(profile())));
    click(&mut page, Kind::Button, "Kamera und Mikrofon testen");
    page.state_mut().state.open(rooms().remove(0));
    page.state_mut().take_commands();
    page.run_steps(2);
    assert!(!page.state_mut().take_commands().contains(&Command::Preview(false)));
    assert!(!page.state().state.preview);
}

#[test]
fn times_follow_the_hubs_clock_and_a_wrong_clock_is_noticed() {
    let mut window = at_home(Language::German);
    window.apply(BackendEvent::HubClock(40_000));
    assert_eq!(window.state.clock_slow_minutes(), None, "not worth a word");
    window.apply(BackendEvent::HubClock(-5 * 60_000));
    assert_eq!(window.state.clock_slow_minutes(), Some(-5));
}

#[test]
fn the_settings_render() {
    for (name, tab, profile) in [
        ("settings_profile_new", SettingsTab::Profile, None),
        ("settings_profile", SettingsTab::Profile, Some(profile())),
        ("settings_devices", SettingsTab::Devices, Some(profile())),
        ("settings_looks", SettingsTab::Looks, Some(profile())),
        ("settings_hub", SettingsTab::Hub, Some(profile())),
    ] {
        let theme = if profile.is_none() { Theme::Light } else { Theme::Dark };
        let mut page = rendered(at(tab, profile), [1440.0, 900.0], theme);
        page.run_steps(4);
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).expect("folder");
        let picture = page.render().expect("a picture");
        picture.save(folder.join(format!("{name}.png"))).expect("writable");
    }
}
