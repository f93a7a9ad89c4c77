//! The session login: guests type a room's number and their name and get to the guest page. As a page
//! of its own at `/login`, and as a form that other web sites put into theirs.
//!
//! It works without scripts and without cookies. The number leads to a link of its own that ends after
//! [`LINK_MS`], so the guest page knows links only.

mod form;
mod look;
mod words;

pub use look::{Look, Presets};

use crate::clock;
use crate::hub::Shared;
use crate::live::EntryError;
use crate::room::clean_line;
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{ConnectInfo, Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use form::View;
use protocol::{MAX_NAME_CHARS, Refusal};
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use words::{Language, Words};

/// How long the link of a login leads to the guest page, in milliseconds: ten minutes.
const LINK_MS: i64 = 600_000;

#[derive(RustEmbed)]
#[folder = "../assets/login"]
struct Assets;

/// Marks an answer that other web sites may show in a frame.
#[derive(Clone, Copy)]
pub struct Framable;

/// The pages of this topic.
pub fn pages() -> Router<Arc<Shared>> {
    Router::new()
        .route("/login", get(page).post(log_in))
        .route("/login/embed", get(frame))
        .route("/login/{file}", get(asset))
}

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entries {
    number: String,
    pin: String,
    name: String,
    /// The number was preset, and is not asked for again.
    fixed: bool,
    color: Option<String>,
    background: Option<String>,
    title: Option<String>,
    language: Option<String>,
}

/// Why the form is shown once more.
struct Again {
    status: StatusCode,
    text: fn(&Words) -> &'static str,
}

async fn page(presets: Result<Query<Presets>, QueryRejection>, headers: HeaderMap) -> Response {
    empty_form(presets, &headers, false)
}

/// The form alone, to be shown in a frame. It opens the guest page in a window of its own.
async fn frame(presets: Result<Query<Presets>, QueryRejection>, headers: HeaderMap) -> Response {
    empty_form(presets, &headers, true)
}

fn empty_form(
    presets: Result<Query<Presets>, QueryRejection>,
    headers: &HeaderMap,
    framed: bool,
) -> Response {
    let presets = presets.map(|Query(presets)| presets).unwrap_or_default();
    let look = &Look::lenient(&presets);
    let language = look.language.unwrap_or_else(|| Language::accepted(headers));
    View { look, language, framed, number: "", name: "", error: None }.answer(StatusCode::OK)
}

/// The form comes back: to the guest page, or the form once more with what was wrong.
async fn log_in(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    entries: Result<Form<Entries>, FormRejection>,
) -> Response {
    let (entries, outcome) = match entries {
        Ok(Form(entries)) => {
            let outcome = shared.log_in(&entries, &headers, address.ip()).await;
            (entries, outcome)
        }
        Err(rejection) => {
            let again = Again { status: rejection.status(), text: |words| words.garbled };
            (Entries::default(), Err(again))
        }
    };
    match outcome {
        Ok(place) => Redirect::to(&place).into_response(),
        Err(again) => entries.once_more(&headers, &again),
    }
}

/// `/login/{file}`: scripts and styles.
async fn asset(Path(file): Path<String>) -> Response {
    let kind = match file.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => return (StatusCode::NOT_FOUND, "there is no such file\n").into_response(),
    };
    let Some(file) = Assets::get(&file) else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=300")];
    (headers, file.data.into_owned()).into_response()
}

impl Shared {
    /// Where the guest goes on.
    async fn log_in(
        &self,
        entries: &Entries,
        headers: &HeaderMap,
        address: IpAddr,
    ) -> Result<String, Again> {
        if !self.sent_from_here(headers) {
            return Err(Again { status: StatusCode::FORBIDDEN, text: |words| words.foreign });
        }
        let name = clean_line(&entries.name, MAX_NAME_CHARS)
            .ok_or(Again { status: StatusCode::BAD_REQUEST, text: |words| words.no_name })?;
        let link = self.login_link(entries, address).await.map_err(Again::from)?;
        // Behind the sign: browsers keep it to themselves, so no log shows it.
        Ok(format!("{link}#name={}", look::percent(&name)))
    }

    /// The path of a link to the room that number and PIN open.
    async fn login_link(&self, entries: &Entries, address: IpAddr) -> Result<String, EntryError> {
        let pin = Some(entries.pin.as_str());
        let room = self.room_by_number_and_pin(&entries.number, pin, address).await?;
        let expires_at_ms = clock::now().unix_ms + LINK_MS;
        let link = self.add_link(room.id, String::new(), Some(expires_at_ms)).await?;
        Ok(self.further_link_path(&link))
    }
}

impl From<EntryError> for Again {
    fn from(error: EntryError) -> Again {
        match error {
            EntryError::Refused(Refusal::TooManyTries) => {
                Again { status: StatusCode::TOO_MANY_REQUESTS, text: |words| words.too_many }
            }
            EntryError::Refused(_) => {
                Again { status: StatusCode::FORBIDDEN, text: |words| words.wrong }
            }
            EntryError::Store(error) => {
                tracing::error!(%error, "a session login failed");
                Again { status: StatusCode::SERVICE_UNAVAILABLE, text: |words| words.trouble }
            }
        }
    }
}

impl Entries {
    fn once_more(&self, headers: &HeaderMap, again: &Again) -> Response {
        let presets = Presets {
            number: self.fixed.then(|| self.number.clone()),
            color: self.color.clone(),
            background: self.background.clone(),
            title: self.title.clone(),
            language: self.language.clone(),
        };
        let look = &Look::lenient(&presets);
        let language = look.language.unwrap_or_else(|| Language::accepted(headers));
        let error = Some((again.text)(language.words()));
        let (number, name) = (&*self.number, &*self.name);
        View { look, language, framed: false, number, name, error }.answer(again.status)
    }
}
