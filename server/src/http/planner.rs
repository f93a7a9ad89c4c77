//! The planner. Whoever uses it has a conference profile.

use super::api::{Caller, Failure};
use crate::clock;
use crate::hub::Shared;
use crate::planner::desk::{self, DeskError, Saved};
use crate::planner::draft::DraftError;
use crate::planner::exceptions::OccurrenceError;
use crate::planner::recurrence::Series;
use crate::planner::states::{self, Refused, Relation};
use crate::planner::{Entry, Exception, Person, Reply};
use crate::store::UserRow;
use crate::store::entries::{Cursor, ListFilter, ListedEntry};
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use protocol::{
    ApiError, ChangeOccurrence, CheckEntry, CheckedEntry, EntryDetails, EntryDraft, EntryPage,
    EntryQuery, EntrySchedule, EntrySummary, InvitedPerson, OccurrenceException, OccurrenceTimes,
    PersonReply, SavedEntry, Whose,
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A thousand people with their addresses.
const MAX_BODY_BYTES: usize = 512 * 1024;

/// How many entries a page has.
const PAGE: i64 = 50;

/// How many it has at most.
const MAX_PAGE: i64 = 200;

/// How many occurrences an entry shows.
const UPCOMING: usize = 10;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(list_entries, create_entry))
        .routes(routes!(entry, change_entry, delete_entry))
        .routes(routes!(change_occurrence))
        .routes(routes!(check_entry))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
}

/// A caller with a conference profile.
pub struct Planner(UserRow);

impl FromRequestParts<Arc<Shared>> for Planner {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<Shared>,
    ) -> Result<Planner, Failure> {
        let Caller { user, .. } = Caller::from_request_parts(parts, shared).await?;
        if shared.store.has_profile(user.id).await? {
            return Ok(Planner(user));
        }
        Err(Failure::new(
            StatusCode::FORBIDDEN,
            "no_profile",
            "the planner needs your conference profile: create it in the settings first",
        ))
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Failure {
        let message = error.to_string();
        match error {
            DeskError::NoEntry => Failure::not_found(message),
            DeskError::NotYours => Failure::forbidden(message),
            DeskError::Draft(error) => draft_failure(&error),
            DeskError::Occurrence(OccurrenceError::Times(error)) => match error {
                DraftError::EndBeforeStart | DraftError::TooLong => {
                    Failure::field("end_ms", message)
                }
                _ => Failure::field("start_ms", message),
            },
            DeskError::Occurrence(OccurrenceError::NoSuch) => Failure::not_found(message),
            DeskError::Occurrence(error) => Failure::conflict(occurrence_code(&error), message),
            DeskError::Refused(refused) => Failure::conflict(refused_code(refused), message),
            DeskError::Store(error) => error.into(),
        }
    }
}

fn draft_failure(error: &DraftError) -> Failure {
    Failure::field(error.field(), error.to_string())
}

fn occurrence_code(error: &OccurrenceError) -> &'static str {
    match error {
        OccurrenceError::NotRecurring => "not_recurring",
        OccurrenceError::Begun => "occurrence_begun",
        OccurrenceError::Last => "last_occurrence",
        _ => "too_many_exceptions",
    }
}

fn refused_code(refused: Refused) -> &'static str {
    match refused {
        Refused::EditWhileRunning => "entry_running",
        Refused::EditWhenOver => "entry_over",
        Refused::DeleteWhileLive => "conference_live",
    }
}

