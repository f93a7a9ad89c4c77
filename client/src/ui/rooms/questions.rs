//! What is asked before it happens.

use crate::state::RoomQuestion;
use crate::ui::View;
use crate::widgets::{Confirm, confirm};
use egui::Context;

/// The question that stands, if one does.
pub fn show(ctx: &Context, view: &mut View<'_>) {
    let Some(question) = view.state.room_question().cloned() else { return };
    let t = view.t;
    let room = |number: &str| {
        view.state.rooms.get(number).map_or_else(String::new, |room| room.name.clone())
    };
    let (id, title, text, yes) = match &question {
        RoomQuestion::Ring { people, .. } if view.state.call.is_some() => (
            "ring",
            t.get("rooms-ring-title"),
            t.count("rooms-ring-now-text", *people),
            t.get("rooms-ring-now"),
        ),
        RoomQuestion::Ring { number, people } => (
            "ring",
            t.get("rooms-ring-title"),
            format!("{}\n{}", room(number), t.count("rooms-ring-text", *people)),
            t.get("rooms-ring-go"),
        ),
        RoomQuestion::Delete { number } => (
            "delete",
            t.get("rooms-delete-title"),
            format!("{}\n{}", room(number), t.get("rooms-delete-text")),
            t.get("rooms-delete"),
        ),
        RoomQuestion::Leave { number } => (
            "leave",
            t.get("rooms-leave-title"),
            format!("{}\n{}", room(number), t.get("rooms-leave-text")),
            t.get("rooms-leave"),
        ),
        RoomQuestion::RemoveMember { name, .. } => (
            "remove member",
            t.get("rooms-member-remove-title"),
            format!("{}\n{}", name, t.get("rooms-member-remove-text")),
            t.get("rooms-member-remove"),
        ),
        RoomQuestion::RevokeLink { label, .. } => (
            "revoke",
            t.get("rooms-link-revoke-title"),
            format!("{}\n{}", label, t.get("rooms-link-revoke-text")),
            t.get("rooms-link-revoke-go"),
        ),
        RoomQuestion::NewPin { .. } => (
            "pin",
            t.get("rooms-new-pin-title"),
            t.get("rooms-new-pin-text"),
            t.get("rooms-new-pin"),
        ),
        RoomQuestion::NewLink { .. } => (
            "link",
            t.get("rooms-new-link-title"),
            t.get("rooms-new-link-text"),
            t.get("rooms-new-link"),
        ),
    };
    let no = t.get("rooms-cancel");
    let danger = !matches!(question, RoomQuestion::Ring { .. });
    let asked = Confirm { id, title: &title, text: &text, yes: &yes, no: &no, danger };
    if let Some(answer) = confirm(ctx, &asked) {
        let follows = view.state.answer_question(answer);
        view.commands.push_all(follows);
    }
}
