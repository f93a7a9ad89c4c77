//! Invitations and mail: real mails to a real SMTP server, answers from a real IMAP server, calendar
//! files read by a program of others. Times are computed twice, here and there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall say where")]

mod answers;
mod calendars;
mod delivery;
mod invitations;
mod planned;
mod post;
mod reminders;
#[path = "../support/smtp.rs"]
mod smtp;
#[expect(dead_code, reason = "each test binary uses a part of it")]
#[path = "../support/mod.rs"]
mod support;
