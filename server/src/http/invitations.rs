//! Invitations, calendar files, replies, and mail that has not gone out.

use super::api::{Caller, Failure};
use super::origin::BaseUrl;
use crate::access::NUMBER_DIGITS;
use crate::clock;
use crate::hub::Shared;
use crate::ical::{ReplyError, parse_reply};
use crate::invitations::{self, Language, Letterhead, Text, apply_reply};
use crate::planner::{Person, Reply};
use crate::room::standing::{digits, role_of_user};
use crate::store::RoomRow;
use crate::store::invitations::{Answered, Planned};
use crate::store::outbox::MailRow;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::{
    ApiError, Invitation, InvitationsQueued, MailOverview, PendingMail, ReplyImported, Role,
    SendInvitations,
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// More than anybody reads.
const MAX_PENDING: i64 = 200;

/// The calls of this topic.
pub fn routes() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::new()
        .routes(routes!(entry_invitation))
        .routes(routes!(send_invitations))
        .routes(routes!(calendar_file))
        .routes(routes!(import_reply))
        .routes(routes!(room_invitation))
        .routes(routes!(pending_mail))
        .routes(routes!(retry_mail))
}

/// In which language.
#[derive(Deserialize, IntoParams)]
struct InLanguage {
    /// `de` or `en`; without it the caller's own.
    language: Option<String>,
}

fn chosen(
    query: Result<Query<InLanguage>, QueryRejection>,
    caller: &Caller,
) -> Result<Language, Failure> {
    let unknown = || Failure::field("language", "there is `de` and `en`");
    let Query(InLanguage { language }) = query.map_err(|_| unknown())?;
    match language.as_deref() {
        None => Ok(Language::from_code(&caller.user.language)),
        Some("de") => Ok(Language::De),
        Some("en") => Ok(Language::En),
        Some(_) => Err(unknown()),
    }
}

/// A number in the path; what is none names nothing.
fn key(id: Result<Path<i64>, PathRejection>) -> Result<i64, Failure> {
    id.map(|Path(id)| id).map_err(|_| Failure::not_found("there is nothing under this number"))
}

/// The invitation to an entry, to copy. For its organiser and for whom it invites.
#[utoipa::path(get, path = "/api/v1/entries/{id}/invitation", tag = "invitations",
    params(("id" = i64, Path), InLanguage), responses(
    (status = 200, body = Invitation),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
async fn entry_invitation(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    BaseUrl(base): BaseUrl,
    id: Result<Path<i64>, PathRejection>,
    language: Result<Query<InLanguage>, QueryRejection>,
) -> Result<Json<Invitation>, Failure> {
    let planned = visible(&shared, &caller, key(id)?).await?;
    let language = chosen(language, &caller)?;
    Ok(Json(for_entry(&Letterhead::with(&shared, &base), &planned, language)))
}

/// The invitation to a room, to copy: while it runs or before. A planner entry's room has the entry's
/// text. For those who moderate the room, and for whom the entry invites.
#[utoipa::path(get, path = "/api/v1/rooms/{number}/invitation", tag = "invitations",
    params(("number" = String, Path), InLanguage), responses(
    (status = 200, body = Invitation),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
))]
async fn room_invitation(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    BaseUrl(base): BaseUrl,
    Path(number): Path<String>,
    language: Result<Query<InLanguage>, QueryRejection>,
) -> Result<Json<Invitation>, Failure> {
    let none = || Failure::not_found("there is no such room of yours");
    let number = digits(&number, NUMBER_DIGITS + 1);
    let room = shared.store.room_by_number(&number).await?.ok_or_else(none)?;
    let language = chosen(language, &caller)?;
    let head = Letterhead::with(&shared, &base);
    let user = caller.user.id;
    // D7: who moderates here may invite.
    let ties = shared.store.ties(room.id, room.owner_id, user).await?;
    let moderates = role_of_user(ties.standing(), &room.policy) == Some(Role::Host);
    if let Some(planned) = shared.store.planned_in(room.id).await? {
        return match moderates || may_see(&planned, user) {
            true => Ok(Json(for_entry(&head, &planned, language))),
            false => Err(none()),
        };
    }
    if !moderates {
        return Err(none());
    }
    let text = head.room_text(&room, &caller.user.display_name, language);
    Ok(Json(invitation(&head, &room, text, language, head.phone_number.is_some())))
}

