//! The hub, the password, and where we are signed in.

use super::super::{View, new_password};
use super::heading;
use super::profile::outcome;
use crate::command::{AccountCommand, Command};
use crate::icons;
use crate::state::Saved;
use crate::theme::font;
use crate::widgets::{Button, Kind, Tone, copy_row, label, status, wrapped};
use egui::{Align, Layout, Ui};
use protocol::Session;

/// The tab.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let Some(account) = &view.state.account else { return };
    let (hub, embedded) = (account.hub.clone(), account.embedded);
    heading(ui, view, "settings-hub-title", "settings-hub-text");
    if copy_row(ui, &t.get("settings-hub-address"), &hub, &t.get("settings-hub-copy")) {
        ui.ctx().copy_text(hub);
    }
    ui.add_space(4.0);
    let words = t.get(if embedded { "settings-other-hub" } else { "sign-out" });
    // Nobody leaves a conference by signing out.
    let offered = view.state.call.is_none();
    if offered && ui.add(Button::new(&words).icon(icons::ICON_LOGOUT)).clicked() {
        view.state.sign_out();
        view.commands.push(Command::SignOut);
        return;
    }
    if embedded {
        wrapped(ui, t.get("settings-embedded"), font::regular(13.0), view.p.text2);
        return;
    }
    ui.add_space(28.0);
    heading(ui, view, "settings-password-title", "settings-password-text");
    new_password::form(ui, view);
    outcome(ui, view, Saved::Password);
    ui.add_space(28.0);
    sessions(ui, view);
}

fn sessions(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    heading(ui, view, "settings-sessions-title", "settings-sessions-text");
    let Some(sessions) = view.state.account_page.sessions.clone() else {
        if !view.state.account_page.busy && view.state.account_page.failure.is_none() {
            view.state.account_page.busy = true;
            view.commands.push(Command::Account(AccountCommand::ListSessions));
        }
        outcome(ui, view, Saved::Sessions);
        return;
    };
    for session in &sessions {
        row(ui, view, session);
    }
    let others = sessions.iter().any(|session| !session.current);
    let words = t.get("settings-sessions-end-all");
    if others && ui.add(Button::new(&words).kind(Kind::Neutral)).clicked() {
        end(view, None);
    }
    outcome(ui, view, Saved::Sessions);
}

fn row(ui: &mut Ui, view: &mut View<'_>, session: &Session) {
    let (p, t) = (view.p, view.t);
    ui.push_id(&session.id, |ui| {
        ui.horizontal(|ui| {
            let agent = if session.agent.is_empty() {
                t.get("settings-session-unknown")
            } else {
                session.agent.clone()
            };
            ui.vertical(|ui| {
                label(ui, agent, font::medium(14.0), p.text);
                let seen = super::super::words::moment(t, session.seen_at_ms);
                label(ui, t.named("settings-session-seen", &seen), font::regular(12.0), p.text3);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if session.current {
                    status(ui, &t.get("settings-session-this"), Tone::Neutral, None);
                } else {
                    let words = t.get("settings-session-end");
                    if ui.add(Button::new(&words).height(32.0)).clicked() {
                        end(view, Some(session.id.clone()));
                    }
                }
            });
        });
    });
}

fn end(view: &mut View<'_>, id: Option<String>) {
    view.state.account_page.busy = true;
    view.commands.push(Command::Account(AccountCommand::EndSessions { id }));
}
