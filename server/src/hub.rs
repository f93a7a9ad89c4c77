//! A whole hub: starts on its own threads, so that any program can embed it, and stops on request.

use crate::access::GuestPlaces;
use crate::accounts::{self, Accounts};
use crate::address::Address;
use crate::config::Config;
use crate::error::HubError;
use crate::events::Events;
use crate::happenings::Happenings;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::reports::Recorder;
use crate::room::LinkSecret;
use crate::sfu::{self, Sfu};
use crate::store::{FolderLock, RoomRow, Store};
use crate::tls::{self, TlsListener};
use crate::webhooks::{self, Webhooks};
use crate::{clock, http, mail, planner};
use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener, ListenerExt, TapIo};
use protocol::SignedIn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// The hub's own threads: signalling is light, media has a thread of its own.
const WORKERS: usize = 2;

/// How long a stopping hub waits for good-byes to be delivered.
const GOODBYE: Duration = Duration::from_secs(3);

/// What every request and connection works with.
pub struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) happenings: Arc<Happenings>,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) live: Arc<Live>,
    pub(crate) guest_places: GuestPlaces,
    pub(crate) events: Arc<Events>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) stopping: watch::Receiver<bool>,
    /// Cloned by every connection; the stopping hub waits until the last one is dropped.
    pub(crate) alive: mpsc::WeakSender<()>,
    /// How people reach the pages.
    pub(crate) address: Address,
    pub(crate) link_secret: LinkSecret,
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
    certificate_fingerprint: Option<String>,
    accounts: Arc<Accounts>,
    happenings: Arc<Happenings>,
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

    /// What happens in conferences and to entries: the embedding program may listen too.
    pub fn happenings(&self) -> &Happenings {
        &self.happenings
    }

    /// The administrator's one-time password, when this start made the account.
    pub fn first_password(&self) -> Option<&str> {
        self.first_password.as_deref()
    }

    /// The SHA-256 fingerprint of the certificate, when the hub signed it itself: what people compare
    /// before they trust it.
    pub fn certificate_fingerprint(&self) -> Option<&str> {
        self.certificate_fingerprint.as_deref()
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
        certificate_fingerprint: server.certificate_fingerprint.clone(),
        accounts: server.shared.accounts.clone(),
        happenings: server.shared.happenings.clone(),
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
    recorder: Recorder,
    door: Door,
    http_addr: SocketAddr,
    media_addr: SocketAddr,
    first_password: Option<String>,
    certificate_fingerprint: Option<String>,
    stop: watch::Sender<bool>,
    alive: mpsc::Sender<()>,
    all_gone: mpsc::Receiver<()>,
}

impl Server {
    async fn open(config: Config) -> Result<Server, HubError> {
        config.check()?;
        tls::install_provider();
        let lock = FolderLock::take(&config.data)?;
        let store = Store::open(&config).await?;
        let link_secret = store.link_secret(&config.data).await?;
        let now = clock::now();
        let first_password = accounts::ensure_admin(&store, now, config.owner.as_deref()).await?;
        tokio::spawn(accounts::keep_house(store.clone(), clock::now));

        let listener = listen(config.listen).await?;
        let http_addr = listener
            .local_addr()
            .map_err(|source| HubError::Listen { address: config.listen, source })?;
        let door = match tls::start(&config)? {
            Some(configs) => Door::Tls(
                TlsListener::start(listener, configs)
                    .map_err(|source| HubError::Listen { address: config.listen, source })?,
            ),
            None => Door::Plain(listener),
        };
        let certificate_fingerprint = tls::self_signed_fingerprint(&config);
        let address = config.media_listen;
        let media = sfu::Config { listen: address, advertise: config.advertise.clone() };
        let (sfu, events) =
            Sfu::start(media).map_err(|source| HubError::Media { address, source })?;
        let media_addr = sfu.local_addr();

        let (stop, stopping) = watch::channel(false);
        let (alive, all_gone) = mpsc::channel(1);
        let happenings = Arc::<Happenings>::default();
        let webhooks = Arc::new(Webhooks::new(link_secret.clone(), config.webhooks_private));
        let recorder = Recorder::start(store.clone(), &happenings, webhooks.clone()).await;
        tokio::spawn(webhooks::deliver(store.clone(), webhooks.clone(), stopping.clone()));
        let live = Live::start(sfu, events, store.clone(), happenings.clone());
        let address = Address::new(&config, http_addr);
        let shared = Arc::new(Shared {
            accounts: Arc::new(Accounts::new(store.clone(), &config, address.lasting())),
            guest_places: GuestPlaces::default(),
            events: Events::start(store.clone(), live.clone(), happenings.listen()),
            live,
            webhooks,
            store,
            happenings,
            address,
            metrics: Arc::new(Metrics::new()),
            config,
            stopping,
            alive: alive.downgrade(),
            link_secret,
        });
        mail::start(&shared);
        Ok(Server {
            _lock: lock,
            shared,
            recorder,
            door,
            http_addr,
            media_addr,
            first_password,
            certificate_fingerprint,
            stop,
            alive,
            all_gone,
        })
    }

    async fn serve(mut self) {
        tokio::spawn(planner::desk::keep_current(self.shared.clone()));
        let mut stopping = self.shared.stopping.clone();
        let stop_requested = async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        let router = http::router(self.shared.clone());
        let serving = tokio::spawn(self.door.serve(router, stop_requested));
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
        self.shared.events.flush().await;
        self.recorder.finish().await;
        self.shared.store.close().await;
    }
}

/// Where people come in.
enum Door {
    Plain(TcpListener),
    Tls(TlsListener),
}

impl Door {
    async fn serve(self, router: Router, stop: impl Future<Output = ()> + Send + 'static) {
        match self {
            Door::Plain(listener) => serve_on(listener, router, stop, |io| at_once(io)).await,
            Door::Tls(listener) => {
                serve_on(listener, router, stop, |io| at_once(io.get_ref().0)).await;
            }
        }
    }
}

async fn serve_on<L: Listener<Addr = SocketAddr>>(
    listener: L,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    prepare: fn(&mut L::Io),
) where
    SocketAddr: for<'a> Connected<IncomingStream<'a, TapIo<L, fn(&mut L::Io)>>>,
{
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener.tap_io(prepare), service).with_graceful_shutdown(stop);
    if let Err(error) = serving.await {
        tracing::error!(%error, "pages are served no more");
    }
}

/// Small messages must not wait for bigger ones (Nagle's algorithm).
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was not set");
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, HubError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => HubError::PortInUse { address },
        _ => HubError::Listen { address, source },
    })
}
