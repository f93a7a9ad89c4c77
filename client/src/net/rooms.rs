//! REST calls about rooms.

use super::{HubClient, NetError};
use crate::command::EmbedLook;
use protocol::{
    Call, Capacity, ChangeRoom, ChatLine, ChatPage, ConferencePage, ConfirmRing, CreateLink,
    CreateRoom, EmbedCode, PeopleNow, RingRoom, Room, RoomDetails, RoomKind, RoomLink, RoomMember,
    SetMember, WriteLine,
};
use reqwest::StatusCode;

/// What came of ringing for a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rung {
    /// It would ring for so many: ask, then confirm.
    Ask(usize),
    /// It rings.
    Calling(Call),
}

impl HubClient {
    /// The signed-in user's rooms, newest first.
    pub async fn rooms(&self, token: &str) -> Result<Vec<Room>, NetError> {
        self.get(token, "rooms").await
    }

    /// Makes a room that stays, without members.
    pub async fn create_room(
        &self,
        token: &str,
        name: &str,
        kind: RoomKind,
    ) -> Result<Room, NetError> {
        let room = CreateRoom { name: name.to_owned(), kind, members: Vec::new(), ad_hoc: false };
        self.add_room(token, &room).await
    }

    /// Makes a room.
    pub async fn add_room(&self, token: &str, room: &CreateRoom) -> Result<Room, NetError> {
        self.post(token, "rooms", room).await
    }

    /// A room with its way in.
    pub async fn room(&self, token: &str, number: &str) -> Result<RoomDetails, NetError> {
        self.get(token, &format!("rooms/{number}")).await
    }

    /// Changes a room's name or policy.
    pub async fn change_room(
        &self,
        token: &str,
        number: &str,
        change: &ChangeRoom,
    ) -> Result<RoomDetails, NetError> {
        self.patch(token, &format!("rooms/{number}"), change).await
    }

    /// Replaces a room's PIN.
    pub async fn new_pin(&self, token: &str, number: &str) -> Result<RoomDetails, NetError> {
        self.post(token, &format!("rooms/{number}/pin"), &()).await
    }

    /// Replaces a room's link.
    pub async fn new_link(&self, token: &str, number: &str) -> Result<RoomDetails, NetError> {
        self.post(token, &format!("rooms/{number}/link"), &()).await
    }

    /// Deletes a room.
    pub async fn delete_room(&self, token: &str, number: &str) -> Result<(), NetError> {
        self.delete(token, &format!("rooms/{number}")).await
    }

    /// Who belongs to a room, the owner first.
    pub async fn members(&self, token: &str, number: &str) -> Result<Vec<RoomMember>, NetError> {
        self.get(token, &format!("rooms/{number}/members")).await
    }

    /// Puts somebody into a room, or changes whether they are a host of it.
    pub async fn set_member(
        &self,
        token: &str,
        number: &str,
        user: i64,
        host: bool,
    ) -> Result<(), NetError> {
        self.put(token, &format!("rooms/{number}/members/{user}"), &SetMember { host }).await
    }

    /// Makes somebody a member of a room, by account name; who belongs to it already keeps their
    /// standing there.
    pub async fn take_in(&self, token: &str, number: &str, user: &str) -> Result<(), NetError> {
        let members = self.members(token, number).await?;
        if members.iter().any(|member| member.name == user) {
            return Ok(());
        }
        let person = self.person(token, user).await?;
        self.set_member(token, number, person.id, false).await
    }

    /// Takes somebody out of a room.
    pub async fn remove_member(
        &self,
        token: &str,
        number: &str,
        user: i64,
    ) -> Result<(), NetError> {
        self.delete(token, &format!("rooms/{number}/members/{user}")).await
    }

    /// A room's further links, newest first, also those that are over.
    pub async fn links(&self, token: &str, number: &str) -> Result<Vec<RoomLink>, NetError> {
        self.get(token, &format!("rooms/{number}/links")).await
    }

    /// Makes a further link.
    pub async fn create_link(
        &self,
        token: &str,
        number: &str,
        link: &CreateLink,
    ) -> Result<RoomLink, NetError> {
        self.post(token, &format!("rooms/{number}/links"), link).await
    }

    /// Ends a further link for good.
    pub async fn revoke_link(&self, token: &str, number: &str, id: i64) -> Result<(), NetError> {
        self.delete(token, &format!("rooms/{number}/links/{id}")).await
    }

    /// Who is in a room now, and who waits in front of it.
    pub async fn people_now(&self, token: &str, number: &str) -> Result<PeopleNow, NetError> {
        self.get(token, &format!("rooms/{number}/people")).await
    }

    /// The hub's guest places now.
    pub async fn capacity(&self, token: &str) -> Result<Capacity, NetError> {
        self.get(token, "capacity").await
    }

    /// The newest conference of a room that the caller moderates.
    pub async fn last_conference(
        &self,
        token: &str,
        number: &str,
    ) -> Result<ConferencePage, NetError> {
        self.get_with(token, "conferences", &[("room", number), ("limit", "1")]).await
    }

    /// HTML that puts the session login for a room into another web site.
    pub async fn embed_code(
        &self,
        token: &str,
        number: &str,
        look: &EmbedLook,
    ) -> Result<EmbedCode, NetError> {
        let presets = [
            ("color", &look.color),
            ("background", &look.background),
            ("title", &look.title),
            ("language", &look.language),
        ];
        let given: Vec<_> = presets.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.get_with(token, &format!("rooms/{number}/embed"), &given).await
    }

    /// The last lines of a room's chat, or those before a line, oldest first.
    pub async fn room_chat(
        &self,
        token: &str,
        number: &str,
        before: Option<i64>,
        limit: i64,
    ) -> Result<ChatPage, NetError> {
        let mut query = vec![("limit", limit)];
        query.extend(before.map(|id| ("before", id)));
        self.get_with(token, &format!("rooms/{number}/chat"), &query).await
    }

    /// Writes to everybody who belongs to a room.
    pub async fn write_line(
        &self,
        token: &str,
        number: &str,
        text: String,
    ) -> Result<ChatLine, NetError> {
        self.post(token, &format!("rooms/{number}/chat"), &WriteLine { text }).await
    }

    /// Rings for everybody in a room; without `ring.confirm` it only asks.
    pub async fn ring_room(
        &self,
        token: &str,
        number: &str,
        ring: RingRoom,
    ) -> Result<Rung, NetError> {
        let url = self.url(&format!("rooms/{number}/ring"));
        let response = self.answer(self.http.post(url).bearer_auth(token).json(&ring)).await?;
        let status = response.status();
        let not_a_hub = |_| NetError::NotAHub { hub: self.base.clone() };
        let body = response.bytes().await.map_err(not_a_hub)?;
        if status.is_success() {
            let call = serde_json::from_slice(&body);
            return call
                .map(Rung::Calling)
                .map_err(|_| NetError::NotAHub { hub: self.base.clone() });
        }
        match serde_json::from_slice::<ConfirmRing>(&body) {
            Ok(ask) if status == StatusCode::CONFLICT => Ok(Rung::Ask(ask.people)),
            _ => Err(super::refused(status, &body)),
        }
    }
}
