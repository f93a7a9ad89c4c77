//! How often numbers and PINs may be guessed: at most [`MOST_WRONG`] wrong ones within [`WINDOW_MS`],
//! for each number over all addresses and for each address over all numbers. After that even the
//! right PIN is refused until the oldest wrong guess is older than the window. Tries that are refused
//! are not counted, so nobody can keep a number locked with them.

use std::net::{IpAddr, Ipv6Addr};

/// So many wrong guesses.
pub const MOST_WRONG: usize = 10;

/// Within so many milliseconds: an hour.
pub const WINDOW_MS: i64 = 3_600_000;

/// The wrong guesses at one number or from one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wrong {
    /// When, Unix milliseconds, oldest first.
    at_ms: Vec<i64>,
}

impl Wrong {
    /// Reads what [`Wrong::to_text`] wrote; forgets what is older than the window.
    pub fn parse(text: &str, now_ms: i64) -> Wrong {
        let recent = |at: &i64| *at > now_ms - WINDOW_MS;
        Wrong { at_ms: text.split(' ').filter_map(|at| at.parse().ok()).filter(recent).collect() }
    }

    /// Unix milliseconds with blanks between.
    pub fn to_text(&self) -> String {
        self.at_ms.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")
    }

    /// Whether no further guess is allowed now.
    pub fn locked(&self) -> bool {
        self.at_ms.len() >= MOST_WRONG
    }

    /// Counts one more.
    pub fn add(&mut self, now_ms: i64) {
        self.at_ms.push(now_ms);
    }
}

/// What guesses at a number are counted under. By number and not by room: what does not exist locks
/// like what does.
pub fn number_subject(number: &str) -> String {
    format!("number:{number}")
}

/// What a user's guesses at the numbers of other people's rooms are counted under.
pub fn user_subject(user: i64) -> String {
    format!("user:{user}")
}

/// What guesses from an address are counted under: IPv4 addresses one by one, IPv6 by network of 64
/// bits, which is what one line gets (RFC 6177).
pub fn address_subject(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("address:{address}"),
        IpAddr::V6(address) => {
            let network = u128::from(address) & (u128::MAX << 64);
            format!("address:{}/64", Ipv6Addr::from(network))
        }
    }
}
