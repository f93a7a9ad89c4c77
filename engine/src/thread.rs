//! The one way to start a thread: with a name.

use crate::{Error, Result};

/// A named thread that is joined when its handle is dropped. Tell it to stop first.
#[derive(Debug)]
pub struct Joined(Option<std::thread::JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take()
            && handle.join().is_err()
        {
            tracing::error!("a media thread panicked");
        }
    }
}

/// Starts `body` on a thread called `name` (Linux shows the first 15 bytes).
#[expect(clippy::disallowed_methods, reason = "this is the helper")]
pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<Joined> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(|handle| Joined(Some(handle)))
        .map_err(|source| Error::System { what: format!("the thread {name}"), source })
}
