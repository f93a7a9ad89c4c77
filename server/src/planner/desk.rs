//! The planner at work: between the rules, the database and everybody who has to know.
//!
//! A change, its room and its mail are written in one transaction; who listens hears of it after.

use super::Entry;
use super::bookings::{COMPARED, double_bookings};
use super::draft::{self, Account, DraftError};
use super::exceptions::{OccurrenceError, change_occurrence};
use super::recurrence::Series;
use super::states::{self, Refused, Relation};
use crate::happenings::Happening;
use crate::hub::Shared;
use crate::invitations::{self, Change};
use crate::room::{hash_token, random_token};
use crate::store::{RoomRow, StoreError, UserRow, entries};
use protocol::{ChangeOccurrence, DoubleBooking, EntryDraft, EntryState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;

/// How often occurrences that are over make room for the next at least.
const ROLL: Duration = Duration::from_secs(30);

/// So many roll in one transaction: others want to write as well.
const ROLL_AT_ONCE: i64 = 200;

/// What the planner does not do.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// There is no such entry, or the caller may not see it.
    #[error("there is no such entry, or you are not invited to it")]
    NoEntry,
    /// The caller sees the entry, and no more.
    #[error("only the organiser may change this entry")]
    NotYours,
    /// The draft breaks a rule.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// Not now.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The occurrence stays.
    #[error(transparent)]
    Occurrence(#[from] OccurrenceError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A saved entry, and who has something else at that time.
pub struct Saved {
    /// It.
    pub entry: Entry,
    /// By time.
    pub warnings: Vec<DoubleBooking>,
}

/// Plans an entry: with it comes a room whose number is its own for as long as it stands.
pub async fn create(
    shared: &Shared,
    caller: &UserRow,
    draft: &EntryDraft,
    now_ms: i64,
) -> Result<Saved, DeskError> {
    let accounts = accounts(shared, draft).await?;
    let plan = draft::check(draft, &account(caller), &accounts, None, now_ms)?;
    let uid = format!("{}@katheder", random_token());
    let entry = plan.into_entry(uid, caller.id, now_ms);
    let mut transaction = shared.store.begin().await?;
    let entry = loop {
        let (owner, title) = (entry.organiser_id, entry.title.clone());
        let room = RoomRow::drawn(owner, entry.kind, title, entry.created_at_ms);
        let nonce = room.link_nonce.clone();
        let link_hash = |room| hash_token(&shared.link_token(room, &nonce));
        // Taken numbers are rare among 900 million: draw again.
        let kept = entries::insert(&mut transaction, entry.clone(), room, link_hash).await?;
        if let Some((entry, _)) = kept {
            break entry;
        }
    };
    invitations::entry_changed(&mut transaction, shared, Change::Created(&entry), now_ms).await?;
    transaction.commit().await?;
    publish(shared, entry.id, entry.viewers());
    shared.events.room_changed(entry.room_id).await;
    let warnings = warnings(shared, caller.id, &entry, now_ms).await?;
    Ok(Saved { entry, warnings })
}

/// Changes an entry that neither runs nor is over.
pub async fn change(
    shared: &Shared,
    caller: &UserRow,
    id: i64,
    draft: &EntryDraft,
    now_ms: i64,
) -> Result<Saved, DeskError> {
    let accounts = accounts(shared, draft).await?;
    let organiser = organiser_of(shared, caller, id).await?;
    let change = |before: &Entry| {
        let plan = draft::check(draft, &organiser, &accounts, Some(before), now_ms)?;
        Ok(plan.change(before, now_ms))
    };
    let entry = rewrite(shared, caller, id, now_ms, change).await?;
    let warnings = warnings(shared, caller.id, &entry, now_ms).await?;
    Ok(Saved { entry, warnings })
}

/// Moves, cancels or puts back one occurrence.
pub async fn change_one(
    shared: &Shared,
    caller: &UserRow,
    id: i64,
    original_ms: i64,
    change: ChangeOccurrence,
    now_ms: i64,
) -> Result<Saved, DeskError> {
    let change = |before: &Entry| Ok(change_occurrence(before, original_ms, change, now_ms)?);
    let entry = rewrite(shared, caller, id, now_ms, change).await?;
    let series = entry.schedule.as_ref().and_then(|schedule| Series::of(schedule).ok());
    let times = series.and_then(|series| series.occurrence(original_ms));
    let users = entry.viewers();
    let times = times.as_slice();
    let warnings = double_bookings(&shared.store, caller.id, &users, times, id, now_ms).await?;
    Ok(Saved { entry, warnings })
}

/// Deletes an entry and its room: the number is free again. Not while the conference is live.
pub async fn delete(
    shared: &Shared,
    caller: &UserRow,
    id: i64,
    now_ms: i64,
) -> Result<(), DeskError> {
    let mut transaction = shared.store.begin().await?;
    entries::lock(&mut transaction, id).await?;
    let entry = entries::load(&mut transaction, id).await?.ok_or(DeskError::NoEntry)?;
    manages(&entry, caller)?;
    states::check_delete(is_live(shared, &entry))?;
    // The mails name the room, which goes with the entry.
    let told = Change::Deleted(&entry);
    invitations::entry_changed(&mut transaction, shared, told, now_ms).await?;
    entries::delete(&mut transaction, &entry).await?;
    transaction.commit().await?;
    // Whoever waits in front of the room waits for nothing.
    shared.live.end(entry.room_id);
    publish(shared, id, entry.viewers());
    shared.events.room_changed(entry.room_id).await;
    Ok(())
}

/// Who would be in two places at once, were this saved as a new entry or over the one named.
pub async fn check_bookings(
    shared: &Shared,
    caller: &UserRow,
    entry_id: Option<i64>,
    draft: &EntryDraft,
    now_ms: i64,
) -> Result<Vec<DoubleBooking>, DeskError> {
    let accounts = accounts(shared, draft).await?;
    let entry = match entry_id {
        None => draft::check(draft, &account(caller), &accounts, None, now_ms)?.into_entry(
            String::new(),
            caller.id,
            now_ms,
        ),
        Some(id) => {
            let organiser = organiser_of(shared, caller, id).await?;
            let before = shared.store.entry(id).await?.ok_or(DeskError::NoEntry)?;
            draft::check(draft, &organiser, &accounts, Some(&before), now_ms)?
                .change(&before, now_ms)
        }
    };
    warnings(shared, caller.id, &entry, now_ms).await
}

/// Whether an entry's conference goes on.
pub fn is_live(shared: &Shared, entry: &Entry) -> bool {
    shared.live.status(entry.room_id).is_some_and(|status| states::is_live(status.state))
}

/// The rooms whose conference goes on.
pub fn live_rooms(shared: &Shared) -> Vec<i64> {
    let statuses = shared.live.statuses().into_iter();
    statuses.filter(|(_, status)| states::is_live(status.state)).map(|(room, _)| room).collect()
}

/// How an entry stands.
fn state_of(shared: &Shared, entry: &Entry, now_ms: i64) -> Result<EntryState, DeskError> {
    let current = entry.current(now_ms).map_err(OccurrenceError::Series)?;
    let current = current.map(|occurrence| (occurrence.start_ms, occurrence.end_ms));
    Ok(states::state(current, now_ms, is_live(shared, entry)))
}

/// Keeps every recurring entry at the occurrence that runs or comes next, until the hub stops.
pub async fn keep_current(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.clone();
    let mut happenings = shared.happenings.listen();
    loop {
        let wait = roll(&shared).await;
        tokio::select! {
            () = sleep(wait) => {}
            () = entry_changed(&mut happenings) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Waits until an entry changes: it may be the next whose time has come.
async fn entry_changed(happenings: &mut UnboundedReceiver<Happening>) {
    while let Some(happening) = happenings.recv().await {
        if matches!(happening, Happening::Entry { .. }) {
            return;
        }
    }
    std::future::pending().await
}

/// Rolls what is due; how long until the next is.
async fn roll(shared: &Shared) -> Duration {
    let now_ms = crate::clock::now().unix_ms;
    match shared.store.roll_forward(now_ms, ROLL_AT_ONCE).await {
        Ok(rolled) if rolled as i64 == ROLL_AT_ONCE => Duration::ZERO,
        Ok(_) => match shared.store.next_roll().await {
            Ok(Some(at_ms)) => Duration::from_millis((at_ms - now_ms).max(1) as u64).min(ROLL),
            _ => ROLL,
        },
        Err(error) => {
            tracing::warn!(%error, "recurring entries stay at their last occurrence for now");
            ROLL
        }
    }
}

/// Checks that an entry may be changed, changes it and tells everybody.
async fn rewrite(
    shared: &Shared,
    caller: &UserRow,
    id: i64,
    now_ms: i64,
    change: impl FnOnce(&Entry) -> Result<Entry, DeskError>,
) -> Result<Entry, DeskError> {
    let mut transaction = shared.store.begin().await?;
    entries::lock(&mut transaction, id).await?;
    let before = entries::load(&mut transaction, id).await?.ok_or(DeskError::NoEntry)?;
    manages(&before, caller)?;
    states::check_edit(state_of(shared, &before, now_ms)?)?;
    let after = change(&before)?;
    entries::update(&mut transaction, &before, &after).await?;
    let told = Change::Changed { before: &before, after: &after };
    invitations::entry_changed(&mut transaction, shared, told, now_ms).await?;
    transaction.commit().await?;
    let mut users = before.viewers();
    users.extend(after.viewers());
    publish(shared, id, users);
    shared.events.room_changed(after.room_id).await;
    Ok(after)
}

/// The accounts that a draft names, as far as they exist.
async fn accounts(shared: &Shared, draft: &EntryDraft) -> Result<Vec<Account>, StoreError> {
    let named = draft.people.iter().take(draft::max_people(draft.kind));
    let ids: Vec<i64> = named.filter_map(|person| person.user_id).collect();
    shared.store.accounts_by_id(&ids).await
}

/// Whose entry it is that the caller would change; often their own.
async fn organiser_of(shared: &Shared, caller: &UserRow, id: i64) -> Result<Account, DeskError> {
    let entry = shared.store.entry(id).await?.ok_or(DeskError::NoEntry)?;
    manages(&entry, caller)?;
    let organiser = shared.store.user_by_id(entry.organiser_id).await?;
    organiser.as_ref().map(account).ok_or(DeskError::NoEntry)
}

/// Who has something else at the times of an entry's next occurrences.
async fn warnings(
    shared: &Shared,
    viewer: i64,
    entry: &Entry,
    now_ms: i64,
) -> Result<Vec<DoubleBooking>, DeskError> {
    let series = entry.schedule.as_ref().and_then(|schedule| Series::of(schedule).ok());
    let next = series.map_or(Vec::new(), |series| series.upcoming(now_ms, COMPARED));
    let users = entry.viewers();
    Ok(double_bookings(&shared.store, viewer, &users, &next, entry.id, now_ms).await?)
}

fn manages(entry: &Entry, caller: &UserRow) -> Result<(), DeskError> {
    match Relation::of(entry, caller.id, caller.administrator) {
        None => Err(DeskError::NoEntry),
        Some(relation) if !relation.manages() => Err(DeskError::NotYours),
        Some(_) => Ok(()),
    }
}

fn account(user: &UserRow) -> Account {
    Account { id: user.id, name: user.display_name.clone(), email: user.email.clone() }
}

fn publish(shared: &Shared, entry: i64, mut users: Vec<i64>) {
    users.sort_unstable();
    users.dedup();
    shared.happenings.publish(&Happening::Entry { entry, users });
}
