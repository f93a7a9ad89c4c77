//! The tools one by one. Their widths are fixed to the longer label of both states, so that
//! nothing moves when a label flips.

use super::menus;
use crate::icons::{self, MaterialIcon};
use crate::keys::Action;
use crate::state::{Call, Layout as Arrangement, Panel};
use crate::theme::size;
use crate::ui::View;
use crate::widgets::{Tool, ToolLook, badge};
use egui::{Response, Ui};
use protocol::{ConferenceState, RoomKind};

/// Between tools.
pub const GAP: f32 = 2.0;
/// An arrow beside microphone, camera and leave.
pub const ARROW: f32 = 22.0;

/// A tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Own microphone, with its devices.
    Microphone,
    /// Own camera, with its devices and the background.
    Camera,
    /// Own screen.
    Share,
    /// The whole conference.
    Hold,
    /// Own hand.
    Hand,
    /// Tiles or stage.
    View,
    /// The chat.
    Chat,
    /// The participants.
    People,
    /// Everything else.
    More,
}

/// What this person needs here. In a narrow window some of it is found under [`Item::More`].
pub fn items(call: &Call, narrow: bool) -> Vec<Item> {
    let presents = call.room.kind == RoomKind::Webinar && call.host();
    let mut items = Vec::with_capacity(8);
    if call.may_publish() {
        items.extend([Item::Microphone, Item::Camera]);
    }
    if !narrow {
        if call.may_publish() {
            items.push(Item::Share);
        }
        // Whoever leads a webinar gives the floor and needs no hand.
        items.push(if presents { Item::Hold } else { Item::Hand });
        items.push(Item::View);
    }
    items.extend([Item::Chat, Item::People, Item::More]);
    items
}

impl Item {
    fn width(self) -> f32 {
        match self {
            Item::Microphone => 110.0,
            Item::Camera | Item::Share => 118.0,
            Item::Hold | Item::Hand | Item::People => 92.0,
            Item::View => 98.0,
            Item::Chat => 80.0,
            Item::More => 72.0,
        }
    }

    fn arrow(self) -> bool {
        matches!(self, Item::Microphone | Item::Camera)
    }
}

/// The width of `items` side by side, points.
pub fn width(items: &[Item], words: bool) -> f32 {
    let one = |item: &Item| {
        let tool = if words { item.width() } else { size::TOOL };
        tool + GAP + if item.arrow() { ARROW + GAP } else { 0.0 }
    };
    items.iter().map(one).sum::<f32>() - GAP
}

/// How a tool looks at this moment.
struct Face {
    icon: MaterialIcon,
    label: &'static str,
    key: Option<Action>,
    look: ToolLook,
}

fn face(
    icon: MaterialIcon,
    label: &'static str,
    key: impl Into<Option<Action>>,
    look: ToolLook,
) -> Face {
    Face { icon, label, key: key.into(), look }
}

