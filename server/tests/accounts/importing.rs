//! Accounts from a file: what is read, what is made of it, and what is told about it.

use crate::{Hub, answer, text};
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use server::import::{self, FileError};

fn outcomes(report: &Value) -> Vec<(u64, String, String)> {
    let line =
        |line: &Value| (line["line"].as_u64().unwrap(), text(line, "name"), text(line, "outcome"));
    report["lines"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_makes_what_is_missing_and_tells_about_each_line() {
    let hub = Hub::start();
    let file = "\u{feff}Role;Name;Display_Name;E-Mail\r\n";
    let (status, why) = hub.import("", file).await;
    assert_eq!((status, &why["code"]), (400, &json!("bad_file")));
    assert!(text(&why, "message").contains("E-Mail"), "{why}");

    let file = "\u{feff}Role;Name;Display_Name;Email;language\r\n\
                ;anna;\"Muster; Anna\";anna@example.org;en\r\n\
                administrator;ben;;;\r\n\
                \r\n\
                chief;clara;;;\r\n\
                member;admin;;;\r\n\
                member;ANNA;;;\r\n";
    let expected = |anna: &str| {
        vec![
            (2, "anna".to_owned(), anna.to_owned()),
            (3, "ben".to_owned(), anna.to_owned()),
            (5, "clara".to_owned(), "error".to_owned()),
            (6, "admin".to_owned(), "exists".to_owned()),
            (7, "ANNA".to_owned(), "error".to_owned()),
        ]
    };
    for query in ["?dry_run=true", "?all_or_nothing=true"] {
        let (status, report) = hub.import(query, file).await;
        assert_eq!((status, &report["applied"]), (200, &json!(false)), "{query}");
        assert_eq!(outcomes(&report), expected("created"));
        assert!(!report.to_string().contains("one_time_password"), "{report}");
        assert_eq!(hub.sql("SELECT id FROM users").await.len(), 1, "{query} makes none");
    }
    let (_, report) = hub.import("", file).await;
    assert_eq!((&report["applied"], outcomes(&report)), (&json!(true), expected("created")));
    assert!(text(&report["lines"][2], "reason").contains("role"));
    assert!(text(&report["lines"][4], "reason").contains("line 2"));
    let one_time = text(&report["lines"][1], "one_time_password");
    let ben = hub.sign_in("ben", &one_time).await;
    hub.0.choose_password(&ben.token, &one_time).await;
    assert_eq!(hub.get("/api/v1/admin/users", &ben).await.0, 200);
    let anna = hub.sign_in("anna", &text(&report["lines"][0], "one_time_password")).await;
    let (_, me) = hub.get("/api/v1/me", &anna).await;
    assert_eq!((&me["display_name"], &me["language"]), (&json!("Muster; Anna"), &json!("en")));
    assert_eq!(me["must_change"], true);

    let (_, again) = hub.import("", file).await;
    assert_eq!(outcomes(&again), expected("exists"), "a second time nothing happens");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_has_limits_and_takes_csv_alone() {
    let hub = Hub::start();
    let lines: String = (0..5000).map(|n| format!("user{n},{}\n", "x".repeat(80))).collect();
    let (status, report) = hub.import("", format!("name,display_name\n{lines}")).await;
    assert_eq!((status, report["lines"].as_array().unwrap().len()), (200, 5000));
    assert_eq!(hub.sql("SELECT id FROM users").await.len(), 5001, "well over 64 KiB is taken");
    let (status, why) = hub.import("", format!("name,display_name\n{lines}one,more")).await;
    assert_eq!((status, &why["code"]), (400, &json!("bad_file")));
    let (status, why) = hub.import("", vec![b'x'; import::MAX_BYTES + 1]).await;
    assert_eq!((status, &why["code"]), (413, &json!("too_big")));
    let request = hub.request(Method::POST, "/api/v1/admin/users/import", &hub.administrator());
    let (status, why) = answer(request.body("name\nx")).await;
    assert_eq!((status, &why["code"]), (415, &json!("not_csv")));
    // Any other call keeps its small limit.
    let body = json!({ "display_name": "x".repeat(70_000) });
    assert_eq!(hub.patch("/api/v1/me", &hub.administrator(), body).await.0, 413);
}

#[test]
fn a_file_is_refused_as_a_whole_with_the_reason() {
    let read = |bytes: &[u8]| import::read(bytes).unwrap_err();
    assert_eq!(read(b""), FileError::Empty);
    assert_eq!(read("\u{feff}\r\n".as_bytes()), FileError::Empty);
    assert_eq!(read(b"display_name\nx"), FileError::NoNames);
    assert_eq!(read(b"name;mail\nx;y"), FileError::UnknownColumn("mail".into()));
    assert_eq!(read(b"name,Name\n"), FileError::TwiceTheColumn("name".into()));
    assert_eq!(read("\u{feff}E-Mail;x\r\n".as_bytes()), FileError::UnknownColumn("E-Mail".into()));
    let windows = b"name;display_name\nanna;Anna M\xfcller\n";
    let error = read(windows);
    assert_eq!(error, FileError::NotUtf8 { line: 2, byte: 0xfc });
    assert!(error.to_string().contains("Windows-1252"), "{error}");
    assert_eq!(read(b"\xff\xfen\0a\0"), FileError::NotUtf8 { line: 1, byte: 0xff });
}

#[test]
fn commas_semicolons_and_quotes_are_read_alike() {
    let read = |text: &str| import::read(text.as_bytes()).unwrap();
    let with_commas = read("name,display_name\nanna,\"Muster, Anna\"\nben,Ben\n");
    let with_semicolons = read("name;display_name\nanna;Muster, Anna\nben;Ben\n");
    assert_eq!(with_commas, with_semicolons);
    assert_eq!(with_commas[0].person.as_ref().unwrap().display_name, "Muster, Anna");
    let numbers = |text| read(text).iter().map(|line| line.number).collect::<Vec<_>>();
    assert_eq!(numbers("name\n\nanna\n\n\nben\n"), [3, 6]);
    assert_eq!(numbers("\r\nname\r\nanna\r\n\r\nben"), [3, 5]);
    assert_eq!(numbers("name,display_name\nanna,\"Anna\nMuster\"\nben"), [2, 4]);
    let short = read("name,email,role\nanna\n");
    assert!(short[0].person.is_ok(), "missing cells are empty ones");
    let long = read("name,email\nanna,,administrator\n");
    assert!(long[0].person.as_ref().unwrap_err().contains("3 cells"), "{long:?}");
}

proptest! {
    #[test]
    fn reading_a_file_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = import::read(&bytes);
    }

    #[test]
    fn whatever_is_read_fits(text in "name[,;]email\n([a-zA-Z@.,;\"\n\r \u{0}-\u{ff}]{0,40}\n){0,8}") {
        let lines = import::read(text.as_bytes()).unwrap_or_default();
        let mut names = Vec::new();
        for person in lines.into_iter().flat_map(|line| line.person) {
            prop_assert!(!person.name.is_empty() && person.name.len() <= 64 && person.name.is_ascii());
            prop_assert!(!person.display_name.chars().any(char::is_control));
            let key = person.name.to_lowercase();
            prop_assert!(!names.contains(&key), "{} twice", key);
            names.push(key);
        }
    }
}
