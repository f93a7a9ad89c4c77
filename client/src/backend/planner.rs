//! Planner entries and their invitations, with the system's file dialogs.

use super::Driver;
use crate::command::PlannerCommand;
use crate::state::{BackendEvent, Failure, PlannerEvent};
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use tokio::task::spawn_blocking;

/// The hub takes answers up to this size; nobody's calendar writes more.
const MAX_REPLY_BYTES: u64 = 64 * 1024;

/// What became of a file dialog: nothing when the user closed it, or why the file cannot be used.
type Picked<T> = Result<Option<T>, String>;

impl Driver {
    pub(super) fn obey_planner(&self, command: PlannerCommand) {
        match command {
            PlannerCommand::List(query) => {
                let asked = query.clone();
                self.request(
                    async move |client, token| client.entries(&token, &asked).await,
                    |page| BackendEvent::Planner(PlannerEvent::Listed { query, page }),
                );
            }
            PlannerCommand::Details { entry } => self.request(
                async move |client, token| client.entry(&token, entry).await,
                move |details| BackendEvent::Planner(PlannerEvent::Details { entry, details }),
            ),
            PlannerCommand::Room { number } => {
                let asked = number.clone();
                self.request(
                    async move |client, token| Ok(client.room_of_entry(&token, &asked).await?.room),
                    |room| BackendEvent::Planner(PlannerEvent::Room { number, room }),
                );
            }
            PlannerCommand::Delete { entry } => self.request(
                async move |client, token| client.delete_entry(&token, entry).await,
                move |gone| BackendEvent::Planner(PlannerEvent::Deleted { entry, gone }),
            ),
            PlannerCommand::SendInvitations { entry } => self.request(
                async move |client, token| client.send_invitations(&token, entry).await,
                move |queued| BackendEvent::Planner(PlannerEvent::Invited { entry, queued }),
            ),
            PlannerCommand::Invitation { entry, language, act } => self.request(
                async move |client, token| client.invitation(&token, entry, language).await,
                move |invitation| {
                    BackendEvent::Planner(PlannerEvent::Invitation { entry, act, invitation })
                },
            ),
            PlannerCommand::SaveCalendar { entry, name, language } => self.request(
                async move |client, token| {
                    let file = client.calendar_file(&token, entry, language).await?;
                    Ok(off_thread(move || save_calendar(&name, &file)).await)
                },
                move |saved| {
                    let saved = flat(saved);
                    BackendEvent::Planner(PlannerEvent::CalendarSaved { entry, saved })
                },
            ),
            PlannerCommand::OpenCalendar(path) => self.open_calendar(path),
            PlannerCommand::ImportReply { entry } => self.request(
                async move |client, token| match off_thread(pick_reply).await {
                    Ok(Some(file)) => Ok(Ok(Some(client.import_reply(&token, entry, file).await?))),
                    Ok(None) => Ok(Ok(None)),
                    Err(why) => Ok(Err(why)),
                },
                move |reply| {
                    let reply = flat(reply);
                    BackendEvent::Planner(PlannerEvent::Replied { entry, reply })
                },
            ),
            PlannerCommand::ChangeOccurrence { entry, original_ms, change } => self.request(
                async move |client, token| {
                    client.change_occurrence(&token, entry, original_ms, change).await
                },
                move |saved| BackendEvent::Planner(PlannerEvent::Changed { entry, saved }),
            ),
            PlannerCommand::ListMail => self.request(
                async |client, token| client.pending_mail(&token).await,
                |mail| BackendEvent::Planner(PlannerEvent::Mail(mail)),
            ),
            PlannerCommand::RetryMail { mail } => self.request(
                async move |client, token| client.retry_mail(&token, mail).await,
                move |retried| BackendEvent::Planner(PlannerEvent::Retried { mail, retried }),
            ),
        }
    }

    /// Gives a file to the program that the system opens calendar files with.
    fn open_calendar(&self, path: PathBuf) {
        let teller = self.teller();
        self.runtime.spawn_blocking(move || {
            if let Err(error) = open_with_system(&path) {
                let failure = Failure::Other(error.to_string());
                teller.tell(BackendEvent::Planner(PlannerEvent::NotOpened(failure)));
            }
        });
    }
}

fn flat<T>(answer: Result<Picked<T>, Failure>) -> Result<Option<T>, Failure> {
    answer.and_then(|picked| picked.map_err(Failure::Other))
}

/// Runs what waits for the user or the disk where it holds nothing up.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Picked<T> + Send + 'static,
) -> Picked<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(error.to_string()))
}

fn calendar_dialog() -> rfd::FileDialog {
    rfd::FileDialog::new().add_filter("iCalendar", &["ics"])
}

fn save_calendar(name: &str, file: &[u8]) -> Picked<PathBuf> {
    let Some(path) = calendar_dialog().set_file_name(name).save_file() else { return Ok(None) };
    std::fs::write(&path, file).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Some(path))
}

fn pick_reply() -> Picked<Vec<u8>> {
    let Some(path) = calendar_dialog().pick_file() else { return Ok(None) };
    let why = |error: std::io::Error| format!("{}: {error}", path.display());
    if std::fs::metadata(&path).map_err(why)?.len() > MAX_REPLY_BYTES {
        return Err(format!("{}: > {} KiB", path.display(), MAX_REPLY_BYTES / 1024));
    }
    std::fs::read(&path).map(Some).map_err(why)
}

fn open_with_system(path: &Path) -> std::io::Result<()> {
    let opener = if cfg!(target_os = "windows") {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    Process::new(opener).arg(path).spawn()?.wait().map(|_| ())
}
