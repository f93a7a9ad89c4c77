//! Screens under Wayland: no program may list or read them, so the desktop asks the user
//! (`org.freedesktop.portal.ScreenCast`) and hands over a PipeWire stream of what was chosen.

use super::stream::receive;
use super::{Over, Share, over};
use crate::{Error, Result};
use ashpd::desktop::screencast::{
    CursorMode, OpenPipeWireRemoteOptions, Screencast, SelectSourcesOptions, SourceType,
};
use ashpd::desktop::{PersistMode, ResponseError, Session};
use ashpd::{Error as PortalError, PortalError as Refusal};
use futures_util::{FutureExt as _, StreamExt as _};
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::time::Duration;

/// How often the wish to stop is looked for while the desktop asks its question.
const LOOK: Duration = Duration::from_millis(50);

/// A desktop that does not take its session back in time is left with it.
const CLOSING: Duration = Duration::from_millis(500);

/// What the user chose.
struct Granted {
    remote: OwnedFd,
    node: u32,
}

/// Lets the desktop ask, then captures until told to stop, here or there.
///
/// Fails with [`Error::Screen`] where the desktop has no portal, or the stream breaks.
pub(super) fn capture(share: &Share<'_>) -> Result<Over> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|source| Error::System { what: "a timer".to_owned(), source })?;
    runtime.block_on(run(share))
}

async fn run(share: &Share<'_>) -> Result<Over> {
    let screencast = tokio::select! {
        opened = open() => match opened {
            Ok(opened) => opened,
            Err(error) => return refused(error),
        },
        () = stop_wanted(share) => return Ok(Over::Asked),
    };
    let (proxy, session) = &screencast;
    // While the question stands, dropping it takes it back.
    let granted = tokio::select! {
        granted = ask(proxy, session) => granted,
        () = stop_wanted(share) => {
            close(session).await;
            return Ok(Over::Asked);
        }
    };
    let end = match granted {
        Ok(granted) => watch(granted, session, share).await,
        Err(error) => refused(error),
    };
    close(session).await;
    end
}

async fn open() -> ashpd::Result<(Screencast, Session<Screencast>)> {
    let proxy = Screencast::new().await?;
    let session = proxy.create_session(Default::default()).await?;
    Ok((proxy, session))
}

/// Asks for one monitor or window, with the pointer drawn in by the compositor.
async fn ask(proxy: &Screencast, session: &Session<Screencast>) -> ashpd::Result<Granted> {
    let mut options = SelectSourcesOptions::default()
        .set_sources(SourceType::Monitor | SourceType::Window)
        .set_multiple(false)
        .set_persist_mode(PersistMode::DoNot);
    // A desktop that cannot draw it refuses the wish.
    if proxy.available_cursor_modes().await.is_ok_and(|modes| modes.contains(CursorMode::Embedded))
    {
        options = options.set_cursor_mode(CursorMode::Embedded);
    }
    proxy.select_sources(session, options).await?.response()?;
    let streams = proxy.start(session, None, Default::default()).await?.response()?;
    let node = streams.streams().first().map(|stream| stream.pipe_wire_node_id());
    let node = node.ok_or(PortalError::Response(ResponseError::Cancelled))?;
    let remote = proxy.open_pipe_wire_remote(session, OpenPipeWireRemoteOptions::default()).await?;
    Ok(Granted { remote, node })
}

/// Receives the stream on this thread; the session's end is seen by looking.
async fn watch(granted: Granted, session: &Session<Screencast>, share: &Share<'_>) -> Result<Over> {
    let mut closed = match session.receive_closed().await {
        Ok(closed) => pin!(closed),
        Err(error) => return refused(error),
    };
    let Granted { remote, node } = granted;
    receive(remote, node, share, || closed.next().now_or_never().is_some())
}

async fn stop_wanted(share: &Share<'_>) {
    while share.goes_on() {
        tokio::time::sleep(LOOK).await;
    }
}

async fn close(session: &Session<Screencast>) {
    // The desktop closes a session by itself when this program leaves its bus.
    let closed = tokio::time::timeout(CLOSING, session.close()).await;
    if !matches!(closed, Ok(Ok(()))) {
        tracing::debug!("the desktop did not take its session back");
    }
}

/// A question that was not answered with yes is not a trouble; everything else is.
fn refused(error: PortalError) -> Result<Over> {
    let reason = match error {
        PortalError::Response(ResponseError::Cancelled)
        | PortalError::Portal(Refusal::Cancelled(_)) => return Ok(Over::ByUser),
        PortalError::PortalNotFound(_) => NO_PORTAL.to_owned(),
        PortalError::Response(ResponseError::Other) => {
            "the desktop ended its question; try again".to_owned()
        }
        other => format!("{other}; {NO_PORTAL}"),
    };
    Err(over("the screen", reason))
}

const NO_PORTAL: &str =
    "install xdg-desktop-portal and the part of it for this desktop, and sign in again";