/// The caller's entries, page by page.
///
/// Past and planned ones of both kinds, in order of time. Permanent rooms count as later than
/// everything. Pages stay true while entries come and go: nothing is listed twice or left out that
/// stays where it is.
#[utoipa::path(get, path = "/api/v1/entries", tag = "planner", params(EntryQuery), responses(
    (status = 200, body = EntryPage),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`, or `forbidden`: `all` is for administrators"),
))]
pub async fn list_entries(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    query: Result<Query<EntryQuery>, QueryRejection>,
) -> Result<Json<EntryPage>, Failure> {
    let Query(query) = query.map_err(|rejection| {
        Failure::new(StatusCode::BAD_REQUEST, "invalid", rejection.body_text())
    })?;
    if query.whose == Whose::All && !user.administrator {
        return Err(Failure::forbidden("only administrators see everybody's entries"));
    }
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Failure::field("limit", "a page has 1 to 200 entries"));
    }
    let (limit, now_ms) = (limit as usize, clock::now().unix_ms);
    let live_rooms = desk::live_rooms(&shared);
    let filter = ListFilter {
        viewer: user.id,
        whose: query.whose,
        kind: query.kind,
        state: query.state,
        from_ms: query.from_ms,
        to_ms: query.to_ms,
        order: query.order,
        after: query.cursor.as_deref().map(parse_cursor).transpose()?,
        // One more tells whether there is another page.
        limit: limit + 1,
        now_ms,
        live_rooms: &live_rooms,
    };
    let mut listed = shared.store.list_entries(&filter).await?;
    let more = listed.len() > limit;
    listed.truncate(limit);
    let next = listed.last().filter(|_| more).map(|last| cursor_text(last.cursor));
    let summarise = |entry| summary(entry, &user, &live_rooms, now_ms);
    Ok(Json(EntryPage { entries: listed.into_iter().map(summarise).collect(), next }))
}

/// Plan an entry, with a room of its own.
///
/// The room's number is the entry's for as long as it stands. `warnings` tells who has something
/// else at that time.
#[utoipa::path(post, path = "/api/v1/entries", tag = "planner", request_body = EntryDraft, responses(
    (status = 201, body = SavedEntry),
    (status = 400, body = ApiError, description = "`field` tells what is wrong"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`"),
))]
pub async fn create_entry(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    body: Result<Json<EntryDraft>, JsonRejection>,
) -> Result<(StatusCode, Json<SavedEntry>), Failure> {
    let Json(draft) = body?;
    let now_ms = clock::now().unix_ms;
    let saved = desk::create(&shared, &user, &draft, now_ms).await?;
    Ok((StatusCode::CREATED, saved_entry(&shared, &user, saved, now_ms).await?))
}

/// An entry.
#[utoipa::path(get, path = "/api/v1/entries/{id}", tag = "planner", params(("id" = i64, Path)), responses(
    (status = 200, body = EntryDetails),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`"),
    (status = 404, body = ApiError),
))]
pub async fn entry(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Json<EntryDetails>, Failure> {
    let id = known(id)?;
    let entry = shared.store.entry(id).await?.ok_or(DeskError::NoEntry)?;
    Ok(Json(details(&shared, &user, entry, clock::now().unix_ms).await?))
}

/// Change an entry that neither runs nor is over.
///
/// Another time raises `sequence` and asks everybody anew; occurrences that were moved or cancelled
/// stay so where the new rule still has them.
#[utoipa::path(put, path = "/api/v1/entries/{id}", tag = "planner", params(("id" = i64, Path)),
    request_body = EntryDraft, responses(
    (status = 200, body = SavedEntry),
    (status = 400, body = ApiError, description = "`field` tells what is wrong"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`, or `forbidden`: not the organiser"),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`entry_running`, `entry_over`"),
))]
pub async fn change_entry(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    id: Result<Path<i64>, PathRejection>,
    body: Result<Json<EntryDraft>, JsonRejection>,
) -> Result<Json<SavedEntry>, Failure> {
    let (id, Json(draft)) = (known(id)?, body?);
    let now_ms = clock::now().unix_ms;
    let saved = desk::change(&shared, &user, id, &draft, now_ms).await?;
    saved_entry(&shared, &user, saved, now_ms).await
}

