//! Which conferences took place, and who was there. For a room's owner, its co-hosts and
//! administrators.

use super::api::{Caller, Failure};
use crate::clock;
use crate::hub::Shared;
use crate::reports::attendance;
use crate::store::reports::ConferenceFilter;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use protocol::{ApiError, AttendanceReport, ConferencePage, ConferenceRecord};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// So many conferences on a page that is told no number, and on the longest.
const PAGE: i64 = 50;
const LONGEST_PAGE: i64 = 200;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(conferences))
        .routes(routes!(attendance_json))
        .routes(routes!(attendance_csv))
}

/// Which conferences.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ConferenceQuery {
    /// Of the room with this number only.
    room: Option<String>,
    /// Begun at or after this time, Unix milliseconds.
    from_ms: Option<i64>,
    /// Begun before this time, Unix milliseconds.
    before_ms: Option<i64>,
    /// Administrators: of all rooms, not only of their own.
    #[serde(default)]
    all: bool,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 without a word.
    limit: Option<i64>,
}

/// The conferences of the rooms that the caller owns or moderates, newest first.
#[utoipa::path(get, path = "/api/v1/conferences", tag = "reports", params(ConferenceQuery), responses(
    (status = 200, body = ConferencePage),
    (status = 400, body = ApiError),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError, description = "`all` is for administrators"),
))]
pub async fn conferences(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    query: Result<Query<ConferenceQuery>, QueryRejection>,
) -> Result<Json<ConferencePage>, Failure> {
    let Query(query) = query.map_err(bad_query)?;
    if query.all && !caller.user.administrator {
        return Err(Failure::forbidden("only administrators see the conferences of all rooms"));
    }
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        return Err(Failure::field("limit", "a page has 1 to 200 conferences"));
    }
    let after = match &query.cursor {
        Some(cursor) => Some(read_cursor(cursor).ok_or_else(|| {
            Failure::field("cursor", "this is no cursor: give back `next` as it came")
        })?),
        None => None,
    };
    let number =
        query.room.map(|room| room.chars().filter(char::is_ascii_digit).collect::<String>());
    let filter = ConferenceFilter {
        moderator: (!query.all).then_some(caller.user.id),
        room_number: number.as_deref(),
        from_ms: query.from_ms.unwrap_or(i64::MIN),
        before_ms: query.before_ms.unwrap_or(i64::MAX),
        after,
        limit: limit + 1,
    };
    let mut conferences = shared.store.conferences(&filter).await?;
    let more = conferences.len() > limit.unsigned_abs() as usize;
    conferences.truncate(limit.unsigned_abs() as usize);
    let next = conferences.last().filter(|_| more);
    let next = next.map(|last| format!("{}.{}", last.started_at_ms, last.id));
    Ok(Json(ConferencePage { conferences, next }))
}

fn read_cursor(text: &str) -> Option<(i64, &str)> {
    let (started, id) = text.split_once('.')?;
    // PostgreSQL takes no NUL in a text.
    let sound = !id.contains(char::is_control);
    Some((started.parse().ok()?, id)).filter(|_| sound)
}

/// How times are written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AttendanceQuery {
    /// An IANA time zone, `Europe/Berlin`. Without it the planner entry's, or UTC.
    zone: Option<String>,
}

/// The attendance of a conference: who was there, and when.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/attendance.json", tag = "reports",
    params(("id" = String, Path, description = "the conference"), AttendanceQuery),
    responses(
        (status = 200, body = AttendanceReport),
        (status = 400, body = ApiError, description = "unknown time zone"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "no such conference, or not for this caller"),
    ))]
pub async fn attendance_json(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<AttendanceQuery>, QueryRejection>,
) -> Result<Json<AttendanceReport>, Failure> {
    let Query(query) = query.map_err(bad_query)?;
    Ok(Json(report(&shared, &caller, &id, query.zone).await?))
}

/// How the table is written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CsvQuery {
    /// An IANA time zone, `Europe/Berlin`. Without it the planner entry's, or UTC.
    zone: Option<String>,
    /// Begin with a byte order mark: Excel needs it to read umlauts.
    #[serde(default)]
    bom: bool,
}

/// The attendance of a conference as a table: RFC 4180, UTF-8, a line for each stay.
///
/// Names that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(get, path = "/api/v1/conferences/{id}/attendance.csv", tag = "reports",
    params(("id" = String, Path, description = "the conference"), CsvQuery),
    responses(
        (status = 200, body = String, content_type = "text/csv",
         description = "name, kind, role, joined, left, duration_s, total_s"),
        (status = 400, body = ApiError, description = "unknown time zone"),
        (status = 401, body = ApiError),
        (status = 404, body = ApiError, description = "no such conference, or not for this caller"),
    ))]
pub async fn attendance_csv(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Result<Query<CsvQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(bad_query)?;
    let report = report(&shared, &caller, &id, query.zone).await?;
    let table = attendance::csv(&report, query.bom).map_err(|error| {
        tracing::error!(%error, "an attendance report could not be written");
        Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the table was not written")
    })?;
    let name = format!("attachment; filename=\"{}\"", file_name(&report.conference));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, table).into_response())
}

/// `attendance-123456789-2026-03-29.csv`.
fn file_name(conference: &ConferenceRecord) -> String {
    let day = attendance::iso8601(conference.started_at_ms, &TimeZone::UTC);
    format!("attendance-{}-{}.csv", conference.room_number, &day[..10])
}

async fn report(
    shared: &Shared,
    caller: &Caller,
    id: &str,
    zone: Option<String>,
) -> Result<AttendanceReport, Failure> {
    let moderator = (!caller.user.administrator).then_some(caller.user.id);
    let none = || Failure::not_found("there is no such conference of your rooms");
    if id.contains(char::is_control) {
        return Err(none());
    }
    let conference = shared.store.conference(id, moderator).await?.ok_or_else(none)?;
    let zone = match zone {
        Some(name) => TimeZone::get(&name)
            .map_err(|_| Failure::field("zone", format!("{name:?} is no time zone")))?,
        None => {
            let own = shared.store.conference_zone(id).await?;
            own.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC)
        }
    };
    let stays = shared.store.stays(id).await?;
    Ok(attendance::report(conference, &stays, &zone, clock::now().unix_ms))
}

fn bad_query(rejection: QueryRejection) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "invalid", rejection.body_text())
}
