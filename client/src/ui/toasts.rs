//! Short messages over the pictures, and the banner that stays while a connection is gone.

use super::{View, region, rooms, words};
use crate::call::Link;
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::state::{Panel, Toast};
use crate::theme::{font, toast_shadow};
use crate::widgets::{Button, elided, icon_button};
use egui::accesskit::Role as Announced;
use egui::{Align, Color32, Layout, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use engine::blur::Notice;
use protocol::Role;

/// Everything that stands, from the top of `area` down.
pub fn show(ui: &mut Ui, view: &mut View<'_>, area: Rect) {
    let mut top = area.top() + 16.0;
    if let Some(words) = lost(view) {
        let p = view.p;
        let spot = place(area, top, 420.0);
        let face = Face::new(icons::ICON_NETWORK_CHECK, p.warning, words);
        card(ui, view, spot, &face, p.warning_soft, false);
        top = spot.bottom() + 8.0;
    }
    if view.state.call.as_ref().is_some_and(|call| call.speaks_muted()) {
        let (p, words) = (view.p, view.t.get("banner-speaks-muted"));
        let spot = place(area, top, 420.0);
        let face = Face::new(icons::ICON_MIC_OFF, p.danger, words);
        card(ui, view, spot, &face, p.overlay, false);
        top = spot.bottom() + 8.0;
    }
    let (standing, next) = view.state.toasts.standing(view.state.now.seconds);
    let standing: Vec<Toast> = standing.iter().map(|(toast, _)| toast.clone()).collect();
    if let Some(next) = next {
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(next.max(0.02)));
    }
    for toast in standing {
        // Where blur goes, and what a room allows, takes more words.
        let short = matches!(toast, Toast::Hands | Toast::Knock | Toast::Copied);
        let width = if short { 420.0 } else { 540.0 };
        let spot = place(area, top, width);
        one(ui, view, spot, toast);
        top = spot.bottom() + 8.0;
    }
}

fn place(area: Rect, top: f32, width: f32) -> Rect {
    let width = width.min(area.width() - 16.0);
    Rect::from_min_size(pos2(area.center().x - width / 2.0, top), vec2(width, 52.0))
}

/// What is gone, in words.
fn lost(view: &View<'_>) -> Option<String> {
    let call = view.state.call.as_ref()?;
    if !call.lost() {
        return None;
    }
    Some(view.t.get(if matches!(call.link, Link::Lost { .. }) {
        "banner-link-lost"
    } else {
        "banner-media-lost"
    }))
}

/// What a toast shows and offers.
struct Face {
    icon: MaterialIcon,
    ink: Color32,
    words: String,
    /// Smaller, below the words.
    detail: Option<String>,
    action: Option<String>,
}

impl Face {
    fn new(icon: MaterialIcon, ink: Color32, words: String) -> Face {
        Face { icon, ink, words, detail: None, action: None }
    }

    fn with(self, detail: Option<String>, action: Option<String>) -> Face {
        Face { detail, action, ..self }
    }
}

fn one(ui: &mut Ui, view: &mut View<'_>, spot: Rect, toast: Toast) {
    let Some(face) = face(view, &toast) else {
        return view.state.toasts.dismiss(&toast);
    };
    match card(ui, view, spot, &face, view.p.overlay, true) {
        Pressed::Action => act(view, &toast),
        Pressed::Close => view.state.toasts.dismiss(&toast),
        Pressed::Nothing => {}
    }
}

/// How a toast looks now; nothing when its reason is gone.
fn face(view: &View<'_>, toast: &Toast) -> Option<Face> {
    let (p, t) = (view.p, view.t);
    let moderated = match toast {
        Toast::Hands => return hands(view),
        Toast::Knock => return knock(view),
        Toast::Copied => Face::new(icons::ICON_CHECK_CIRCLE, p.success, t.get("toast-copied")),
        Toast::CopiedText => {
            Face::new(icons::ICON_CHECK_CIRCLE, p.success, t.get("toast-copied-text"))
        }
        Toast::HandLowered => {
            Face::new(icons::ICON_FRONT_HAND, p.hand, t.get("toast-hand-lowered"))
        }
        Toast::HandDropped => {
            let restorable =
                view.state.call.as_ref().is_some_and(|call| call.may_restore_hand(view.state.now));
            if !restorable {
                return None;
            }
            let face = Face::new(icons::ICON_FRONT_HAND, p.hand, t.get("toast-hand-dropped"));
            face.with(None, Some(t.get("toast-undo")))
        }
        Toast::MayPublish => Face::new(icons::ICON_MIC, p.success, t.get("toast-may-publish")),
        Toast::MayNotPublish => {
            Face::new(icons::ICON_MIC_OFF, p.text2, t.get("toast-may-not-publish"))
        }
        // Nobody did: the room's policy.
        Toast::Muted(by) if by.is_empty() => {
            Face::new(icons::ICON_MIC_OFF, p.text2, t.get("toast-join-muted"))
        }
        Toast::Muted(by) => Face::new(icons::ICON_MIC_OFF, p.warning, t.named("toast-muted", by)),
        Toast::Locked(true) => Face::new(icons::ICON_LOCK, p.accent_text, t.get("toast-locked")),
        Toast::Locked(false) => Face::new(icons::ICON_LOCK_OPEN, p.text2, t.get("toast-open")),
        Toast::Role { name, role } => {
            let key = match role {
                Role::Host => "toast-is-host",
                Role::Presenter => "toast-is-presenter",
                Role::Attendee => "toast-is-attendee",
            };
            Face::new(icons::ICON_GROUP, p.text2, t.named(key, name))
        }
        Toast::Moderates(true) => Face::new(icons::ICON_GROUP, p.success, t.get("toast-moderate")),
        Toast::Moderates(false) => {
            Face::new(icons::ICON_GROUP, p.text2, t.get("toast-moderate-no-more"))
        }
        Toast::Denied => Face::new(icons::ICON_ERROR, p.danger, t.get("toast-denied")),
        Toast::Trouble(detail) => {
            Face::new(icons::ICON_WARNING, p.warning, t.named("toast-trouble", detail))
        }
        Toast::Blur(notice) => {
            let better = matches!(notice, Notice::Quality { lowered: false, .. });
            let ink = if better { p.success } else { p.warning };
            let open = shows(view, Panel::Health);
            let action = (!open).then(|| t.get("health-details"));
            Face::new(icons::ICON_BLUR_ON, ink, words::blur_notice(t, notice)).with(None, action)
        }
        Toast::PictureRefused(detail) => {
            Face::new(icons::ICON_WARNING, p.warning, t.named("background-refused", detail))
        }
        Toast::NotRung(failure) => {
            Face::new(icons::ICON_WARNING, p.warning, rooms::words::failure(t, failure))
        }
    };
    Some(moderated)
}

