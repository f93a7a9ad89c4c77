//! People, chat, room information, moderation, hold, waiting.

#[path = "../audit/mod.rs"]
mod audit;
#[path = "../fake/mod.rs"]
mod fake;

mod chat;
mod look;
mod moderation;
mod people;

use client::app::Window;
use client::command::Command;
use client::i18n::Language;
use client::state::{Call, Panel, State};
use egui::accesskit::Role as Kind;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use fake::*;
use protocol::*;

type Page = Harness<'static, Window>;

/// A conference seen by the last of the nine, in that role.
fn window_of(kind: RoomKind, role: Role) -> Window {
    let mut everybody = people();
    everybody[8].role = role;
    inside(Language::German, kind, 9, everybody)
}

fn state_of(kind: RoomKind, role: Role) -> State {
    window_of(kind, role).state
}

/// The same in a window, with a panel open.
fn page_of(kind: RoomKind, role: Role, panel: Panel) -> Page {
    open(window_of(kind, role), panel)
}

fn open(mut window: Window, panel: Panel) -> Page {
    if let Some(call) = &mut window.state.call {
        call.panel = Some(panel);
    }
    let mut page = harness(window);
    page.run_steps(4);
    page.state_mut().take_commands();
    page
}

fn call(page: &Page) -> &Call {
    page.state().state.call.as_ref().expect("in a call")
}

fn told(page: &mut Page, message: HubMessage) {
    page.state_mut().apply(hub(message));
    page.run_steps(3);
}

fn wishes(page: &mut Page) -> Vec<Command> {
    let commands = page.state_mut().take_commands();
    let unasked = |command: &Command| matches!(command, Command::Watch(_) | Command::Play(_));
    commands.into_iter().filter(|command| !unasked(command)).collect()
}

fn click(page: &mut Page, label: &str) {
    page.get_by_role_and_label(Kind::Button, label).click();
    page.run_steps(3);
}

fn pick(page: &mut Page, opener: &str, item: &str) {
    click(page, opener);
    page.get_by_role_and_label(Kind::MenuItem, item).click();
    page.run_steps(3);
}

fn flip(page: &mut Page, label: &str) {
    let switch = page.get_by_role_and_label(Kind::Switch, label);
    switch.scroll_to_me();
    switch.click();
    page.run_steps(4);
}

/// What went to the clipboard in the steps of `act`.
fn copied(page: &mut Page, act: impl FnOnce(&mut Page)) -> Vec<String> {
    act(page);
    let mut texts = Vec::new();
    for _ in 0..3 {
        page.step();
        texts.extend(page.output().platform_output.commands.iter().filter_map(|command| {
            match command {
                egui::OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            }
        }));
    }
    texts
}

fn waits(id: u32, name: &str, kind: ParticipantKind) -> WaitingPerson {
    WaitingPerson { id: ParticipantId(id), name: name.into(), kind, since_ms: NOON_MS - 65_000 }
}

fn two_wait() -> HubMessage {
    HubMessage::WaitingList {
        waiting: vec![
            waits(31, "Hanna Keller", ParticipantKind::Guest),
            waits(32, "Emre Kemal", ParticipantKind::User),
        ],
    }
}

/// Whether a node of this role has this text somewhere in its name.
fn says(page: &Page, role: Kind, part: &str) -> bool {
    page.root().children_recursive().any(|node| {
        let node = node.accesskit_node();
        let name = node.label().or_else(|| node.value());
        node.role() == role && name.is_some_and(|name| name.contains(part))
    })
}
