//! The rules of rooms, without a hub: who may do what, and how often numbers may be guessed.

use protocol::{Role, RoomKind, RoomPolicy, Standing};
use server::room::guesses::{MOST_WRONG, WINDOW_MS, Wrong, address_subject, number_subject};
use server::room::standing::{
    Lock, Ties, guest_place_free, manages, moderates, number_opens, role_of_user,
};

const NOW_MS: i64 = 1_800_000_000_000;

fn policy() -> RoomPolicy {
    RoomPolicy::default_for(RoomKind::Webinar)
}

fn ties(owner: bool, member: Option<bool>, invited: Option<bool>) -> Ties {
    Ties { owner, member, invited }
}

#[test]
fn f1_owner_hosts_co_hosts_and_members_have_their_standing() {
    for (tied, standing) in [
        (ties(true, None, None), Some(Standing::Owner)),
        (ties(true, Some(false), None), Some(Standing::Owner)),
        (ties(false, Some(true), None), Some(Standing::Host)),
        (ties(false, None, Some(true)), Some(Standing::Host)),
        (ties(false, Some(false), Some(true)), Some(Standing::Host)),
        (ties(false, Some(false), None), Some(Standing::Member)),
        (ties(false, None, Some(false)), Some(Standing::Member)),
        (ties(false, None, None), None),
    ] {
        assert_eq!(tied.standing(), standing, "{tied:?}");
    }
    assert!(manages(Standing::Owner) && manages(Standing::Host) && !manages(Standing::Member));
}

#[test]
fn f2_users_moderate_public_rooms_where_the_policy_says_so() {
    let all = RoomPolicy { users_moderate: true, ..policy() };
    assert_eq!(role_of_user(None, &all), Some(Role::Host));
    assert_eq!(role_of_user(None, &policy()), Some(Role::Attendee));
    assert_eq!(role_of_user(Some(Standing::Member), &policy()), Some(Role::Attendee));
    assert_eq!(role_of_user(Some(Standing::Host), &policy()), Some(Role::Host));
    assert_eq!(role_of_user(Some(Standing::Owner), &policy()), Some(Role::Host));
    assert!(moderates(Standing::Member, &all) && !moderates(Standing::Member, &policy()));
}

#[test]
fn x4_users_moderate_group_calls_and_not_webinars_by_default() {
    assert!(RoomPolicy::default_for(RoomKind::GroupCall).users_moderate);
    assert!(!RoomPolicy::default_for(RoomKind::Webinar).users_moderate);
}

#[test]
fn e9_strangers_stay_out_of_a_room_that_is_not_public() {
    let closed = RoomPolicy { guests: false, users_moderate: true, ..policy() };
    assert_eq!(role_of_user(None, &closed), None);
    assert_eq!(role_of_user(Some(Standing::Member), &closed), Some(Role::Host));
    assert!(!number_opens(Some(Lock { pin: "123456", policy: closed }), Some("123456")));
}

#[test]
fn x12_a_pin_is_asked_for_only_where_the_room_wants_it() {
    let free = Lock { pin: "123456", policy: policy() };
    assert!(number_opens(Some(free), None) && number_opens(Some(free), Some("999999")));
    let strict = Lock { policy: RoomPolicy { pin_required: true, ..policy() }, ..free };
    assert!(number_opens(Some(strict), Some("123456")));
    assert!(number_opens(Some(strict), Some(" 123 456 ")), "blanks do not matter");
    for wrong in [None, Some(""), Some("123457"), Some("12345"), Some("1234567"), Some("000000")] {
        assert!(!number_opens(Some(strict), wrong), "{wrong:?}");
        assert!(!number_opens(None, wrong), "{wrong:?} without a room");
    }
}

#[test]
fn ten_wrong_guesses_within_an_hour_lock_and_the_hour_slides() {
    let mut wrong = Wrong::default();
    for n in 0..MOST_WRONG as i64 {
        assert!(!wrong.locked(), "guess {n} is allowed");
        wrong.add(NOW_MS + n * 60_000);
    }
    assert!(wrong.locked());
    let text = wrong.to_text();
    assert!(Wrong::parse(&text, NOW_MS + WINDOW_MS - 1).locked());
    let later = Wrong::parse(&text, NOW_MS + WINDOW_MS);
    assert!(!later.locked(), "the first one is an hour old");
    let mut later = later;
    later.add(NOW_MS + WINDOW_MS);
    assert!(later.locked(), "one more, no ten more");
    assert_eq!(Wrong::parse(&text, NOW_MS + 2 * WINDOW_MS), Wrong::default());
    assert_eq!(Wrong::parse("what is this", NOW_MS), Wrong::default());
}

#[test]
fn guesses_count_by_number_and_by_network() {
    let subject = |address: &str| address_subject(address.parse().expect("an address"));
    assert_eq!(subject("2001:db8:1:2::1"), subject("2001:db8:1:2:ffff::9"));
    assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:3::1"));
    assert_eq!(subject("::ffff:192.0.2.1"), subject("192.0.2.1"));
    assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
    assert_ne!(number_subject("483920175"), number_subject("483920176"));
}

#[test]
fn g5_the_last_place_is_given_and_no_other() {
    assert!(guest_place_free(1, 0) && !guest_place_free(1, 1) && !guest_place_free(0, 0));
}
