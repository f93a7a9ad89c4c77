//! REST calls about the hub's people.

use super::{HubClient, NetError};
use protocol::{
    ApiError, ChangeRoom, CreateRoom, Room, RoomKind, RoomMember, RoomPolicy, UserPage, UserSummary,
};

impl HubClient {
    /// The own contacts.
    pub async fn contacts(&self, token: &str) -> Result<Vec<UserSummary>, NetError> {
        self.get(token, "me/contacts").await
    }

    /// People by the beginning of a name or of a word of the display name.
    pub async fn find_people(&self, token: &str, query: &str) -> Result<UserPage, NetError> {
        self.get_with(token, "users", &[("query", query)]).await
    }

    /// Somebody by the account's whole name.
    ///
    /// # Errors
    /// Beside those of every call, [`NetError::Refused`] with `not_found` for a name that nobody has.
    pub async fn person(&self, token: &str, user: &str) -> Result<UserSummary, NetError> {
        let page = self.find_people(token, user).await?;
        let person = page.users.into_iter().find(|person| person.name == user);
        person.ok_or_else(|| {
            NetError::Refused(ApiError {
                code: "not_found".to_owned(),
                message: "there is no such user".to_owned(),
                field: None,
            })
        })
    }

    /// Makes somebody a contact, or no longer one.
    pub async fn set_contact(
        &self,
        token: &str,
        user: &str,
        contact: bool,
    ) -> Result<(), NetError> {
        let path = format!("me/contacts/{}", segment(user));
        if contact { self.put(token, &path, &()).await } else { self.delete(token, &path).await }
    }

    /// Somebody's picture, a PNG.
    pub async fn picture(&self, token: &str, user: &str) -> Result<Vec<u8>, NetError> {
        self.bytes(token, &format!("users/{}/picture", segment(user))).await
    }

    /// The number of the room in which two people write to each other, made when there is none. The
    /// room in which they call each other is not it: that one goes with its conference. `names` are
    /// the two display names, `other` is the other's account name and `id` their key.
    pub async fn chat_room(
        &self,
        token: &str,
        names: (&str, &str),
        other: &str,
        id: i64,
    ) -> Result<String, NetError> {
        let (own, theirs) = names;
        let name = |one: &str, two: &str| -> String {
            format!("{one} – {two}").chars().take(MAX_NAME_CHARS).collect()
        };
        let called = [name(own, theirs), name(theirs, own)];
        for room in self.rooms(token).await? {
            if room.ad_hoc || room.kind != RoomKind::GroupCall || !called.contains(&room.name) {
                continue;
            }
            let path = format!("rooms/{}/members", room.number);
            let members: Vec<RoomMember> = self.get(token, &path).await?;
            if members.len() == 2 && members.iter().any(|member| member.name == other) {
                return Ok(room.number);
            }
        }
        let [name, _] = called;
        let body = CreateRoom { name, kind: RoomKind::GroupCall, members: vec![id], ad_hoc: false };
        let room: Room = self.post(token, "rooms", &body).await?;
        // What two people write is not for guests.
        let policy = RoomPolicy { guests: false, ..room.policy };
        let change = ChangeRoom { policy: Some(policy), ..ChangeRoom::default() };
        let _: Room = self.patch(token, &format!("rooms/{}", room.number), &change).await?;
        Ok(room.number)
    }
}

/// The hub's limit for a room's name.
const MAX_NAME_CHARS: usize = 120;

/// An account's name as one segment of a path. Names have letters, digits, `.`, `-`, `_` and `@`.
fn segment(user: &str) -> String {
    let mut out = String::with_capacity(user.len());
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
