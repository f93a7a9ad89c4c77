//! The dialog against a hub that runs in this process.

use crate::fake::{at_home, harness};
use client::app::Window;
use client::command::{Command, EntryCommand};
use client::i18n::Language;
use client::net::{HubClient, NetError};
use client::state::entry::{Check, Field, Problem, Repeat};
use client::state::{BackendEvent, EntryEvent, Failure, Now, PlannerEvent};
use client::when;
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use protocol::*;
use server::{Config, Hub};
use std::time::{SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the hub reads the same clock")]
fn clock() -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Now { seconds: 0.0, unix_ms: unix.as_millis() as i64 }
}

/// A hub with an administrator who has a conference profile.
struct World {
    hub: Hub,
    client: HubClient,
    token: String,
    _data: tempfile::TempDir,
}

impl World {
    async fn start() -> World {
        World::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Config)) -> World {
        let data = tempfile::tempdir().expect("a folder");
        let mut config = Config::local(data.path());
        change(&mut config);
        let hub = Hub::start(config).expect("a hub");
        let base = format!("http://{}", hub.http_addr());
        let client = HubClient::new(&base).expect("an address");
        let password = hub.first_password().expect("a fresh hub").to_owned();
        let token = client.sign_in("admin", &password).await.expect("signed in").token;
        let http = reqwest::Client::new();
        let put = |path: &str, body: String| {
            let url = format!("{base}/api/v1/{path}");
            let request = http.put(url).bearer_auth(&token);
            let request = request.header("content-type", "application/json").body(body);
            async move { request.send().await.expect("an answer").status() }
        };
        let new = "ein ganz neues Kennwort";
        let status = put("me/password", format!(r#"{{"old":"{password}","new":"{new}"}}"#)).await;
        assert!(status.is_success(), "{status}");
        let status = put("me/profile", r#"{"name":"Miriam Vogt"}"#.to_owned()).await;
        assert!(status.is_success(), "{status}");
        World { hub, client, token, _data: data }
    }

    /// What the back end would do and answer.
    async fn obey(&self, command: EntryCommand) -> BackendEvent {
        let (client, token) = (&self.client, &self.token);
        match command {
            EntryCommand::Save { id, draft } => {
                let answer = match id {
                    Some(id) => client.change_entry(token, id, &draft).await,
                    None => client.create_entry(token, &draft).await,
                };
                match answer {
                    Ok(saved) => BackendEvent::Planner(PlannerEvent::Saved(saved)),
                    Err(error) => BackendEvent::Entry(EntryEvent::Failed(failure(error))),
                }
            }
            EntryCommand::AskHub => {
                let facts = client.hub_facts(token).await.map_err(failure);
                BackendEvent::Entry(EntryEvent::Hub(facts))
            }
            EntryCommand::Check(check) => {
                let warnings = client.check_entry(token, &check).await.map_err(failure);
                let (draft, warnings) = (Box::new(check.draft), warnings.map(|w| w.warnings));
                BackendEvent::Entry(EntryEvent::Checked { draft, warnings })
            }
        }
    }
}

fn failure(error: NetError) -> Failure {
    match error {
        NetError::Refused(ApiError { code, field, message }) => {
            Failure::Hub { code, field, message }
        }
        other => panic!("{other}"),
    }
}

fn window() -> Window {
    let mut window = at_home(Language::German);
    window.state.now = clock();
    window.state.entry.zone = "Europe/Berlin".into();
    window
}

/// Saves the open dialog at the hub; gives what it keeps, if it does.
async fn save(world: &World, window: &mut Window) -> Option<EntryDetails> {
    let dialog = window.state.entry.dialog.as_mut().expect("open");
    let command = dialog.save(clock());
    let command = command.unwrap_or_else(|| panic!("{:?}", dialog.read(clock()).errors));
    let event = world.obey(command).await;
    let kept = match &event {
        BackendEvent::Planner(PlannerEvent::Saved(saved)) => Some(saved.entry.clone()),
        _ => None,
    };
    window.apply(event);
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_planned_and_changed_at_a_real_hub_with_every_rule_that_the_form_makes() {
    let world = World::start().await;
    let mut window = window();
    window.state.plan_entry(RoomKind::GroupCall);
    let form = &mut window.state.entry.dialog.as_mut().expect("open").form;
    form.title = "Wochenrunde".into();
    form.reminder = true;
    form.phone_info = true;
    let mut kept = save(&world, &mut window).await.expect("kept");
    assert!(window.state.entry.dialog.is_none());
    assert_eq!(kept.reminder_minutes, Some(15));

    let mut rules: Vec<Repeat> = Vec::new();
    use client::state::entry::{Frequency, MonthlyBy, RepeatEnd};
    for frequency in [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly] {
        for end in [RepeatEnd::Never, RepeatEnd::Until, RepeatEnd::Count] {
            for monthly in [MonthlyBy::Day, MonthlyBy::Weekday, MonthlyBy::LastWeekday] {
                rules.push(Repeat {
                    frequency,
                    end,
                    monthly,
                    interval: "2".into(),
                    weekdays: [true, false, false, true, false, false, false],
                    until: "31.12.2099".into(),
                    ..Repeat::default()
                });
            }
        }
    }
    for rule in rules {
        window.state.change_entry(&kept);
        let dialog = window.state.entry.dialog.as_mut().expect("open");
        dialog.form.repeat = rule.clone();
        kept = save(&world, &mut window).await.unwrap_or_else(|| panic!("refused: {rule:?}"));
        window.state.change_entry(&kept);
        let read = &window.state.entry.dialog.as_ref().expect("open").form.repeat;
        assert_eq!((read.frequency, read.end), (rule.frequency, rule.end), "{kept:?}");
        assert_eq!(read.interval, "2");
        if rule.end == RepeatEnd::Until {
            assert_eq!(read.until, rule.until);
        }
        // Read and saved again, it is the same to the letter.
        let again = save(&world, &mut window).await.expect("kept");
        assert_eq!(again.schedule, kept.schedule);
        assert_eq!(again.sequence, kept.sequence, "nobody is asked anew");
    }
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_real_hub_refuses_finds_its_field_and_its_words() {
    let world = World::start().await;
    let mut window = window();
    window.state.plan_entry(RoomKind::Webinar);
    let dialog = window.state.entry.dialog.as_mut().expect("open");
    dialog.form.title = "Vorschau".into();
    // The clock of this machine is a day late: nothing seems wrong here.
    let late = Now { seconds: 0.0, unix_ms: clock().unix_ms - 24 * 3_600_000 };
    let past = when::local(clock().unix_ms - 3_600_000, dialog.zone());
    dialog.form.start.text = when::write(past, Language::German);
    dialog.start_changed(late);
    let command = dialog.save(late).expect("sent");
    let event = world.obey(command).await;
    window.apply(event);
    let dialog = window.state.entry.dialog.as_ref().expect("open");
    let shown = dialog.shown(&dialog.read(late));
    assert!(matches!(shown.get(&Field::Start), Some(Problem::Refused(_))), "{shown:?}");

    // Somebody who does not exist is named as the hub names them.
    let dialog = window.state.entry.dialog.as_mut().expect("open");
    dialog.form.start.text = "morgen 9".into();
    dialog.start_changed(clock());
    let gone = UserSummary {
        id: 4711,
        name: "gone".into(),
        display_name: "Helene Graf".into(),
        picture_changed_at_ms: None,
        contact: true,
    };
    dialog.add(client::state::entry::Invitee::user(&gone));
    assert!(save(&world, &mut window).await.is_none());
    let dialog = window.state.entry.dialog.as_ref().expect("open");
    let shown = dialog.shown(&dialog.read(clock()));
    assert_eq!(shown.get(&Field::People), Some(&Problem::RefusedGone("Helene Graf".into())));
    let mut page = harness(window);
    page.run_steps(3);
    page.get_by_label("Helene Graf hat kein Konto mehr. Entfernen Sie die Einladung.");
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn double_bookings_come_from_a_real_hub() {
    let world = World::start().await;
    let mut window = window();
    window.state.plan_entry(RoomKind::Webinar);
    window.state.entry.dialog.as_mut().expect("open").form.title = "Erstes".into();
    save(&world, &mut window).await.expect("kept");
    window.state.plan_entry(RoomKind::Webinar);
    window.state.entry.dialog.as_mut().expect("open").form.title = "Zweites".into();
    let dialog = window.state.entry.dialog.as_mut().expect("open");
    let meaning = dialog.read(clock());
    assert!(matches!(dialog.check(&meaning, 0.0), Check::Wait(_)));
    let Check::Ask(asked) = dialog.check(&meaning, 1.0) else { panic!("not asked") };
    window.apply(world.obey(asked).await);
    let dialog = window.state.entry.dialog.as_ref().expect("open");
    assert_eq!(dialog.warnings.len(), 1, "the organiser is in both");
    assert_eq!(dialog.warnings[0].title.as_deref(), Some("Erstes"));
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c18_telephone_details_are_offered_where_guests_can_dial_in() {
    let number = || Some("+49 30 123456".to_owned());
    for (phone_number, offered) in [(None, false), (number(), true)] {
        let world = World::start_with(|config| config.phone_number = phone_number).await;
        let mut window = window();
        window.state.plan_entry(RoomKind::Webinar);
        let asked = window.take_commands();
        assert!(asked.contains(&Command::Entry(EntryCommand::AskHub)), "{asked:?}");
        window.apply(world.obey(EntryCommand::AskHub).await);
        let dialog = window.state.entry.dialog.as_ref().expect("open");
        assert_eq!(dialog.telephone, Some(offered));
        let page = &mut harness(window);
        page.run_steps(3);
        let name = "Telefonkonferenzinformationen hinzufügen";
        let off = |page: &Harness<'_, Window>| {
            let tick = page.get_by_role_and_label(Kind::CheckBox, name);
            tick.accesskit_node().is_disabled()
        };
        assert_eq!(off(page), !offered);
        let why = page.root().children_recursive().any(|node| {
            let words = node.accesskit_node().data().description().map(str::to_owned);
            words.is_some_and(|words| words.contains("keine Einwahlnummer"))
        });
        assert_eq!(why, !offered);
        // Details that an entry has can be taken away, whatever the hub says by now.
        page.state_mut().state.entry.dialog.as_mut().expect("open").form.phone_info = true;
        page.run_steps(2);
        assert!(!off(page));
        world.hub.stop().await;
    }
}
