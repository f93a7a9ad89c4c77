//! Short messages over the pictures, and the banner that stays while a connection is gone.

use super::{View, region, rooms, words};
use crate::call::Link;
use crate::command::Command;
use crate::icons::{self, MaterialIcon};
use crate::keys::Action;
use crate::state::{Panel, Toast};
use crate::theme::{font, toast_shadow};
use crate::widgets::{Button, icon_button};
use egui::accesskit::Role as Announced;
use egui::{Align, Color32, Layout, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use engine::blur::Notice;
use protocol::Role;

/// A card with one line of words, and the distance to the next card.
const HEIGHT: f32 = 52.0;
const GAP: f32 = 8.0;
/// Where the words of a card begin, and its cross.
const WORDS: f32 = 46.0;
const CROSS: f32 = 32.0;

/// Everything that stands, from the top of `area` down.
pub fn show(ui: &mut Ui, view: &mut View<'_>, area: Rect) {
    let mut top = area.top() + 16.0;
    if let Some(words) = lost(view) {
        let p = view.p;
        let spot = place(area, top, 420.0);
        let face = Face::new(icons::ICON_NETWORK_CHECK, p.warning, words);
        top = card(ui, view, spot, &face, p.warning_soft, false).1 + GAP;
    }
    if view.state.call.as_ref().is_some_and(|call| call.speaks_muted()) {
        let (p, words) = (view.p, view.t.get("banner-speaks-muted"));
        let key = view.key(Action::Microphone);
        let way = (!key.is_empty()).then(|| view.t.named("banner-unmute-key", &key));
        let spot = place(area, top, 420.0);
        let face = Face::new(icons::ICON_MIC_OFF, p.danger, words).with(way, None);
        top = card(ui, view, spot, &face, p.overlay, false).1 + GAP;
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
        top = one(ui, view, place(area, top, width), toast);
    }
}

/// Where a card begins: as wide as it may be, and as high as one line needs.
fn place(area: Rect, top: f32, width: f32) -> Rect {
    let width = width.min(area.width() - 16.0);
    Rect::from_min_size(pos2(area.center().x - width / 2.0, top), vec2(width, HEIGHT))
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

/// One toast from `spot` on; gives where the next begins.
fn one(ui: &mut Ui, view: &mut View<'_>, spot: Rect, toast: Toast) -> f32 {
    let Some(face) = face(view, &toast) else {
        view.state.toasts.dismiss(&toast);
        return spot.top();
    };
    let (pressed, bottom) = card(ui, view, spot, &face, view.p.overlay, true);
    match pressed {
        Pressed::Action => act(view, &toast),
        Pressed::Close => view.state.toasts.dismiss(&toast),
        Pressed::Nothing => {}
    }
    bottom + GAP
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
        Toast::Unsaid => {
            let face = Face::new(icons::ICON_WARNING, p.warning, t.get("toast-unsaid"));
            face.with(Some(t.get("toast-unsaid-detail")), None)
        }
        Toast::Trouble(trouble) => {
            let face = Face::new(icons::ICON_WARNING, p.warning, words::trouble(t, trouble));
            face.with(Some(words::trouble_way_out(t, trouble)), None)
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

/// One card from `spot` on, as high as its words need; what says how things are cannot be dismissed.
/// Gives its lower edge, too.
fn card(
    ui: &mut Ui,
    view: &View<'_>,
    spot: Rect,
    face: &Face,
    fill: Color32,
    dismissible: bool,
) -> (Pressed, f32) {
    let p = view.p;
    let action = face.action.as_deref().map(Button::new);
    let beside = match &action {
        Some(action) => action.natural_width(ui) + ui.spacing().item_spacing.x,
        None => 0.0,
    };
    let controls = if dismissible { CROSS + 16.0 + beside } else { 14.0 };
    let room = (spot.width() - WORDS - controls).max(80.0);
    let lines = |text: &str, font, ink| ui.painter().layout(text.to_owned(), font, ink, room);
    let font = if face.detail.is_some() { font::semibold(14.0) } else { font::medium(14.0) };
    let words = lines(&face.words, font, p.text);
    let detail = face.detail.as_ref().map(|detail| lines(detail, font::regular(12.0), p.text3));
    let high = words.size().y + detail.as_ref().map_or(0.0, |detail| detail.size().y + 2.0);
    let rect = spot.with_max_y(spot.top() + HEIGHT.max(high + 20.0));
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
    let at = pos2(rect.left() + WORDS, rect.center().y - high / 2.0);
    if let Some(detail) = detail {
        painter.galley(at + vec2(0.0, words.size().y + 2.0), detail, p.text3);
    }
    painter.galley(at, words, p.text);
    let mut pressed = Pressed::Nothing;
    if dismissible {
        let row = Rect::from_min_max(pos2(at.x, rect.top()), rect.max - vec2(8.0, 0.0));
        region(ui, ("toast", &face.words), row, Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::ICON_CLOSE, &view.t.get("toast-close"), CROSS).clicked() {
                pressed = Pressed::Close;
            }
            if action.is_some_and(|action| ui.add(action).clicked()) {
                pressed = Pressed::Action;
            }
        });
    }
    (pressed, rect.bottom())
}
