//! One way through everything that a hub remembers. Each topic is a function of its own, so that a
//! new one is a new line in [`run`].

use crate::smtp::{Door, MailServer};
use crate::support::World;
use crate::{calls, mails, people, planner, records, rooms as rooms_of_people};
use protocol::{ChatScope, Room, RoomKind};
use server::{Config, Hub, HubError, manage};

/// Runs the flow on a hub whose configuration `configure` completes.
pub async fn run(configure: impl Fn(&mut Config)) {
    let mail = MailServer::start(Door::Plain, None);
    let configure = |config: &mut Config| {
        config.mail = Some(mail.config(None));
        config.webhooks_private = true;
        configure(config);
    };
    let mut world = World::start_with(configure);
    let mut config = Config::local(world.data.path());
    configure(&mut config);

    accounts(&world, &config).await;
    let room = rooms(&world).await;
    let last_line = conference(&world, &room).await;
    figures(&world).await;

    world = restarted(world, &config).await;
    what_survived(&world, &room, last_line).await;
    let staff = people::accounts_and_contacts(&world).await;
    rooms_of_people::members_links_and_guesses(&world, &staff).await;
    let planned = planner::from_the_draft_to_the_end(&world, &staff).await;
    mails::outbox(&world, &mail).await;
    calls::rings_journal_and_chat(&world, &staff).await;
    records::reports(&world, &staff).await;
    records::webhooks(&world).await;
    no_backup_of_a_server(&config).await;

    world = restarted(world, &config).await;
    planner::what_survived(&world, planned).await;
    people::hand_over(&world, &staff).await;
    std::fs::remove_file(world.data.path().join("link.secret")).unwrap();
    world = restarted(world, &config).await;
    links_after_a_lost_secret(&world, &room).await;
    world.hub.stop().await;
}

async fn restarted(world: World, config: &Config) -> World {
    let World { hub, data, token, http } = world;
    hub.stop().await;
    World { hub: Hub::start(config.clone()).unwrap(), data, token, http }
}

/// Administration, off the test's own threads: it blocks.
async fn managed<T: Send + 'static>(
    config: &Config,
    work: impl FnOnce(&Config) -> Result<T, HubError> + Send + 'static,
) -> Result<T, HubError> {
    let config = config.clone();
    tokio::task::spawn_blocking(move || work(&config)).await.unwrap()
}

async fn accounts(world: &World, config: &Config) {
    let first = world.hub.first_password().unwrap().to_owned();
    let (status, signed_in) = world.sign_in("ADMIN", &first).await;
    assert_eq!(status, 200, "upper and lower case do not matter: {signed_in}");
    let token = signed_in["token"].as_str().unwrap();
    assert_eq!(world.delete("/api/v1/session", token).await, 204);
    assert_eq!(world.get("/api/v1/rooms", Some(token)).await.0, 401);

    let password = managed(config, |config| manage::add_user(config, "Jürgen".trim_end())).await;
    assert!(matches!(password, Err(HubError::AccountName { .. })));
    let password = managed(config, |config| manage::add_user(config, "juergen")).await.unwrap();
    assert_eq!(world.sign_in("juergen", &password).await.0, 200);
    let again = managed(config, |config| manage::add_user(config, "Juergen")).await;
    assert!(matches!(again, Err(HubError::AccountExists { .. })), "names differ by more than case");
    let other = managed(config, |config| manage::reset_password(config, "juergen")).await.unwrap();
    assert_eq!(world.sign_in("juergen", &password).await.0, 401);
    assert_eq!(world.sign_in("juergen", &other).await.0, 200);
    let missing = managed(config, |config| manage::reset_password(config, "nobody")).await;
    assert!(matches!(missing, Err(HubError::AccountMissing { .. })));
}

async fn rooms(world: &World) -> Room {
    let first = world.room("Grüße & Fragen", RoomKind::Webinar).await;
    let second = world.room("Daily", RoomKind::GroupCall).await;
    let (status, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
    let listed: Vec<Room> = serde_json::from_value(listed).unwrap();
    assert_eq!((status, listed), (200, vec![second, first.clone()]));
    first
}

/// Join by session and by link, chat, resume; gives the id of the last line.
async fn conference(world: &World, room: &Room) -> i64 {
    let mut host = world.host(room).await;
    host.joined().await;
    let mut guest = world.guest(room, "Gerd").await;
    let (resume_token, snapshot) = guest.joined().await;
    host.next().await;
    host.chat(ChatScope::Everyone, "Grüß Gott 👋").await;
    host.line().await;
    guest.line().await;
    host.chat(ChatScope::Private { participant: snapshot.you }, "psst").await;
    let last = host.line().await;
    assert_eq!(guest.line().await.text, "psst");
    drop(guest);
    let mut guest = world.resume(&resume_token).await;
    let (_, snapshot) = guest.joined().await;
    assert_eq!(snapshot.chat.len(), 2);
    last.id
}

async fn figures(world: &World) {
    let text = world.page("/metrics").await.text().await.unwrap();
    assert!(text.contains("katheder_outbox_waiting 0"), "{text}");
}

async fn what_survived(world: &World, room: &Room, last_line: i64) {
    assert_eq!(world.hub.first_password(), None, "the administrator is there");
    let (status, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
    assert_eq!((status, listed.as_array().unwrap().len()), (200, 2), "the session is, too");
    assert_eq!(world.page(&room.link_path).await.status(), 200);
    let mut host = world.host(room).await;
    host.joined().await;
    host.chat(ChatScope::Hosts, "again").await;
    assert!(host.line().await.id > last_line, "line ids go on where they were");
}

/// SQLite is saved by the hub, PostgreSQL by its own tools.
async fn no_backup_of_a_server(config: &Config) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup");
    let saved = managed(config, move |config| manage::backup(config, &file)).await;
    match config.database {
        None => saved.unwrap(),
        Some(_) => assert!(saved.unwrap_err().to_string().contains("pg_dump")),
    }
}

async fn links_after_a_lost_secret(world: &World, room: &Room) {
    assert_eq!(world.page(&room.link_path).await.status(), 404, "the old link is dead");
    let (_, listed) = world.get("/api/v1/rooms", Some(&world.token)).await;
    let listed: Vec<Room> = serde_json::from_value(listed).unwrap();
    let fresh = listed.iter().find(|listed| listed.number == room.number).unwrap();
    assert_ne!(fresh.link_path, room.link_path);
    assert_eq!(world.page(&fresh.link_path).await.status(), 200, "a new one took its place");
}
