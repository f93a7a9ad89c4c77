//! A whole hub: starts on its own threads, so that any program can embed it, and stops on request.

use crate::accounts::{self, Accounts};
use crate::config::Config;
use crate::error::HubError;
use crate::live::Live;
use crate::room::LinkSecret;
use crate::sfu::{self, Sfu};
use crate::store::{FolderLock, RoomRow, Store};
use crate::{clock, http};
use protocol::SignedIn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{self, Runtime};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// The hub's own threads: signalling is light, media has a thread of its own.
const WORKERS: usize = 2;

/// How long a stopping hub waits for good-byes to be delivered.
const GOODBYE: Duration = Duration::from_secs(3);

/// What every request and connection works with.
pub struct Shared {
    pub(crate) store: Store,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) live: Arc<Live>,
    pub(crate) stopping: watch::Receiver<bool>,
    /// Cloned by every connection; the stopping hub waits until the last one is dropped.
    pub(crate) alive: mpsc::WeakSender<()>,
    link_secret: LinkSecret,
}

impl Shared {
    /// The guest page's path of a room.
    pub(crate) fn link_path(&self, room: &RoomRow) -> String {
        format!("/j/{}", self.link_token(room.id, &room.link_nonce))
    }

    /// The link token of a room.
    pub(crate) fn link_token(&self, room: i64, nonce: &[u8]) -> String {
        self.link_secret.token(room, nonce)
    }
}

/// A running hub. Dropping it stops it without waiting.
pub struct Hub {
    http_addr: SocketAddr,
    media_addr: SocketAddr,
    first_password: Option<String>,
    accounts: Arc<Accounts>,
    runtime: runtime::Handle,
    stop: watch::Sender<bool>,
    stopped: oneshot::Receiver<()>,
}

impl Hub {
    /// Starts a hub on threads of its own and returns when it serves. Blocks meanwhile, on the first
    /// start for the time of a password hash; needs no async runtime.
    pub fn start(config: Config) -> Result<Hub, HubError> {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("hub")
            .enable_all()
            .build()
            .map_err(HubError::Thread)?;
        let (started_tx, started) = std::sync::mpsc::sync_channel(1);
        spawn_thread("hub-main", move || run(runtime, config, &started_tx))?;
        started.recv().map_err(|_| HubError::Stopped)?
    }

    /// Where pages, REST and WebSocket are served.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// Where media arrives.
    pub fn media_addr(&self) -> SocketAddr {
        self.media_addr
    }

    /// The administrator's one-time password, when this start made the account.
    pub fn first_password(&self) -> Option<&str> {
        self.first_password.as_deref()
    }

    /// Signs the embedding program in as the administrator. Blocks for a database write.
    pub fn local_sign_in(&self) -> Result<SignedIn, HubError> {
        let (tx, rx) = std::sync::mpsc::sync_channel(1);
        let accounts = self.accounts.clone();
        self.runtime.spawn(async move {
            let _ = tx.send(accounts.local_sign_in(clock::now()).await);
        });
        match rx.recv().map_err(|_| HubError::Stopped)? {
            Ok(Some(signed_in)) => Ok(signed_in),
            Ok(None) => Err(HubError::AccountMissing { name: accounts::ADMIN.to_owned() }),
            Err(error) => {
                Err(HubError::Database { path: "hub.sqlite".into(), detail: error.to_string() })
            }
        }
    }

    /// Tells everybody that the hub stops, writes everything out and frees the data folder. Works
    /// on any executor.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.stopped).await;
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

#[expect(clippy::disallowed_methods, reason = "the hub's one helper for threads; it names them")]
fn spawn_thread(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), HubError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map(drop).map_err(HubError::Thread)
}

type Started = std::sync::mpsc::SyncSender<Result<Hub, HubError>>;

/// The hub's main thread, from the first file to the last.
fn run(runtime: Runtime, config: Config, started: &Started) {
    let server = match runtime.block_on(Server::open(config)) {
        Ok(server) => server,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    let (stopped_tx, stopped) = oneshot::channel();
    let hub = Hub {
        http_addr: server.http_addr,
        media_addr: server.media_addr,
        first_password: server.first_password.clone(),
        accounts: server.shared.accounts.clone(),
        runtime: runtime.handle().clone(),
        stop: server.stop.clone(),
        stopped,
    };
    // When nobody waits for the hub any more, dropping it here tells it to stop.
    let _ = started.send(Ok(hub));
    runtime.block_on(server.serve());
    // The last tasks end with the runtime, and with them the media socket.
    drop(runtime);
    let _ = stopped_tx.send(());
}

/// A hub whose files and sockets are open.
struct Server {
    _lock: FolderLock,
    shared: Arc<Shared>,
    listener: TcpListener,
    http_addr: SocketAddr,
    media_addr: SocketAddr,
    first_password: Option<String>,
    stop: watch::Sender<bool>,
    alive: mpsc::Sender<()>,
    all_gone: mpsc::Receiver<()>,
}

impl Server {
    async fn open(config: Config) -> Result<Server, HubError> {
        let lock = FolderLock::take(&config.data)?;
        let store = Store::open(&config.data).await?;
        let link_secret = store.link_secret(&config.data).await?;
        let now = clock::now();
        let first_password = accounts::ensure_admin(&store, now, config.owner.as_deref()).await?;
        if let Err(error) = store.expire_sessions(now.unix_ms).await {
            tracing::warn!(%error, "old sessions were not removed");
        }

        let listener = listen(config.listen).await?;
        let http_addr = listener
            .local_addr()
            .map_err(|source| HubError::Listen { address: config.listen, source })?;
        let address = config.media_listen;
        let media = sfu::Config { listen: address, advertise: config.advertise };
        let (sfu, events) =
            Sfu::start(media).map_err(|source| HubError::Media { address, source })?;
        let media_addr = sfu.local_addr();

        let (stop, stopping) = watch::channel(false);
        let (alive, all_gone) = mpsc::channel(1);
        let shared = Arc::new(Shared {
            accounts: Arc::new(Accounts::new(store.clone())),
            live: Live::start(sfu, events, store.clone()),
            store,
            stopping,
            alive: alive.downgrade(),
            link_secret,
        });
        Ok(Server {
            _lock: lock,
            shared,
            listener,
            http_addr,
            media_addr,
            first_password,
            stop,
            alive,
            all_gone,
        })
    }

    async fn serve(mut self) {
        let mut stopping = self.shared.stopping.clone();
        let stop_requested = async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        let service =
            http::router(self.shared.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(
            axum::serve(self.listener, service)
                .with_graceful_shutdown(stop_requested)
                .into_future(),
        );
        let mut stopping = self.shared.stopping.clone();
        let _ = stopping.wait_for(|stop| *stop).await;

        self.shared.live.stop();
        drop(self.alive);
        let goodbyes = async {
            let _ = self.all_gone.recv().await;
            let _ = serving.await;
        };
        if timeout(GOODBYE, goodbyes).await.is_err() {
            tracing::warn!("some connections did not end in time; the hub stops all the same");
        }
        self.shared.live.flush().await;
        self.shared.store.close().await;
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, HubError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => HubError::PortInUse { address },
        _ => HubError::Listen { address, source },
    })
}
