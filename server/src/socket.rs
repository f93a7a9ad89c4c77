//! What every WebSocket of the hub has in common: its limits, its frames, its end.

use crate::clock;
use crate::metrics::Metrics;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// A connection that says nothing for so long after opening is closed.
pub const FIRST_WITHIN: Duration = Duration::from_secs(10);

/// How often the hub pings, and how long it hears nothing before it takes the connection for dead.
const PING_EVERY: Duration = Duration::from_secs(5);
pub const SILENCE_LIMIT: Duration = Duration::from_secs(15);

/// A frame that cannot be handed to the system for so long: the client does not read.
const SEND_WITHIN: Duration = Duration::from_secs(10);

/// Messages a second that a client may send for long, and how many at once. Beyond it the hub
/// reads more slowly; nothing is lost.
const MESSAGES_PER_SECOND: f64 = 40.0;
const MESSAGE_BURST: f64 = 120.0;

/// What is wrong with a connection.
pub struct Fault {
    code: u16,
    reason: &'static str,
}

impl Fault {
    pub const NOT_TEXT: Fault = Fault::new(close_code::UNSUPPORTED, "messages are text frames");
    pub const MALFORMED: Fault = Fault::new(close_code::INVALID, "not a message of this protocol");
    pub const TOO_BIG: Fault = Fault::new(close_code::SIZE, "the frame is too big");
    pub const STOPPING: Fault = Fault::new(close_code::RESTART, "the hub stops: connect again");
    pub const INTERNAL: Fault = Fault::new(close_code::ERROR, "try again later");

    /// A close code (RFC 6455, section 7.4.1) and what people read.
    pub const fn new(code: u16, reason: &'static str) -> Fault {
        Fault { code, reason }
    }

    /// The connection's last frame.
    pub fn frame(&self) -> Message {
        Message::Close(Some(CloseFrame { code: self.code, reason: self.reason.into() }))
    }
}

/// Says good-bye on a connection that nobody serves.
pub async fn close(mut sink: SplitSink<WebSocket, Message>, fault: Fault) {
    let _ = timeout(SEND_WITHIN, sink.send(fault.frame())).await;
}

/// The next message; `None` when the connection is over.
pub async fn next_message<T: DeserializeOwned>(
    stream: &mut SplitStream<WebSocket>,
) -> Result<Option<T>, Fault> {
    loop {
        match stream.next().await {
            Some(frame) => match message_in(frame) {
                Ok(Read::Nothing) => {}
                Ok(Read::Message(message)) => return Ok(Some(message)),
                Ok(Read::End) => return Ok(None),
                Err(fault) => return Err(fault),
            },
            None => return Ok(None),
        }
    }
}

/// What a frame turns out to be.
pub enum Read<T> {
    /// A message.
    Message(T),
    /// A sign of life.
    Nothing,
    /// The line is down.
    End,
}

/// Looks into what a connection received.
pub fn message_in<T: DeserializeOwned>(
    frame: Result<Message, axum::Error>,
) -> Result<Read<T>, Fault> {
    match frame {
        Ok(Message::Text(text)) => {
            serde_json::from_str(&text).map(Read::Message).map_err(|error| {
                tracing::info!(%error, "a malformed message");
                Fault::MALFORMED
            })
        }
        Ok(Message::Binary(_)) => Err(Fault::NOT_TEXT),
        Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => Ok(Read::Nothing),
        // The size limit, rather than a line that is down.
        Err(error) if error.to_string().contains("too long") => Err(Fault::TOO_BIG),
        Err(_) => Ok(Read::End),
    }
}

/// Returns when the hub stops.
pub async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Sends the one message that a connection gets, and ends it.
pub async fn dismiss(mut sink: SplitSink<WebSocket, Message>, message: &impl Serialize) {
    if let Some(text) = encode(message) {
        let _ = timeout(SEND_WITHIN, sink.send(Message::Text(text))).await;
    }
    let _ = timeout(SEND_WITHIN, sink.close()).await;
}

/// A message as a frame's text.
pub fn encode(message: &impl Serialize) -> Option<Utf8Bytes> {
    match serde_json::to_string(message) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!(%error, "a message could not be written as JSON");
            None
        }
    }
}

/// Writes frames until the queue is closed, then says good-bye; pings in between.
pub async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut frames: mpsc::Receiver<Message>,
    metrics: Arc<Metrics>,
) {
    let mut pings = tokio::time::interval(PING_EVERY);
    pings.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    pings.reset();
    loop {
        let frame = tokio::select! {
            biased;
            frame = frames.recv() => frame,
            _ = pings.tick() => Some(Message::Ping(Default::default())),
        };
        let Some(frame) = frame else { break };
        let last = matches!(frame, Message::Close(_));
        if matches!(frame, Message::Text(_)) {
            metrics.message_out();
        }
        if !matches!(timeout(SEND_WITHIN, sink.send(frame)).await, Ok(Ok(()))) || last {
            return;
        }
    }
    let _ = timeout(SEND_WITHIN, sink.close()).await;
}

/// A token bucket over received messages.
pub struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    /// A full one.
    pub fn new(now: Instant) -> Budget {
        Budget { left: MESSAGE_BURST, at: now }
    }

    /// Takes one message, and as long as it has to wait.
    pub async fn wait(&mut self) {
        let pause = self.spend(clock::now().instant);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    /// Takes one message and says how long to wait before it is handled.
    fn spend(&mut self, now: Instant) -> Duration {
        let gained = now.saturating_duration_since(self.at).as_secs_f64() * MESSAGES_PER_SECOND;
        self.left = (self.left + gained).min(MESSAGE_BURST) - 1.0;
        self.at = now;
        Duration::from_secs_f64((-self.left).max(0.0) / MESSAGES_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_slowed_to_the_allowed_rate() {
        let start = clock::now().instant;
        let (mut budget, mut now) = (Budget::new(start), start);
        for _ in 0..(MESSAGE_BURST as usize) {
            assert!(budget.spend(now).is_zero(), "a burst passes at once");
        }
        for _ in 0..200 {
            now += budget.spend(now);
        }
        let allowed = Duration::from_secs_f64(200.0 / MESSAGES_PER_SECOND);
        assert!(now - start >= allowed.mul_f64(0.95) && now - start <= allowed.mul_f64(1.1));
    }
}
