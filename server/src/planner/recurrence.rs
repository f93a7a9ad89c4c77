//! The occurrences of a schedule. A rule is followed in the schedule's own time zone, so local time
//! stays as clocks change; a time that a change of clocks skips counts from before the change, one
//! that it repeats is the first (RFC 5545 section 3.3.5).

use super::rule::{End, Frequency, Rule, RuleError};
use super::{Exception, MAX_DURATION_MS, Schedule};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// No rule is followed further than this many years: one that never fits again has to end.
const HORIZON_YEARS: i16 = 100;

/// One occurrence, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Where the rule puts it (RFC 5545 RECURRENCE-ID).
    pub original_ms: i64,
    /// Its start.
    pub start_ms: i64,
    /// Its end.
    pub end_ms: i64,
}

/// Why a schedule has no occurrences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// Nobody knows the time zone.
    #[error("{0:?} is no time zone; use a name like Europe/Berlin")]
    TimeZone(String),
    /// No calendar has that day.
    #[error("that date is too far away")]
    Time,
    /// The rule is wrong.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// A schedule, ready to be asked for occurrences.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    schedule: &'a Schedule,
    zone: TimeZone,
    start: DateTime,
    rule: Option<Rule>,
}

impl<'a> Series<'a> {
    /// Reads a schedule's zone and rule.
    pub fn of(schedule: &'a Schedule) -> Result<Series<'a>, SeriesError> {
        let zone = TimeZone::get(&schedule.time_zone)
            .map_err(|_| SeriesError::TimeZone(schedule.time_zone.clone()))?;
        let start =
            Timestamp::from_millisecond(schedule.start_ms).map_err(|_| SeriesError::Time)?;
        let start = zone.to_datetime(start);
        let rule = schedule.rrule.as_deref().map(|text| Rule::parse(text, &zone)).transpose()?;
        Ok(Series { schedule, zone, start, rule })
    }

    /// The rule.
    pub fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref()
    }

    /// Whether the first start is one that the rule gives.
    pub fn starts_by_rule(&self) -> bool {
        let Some(rule) = &self.rule else { return true };
        let first = Days::new(rule, self.start.date(), self.start.date()).next();
        first == Some(self.start.date()) && self.originals(i64::MIN).next().is_some()
    }

    /// Whether the rule puts an occurrence there, be it moved or cancelled.
    pub fn is_original(&self, original_ms: i64) -> bool {
        self.originals(original_ms).next() == Some(original_ms)
    }

    /// The one of that original start, unless it is cancelled or there is none.
    pub fn occurrence(&self, original_ms: i64) -> Option<Occurrence> {
        self.is_original(original_ms).then(|| self.at(original_ms))?
    }

    /// The occurrence that runs at `now_ms` or comes next; the last one when all are over. `None`
    /// only when every single one is cancelled.
    pub fn current(&self, now_ms: i64) -> Option<Occurrence> {
        self.upcoming(now_ms, 1).first().copied().or_else(|| {
            let unchanged = self.originals(i64::MIN).filter_map(|original| self.at(original));
            unchanged.max_by_key(|occurrence| (occurrence.end_ms, occurrence.start_ms))
        })
    }

    /// The first `limit` occurrences that end after `after_ms`, by start.
    pub fn upcoming(&self, after_ms: i64, limit: usize) -> Vec<Occurrence> {
        self.overlapping(after_ms, i64::MAX, limit)
    }

    /// The first `limit` occurrences that end after `from_ms` and begin before `to_ms`, by start.
    pub fn overlapping(&self, from_ms: i64, to_ms: i64, limit: usize) -> Vec<Occurrence> {
        let overlaps = |o: &Occurrence| o.end_ms > from_ms && o.start_ms < to_ms;
        let mut found: Vec<Occurrence> = self
            .originals(from_ms.saturating_sub(MAX_DURATION_MS))
            .take_while(|original| *original < to_ms)
            .filter(|original| self.exception(*original).is_none())
            .filter_map(|original| self.at(original))
            .filter(overlaps)
            .take(limit)
            .collect();
        let moved = self.schedule.exceptions.iter().filter_map(|e| self.at(e.original_ms));
        found.extend(moved.filter(overlaps));
        found.sort_by_key(|occurrence| (occurrence.start_ms, occurrence.original_ms));
        found.truncate(limit);
        found
    }

