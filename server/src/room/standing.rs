//! Who may do what with a room, and who enters it as what.

use protocol::{Role, RoomPolicy, Standing};
use subtle::ConstantTimeEq;

/// What ties a user to a room, as the database knows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ties {
    /// It is theirs.
    pub owner: bool,
    /// They belong to it, as a host or not.
    pub member: Option<bool>,
    /// They are invited to the entry that it belongs to, as a co-host or not.
    pub invited: Option<bool>,
}

impl Ties {
    /// What the user is to the room; `None`: a stranger, who shall not even learn that it exists.
    pub fn standing(self) -> Option<Standing> {
        if self.owner {
            Some(Standing::Owner)
        } else if self.member == Some(true) || self.invited == Some(true) {
            Some(Standing::Host)
        } else if self.member.is_some() || self.invited.is_some() {
            Some(Standing::Member)
        } else {
            None
        }
    }
}

/// Whether somebody changes the room itself: its name, PIN, links and members.
pub fn manages(standing: Standing) -> bool {
    matches!(standing, Standing::Owner | Standing::Host)
}

/// Whether somebody moderates: sees PIN and link, and decides what the room allows.
pub fn moderates(standing: Standing, policy: &RoomPolicy) -> bool {
    manages(standing) || policy.users_moderate
}

/// As what a user enters. Strangers come into public rooms only; `None`: not at all.
pub fn role_of_user(standing: Option<Standing>, policy: &RoomPolicy) -> Option<Role> {
    let host = standing.is_some_and(manages) || policy.users_moderate;
    match standing {
        None if !policy.guests => None,
        _ if host => Some(Role::Host),
        _ => Some(Role::Attendee),
    }
}

/// What a guest's number led to.
#[derive(Clone, Copy)]
pub struct Lock<'a> {
    /// The room's PIN.
    pub pin: &'a str,
    /// What the room allows.
    pub policy: RoomPolicy,
}

/// Whether number and PIN open the room that the number led to. A room without guests, a wrong PIN
/// and no room at all take the same steps: what is compared never decides what is computed.
pub fn number_opens(lock: Option<Lock<'_>>, typed_pin: Option<&str>) -> bool {
    const DECOY: &str = "000000";
    let digits = digits(typed_pin.unwrap_or_default(), DECOY.len() + 1);
    let pin = lock.map_or(DECOY, |lock| lock.pin);
    let same_pin = bool::from(pin.as_bytes().ct_eq(digits.as_bytes()));
    let policy = lock.map(|lock| lock.policy);
    let free = policy.is_some_and(|policy| !policy.pin_required);
    let open = policy.is_some_and(|policy| policy.guests);
    open & (same_pin | free)
}

/// The digits in what somebody typed, at most so many.
pub fn digits(typed: &str, at_most: usize) -> String {
    typed.chars().filter(char::is_ascii_digit).take(at_most).collect()
}

/// Whether one more guest finds a place.
pub fn guest_place_free(capacity: usize, taken: usize) -> bool {
    taken < capacity
}
