//! How an entry repeats, as far as the form can say it, and the RFC 5545 RRULE text for it.

use crate::i18n::Language;
use crate::when::{self, WhenError};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

/// The largest interval and count that the hub takes.
pub const MAX_NUMBER: u32 = 1000;

/// Monday first, as RRULE writes them.
const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "MO"),
    (Weekday::Tuesday, "TU"),
    (Weekday::Wednesday, "WE"),
    (Weekday::Thursday, "TH"),
    (Weekday::Friday, "FR"),
    (Weekday::Saturday, "SA"),
    (Weekday::Sunday, "SU"),
];

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Frequency {
    /// It takes place once.
    #[default]
    Never,
    /// Every so many days.
    Daily,
    /// On some days of every so many weeks.
    Weekly,
    /// On one day of every so many months.
    Monthly,
    /// On the same date of every so many years.
    Yearly,
    /// A rule from elsewhere that the form has no fields for; it stays as it is.
    Foreign,
}

/// Which day of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MonthlyBy {
    /// The same day of the month as the start.
    #[default]
    Day,
    /// The same weekday in the same week, such as the fourth Thursday.
    Weekday,
    /// The last such weekday.
    LastWeekday,
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RepeatEnd {
    /// For ever.
    #[default]
    Never,
    /// Up to and including a day.
    Until,
    /// After so many times.
    Count,
}

/// The repetition as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// How often.
    pub frequency: Frequency,
    /// Every so many days, weeks, months or years, as typed.
    pub interval: String,
    /// Weekdays besides the start's own, Monday first.
    pub weekdays: [bool; 7],
    /// Which day of the month.
    pub monthly: MonthlyBy,
    /// How it ends.
    pub end: RepeatEnd,
    /// The last day, as typed.
    pub until: String,
    /// How many times, as typed.
    pub count: String,
    /// The rule that the form cannot say.
    pub foreign: Option<String>,
}

impl Default for Repeat {
    fn default() -> Self {
        Repeat {
            frequency: Frequency::Never,
            interval: "1".into(),
            weekdays: [false; 7],
            monthly: MonthlyBy::Day,
            end: RepeatEnd::Never,
            until: String::new(),
            count: "10".into(),
            foreign: None,
        }
    }
}

/// What keeps a repetition from being a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepeatProblem {
    /// The interval is no number from 1 to `MAX_NUMBER`.
    Interval,
    /// The count is no number from 1 to `MAX_NUMBER`.
    Count,
    /// The last day is none.
    Until(WhenError),
    /// The last day comes before the first.
    UntilBeforeStart,
}

impl Repeat {
    /// Reads a rule for an entry that starts then in that zone.
    pub fn of(rule: Option<&str>, start: DateTime, zone: &TimeZone, language: Language) -> Repeat {
        let Some(rule) = rule.map(str::trim).filter(|rule| !rule.is_empty()) else {
            return Repeat::default();
        };
        read(rule, start, zone, language).unwrap_or_else(|| Repeat {
            frequency: Frequency::Foreign,
            foreign: Some(rule.to_owned()),
            ..Repeat::default()
        })
    }

    /// The RRULE value for an entry that starts then; none where it does not repeat. `today` gives
    /// the last day its year.
    pub fn rule(&self, start: Date, today: Date) -> Result<Option<String>, RepeatProblem> {
        let mut rule = match self.frequency {
            Frequency::Never => return Ok(None),
            Frequency::Foreign => return Ok(self.foreign.clone()),
            Frequency::Daily => "FREQ=DAILY".to_owned(),
            Frequency::Weekly => "FREQ=WEEKLY".to_owned(),
            Frequency::Monthly => "FREQ=MONTHLY".to_owned(),
            Frequency::Yearly => "FREQ=YEARLY".to_owned(),
        };
        let interval = self.interval().ok_or(RepeatProblem::Interval)?;
        if interval != 1 {
            rule += &format!(";INTERVAL={interval}");
        }
        match self.end {
            RepeatEnd::Never => {}
            RepeatEnd::Count => {
                let count = positive(&self.count).ok_or(RepeatProblem::Count)?;
                rule += &format!(";COUNT={count}");
            }
            RepeatEnd::Until => {
                let until = self.until(today).map_err(RepeatProblem::Until)?;
                if until < start {
                    return Err(RepeatProblem::UntilBeforeStart);
                }
                rule += &format!(";UNTIL={}", until.strftime("%Y%m%d"));
            }
        }
        match self.frequency {
            Frequency::Weekly => {
                let days: Vec<&str> =
                    self.days(start).into_iter().map(|day| DAYS[index(day)].1).collect();
                rule += &format!(";BYDAY={}", days.join(","));
            }
            Frequency::Monthly => match self.monthly_for(start) {
                MonthlyBy::Day => rule += &format!(";BYMONTHDAY={}", start.day()),
                by => {
                    let nth = if by == MonthlyBy::LastWeekday { -1 } else { week(start) };
                    rule += &format!(";BYDAY={nth}{}", DAYS[index(start.weekday())].1);
                }
            },
            _ => {}
        }
        Ok(Some(rule))
    }

    /// Every so many days, weeks, months or years.
    pub fn interval(&self) -> Option<u32> {
        positive(&self.interval)
    }

