//! Invitations: what they say, who gets which mail when an entry changes, and what becomes of the
//! answers.

mod message;
mod replies;
mod text;
mod words;

pub use replies::{apply_mail, apply_reply};
pub use text::Text;
pub use words::{Language, recurrence, when};

use crate::config;
use crate::hub::Shared;
use crate::ical::{self, Event, Method, Organiser};
use crate::planner::{Entry, Person};
use crate::room::LinkSecret;
use crate::store::invitations::{Planned, room_row, user_row};
use crate::store::outbox::{NewMail, drop_reminders, enqueue, replace_waiting};
use crate::store::{Connection, RoomRow, StoreError, UserRow};
use message::Letter;
use text::{Meeting, Occasion, Phone, write};

/// What happened to an entry.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// It is new.
    Created(&'a Entry),
    /// It is different.
    Changed {
        /// As it was.
        before: &'a Entry,
        /// As it is.
        after: &'a Entry,
    },
    /// It is gone, or about to be.
    Deleted(&'a Entry),
}

/// What letters say about the hub itself.
#[derive(Clone, Copy)]
pub struct Letterhead<'a> {
    /// How mail is sent; `None`: it is not.
    pub mail: Option<&'a config::Mail>,
    /// Answers come to a mailbox that the hub reads, which is the sender's.
    pub reads_replies: bool,
    /// How people reach the pages, without a slash at the end.
    pub public_url: &'a str,
    /// The number that telephone guests dial.
    pub phone_number: Option<&'a str>,
    /// From which links are derived.
    pub link_secret: &'a LinkSecret,
}

impl Letterhead<'_> {
    /// This hub's.
    pub fn of(shared: &Shared) -> Letterhead<'_> {
        Letterhead::with(shared, shared.address.lasting())
    }

    /// The same for texts that only go back to who asked, and who reaches the pages at `base`.
    pub fn with<'a>(shared: &'a Shared, base: &'a str) -> Letterhead<'a> {
        Letterhead {
            mail: shared.config.mail.as_ref(),
            reads_replies: shared.config.replies.is_some(),
            public_url: base,
            phone_number: shared.config.phone_number.as_deref(),
            link_secret: &shared.link_secret,
        }
    }

    /// A room's link as people copy it.
    pub fn link(&self, room: &RoomRow) -> String {
        let token = self.link_secret.token(room.id, &room.link_nonce);
        format!("{}/j/{token}", self.public_url.trim_end_matches('/'))
    }

    /// The invitation to a room that no entry owns.
    pub fn room_text(&self, room: &RoomRow, host: &str, language: Language) -> Text {
        let phone = self.phone_number.map(|number| Phone { number: Some(number), pin: &room.pin });
        let meeting = Meeting {
            kind: room.kind,
            title: &room.name,
            description: "",
            schedule: None,
            organiser: host,
            link: &self.link(room),
            number: &room.number,
            phone,
        };
        write(language, Occasion::Invitation, &meeting)
    }

    /// The invitation to an entry, as it is mailed and as it is copied.
    pub fn entry_text(&self, planned: &Planned, language: Language) -> Text {
        let Planned { entry, room, organiser } = planned;
        let desk = Desk { head: self, entry, organiser, room: Some(room) };
        desk.text(Occasion::Invitation, language)
    }

    /// The entry as a calendar file; with the caller's own reminder when it is the organiser's.
    /// `None` without a date.
    pub fn calendar_file(
        &self,
        planned: &Planned,
        language: Language,
        alarm_minutes: Option<u32>,
        now_ms: i64,
    ) -> Option<String> {
        let Planned { entry, room, organiser } = planned;
        let desk = Desk { head: self, entry, organiser, room: Some(room) };
        let text = desk.text(Occasion::Invitation, language);
        desk.calendar((Method::Publish, entry.sequence), &[], &text, alarm_minutes, now_ms)
    }
}

/// Queues the mails that a change of an entry asks for, in the caller's transaction. Deleted entries
/// may be told before or after they are gone.
pub async fn entry_changed(
    connection: &mut Connection,
    shared: &Shared,
    change: Change<'_>,
    now_ms: i64,
) -> Result<(), StoreError> {
    announce(connection, &Letterhead::of(shared), change, now_ms).await
}

