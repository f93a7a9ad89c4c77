//! What identifies a room: its number, its link and its PIN; and what a name may contain.
//!
//! The link token has to be shown to the owner again and again, yet the database must not give it
//! away. So the database holds a random nonce and the SHA-256 of the token, and the token is
//! derived: HMAC-SHA256 (RFC 2104) over room id and nonce with a secret that lies in a file of its
//! own beside the database. A copy of the database alone opens no door.

pub mod guesses;
pub mod standing;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::{Digest, Sha256};

/// The longest name of a room, in characters.
pub const MAX_ROOM_NAME_CHARS: usize = 120;

/// The hub's secret for link tokens.
#[derive(Clone)]
pub struct LinkSecret(pub [u8; 32]);

impl LinkSecret {
    /// The link token of a room, 43 characters of base64url that carry 256 bits.
    pub fn token(&self, room: i64, nonce: &[u8]) -> String {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("any length is a key");
        mac.update(b"katheder room link 1");
        mac.update(&room.to_be_bytes());
        mac.update(nonce);
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

/// 256 random bits as base64url.
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What the database keeps instead of a token. Tokens have 256 bits, so a plain hash is enough.
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A random room number of nine digits that does not start with 0.
pub fn random_number() -> String {
    rand::rng().random_range(100_000_000..1_000_000_000u32).to_string()
}

/// A random PIN of six digits.
pub fn random_pin() -> String {
    format!("{:06}", rand::rng().random_range(0..1_000_000u32))
}

/// A name on one line: blanks joined, invisible and direction-changing characters dropped. `None`
/// when nothing is left or it is longer than `max_chars`.
pub fn clean_line(text: &str, max_chars: usize) -> Option<String> {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=max_chars).contains(&line.chars().count()).then_some(line)
}

/// Text of several lines without control characters. `None` when nothing is left or it is longer
/// than `max_chars`.
pub fn clean_text(text: &str, max_chars: usize) -> Option<String> {
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let text = text.trim();
    (1..=max_chars).contains(&text.chars().count()).then(|| text.to_owned())
}

/// Control characters, and the marks that turn text around (UAX #9) or show nothing: with them one
/// name could look like another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_depends_on_room_nonce_and_secret() {
        let secret = LinkSecret([7; 32]);
        let link = secret.token(1, &[1; 16]);
        assert_eq!(link.len(), 43);
        assert_eq!(link, secret.token(1, &[1; 16]));
        assert_ne!(link, secret.token(2, &[1; 16]));
        assert_ne!(link, secret.token(1, &[2; 16]));
        assert_ne!(link, LinkSecret([8; 32]).token(1, &[1; 16]));
    }

    #[test]
    fn numbers_have_nine_digits_and_pins_six() {
        for _ in 0..1000 {
            let (number, pin) = (random_number(), random_pin());
            assert!(number.len() == 9 && number.bytes().all(|b| b.is_ascii_digit()));
            assert!(pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()));
        }
    }

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(clean_line("  Helene \t Graf\n", 80).as_deref(), Some("Helene Graf"));
        assert_eq!(clean_line("Eve\u{202e}mada", 80).as_deref(), Some("Evemada"));
        assert_eq!(clean_line(" \u{200b} ", 80), None);
        assert_eq!(clean_line("äöü", 2), None);
    }

    #[test]
    fn chat_keeps_its_line_breaks() {
        assert_eq!(clean_text(" a\nb\u{7}\r\n", 10).as_deref(), Some("a\nb"));
        assert_eq!(clean_text("\n\n", 10), None);
    }
}
