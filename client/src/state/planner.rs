//! The planner as the window knows it: the list with its filters, the selection, the details of
//! entries, and what became of what was asked for.

mod acts;
mod answers;
mod filters;
mod groups;
mod occurrence;
mod range;

pub use acts::{Act, Code, Confirmation, Discreet, Outcome};
pub use answers::PlannerEvent;
pub use filters::{Filters, Span};
pub use groups::{Group, Line};
pub use occurrence::{MoveError, MoveForm};
pub use range::{RangeError, RangeForm};

use super::{Failure, Now, Page, Screen, State};
use crate::command::{Command, Commands, PlannerCommand};
use filters::{MAX_PAGE, PAGE};
use jiff::tz::TimeZone;
use protocol::{
    EntryDetails, EntryQuery, EntryState, EntrySummary, MailOverview, OccurrenceTimes, RoomState,
    RoomStatus,
};
use std::collections::HashMap;

/// How long before its start an entry is about to begin, as the hub counts.
const SOON_MS: i64 = 15 * 60 * 1000;

/// Between two readings of the list that time alone is the reason of, seconds.
const PAUSE_S: f64 = 5.0;

/// Of so many entries the replies are fetched with the list.
const WITH_REPLIES: usize = 20;

/// What has to be confirmed before it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Delete an entry.
    Delete(i64),
    /// Cancel one occurrence of a series.
    CancelOccurrence {
        /// The series.
        entry: i64,
        /// The occurrence.
        times: OccurrenceTimes,
    },
}

/// List, filters, selection, details.
#[derive(Debug, Clone)]
pub struct Planner {
    /// What was listed, without an order; `None` until the hub answered.
    pub entries: Option<Vec<EntrySummary>>,
    /// What the list is narrowed to.
    pub filters: Filters,
    /// The time zone that days and times are told in.
    pub zone: TimeZone,
    /// Why the list could not be read; what was listed before stays.
    pub list_failure: Option<Failure>,
    /// Why the last act did not work.
    pub failure: Option<Failure>,
    /// The selected entry.
    pub selected: Option<i64>,
    /// The entry whose row had the keyboard last.
    pub keyboard: Option<i64>,
    /// The entry whose details are on show.
    pub shown: Option<i64>,
    /// What has to be confirmed.
    pub question: Option<Question>,
    /// Another time for an occurrence.
    pub moving: Option<MoveForm>,
    /// A free range of days for the list.
    pub range: Option<RangeForm>,
    /// The QR code on show.
    pub code: Option<Code>,
    /// The act under way, and on which entry.
    pub busy: Option<(i64, Act)>,
    /// So many people have something else at the time that was just saved.
    pub double_booked: usize,
    /// The own mail that has not gone out.
    pub mail: Option<MailOverview>,
    /// The number of the room that is being opened.
    pub opening: Option<String>,
    confirmed: Option<Confirmation>,
    clipboard: Option<Discreet>,
    details: HashMap<i64, EntryDetails>,
    /// What rooms of permanent entries allow, by number.
    public: HashMap<String, bool>,
    /// Where the list goes on.
    next: Option<String>,
    /// The page under way.
    asked: Option<EntryQuery>,
    /// When a page was last asked for, [`Now::seconds`].
    asked_at: f64,
    /// Something changed since the page under way was asked for.
    stale: bool,
    /// An entry to open in the dialog once its details have come.
    editing: Option<i64>,
    /// The details that came for it.
    fetched: Option<EntryDetails>,
}

impl Default for Planner {
    fn default() -> Self {
        Planner {
            entries: None,
            filters: Filters::default(),
            zone: TimeZone::system(),
            list_failure: None,
            failure: None,
            selected: None,
            keyboard: None,
            shown: None,
            question: None,
            moving: None,
            range: None,
            code: None,
            busy: None,
            double_booked: 0,
            mail: None,
            opening: None,
            confirmed: None,
            clipboard: None,
            details: HashMap::new(),
            public: HashMap::new(),
            next: None,
            asked: None,
            asked_at: f64::MIN,
            stale: false,
            editing: None,
            fetched: None,
        }
    }
}

impl Planner {
    /// A listed entry.
    pub fn entry(&self, id: i64) -> Option<&EntrySummary> {
        self.entries.iter().flatten().find(|entry| entry.id == id)
    }

