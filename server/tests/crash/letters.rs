//! What arrived at the mail server.

use crate::smtp::MailServer;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Mail that was left over by the last kill goes out within this time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail as the server took it.
pub struct Letter {
    recipient: String,
    subject: String,
    message_id: String,
    bytes: Vec<u8>,
}

impl Letter {
    fn read(file: &Path) -> Letter {
        let bytes = std::fs::read(file).unwrap();
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
        let recipient = text.lines().nth(1).unwrap().to_owned();
        // Two lines of envelope, then the mail's head (RFC 5322 section 2.2.3: folded lines go on).
        let head = text.split("\n\n").next().unwrap().replace("\n ", " ");
        let header = |name: &str| {
            let value = head.lines().find_map(|line| line.strip_prefix(name));
            value.unwrap_or_else(|| panic!("no {name} in {head}")).trim().to_owned()
        };
        Letter { recipient, subject: header("Subject:"), message_id: header("Message-ID:"), bytes }
    }

    fn key(&self) -> (String, String) {
        (self.recipient.clone(), self.subject.clone())
    }
}

pub fn read(server: &MailServer) -> Vec<Letter> {
    server.taken().iter().map(|file| Letter::read(file)).collect()
}

/// Waits until everything that was promised, by recipient and subject, is there.
pub async fn all_arrived(server: &MailServer, wanted: &BTreeSet<(String, String)>) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let arrived: BTreeSet<_> = read(server).iter().map(Letter::key).collect();
        let missing: Vec<_> = wanted.difference(&arrived).collect();
        if missing.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{} mails never came: {missing:?}", missing.len());
        sleep(Duration::from_millis(200)).await;
    }
}

/// Each letter came under one Message-ID, and what came twice is the same to the byte. How many
/// copies too many arrived: of a mail that the server took just before a kill.
pub fn each_is_one(letters: &[Letter], sent: &BTreeSet<String>) -> usize {
    let mut by_id = BTreeMap::<&str, &Letter>::new();
    let mut ids = BTreeMap::<(String, String), &str>::new();
    for letter in letters {
        let id = &*letter.message_id;
        let first = by_id.entry(id).or_insert(letter);
        assert!(first.bytes == letter.bytes, "two mails have the Message-ID {id}");
        let known = ids.entry(letter.key()).or_insert(id);
        assert_eq!(*known, id, "{:?} came as two mails", letter.key());
    }
    let arrived: BTreeSet<String> = by_id.keys().map(|id| (*id).to_owned()).collect();
    // One that left just before a kill may have been replaced by a newer one before its turn came again:
    // it arrived, and the hub does not know.
    let missing: Vec<_> = sent.difference(&arrived).collect();
    assert!(missing.is_empty(), "noted as sent and never arrived: {missing:?}");
    letters.len() - by_id.len()
}
