//! Every parser of ours against damaged input: it may refuse, it must neither panic nor hang.
//!
//! Inputs are made from good ones by cutting, repeating, swapping and overwriting, from a seed that
//! is printed. `KATHEDER_FUZZ_SECONDS` says how long each target runs (2 without it), and
//! `KATHEDER_FUZZ_SEED` repeats a run.
#![expect(clippy::unwrap_used, reason = "the helpers of a test")]

use protocol::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::conference::{Conference, ConnectionId, Entrant, Now, Opening, ResumeToken};
use server::{config, room};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// One run of a parser takes no longer than this, whatever it is given.
const SLOW: Duration = Duration::from_secs(1);

/// Inputs grow no longer than this, in bytes.
const LONGEST: usize = 64 * 1024;

/// Damage that means something to many parsers.
const PIECES: &[&str] = &[
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\r\n",
    "\n",
    "\"",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[[[[",
    ",",
    ";",
    ":",
    "=",
    "-1",
    "0",
    "1e999",
    "18446744073709551616",
    "-9223372036854775809",
    "NaN",
    "null",
    "true",
    "''",
    "🦀",
    "ß",
    "%00",
    "../",
    ".",
    "#",
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    " ",
    "\t",
];

/// A parser: its name, good inputs, and what it does with any text.
struct Target {
    name: &'static str,
    seeds: &'static [&'static str],
    run: fn(&str),
}

/// Every parser of ours: a new one is a line here.
const TARGETS: &[Target] = &[
    Target { name: "client_message", seeds: MESSAGES, run: client_message },
    Target { name: "resume_token", seeds: &["1048576.7.c2VjcmV0", "0.0."], run: resume_token },
    Target { name: "config", seeds: &[CONFIG], run: config_file },
    Target { name: "calendar_reply", seeds: &[REPLY], run: calendar_reply },
    Target { name: "accounts", seeds: ACCOUNTS, run: accounts },
    Target { name: "line", seeds: &["  Helene \t Graf\n", "Eve\u{202e}mada"], run: line },
    Target { name: "text", seeds: &[" a\nb\u{7}\r\n", "Frage: 1 < 2?"], run: text },
];

const MESSAGES: &[&str] = &[
    r#"{"type":"chat","scope":{"to":"everyone"},"text":"Guten Tag"}"#,
    r#"{"type":"chat","scope":{"to":"private","participant":2},"text":"nur wir"}"#,
    r#"{"type":"hand","raised":true}"#,
    r#"{"type":"lower_hand","participant":2}"#,
    r#"{"type":"lower_all_hands"}"#,
    r#"{"type":"set_role","participant":2,"role":"presenter"}"#,
    r#"{"type":"media","microphone":true,"camera":true,"screen":false}"#,
    r#"{"type":"watch","videos":[{"participant":2,"source":"camera","max_lines":360}]}"#,
    r#"{"type":"offer","sdp":"v=0\r\n","streams":[{"mid":"0","source":"camera","rid":"h","ssrc":1,"rtx_ssrc":2}]}"#,
    r#"{"type":"admit","participant":3}"#,
    r#"{"type":"admit_all"}"#,
    r#"{"type":"remove","participant":2}"#,
    r#"{"type":"mute","participant":2}"#,
    r#"{"type":"mute_all"}"#,
    r#"{"type":"lock","locked":true}"#,
    r#"{"type":"hold","held":true}"#,
    r#"{"type":"set_policy","policy":{"guests":true,"pin_required":false,"waiting_room":true,"users_moderate":false,"chat_everyone":true,"join_muted":false}}"#,
    r#"{"type":"leave"}"#,
    r#"{"type":"end"}"#,
    r#"{"type":"join","version":2,"credential":{"by":"link","link":"abc","name":"Helene"}}"#,
];

const REPLY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n\
    UID:abc@katheder\r\nSEQUENCE:2\r\nDTSTAMP:20261125T100000Z\r\n\
    ATTENDEE;CN=\"Graf, Helene\";PARTSTAT=ACCEPTED:mailto:\r\n h.graf@example.org\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

const ACCOUNTS: &[&str] = &[
    "name;display_name;email;role;language\nanna;\"Muster; Anna\";a@example.org;member;de\n",
    "\u{feff}role,name\r\nadministrator,ben\r\n",
];

const CONFIG: &str = "data = '/var/lib/katheder'\nlisten = '0.0.0.0:7480'\n\
    media_listen = '[::]:7480'\nadvertise = ['203.0.113.7:7480']\n";

/// What parses is carried out: a conference survives whatever anybody in it says.
fn client_message(text: &str) {
    let Ok(message) = serde_json::from_str::<ClientMessage>(text) else { return };
    let again = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<ClientMessage>(&again).unwrap(), message);
    let (now, mut conference) = (now(), conference());
    for connection in [1, 2, 3, 4] {
        conference.handle(now, ConnectionId(connection), message.clone());
        conference.take_effects();
    }
}

/// A host, a second user, and a guest.
fn conference() -> Conference {
    let policy = RoomPolicy::default_for(RoomKind::Webinar);
    let (name, number) = ("Nebenkosten".to_owned(), "123456789".to_owned());
    let kind = RoomKind::Webinar;
    let room = RoomInfo { name, kind, number, pin: None, link_path: None, policy };
    let mut conference = Conference::new(Opening { run: 1, room, next_chat: 1, ad_hoc: true });
    let people = [
        (ParticipantKind::User, Some(1), Role::Host),
        (ParticipantKind::User, Some(2), Role::Presenter),
        (ParticipantKind::Guest, None, Role::Attendee),
    ];
    for (connection, (kind, user, role)) in (1..).zip(people) {
        let name = format!("Person {connection}");
        let entrant =
            Entrant { name, kind, user, session: None, role, secret: connection.to_string() };
        conference.join(now(), ConnectionId(connection), entrant).expect("the room is empty");
    }
    conference
}

fn calendar_reply(text: &str) {
    let _ = server::ical::parse_reply(text.as_bytes());
}

fn accounts(text: &str) {
    let _ = server::import::read(text.as_bytes());
}

fn resume_token(text: &str) {
    if let Some(token) = ResumeToken::parse(text) {
        let again = ResumeToken::parse(&token.to_string()).expect("its own text form");
        assert_eq!((again.run, again.participant), (token.run, token.participant));
        let _ = conference().resume(ConnectionId(9), &token);
    }
}

fn config_file(text: &str) {
    if let Ok(file) = toml::from_str::<config::File>(text) {
        let _ = file.with(None, None);
    }
}

fn line(text: &str) {
    if let Some(line) = room::clean_line(text, MAX_NAME_CHARS) {
        assert!((1..=MAX_NAME_CHARS).contains(&line.chars().count()));
        assert!(!line.contains(['\n', '\u{202e}', '\0']), "{line:?}");
        assert_eq!(room::clean_line(&line, MAX_NAME_CHARS), Some(line), "clean stays clean");
    }
}

fn text(text: &str) {
    if let Some(clean) = room::clean_text(text, MAX_CHAT_CHARS) {
        assert!(!clean.contains(['\r', '\0', '\u{7}']), "{clean:?}");
        assert_eq!(room::clean_text(&clean, MAX_CHAT_CHARS), Some(clean), "clean stays clean");
    }
}

#[test]
fn no_parser_panics_or_hangs_on_damaged_input() {
    let seconds = number("KATHEDER_FUZZ_SECONDS").unwrap_or(2);
    let seed = number("KATHEDER_FUZZ_SEED").unwrap_or_else(rand::random);
    println!("KATHEDER_FUZZ_SEED={seed}, {seconds} s for each of {} targets", TARGETS.len());
    for target in TARGETS {
        let mut random = StdRng::seed_from_u64(seed);
        let (start, mut runs) = (now().instant, 0u64);
        while start.elapsed() < Duration::from_secs(seconds) {
            let input = damaged(target.seeds, &mut random);
            check(target, &input, seed, runs);
            runs += 1;
        }
        println!("{:<16}{runs:>10} inputs", target.name);
        assert!(runs > 0, "{} was not tried", target.name);
    }
}

/// Every good input is one: otherwise most of the damage would be refused at the first byte.
#[test]
fn the_good_inputs_are_good() {
    for message in MESSAGES {
        assert!(serde_json::from_str::<ClientMessage>(message).is_ok(), "{message}");
    }
    assert!(ResumeToken::parse("1048576.7.c2VjcmV0").is_some());
    toml::from_str::<config::File>(CONFIG).unwrap();
}

fn check(target: &Target, input: &str, seed: u64, run: u64) {
    let start = now().instant;
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    let took = start.elapsed();
    let place = format!("{}, KATHEDER_FUZZ_SEED={seed}, input {run}: {input:?}", target.name);
    assert!(outcome.is_ok(), "a panic in {place}");
    assert!(took < SLOW, "{took:?} in {place}");
}

/// A good input, or two, with some damage.
fn damaged(seeds: &[&str], random: &mut StdRng) -> String {
    let pick = |random: &mut StdRng| seeds[random.random_range(0..seeds.len())];
    let mut bytes = pick(random).as_bytes().to_vec();
    for _ in 0..random.random_range(0..6) {
        let (from, to) = (place(&bytes, random), place(&bytes, random));
        let range = from.min(to)..from.max(to);
        match random.random_range(0..7) {
            0 => drop(bytes.drain(range)),
            1 => {
                let part = bytes[range].repeat(random.random_range(1..20));
                bytes.splice(from..from, part);
            }
            2 => {
                let other = pick(random).as_bytes();
                let part = other[place(other, random)..].to_vec();
                bytes.splice(from..from, part);
            }
            3 | 4 => {
                let piece = PIECES[random.random_range(0..PIECES.len())];
                bytes.splice(from..from, piece.bytes());
            }
            5 if from < bytes.len() => bytes[from] ^= 1 << random.random_range(0..8),
            _ => bytes[range].reverse(),
        }
        bytes.truncate(LONGEST);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn place(bytes: &[u8], random: &mut StdRng) -> usize {
    random.random_range(0..=bytes.len())
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {text:?}")))
}

#[expect(clippy::disallowed_methods, reason = "a test's clock")]
fn now() -> Now {
    Now { instant: Instant::now(), unix_ms: 1_774_745_940_000 }
}
