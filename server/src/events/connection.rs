//! One machine of a signed-in user: who is it, then requests and events until it ends.

use super::{Line, OUTGOING_FRAMES};
use crate::clock;
use crate::hub::Shared;
use crate::room::hash_token;
use crate::socket::{
    Budget, FIRST_WITHIN, Fault, Read, SILENCE_LIMIT, close, dismiss, message_in, next_message,
    stopped, write,
};
use crate::store::StoreError;
use axum::extract::ws::{Message, WebSocket, close_code};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use protocol::{Event, EventRequest, Refusal};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};

/// How often a connection asks whether its session still stands and its user sees the same: a session
/// that is over ends its connections within a minute.
const RECHECK_EVERY: Duration = Duration::from_secs(30);

const NOT_HELLO: Fault = Fault::new(close_code::POLICY, "the first message must be hello");
const SESSION_OVER: Fault = Fault::new(close_code::POLICY, "the session is over: sign in again");

/// Serves a connection to its end.
pub async fn serve(shared: &Shared, socket: WebSocket) {
    let (sink, mut stream) = socket.split();
    let mut stopping = shared.stopping.clone();
    let first = tokio::select! {
        first = timeout(FIRST_WITHIN, next_message(&mut stream)) => first,
        () = stopped(&mut stopping) => return close(sink, Fault::STOPPING).await,
    };
    let (version, token) = match first {
        Ok(Ok(Some(EventRequest::Hello { version, token }))) => (version, token),
        Ok(Ok(Some(_))) => return close(sink, NOT_HELLO).await,
        Ok(Err(fault)) => return close(sink, fault).await,
        Ok(Ok(None)) | Err(_) => return,
    };
    if version != protocol::VERSION {
        return dismiss(sink, &Event::Refused { reason: Refusal::Version }).await;
    }
    let session = hash_token(&token);
    let (outgoing, frames) = mpsc::channel(OUTGOING_FRAMES);
    let faults = outgoing.downgrade();
    match connect(shared, session, outgoing).await {
        Ok(Some(line)) => {
            let writer = tokio::spawn(write(sink, frames, shared.metrics.clone()));
            let fault = read(shared, &line, session, &mut stream, writer).await;
            if let (Some(fault), Some(outgoing)) = (fault, faults.upgrade()) {
                let _ = outgoing.try_send(fault.frame());
            }
            shared.events.disconnected(&line);
        }
        Ok(None) => dismiss(sink, &Event::Refused { reason: Refusal::Session }).await,
        Err(error) => {
            tracing::error!(%error, "a live channel could not be opened");
            close(sink, Fault::INTERNAL).await;
        }
    }
}

async fn connect(
    shared: &Shared,
    session: [u8; 32],
    outgoing: mpsc::Sender<Message>,
) -> Result<Option<Line>, StoreError> {
    let user = shared.store.session_user(session, clock::now().unix_ms).await?;
    let Some(user) = user.filter(|user| !user.must_change) else { return Ok(None) };
    shared.events.connect(&(user.id, user.name), outgoing).await.map(Some)
}

/// Reads until the connection, its session, the writer or the silence limit ends it; returns what
/// the client is told about it.
async fn read(
    shared: &Shared,
    line: &Line,
    session: [u8; 32],
    stream: &mut SplitStream<WebSocket>,
    mut writer: tokio::task::JoinHandle<()>,
) -> Option<Fault> {
    let mut stopping = shared.stopping.clone();
    let mut budget = Budget::new(clock::now().instant);
    let mut rechecks = interval_at(Instant::now() + RECHECK_EVERY, RECHECK_EVERY);
    rechecks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut deadline = Instant::now() + SILENCE_LIMIT;
    loop {
        let frame = tokio::select! {
            frame = stream.next() => frame?,
            () = tokio::time::sleep_until(deadline) => return None,
            _ = rechecks.tick() => match still_welcome(shared, line, session).await {
                true => continue,
                false => return Some(SESSION_OVER),
            },
            _ = &mut writer => return None,
            () = stopped(&mut stopping) => return Some(Fault::STOPPING),
        };
        deadline = Instant::now() + SILENCE_LIMIT;
        budget.wait().await;
        match message_in(frame) {
            Ok(Read::Message(request)) => {
                shared.metrics.message_in();
                shared.events.handle(line, request);
            }
            Ok(Read::Nothing) => {}
            Ok(Read::End) => return None,
            Err(fault) => return Some(fault),
        }
    }
}

/// Whether the session still stands; brings what the user sees up to date on the way.
async fn still_welcome(shared: &Shared, line: &Line, session: [u8; 32]) -> bool {
    match shared.store.session_user(session, clock::now().unix_ms).await {
        Ok(Some(user)) if !user.must_change => {}
        Ok(_) => return false,
        Err(error) => tracing::warn!(%error, "a session was not looked up; it stays open"),
    }
    shared.events.view_changed(line.user).await;
    true
}