    /// Everything about an entry, if it was fetched.
    pub fn details(&self, id: i64) -> Option<&EntryDetails> {
        self.details.get(&id)
    }

    /// Whether guests may come into a permanent entry's room; `false` until known.
    pub fn is_public(&self, number: &str) -> bool {
        self.public.get(number).copied().unwrap_or(false)
    }

    /// How many mails of an entry were given up.
    pub fn failed_mails(&self, entry: i64) -> usize {
        let mails = self.mail.iter().flat_map(|overview| &overview.mails);
        mails.filter(|mail| mail.entry == entry && mail.given_up).count()
    }

    /// The hub asks for a conference profile first.
    pub fn needs_profile(&self) -> bool {
        matches!(&self.list_failure, Some(Failure::Hub { code, .. }) if code == "no_profile")
    }

    /// The list is being read for the first time, or anew.
    pub fn loading(&self) -> bool {
        self.asked.is_some()
    }

    /// There is more of the list at the hub.
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// What the page on show needs from the hub now: the list, the first time, when its time has
    /// moved on, or once there is a profile.
    pub fn wanted(&mut self, now: Now, has_profile: Option<bool>) -> Option<PlannerCommand> {
        if self.asked.is_some() {
            return None;
        }
        let fresh = self.entries.is_none() && self.list_failure.is_none();
        let profile_made = self.needs_profile() && has_profile == Some(true);
        let moved_on = self.wait_ms(now).is_some_and(|wait| wait <= 0);
        (fresh || profile_made || moved_on).then(|| self.reload(now))
    }

    /// Milliseconds until the state of an entry changes with time alone; not positive: it has.
    pub fn wait_ms(&self, now: Now) -> Option<i64> {
        let moment = |entry: &EntrySummary| match entry.state {
            EntryState::Planned => entry.start_ms.map(|start| start - SOON_MS),
            EntryState::Soon => entry.start_ms,
            EntryState::Running => entry.end_ms.filter(|end| *end > now.unix_ms),
            EntryState::Over => None,
        };
        let next = self.entries.iter().flatten().filter_map(moment).min()?;
        // A hub whose clock is late is not asked again and again.
        let pause = ((self.asked_at + PAUSE_S - now.seconds) * 1000.0) as i64;
        self.list_failure.is_none().then_some((next - now.unix_ms).max(pause))
    }

    /// Reads the list from its beginning; what is on show stays until the answer comes.
    pub fn reload(&mut self, now: Now) -> PlannerCommand {
        let mut query = self.filters.query(now.unix_ms, &self.zone);
        let shown = self.entries.as_ref().map_or(0, Vec::len);
        query.limit = Some(shown.clamp(PAGE, MAX_PAGE) as i64);
        self.ask(query, now)
    }

    /// Reads the list for other filters.
    pub fn refilter(&mut self, now: Now) -> PlannerCommand {
        self.next = None;
        self.reload(now)
    }

    /// Narrows the list to a range of days; gives what to ask for.
    pub fn narrow_to(&mut self, span: Span, now: Now) -> PlannerCommand {
        self.filters.span = span;
        self.refilter(now)
    }

    /// The next page, if there is one and none is under way.
    pub fn more(&mut self, now: Now) -> Option<PlannerCommand> {
        if self.asked.is_some() {
            return None;
        }
        let cursor = self.next.clone()?;
        let query = self.filters.query(now.unix_ms, &self.zone);
        Some(self.ask(EntryQuery { cursor: Some(cursor), ..query }, now))
    }

    fn ask(&mut self, query: EntryQuery, now: Now) -> PlannerCommand {
        self.asked = Some(query.clone());
        self.asked_at = now.seconds;
        self.stale = false;
        PlannerCommand::List(query)
    }

    /// Selects an entry; gives what to ask for.
    pub fn select(&mut self, id: i64) -> Option<PlannerCommand> {
        if self.selected != Some(id) {
            self.failure = None;
            self.confirmed = None;
        }
        self.selected = Some(id);
        (!self.details.contains_key(&id)).then_some(PlannerCommand::Details { entry: id })
    }

