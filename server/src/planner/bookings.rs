//! Double bookings: who would be in two places at once. A warning, never a refusal.

use super::recurrence::{Occurrence, Series};
use crate::store::entries::SeriesOf;
use crate::store::{Store, StoreError};
use protocol::DoubleBooking;

/// So many occurrences of a recurring draft are compared.
pub(super) const COMPARED: usize = 12;

/// So many warnings are given.
const MAX_WARNINGS: usize = 50;

/// What these users have at the times of these occurrences besides the entry `except`, by time.
/// `viewer` learns the titles only of what they see anyway.
pub(super) async fn double_bookings(
    store: &Store,
    viewer: i64,
    users: &[i64],
    occurrences: &[Occurrence],
    except: i64,
    now_ms: i64,
) -> Result<Vec<DoubleBooking>, StoreError> {
    if occurrences.is_empty() {
        return Ok(Vec::new());
    }
    // A series may meet them later than with the occurrence that is its next one now.
    let series = store.series_of(users, now_ms, except).await?;
    let mut found = Vec::<(i64, DoubleBooking)>::new();
    for occurrence in occurrences {
        let span = (occurrence.start_ms, occurrence.end_ms);
        for booking in store.bookings(users, span, except, MAX_WARNINGS as i64).await? {
            let (start_ms, end_ms) = (booking.start_ms, booking.end_ms);
            found.push((booking.entry_id, warning(booking.user_id, start_ms, end_ms)));
        }
        found.extend(series.iter().flat_map(|series| overlaps(series, span)));
        if found.len() >= MAX_WARNINGS {
            break;
        }
    }
    found.sort_by_key(|(entry, booking)| (booking.start_ms, *entry, booking.user_id));
    found.dedup();
    found.truncate(MAX_WARNINGS);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let entries: Vec<i64> = found.iter().map(|(entry, _)| *entry).collect();
    let titles = store.visible_titles(viewer, &entries).await?;
    let named = found.into_iter().map(|(entry, booking)| match titles.get(&entry) {
        Some(title) => {
            DoubleBooking { entry_id: Some(entry), title: Some(title.clone()), ..booking }
        }
        None => booking,
    });
    Ok(named.collect())
}

fn warning(user_id: i64, start_ms: i64, end_ms: i64) -> DoubleBooking {
    DoubleBooking { user_id, start_ms, end_ms, entry_id: None, title: None }
}

fn overlaps(of: &SeriesOf, (from_ms, to_ms): (i64, i64)) -> Vec<(i64, DoubleBooking)> {
    let Ok(series) = Series::of(&of.schedule) else { return Vec::new() };
    let times = series.overlapping(from_ms, to_ms, MAX_WARNINGS);
    let each = |occurrence: Occurrence| {
        let warn =
            move |user: &i64| (of.entry_id, warning(*user, occurrence.start_ms, occurrence.end_ms));
        of.users.iter().map(warn)
    };
    times.into_iter().flat_map(each).collect()
}
