//! The program `katheder-hub`.

use clap::{Parser, Subcommand};
use server::{Hub, HubError, config, manage};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The server of Katheder: rooms, signalling, media forwarding and the page for guests.
#[derive(Parser)]
#[command(name = "katheder-hub", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub until it is interrupted.
    Serve {
        #[command(flatten)]
        place: Place,
        /// The address for pages and signalling [default: 127.0.0.1:7480].
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
    },
    /// Manage accounts.
    User {
        #[command(subcommand)]
        action: UserAction,
    },
}

#[derive(Subcommand)]
enum UserAction {
    /// Make an account and print its one-time password.
    Add {
        /// The account's name.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Give an account a new one-time password, and sign it out everywhere.
    Password {
        /// The account's name.
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(clap::Args)]
struct Place {
    /// The configuration file (TOML: data, listen, media_listen, advertise).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: in the user's own data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    fn config(self, listen: Option<SocketAddr>) -> Result<config::Config, HubError> {
        let file = match self.config {
            Some(path) => config::File::read(&path)?,
            None => config::File::default(),
        };
        Ok(file.with(self.data, listen))
    }
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "info,sqlx=warn,str0m=error".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let outcome = match Arguments::parse().command {
        Command::Serve { place, listen } => place.config(listen).and_then(serve),
        Command::User { action } => user(action),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("katheder-hub: {error}");
            ExitCode::from(1)
        }
    }
}

fn serve(config: config::Config) -> Result<(), HubError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(HubError::Thread)?;
    let interrupted = {
        let _context = runtime.enter();
        interruption().map_err(HubError::Thread)?
    };
    let hub = Hub::start(config)?;
    say(&format!("listening on http://{} (media: {} UDP)", hub.http_addr(), hub.media_addr()));
    if let Some(password) = hub.first_password() {
        say(&format!("first start: sign in as \"admin\" with the one-time password {password}"));
    }
    runtime.block_on(async {
        interrupted.await;
        say("stopping");
        hub.stop().await;
    });
    Ok(())
}

fn user(action: UserAction) -> Result<(), HubError> {
    let (name, password) = match action {
        UserAction::Add { name, place } => {
            let password = manage::add_user(&place.config(None)?, &name)?;
            (name, password)
        }
        UserAction::Password { name, place } => {
            let password = manage::reset_password(&place.config(None)?, &name)?;
            (name, password)
        }
    };
    say(&format!("account \"{name}\": the one-time password is {password}"));
    Ok(())
}

/// Standard output may be closed, and the hub runs all the same.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Ends with Ctrl+C, or with the signal that service managers send. Both are heard from this call
/// on, not only once the future is awaited.
#[cfg(unix)]
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends with Ctrl+C.
#[cfg(not(unix))]
fn interruption() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
