//! Pages of the planner's list.
//!
//! A page is found on one index, from where the page before ended, and costs the same anywhere in
//! it. States are ranges of time, because no occurrence takes longer than a day; what is live is
//! known by its room.

use super::super::rooms::kind;
use super::super::{Row, Store, StoreError, kind_text};
use super::numbered;
use crate::planner::MAX_DURATION_MS;
use crate::planner::states::SOON_MS;
use protocol::{EntryOrder, EntryState, RoomKind, Whose};
use sqlx::{AssertSqlSafe, Row as _, query};

/// Where in the list an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The current occurrence's start, Unix milliseconds; huge for permanent rooms.
    pub sort_ms: i64,
    /// The entry.
    pub id: i64,
}

/// Which page of which list.
#[derive(Debug, Clone)]
pub struct ListFilter<'a> {
    /// Who looks.
    pub viewer: i64,
    /// Whose entries.
    pub whose: Whose,
    /// Only of that kind.
    pub kind: Option<RoomKind>,
    /// Only in that state.
    pub state: Option<EntryState>,
    /// Only those that end after this, Unix milliseconds.
    pub from_ms: Option<i64>,
    /// Only those that begin before this, Unix milliseconds.
    pub to_ms: Option<i64>,
    /// In which order.
    pub order: EntryOrder,
    /// After this one.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: usize,
    /// Unix milliseconds.
    pub now_ms: i64,
    /// Rooms with a conference that is live.
    pub live_rooms: &'a [i64],
}

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// Where it stands.
    pub cursor: Cursor,
    /// Its room.
    pub room_id: i64,
    /// The room's number.
    pub number: String,
    /// Webinar or group call.
    pub kind: RoomKind,
    /// Its title.
    pub title: String,
    /// Whose it is.
    pub organiser_id: i64,
    /// Their display name.
    pub organiser: String,
    /// Start and end of the current occurrence, Unix milliseconds.
    pub current: Option<(i64, i64)>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// It takes place more than once.
    pub recurring: bool,
    /// How many are invited.
    pub people: i64,
    /// The viewer moderates it beside the organiser.
    pub co_host: bool,
}

impl Store {
    /// A page of the list.
    pub async fn list_entries(
        &self,
        filter: &ListFilter<'_>,
    ) -> Result<Vec<ListedEntry>, StoreError> {
        let mut entries = self.page(filter, Part::ByTime).await?;
        if filter.state == Some(EntryState::Running) && !filter.live_rooms.is_empty() {
            entries.extend(self.page(filter, Part::ByRoom).await?);
            entries.sort_by_key(|entry| entry.cursor);
            if filter.order == EntryOrder::Descending {
                entries.reverse();
            }
            entries.dedup_by_key(|entry| entry.cursor);
            entries.truncate(filter.limit);
        }
        Ok(entries)
    }

    async fn page(
        &self,
        filter: &ListFilter<'_>,
        part: Part,
    ) -> Result<Vec<ListedEntry>, StoreError> {
        let Page { sql, numbers } = Page::of(filter, part);
        let statement = numbers.iter().fold(query(AssertSqlSafe(sql)), |q, n| q.bind(*n));
        statement.try_map(listed).fetch_all(&self.pool).await
    }
}

/// Which entries of a list a statement finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// By their times, and of those that run only these.
    ByTime,
    /// Those whose conference is live.
    ByRoom,
}

/// A statement and its numbers; everything else in it is constant text.
struct Page {
    sql: String,
    numbers: Vec<i64>,
}

impl Page {
    fn of(filter: &ListFilter<'_>, part: Part) -> Page {
        let mut page = Page { sql: String::new(), numbers: vec![filter.viewer] };
        // Few rooms are live: they are looked up one by one. A plus keeps a database from reading a
        // whole list in order instead.
        let plus = if part == Part::ByRoom { "+" } else { "" };
        let (id, source) = match filter.whose {
            Whose::Both | Whose::Invited => {
                ("k.entry_id", format!("entry_viewers k WHERE {plus}k.user_id = $1"))
            }
            Whose::Mine => ("k.id", format!("entries k WHERE {plus}k.organiser_id = $1")),
            Whose::All => ("k.id", "entries k WHERE 1 = 1".to_owned()),
        };
        page.push(&format!("SELECT {id} AS id, k.sort_ms AS sort_ms FROM {source}"));
        if filter.whose == Whose::Invited {
            page.push(" AND k.organiser = 0");
        }
        if let Some(kind) = filter.kind {
            page.push(&format!(" AND k.kind = '{}'", kind_text(kind)));
        }
        page.restrict_time(filter);
        match part {
            Part::ByTime => page.restrict_state(filter, id),
            Part::ByRoom => page.restrict_rooms(id, "IN", filter.live_rooms),
        }
        let (direction, comparison) = match filter.order {
            EntryOrder::Ascending => ("", ">"),
            EntryOrder::Descending => (" DESC", "<"),
        };
        if let Some(Cursor { sort_ms, id: last }) = filter.after {
            let (sort_ms, last) = (page.number(sort_ms), page.number(last));
            page.push(&format!(" AND (k.sort_ms, {id}) {comparison} ({sort_ms}, {last})"));
        }
        let limit = page.number(filter.limit as i64);
        let order = format!("{plus}k.sort_ms{direction}, {id}{direction}");
        page.push(&format!(" ORDER BY {order} LIMIT {limit}"));
        page.with_details(direction)
    }