/// [`entry_changed`] with the letterhead by itself.
pub async fn announce(
    connection: &mut Connection,
    head: &Letterhead<'_>,
    change: Change<'_>,
    now_ms: i64,
) -> Result<(), StoreError> {
    match change {
        Change::Created(entry) if entry.notify => {
            let people: Vec<&Person> = entry.people.iter().collect();
            invite(connection, head, entry, &people, now_ms).await.map(drop)
        }
        Change::Created(_) => Ok(()),
        Change::Changed { before, after } => changed(connection, head, before, after, now_ms).await,
        Change::Deleted(entry) => deleted(connection, head, entry, now_ms).await,
    }
}

/// Queues an invitation to each of these people, again if they had one; how many were queued. Within
/// one minute everybody gets one.
pub async fn invite(
    connection: &mut Connection,
    head: &Letterhead<'_>,
    entry: &Entry,
    people: &[&Person],
    now_ms: i64,
) -> Result<usize, StoreError> {
    let mut queued = 0;
    let Some(owned) = Owned::read(connection, entry).await? else { return Ok(0) };
    let desk = owned.desk(head, entry);
    for person in people {
        let mut post = Post::new(Occasion::Invitation, Method::Request, entry.sequence);
        post.edition_ms = now_ms / 60_000;
        queued += usize::from(desk.post(connection, person, post, now_ms).await?);
    }
    Ok(queued)
}

async fn changed(
    connection: &mut Connection,
    head: &Letterhead<'_>,
    before: &Entry,
    after: &Entry,
    now_ms: i64,
) -> Result<(), StoreError> {
    if before.schedule != after.schedule || before.reminder_minutes != after.reminder_minutes {
        drop_reminders(connection, after.id).await?;
    }
    if !after.notify {
        return Ok(());
    }
    let Some(owned) = Owned::read(connection, after).await? else { return Ok(()) };
    let desk = owned.desk(head, after);
    let knows = |person: &Person| before.notify && invites(before, person);

    for person in before.people.iter().filter(|p| before.notify && !invites(after, p)) {
        // They are to forget the entry as they know it.
        let desk = owned.desk(head, before);
        let sequence = after.sequence.max(before.sequence);
        let mut post = Post::new(Occasion::Cancellation, Method::Cancel, sequence);
        post.edition_ms = after.changed_at_ms;
        desk.post(connection, person, post, now_ms).await?;
    }
    for person in after.people.iter().filter(|p| !knows(p)) {
        let post = Post::new(Occasion::Invitation, Method::Request, after.sequence);
        desk.post(connection, person, post.of(after), now_ms).await?;
    }
    if says_the_same(before, after) {
        return Ok(());
    }
    for person in after.people.iter().filter(|p| knows(p)) {
        let mut post = Post::new(Occasion::Change, Method::Request, after.sequence).of(after);
        if after.schedule.is_none() {
            // The calendar's entry goes; the room stays.
            post.calendar_of = Some(before);
            (post.method, post.sequence) =
                (Method::Cancel, after.sequence.max(before.sequence.saturating_add(1)));
        }
        desk.post(connection, person, post, now_ms).await?;
    }
    Ok(())
}

async fn deleted(
    connection: &mut Connection,
    head: &Letterhead<'_>,
    entry: &Entry,
    now_ms: i64,
) -> Result<(), StoreError> {
    drop_reminders(connection, entry.id).await?;
    for address in entry.people.iter().filter_map(|person| person.email.as_deref()) {
        replace_waiting(connection, entry.id, address, "").await?;
    }
    let over = entry.schedule.as_ref().is_some_and(|s| s.rrule.is_none() && s.end_ms <= now_ms);
    if over || !entry.notify {
        return Ok(());
    }
    let Some(owned) = Owned::read(connection, entry).await? else { return Ok(()) };
    let desk = owned.desk(head, entry);
    for person in &entry.people {
        let sequence = entry.sequence.saturating_add(1);
        let post = Post::new(Occasion::Cancellation, Method::Cancel, sequence).of(entry);
        desk.post(connection, person, post, now_ms).await?;
    }
    Ok(())
}

