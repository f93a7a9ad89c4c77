//! The pages. Each view reads the state, paints, and pushes commands; nothing here waits.

mod background;
mod call;
mod chat;
mod clock;
pub mod contacts;
mod discard;
mod ended;
mod entry;
pub mod failures;
pub mod grid;
mod health;
mod incoming;
mod info;
mod journal;
mod new_password;
pub mod outside;
mod people;
mod planner;
mod portrait;
mod pre_join;
mod pult;
pub mod quality;
mod regions;
mod rooms;
mod second_window;
mod settings;
mod shell;
mod shortcuts;
mod sign_in;
mod stage;
mod tile;
mod toasts;
mod waiting;
pub mod watch;
mod words;

use discard::discarded;

use crate::command::Commands;
use crate::i18n::Texts;
use crate::icons;
use crate::keys::Action;
use crate::pictures::Pictures;
use crate::settings::ThemeChoice;
use crate::state::{Screen, State};
use crate::theme::{Palette, font, palette, size};
use crate::video_texture::Videos;
use crate::widgets::icon_button;
use egui::{Align, Align2, AsIdSalt, Id, Layout, Rect, Ui, UiBuilder, pos2, vec2};
use protocol::Watch;
use regions::Region;

/// What a view works with.
#[derive(Debug)]
pub struct View<'a> {
    /// Everything the window knows.
    pub state: &'a mut State,
    /// Where wishes go.
    pub commands: &'a mut Commands,
    /// The pictures.
    pub videos: &'a Videos,
    /// People's pictures.
    pub pictures: &'a Pictures,
    /// The remote pictures drawn in this frame, most important first.
    pub seen: Vec<Watch>,
    /// The colours in force.
    pub p: &'static Palette,
    /// The words in force.
    pub t: Texts,
    /// The parts of the window that are on show, in the keyboard's order.
    regions: Vec<Region>,
}

impl View<'_> {
    /// The key of an action as it is printed; empty where it has none.
    fn key(&self, action: Action) -> String {
        self.state.settings.keys.printed(action, self.t.language)
    }
}

/// Draws the page of the moment over all of `ui`; gives the remote pictures that it shows.
pub fn show(
    ui: &mut Ui,
    state: &mut State,
    commands: &mut Commands,
    videos: &Videos,
    pictures: &Pictures,
) -> Vec<Watch> {
    let t = state.texts;
    t.install(ui.ctx());
    let p = palette(ui.ctx());
    let (seen, regions) = (Vec::new(), Vec::new());
    let mut view = View { state, commands, videos, pictures, seen, p, t, regions };
    let way = regions::take(ui.ctx(), &view);
    incoming::keys(ui.ctx(), &mut view);
    shortcuts::handle(ui.ctx(), &mut view);
    // Each page has its own identities: no button inherits the keyboard from the page before.
    let id = Id::unique(("page", view.state.screen as u8));
    let builder = UiBuilder::new().scope_id(id).max_rect(ui.max_rect());
    let ui = &mut ui.new_child(builder);
    match view.state.screen {
        Screen::Starting => sign_in::starting(ui, &mut view),
        Screen::SignIn => sign_in::show(ui, &mut view),
        Screen::NewPassword => new_password::show(ui, &mut view),
        Screen::Main => shell::show(ui, &mut view),
        Screen::PreJoin => pre_join::show(ui, &mut view),
        Screen::Call => call::show(ui, &mut view),
        Screen::Ended => ended::show(ui, &mut view),
    }
    entry::show(ui, &mut view);
    rooms::questions::show(ui.ctx(), &mut view);
    settings::end_unseen_preview(&mut view);
    incoming::show(ui, &mut view);
    if let Some(way) = way {
        regions::follow(ui.ctx(), &view, way);
    }
    view.seen
}

/// Lays `content` out inside `rect`, whatever surrounds it. `name` is unique among its siblings and
/// keeps the identity of what is inside, and so the keyboard's place, when siblings come and go.
fn region<R>(
    ui: &mut Ui,
    name: impl AsIdSalt,
    rect: Rect,
    layout: Layout,
    content: impl FnOnce(&mut Ui) -> R,
) -> R {
    let id = ui.make_persistent_id(name);
    let builder = UiBuilder::new().scope_id(id).max_rect(rect).layout(layout);
    content(&mut ui.new_child(builder))
}

/// Top to bottom.
fn column() -> Layout {
    Layout::top_down(Align::Min)
}

/// A page with the program's header; gives the rectangle below it.
fn page(ui: &mut Ui, view: &mut View<'_>) -> Rect {
    let rect = ui.max_rect();
    let p = view.p;
    ui.painter().rect_filled(rect, 0.0, p.window);
    let header = Rect::from_min_size(rect.min, vec2(rect.width(), size::HEADER));
    ui.painter().rect_filled(header, 0.0, p.panel);
    let mark =
        Rect::from_min_size(pos2(header.left() + 16.0, header.center().y - 10.0), vec2(20.0, 20.0));
    icons::paint_logo(ui.painter(), mark, p);
    let at = pos2(mark.right() + 8.0, header.center().y);
    ui.painter().text(
        at,
        Align2::LEFT_CENTER,
        view.t.get("app-name"),
        font::semibold(14.0),
        p.text,
    );
    let right = header.shrink2(vec2(12.0, 4.0));
    region(ui, "header", right, Layout::right_to_left(Align::Center), |ui| {
        header_controls(ui, view)
    });
    let rest = Rect::from_min_max(pos2(rect.left(), header.bottom()), rect.max);
    regions::mark(ui, view, "header", header);
    regions::mark(ui, view, "page", rest);
    rest
}

fn header_controls(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let dark = ui.visuals().dark_mode;
    let (icon, words) = if dark {
        (icons::ICON_LIGHT_MODE, t.get("theme-light"))
    } else {
        (icons::ICON_DARK_MODE, t.get("theme-dark"))
    };
    if icon_button(ui, icon, &words, size::BUTTON).clicked() {
        view.state.settings.theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
    }
    if icon_button(ui, icons::ICON_TRANSLATE, &t.get("language-other"), size::BUTTON).clicked() {
        let other = t.language.other();
        view.state.texts.language = other;
        view.state.settings.language = Some(other);
    }
}
