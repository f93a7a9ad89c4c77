//! A room's further links: each for somebody or something, and with its own end.

use super::top::heading;
use super::{LABEL, ask, words};
use crate::i18n::Texts;
use crate::icons;
use crate::state::{Expiry, LinkForm, MAX_NAME, Part, RoomQuestion};
use crate::theme::font;
use crate::ui::View;
use crate::ui::words::day;
use crate::widgets::{
    Button, Choice, Field, Kind, copied, dropdown, elided, failure, icon_button, note, spoken,
};
use egui::accesskit::Role;
use egui::{Align, Layout, Rect, Sense, Ui, UiBuilder, pos2, vec2};
use protocol::RoomLink;

/// A link's row.
const ROW: f32 = 44.0;

/// The section.
pub fn show(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    ui.horizontal(|ui| {
        heading(ui, view, &t.get("rooms-links"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::ICON_ADD, &t.get("rooms-link-add"), 32.0).clicked() {
                let form = &mut view.state.rooms.info.link;
                *form = if form.is_some() { None } else { Some(LinkForm::default()) };
            }
        });
    });
    if let Some(cause) = view.state.rooms.info.failure_of(Part::Links) {
        failure(ui, &words::failure(t, cause));
    }
    form(ui, view);
    let now_ms = view.state.now.unix_ms;
    let links = view.state.rooms.info.links.clone().unwrap_or_default();
    let works = |link: &&RoomLink| {
        link.revoked_at_ms.is_none() && link.expires_at_ms.is_none_or(|end| end > now_ms)
    };
    let working: Vec<_> = links.iter().filter(works).collect();
    if working.is_empty() && view.state.rooms.info.link.is_none() {
        note(ui, &t.get("rooms-links-none"));
    }
    for link in working {
        row(ui, view, link);
    }
}

fn row(ui: &mut Ui, view: &mut View<'_>, link: &RoomLink) {
    let (p, t) = (view.p, view.t);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let end = match link.expires_at_ms {
        Some(end) => t.named("rooms-link-until", &day(t, end).1),
        None => t.get("rooms-link-forever"),
    };
    let words = format!("{}, {end}", link.label);
    response.widget_info(|| egui::WidgetInfo::labeled(Role::ListItem, true, &words));
    let right = rect.right() - 72.0;
    let label = Rect::from_min_max(rect.min + vec2(0.0, 4.0), pos2(right, rect.top() + 24.0));
    elided(ui.painter(), label, &link.label, font::medium(14.0), p.text);
    let below = Rect::from_min_max(pos2(rect.left(), label.bottom()), pos2(right, rect.bottom()));
    elided(ui.painter(), below.shrink2(vec2(0.0, 2.0)), &end, font::regular(12.0), p.text3);
    let builder = UiBuilder::new()
        .id_salt(("link", link.id))
        .max_rect(rect)
        .layout(Layout::right_to_left(Align::Center));
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing.x = 2.0;
    let name = t.named("rooms-link-revoke", &link.label);
    if icon_button(ui, icons::ICON_DELETE, &name, 32.0).clicked()
        && let Some(number) = view.state.rooms.selected.clone()
    {
        let (id, label) = (link.id, link.label.clone());
        view.state.rooms.question = Some(RoomQuestion::RevokeLink { number, id, label });
    }
    let name = t.named("rooms-link-copy", &link.label);
    let id = ui.make_persistent_id("copied");
    let icon = match copied(ui, id, None) {
        true => icons::ICON_CHECK,
        false => icons::ICON_CONTENT_COPY,
    };
    let button = icon_button(ui, icon, &name, 32.0);
    if copied(ui, id, button.clicked().then_some(&link.url)) {
        spoken(ui, button.rect, "copied", Role::Status, &t.get("toast-copied-text"));
    }
}

fn form(ui: &mut Ui, view: &mut View<'_>) {
    let t = view.t;
    let now_ms = view.state.now.unix_ms;
    let Some(form) = &mut view.state.rooms.info.link else { return };
    let missing = t.get("rooms-failed-label");
    let wrong = form.checked && form.label.trim().is_empty();
    ui.spacing_mut().interact_size.y = LABEL;
    Field::new(&t.get("rooms-link-label"), &mut form.label)
        .limit(MAX_NAME)
        .hint(&t.get("rooms-link-label-hint"))
        .error(wrong.then_some(missing.as_str()))
        .show(ui);
    let choices = Expiry::ALL
        .map(|expiry| Choice { name: expiry_words(t, expiry), chosen: form.expiry == expiry });
    let name = t.get("rooms-link-expiry");
    if let Some(index) = dropdown(ui, icons::ICON_SCHEDULE, &name, &choices) {
        form.expiry = Expiry::ALL[index];
    }
    let words = t.get("rooms-link-make");
    let busy = form.busy;
    let button = Button::new(&words).kind(Kind::Primary).enabled(!busy);
    if ui.add(button.width(ui.available_width())).clicked() {
        let wish = view.state.rooms.send_link(now_ms);
        ask(view, wish);
    }
}

fn expiry_words(t: Texts, expiry: Expiry) -> String {
    t.get(match expiry {
        Expiry::Never => "rooms-expiry-never",
        Expiry::Day => "rooms-expiry-day",
        Expiry::Week => "rooms-expiry-week",
        Expiry::Month => "rooms-expiry-month",
    })
}
