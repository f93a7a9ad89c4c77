//! The dialog in which an entry is planned or changed. Everything stays as it was typed until the
//! hub has saved it, or the user has said that it may go.

mod form;
mod hub;
mod moments;
mod people;
mod repeat;

pub use form::{Field, Form, MAX_REMINDER_MINUTES, Meaning, Moment, Problem};
pub use hub::Check;
pub use people::{
    AddProblem, Invitee, MAX_GROUP_CALL_PEOPLE, MAX_NAME_CHARS, MAX_WEBINAR_PEOPLE, Offer,
    Organiser, Picker, Search, is_address, matches, most, offers,
};
pub use repeat::{
    Frequency, MonthlyBy, Repeat, RepeatEnd, RepeatProblem, in_last_week, index, week,
};

use super::{Failure, Now, State};
use crate::command::{Command, EntryCommand};
use crate::i18n::Language;
use crate::when;
use form::{Reading, next_hour};
use hub::same_part;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use protocol::{DoubleBooking, EntryDetails, EntryDraft, HubFacts, RoomKind, ScheduleDraft};
use std::collections::{BTreeMap, BTreeSet};

/// A new entry takes so long, in milliseconds.
const USUAL_MS: i64 = 60 * 60 * 1000;

/// Planned less far ahead, an ad-hoc conference may be simpler; in milliseconds.
const SHORT_NOTICE_MS: i64 = 24 * 60 * 60 * 1000;

/// The reminder of an entry that had none, in minutes.
const USUAL_REMINDER: u32 = 15;

/// The dialog, if it is open, and the time zone in which this user plans.
#[derive(Debug)]
pub struct Entry {
    /// The open dialog.
    pub dialog: Option<Box<EntryDialog>>,
    /// IANA name of the user's own zone.
    pub zone: String,
}

/// What the hub answered about the dialog's entry; what was saved goes to the planner.
#[derive(Debug)]
pub enum EntryEvent {
    /// What the hub offers.
    Hub(Result<HubFacts, Failure>),
    /// It was not saved.
    Failed(Failure),
    /// Who has something else at that time, for this draft.
    Checked {
        /// What was asked.
        draft: Box<EntryDraft>,
        /// The answer.
        warnings: Result<Vec<DoubleBooking>, Failure>,
    },
}

/// The dialog.
#[derive(Debug)]
pub struct EntryDialog {
    /// The entry that is changed; none for a new one.
    pub id: Option<i64>,
    /// Webinar or group call.
    pub kind: RoomKind,
    /// The room's number, once there is one.
    pub number: Option<String>,
    /// The room's PIN, once there is one and we may know it.
    pub pin: Option<String>,
    /// Whose entry it is.
    pub organiser: Organiser,
    /// IANA name of the zone in which times are meant.
    pub zone_name: String,
    /// It is not the user's own zone.
    pub foreign_zone: bool,
    /// Everything typed.
    pub form: Form,
    /// Search and drop-down of participants.
    pub picker: Picker,
    /// It is on its way to the hub.
    pub busy: bool,
    /// Why the hub did not save it, where no field is to blame.
    pub failure: Option<Failure>,
    /// The question whether typed text may go is on show.
    pub asking: bool,
    /// The field that takes the keyboard next.
    pub focus: Option<Field>,
    /// Who has something else at that time.
    pub warnings: Vec<DoubleBooking>,
    /// Whether guests may come by telephone; `None` until the hub said so.
    pub telephone: Option<bool>,
    account: String,
    language: Language,
    zone: TimeZone,
    initial: Form,
    before: Option<ScheduleDraft>,
    before_repeat: Option<Repeat>,
    left: BTreeSet<Field>,
    tried: bool,
    refused: Option<(Field, Problem, EntryDraft)>,
    duration_ms: i64,
    end_follows: bool,
    seen: Option<(EntryDraft, f64)>,
    asked: Option<EntryDraft>,
}

impl Entry {
    /// No dialog; `zone` is the IANA name of the user's own time zone.
    pub fn new(zone: String) -> Entry {
        Entry { dialog: None, zone }
    }

