//! Guests who come by number.

use super::NUMBER_DIGITS;
use crate::clock;
use crate::hub::Shared;
use crate::live::EntryError;
use crate::room::guesses::{address_subject, number_subject};
use crate::room::standing::{Lock, digits, number_opens};
use crate::store::RoomRow;
use protocol::Refusal;
use std::net::IpAddr;
use std::time::Duration;

/// When a wrong guess is answered, after it came. It covers what the queries cannot make equal, such as
/// reading a row that is there.
const ANSWER_WRONG_AFTER: Duration = Duration::from_millis(50);

impl Shared {
    /// The room that guests reach by that number and PIN. A wrong number, a wrong or missing PIN and
    /// a room without guests are answered alike and after the same queries; too many of them, and
    /// even the right PIN is refused for a while.
    pub(crate) async fn room_by_number_and_pin(
        &self,
        number: &str,
        pin: Option<&str>,
        address: IpAddr,
    ) -> Result<RoomRow, EntryError> {
        let came = clock::now();
        // One digit more than there are, so that a longer number is another one.
        let number = digits(number, NUMBER_DIGITS + 1);
        let room = self.store.room_by_number(&number).await?;
        let lock = room.as_ref().map(|room| Lock { pin: &room.pin, policy: room.policy });
        let right = number_opens(lock, pin);
        let (by_number, by_address) = (number_subject(&number), address_subject(address));
        match self.store.guess(&[&by_number, &by_address], right, came.unix_ms).await? {
            None => Err(Refusal::TooManyTries.into()),
            Some(false) => {
                tokio::time::sleep_until((came.instant + ANSWER_WRONG_AFTER).into()).await;
                Err(Refusal::Number.into())
            }
            Some(true) => Ok(room.ok_or(Refusal::Number)?),
        }
    }
}