    /// How many times.
    pub fn count(&self) -> Option<u32> {
        positive(&self.count)
    }

    /// The last day.
    pub fn until(&self, today: Date) -> Result<Date, WhenError> {
        when::parse_date(&self.until, today)
    }

    /// The weekdays of a weekly rule, Monday first; the start's own is always among them.
    pub fn days(&self, start: Date) -> Vec<Weekday> {
        let own = start.weekday();
        let ticked = DAYS.iter().enumerate();
        let ticked = ticked.filter(|(at, (day, _))| self.weekdays[*at] || *day == own);
        ticked.map(|(_, (day, _))| *day).collect()
    }

    /// Which day of the month it is for that start: a fifth week is the last one, and only the last
    /// week can be.
    pub fn monthly_for(&self, start: Date) -> MonthlyBy {
        match self.monthly {
            MonthlyBy::Day => MonthlyBy::Day,
            MonthlyBy::LastWeekday if in_last_week(start) => MonthlyBy::LastWeekday,
            _ if week(start) == 5 => MonthlyBy::LastWeekday,
            _ => MonthlyBy::Weekday,
        }
    }
}

/// In which week of its month a day lies, 1 to 5: it is the n-th of its weekday.
pub fn week(day: Date) -> i8 {
    (day.day() - 1) / 7 + 1
}

/// Whether a day is the last of its weekday in its month.
pub fn in_last_week(day: Date) -> bool {
    day.checked_add(7.days()).map_or(true, |next| next.month() != day.month())
}

/// Monday is 0.
pub fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

fn positive(text: &str) -> Option<u32> {
    let text = text.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && (1..=MAX_NUMBER).contains(number))
}

/// `None` for what the form has no fields for.
fn read(rule: &str, start: DateTime, zone: &TimeZone, language: Language) -> Option<Repeat> {
    let mut repeat = Repeat::default();
    let (mut by_day, mut by_month_day, mut week_start) = (None, None, None);
    let upper = rule.to_ascii_uppercase();
    for part in upper.split(';') {
        let (name, value) = part.split_once('=')?;
        match name {
            "FREQ" => repeat.frequency = frequency(value)?,
            "INTERVAL" => repeat.interval = positive(value)?.to_string(),
            "COUNT" => {
                repeat.end = RepeatEnd::Count;
                repeat.count = positive(value)?.to_string();
            }
            "UNTIL" => {
                repeat.end = RepeatEnd::Until;
                let until = until(value, start.time(), zone)?;
                repeat.until = when::write_date(until, language);
            }
            "BYDAY" => by_day = Some(value.to_owned()),
            "BYMONTHDAY" => by_month_day = Some(value.parse::<i8>().ok()?),
            "WKST" => week_start = Some(value.to_owned()),
            _ => return None,
        }
    }
    // Only the weeks of a rule with an interval depend on where they begin.
    let whole_weeks = repeat.frequency != Frequency::Weekly || repeat.interval == "1";
    if week_start.is_some_and(|day| day != "MO") && !whole_weeks {
        return None;
    }
    if by_month_day.is_some_and(|day| day != start.day()) {
        return None;
    }
    match (repeat.frequency, by_day, by_month_day) {
        (Frequency::Weekly, Some(days), None) => weekly(&mut repeat, &days, start.date())?,
        (Frequency::Monthly, Some(day), None) => {
            repeat.monthly = monthly(&day, start.date())?;
        }
        (Frequency::Monthly | Frequency::Weekly, None, None) => {}
        (Frequency::Monthly, None, Some(_)) => {}
        (Frequency::Daily | Frequency::Yearly, None, None) => {}
        _ => return None,
    }
    Some(repeat)
}

fn frequency(value: &str) -> Option<Frequency> {
    Some(match value {
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => return None,
    })
}

fn weekly(repeat: &mut Repeat, days: &str, start: Date) -> Option<()> {
    let own = index(start.weekday());
    let mut named = [false; 7];
    for day in days.split(',') {
        named[DAYS.iter().position(|(_, text)| *text == day)?] = true;
    }
    // A rule that leaves the start's day out is not one that this form makes.
    if !named[own] {
        return None;
    }
    named[own] = false;
    repeat.weekdays = named;
    Some(())
}

fn monthly(day: &str, start: Date) -> Option<MonthlyBy> {
    let nth = day.strip_suffix(DAYS[index(start.weekday())].1)?.parse::<i8>().ok()?;
    match nth {
        -1 if in_last_week(start) => Some(MonthlyBy::LastWeekday),
        // The form says "last" for a fifth week, which is another rule.
        1..=4 if nth == week(start) => Some(MonthlyBy::Weekday),
        _ => None,
    }
}

/// The last day of a rule: the hub writes its last second in UTC.
fn until(value: &str, start: Time, zone: &TimeZone) -> Option<Date> {
    let Some(utc) = value.strip_suffix('Z') else {
        return Date::strptime("%Y%m%d", value).ok();
    };
    let utc = DateTime::strptime("%Y%m%dT%H%M%S", utc).ok()?;
    let last = zone.to_datetime(TimeZone::UTC.to_timestamp(utc).ok()?);
    // Before the time of day of the start, that day has no occurrence any more.
    if last.time() < start { last.date().yesterday().ok() } else { Some(last.date()) }
}
