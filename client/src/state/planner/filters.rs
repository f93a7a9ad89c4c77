//! Which entries the list shows.

use crate::when;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span as Step, ToSpan};
use protocol::{EntryOrder, EntryQuery, EntryState, EntrySummary, RoomKind, Whose};

/// How many entries are asked for at once.
pub(super) const PAGE: usize = 100;

/// How many the hub gives at once.
pub(super) const MAX_PAGE: usize = 200;

/// A range of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Span {
    /// Whenever.
    #[default]
    All,
    /// Today.
    Today,
    /// From Monday to Sunday.
    ThisWeek,
    /// This week and the next.
    Fortnight,
    /// The month of today.
    ThisMonth,
    /// The month after it.
    NextMonth,
    /// Today and the thirty days before.
    LastThirtyDays,
    /// From the one day to the other, both included.
    Between(Date, Date),
}

impl Span {
    /// Those that have a name, in the order of the menu.
    pub const CHOICES: [Span; 7] = [
        Span::All,
        Span::Today,
        Span::ThisWeek,
        Span::Fortnight,
        Span::ThisMonth,
        Span::NextMonth,
        Span::LastThirtyDays,
    ];

    /// Its first and last day; `None` for all days.
    pub fn days(self, today: Date) -> Option<(Date, Date)> {
        let monday = plus(today, -i64::from(today.weekday().since(Weekday::Monday)));
        let first = today.first_of_month();
        Some(match self {
            Span::All => return None,
            Span::Today => (today, today),
            Span::ThisWeek => (monday, plus(monday, 6)),
            Span::Fortnight => (monday, plus(monday, 13)),
            Span::ThisMonth => (first, first.last_of_month()),
            Span::NextMonth => {
                let next = first.saturating_add(1.month());
                (next, next.last_of_month())
            }
            Span::LastThirtyDays => (plus(today, -30), today),
            Span::Between(first, last) => (first, last),
        })
    }
}

fn plus(day: Date, days: i64) -> Date {
    day.saturating_add(Step::new().days(days))
}

/// What the list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Webinars or group calls; both without.
    pub kind: Option<RoomKind>,
    /// How they stand; all without.
    pub state: Option<EntryState>,
    /// When they take place.
    pub span: Span,
    /// Whose they are.
    pub whose: Whose,
    /// Words of title, organiser or number, as typed; narrows what is loaded.
    pub search: String,
}

impl Filters {
    /// Whether something may be hidden.
    pub fn narrow(&self) -> bool {
        self.kind.is_some()
            || self.state.is_some()
            || self.span != Span::All
            || self.whose != Whose::Both
            || !self.search.trim().is_empty()
    }

    /// The first page, newest first: what comes next is on it, and the past follows page by page.
    pub(super) fn query(&self, now_ms: i64, zone: &TimeZone) -> EntryQuery {
        let days = self.span.days(day_of(now_ms, zone));
        EntryQuery {
            kind: self.kind,
            state: self.state,
            from_ms: days.and_then(|(first, _)| start_of(first, zone)),
            to_ms: days.and_then(|(_, last)| start_of(plus(last, 1), zone)),
            whose: self.whose,
            order: EntryOrder::Descending,
            cursor: None,
            limit: Some(PAGE as i64),
        }
    }

    /// Whether an own entry is among what they let through.
    pub(super) fn fit(&self, entry: &EntrySummary, now_ms: i64, zone: &TimeZone) -> bool {
        let day = entry.start_ms.map(|start_ms| day_of(start_ms, zone));
        let within = match (self.span.days(day_of(now_ms, zone)), day) {
            (Some((first, last)), Some(day)) => (first..=last).contains(&day),
            (Some(_), None) => false,
            (None, _) => true,
        };
        self.kind.is_none_or(|kind| kind == entry.kind)
            && self.state.is_none_or(|state| state == entry.state)
            && self.whose != Whose::Invited
            && within
            && self.finds(entry)
    }

    /// Whether an entry has every word that is searched for.
    pub fn finds(&self, entry: &EntrySummary) -> bool {
        let entry_text = format!("{}\n{}\n{}", entry.title, entry.organiser, entry.number);
        let text = entry_text.to_lowercase();
        // A number is found as it is written, in groups of three.
        let digits: String = self.search.chars().filter(|c| !c.is_whitespace()).collect();
        let number = digits.len() > 2 && entry.number.contains(&digits);
        number || self.search.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// The day of a moment in a time zone.
pub(super) fn day_of(unix_ms: i64, zone: &TimeZone) -> Date {
    when::local(unix_ms, zone).date()
}

/// When a day begins, Unix milliseconds.
fn start_of(day: Date, zone: &TimeZone) -> Option<i64> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}
