//! The form as typed, and what it means.

use super::people::{self, Invitee};
use super::repeat::{Repeat, RepeatProblem};
use crate::i18n::Language;
use crate::when::{self, Frame, WhenError};
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use protocol::{EntryDraft, RoomKind, ScheduleDraft};
use std::collections::BTreeMap;

/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 120;

/// The longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 4000;

/// The longest entry, in milliseconds: 24 hours.
pub const MAX_DURATION_MS: i64 = 24 * 60 * 60 * 1000;

/// A start may lie so far back, in milliseconds: the minute in which "now" was filled in.
pub const START_TOLERANCE_MS: i64 = 60 * 1000;

/// A reminder comes so long before at the earliest, in minutes: a week.
pub const MAX_REMINDER_MINUTES: u32 = 7 * 24 * 60;

/// A field of the form, in the order in which the keyboard visits them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The title.
    Title,
    /// The description.
    Description,
    /// The start.
    Start,
    /// The end.
    End,
    /// How often it repeats.
    Repeat,
    /// Every so many days, weeks, months, years.
    Interval,
    /// The last day of a repetition.
    Until,
    /// How many times it repeats.
    Count,
    /// The reminder to oneself.
    Reminder,
    /// Who is invited.
    People,
    /// An outside person's address.
    OutsideEmail,
    /// An outside person's name.
    OutsideName,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// There is no title.
    TitleMissing,
    /// The title is too long.
    TitleTooLong,
    /// The description is too long.
    DescriptionTooLong,
    /// Not a date and time.
    When(WhenError),
    /// The start lies in the past.
    Past,
    /// The end does not come after the start.
    EndBeforeStart,
    /// It takes longer than 24 hours.
    TooLong,
    /// The repetition is no rule.
    Repeat(RepeatProblem),
    /// More people than the kind allows.
    TooManyPeople,
    /// An outside person was typed and not added.
    OutsideOpen,
    /// The hub refused the field; its words, in English.
    Refused(String),
    /// The hub refused somebody who is named twice.
    RefusedTwice(String),
    /// Somebody's account is gone.
    RefusedGone(String),
}

/// A date and time as typed. What was filled in keeps its exact moment while the text stays.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// As typed.
    pub text: String,
    exact: Option<(String, i64)>,
}

impl PartialEq for Moment {
    fn eq(&self, other: &Moment) -> bool {
        self.text == other.text
    }
}

impl Moment {
    /// Fills in a moment, in Unix milliseconds.
    pub fn set(&mut self, unix_ms: i64, zone: &TimeZone, language: Language) {
        self.text = when::write(when::local(unix_ms, zone), language);
        self.exact = Some((self.text.clone(), unix_ms));
    }

    /// Its Unix milliseconds.
    pub fn read(&self, frame: &Frame, zone: &TimeZone) -> Result<i64, WhenError> {
        match &self.exact {
            Some((text, unix_ms)) if *text == self.text => Ok(*unix_ms),
            _ => when::resolve(when::parse(&self.text, frame)?, zone),
        }
    }
}

/// Everything that is typed and ticked.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The title.
    pub title: String,
    /// The description.
    pub description: String,
    /// It has a date; otherwise it is a permanent room.
    pub dated: bool,
    /// The start.
    pub start: Moment,
    /// The end.
    pub end: Moment,
    /// How it repeats.
    pub repeat: Repeat,
    /// Participants get mail.
    pub notify: bool,
    /// Invitations carry the way in by telephone.
    pub phone_info: bool,
    /// The organiser is reminded.
    pub reminder: bool,
    /// So many minutes before.
    pub reminder_minutes: u32,
    /// Who is invited, in order.
    pub people: Vec<Invitee>,
}

/// What the form is read with.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Webinar or group call.
    pub kind: RoomKind,
    /// The zone in which times are meant.
    pub zone: &'a TimeZone,
    /// Its IANA name.
    pub zone_name: &'a str,
    /// Now, in Unix milliseconds.
    pub now_ms: i64,
    /// The schedule as the hub has it: as long as it stays, it may have begun.
    pub before: Option<&'a ScheduleDraft>,
    /// The repetition as it was read from there.
    pub before_repeat: Option<&'a Repeat>,
}

/// What a form means, and what keeps it from being saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning {
    /// What would be saved, were there no errors.
    pub draft: EntryDraft,
    /// What is wrong, in the order of the fields.
    pub errors: BTreeMap<Field, Problem>,
}

impl Form {
    /// What a start without a day or without a time means.
    pub fn start_frame(&self, now: DateTime) -> Frame {
        Frame { now, day: now.date(), time: next_hour(now).time() }
    }

