//! One person: name, role, microphone, camera, and the way to everything else.

use super::{ROW, ask_to_remove, menu};
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::theme::font;
use crate::ui::{View, portrait, region, tile, words};
use crate::widgets::{avatar, context_popup, elided, icon_button, list_row, tip};
use egui::{Align, Color32, Layout, Popup, PopupCloseBehavior, Rect, RectAlign, Ui, pos2, vec2};
use protocol::{Participant, ParticipantKind};

/// The menu of a person, points.
const MENU: f32 = 264.0;
/// A small button, and a mark.
const SIDE: f32 = 32.0;

/// The row.
pub fn show(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    let Some(call) = &view.state.call else { return };
    let speaks = call.ring(person.id, view.state.now) > 0.0;
    let cause = tile::quality_of(view.t, call, person.id).map(|(_, cause)| cause);
    let caption = caption(view, person, speaks);
    let mut spoken = format!("{}, {caption}", person.name);
    for more in sending(view, person).into_iter().chain(cause.clone()) {
        spoken = format!("{spoken}, {more}");
    }
    let picture = portrait::of(view, person);
    let row = list_row(ui, &spoken, ROW, false, |ui, rect| {
        let face = pos2(rect.left() + 24.0, rect.center().y);
        avatar(ui.painter(), face, 32.0, &person.name, picture);
        let end = controls(ui, view, person, rect, speaks);
        let (top, left) = (rect.top() + 5.0, rect.left() + 52.0);
        let name = Rect::from_min_max(pos2(left, top), pos2(end, top + 20.0));
        title(ui, view, person, name);
        let below = name.translate(vec2(0.0, 18.0));
        let (words, ink) = match &cause {
            Some(cause) => (cause, view.p.warning),
            None => (&caption, view.p.text3),
        };
        elided(ui.painter(), below, words, font::regular(12.0), ink);
    });
    context_popup(&row, PopupCloseBehavior::CloseOnClickOutside, |ui| {
        ui.set_width(MENU);
        menu::items(ui, view, person);
    });
    if let Some(cause) = cause {
        tip(row, &cause, None);
    }
}

fn title(ui: &Ui, view: &View<'_>, person: &Participant, place: Rect) {
    let (p, t) = (view.p, view.t);
    let own = view.state.call.as_ref().is_some_and(|call| call.you == person.id);
    let aside = if own { t.get("you-aside") } else { String::new() };
    let painter = ui.painter();
    let aside = painter.layout_no_wrap(aside, font::regular(14.0), p.text3);
    let room = if own { aside.size().x + 5.0 } else { 0.0 };
    let words = Rect::from_min_max(place.min, place.max - vec2(room, 0.0));
    let drawn = elided(painter, words, &person.name, font::medium(14.0), p.text);
    let at = pos2(drawn.right() + 5.0, drawn.center().y - aside.size().y / 2.0);
    painter.galley(at, aside, p.text3);
}

/// Role, how they came, and whether they are heard.
fn caption(view: &View<'_>, person: &Participant, speaks: bool) -> String {
    let t = view.t;
    let mut caption = words::role(t, person.role);
    if person.kind == ParticipantKind::Guest {
        caption = format!("{caption} · {}", t.get("kind-guest"));
    }
    if person.screen {
        caption = format!("{caption} · {}", t.get("person-shares"));
    }
    if speaks {
        caption = format!("{caption} · {}", t.get("tile-speaks"));
    }
    caption
}

/// What leaves their machine, in words.
fn sending(view: &View<'_>, person: &Participant) -> Vec<String> {
    let t = view.t;
    if !person.may_publish {
        return vec![t.get("person-watches")];
    }
    let sound = if person.microphone { "person-heard" } else { "person-silent" };
    let picture = if person.camera { "person-seen" } else { "person-unseen" };
    vec![t.get(sound), t.get(picture)]
}

/// The marks at the right, or what a host does most under the pointer; gives where they begin.
fn controls(
    ui: &mut Ui,
    view: &mut View<'_>,
    person: &Participant,
    rect: Rect,
    speaks: bool,
) -> f32 {
    let t = view.t;
    let Some(call) = &view.state.call else { return rect.right() };
    let (own, host) = (call.you == person.id, call.host());
    let inside = rect.shrink2(vec2(6.0, 0.0));
    let mut left = rect.right();
    region(ui, "controls", inside, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if own {
            ui.add_space(SIDE);
        } else {
            more(ui, view, person);
        }
        let acts = host && !own && ui.rect_contains_pointer(rect);
        if acts {
            let words = t.named("remove-of", &person.name);
            if icon_button(ui, icons::ICON_DELETE, &words, SIDE).clicked() {
                ask_to_remove(view, person.id, &person.name);
            }
        }
        if acts && person.microphone {
            let words = t.named("mute-of", &person.name);
            if icon_button(ui, icons::ICON_MIC_OFF, &words, SIDE).clicked() {
                view.commands.push(Command::Mute(person.id));
            }
        } else if person.may_publish {
            marks(ui, view, person, speaks, acts);
        }
        left = ui.min_rect().left() - 4.0;
    });
    left
}

/// Camera and microphone as they are.
fn marks(ui: &mut Ui, view: &View<'_>, person: &Participant, speaks: bool, narrow: bool) {
    let p = view.p;
    let mut mark = |icon: MaterialIcon, ink: Color32| {
        let (rect, _) = ui.allocate_exact_size(vec2(28.0, SIDE), egui::Sense::hover());
        icons::paint(ui.painter(), icon, rect.center(), 18.0, ink);
    };
    if !narrow {
        if person.camera {
            mark(icons::ICON_VIDEOCAM.outlined(), p.text2);
        } else {
            mark(icons::ICON_VIDEOCAM_OFF.outlined(), p.text3);
        }
    }
    match (person.microphone, speaks) {
        (true, true) => mark(icons::ICON_GRAPHIC_EQ.filled(), p.ring),
        (true, false) => mark(icons::ICON_MIC.outlined(), p.text2),
        (false, _) => mark(icons::ICON_MIC_OFF.outlined(), p.text3),
    }
}

/// The button of the menu.
fn more(ui: &mut Ui, view: &mut View<'_>, person: &Participant) {
    let name = view.t.named("person-more", &person.name);
    let button = icon_button(ui, icons::ICON_MORE_HORIZ, &name, SIDE);
    Popup::menu(&button)
        .align(RectAlign::BOTTOM_END)
        .gap(6.0)
        .width(MENU)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(MENU);
            menu::items(ui, view, person);
        });
}