    fn exception(&self, original_ms: i64) -> Option<&Exception> {
        self.schedule.exceptions.iter().find(|exception| exception.original_ms == original_ms)
    }

    /// What became of an original; `None` when it is cancelled.
    fn at(&self, original_ms: i64) -> Option<Occurrence> {
        let duration = self.schedule.end_ms - self.schedule.start_ms;
        let (start_ms, end_ms) = match self.exception(original_ms) {
            Some(exception) => exception.moved_to?,
            None => (original_ms, original_ms.saturating_add(duration)),
        };
        Some(Occurrence { original_ms, start_ms, end_ms })
    }

    /// The starts by rule, not before `from_ms`, in order.
    fn originals(&self, from_ms: i64) -> impl Iterator<Item = i64> + '_ {
        let Some(rule) = &self.rule else {
            let once = Some(self.schedule.start_ms).filter(|start| *start >= from_ms);
            return Originals::Once(once.into_iter());
        };
        // Counted ones have to be counted from the first.
        let first = self.start.date();
        let from = match rule.end {
            End::Count(_) => first,
            End::Never | End::Until(_) => self.day_before(from_ms).map_or(first, |d| d.max(first)),
        };
        let (count, until_ms) = match rule.end {
            End::Never => (usize::MAX, i64::MAX),
            End::Count(count) => (count as usize, i64::MAX),
            End::Until(until) => (usize::MAX, until.as_millisecond()),
        };
        let starts = Days::new(rule, first, from)
            .map_while(|day| self.start_on(day))
            .take(count)
            .take_while(move |start| *start <= until_ms)
            .skip_while(move |start| *start < from_ms);
        Originals::Rule(starts)
    }

    /// The local day before a moment: no zone is further than that from it.
    fn day_before(&self, at_ms: i64) -> Option<Date> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        self.zone.to_datetime(at).date().checked_sub(1.day()).ok()
    }

    fn start_on(&self, day: Date) -> Option<i64> {
        if day == self.start.date() {
            // Even where clocks repeat an hour and it is the second one that is meant.
            return Some(self.schedule.start_ms);
        }
        let local = day.to_datetime(self.start.time());
        Some(self.zone.to_timestamp(local).ok()?.as_millisecond())
    }
}

/// Either of two iterators.
enum Originals<R> {
    Once(std::option::IntoIter<i64>),
    Rule(R),
}

impl<R: Iterator<Item = i64>> Iterator for Originals<R> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        match self {
            Originals::Once(once) => once.next(),
            Originals::Rule(rule) => rule.next(),
        }
    }
}

/// The days of a rule without its end, in order: period by period, as RFC 5545 describes.
struct Days<'a> {
    rule: &'a Rule,
    start: Date,
    /// Which period comes next; the start lies in period 0.
    period: i32,
    found: std::vec::IntoIter<Date>,
}

impl<'a> Days<'a> {
    /// From the period in which `from` lies.
    fn new(rule: &'a Rule, start: Date, from: Date) -> Days<'a> {
        let months = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month());
        let passed = match rule.frequency {
            Frequency::Daily => days_between(start, from),
            Frequency::Weekly => days_between(week_of(start, rule.week_start), from) / 7,
            Frequency::Monthly => months(from) - months(start),
            Frequency::Yearly => i32::from(from.year()) - i32::from(start.year()),
        };
        let period = passed.max(0) / rule.interval;
        Days { rule, start, period, found: Vec::new().into_iter() }
    }

    /// The first day of the next period; `None` beyond the horizon.
    fn next_period(&mut self) -> Option<Date> {
        let steps = self.period.checked_mul(self.rule.interval)?;
        self.period += 1;
        let first = match self.rule.frequency {
            Frequency::Daily => self.start.checked_add(steps.days()),
            Frequency::Weekly => {
                week_of(self.start, self.rule.week_start).checked_add(steps.weeks())
            }
            Frequency::Monthly => self.start.first_of_month().checked_add(steps.months()),
            Frequency::Yearly => self.start.first_of_year().checked_add(steps.years()),
        };
        first.ok().filter(|day| day.year() <= self.start.year() + HORIZON_YEARS)
    }

