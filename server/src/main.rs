//! The program `katheder-hub`.

mod service_manager;

use clap::{Parser, Subcommand, ValueEnum};
use protocol::{ImportOutcome, ImportedLine};
use server::{Hub, HubError, config, import, logging, manage};
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
    /// Check the configuration, and whether the hub could start with it.
    Check {
        #[command(flatten)]
        place: Place,
    },
    /// Write everything that a hub remembers into one new file, also while it runs.
    Backup {
        /// The new file; as secret as the data folder.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Fill an empty data folder from a backup.
    Restore {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        place: Place,
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
    /// List accounts: name, role, whether they may sign in, display name; between tabulators.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Keep an account out, and sign it out everywhere.
    Disable {
        /// The account's name.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Let an account in again.
    Enable {
        /// The account's name.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Make an account an administrator, or a member.
    Role {
        /// The account's name.
        name: String,
        /// What it is from now on.
        role: AccountRole,
        #[command(flatten)]
        place: Place,
    },
    /// Make accounts from a CSV file and print their one-time passwords.
    ///
    /// UTF-8, commas or semicolons. The first line names the columns: name, display_name, email,
    /// role (administrator or member), language (de or en). Accounts that exist stay as they are.
    Import {
        /// The file.
        file: PathBuf,
        /// Only say what would become of each line.
        #[arg(long)]
        dry_run: bool,
        /// Make no account when a line is wrong.
        #[arg(long)]
        all_or_nothing: bool,
        #[command(flatten)]
        place: Place,
    },
}

/// What an account may do in the hub.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AccountRole {
    Administrator,
    Member,
}

#[derive(clap::Args)]
struct Place {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder [default: in the user's own data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    /// The configuration, whose log is written from now on.
    fn config(self, listen: Option<SocketAddr>) -> Result<config::Config, HubError> {
        let file = match self.config {
            Some(path) => config::File::read(&path)?,
            None => config::File::default(),
        };
        let config = file.with(self.data, listen)?;
        logging::start(&config.log)?;
        Ok(config)
    }
}

fn main() -> ExitCode {
    let outcome = run(Arguments::parse().command);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("katheder-hub: {error}");
            ExitCode::from(1)
        }
    }
}

fn run(command: Command) -> Result<(), HubError> {
    match command {
        Command::Serve { place, listen } => serve(place.config(listen)?),
        Command::Check { place } => check(&place.config(None)?),
        Command::Backup { file, place } => {
            manage::backup(&place.config(None)?, &file)?;
            say(&format!("wrote {}; keep it as safe as the data folder", file.display()));
            Ok(())
        }
        Command::Restore { file, place } => {
            let config = place.config(None)?;
            manage::restore(&file, &config)?;
            say(&format!("the data folder {} is ready", config.data.display()));
            Ok(())
        }
        Command::User { action } => user(action),
    }
}

fn check(config: &config::Config) -> Result<(), HubError> {
    config.check()?;
    match manage::is_running(config) {
        true => say("a hub runs on this data folder, so its ports were not tried"),
        false => config::check_ports(config)?,
    }
    say("the configuration is in order");
    Ok(())
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
    let scheme = if config.tls == config::Tls::Off { "http" } else { "https" };
    let hub = Hub::start(config)?;
    let (pages, media) = (hub.http_addr(), hub.media_addr());
    say(&format!("listening on {scheme}://{pages} (media: {media} UDP)"));
    if let Some(fingerprint) = hub.certificate_fingerprint() {
        say(&format!("the certificate is self-signed; its SHA-256 fingerprint is {fingerprint}"));
    }
    if let Some(password) = hub.first_password() {
        say(&format!("first start: sign in as \"admin\" with the one-time password {password}"));
    }
    service_manager::tell("READY=1");
    runtime.block_on(async {
        interrupted.await;
        say("stopping");
        service_manager::tell("STOPPING=1");
        hub.stop().await;
    });
    Ok(())
}

fn user(action: UserAction) -> Result<(), HubError> {
    let one_time = |name: String, password: String| {
        say(&format!("account \"{name}\": the one-time password is {password}"));
    };
    match action {
        UserAction::Add { name, place } => {
            let password = manage::add_user(&place.config(None)?, &name)?;
            one_time(name, password);
        }
        UserAction::Password { name, place } => {
            let password = manage::reset_password(&place.config(None)?, &name)?;
            one_time(name, password);
        }
        UserAction::List { place } => {
            for user in manage::users(&place.config(None)?)? {
                let role = if user.administrator { "administrator" } else { "member" };
                let state = if user.disabled { "disabled" } else { "enabled" };
                say(&format!("{}\t{role}\t{state}\t{}", user.name, user.display_name));
            }
        }
        UserAction::Disable { name, place } => {
            manage::disable_user(&place.config(None)?, &name, true)?;
            say(&format!("account \"{name}\" may not sign in any more"));
        }
        UserAction::Enable { name, place } => {
            manage::disable_user(&place.config(None)?, &name, false)?;
            say(&format!("account \"{name}\" may sign in"));
        }
        UserAction::Role { name, role, place } => {
            let administrator = role == AccountRole::Administrator;
            manage::set_role(&place.config(None)?, &name, administrator)?;
            let role = if administrator { "an administrator" } else { "a member" };
            say(&format!("account \"{name}\" is {role}"));
        }
        UserAction::Import { file, dry_run, all_or_nothing, place } => {
            let options = import::Options { dry_run, all_or_nothing };
            import_users(&place.config(None)?, file, options)?;
        }
    }
    Ok(())
}

fn import_users(
    config: &config::Config,
    file: PathBuf,
    options: import::Options,
) -> Result<(), HubError> {
    let report = manage::import_users(config, &file, options)?;
    for ImportedLine { line, name, outcome, one_time_password, reason } in &report.lines {
        let outcome = match (outcome, one_time_password) {
            (ImportOutcome::Created, Some(password)) => format!("one-time password {password}"),
            (ImportOutcome::Created, None) => "new, not made".to_owned(),
            (ImportOutcome::Exists, _) => "exists".to_owned(),
            (ImportOutcome::Error, _) => format!("wrong: {}", reason.as_deref().unwrap_or("?")),
        };
        say(&format!("line {line}: \"{name}\": {outcome}"));
    }
    if !report.applied {
        say("no account was made");
    }
    let wrong = report.lines.iter().filter(|line| line.outcome == ImportOutcome::Error).count();
    match wrong {
        0 => Ok(()),
        wrong => Err(HubError::ImportLines { path: file, wrong }),
    }
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