    /// Takes in an answer.
    pub fn apply(&mut self, event: EntryEvent) {
        let Some(dialog) = &mut self.dialog else { return };
        match event {
            EntryEvent::Failed(failure) => dialog.failed(failure),
            // A hub that does not say gets the benefit of the doubt.
            EntryEvent::Hub(facts) => {
                dialog.telephone = facts.ok().map(|facts| facts.phone_number.is_some());
            }
            // An answer to an older draft says nothing about this one.
            EntryEvent::Checked { draft, warnings }
                if dialog.asked.as_ref() == Some(draft.as_ref()) =>
            {
                dialog.warnings = warnings.unwrap_or_default();
            }
            EntryEvent::Checked { .. } => {}
        }
    }

    /// The hub saved an entry: the dialog that asked for it is done.
    pub fn saved(&mut self, id: i64) {
        let ours = |dialog: &EntryDialog| dialog.busy && dialog.id.is_none_or(|own| own == id);
        if self.dialog.as_deref().is_some_and(ours) {
            self.dialog = None;
        }
    }
}

impl State {
    /// Opens the dialog for a new webinar or group call.
    pub fn plan_entry(&mut self, kind: RoomKind) {
        self.planner.edit_nothing();
        let organiser = self.own_organiser();
        let opening = self.opening(organiser);
        let zone = self.entry.zone.clone();
        self.entry.dialog = Some(Box::new(EntryDialog::open_new(kind, self.now, &zone, opening)));
        self.follow_up.push(Command::Entry(EntryCommand::AskHub));
    }

    /// Opens the dialog for an entry of the planner.
    pub fn change_entry(&mut self, details: &EntryDetails) {
        let own = self.own_organiser();
        let organiser = if own.id == details.summary.organiser_id {
            own
        } else {
            let summary = &details.summary;
            let (id, name) = (summary.organiser_id, summary.organiser.clone());
            Organiser { id, name, email: None, own: false }
        };
        let opening = self.opening(organiser);
        let zone = self.entry.zone.clone();
        let dialog = EntryDialog::open_edit(details, self.now, &zone, opening);
        self.entry.dialog = Some(Box::new(dialog));
        self.follow_up.push(Command::Entry(EntryCommand::AskHub));
    }

    fn opening(&self, organiser: Organiser) -> Opening {
        let account = self.account.as_ref().map(|account| account.user.clone());
        let account = account.unwrap_or_default();
        Opening { organiser, account, language: self.texts.language }
    }

    fn own_organiser(&self) -> Organiser {
        if let Some(me) = &self.people.me {
            let name = me.display_name.clone();
            return Organiser { id: me.id, name, email: me.email.clone(), own: true };
        }
        let name = self.account.as_ref().map(|account| account.display_name.clone());
        Organiser { id: 0, name: name.unwrap_or_default(), email: None, own: true }
    }
}

/// For whom a dialog opens.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Whose entry it is.
    pub organiser: Organiser,
    /// The signed-in account's name; nobody else sees what was typed.
    pub account: String,
    /// How dates are written.
    pub language: Language,
}

impl EntryDialog {
    /// For a new entry: it starts with the next full hour. `own_zone` is an IANA name.
    pub fn open_new(kind: RoomKind, now: Now, own_zone: &str, opening: Opening) -> EntryDialog {
        let zone = TimeZone::get(own_zone).unwrap_or(TimeZone::UTC);
        let zone_name = zone.iana_name().unwrap_or("UTC").to_owned();
        let form = Form {
            title: String::new(),
            description: String::new(),
            dated: true,
            start: Moment::default(),
            end: Moment::default(),
            repeat: Repeat::default(),
            notify: true,
            phone_info: false,
            reminder: false,
            reminder_minutes: USUAL_REMINDER,
            people: Vec::new(),
        };
        let mut dialog = EntryDialog::closed(kind, zone, zone_name, form, opening);
        dialog.suggest_times(now);
        dialog.initial = dialog.form.clone();
        dialog
    }

