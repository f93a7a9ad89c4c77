//! The list's order: what goes on, the days to come, permanent rooms, the past.

use super::Planner;
use super::filters::day_of;
use jiff::civil::Date;
use protocol::{EntryState, EntrySummary};
use std::cmp::Reverse;

/// A section of the list, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Runs, or will within a quarter of an hour.
    Now,
    /// On a day to come.
    Day(Date),
    /// Without a date.
    Permanent,
    /// Over.
    Past,
}

/// A line of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line<'a> {
    /// The head of a section.
    Head(Group),
    /// An entry.
    Entry(&'a EntrySummary),
}

impl Line<'_> {
    /// The entry's key; none for a head.
    pub fn id(&self) -> Option<i64> {
        match self {
            Line::Head(_) => None,
            Line::Entry(entry) => Some(entry.id),
        }
    }
}

impl Planner {
    /// What the list shows, line by line.
    pub fn lines(&self) -> Vec<Line<'_>> {
        let entries = self.entries.iter().flatten().filter(|entry| self.filters.finds(entry));
        let mut sorted: Vec<(Group, &EntrySummary)> =
            entries.map(|entry| (self.group(entry), entry)).collect();
        sorted.sort_by(|(group, a), (other, b)| {
            let times = |entry: &EntrySummary| entry.start_ms.unwrap_or(i64::MAX);
            let by_time = match group {
                Group::Past => Reverse(times(a)).cmp(&Reverse(times(b))),
                _ => times(a).cmp(&times(b)),
            };
            group.cmp(other).then(by_time).then_with(|| a.title.cmp(&b.title))
        });
        let mut lines = Vec::with_capacity(sorted.len() + 8);
        let mut last = None;
        for (group, entry) in sorted {
            if last != Some(group) {
                lines.push(Line::Head(group));
                last = Some(group);
            }
            lines.push(Line::Entry(entry));
        }
        lines
    }

    fn group(&self, entry: &EntrySummary) -> Group {
        match (entry.state, entry.start_ms) {
            (EntryState::Soon | EntryState::Running, _) => Group::Now,
            (EntryState::Over, _) => Group::Past,
            (EntryState::Planned, Some(start_ms)) => Group::Day(day_of(start_ms, &self.zone)),
            (EntryState::Planned, None) => Group::Permanent,
        }
    }

    /// The entry whose join button is the thing to do now: the next to begin, else one that runs.
    pub fn next_to_join(&self) -> Option<i64> {
        let joinable = || self.entries.iter().flatten().filter(|entry| entry.permits.join);
        let soon = joinable().filter(|entry| entry.state == EntryState::Soon);
        let first = soon.min_by_key(|entry| entry.start_ms);
        let running = joinable().filter(|entry| entry.start_ms.is_some());
        first.or_else(|| running.min_by_key(|entry| entry.start_ms)).map(|entry| entry.id)
    }
}
