//! The profile pictures of people in a conference, who are known there by display name only.

use super::View;
use super::contacts::picture;
use egui::TextureHandle;
use protocol::{Participant, ParticipantKind};

/// Somebody's profile picture, if they have one and it has come; asked for once.
pub fn of<'a>(view: &mut View<'a>, person: &Participant) -> Option<&'a TextureHandle> {
    let own = view.state.call.as_ref().is_some_and(|call| call.you == person.id);
    if own {
        return own_face(view);
    }
    named(view, &person.name, person.kind)
}

/// Likewise for somebody who is called so. Guests may call themselves anything, and get nobody's
/// picture.
pub fn named<'a>(
    view: &mut View<'a>,
    name: &str,
    kind: ParticipantKind,
) -> Option<&'a TextureHandle> {
    if kind != ParticipantKind::User {
        return None;
    }
    let user = view.state.people.called(name)?.to_owned();
    picture(view, &user)
}

/// The own one.
pub fn own_face<'a>(view: &mut View<'a>) -> Option<&'a TextureHandle> {
    let user = view.state.people.me.as_ref()?.name.clone();
    picture(view, &user)
}