/// Delete an entry with its room: the number is free again.
#[utoipa::path(delete, path = "/api/v1/entries/{id}", tag = "planner", params(("id" = i64, Path)), responses(
    (status = 204, description = "it is gone"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`, or `forbidden`: not the organiser"),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`conference_live`: end it first"),
))]
pub async fn delete_entry(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    id: Result<Path<i64>, PathRejection>,
) -> Result<StatusCode, Failure> {
    desk::delete(&shared, &user, known(id)?, clock::now().unix_ms).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Move, cancel or put back one occurrence of a recurring entry.
///
/// `original_ms` is where the rule puts it, wherever it was moved to.
#[utoipa::path(post, path = "/api/v1/entries/{id}/occurrences/{original_ms}", tag = "planner",
    params(("id" = i64, Path), ("original_ms" = i64, Path)), request_body = ChangeOccurrence, responses(
    (status = 200, body = SavedEntry),
    (status = 400, body = ApiError, description = "`field` tells what is wrong"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`, or `forbidden`: not the organiser"),
    (status = 404, body = ApiError, description = "no such entry, or no such occurrence"),
    (status = 409, body = ApiError, description = "`entry_running`, `entry_over`, `not_recurring`, \
        `occurrence_begun`, `last_occurrence`, `too_many_exceptions`"),
))]
pub async fn change_occurrence(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    path: Result<Path<(i64, i64)>, PathRejection>,
    body: Result<Json<ChangeOccurrence>, JsonRejection>,
) -> Result<Json<SavedEntry>, Failure> {
    let ((id, original_ms), Json(change)) = (known(path)?, body?);
    let now_ms = clock::now().unix_ms;
    let saved = desk::change_one(&shared, &user, id, original_ms, change, now_ms).await?;
    saved_entry(&shared, &user, saved, now_ms).await
}

/// Who would be in two places at once?
///
/// Checks a draft as saving it would, and saves nothing. Of a recurring one the next twelve
/// occurrences are compared.
#[utoipa::path(post, path = "/api/v1/entries/check", tag = "planner", request_body = CheckEntry, responses(
    (status = 200, body = CheckedEntry),
    (status = 400, body = ApiError, description = "`field` tells what is wrong"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`no_profile`, or `forbidden`: not the organiser"),
    (status = 404, body = ApiError),
))]
pub async fn check_entry(
    State(shared): State<Arc<Shared>>,
    Planner(user): Planner,
    body: Result<Json<CheckEntry>, JsonRejection>,
) -> Result<Json<CheckedEntry>, Failure> {
    let Json(CheckEntry { entry_id, draft }) = body?;
    let now_ms = clock::now().unix_ms;
    let warnings = desk::check_bookings(&shared, &user, entry_id, &draft, now_ms).await?;
    Ok(Json(CheckedEntry { warnings }))
}

fn known<T>(path: Result<Path<T>, PathRejection>) -> Result<T, Failure> {
    path.map(|Path(key)| key).map_err(|_| DeskError::NoEntry.into())
}

fn cursor_text(cursor: Cursor) -> String {
    format!("{}.{}", cursor.sort_ms, cursor.id)
}

fn parse_cursor(text: &str) -> Result<Cursor, Failure> {
    let parts = text.split_once('.');
    let cursor = parts.and_then(|(sort_ms, id)| {
        Some(Cursor { sort_ms: sort_ms.parse().ok()?, id: id.parse().ok()? })
    });
    cursor.ok_or_else(|| Failure::field("cursor", "that is not the `next` of a page"))
}

fn summary(entry: ListedEntry, user: &UserRow, live: &[i64], now_ms: i64) -> EntrySummary {
    let relation = Relation {
        organiser: entry.organiser_id == user.id,
        administrator: user.administrator,
        co_host: entry.co_host,
    };
    let live = live.contains(&entry.room_id);
    let state = states::state(entry.current, now_ms, live);
    EntrySummary {
        id: entry.cursor.id,
        kind: entry.kind,
        title: entry.title,
        state,
        permits: states::permits(state, live, relation),
        organiser_id: entry.organiser_id,
        organiser: entry.organiser,
        start_ms: entry.current.map(|(start_ms, _)| start_ms),
        end_ms: entry.current.map(|(_, end_ms)| end_ms),
        time_zone: entry.time_zone,
        recurring: entry.recurring,
        people: entry.people,
        number: entry.number,
    }
}

