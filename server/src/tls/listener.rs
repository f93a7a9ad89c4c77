//! A listener whose connections speak TLS. Handshakes run beside each other, so that a slow one
//! holds nobody up.

use axum::serve::Listener;
use rustls::ServerConfig;
use rustls_acme::is_tls_alpn_challenge;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// A handshake takes two round trips; a connection that needs longer does not speak TLS.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// Handshakes at once; further connections wait in the system's queue.
const HANDSHAKES: usize = 1024;

/// Connections that wait for the server to take them; it does so at once.
const READY: usize = 64;

/// The first byte of every TLS connection: a record of type handshake (RFC 8446, section 5.1).
const HANDSHAKE_RECORD: u8 = 22;

/// How long to wait when the system gives no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_secs(1);

/// Which certificate a connection gets.
#[derive(Clone)]
pub struct Configs {
    /// People's.
    pub normal: Arc<ServerConfig>,
    /// For the authority that checks whether this hub has its name (RFC 8737).
    pub challenge: Option<Arc<ServerConfig>>,
}

/// Gives connections after their TLS handshake.
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Takes connections from `tcp` from now on, until it is dropped.
    pub fn start(tcp: TcpListener, configs: Configs) -> io::Result<TlsListener> {
        let address = tcp.local_addr()?;
        let (sender, ready) = mpsc::channel(READY);
        tokio::spawn(accept(tcp, configs, sender));
        Ok(TlsListener { ready, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The task that accepts ends only after this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

type Ready = mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>;

async fn accept(tcp: TcpListener, configs: Configs, ready: Ready) {
    let handshakes = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(permit) = handshakes.clone().acquire_owned().await else { return };
        let (stream, address) = tokio::select! {
            accepted = tcp.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    if !is_of_one_connection(&error) {
                        tracing::error!(%error, "no connection can be accepted; trying again");
                        tokio::time::sleep(OUT_OF_SOCKETS).await;
                    }
                    continue;
                }
            },
            () = ready.closed() => return,
        };
        let (configs, ready) = (configs.clone(), ready.clone());
        tokio::spawn(async move {
            let _permit = permit;
            match timeout(HANDSHAKE_WITHIN, handshake(stream, configs)).await {
                Ok(Ok(Some(stream))) => drop(ready.send((stream, address)).await),
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS handshake"),
                Err(_) => tracing::debug!(%address, "no TLS handshake in time"),
            }
        });
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The connection after its handshake; `None` when there is nothing more to do with it.
async fn handshake(
    mut stream: TcpStream,
    configs: Configs,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first[0] != HANDSHAKE_RECORD {
        return answer_plain(&mut stream).await.map(|()| None);
    }
    let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
    match configs.challenge {
        Some(challenge) if is_tls_alpn_challenge(&start.client_hello()) => {
            let mut stream = start.into_stream(challenge).await?;
            stream.shutdown().await.map(|()| None)
        }
        _ => start.into_stream(configs.normal).await.map(Some),
    }
}

/// Tells somebody who speaks plain HTTP what to do. What they said is read first: closing with
/// unread bytes would throw the answer away (RFC 9112, section 9.6).
async fn answer_plain(stream: &mut TcpStream) -> io::Result<()> {
    const BODY: &str = "This port speaks HTTPS: write https:// in the address.\n";
    let mut request = [0; 8192];
    let _ = stream.read(&mut request).await?;
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{BODY}",
        BODY.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