    fn days_of_period(&self, first: Date) -> Vec<Date> {
        let rule = self.rule;
        let mut days = match rule.frequency {
            Frequency::Daily => Some(first).filter(|day| self.fits(*day)).into_iter().collect(),
            Frequency::Weekly => (0..7)
                .filter_map(|n| first.checked_add(n.days()).ok())
                .filter(|day| self.fits(*day))
                .filter(|day| !rule.days.is_empty() || day.weekday() == self.start.weekday())
                .collect(),
            Frequency::Monthly => self.days_of_month(first),
            Frequency::Yearly => self.days_of_year(first),
        };
        if !rule.positions.is_empty() {
            days = at_positions(&days, &rule.positions);
        }
        days.retain(|day| *day >= self.start);
        days
    }

    fn days_of_month(&self, first: Date) -> Vec<Date> {
        let rule = self.rule;
        let all = (0..first.days_in_month()).filter_map(|n| first.checked_add(n.days()).ok());
        let plain = rule.month_days.is_empty() && rule.days.is_empty();
        let wanted = |day: &Date| {
            self.fits_month(*day)
                && self.fits_month_day(*day)
                && fits_nth(&rule.days, *day, day.day().into(), day.days_in_month().into())
                && (!plain || day.day() == self.start.day())
        };
        all.filter(wanted).collect()
    }

    fn days_of_year(&self, first: Date) -> Vec<Date> {
        let rule = self.rule;
        if rule.months.is_empty() && rule.month_days.is_empty() {
            if rule.days.is_empty() {
                // A birthday on 29 February is one in leap years only.
                let day = Date::new(first.year(), self.start.month(), self.start.day());
                return day.into_iter().collect();
            }
            let all = (0..first.days_in_year()).filter_map(|n| first.checked_add(n.days()).ok());
            return all
                .filter(|day| fits_nth(&rule.days, *day, day.day_of_year(), day.days_in_year()))
                .collect();
        }
        (0..12i32)
            .filter_map(|n| first.checked_add(n.months()).ok())
            .flat_map(|month| self.days_of_month(month))
            .collect()
    }

    /// BYMONTH, BYMONTHDAY and plain BYDAY as mere filters.
    fn fits(&self, day: Date) -> bool {
        let days = &self.rule.days;
        let weekday = days.is_empty() || days.iter().any(|(_, wanted)| *wanted == day.weekday());
        weekday && self.fits_month(day) && self.fits_month_day(day)
    }

    fn fits_month(&self, day: Date) -> bool {
        self.rule.months.is_empty() || self.rule.months.contains(&day.month())
    }

    fn fits_month_day(&self, day: Date) -> bool {
        let wanted = &self.rule.month_days;
        let from_end = day.day() - day.days_in_month() - 1;
        wanted.is_empty() || wanted.contains(&day.day()) || wanted.contains(&from_end)
    }
}

impl Iterator for Days<'_> {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        loop {
            if let Some(day) = self.found.next() {
                return Some(day);
            }
            let first = self.next_period()?;
            self.found = self.days_of_period(first).into_iter();
        }
    }
}

/// Whether a day is one of BYDAY, as the `at`-th of `length` days of its month or year.
fn fits_nth(wanted: &[(i8, Weekday)], day: Date, at: i16, length: i16) -> bool {
    let (from_start, from_end) = ((at - 1) / 7 + 1, -((length - at) / 7 + 1));
    wanted.is_empty()
        || wanted.iter().any(|(nth, weekday)| {
            let nth = i16::from(*nth);
            *weekday == day.weekday() && (nth == 0 || nth == from_start || nth == from_end)
        })
}

fn at_positions(days: &[Date], positions: &[i16]) -> Vec<Date> {
    let length = days.len() as i16;
    let chosen = |at: i16| positions.contains(&(at + 1)) || positions.contains(&(at - length));
    days.iter().zip(0..length).filter(|(_, at)| chosen(*at)).map(|(day, _)| *day).collect()
}

fn week_of(day: Date, week_start: Weekday) -> Date {
    let into = week_start.until(day.weekday());
    day.checked_sub(i64::from(into).days()).unwrap_or(day)
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