/// All hands in one: how many, and whose.
fn hands(view: &View<'_>) -> Option<Face> {
    let (p, t) = (view.p, view.t);
    let call = view.state.call.as_ref()?;
    let hands = call.hands();
    if hands.is_empty() {
        return None;
    }
    let action = (!shows(view, Panel::People)).then(|| t.get("toast-look"));
    let face = Face::new(icons::ICON_FRONT_HAND, p.hand, t.count("hands-count", hands.len()));
    Some(face.with(Some(names(hands.iter().map(|person| &*person.name))), action))
}

/// Everybody who knocks in one; a single one can be let in at once.
fn knock(view: &View<'_>) -> Option<Face> {
    let (p, t) = (view.p, view.t);
    let waiting = &view.state.call.as_ref()?.waiting;
    let (words, detail, action) = match &waiting[..] {
        [] => return None,
        [only] => (t.named("knock-one", &only.name), None, Some(t.get("knock-admit"))),
        all => {
            let names = names(all.iter().map(|person| &*person.name));
            let action = (!shows(view, Panel::People)).then(|| t.get("toast-look"));
            (t.count("knock-count", all.len()), Some(names), action)
        }
    };
    Some(Face::new(icons::ICON_DOOR_OPEN, p.success, words).with(detail, action))
}

/// The first few; the line's end cuts what does not fit.
fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.take(6).collect::<Vec<_>>().join(", ")
}

fn shows(view: &View<'_>, panel: Panel) -> bool {
    view.state.call.as_ref().is_some_and(|call| call.panel == Some(panel))
}

/// Does what a toast offers.
fn act(view: &mut View<'_>, toast: &Toast) {
    let Some(call) = &mut view.state.call else { return };
    match toast {
        // It goes when the hub says that nobody waits any more.
        Toast::Knock if call.waiting.len() == 1 => {
            view.commands.push(Command::Admit(call.waiting[0].id));
        }
        Toast::Blur(_) => open(view, Panel::Health),
        Toast::HandDropped => view.commands.push(Command::RestoreHand),
        _ => open(view, Panel::People),
    }
    if *toast != Toast::Knock {
        view.state.toasts.dismiss(toast);
    }
}

fn open(view: &mut View<'_>, panel: Panel) {
    view.state.fullscreen = false;
    if let Some(call) = &mut view.state.call {
        call.panel = Some(panel);
    }
}

enum Pressed {
    Nothing,
    Action,
    Close,
}

/// One card; what says how things are cannot be dismissed.
fn card(
    ui: &mut Ui,
    view: &View<'_>,
    rect: Rect,
    face: &Face,
    fill: Color32,
    dismissible: bool,
) -> Pressed {
    let p = view.p;
    let spoken = match &face.detail {
        Some(detail) => format!("{}: {detail}", face.words),
        None => face.words.clone(),
    };
    crate::widgets::spoken(ui, rect, &face.words, Announced::Alert, &spoken);
    let painter = ui.painter();
    painter.add(toast_shadow(p).as_shape(rect, 12));
    painter.rect_filled(rect, 12.0, fill);
    painter.rect_stroke(rect, 12.0, Stroke::new(1.0, p.line), StrokeKind::Inside);
    let icon = pos2(rect.left() + 26.0, rect.center().y);
    icons::paint(painter, face.icon.filled(), icon, 20.0, face.ink);
    let mut pressed = Pressed::Nothing;
    let mut right = rect.right() - 14.0;
    if dismissible {
        let row =
            Rect::from_min_max(pos2(rect.left() + 80.0, rect.top()), rect.max - vec2(8.0, 0.0));
        region(ui, ("toast", &face.words), row, Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::ICON_CLOSE, &view.t.get("toast-close"), 32.0).clicked() {
                pressed = Pressed::Close;
            }
            if let Some(action) = &face.action
                && ui.add(Button::new(action)).clicked()
            {
                pressed = Pressed::Action;
            }
            right = ui.min_rect().left() - 8.0;
        });
    }
    let text = Rect::from_min_max(pos2(rect.left() + 46.0, rect.top()), pos2(right, rect.bottom()));
    let painter = ui.painter();
    match &face.detail {
        Some(detail) => {
            let line = |lift: f32| text.translate(vec2(0.0, lift));
            elided(painter, line(-9.0), &face.words, font::semibold(14.0), p.text);
            elided(painter, line(10.0), detail, font::regular(12.0), p.text3);
        }
        None => {
            elided(painter, text, &face.words, font::medium(14.0), p.text);
        }
    }
    pressed
}
