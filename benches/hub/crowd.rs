//! Everybody who is not the hub: hosts and guests in rooms, people who join for a moment, and what
//! they write.

use super::figures::Latencies;
use anyhow::{Context, Result, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use protocol::{ChatScope, ClientMessage, Credential, HubMessage, Room, VERSION};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

/// Nothing takes so long unless it is lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long somebody who joins for a moment stays.
const STAY: Duration = Duration::from_secs(2);

/// How many join at once while the rooms fill.
const FILLING: usize = 32;

type Sink = SplitSink<WebSocketStream<TcpStream>, Message>;
type Stream = SplitStream<WebSocketStream<TcpStream>>;

/// What is to happen.
pub struct Load {
    /// Who is there all the time.
    pub clients: usize,
    /// In so many rooms.
    pub rooms: usize,
    /// For how long others join and everybody writes.
    pub seconds: usize,
    /// So many join, and leave after a moment.
    pub joins_a_second: usize,
    /// So many chat lines.
    pub lines_a_second: usize,
}

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    /// From opening a connection to being inside.
    pub connects: Latencies,
    /// From saying who one is to being inside.
    pub joins: Latencies,
    /// From writing a line to reading it oneself.
    pub echoes: Latencies,
    /// From writing a line to each who was there all the time reading it.
    pub lines: Latencies,
    /// Lines that did not reach somebody who was there all the time.
    pub lines_lost: usize,
    /// Connections that ended by themselves, and joins that failed.
    pub clients_lost: usize,
}

/// What the readers note down.
#[derive(Default)]
struct Notes {
    /// When each line was written, and by whom.
    written: Vec<(Instant, usize)>,
    outcome: Outcome,
}

/// Everybody who is there all the time.
pub struct Crowd {
    hub: SocketAddr,
    rooms: Vec<Room>,
    clients: Vec<Sink>,
    notes: Arc<Mutex<Notes>>,
}

impl Crowd {
    /// Fills the rooms evenly; a host first.
    pub async fn fill(
        hub: SocketAddr,
        token: &str,
        rooms: Vec<Room>,
        load: &Load,
    ) -> Result<Crowd> {
        let mut crowd = Crowd { hub, rooms, clients: Vec::new(), notes: Arc::default() };
        let mut number = 0;
        while number < load.clients {
            let wave = number..(number + FILLING).min(load.clients);
            let joining = wave.clone().map(|n| {
                let room = &crowd.rooms[n % load.rooms];
                let credential = if n < load.rooms { host(room, token) } else { guest(room, n) };
                enter(hub, credential)
            });
            for entered in futures_util::future::join_all(joining).await {
                let (sink, stream) = entered?.connection;
                tokio::spawn(read(stream, crowd.clients.len(), crowd.notes.clone()));
                crowd.clients.push(sink);
            }
            number = wave.end;
        }
        Ok(crowd)
    }

    /// Others join for a moment, and everybody writes, in even steps.
    pub async fn run(&mut self, load: &Load) -> Result<Outcome> {
        let start = now();
        let steps = load.seconds * (load.joins_a_second + load.lines_a_second);
        let each = Duration::from_secs(load.seconds as u64) / steps.max(1) as u32;
        let (mut joins, mut lines) = (0, 0);
        let mut ticks = tokio::time::interval(each);
        for step in 0..steps {
            ticks.tick().await;
            // Spreads the joins evenly between the lines.
            if (joins + 1) * (load.joins_a_second + load.lines_a_second)
                <= (step + 1) * load.joins_a_second
            {
                self.join_for_a_moment(load.clients + joins, joins % load.rooms);
                joins += 1;
            } else {
                // Another room and another writer each time.
                self.write((lines * 7) % load.clients, lines).await?;
                lines += 1;
            }
        }
        tokio::time::sleep(STAY + Duration::from_secs(1)).await;
        let late = start.elapsed().saturating_sub(Duration::from_secs(load.seconds as u64));
        if late > Duration::from_secs(8) {
            bail!("the load itself was {} s late: its core is too slow", late.as_secs());
        }
        let mut outcome = std::mem::take(&mut lock(&self.notes).outcome);
        outcome.lines_lost = self.expected(load, lines).saturating_sub(outcome.lines.len());
        outcome.clients_lost += joins - outcome.joins.len();
        Ok(outcome)
    }