fn face_of(item: Item, view: &View<'_>, call: &Call) -> Face {
    use ToolLook::{Hand, Live, Off, Open, Rest};
    let raised = call.me().is_some_and(|me| me.hand_raised_at_ms.is_some());
    let held = call.state == ConferenceState::OnHold;
    let open = |panel| if call.panel == Some(panel) { Open } else { Rest };
    match item {
        Item::Microphone if call.microphone => {
            face(icons::ICON_MIC, "mute", Action::Microphone, Rest)
        }
        Item::Microphone => face(icons::ICON_MIC_OFF, "unmute", Action::Microphone, Off),
        Item::Camera if call.camera => {
            face(icons::ICON_VIDEOCAM, "video-off", Action::Camera, Rest)
        }
        Item::Camera => face(icons::ICON_VIDEOCAM_OFF, "video-on", Action::Camera, Off),
        Item::Share if view.state.screens.shared.is_some() => {
            face(icons::ICON_CANCEL_PRESENTATION, "share-stop", Action::Share, Live)
        }
        Item::Share => face(icons::ICON_PRESENT_TO_ALL, "share-start", Action::Share, Rest),
        Item::Hold if held => face(icons::ICON_PLAY_ARROW, "call-resume", None, Live),
        Item::Hold => face(icons::ICON_PAUSE, "call-hold", None, Rest),
        Item::Hand if raised => face(icons::ICON_FRONT_HAND, "hand-lower", Action::Hand, Hand),
        Item::Hand => face(icons::ICON_FRONT_HAND, "hand-raise", Action::Hand, Rest),
        Item::View if call.layout == Arrangement::Tiles => {
            face(icons::ICON_VIEW_SIDEBAR, "view-stage", Action::View, Rest)
        }
        Item::View => face(icons::ICON_GRID_VIEW, "view-tiles", Action::View, Rest),
        Item::Chat => face(icons::ICON_CHAT_BUBBLE, "chat", Action::Chat, open(Panel::Chat)),
        Item::People => face(icons::ICON_GROUP, "people", Action::People, open(Panel::People)),
        Item::More => face(icons::ICON_MORE_HORIZ, "call-more", None, Rest),
    }
}

/// Draws one tool, with its menu, and does what it names. `all` says which others there are.
pub fn show(ui: &mut Ui, view: &mut View<'_>, item: Item, all: &[Item], words: bool) {
    let Some(call) = &view.state.call else { return };
    let face = face_of(item, view, call);
    let (unread, hands) = (call.unread, call.hands().len());
    let label = view.t.get(face.label);
    let key = face.key.map_or(String::new(), |action| view.key(action));
    let Face { icon, look, .. } = face;
    let response =
        ui.add(Tool { icon, label: &label, key: &key, look, width: item.width(), words });
    match item {
        Item::Chat if unread > 0 => {
            badge(ui.painter(), response.rect, unread, view.p.accent, view.p.on_accent);
        }
        Item::People if hands > 0 => {
            badge(ui.painter(), response.rect, hands, view.p.hand, view.p.on_hand);
        }
        _ => {}
    }
    act(ui, view, item, all, &response);
}

fn act(ui: &mut Ui, view: &mut View<'_>, item: Item, all: &[Item], response: &Response) {
    let pressed = response.clicked();
    match item {
        Item::Microphone => {
            if pressed {
                flip_microphone(view);
            }
            menus::microphone(ui, view);
        }
        Item::Camera => {
            if pressed {
                flip_camera(view);
            }
            menus::camera(ui, view);
        }
        Item::More => menus::more(view, response, all),
        _ if pressed => press(view, item),
        _ => {}
    }
}

fn flip_microphone(view: &mut View<'_>) {
    let open = view.state.call.as_ref().is_some_and(|call| call.microphone);
    super::set_microphone(view, !open);
}

fn flip_camera(view: &mut View<'_>) {
    let on = view.state.call.as_ref().is_some_and(|call| call.camera);
    super::set_camera(view, !on);
}

/// Does what a tool without a menu names.
pub fn press(view: &mut View<'_>, item: Item) {
    let Some(call) = &view.state.call else { return };
    match item {
        Item::Microphone => flip_microphone(view),
        Item::Camera => flip_camera(view),
        Item::Share => super::share(view),
        Item::Hold => super::hold(view, call.state != ConferenceState::OnHold),
        Item::Hand => {
            let raised = call.me().is_some_and(|me| me.hand_raised_at_ms.is_some());
            super::raise_hand(view, !raised);
        }
        Item::View => super::switch_view(view),
        Item::Chat => super::toggle(view, Panel::Chat),
        Item::People => super::toggle(view, Panel::People),
        Item::More => {}
    }
}

/// Icon, label and action of a tool, for a menu.
pub fn line(view: &View<'_>, item: Item) -> Option<(MaterialIcon, String, Option<Action>)> {
    let call = view.state.call.as_ref()?;
    let face = face_of(item, view, call);
    Some((face.icon, view.t.get(face.label), face.key))
}
