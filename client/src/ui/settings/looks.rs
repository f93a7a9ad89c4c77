//! Language, theme, size, motion, and what closing the window does.

use super::super::View;
use super::heading;
use crate::i18n::Language;
use crate::settings::ThemeChoice;
use crate::widgets::{segmented, switch};
use egui::Ui;

/// The tab.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    language(ui, view);
    ui.add_space(28.0);
    theme(ui, view);
    ui.add_space(28.0);
    comfort(ui, view);
    ui.add_space(28.0);
    tray(ui, view);
}

fn language(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    heading(ui, view, "settings-language-title", "settings-language-text");
    let words = [t.get("settings-like-system"), "Deutsch".to_owned(), "English".to_owned()];
    let choices = [None, Some(Language::German), Some(Language::English)];
    let segments: Vec<_> = words.iter().map(|words| (words.as_str(), None)).collect();
    let chosen = view.state.settings.language;
    let mut index = choices.iter().position(|choice| *choice == chosen).unwrap_or(0);
    if segmented(ui, &t.get("settings-language-title"), &segments, &mut index)
        && let Some(choice) = choices.get(index)
    {
        view.state.settings.language = *choice;
        view.state.texts.language = choice.unwrap_or_else(Language::of_system);
    }
}

fn theme(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    heading(ui, view, "settings-theme-title", "settings-theme-text");
    let choices = [ThemeChoice::System, ThemeChoice::Dark, ThemeChoice::Light];
    let words = ["settings-like-system", "settings-dark", "settings-light"].map(|key| t.get(key));
    let segments: Vec<_> = words.iter().map(|words| (words.as_str(), None)).collect();
    let chosen = view.state.settings.theme;
    let mut index = choices.iter().position(|choice| *choice == chosen).unwrap_or(0);
    if segmented(ui, &t.get("settings-theme-title"), &segments, &mut index)
        && let Some(choice) = choices.get(index)
    {
        view.state.settings.theme = *choice;
    }
}

/// Size and motion.
fn comfort(ui: &mut Ui, view: &mut View<'_>) {
    const SIZES: [u16; 6] = [80, 100, 125, 150, 175, 200];
    let t = view.t;
    heading(ui, view, "settings-comfort-title", "settings-comfort-text");
    let words = SIZES.map(|percent| format!("{percent} %"));
    let segments: Vec<_> = words.iter().map(|words| (words.as_str(), None)).collect();
    let settings = &mut view.state.settings;
    let mut index = SIZES.iter().position(|size| *size == settings.scale_percent).unwrap_or(1);
    if segmented(ui, &t.get("settings-scale"), &segments, &mut index)
        && let Some(percent) = SIZES.get(index)
    {
        settings.scale_percent = *percent;
    }
    ui.add_space(4.0);
    switch(ui, &t.get("settings-motion"), None, &mut settings.reduced_motion);
}

/// What closing the window does.
fn tray(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    heading(ui, view, "settings-tray-title", "settings-tray-text");
    switch(ui, &t.get("settings-tray"), None, &mut view.state.settings.stay_in_tray);
}
