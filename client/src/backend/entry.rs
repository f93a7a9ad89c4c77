//! The entry that is being planned or changed.

use super::Driver;
use crate::command::EntryCommand;
use crate::state::{BackendEvent, EntryEvent, PlannerEvent};

impl Driver {
    pub(super) fn obey_entry(&self, command: EntryCommand) {
        match command {
            EntryCommand::Save { id, draft } => self.request(
                async move |client, token| match id {
                    Some(id) => client.change_entry(&token, id, &draft).await,
                    None => client.create_entry(&token, &draft).await,
                },
                |answer| match answer {
                    Ok(saved) => BackendEvent::Planner(PlannerEvent::Saved(saved)),
                    Err(failure) => BackendEvent::Entry(EntryEvent::Failed(failure)),
                },
            ),
            EntryCommand::AskHub => self.request(
                async move |client, token| client.hub_facts(&token).await,
                |facts| BackendEvent::Entry(EntryEvent::Hub(facts)),
            ),
            EntryCommand::Check(check) => {
                let draft = Box::new(check.draft.clone());
                self.request(
                    async move |client, token| {
                        Ok(client.check_entry(&token, &check).await?.warnings)
                    },
                    |warnings| BackendEvent::Entry(EntryEvent::Checked { draft, warnings }),
                );
            }
        }
    }
}
