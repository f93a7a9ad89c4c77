//! One WebSocket connection of a conference: who is it, then messages both ways until it ends.

use crate::access::{self, Admitted};
use crate::clock;
use crate::hub::Shared;
use crate::live::{EntryError, OUTGOING_FRAMES, Seat};
use crate::socket::{
    Budget, FIRST_WITHIN, Fault, Read, SILENCE_LIMIT, close, dismiss, message_in, next_message,
    stopped, write,
};
use crate::store::RoomRow;
use axum::extract::ws::{Message, WebSocket, close_code};
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use protocol::{ClientMessage, Credential, HubMessage, Refusal, RoomInfo};
use std::net::IpAddr;
use tokio::sync::mpsc;
use tokio::time::timeout;

const NOT_JOIN: Fault = Fault::new(close_code::POLICY, "the first message must be join");

/// Serves a connection to its end.
pub async fn serve(shared: &Shared, socket: WebSocket, address: IpAddr) {
    let (sink, mut stream) = socket.split();
    let mut stopping = shared.stopping.clone();
    let first = tokio::select! {
        first = timeout(FIRST_WITHIN, next_message(&mut stream)) => first,
        () = stopped(&mut stopping) => return close(sink, Fault::STOPPING).await,
    };
    let (version, credential) = match first {
        Ok(Ok(Some(ClientMessage::Join { version, credential }))) => (version, credential),
        Ok(Ok(Some(_))) => return close(sink, NOT_JOIN).await,
        Ok(Err(fault)) => return close(sink, fault).await,
        Ok(Ok(None)) | Err(_) => return,
    };
    let (outgoing, frames) = mpsc::channel(OUTGOING_FRAMES);
    // Only the seat holds the queue open: when the conference drops it, the writer ends.
    let faults = outgoing.downgrade();
    match enter(shared, version, credential, address, outgoing).await {
        Ok(seat) => {
            let writer = tokio::spawn(write(sink, frames, shared.metrics.clone()));
            let fault = read(shared, &seat, &mut stream, writer).await;
            if let (Some(fault), Some(outgoing)) = (fault, faults.upgrade()) {
                let _ = outgoing.try_send(fault.frame());
            }
            shared.live.disconnected(&seat);
        }
        Err(EntryError::Refused(reason)) => dismiss(sink, &HubMessage::Refused { reason }).await,
        Err(EntryError::Store(error)) => {
            tracing::error!(%error, "somebody could not enter");
            close(sink, Fault::INTERNAL).await;
        }
    }
}

/// Reads until the connection, the writer or the silence limit ends it; returns what the client
/// did wrong.
async fn read(
    shared: &Shared,
    seat: &Seat,
    stream: &mut SplitStream<WebSocket>,
    mut writer: tokio::task::JoinHandle<()>,
) -> Option<Fault> {
    let mut budget = Budget::new(clock::now().instant);
    loop {
        let frame = tokio::select! {
            frame = timeout(SILENCE_LIMIT, stream.next()) => frame.ok()??,
            _ = &mut writer => return None,
        };
        // Pings cost as much as messages: a flood of them is slowed down too.
        budget.wait().await;
        match message_in(frame) {
            Ok(Read::Message(message)) => {
                shared.metrics.message_in();
                shared.live.handle(seat, message).await;
            }
            Ok(Read::Nothing) => {}
            Ok(Read::End) => return None,
            Err(fault) => return Some(fault),
        }
    }
}

async fn enter(
    shared: &Shared,
    version: u32,
    credential: Credential,
    address: IpAddr,
    outgoing: mpsc::Sender<Message>,
) -> Result<Seat, EntryError> {
    if version != protocol::VERSION {
        return Err(Refusal::Version.into());
    }
    if let Credential::Resume { token } = credential {
        return Ok(shared.live.resume(&token, outgoing)?);
    }
    let Admitted { room, entrant, place } = access::admit(shared, credential, address).await?;
    let info = shared.room_info(&room);
    let seat = shared.live.join(&room, info, entrant, outgoing).await;
    drop(place);
    seat
}

impl Shared {
    /// A room as its hosts see it.
    fn room_info(&self, room: &RoomRow) -> RoomInfo {
        RoomInfo {
            name: room.name.clone(),
            kind: room.kind,
            number: room.number.clone(),
            pin: Some(room.pin.clone()),
            link_path: Some(self.link_path(room)),
            policy: room.policy,
        }
    }
}
