//! What holds until it is wished otherwise: what this side sends, and what it wants to see.

use protocol::ClientMessage;

/// The newest of it. The hub hears it on every entry and with every fresh connection, and never
/// from somebody outside, who sends and sees nothing.
#[derive(Debug, Default)]
pub(super) struct Standing {
    media: Option<ClientMessage>,
    watch: Option<ClientMessage>,
    inside: bool,
}

impl Standing {
    /// Takes a wish; gives what is to be told to the hub now.
    pub(super) fn take(&mut self, wish: ClientMessage) -> Option<ClientMessage> {
        let kept = match &wish {
            ClientMessage::Media { .. } => &mut self.media,
            ClientMessage::Watch { .. } => &mut self.watch,
            _ => return Some(wish),
        };
        *kept = Some(wish.clone());
        self.inside.then_some(wish)
    }

    /// The hub let us in.
    pub(super) fn enter(&mut self, may_publish: bool) {
        self.inside = true;
        if !may_publish {
            self.silence();
        }
    }

    /// We stand outside: before the hub answered, or because it said so.
    pub(super) fn stay_outside(&mut self) {
        self.inside = false;
    }

    /// We may send nothing any more. Whoever may later begins with everything off.
    pub(super) fn silence(&mut self) {
        if let Some(media) = &mut self.media {
            *media = ClientMessage::Media { microphone: false, camera: false, screen: false };
        }
    }

    /// Everything, to be said again.
    pub(super) fn all(&self) -> impl Iterator<Item = &ClientMessage> {
        [&self.media, &self.watch].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(on: bool) -> ClientMessage {
        ClientMessage::Media { microphone: on, camera: on, screen: false }
    }

    fn watch() -> ClientMessage {
        ClientMessage::Watch { videos: Vec::new() }
    }

    #[test]
    fn outside_nothing_is_sent_or_watched_and_inside_the_newest_of_it() {
        let mut standing = Standing::default();
        assert_eq!(standing.take(media(false)), None);
        assert_eq!(standing.take(media(true)), None);
        assert_eq!(standing.take(watch()), None);
        assert_eq!(standing.take(ClientMessage::Leave), Some(ClientMessage::Leave));
        standing.enter(true);
        assert_eq!(standing.all().cloned().collect::<Vec<_>>(), [media(true), watch()]);
        assert_eq!(standing.take(media(false)), Some(media(false)));
        standing.stay_outside();
        assert_eq!(standing.take(media(true)), None);
    }

    #[test]
    fn whoever_may_not_send_forgets_the_wish_to() {
        let mut standing = Standing::default();
        standing.enter(false);
        assert_eq!(standing.all().count(), 0);
        standing.take(media(true));
        standing.enter(false);
        assert_eq!(standing.all().collect::<Vec<_>>(), [&media(false)]);
        standing.take(media(true));
        standing.silence();
        standing.enter(true);
        assert_eq!(standing.all().collect::<Vec<_>>(), [&media(false)]);
    }
}
