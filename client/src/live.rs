//! The live channel: what happens at the hub outside of conferences. One task on the `net` runtime;
//! a lost connection is made anew, and begins with a welcome that replaces all that was known.

use crate::net::{Door, Socket};
use futures_util::{SinkExt, StreamExt};
use protocol::{Event, EventRequest};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;

/// Pauses between tries.
const RETRY: [Duration; 5] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// The hub pings every 5 s; who hears nothing for so long has lost it.
const SILENCE: Duration = Duration::from_secs(15);

/// How long opening may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What the channel tells.
#[derive(Debug)]
pub enum LiveEvent {
    /// The hub said something.
    Said(Event),
    /// The connection is gone; it is being made anew.
    Lost,
}

/// The channel; dropping it closes it.
#[derive(Debug)]
pub struct Live {
    requests: UnboundedSender<EventRequest>,
}

impl Live {
    /// Opens it for a session; `tell` hears what comes.
    pub fn open(
        runtime: &tokio::runtime::Handle,
        door: Door,
        token: String,
        tell: impl Fn(LiveEvent) + Send + Sync + 'static,
    ) -> Live {
        let (requests, wishes) = unbounded_channel();
        runtime.spawn(run(door, token, wishes, tell));
        Live { requests }
    }

    /// Sends a wish; without a connection it is lost, as everything it could refer to.
    pub fn send(&self, request: EventRequest) {
        let _ = self.requests.send(request);
    }
}

/// Why a conversation ended.
enum Outcome {
    /// We are no longer wanted, on either side.
    Over,
    /// The connection broke.
    Broken,
}

async fn run(
    door: Door,
    token: String,
    mut wishes: UnboundedReceiver<EventRequest>,
    tell: impl Fn(LiveEvent),
) {
    let mut attempt = 0;
    loop {
        if let Some(socket) = connect(&door, &token).await {
            match converse(socket, &mut wishes, &tell, &mut attempt).await {
                Outcome::Over => return,
                Outcome::Broken => tell(LiveEvent::Lost),
            }
        }
        let pause = tokio::time::sleep(RETRY[attempt.min(RETRY.len() - 1)]);
        attempt += 1;
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => break,
                wish = wishes.recv() => if wish.is_none() { return },
            }
        }
    }
}

async fn connect(door: &Door, token: &str) -> Option<Socket> {
    let opening = tokio::time::timeout(CONNECT_TIMEOUT, door.open()).await;
    let mut socket = match opening {
        Ok(Ok(socket)) => socket,
        Ok(Err(error)) => {
            tracing::debug!(url = door.url, %error, "the hub's live channel does not answer");
            return None;
        }
        Err(_) => return None,
    };
    let hello = EventRequest::Hello { version: protocol::VERSION, token: token.to_owned() };
    say(&mut socket, &hello).await.then_some(socket)
}

async fn converse(
    mut socket: Socket,
    wishes: &mut UnboundedReceiver<EventRequest>,
    tell: &impl Fn(LiveEvent),
    attempt: &mut usize,
) -> Outcome {
    loop {
        tokio::select! {
            frame = tokio::time::timeout(SILENCE, socket.next()) => match frame {
                Ok(Some(Ok(Message::Text(text)))) => {
                    let Ok(event) = serde_json::from_str::<Event>(&text) else {
                        tracing::warn!("the hub said something unknown on the live channel");
                        continue;
                    };
                    *attempt = 0;
                    let refused = matches!(event, Event::Refused { .. });
                    tell(LiveEvent::Said(event));
                    if refused {
                        return Outcome::Over;
                    }
                }
                Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return Outcome::Broken,
                Ok(Some(Ok(_))) => {}
            },
            wish = wishes.recv() => {
                let Some(wish) = wish else {
                    let _ = socket.close(None).await;
                    return Outcome::Over;
                };
                if !say(&mut socket, &wish).await {
                    return Outcome::Broken;
                }
            }
        }
    }
}

async fn say(socket: &mut Socket, request: &EventRequest) -> bool {
    match serde_json::to_string(request) {
        Ok(text) => {
            let sent =
                tokio::time::timeout(CONNECT_TIMEOUT, socket.send(Message::text(text))).await;
            matches!(sent, Ok(Ok(())))
        }
        Err(error) => {
            tracing::error!(%error, "a request could not be written");
            true
        }
    }
}