    /// What an end without a day or without a time means: the start's.
    pub fn end_frame(&self, now: DateTime, start: Option<DateTime>) -> Frame {
        let start = start.unwrap_or_else(|| next_hour(now));
        Frame { now, day: start.date(), time: start.time() }
    }

    /// The start in Unix milliseconds.
    pub fn start_ms(&self, now: DateTime, zone: &TimeZone) -> Result<i64, WhenError> {
        self.start.read(&self.start_frame(now), zone)
    }

    /// The end in Unix milliseconds.
    pub fn end_ms(&self, now: DateTime, zone: &TimeZone) -> Result<i64, WhenError> {
        let start = self.start_ms(now, zone).ok().map(|ms| when::local(ms, zone));
        self.end.read(&self.end_frame(now, start), zone)
    }

    /// Reads everything.
    pub fn read(&self, with: &Reading<'_>) -> Meaning {
        let mut errors = BTreeMap::new();
        let title = one_line(&self.title);
        match title.chars().count() {
            0 => _ = errors.insert(Field::Title, Problem::TitleMissing),
            1..=MAX_TITLE_CHARS => {}
            _ => _ = errors.insert(Field::Title, Problem::TitleTooLong),
        }
        let description = self.description.trim().to_owned();
        if description.chars().count() > MAX_DESCRIPTION_CHARS {
            errors.insert(Field::Description, Problem::DescriptionTooLong);
        }
        if self.people.len() > people::most(with.kind) {
            errors.insert(Field::People, Problem::TooManyPeople);
        }
        let schedule = if self.dated { self.schedule(with, &mut errors) } else { None };
        let draft = EntryDraft {
            kind: with.kind,
            title,
            description,
            schedule,
            people: self.people.iter().map(Invitee::draft).collect(),
            notify: self.notify,
            phone_info: self.phone_info,
            reminder_minutes: (self.reminder && self.dated).then_some(self.reminder_minutes),
        };
        Meaning { draft, errors }
    }

    fn schedule(
        &self,
        with: &Reading<'_>,
        errors: &mut BTreeMap<Field, Problem>,
    ) -> Option<ScheduleDraft> {
        let now = when::local(with.now_ms, with.zone);
        let start = self.start_ms(now, with.zone);
        let end = self.end_ms(now, with.zone);
        let rule = start.as_ref().ok().and_then(|start| self.rule(*start, with, errors));
        if let Err(error) = &start {
            errors.insert(Field::Start, Problem::When(*error));
        }
        if let Err(error) = &end {
            errors.insert(Field::End, Problem::When(*error));
        }
        let (Ok(start_ms), Ok(end_ms)) = (start, end) else { return None };
        match end_ms.saturating_sub(start_ms) {
            ..=0 => _ = errors.insert(Field::End, Problem::EndBeforeStart),
            1..=MAX_DURATION_MS => {}
            _ => _ = errors.insert(Field::End, Problem::TooLong),
        }
        let time_zone = with.zone_name.to_owned();
        let schedule = ScheduleDraft { start_ms, end_ms, time_zone, rrule: rule };
        let stays = with.before.is_some_and(|before| *before == schedule);
        if !stays && start_ms < with.now_ms - START_TOLERANCE_MS {
            errors.insert(Field::Start, Problem::Past);
        }
        Some(schedule)
    }

    /// The rule; as the hub wrote it where nothing about it was changed.
    fn rule(
        &self,
        start_ms: i64,
        with: &Reading<'_>,
        errors: &mut BTreeMap<Field, Problem>,
    ) -> Option<String> {
        let start = when::local(start_ms, with.zone).date();
        let untouched = with.before_repeat == Some(&self.repeat)
            && with.before.is_some_and(|before| before.start_ms == start_ms);
        if untouched {
            return with.before.and_then(|before| before.rrule.clone());
        }
        let today = when::local(with.now_ms, with.zone).date();
        match self.repeat.rule(start, today) {
            Ok(rule) => rule,
            Err(problem) => {
                let field = match problem {
                    RepeatProblem::Interval => Field::Interval,
                    RepeatProblem::Count => Field::Count,
                    RepeatProblem::Until(_) | RepeatProblem::UntilBeforeStart => Field::Until,
                };
                errors.insert(field, Problem::Repeat(problem));
                None
            }
        }
    }
}

/// The next full hour, at least a minute away.
pub fn next_hour(now: DateTime) -> DateTime {
    let hour = now.date().to_datetime(Time::midnight()).with().hour(now.hour()).build();
    let hour = hour.unwrap_or(now);
    hour.checked_add(jiff::Span::new().hours(1)).unwrap_or(now)
}

/// On one line, as the hub counts it: without what cannot be seen.
fn one_line(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let seen: String = text.chars().filter(|c| c.is_whitespace() || !hidden(*c)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}
