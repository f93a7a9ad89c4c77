//! Who is busy when: what a double booking is found from. Who declined is not busy.

use super::super::{Row, Store, StoreError};
use super::{ROWS_AT_ONCE, exceptions, numbered, rows};
use crate::planner::{MAX_DURATION_MS, Schedule};
use sqlx::{AssertSqlSafe, Row as _, query};
use std::collections::HashMap;

/// So many recurring entries are looked at.
const MAX_SERIES: i64 = 1000;

/// A user's part in an entry that takes place once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// Who.
    pub user_id: i64,
    /// In which entry.
    pub entry_id: i64,
    /// Its start, Unix milliseconds.
    pub start_ms: i64,
    /// Its end, Unix milliseconds.
    pub end_ms: i64,
}

/// A recurring entry, and which of the users asked for take part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesOf {
    /// The entry.
    pub entry_id: i64,
    /// Who.
    pub users: Vec<i64>,
    /// When.
    pub schedule: Schedule,
}

const NOT_DECLINED: &str = "NOT EXISTS (SELECT 1 FROM entry_people p WHERE p.entry_id = v.entry_id
     AND p.user_id = v.user_id AND p.reply = 'declined')";

impl Store {
    /// What users have once between two moments, other than the entry `except`, by time; `limit` of
    /// each hundred users at most.
    pub async fn bookings(
        &self,
        users: &[i64],
        (from_ms, to_ms): (i64, i64),
        except: i64,
        limit: i64,
    ) -> Result<Vec<Booking>, StoreError> {
        let mut bookings = Vec::new();
        for users in users.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "SELECT v.user_id, v.entry_id, v.sort_ms, v.current_end_ms FROM entry_viewers v
                 WHERE v.sort_ms > $1 AND v.sort_ms < $2 AND v.current_end_ms > $3
                   AND v.entry_id <> $4 AND v.recurring = 0 AND v.user_id IN ({})
                   AND {NOT_DECLINED}
                 ORDER BY v.sort_ms, v.entry_id, v.user_id LIMIT $5",
                numbered(6, users.len()),
            );
            let statement = query(AssertSqlSafe(sql))
                .bind(from_ms.saturating_sub(MAX_DURATION_MS))
                .bind(to_ms)
                .bind(from_ms)
                .bind(except)
                .bind(limit);
            let found = users.iter().fold(statement, |q, user| q.bind(*user)).try_map(booking);
            bookings.extend(found.fetch_all(&self.pool).await?);
        }
        Ok(bookings)
    }

    /// The recurring entries of users that are not over, other than the entry `except`.
    pub async fn series_of(
        &self,
        users: &[i64],
        now_ms: i64,
        except: i64,
    ) -> Result<Vec<SeriesOf>, StoreError> {
        let mut by_entry = HashMap::<i64, Vec<i64>>::new();
        for users in users.chunks(ROWS_AT_ONCE) {
            let sql = format!(
                "SELECT v.user_id, v.entry_id FROM entry_viewers v
                 WHERE v.recurring = 1 AND v.current_end_ms > $1 AND v.entry_id <> $2
                   AND v.user_id IN ({}) AND {NOT_DECLINED}
                 ORDER BY v.current_end_ms LIMIT $3",
                numbered(4, users.len()),
            );
            let statement = query(AssertSqlSafe(sql)).bind(now_ms).bind(except).bind(MAX_SERIES);
            let statement = users.iter().fold(statement, |q, user| q.bind(*user));
            let found = statement
                .try_map(|row: Row| Ok((row.try_get("entry_id")?, row.try_get("user_id")?)));
            for (entry, user) in found.fetch_all(&self.pool).await? {
                by_entry.entry(entry).or_default().push(user);
            }
        }
        let mut connection = self.pool.acquire().await?;
        let mut series = Vec::with_capacity(by_entry.len());
        for (entry_id, users) in by_entry {
            let found = query("SELECT * FROM entries WHERE id = $1")
                .bind(entry_id)
                .try_map(|row: Row| rows::schedule(&row))
                .fetch_optional(&mut *connection)
                .await?;
            let Some(schedule) = found.flatten() else { continue };
            let exceptions = exceptions(&mut connection, entry_id).await?;
            series.push(SeriesOf {
                entry_id,
                users,
                schedule: Schedule { exceptions, ..schedule },
            });
        }
        Ok(series)
    }

    /// The titles of those of these entries that a user sees.
    pub async fn visible_titles(
        &self,
        viewer: i64,
        entries: &[i64],
    ) -> Result<HashMap<i64, String>, StoreError> {
        let sql = format!(
            "SELECT e.id, e.title FROM entry_viewers v JOIN entries e ON e.id = v.entry_id
             WHERE v.user_id = $1 AND v.entry_id IN ({})",
            numbered(2, entries.len()),
        );
        let statement = query(AssertSqlSafe(sql)).bind(viewer);
        let statement = entries.iter().fold(statement, |q, entry| q.bind(*entry));
        let titles = statement.try_map(|row: Row| Ok((row.try_get("id")?, row.try_get("title")?)));
        Ok(titles.fetch_all(&self.pool).await?.into_iter().collect())
    }
}

fn booking(row: Row) -> Result<Booking, StoreError> {
    Ok(Booking {
        user_id: row.try_get("user_id")?,
        entry_id: row.try_get("entry_id")?,
        start_ms: row.try_get("sort_ms")?,
        end_ms: row.try_get("current_end_ms")?,
    })
}