    /// Shows an entry's details; asks for them and for mail that did not go out.
    pub fn show(&mut self, id: i64) -> [PlannerCommand; 2] {
        self.select(id);
        self.shown = Some(id);
        self.double_booked = 0;
        [PlannerCommand::Details { entry: id }, PlannerCommand::ListMail]
    }

    /// Back to the list.
    pub fn back(&mut self) {
        self.shown = None;
        self.failure = None;
        self.double_booked = 0;
    }

    /// Begins to open an entry's room; gives what to ask for, or nothing if that is not possible
    /// now. Hosts may at any time, others once it runs or is about to.
    pub fn start(&mut self, id: i64) -> Option<PlannerCommand> {
        let entry = self.entry(id)?;
        if !entry.permits.start && !entry.permits.join {
            return None;
        }
        let number = entry.number.clone();
        self.failure = None;
        self.opening = Some(number.clone());
        Some(PlannerCommand::Room { number })
    }

    /// No entry is to be opened in the dialog any more.
    pub(super) fn edit_nothing(&mut self) {
        self.editing = None;
    }

    /// Asks before an entry is deleted, if that is possible now.
    pub fn ask_delete(&mut self, id: i64) {
        let possible = self.entry(id).is_some_and(|entry| entry.permits.delete);
        self.failure = None;
        self.question = possible.then_some(Question::Delete(id));
    }

    fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
    }
}

impl State {
    /// Opens the entry dialog for an entry, once its details are there.
    pub fn edit_entry(&mut self, id: i64) -> Option<PlannerCommand> {
        self.planner.select(id);
        // What was fetched may have changed unheard; the dialog starts from what stands.
        self.planner.editing = Some(id);
        Some(PlannerCommand::Details { entry: id })
    }

    /// Takes in an answer about entries.
    pub(super) fn apply_planner(&mut self, event: PlannerEvent) {
        if let PlannerEvent::Room { number, room: Ok(room) } = &event
            && self.planner.opening.as_ref() == Some(number)
        {
            self.planner.opening = None;
            // Who went elsewhere meanwhile stays there.
            if self.screen == Screen::Main {
                let open = self.open(room.clone());
                self.follow_up.push(open);
            }
        }
        self.planner.apply(event, self.now, &mut self.follow_up);
        if let Some(id) = self.planner.editing
            && let Some(details) =
                self.planner.fetched.take().filter(|found| found.summary.id == id)
        {
            self.planner.editing = None;
            // Nothing that is being filled in is replaced, and who went elsewhere stays there.
            let in_front = self.screen == Screen::Main && self.page == Page::Planner;
            if in_front && self.entry.dialog.is_none() {
                self.change_entry(&details);
            }
        }
    }

    /// The hub says that an entry was made, changed or deleted.
    pub(super) fn planner_entry_changed(&mut self, entry: i64) {
        let planner = &mut self.planner;
        if planner.details.contains_key(&entry) {
            push(&mut self.follow_up, PlannerCommand::Details { entry });
        }
        planner.changed(self.now, &mut self.follow_up);
    }

    /// The hub cannot get rid of mail.
    pub(super) fn planner_mail_trouble(&mut self) {
        push(&mut self.follow_up, PlannerCommand::ListMail);
    }

    /// Conferences begin and end: what may be done with their entries changes with them. Call it
    /// before the rooms take it in.
    pub(super) fn planner_rooms_changed(&mut self, rooms: &[RoomStatus]) {
        let live = |room: Option<&RoomStatus>| {
            room.is_some_and(|room| matches!(room.state, RoomState::Live | RoomState::OnHold))
        };
        let listed = |number: &str| {
            self.planner.entries.iter().flatten().any(|entry| entry.number == number)
        };
        let turned = |room: &&RoomStatus| {
            live(Some(room)) != live(self.rooms.status.get(&room.number)) && listed(&room.number)
        };
        if rooms.iter().any(|room| turned(&room)) {
            self.planner.changed(self.now, &mut self.follow_up);
        }
    }

    /// The live channel is there again: something may have happened unheard.
    pub(super) fn planner_may_have_changed(&mut self) {
        self.planner.changed(self.now, &mut self.follow_up);
    }
}

fn push(follow_up: &mut Commands, command: PlannerCommand) {
    follow_up.push(Command::Planner(command));
}
