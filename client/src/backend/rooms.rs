//! Rooms outside of conferences.

use super::Driver;
use crate::command::{Line, RoomsCommand};
use crate::net::{HubClient, NetError};
use crate::state::{BackendEvent, Failure, RoomsEvent};
use protocol::RingRoom;

/// Lines of a page of the chat.
const CHAT_PAGE: i64 = 50;

impl Driver {
    pub(super) fn obey_rooms(&self, command: RoomsCommand) {
        match command {
            RoomsCommand::List => self.request(
                async |client, token| client.rooms(&token).await,
                |rooms| BackendEvent::Room(RoomsEvent::Listed(rooms)),
            ),
            RoomsCommand::FindPeople { query } => self.request(
                async move |client, token| Ok(client.find_people(&token, &query).await?.users),
                |people| BackendEvent::Room(RoomsEvent::Found(people)),
            ),
            RoomsCommand::Create { room, purpose } => self.request(
                async move |client, token| client.add_room(&token, &room).await,
                move |room| BackendEvent::Room(RoomsEvent::Created { room, purpose }),
            ),
            RoomsCommand::LoadCapacity => {
                let asked = tokio::time::Instant::now();
                self.request(
                    async |client, token| client.capacity(&token).await,
                    move |capacity| {
                        let latency_ms = asked.elapsed().as_millis() as u32;
                        BackendEvent::Room(RoomsEvent::Capacity { capacity, latency_ms })
                    },
                );
            }
            RoomsCommand::LoadDetails { number } => self.ask_room(
                number,
                async |client, token, number| client.room(&token, &number).await,
                |number, details| RoomsEvent::Details { number, details },
            ),
            RoomsCommand::LoadPeople { number } => self.ask_room(
                number,
                async |client, token, number| client.people_now(&token, &number).await,
                |number, people| RoomsEvent::People { number, people },
            ),
            RoomsCommand::LoadStart { number } => self.ask_room(
                number,
                async |client, token, number| client.last_conference(&token, &number).await,
                |number, page| RoomsEvent::Began { number, page },
            ),
            RoomsCommand::Change { number, change } => self.ask_room(
                number,
                async move |client, token, number| {
                    client.change_room(&token, &number, &change).await
                },
                |number, details| RoomsEvent::Changed { number, details },
            ),
            RoomsCommand::NewPin { number } => self.ask_room(
                number,
                async |client, token, number| client.new_pin(&token, &number).await,
                |number, details| RoomsEvent::Changed { number, details },
            ),
            RoomsCommand::NewLink { number } => self.ask_room(
                number,
                async |client, token, number| client.new_link(&token, &number).await,
                |number, details| RoomsEvent::Changed { number, details },
            ),
            RoomsCommand::Delete { number } => self.ask_room(
                number,
                async |client, token, number| client.delete_room(&token, &number).await,
                |number, outcome| RoomsEvent::Gone { number, outcome },
            ),
            RoomsCommand::Leave { number, user } => self.ask_room(
                number,
                async move |client, token, number| {
                    client.remove_member(&token, &number, user).await
                },
                |number, outcome| RoomsEvent::Gone { number, outcome },
            ),
            RoomsCommand::LoadEmbed { number, look } => self.ask_room(
                number,
                async move |client, token, number| client.embed_code(&token, &number, &look).await,
                |number, code| RoomsEvent::Embed { number, code },
            ),
            RoomsCommand::Ring { number, confirm, video } => self.ask_room(
                number,
                async move |client, token, number| {
                    client.ring_room(&token, &number, RingRoom { confirm, video }).await
                },
                |number, outcome| RoomsEvent::Rung { number, outcome },
            ),
            RoomsCommand::Fetch { number, user, video } => self.ask_room(
                number,
                async move |client, token, number| {
                    client.take_in(&token, &number, &user).await?;
                    client.ring_room(&token, &number, RingRoom { confirm: false, video }).await
                },
                |number, outcome| RoomsEvent::Rung { number, outcome },
            ),
            RoomsCommand::LoadMembers { number } => {
                self.change_members(number, async |_, _, _| Ok(()));
            }
            RoomsCommand::SetMember { number, user, host } => {
                self.change_members(number, async move |client, token, number| {
                    client.set_member(&token, &number, user, host).await
                });
            }
            RoomsCommand::RemoveMember { number, user } => {
                self.change_members(number, async move |client, token, number| {
                    client.remove_member(&token, &number, user).await
                });
            }
            RoomsCommand::LoadLinks { number } => {
                self.change_links(number, async |_, _, _| Ok(()));
            }
            RoomsCommand::CreateLink { number, link } => {
                self.change_links(number, async move |client, token, number| {
                    client.create_link(&token, &number, &link).await.map(drop)
                });
            }
            RoomsCommand::RevokeLink { number, id } => {
                self.change_links(number, async move |client, token, number| {
                    client.revoke_link(&token, &number, id).await
                });
            }
            RoomsCommand::LoadChat { number, before } => self.ask_room(
                number,
                async move |client, token, number| {
                    client.room_chat(&token, &number, before, CHAT_PAGE).await
                },
                move |number, page| RoomsEvent::ChatPage { number, before, page },
            ),
            RoomsCommand::LoadLastLines { numbers } => self.load_last_lines(numbers),
            RoomsCommand::Write { number, key, text: Line(text) } => self.ask_room(
                number,
                async move |client, token, number| client.write_line(&token, &number, text).await,
                move |number, line| RoomsEvent::Written { number, key, line },
            ),
        }
    }

    /// A call about one room.
    fn ask_room<T, F>(
        &self,
        number: String,
        call: impl FnOnce(HubClient, String, String) -> F + Send + 'static,
        event: impl FnOnce(String, Result<T, Failure>) -> RoomsEvent + Send + 'static,
    ) where
        T: Send,
        F: Future<Output = Result<T, NetError>> + Send,
    {
        let asked = number.clone();
        self.request(
            move |client, token| call(client, token, asked),
            move |answer| BackendEvent::Room(event(number, answer)),
        );
    }

    /// Changes who belongs to a room and asks who does now.
    fn change_members<F>(
        &self,
        number: String,
        change: impl FnOnce(HubClient, String, String) -> F + Send + 'static,
    ) where
        F: Future<Output = Result<(), NetError>> + Send,
    {
        self.ask_room(
            number,
            async move |client, token, number| {
                change(client.clone(), token.clone(), number.clone()).await?;
                client.members(&token, &number).await
            },
            |number, members| RoomsEvent::Members { number, members },
        );
    }

    /// Changes a room's further links and asks which there are now.
    fn change_links<F>(
        &self,
        number: String,
        change: impl FnOnce(HubClient, String, String) -> F + Send + 'static,
    ) where
        F: Future<Output = Result<(), NetError>> + Send,
    {
        self.ask_room(
            number,
            async move |client, token, number| {
                change(client.clone(), token.clone(), number.clone()).await?;
                client.links(&token, &number).await
            },
            |number, links| RoomsEvent::Links { number, links },
        );
    }

    /// One after another, so that a long list does not flood the hub. A line that does not come
    /// leaves its row without.
    fn load_last_lines(&self, numbers: Vec<String>) {
        let Some(session) = &self.session else { return };
        let (client, token) = (session.client.clone(), session.token.clone());
        let teller = self.teller();
        self.runtime.spawn(async move {
            for number in numbers {
                let Ok(page) = client.room_chat(&token, &number, None, 1).await else { continue };
                if let Some(line) = page.lines.into_iter().next_back() {
                    teller.tell(BackendEvent::Room(RoomsEvent::LastLine { number, line }));
                }
            }
        });
    }
}
