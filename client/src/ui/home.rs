//! Start a webinar or a group call; the user's rooms.

use super::{View, column, page, region, words};
use crate::command::Command;
use crate::icons;
use crate::theme::{Palette, font, size};
use crate::widgets::{Button, Kind, elided, failure, icon_button, label, pill, text_field};
use egui::{Align, Layout, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use protocol::{Room, RoomKind};

/// How long "copied" stands, seconds.
const COPIED_S: f64 = 4.0;
/// A room's row.
const ROW: f32 = 60.0;

/// The rooms page.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let rect = page(ui, view);
    account(ui, view);
    let width = (rect.width() - 56.0).min(1040.0);
    let body = Rect::from_min_max(
        pos2(rect.center().x - width / 2.0, rect.top() + 28.0),
        pos2(rect.center().x + width / 2.0, rect.bottom() - 12.0),
    );
    region(ui, "body", body, column(), |ui| {
        label(ui, view.t.get("home-title"), font::title(30.0), view.p.text);
        ui.add_space(12.0);
        start_card(ui, view);
        ui.add_space(20.0);
        rooms(ui, view);
    });
}

/// Who is signed in, and the way out, in the header.
fn account(ui: &mut Ui, view: &mut View<'_>) {
    let Some(account) = &view.state.account else { return };
    let header = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), size::HEADER));
    let right = Rect::from_min_max(header.min, pos2(header.right() - 96.0, header.bottom()));
    let (name, embedded) = (account.display_name.clone(), account.embedded);
    region(ui, "account", right, Layout::right_to_left(Align::Center), |ui| {
        if !embedded
            && icon_button(ui, icons::ICON_LOGOUT, &view.t.get("sign-out"), size::BUTTON).clicked()
        {
            view.state.account = None;
            view.state.home = Default::default();
            view.state.screen = crate::state::Screen::SignIn;
            view.commands.push(Command::SignOut);
        }
        label(ui, name, font::medium(13.0), view.p.text2);
    });
}

fn start_card(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    let wide = ui.available_width() > 760.0;
    let height = if wide { 104.0 } else { 160.0 };
    let (card, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.painter().rect_filled(card, 14.0, p.panel);
    let inner = card.shrink(20.0);
    let buttons_width = 400.0_f32.min(inner.width());
    let field = if wide {
        Rect::from_min_max(inner.min, pos2(inner.right() - buttons_width - 16.0, inner.bottom()))
    } else {
        Rect::from_min_size(inner.min, vec2(inner.width(), 70.0))
    };
    region(ui, "name", field, column(), |ui| {
        text_field(ui, &t.get("home-name"), &mut view.state.home.name, false, 120);
    });
    let top = field.top() + 22.0 + if wide { 0.0 } else { 60.0 };
    let buttons = Rect::from_min_size(
        pos2(inner.right() - buttons_width, top),
        vec2(buttons_width, size::BUTTON_LARGE),
    );
    region(ui, "start", buttons, Layout::right_to_left(Align::Min), |ui| {
        let free = view.state.home.creating.is_none();
        for (kind, key, icon, meaning) in [
            (RoomKind::Webinar, "home-start-webinar", icons::ICON_CO_PRESENT, Kind::Primary),
            (RoomKind::GroupCall, "home-start-group-call", icons::ICON_GROUPS, Kind::Neutral),
        ] {
            let words = t.get(key);
            let button = Button::new(&words).icon(icon).kind(meaning).large().enabled(free);
            if ui.add(button).clicked() {
                create(view, kind);
            }
        }
    });
    if let Some(cause) = &view.state.home.failure {
        failure(ui, &words::failure(t, cause));
    }
}

fn create(view: &mut View<'_>, kind: RoomKind) {
    let typed = view.state.home.name.trim();
    let name = if typed.is_empty() {
        let who = view.state.account.as_ref().map_or("", |a| a.display_name.as_str());
        view.t.named(
            match kind {
                RoomKind::Webinar => "home-default-webinar",
                RoomKind::GroupCall => "home-default-group-call",
            },
            who,
        )
    } else {
        typed.to_owned()
    };
    view.state.home.creating = Some(kind);
    view.state.home.failure = None;
    view.commands.push(Command::CreateRoom { name, kind });
}

fn rooms(ui: &mut Ui, view: &mut View<'_>) {
    let (p, t) = (view.p, view.t);
    label(ui, t.get("home-rooms"), font::semibold(16.0), p.text);
    ui.add_space(2.0);
    // Taken out so that a row may change the rest of the state; put back below.
    let Some(rooms) = view.state.home.rooms.take() else {
        label(ui, t.get("home-loading"), font::regular(14.0), p.text3);
        return;
    };
    if rooms.is_empty() {
        empty(ui, view);
    } else {
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, rooms.len(), |ui, shown| {
            for room in &rooms[shown] {
                row(ui, view, room);
            }
        });
    }
    view.state.home.rooms.get_or_insert(rooms);
}

