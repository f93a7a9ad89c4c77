//! The planner's calls against a real hub in this process.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use crate::data::{DAY, HOUR};
use client::i18n::Language;
use client::net::{HubClient, NetError};
use protocol::*;
use server::{Config, Hub};
use std::time::{SystemTime, UNIX_EPOCH};

#[expect(clippy::disallowed_methods, reason = "the hub reads the same clock")]
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

struct World {
    client: HubClient,
    token: String,
    base: String,
    http: reqwest::Client,
    _hub: Hub,
    _data: tempfile::TempDir,
}

impl World {
    fn start() -> World {
        let data = tempfile::tempdir().unwrap();
        let hub = Hub::start(Config::local(data.path())).unwrap();
        let token = hub.local_sign_in().unwrap().token;
        let base = format!("http://{}", hub.http_addr());
        let client = HubClient::new(&base).unwrap();
        World { client, token, base, http: reqwest::Client::new(), _hub: hub, _data: data }
    }

    async fn put_profile(&self) {
        let profile = ConferenceProfile {
            name: "Miriam".into(),
            camera: None,
            microphone: None,
            speaker: None,
            blur_percent: 0,
            join_muted: false,
            join_without_camera: false,
        };
        let url = format!("{}/api/v1/me/profile", self.base);
        let put = self.http.put(url).bearer_auth(&self.token).json(&profile);
        assert!(put.send().await.unwrap().status().is_success());
    }

    async fn plan(&self, title: &str, rrule: Option<&str>) -> EntryDetails {
        let draft = EntryDraft {
            kind: RoomKind::GroupCall,
            title: title.into(),
            description: String::new(),
            schedule: Some(ScheduleDraft {
                start_ms: now() + DAY,
                end_ms: now() + DAY + HOUR,
                time_zone: "UTC".into(),
                rrule: rrule.map(str::to_owned),
            }),
            people: vec![PersonDraft {
                user_id: None,
                email: Some("farid@hv.example".into()),
                name: Some("Farid".into()),
                co_host: false,
            }],
            notify: false,
            phone_info: false,
            reminder_minutes: None,
        };
        let url = format!("{}/api/v1/entries", self.base);
        let post = self.http.post(url).bearer_auth(&self.token).json(&draft);
        let saved: SavedEntry = post.send().await.unwrap().json().await.unwrap();
        saved.entry
    }
}

fn refusal<T>(answer: Result<T, NetError>) -> String {
    match answer {
        Err(NetError::Refused(error)) => error.code,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("not refused"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a9_c21_e3_e4_e5_an_entry_lives_with_its_number_from_profile_to_deletion() {
    let world = World::start();
    let (client, token) = (&world.client, &world.token);
    assert_eq!(refusal(client.entries(token, &EntryQuery::default()).await), "no_profile");
    world.put_profile().await;
    let planned = world.plan("Wochenrunde", Some("FREQ=DAILY;COUNT=3")).await;
    let id = planned.summary.id;

    let page = client.entries(token, &EntryQuery::default()).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    assert!(page.entries[0].permits.edit && !page.entries[0].permits.join);
    let number = page.entries[0].number.clone();
    let room = client.room_of_entry(token, &number).await.unwrap().room;
    assert_eq!((room.number.as_str(), room.name.as_str()), (number.as_str(), "Wochenrunde"));

    let dates = client.entry(token, id).await.unwrap().upcoming;
    assert_eq!(dates.len(), 3);
    let moved = ChangeOccurrence::Move {
        start_ms: dates[1].start_ms + HOUR,
        end_ms: dates[1].end_ms + HOUR,
    };
    let saved = client.change_occurrence(token, id, dates[1].original_ms, moved).await.unwrap();
    assert_eq!(saved.entry.upcoming[1].start_ms, dates[1].start_ms + HOUR);
    let cancel = ChangeOccurrence::Cancel;
    let saved = client.change_occurrence(token, id, dates[2].original_ms, cancel).await.unwrap();
    assert_eq!(saved.entry.upcoming.len(), 2);
    assert_eq!(saved.entry.summary.number, number, "the number stays through every change");
    let restore = ChangeOccurrence::Restore;
    let saved = client.change_occurrence(token, id, dates[2].original_ms, restore).await.unwrap();
    assert_eq!(saved.entry.upcoming.len(), 3);

    client.delete_entry(token, id).await.unwrap();
    assert_eq!(refusal(client.entry(token, id).await), "not_found");
    assert_eq!(refusal(client.room_of_entry(token, &number).await), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn d3_d4_d5_d8_the_invitation_goes_out_as_text_and_calendar_file_and_answers_come_in() {
    let world = World::start();
    world.put_profile().await;
    let (client, token) = (&world.client, &world.token);
    let planned = world.plan("Objektübergabe", None).await;
    let id = planned.summary.id;

    let german = client.invitation(token, id, Language::German).await.unwrap();
    let english = client.invitation(token, id, Language::English).await.unwrap();
    assert!(german.text.contains(&german.link) && german.text.contains("Objektübergabe"));
    assert_ne!(german.text, english.text);

    let file = client.calendar_file(token, id, Language::German).await.unwrap();
    let file = String::from_utf8(file).unwrap();
    let plain = file.replace("\r\n ", "");
    assert!(plain.starts_with("BEGIN:VCALENDAR") && plain.contains("METHOD:PUBLISH"), "{plain}");
    assert!(plain.contains(&german.link), "people dial in from their calendar");

    let reply = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nMETHOD:REPLY\r\n\
         BEGIN:VEVENT\r\nUID:{}\r\nSEQUENCE:{}\r\nDTSTAMP:20991124T080000Z\r\n\
         ATTENDEE;PARTSTAT=ACCEPTED:mailto:farid@hv.example\r\n\
         ORGANIZER:mailto:miriam@hv.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        planned.uid, planned.sequence
    );
    let answer = client.import_reply(token, id, reply.into_bytes()).await.unwrap();
    assert_eq!((answer.reply.as_str(), answer.recorded), ("accepted", true));
    let invited = client.entry(token, id).await.unwrap().invited;
    assert_eq!(invited[0].reply, PersonReply::Accepted);
    let nonsense = client.import_reply(token, id, b"no calendar".to_vec()).await;
    assert_eq!(refusal(nonsense), "invalid");

    assert_eq!(refusal(client.send_invitations(token, id).await), "no_mail");
    let mail = client.pending_mail(token).await.unwrap();
    assert!(!mail.configured && mail.mails.is_empty());
    assert_eq!(refusal(client.retry_mail(token, 7).await), "not_found");
}
