//! The hub's people.

use super::Driver;
use crate::command::PeopleCommand;
use crate::state::{BackendEvent, PeopleEvent};
use protocol::EventRequest;

/// A picture is a square of 256; whatever is larger is not one of the hub's, pixels a side.
const LARGEST_PICTURE: u32 = 1024;

impl Driver {
    pub(super) fn obey_people(&self, command: PeopleCommand) {
        match command {
            PeopleCommand::LoadContacts => self.request(
                async |client, token| client.contacts(&token).await,
                |contacts| BackendEvent::People(PeopleEvent::Contacts(contacts)),
            ),
            PeopleCommand::Search { query } => {
                let asked = query.clone();
                self.request(
                    async move |client, token| Ok(client.find_people(&token, &asked).await?.users),
                    |users| BackendEvent::People(PeopleEvent::Found { query, users }),
                );
            }
            PeopleCommand::LoadPicture { user } => self.load_picture(user),
            PeopleCommand::SetContact { user, contact } => {
                let changed = user.clone();
                self.request(
                    async move |client, token| client.set_contact(&token, &changed, contact).await,
                    move |done| {
                        BackendEvent::People(PeopleEvent::ContactSet { user, contact, done })
                    },
                );
            }
            PeopleCommand::OpenChat { user } => self.open_chat(user),
            PeopleCommand::SetBusy(busy) => self.wish(EventRequest::Busy { busy }),
        }
    }

    fn open_chat(&self, user: String) {
        let other = user.clone();
        self.request(
            async move |client, token| {
                let me = client.me(&token).await?;
                let them = client.person(&token, &other).await?;
                let names = (me.display_name.as_str(), them.display_name.as_str());
                client.chat_room(&token, names, &other, them.id).await
            },
            |number| BackendEvent::People(PeopleEvent::ChatRoom { user, number }),
        );
    }

    /// A picture that does not come leaves the initials where they are.
    fn load_picture(&self, user: String) {
        let Some(session) = &self.session else { return };
        let (client, token) = (session.client.clone(), session.token.clone());
        let teller = self.teller();
        self.runtime.spawn(async move {
            let Ok(png) = client.picture(&token, &user).await else { return };
            let mut reader = image::ImageReader::new(std::io::Cursor::new(png));
            reader.set_format(image::ImageFormat::Png);
            let mut limits = image::Limits::default();
            limits.max_image_width = Some(LARGEST_PICTURE);
            limits.max_image_height = Some(LARGEST_PICTURE);
            reader.limits(limits);
            let Ok(picture) = reader.decode() else { return };
            let picture = picture.to_rgba8();
            let size = [picture.width() as usize, picture.height() as usize];
            let picture = egui::ColorImage::from_rgba_unmultiplied(size, &picture);
            teller.tell(BackendEvent::Picture(user, picture));
        });
    }
}