async fn saved_entry(
    shared: &Shared,
    user: &UserRow,
    saved: Saved,
    now_ms: i64,
) -> Result<Json<SavedEntry>, Failure> {
    let entry = details(shared, user, saved.entry, now_ms).await?;
    Ok(Json(SavedEntry { entry, warnings: saved.warnings }))
}

async fn details(
    shared: &Shared,
    user: &UserRow,
    entry: Entry,
    now_ms: i64,
) -> Result<EntryDetails, Failure> {
    let relation = Relation::of(&entry, user.id, user.administrator).ok_or(DeskError::NoEntry)?;
    // It may have been deleted since.
    let room = shared.store.entry_room(&entry).await?.ok_or(DeskError::NoEntry)?;
    let organiser = shared.store.user_by_id(entry.organiser_id).await?;
    let current = entry.current(now_ms).map_err(|e| DeskError::from(OccurrenceError::from(e)))?;
    let live = desk::is_live(shared, &entry);
    let state = states::state(current.map(|o| (o.start_ms, o.end_ms)), now_ms, live);
    let series = entry.schedule.as_ref().and_then(|schedule| Series::of(schedule).ok());
    let upcoming = series.map_or(Vec::new(), |series| series.upcoming(now_ms, UPCOMING));
    let upcoming = upcoming.into_iter().map(|occurrence| OccurrenceTimes {
        original_ms: occurrence.original_ms,
        start_ms: occurrence.start_ms,
        end_ms: occurrence.end_ms,
    });
    let secrets = relation.sees_secrets();
    Ok(EntryDetails {
        summary: EntrySummary {
            id: entry.id,
            kind: entry.kind,
            title: entry.title,
            state,
            permits: states::permits(state, live, relation),
            organiser_id: entry.organiser_id,
            organiser: organiser.map(|organiser| organiser.display_name).unwrap_or_default(),
            start_ms: current.map(|occurrence| occurrence.start_ms),
            end_ms: current.map(|occurrence| occurrence.end_ms),
            time_zone: entry.schedule.as_ref().map(|schedule| schedule.time_zone.clone()),
            recurring: entry.schedule.as_ref().is_some_and(|schedule| schedule.rrule.is_some()),
            people: entry.people.len() as i64,
            number: room.number.clone(),
        },
        uid: entry.uid,
        description: entry.description,
        upcoming: upcoming.collect(),
        schedule: entry.schedule.map(|schedule| EntrySchedule {
            start_ms: schedule.start_ms,
            end_ms: schedule.end_ms,
            time_zone: schedule.time_zone,
            rrule: schedule.rrule,
            exceptions: schedule.exceptions.iter().map(exception).collect(),
        }),
        invited: entry.people.into_iter().map(|person| invited(person, secrets)).collect(),
        notify: entry.notify,
        phone_info: entry.phone_info,
        reminder_minutes: entry.reminder_minutes,
        sequence: entry.sequence,
        link_path: secrets.then(|| shared.link_path(&room)),
        pin: secrets.then_some(room.pin),
        created_at_ms: entry.created_at_ms,
        changed_at_ms: entry.changed_at_ms,
    })
}

fn exception(exception: &Exception) -> OccurrenceException {
    OccurrenceException {
        original_ms: exception.original_ms,
        start_ms: exception.moved_to.map(|(start_ms, _)| start_ms),
        end_ms: exception.moved_to.map(|(_, end_ms)| end_ms),
    }
}

fn invited(person: Person, secrets: bool) -> InvitedPerson {
    InvitedPerson {
        user_id: person.user_id,
        name: person.name,
        email: person.email.filter(|_| secrets),
        co_host: person.co_host,
        reply: match person.reply {
            Reply::NeedsAction => PersonReply::NeedsAction,
            Reply::Accepted => PersonReply::Accepted,
            Reply::Tentative => PersonReply::Tentative,
            Reply::Declined => PersonReply::Declined,
        },
    }
}