    /// The entries that the statement finds, with everything that a list shows.
    fn with_details(self, direction: &str) -> Page {
        let sql = format!(
            "SELECT e.id, e.sort_ms, e.room_id, e.kind, e.title, e.organiser_id, e.time_zone,
                    e.current_start_ms, e.current_end_ms, rooms.number, users.display_name,
                    CASE WHEN e.rrule IS NULL THEN 0 ELSE 1 END AS recurring,
                    (SELECT COUNT(*) FROM entry_people p WHERE p.entry_id = e.id) AS people,
                    (SELECT COUNT(*) FROM entry_people p
                     WHERE p.entry_id = e.id AND p.user_id = $1 AND p.co_host = 1) AS co_host
             FROM ({}) page
             JOIN entries e ON e.id = page.id
             JOIN rooms ON rooms.id = e.room_id
             JOIN users ON users.id = e.organiser_id
             ORDER BY page.sort_ms{direction}, page.id{direction}",
            self.sql,
        );
        Page { sql, ..self }
    }

    fn restrict_time(&mut self, filter: &ListFilter<'_>) {
        if let Some(from_ms) = filter.from_ms {
            let earliest = self.number(from_ms.saturating_sub(MAX_DURATION_MS));
            let from = self.number(from_ms);
            self.push(&format!(" AND k.sort_ms > {earliest} AND k.current_end_ms > {from}"));
        }
        if let Some(to_ms) = filter.to_ms {
            let to = self.number(to_ms);
            self.push(&format!(" AND k.sort_ms < {to}"));
        }
    }

    fn restrict_state(&mut self, filter: &ListFilter<'_>, id: &str) {
        let Some(state) = filter.state else { return };
        let now = self.number(filter.now_ms);
        match state {
            EntryState::Running => {
                let earliest = self.number(filter.now_ms - MAX_DURATION_MS);
                self.push(&format!(
                    " AND k.sort_ms > {earliest} AND k.sort_ms <= {now} AND k.current_end_ms > {now}"
                ));
                return;
            }
            EntryState::Planned | EntryState::Soon => {
                let soon = self.number(filter.now_ms + SOON_MS);
                if state == EntryState::Planned {
                    self.push(&format!(" AND k.sort_ms > {soon}"));
                } else {
                    self.push(&format!(" AND k.sort_ms > {now} AND k.sort_ms <= {soon}"));
                }
            }
            EntryState::Over => {
                self.push(&format!(" AND k.sort_ms <= {now} AND k.current_end_ms <= {now}"));
            }
        }
        if !filter.live_rooms.is_empty() {
            self.restrict_rooms(id, "NOT IN", filter.live_rooms);
        }
    }

    fn restrict_rooms(&mut self, id: &str, whether: &str, rooms: &[i64]) {
        let list = numbered(self.numbers.len() + 1, rooms.len());
        self.numbers.extend(rooms);
        self.push(&format!(
            " AND {id} {whether} (SELECT id FROM entries WHERE room_id IN ({list}))"
        ));
    }

    fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    fn number(&mut self, number: i64) -> String {
        self.numbers.push(number);
        format!("${}", self.numbers.len())
    }
}

fn listed(row: Row) -> Result<ListedEntry, StoreError> {
    let (start, end): (Option<i64>, Option<i64>) =
        (row.try_get("current_start_ms")?, row.try_get("current_end_ms")?);
    Ok(ListedEntry {
        cursor: Cursor { sort_ms: row.try_get("sort_ms")?, id: row.try_get("id")? },
        room_id: row.try_get("room_id")?,
        number: row.try_get("number")?,
        kind: kind(row.try_get("kind")?)?,
        title: row.try_get("title")?,
        organiser_id: row.try_get("organiser_id")?,
        organiser: row.try_get("display_name")?,
        current: start.zip(end),
        time_zone: row.try_get("time_zone")?,
        recurring: row.try_get::<i64, _>("recurring")? != 0,
        people: row.try_get("people")?,
        co_host: row.try_get::<i64, _>("co_host")? != 0,
    })
}