/// Queues the organiser's reminder of one occurrence (start and end, Unix milliseconds).
pub async fn remind(
    connection: &mut Connection,
    head: &Letterhead<'_>,
    planned: &Planned,
    (start_ms, end_ms): (i64, i64),
    now_ms: i64,
) -> Result<(), StoreError> {
    let Planned { entry, room, organiser } = planned;
    let desk = Desk { head, entry, organiser, room: Some(room) };
    let language = Language::from_code(&organiser.language);
    let text = desk.text(Occasion::Reminder(start_ms, end_ms), language);
    let dedupe = format!("reminder:{}:{start_ms}", entry.id);
    let to = organiser.email.as_deref().map(|email| (organiser.display_name.as_str(), email));
    desk.put(connection, "reminder", to, &dedupe, (&text, None), now_ms).await.map(drop)
}

fn invites(entry: &Entry, person: &Person) -> bool {
    let same = |other: &Person| match (&other.email, &person.email) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => false,
    };
    entry.people.iter().any(same)
}

/// Whether both would make the same invitation.
fn says_the_same(a: &Entry, b: &Entry) -> bool {
    (a.kind, &a.title, &a.description, &a.schedule, a.phone_info)
        == (b.kind, &b.title, &b.description, &b.schedule, b.phone_info)
}

/// What a letter needs from the database.
struct Owned {
    organiser: UserRow,
    room: Option<RoomRow>,
}

impl Owned {
    /// `None` when the organiser is gone, and with them whom to answer.
    async fn read(connection: &mut Connection, entry: &Entry) -> Result<Option<Owned>, StoreError> {
        let organiser = user_row(connection, entry.organiser_id).await?;
        let room = room_row(connection, entry.room_id).await?;
        Ok(organiser.map(|organiser| Owned { organiser, room }))
    }

    fn desk<'a>(&'a self, head: &'a Letterhead<'a>, entry: &'a Entry) -> Desk<'a> {
        Desk { head, entry, organiser: &self.organiser, room: self.room.as_ref() }
    }
}

/// One kind of letter about an entry.
#[derive(Clone, Copy)]
struct Post<'a> {
    occasion: Occasion,
    method: Method,
    sequence: u32,
    /// Tells two letters with the same purpose and sequence apart.
    edition_ms: i64,
    /// Whose calendar part goes with it, when it is not the entry's own.
    calendar_of: Option<&'a Entry>,
}

impl<'a> Post<'a> {
    fn new(occasion: Occasion, method: Method, sequence: u32) -> Post<'a> {
        Post { occasion, method, sequence, edition_ms: 0, calendar_of: None }
    }

    /// For the entry as it is since its last change.
    fn of(self, entry: &Entry) -> Post<'a> {
        Post { edition_ms: entry.changed_at_ms, ..self }
    }

    fn purpose(&self) -> &'static str {
        match self.occasion {
            Occasion::Invitation => "invitation",
            Occasion::Change => "change",
            Occasion::Cancellation => "cancellation",
            Occasion::Reminder(..) => "reminder",
        }
    }
}

/// Where letters about one entry are written.
struct Desk<'a> {
    head: &'a Letterhead<'a>,
    entry: &'a Entry,
    organiser: &'a UserRow,
    /// `None` when it is gone, as it may be when a cancellation is written.
    room: Option<&'a RoomRow>,
}

