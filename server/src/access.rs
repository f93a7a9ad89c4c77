//! Who may enter which room, and as what.

mod numbers;
mod places;

pub use places::{GuestPlace, GuestPlaces, taken};

use crate::clock;
use crate::conference::Entrant;
use crate::hub::Shared;
use crate::live::EntryError;
use crate::room::guesses::user_subject;
use crate::room::standing::{digits, role_of_user};
use crate::room::{hash_token, random_token};
use crate::store::RoomRow;
use protocol::{Credential, ParticipantKind, Refusal, Role};
use std::net::IpAddr;

/// How many digits a room's number has.
pub const NUMBER_DIGITS: usize = 9;

/// Somebody who may enter.
pub struct Admitted<'a> {
    /// Where.
    pub room: RoomRow,
    /// As what.
    pub entrant: Entrant,
    /// A guest's place; to be held until they have joined.
    pub place: Option<GuestPlace<'a>>,
}

/// Finds the room that a credential leads to, and makes its bearer an entrant. `Resume` is not one:
/// see [`crate::live::Live::resume`]; who comes back keeps their place.
pub async fn admit(
    shared: &Shared,
    credential: Credential,
    address: IpAddr,
) -> Result<Admitted<'_>, EntryError> {
    match credential {
        Credential::Resume { .. } => Err(Refusal::Resume.into()),
        Credential::Number { number, pin, name } => {
            let room = shared.room_by_number_and_pin(&number, pin.as_deref(), address).await?;
            shared.admit_guest(room, name).await
        }
        Credential::Link { link, name } => {
            let now_ms = clock::now().unix_ms;
            let room = shared.store.room_by_link(hash_token(&link), now_ms).await?;
            let room = room.ok_or(Refusal::Link)?;
            if !room.policy.guests {
                return Err(Refusal::NoGuests.into());
            }
            shared.admit_guest(room, name).await
        }
        Credential::Session { token, number, name } => {
            let (room, entrant) = shared.admit_user(&token, &number, name).await?;
            Ok(Admitted { room, entrant, place: None })
        }
    }
}

impl Shared {
    async fn admit_guest(&self, room: RoomRow, name: String) -> Result<Admitted<'_>, EntryError> {
        let place = self.guest_places.take(self.config.guest_capacity, &self.live).await?;
        let (kind, role) = (ParticipantKind::Guest, Role::Attendee);
        let entrant =
            Entrant { name, kind, user: None, session: None, role, secret: random_token() };
        Ok(Admitted { room, entrant, place: Some(place) })
    }

    async fn admit_user(
        &self,
        token: &str,
        number: &str,
        name: Option<String>,
    ) -> Result<(RoomRow, Entrant), EntryError> {
        let session = hash_token(token);
        let user = self.store.session_user(session, clock::now().unix_ms).await?;
        let user = user.filter(|user| !user.must_change).ok_or(Refusal::Session)?;
        let number = digits(number, NUMBER_DIGITS + 1);
        let room = self.store.room_by_number(&number).await?;
        let standing = match &room {
            Some(room) => self.store.ties(room.id, room.owner_id, user.id).await?.standing(),
            None => None,
        };
        let role = room.as_ref().and_then(|room| role_of_user(standing, &room.policy));
        if standing.is_none() {
            // Only strangers guess; whoever belongs to a room is never locked out of it.
            let subject = user_subject(user.id);
            let guess = self.store.guess(&[&subject], role.is_some(), clock::now().unix_ms).await?;
            guess.ok_or(Refusal::TooManyTries)?;
        }
        let (room, role) = room.zip(role).ok_or(Refusal::Room)?;
        let profile = self.store.profile_of(user.id).await?;
        let usual = || profile.map_or(user.display_name, |profile| profile.name);
        let entrant = Entrant {
            name: name.unwrap_or_else(usual),
            kind: ParticipantKind::User,
            user: Some(user.id),
            session: Some(session),
            role,
            secret: random_token(),
        };
        Ok((room, entrant))
    }
}