    /// For an entry that exists; `own_zone` is the IANA name of the user's zone.
    pub fn open_edit(
        details: &EntryDetails,
        now: Now,
        own_zone: &str,
        opening: Opening,
    ) -> EntryDialog {
        let schedule = details.schedule.as_ref();
        let wanted = schedule.map_or(own_zone, |schedule| schedule.time_zone.as_str());
        let zone = TimeZone::get(wanted).unwrap_or(TimeZone::UTC);
        let form = Form {
            title: details.summary.title.clone(),
            description: details.description.clone(),
            dated: schedule.is_some(),
            start: Moment::default(),
            end: Moment::default(),
            repeat: Repeat::default(),
            notify: details.notify,
            phone_info: details.phone_info,
            reminder: details.reminder_minutes.is_some(),
            reminder_minutes: details.reminder_minutes.unwrap_or(USUAL_REMINDER),
            people: details.invited.iter().map(Invitee::of).collect(),
        };
        let kind = details.summary.kind;
        let mut dialog = EntryDialog::closed(kind, zone, wanted.to_owned(), form, opening);
        dialog.id = Some(details.summary.id);
        dialog.number = Some(details.summary.number.clone());
        dialog.pin = details.pin.clone().filter(|pin| !pin.is_empty());
        dialog.foreign_zone = wanted != own_zone;
        match schedule {
            Some(schedule) => {
                dialog.fill(schedule.start_ms, schedule.end_ms);
                let start = when::local(schedule.start_ms, &dialog.zone);
                let rule = schedule.rrule.as_deref();
                dialog.form.repeat = Repeat::of(rule, start, &dialog.zone, dialog.language);
                dialog.before_repeat = Some(dialog.form.repeat.clone());
                dialog.before = Some(ScheduleDraft {
                    start_ms: schedule.start_ms,
                    end_ms: schedule.end_ms,
                    time_zone: schedule.time_zone.clone(),
                    rrule: schedule.rrule.clone(),
                });
            }
            None => dialog.suggest_times(now),
        }
        dialog.initial = dialog.form.clone();
        dialog
    }

    fn closed(
        kind: RoomKind,
        zone: TimeZone,
        zone_name: String,
        form: Form,
        opening: Opening,
    ) -> EntryDialog {
        EntryDialog {
            id: None,
            kind,
            number: None,
            pin: None,
            organiser: opening.organiser,
            zone_name,
            foreign_zone: false,
            initial: form.clone(),
            form,
            picker: Picker::default(),
            busy: false,
            failure: None,
            asking: false,
            focus: Some(Field::Title),
            warnings: Vec::new(),
            telephone: None,
            account: opening.account,
            language: opening.language,
            zone,
            before: None,
            before_repeat: None,
            left: BTreeSet::new(),
            tried: false,
            refused: None,
            duration_ms: USUAL_MS,
            end_follows: true,
            seen: None,
            asked: None,
        }
    }

    fn suggest_times(&mut self, now: Now) {
        let start = next_hour(self.local(now));
        // A full hour that the clocks skip begins when they have.
        let start_ms = self.zone.to_timestamp(start).map_or(now.unix_ms, |at| at.as_millisecond());
        self.fill(start_ms, start_ms.saturating_add(USUAL_MS));
    }

    fn fill(&mut self, start_ms: i64, end_ms: i64) {
        self.form.start.set(start_ms, &self.zone, self.language);
        self.form.end.set(end_ms, &self.zone, self.language);
        self.duration_ms = end_ms.saturating_sub(start_ms);
    }

    /// Whether it was opened by the account of that name.
    pub fn belongs_to(&self, account: &str) -> bool {
        self.account == account
    }

    /// The zone in which times are meant.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// How dates are written.
    pub fn language(&self) -> Language {
        self.language
    }

    /// What the clocks of the dialog's zone show.
    pub fn local(&self, now: Now) -> DateTime {
        when::local(now.unix_ms, &self.zone)
    }

    /// The start as typed, on the clocks of the dialog's zone.
    pub fn start(&self, now: Now) -> Option<DateTime> {
        let start = self.form.start_ms(self.local(now), &self.zone).ok()?;
        Some(when::local(start, &self.zone))
    }

    /// Something was typed or ticked that would be lost.
    pub fn dirty(&self) -> bool {
        self.form != self.initial || self.outside_typed()
    }