/// Mail the invitation, whether or not the entry notifies by itself. For its organiser; to everybody
/// once a minute.
#[utoipa::path(post, path = "/api/v1/entries/{id}/invitations", tag = "invitations",
    params(("id" = i64, Path)), request_body = SendInvitations, responses(
    (status = 202, body = InvitationsQueued),
    (status = 400, body = ApiError, description = "somebody in `to` is not invited"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`no_mail`: this hub sends none"),
))]
async fn send_invitations(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    body: Result<Json<SendInvitations>, JsonRejection>,
) -> Result<(StatusCode, Json<InvitationsQueued>), Failure> {
    let Json(SendInvitations { to }) = body?;
    let planned = own(&shared, &caller, key(id)?).await?;
    let head = Letterhead::of(&shared);
    if head.mail.is_none() {
        let message = "this hub sends no mail; copy the invitation, or have mail set up";
        return Err(Failure::conflict("no_mail", message));
    }
    let people = addressed(&planned, &to)?;
    let mut transaction = shared.store.begin().await?;
    let now_ms = clock::now().unix_ms;
    let queued =
        invitations::invite(&mut transaction, &head, &planned.entry, &people, now_ms).await?;
    transaction.commit().await?;
    Ok((StatusCode::ACCEPTED, Json(InvitationsQueued { queued })))
}

/// The people of these addresses; all for none.
fn addressed<'a>(planned: &'a Planned, to: &[String]) -> Result<Vec<&'a Person>, Failure> {
    let people = planned.entry.people.iter();
    if to.is_empty() {
        return Ok(people.collect());
    }
    let find = |address: &String| {
        let wanted = address.trim().to_lowercase();
        let is = |p: &&Person| p.email.as_ref().is_some_and(|email| email.to_lowercase() == wanted);
        let found = people.clone().find(is);
        found.ok_or_else(|| {
            Failure::field("to", format!("{address:?} is not invited; add them first"))
        })
    };
    to.iter().map(find).collect()
}

/// The entry as a calendar file. The organiser's has their own reminder in it.
#[utoipa::path(get, path = "/api/v1/entries/{id}/calendar.ics", tag = "invitations",
    params(("id" = i64, Path), InLanguage), responses(
    (status = 200, body = String, content_type = "text/calendar"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`no_date`: a permanent room is in no calendar"),
))]
async fn calendar_file(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    BaseUrl(base): BaseUrl,
    id: Result<Path<i64>, PathRejection>,
    language: Result<Query<InLanguage>, QueryRejection>,
) -> Result<Response, Failure> {
    let planned = visible(&shared, &caller, key(id)?).await?;
    let language = chosen(language, &caller)?;
    let own = planned.organiser.id == caller.user.id;
    let alarm_minutes = planned.entry.reminder_minutes.filter(|_| own);
    let now_ms = clock::now().unix_ms;
    let file =
        Letterhead::with(&shared, &base).calendar_file(&planned, language, alarm_minutes, now_ms);
    let file = file.ok_or_else(|| {
        Failure::conflict("no_date", "this entry has no date; give it one to have it in a calendar")
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8; method=PUBLISH"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"invite.ics\""),
    ];
    Ok((headers, file).into_response())
}

