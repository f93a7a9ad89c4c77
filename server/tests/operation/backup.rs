use crate::support::World;
use protocol::RoomKind;
use server::{Config, Hub, manage};
use std::path::Path;

async fn status(hub: &Hub, path: &str) -> u16 {
    let url = format!("http://{}{path}", hub.http_addr());
    reqwest::get(url).await.unwrap().status().as_u16()
}

/// The blocking call, off the test's own threads.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn backup(data: &Path, file: &Path) -> Result<(), String> {
    let (config, file) = (Config::local(data), file.to_owned());
    off_thread(move || manage::backup(&config, &file).map_err(|error| error.to_string())).await
}

async fn restore(file: &Path, data: &Path) -> Result<(), String> {
    let (config, file) = (Config::local(data), file.to_owned());
    off_thread(move || manage::restore(&file, &config).map_err(|error| error.to_string())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_hub_runs_brings_everything_back() {
    let world = World::start();
    let password = world.hub.first_password().unwrap().to_owned();
    let room = world.room("Nebenkosten", RoomKind::Webinar).await;
    let place = tempfile::tempdir().unwrap();
    let (file, data) = (place.path().join("hub.backup"), place.path().join("new"));
    backup(world.data.path(), &file).await.unwrap();
    let after = world.room("Later", RoomKind::Webinar).await;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "nobody else may read it");
    }
    let error = backup(world.data.path(), &file).await.unwrap_err();
    assert!(error.contains("already"), "{error}");

    restore(&file, &data).await.unwrap();
    let hub = Hub::start(Config::local(&data)).unwrap();
    assert_eq!(hub.first_password(), None, "the accounts are there");
    assert_eq!(status(&hub, &room.link_path).await, 200, "links that were sent stay valid");
    assert_eq!(status(&hub, &after.link_path).await, 404, "it was made after the backup");
    let restored = World { hub, ..world };
    assert_eq!(restored.sign_in("admin", &password).await.0, 200);
    let error = restore(&file, &data).await.unwrap_err();
    assert!(error.contains("not empty") && error.contains("--data"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_backup_is_not_restored() {
    let world = World::start();
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("new");
    let error = restore(&place.path().join("none"), &data).await.unwrap_err();
    assert!(error.contains("none") && error.contains("No such file"), "{error}");

    let database = world.data.path().join("hub.sqlite");
    let error = restore(&database, &data).await.unwrap_err();
    assert!(error.contains("not a backup"), "{error}");

    let file = place.path().join("hub.backup");
    backup(world.data.path(), &file).await.unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    // The page of the first table, and with it an index that no longer agrees.
    for byte in &mut bytes[3 * 4096..6 * 4096] {
        *byte ^= 0x55;
    }
    std::fs::write(&file, bytes).unwrap();
    restore(&file, &data).await.unwrap_err();
    assert!(!data.join("hub.sqlite").exists(), "no half database is left");
}

#[test]
fn a_postgresql_hub_is_told_what_saves_it() {
    let place = tempfile::tempdir().unwrap();
    let config = Config {
        database: Some("postgres://u:hunter2@localhost/d".to_owned()),
        ..Config::local(place.path())
    };
    let error = manage::backup(&config, &place.path().join("b")).unwrap_err().to_string();
    assert!(error.contains("pg_dump") && error.contains("link.secret"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}
