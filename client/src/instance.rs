//! One window a session: a second start hands its link to the first, brings that to the front, and
//! ends.
//!
//! Whoever holds the lock on `katheder.lock` in the session's runtime folder is the first; the
//! system frees it when that program ends, however it ends. The first listens on `katheder.sock`
//! beside it. A message is one line, a link or nothing; the answer is `ok`. Both sides speak to
//! programs of the own user only.

use crate::links::Link;
use crate::state::DesktopEvent;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

/// A longer message is none of ours, bytes.
const LONGEST: u64 = 4096;

/// How long the other side may take to say something.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a first start that is about to listen is tried, and how long in between.
const TRIES: usize = 20;
const BETWEEN: Duration = Duration::from_millis(100);

/// What this start of the program is.
#[derive(Debug)]
pub enum Start {
    /// The first one: it opens the window.
    First(First),
    /// Another one runs, has got the link and comes to the front.
    HandedOver,
}

/// The right to be the first, for as long as it lives.
#[derive(Debug)]
pub struct First {
    listener: std::os::unix::net::UnixListener,
    socket: PathBuf,
    _lock: File,
}

/// The folder of the session's sockets: `XDG_RUNTIME_DIR`. `None` where the session names none;
/// then every start opens a window.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("XDG_RUNTIME_DIR").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Becomes the first in `folder`, or hands `link` to the one who is.
///
/// # Errors
/// When the folder cannot be written, or when a program that holds the lock does not answer.
pub fn start(folder: &Path, link: Option<&Link>) -> io::Result<Start> {
    if !folder.is_dir() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let socket = folder.join("katheder.sock");
    let lock = File::create(folder.join("katheder.lock"))?;
    match lock.try_lock() {
        Ok(()) => {
            // Whoever left it behind is gone, or there would be no lock.
            match std::fs::remove_file(&socket) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let listener = std::os::unix::net::UnixListener::bind(&socket)?;
            std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600))?;
            listener.set_nonblocking(true)?;
            Ok(Start::First(First { listener, socket, _lock: lock }))
        }
        Err(TryLockError::WouldBlock) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(hand_over(&socket, link)).map(|()| Start::HandedOver)
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

async fn hand_over(socket: &Path, link: Option<&Link>) -> io::Result<()> {
    let mut tries = 0;
    let mut stream = loop {
        match UnixStream::connect(socket).await {
            Ok(stream) => break stream,
            // It has the lock and listens in a moment.
            Err(error) if tries == TRIES => return Err(error),
            Err(_) => tokio::time::sleep(BETWEEN).await,
        }
        tries += 1;
    };
    check_peer(&stream)?;
    let message = link.map(Link::to_text).unwrap_or_default() + "\n";
    let answer = tokio::time::timeout(PATIENCE, async {
        stream.write_all(message.as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(stream.take(LONGEST)).read_line(&mut answer).await?;
        io::Result::Ok(answer)
    });
    match answer.await {
        Ok(Ok(answer)) if answer == "ok\n" => Ok(()),
        Ok(Err(error)) => Err(error),
        Ok(Ok(_)) => Err(io::Error::other("it answers something else")),
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
    }
}

impl First {
    /// Listens to later starts on the runtime for as long as that runs; `tell` hears what they
    /// bring. The right stays ours until the program ends.
    ///
    /// # Errors
    /// When the socket cannot be listened on.
    pub fn listen(
        self,
        runtime: &tokio::runtime::Handle,
        tell: Arc<dyn Fn(DesktopEvent) + Send + Sync>,
    ) -> io::Result<Listening> {
        let _inside = runtime.enter();
        let listener = UnixListener::from_std(self.listener)?;
        runtime.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        tokio::spawn(hear(stream, tell.clone()));
                    }
                    Err(error) => {
                        // Out of descriptors, for instance: later starts wait that long.
                        tracing::warn!(%error, "another start cannot be heard");
                        tokio::time::sleep(PATIENCE).await;
                    }
                }
            }
        });
        Ok(Listening { socket: self.socket, _lock: self._lock })
    }
}

/// The first window listens; dropping it makes room for another one.
#[derive(Debug)]
pub struct Listening {
    socket: PathBuf,
    _lock: File,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // What stays behind is replaced by the next start.
        let _ = std::fs::remove_file(&self.socket);
    }
}

async fn hear(stream: UnixStream, tell: Arc<dyn Fn(DesktopEvent) + Send + Sync>) {
    if let Err(error) = check_peer(&stream) {
        tracing::warn!(%error, "a program of somebody else spoke to the window's socket");
        return;
    }
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut lines = BufReader::new(read.take(LONGEST));
    let read = tokio::time::timeout(PATIENCE, lines.read_line(&mut line)).await;
    if !matches!(read, Ok(Ok(_))) || !line.ends_with('\n') {
        return;
    }
    let line = line.trim();
    let event = match Link::parse(line) {
        Some(link) => DesktopEvent::Open(link),
        None if line.is_empty() => DesktopEvent::Show,
        None => return,
    };
    tell(event);
    let _ = tokio::time::timeout(PATIENCE, write.write_all(b"ok\n")).await;
}

fn check_peer(stream: &UnixStream) -> io::Result<()> {
    // Of a pair, both ends are ours.
    let own = UnixStream::pair()?.0.peer_cred()?.uid();
    let peer = stream.peer_cred()?.uid();
    if peer == own {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("it belongs to user {peer}")))
    }
}
