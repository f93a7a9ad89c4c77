//! Profile, devices, looks, hub and sign-in.

mod devices;
mod hub;
mod keys;
mod looks;
mod profile;

use super::{View, column, region};
use crate::command::Command;
use crate::state::{Page, Screen, SettingsTab};
use crate::theme::font;
use crate::widgets::{label, segmented, wrapped};
use egui::{Rect, ScrollArea, Ui, vec2};

/// Wider, a line of text is hard to follow.
const WIDTH: f32 = 640.0;

/// The page, beside the navigation.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = ui.max_rect().shrink2(vec2(28.0, 20.0));
    let (p, t) = (view.p, view.t);
    region(ui, "settings", rect, column(), |ui| {
        label(ui, t.get("settings-title"), font::title(30.0), p.text);
        ui.add_space(6.0);
        tabs(ui, view);
        ui.add_space(12.0);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let width = ui.available_width().min(WIDTH);
            let place = Rect::from_min_size(ui.cursor().min, vec2(width, f32::INFINITY));
            let builder = egui::UiBuilder::new().max_rect(place).layout(column());
            ui.scope_builder(builder, |ui| match view.state.settings_tab {
                SettingsTab::Profile => profile::show(ui, view),
                SettingsTab::Devices => devices::show(ui, view),
                SettingsTab::Looks => looks::show(ui, view),
                SettingsTab::Keys => keys::show(ui, view),
                SettingsTab::Hub => hub::show(ui, view),
            });
        });
    });
}

/// Closes camera and microphone once nobody looks at their test any more. Before a conference and in
/// it they are in use all the same.
pub fn end_unseen_preview(view: &mut View<'_>) {
    let state = &mut view.state;
    let seen = state.screen == Screen::Main
        && state.page == Page::Settings
        && state.settings_tab == SettingsTab::Devices;
    if state.preview && !seen {
        state.preview = false;
        if !matches!(state.screen, Screen::PreJoin | Screen::Call) {
            state.troubles.clear();
            view.commands.push(Command::Preview(false));
        }
    }
}

fn tabs(ui: &mut Ui, view: &mut View<'_>) {
    let all = SettingsTab::ALL;
    let words = all.map(|tab| {
        view.t.get(match tab {
            SettingsTab::Profile => "settings-profile",
            SettingsTab::Devices => "settings-devices",
            SettingsTab::Looks => "settings-looks",
            SettingsTab::Keys => "settings-keys",
            SettingsTab::Hub => "settings-hub",
        })
    });
    let segments: Vec<_> = words.iter().map(|words| (words.as_str(), None)).collect();
    let mut chosen = all.iter().position(|tab| *tab == view.state.settings_tab).unwrap_or(0);
    if segmented(ui, &view.t.get("settings-title"), &segments, &mut chosen)
        && let Some(tab) = all.get(chosen)
    {
        view.state.settings_tab = *tab;
        if *tab == SettingsTab::Devices {
            view.commands.push(Command::ListDevices);
        }
    }
}

/// The title of a group of settings, with a sentence below it.
fn heading(ui: &mut Ui, view: &View<'_>, title: &str, text: &str) {
    let p = view.p;
    label(ui, view.t.get(title), font::semibold(16.0), p.text);
    ui.add_space(-2.0);
    wrapped(ui, view.t.get(text), font::regular(13.0), p.text2);
    ui.add_space(4.0);
}