    fn outside_typed(&self) -> bool {
        let picker = &self.picker;
        picker.outside && !(picker.email.trim().is_empty() && picker.name.trim().is_empty())
    }

    /// The user wants to leave: `true` when nothing is lost by it; otherwise the question shows.
    pub fn may_close(&mut self) -> bool {
        if self.busy {
            return false;
        }
        self.asking = self.dirty();
        !self.asking
    }

    /// It is planned at such short notice that calling at once may be simpler.
    pub fn short_notice(&self, now: Now) -> bool {
        let start = self.form.start_ms(self.local(now), &self.zone);
        self.form.dated && start.is_ok_and(|start| start - now.unix_ms < SHORT_NOTICE_MS)
    }

    /// Reads everything.
    pub fn read(&self, now: Now) -> Meaning {
        let reading = Reading {
            kind: self.kind,
            zone: &self.zone,
            zone_name: &self.zone_name,
            now_ms: now.unix_ms,
            before: self.before.as_ref(),
            before_repeat: self.before_repeat.as_ref(),
        };
        let mut meaning = self.form.read(&reading);
        if self.outside_typed() {
            meaning.errors.insert(Field::OutsideEmail, Problem::OutsideOpen);
        }
        meaning
    }

    /// The errors on show: those of fields that were left, and all once saving was tried. What the
    /// hub refused stands until that is changed.
    pub fn shown(&self, meaning: &Meaning) -> BTreeMap<Field, Problem> {
        let mut shown = meaning.errors.clone();
        shown.retain(|field, _| self.tried || self.left.contains(field));
        if let Some((field, problem, sent)) = &self.refused
            && same_part(*field, sent, &meaning.draft)
        {
            shown.entry(*field).or_insert_with(|| problem.clone());
        }
        shown
    }

    /// Adds somebody; what was searched for is done with.
    pub fn add(&mut self, new: Invitee) {
        let added = people::add(&mut self.form.people, new, self.kind, &self.organiser);
        self.picker.problem = added.err();
        if self.picker.problem.is_none() {
            // Another list is read from its top; in the same one the mark stays.
            if !self.picker.query.is_empty() {
                self.picker.query.clear();
                self.picker.marked = 0;
            }
        }
    }

    /// Adds the outside person that was typed.
    pub fn add_outside(&mut self) {
        let (email, name) = (self.picker.email.trim(), self.picker.name.trim());
        let problem = if !is_address(email) {
            Some((Field::OutsideEmail, AddProblem::NoAddress))
        } else if name.chars().count() > MAX_NAME_CHARS {
            Some((Field::OutsideName, AddProblem::LongName))
        } else {
            let new = Invitee::outside(email, name);
            let added = people::add(&mut self.form.people, new, self.kind, &self.organiser);
            added.err().map(|problem| (Field::OutsideEmail, problem))
        };
        if problem.is_none() {
            self.picker.email.clear();
            self.picker.name.clear();
            self.left.remove(&Field::OutsideEmail);
        }
        self.picker.outside_problem = problem;
    }

    /// Takes somebody out.
    pub fn remove(&mut self, index: usize) {
        if index < self.form.people.len() {
            self.form.people.remove(index);
            self.picker.problem = None;
        }
    }

    /// Nobody more may be added.
    pub fn full(&self) -> bool {
        self.form.people.len() >= most(self.kind)
    }

    /// Saves, if nothing is wrong; otherwise all errors show and the first one has the keyboard.
    pub fn save(&mut self, now: Now) -> Option<EntryCommand> {
        if self.busy {
            return None;
        }
        for field in [Field::Start, Field::End, Field::Until] {
            self.leave(field, now);
        }
        let meaning = self.read(now);
        self.tried = true;
        if let Some(first) = meaning.errors.keys().next() {
            self.focus = Some(*first);
            return None;
        }
        self.busy = true;
        self.failure = None;
        self.refused = None;
        self.asked = Some(meaning.draft.clone());
        Some(EntryCommand::Save { id: self.id, draft: Box::new(meaning.draft) })
    }
}
