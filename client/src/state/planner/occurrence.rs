//! Another time for one occurrence of a series, as it is typed.

use crate::when::{self, Frame};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use protocol::ChangeOccurrence;

/// A start in the past is taken while it is this fresh: "now" must be possible.
const FRESH_MS: i64 = 60_000;

/// The longest that the hub takes.
const MAX_DURATION_MS: i64 = 24 * 60 * 60 * 1000;

/// What is wrong with the times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveError {
    /// The start is no date with a time.
    Start,
    /// The end is none.
    End,
    /// The start lies in the past.
    Past,
    /// The end is not after the start.
    Order,
    /// It lasts longer than a day.
    TooLong,
}

impl MoveError {
    /// Whether it is said at the start; the others at the end.
    pub fn at_start(self) -> bool {
        matches!(self, MoveError::Start | MoveError::Past)
    }
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveForm {
    /// The series.
    pub entry: i64,
    /// Where the rule puts the occurrence, Unix milliseconds.
    pub original_ms: i64,
    /// Its start as typed.
    pub start: String,
    /// Its end as typed.
    pub end: String,
    /// What is wrong, once saving was tried.
    pub error: Option<MoveError>,
}

impl MoveForm {
    /// What the form asks for, in the time zone of the window. What a text leaves open is as in the
    /// occurrence: its day, its time.
    pub fn check(&self, now_ms: i64, zone: &TimeZone) -> Result<ChangeOccurrence, MoveError> {
        let now = when::local(now_ms, zone);
        let read = |text: &str, before: DateTime| {
            let frame = Frame { now, day: before.date(), time: before.time() };
            when::resolve(when::parse(text, &frame)?, zone)
        };
        let original = when::local(self.original_ms, zone);
        let start_ms = read(&self.start, original).map_err(|_| MoveError::Start)?;
        let start = when::local(start_ms, zone);
        let end_ms = read(&self.end, start).map_err(|_| MoveError::End)?;
        if start_ms < now_ms - FRESH_MS {
            return Err(MoveError::Past);
        }
        if end_ms <= start_ms {
            return Err(MoveError::Order);
        }
        if end_ms - start_ms > MAX_DURATION_MS {
            return Err(MoveError::TooLong);
        }
        Ok(ChangeOccurrence::Move { start_ms, end_ms })
    }
}