    /// How often lines had to arrive at those who were there all the time.
    fn expected(&self, load: &Load, lines: usize) -> usize {
        let in_room = |room: usize| (room..load.clients).step_by(load.rooms).count();
        (0..lines).map(|line| in_room((line * 7) % load.clients % load.rooms)).sum()
    }

    async fn write(&mut self, writer: usize, line: usize) -> Result<()> {
        let text = line.to_string();
        let message = ClientMessage::Chat { scope: ChatScope::Everyone, text };
        lock(&self.notes).written.push((now(), writer));
        let client = self.clients.get_mut(writer).context("a client")?;
        client.send(text_frame(&message)?).await.context("a client that writes is gone")
    }

    fn join_for_a_moment(&self, number: usize, room: usize) {
        let (hub, notes) = (self.hub, self.notes.clone());
        let credential = guest(&self.rooms[room], number);
        tokio::spawn(async move {
            let Ok(entered) = enter(hub, credential).await else { return };
            {
                let outcome = &mut lock(&notes).outcome;
                outcome.connects.add(entered.since_connecting);
                outcome.joins.add(entered.since_joining);
            }
            let (mut sink, mut stream) = entered.connection;
            let reading = async { while let Some(Ok(_)) = stream.next().await {} };
            let _ = tokio::time::timeout(STAY, reading).await;
            if let Ok(leave) = text_frame(&ClientMessage::Leave) {
                let _ = sink.send(leave).await;
            }
            let _ =
                tokio::time::timeout(STAY, async { while stream.next().await.is_some() {} }).await;
        });
    }
}

fn host(room: &Room, token: &str) -> Credential {
    Credential::Session { token: token.to_owned(), number: room.number.clone(), name: None }
}

fn guest(room: &Room, number: usize) -> Credential {
    let link = room.link_path.trim_start_matches("/j/").to_owned();
    Credential::Link { link, name: format!("Guest {number}") }
}

/// Somebody who is inside.
struct Entered {
    connection: (Sink, Stream),
    since_connecting: Duration,
    since_joining: Duration,
}

async fn enter(hub: SocketAddr, credential: Credential) -> Result<Entered> {
    let entering = async {
        let connecting = now();
        let stream = TcpStream::connect(hub).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(format!("ws://{hub}/api/v1/ws"), stream).await?;
        let (mut sink, mut stream) = socket.split();
        let joining = now();
        sink.send(text_frame(&ClientMessage::Join { version: VERSION, credential })?).await?;
        loop {
            match next(&mut stream).await? {
                HubMessage::Joined { .. } => break,
                HubMessage::Refused { reason } => bail!("refused: {reason:?}"),
                _ => {}
            }
        }
        let (since_connecting, since_joining) = (connecting.elapsed(), joining.elapsed());
        Ok(Entered { connection: (sink, stream), since_connecting, since_joining })
    };
    tokio::time::timeout(PATIENCE, entering).await.context("nobody opened")?
}

async fn next(stream: &mut Stream) -> Result<HubMessage> {
    loop {
        match stream.next().await.context("the hub closed the connection")?? {
            Message::Text(text) => return Ok(serde_json::from_str(&text)?),
            Message::Close(frame) => bail!("closed: {frame:?}"),
            _ => {}
        }
    }
}

/// Notes when lines arrive, until the connection ends.
async fn read(mut stream: Stream, client: usize, notes: Arc<Mutex<Notes>>) {
    while let Ok(message) = next(&mut stream).await {
        let arrived = now();
        let HubMessage::Chat { line } = message else { continue };
        let Ok(number) = line.text.parse::<usize>() else { continue };
        let mut notes = lock(&notes);
        let Some(&(written, writer)) = notes.written.get(number) else { continue };
        let latency = arrived.saturating_duration_since(written);
        notes.outcome.lines.add(latency);
        if writer == client {
            notes.outcome.echoes.add(latency);
        }
    }
    lock(&notes).outcome.clients_lost += 1;
}

fn text_frame(message: &ClientMessage) -> Result<Message> {
    Ok(Message::text(serde_json::to_string(message)?))
}

fn lock(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn now() -> Instant {
    Instant::now()
}