impl Desk<'_> {
    fn link(&self) -> String {
        self.room.map(|room| self.head.link(room)).unwrap_or_default()
    }

    fn text(&self, occasion: Occasion, language: Language) -> Text {
        let phone = self.room.filter(|_| self.entry.phone_info);
        let meeting = Meeting {
            kind: self.entry.kind,
            title: &self.entry.title,
            description: &self.entry.description,
            schedule: self.entry.schedule.as_ref(),
            organiser: &self.organiser.display_name,
            link: &self.link(),
            number: self.room.map_or("", |room| &room.number),
            phone: phone.map(|room| Phone { number: self.head.phone_number, pin: &room.pin }),
        };
        write(language, occasion, &meeting)
    }

    /// Queues one letter; `false` when it was queued before or mail is not sent at all. People
    /// without an address get none.
    async fn post(
        &self,
        connection: &mut Connection,
        person: &Person,
        post: Post<'_>,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let Some(address) = person.email.as_deref() else { return Ok(false) };
        let language = match person.user_id {
            Some(id) => user_row(connection, id).await?.map(|user| user.language),
            None => None,
        };
        let language = language.as_deref().unwrap_or(&self.organiser.language);
        let text = self.text(post.occasion, Language::from_code(language));

        let calendar_of = Desk { entry: post.calendar_of.unwrap_or(self.entry), ..*self };
        let version = (post.method, post.sequence);
        let attendees = self.named_to(person, post.method);
        let calendar = calendar_of.calendar(version, &attendees, &text, None, now_ms);
        let calendar = calendar.map(|file| (post.method, file));

        let Post { sequence, edition_ms, .. } = post;
        let (purpose, uid) = (post.purpose(), &self.entry.uid);
        let dedupe = format!("{purpose}:{uid}:{sequence}:{edition_ms}:{}", address.to_lowercase());
        let to = Some((person.name.as_str(), address));
        let queued = self.put(connection, purpose, to, &dedupe, (&text, calendar), now_ms).await?;
        if queued {
            replace_waiting(connection, self.entry.id, address, &dedupe).await?;
        }
        Ok(queued)
    }

    /// Whom a calendar part names. People in a group call see each other; a webinar's audience does
    /// not learn each other's addresses, and who is taken out is told of themselves alone.
    fn named_to<'p>(&'p self, person: &'p Person, method: Method) -> Vec<&'p Person> {
        let together = self.entry.kind == protocol::RoomKind::GroupCall;
        match together && method == Method::Request {
            true => self.entry.people.iter().collect(),
            false => vec![person],
        }
    }

    fn calendar(
        &self,
        (method, sequence): (Method, u32),
        attendees: &[&Person],
        text: &Text,
        alarm_minutes: Option<u32>,
        now_ms: i64,
    ) -> Option<String> {
        let hub = self.head.mail.and_then(|mail| message::address(&mail.from));
        let own = self.organiser.email.as_deref();
        // Answers go where somebody reads them: to the hub's mailbox, or to the organiser.
        let (address, sent_by) = match (own, hub.as_deref()) {
            (Some(own), hub) if !self.head.reads_replies => (own, hub.filter(|hub| *hub != own)),
            (_, Some(hub)) => (hub, None),
            (Some(own), None) => (own, None),
            (None, None) => ("nobody@localhost", None),
        };
        ical::calendar(&Event {
            method,
            entry: self.entry,
            sequence,
            organiser: Organiser { name: &self.organiser.display_name, address, sent_by },
            attendees: attendees.to_vec(),
            link: &self.link(),
            description: &text.plain,
            alarm_minutes,
            stamp_ms: now_ms,
        })
    }

    /// Puts a letter into the outbox. One that cannot be written is kept as given up, for the
    /// organiser to see.
    async fn put(
        &self,
        connection: &mut Connection,
        purpose: &'static str,
        to: Option<(&str, &str)>,
        dedupe: &str,
        (text, calendar): (&Text, Option<(Method, String)>),
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let Some(mail) = self.head.mail else { return Ok(false) };
        let (name, address) = to.unwrap_or_default();
        let message_id = message::message_id(&format!("{}:{dedupe}", self.entry.uid), &mail.from);
        let letter = Letter {
            from: &mail.from,
            organiser: &self.organiser.display_name,
            reply_to: self.organiser.email.as_deref().filter(|_| purpose != "reminder"),
            to: (name, address),
            text,
            calendar,
            message_id: &message_id,
            now_ms,
        };
        let written = letter.write();
        let mail = NewMail {
            dedupe,
            entry_id: self.entry.id,
            organiser_id: self.entry.organiser_id,
            purpose,
            recipient: address,
            message_id: &message_id,
            message: written.as_deref().unwrap_or_default(),
            given_up: written.as_ref().err().map(String::as_str),
        };
        enqueue(connection, mail, now_ms).await
    }
}