fn empty(ui: &mut Ui, view: &View<'_>) {
    let (p, t) = (view.p, view.t);
    let area = ui.available_rect_before_wrap();
    let middle = pos2(area.center().x, area.top() + 120.0);
    icons::paint_lectern(ui.painter(), middle, false, p);
    let words = Rect::from_center_size(middle + vec2(0.0, 120.0), vec2(area.width(), 72.0));
    region(ui, "empty", words, Layout::top_down(Align::Center), |ui| {
        label(ui, t.get("home-empty-title"), font::title(26.0), p.text);
        label(ui, t.get("home-empty"), font::regular(14.0), p.text2);
    });
}

fn row(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let (p, t) = (view.p, view.t);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    if response.hovered() || response.contains_pointer() {
        ui.painter().rect_filled(rect, 10.0, p.panel);
    }
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::accesskit::Role::ListItem, true, &room.name)
    });
    let mut opened = response.double_clicked();
    kind_tile(ui, rect, room.kind, p);
    let controls =
        Rect::from_min_max(pos2(rect.right() - 340.0, rect.top()), rect.max - vec2(12.0, 0.0));
    let words_right = controls.left() - 136.0;
    let title = Rect::from_min_max(
        pos2(rect.left() + 64.0, rect.top() + 9.0),
        pos2(words_right, rect.top() + 31.0),
    );
    elided(ui.painter(), title, &room.name, font::medium(14.0), p.text);
    let meta = Rect::from_min_max(
        pos2(title.left(), rect.top() + 31.0),
        pos2(words_right, rect.top() + 49.0),
    );
    elided(ui.painter(), meta, &words::kind(t, room.kind), font::regular(12.0), p.text3);
    let number = words::number(&room.number);
    let at = pos2(words_right + 8.0, rect.center().y);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, number, font::mono(13.0), p.text2);
    region(ui, ("room", &room.number), controls, Layout::right_to_left(Align::Center), |ui| {
        ui.push_id(&room.number, |ui| {
            let words = t.get("home-open");
            opened |= ui.add(Button::new(&words).height(32.0)).clicked();
            copy_link(ui, view, room);
        });
    });
    if opened {
        view.state.open(room.clone());
        view.commands.push(Command::OpenRoom { number: room.number.clone() });
    }
}

fn kind_tile(ui: &Ui, row: Rect, kind: RoomKind, p: &Palette) {
    let tile = Rect::from_center_size(pos2(row.left() + 34.0, row.center().y), vec2(36.0, 36.0));
    ui.painter().rect_filled(tile, 10.0, p.raised);
    let icon = match kind {
        RoomKind::Webinar => icons::ICON_CO_PRESENT,
        RoomKind::GroupCall => icons::ICON_GROUPS,
    };
    icons::paint(ui.painter(), icon.outlined(), tile.center(), 20.0, p.text2);
}

fn copy_link(ui: &mut Ui, view: &mut View<'_>, room: &Room) {
    let (p, t, now) = (view.p, view.t, view.state.now.seconds);
    let copied = view
        .state
        .home
        .copied
        .as_ref()
        .is_some_and(|(number, until)| *number == room.number && *until > now);
    if copied {
        let (rect, _) = ui.allocate_exact_size(vec2(118.0, 32.0), Sense::hover());
        pill(
            ui.painter(),
            pos2(rect.left(), rect.center().y),
            &t.get("copied"),
            p.success_soft,
            p.success,
        );
        ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
        return;
    }
    let words = t.get("copy-link");
    let button = Button::new(&words).icon(icons::ICON_CONTENT_COPY).kind(Kind::Ghost).height(32.0);
    if ui.add(button).clicked()
        && let Some(link) = view.state.link(&room.link_path)
    {
        ui.ctx().copy_text(link);
        view.state.home.copied = Some((room.number.clone(), now + COPIED_S));
    }
}