/// Write down somebody's answer from the calendar file that they sent. For the organiser.
#[utoipa::path(post, path = "/api/v1/entries/{id}/replies", tag = "invitations",
    params(("id" = i64, Path)),
    request_body(content = String, content_type = "text/calendar"), responses(
    (status = 200, body = ReplyImported),
    (status = 400, body = ApiError, description = "no answer, or not to this entry"),
    (status = 401, body = ApiError),
    (status = 403, body = ApiError),
    (status = 404, body = ApiError),
    (status = 409, body = ApiError, description = "`single_occurrence` or `not_invited`"),
))]
async fn import_reply(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ReplyImported>, Failure> {
    let body = body.map_err(|error| Failure::new(error.status(), "invalid", error.body_text()))?;
    let planned = own(&shared, &caller, key(id)?).await?;
    let invalid =
        |error: ReplyError| Failure::new(StatusCode::BAD_REQUEST, "invalid", error.to_string());
    let reply = parse_reply(&body).map_err(invalid)?;
    if reply.uid != planned.entry.uid {
        let message = "this is an answer to another invitation; open that entry";
        return Err(Failure::new(StatusCode::BAD_REQUEST, "invalid", message));
    }
    if reply.single_occurrence {
        let message = "this answers to one date of a series; only answers to all of it are kept";
        return Err(Failure::conflict("single_occurrence", message));
    }
    let answered = apply_reply(&shared, &planned, &reply, clock::now().unix_ms).await?;
    if answered == Answered::NotInvited {
        let message = format!("{} is not invited to this entry", reply.attendee);
        return Err(Failure::conflict("not_invited", message));
    }
    let said = match reply.reply {
        Reply::Accepted => "accepted",
        Reply::Tentative => "tentative",
        Reply::Declined | Reply::NeedsAction => "declined",
    };
    let recorded = answered == Answered::Recorded;
    Ok(Json(ReplyImported { address: reply.attendee, reply: said.to_owned(), recorded }))
}

/// The caller's mail that waits or was given up, with the reason.
#[utoipa::path(get, path = "/api/v1/mail", tag = "invitations", responses(
    (status = 200, body = MailOverview),
    (status = 401, body = ApiError),
))]
async fn pending_mail(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
) -> Result<Json<MailOverview>, Failure> {
    let mails = shared.store.mail_of(caller.user.id, MAX_PENDING).await?;
    let configured = shared.config.mail.is_some();
    Ok(Json(MailOverview { configured, mails: mails.into_iter().map(pending).collect() }))
}

/// Try a mail again at once, also one that was given up.
#[utoipa::path(post, path = "/api/v1/mail/{id}/retry", tag = "invitations",
    params(("id" = i64, Path)), responses(
    (status = 204, description = "it is tried within seconds"),
    (status = 401, body = ApiError),
    (status = 404, body = ApiError, description = "no such mail of yours waits, or it can never be sent"),
))]
async fn retry_mail(
    State(shared): State<Arc<Shared>>,
    caller: Caller,
    id: Result<Path<i64>, PathRejection>,
) -> Result<StatusCode, Failure> {
    match shared.store.retry_mail(key(id)?, caller.user.id, clock::now().unix_ms).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Failure::not_found("no mail of yours waits under this number")),
    }
}

/// The entry, if the caller may see it.
async fn visible(shared: &Shared, caller: &Caller, id: i64) -> Result<Planned, Failure> {
    let planned = shared.store.planned(id).await?;
    let planned = planned.filter(|planned| may_see(planned, caller.user.id));
    planned.ok_or_else(|| Failure::not_found("there is no such entry of yours"))
}

/// The entry, if it is the caller's own.
async fn own(shared: &Shared, caller: &Caller, id: i64) -> Result<Planned, Failure> {
    let planned = visible(shared, caller, id).await?;
    match planned.organiser.id == caller.user.id {
        true => Ok(planned),
        false => Err(Failure::forbidden("only its organiser may do this")),
    }
}

fn may_see(planned: &Planned, user: i64) -> bool {
    planned.organiser.id == user || planned.entry.people.iter().any(|p| p.user_id == Some(user))
}

fn for_entry(head: &Letterhead<'_>, planned: &Planned, language: Language) -> Invitation {
    let text = head.entry_text(planned, language);
    invitation(head, &planned.room, text, language, planned.entry.phone_info)
}

fn invitation(
    head: &Letterhead<'_>,
    room: &RoomRow,
    text: Text,
    language: Language,
    by_phone: bool,
) -> Invitation {
    Invitation {
        language: language.code().to_owned(),
        subject: text.subject,
        text: text.plain,
        html: text.html,
        link: head.link(room),
        number: room.number.clone(),
        phone_number: head.phone_number.filter(|_| by_phone).map(str::to_owned),
        pin: by_phone.then(|| room.pin.clone()),
    }
}

fn pending(mail: MailRow) -> PendingMail {
    let given_up = mail.state == "given_up";
    PendingMail {
        id: mail.id,
        entry: mail.entry_id,
        purpose: mail.purpose,
        recipient: mail.recipient,
        given_up,
        tries: mail.tries,
        next_try_ms: (!given_up).then_some(mail.next_try_ms),
        detail: mail.last_error,
        written_at_ms: mail.created_at_ms,
    }
}
