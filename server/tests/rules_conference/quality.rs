//! Who is told how well whose media travels.

use super::*;

fn row(participant: ParticipantId, level: QualityLevel, percent: u8) -> PersonQuality {
    let uplink = WayQuality { level, loss_percent: Some(percent) };
    PersonQuality { participant, uplink, downlink: WayQuality::default() }
}

impl Hall {
    fn quality(&mut self, people: Vec<PersonQuality>) {
        self.conference.set_quality(people);
        self.wait(Duration::from_millis(250));
    }

    fn told(&self, who: ConnectionId) -> Vec<(ParticipantId, Option<u8>)> {
        let row = |row: &PersonQuality| (row.participant, row.uplink.loss_percent);
        self.clients[&who].quality.iter().map(row).collect()
    }
}

#[test]
fn hosts_hear_of_everybody_and_guests_of_those_who_send_and_of_themselves_without_figures() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, sends, quiet) = (hall.host(), hall.guest("Anna"), hall.guest("Helene"));
    let user = hall.come("Ben", Role::Attendee, Some(77)).unwrap();
    hall.media(sends, true);
    let [a, b] = [sends, quiet].map(|who| hall.id(who));
    hall.quality(vec![row(a, QualityLevel::Weak, 8), row(b, QualityLevel::Bad, 30)]);
    assert_eq!(hall.told(host), [(a, Some(8)), (b, Some(30))]);
    assert_eq!(hall.told(user), [(a, Some(8))]);
    assert_eq!(hall.told(sends), [(a, None)]);
    assert_eq!(hall.told(quiet), [(a, None), (b, None)]);
    assert_eq!(hall.clients[&quiet].quality[0].uplink.level, QualityLevel::Weak);
}

#[test]
fn quality_is_told_at_most_every_two_seconds_and_only_when_it_changed() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let host = hall.host();
    let id = hall.id(host);
    let mut told = 0;
    let mut last = Vec::new();
    for percent in 0..80 {
        hall.quality(vec![row(id, QualityLevel::Weak, percent)]);
        let now = hall.told(host);
        told += usize::from(now != last);
        last = now;
    }
    assert_eq!(told, 10, "20 s of changes");
    hall.wait(QUALITY_INTERVAL);
    hall.clients.get_mut(&host).unwrap().quality.clear();
    hall.wait(10 * QUALITY_INTERVAL);
    assert!(hall.told(host).is_empty(), "nothing new, nothing told");
}

#[test]
fn who_comes_or_comes_back_learns_at_once_whose_way_is_not_good_and_who_left_is_forgotten() {
    let mut hall = Hall::new(RoomKind::GroupCall);
    let (host, guest) = (hall.host(), hall.guest("Anna"));
    hall.media(guest, true);
    let id = hall.id(guest);
    hall.quality(vec![row(id, QualityLevel::Bad, 40)]);
    let late = hall.guest("Late");
    assert_eq!(hall.told(late), [(id, None)]);
    hall.break_link(host);
    let again = hall.resume(&hall.token(host)).unwrap();
    assert_eq!(hall.told(again), [(id, Some(40))]);
    hall.say(guest, ClientMessage::Leave);
    hall.wait(QUALITY_INTERVAL);
    assert!(hall.told(again).is_empty() && hall.told(late).is_empty());
}

#[test]
fn whoever_waits_hears_of_nobody() {
    let mut hall = Hall::with_policy(RoomKind::GroupCall, |policy| policy.waiting_room = true);
    let (host, knocks) = (hall.host(), hall.guest("Anna"));
    let ids = [host, knocks].map(|who| hall.id(who));
    hall.quality(ids.map(|id| row(id, QualityLevel::Bad, 40)).to_vec());
    assert_eq!(hall.told(host).len(), 1, "who waits is nobody's news");
    assert!(hall.told(knocks).is_empty());
}

/// What some ticks cost, a quarter of a second apart.
fn cost(hall: &mut Hall, ticks: u32) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "the cost is what is measured")]
    let start = Instant::now();
    for _ in 0..ticks {
        hall.at += Duration::from_millis(250);
        let now = hall.now();
        hall.conference.tick(now);
    }
    start.elapsed()
}

#[test]
fn with_a_thousand_people_seven_of_eight_ticks_do_not_look_at_quality() {
    let mut hall = Hall::new(RoomKind::Webinar);
    let now = hall.now();
    let mut rows = Vec::new();
    for n in 0..1000 {
        let connection = ConnectionId(1000 + n);
        let host = n < 100;
        let entrant = Entrant {
            name: "Somebody".into(),
            kind: if host { ParticipantKind::User } else { ParticipantKind::Guest },
            user: host.then_some(n as i64),
            session: None,
            role: if host { Role::Host } else { Role::Attendee },
            secret: "s".into(),
        };
        let id = hall.conference.join(now, connection, entrant).unwrap();
        if n % 2 == 0 {
            rows.push(row(id, QualityLevel::Weak, 8));
        }
        hall.conference.take_effects();
    }
    let idle = cost(&mut hall, 8);
    hall.conference.set_quality(rows);
    let told = cost(&mut hall, 1);
    assert!(!hall.conference.take_effects().is_empty());
    cost(&mut hall, 7);
    let look = cost(&mut hall, 1);
    let rest = cost(&mut hall, 7);
    println!(
        "8 ticks without quality {idle:?}, telling {told:?}, a look {look:?}, 7 ticks {rest:?}"
    );
    assert!(hall.conference.take_effects().is_empty(), "nothing new");
    assert!(rest < look, "7 ticks took {rest:?}, a look {look:?}");
}
