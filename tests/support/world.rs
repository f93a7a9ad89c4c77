//! A hub's data folder with invented people, rooms and entries in it, made as anybody makes them:
//! over REST. Their sessions stay good for whatever hub runs on the folder later.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use server::{Config, Hub};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;

/// A minute, milliseconds.
pub const MINUTE: i64 = 60_000;
/// A day, milliseconds.
pub const DAY: i64 = 24 * 60 * MINUTE;

/// How long a hub may take to answer.
const LIMIT: Duration = Duration::from_secs(20);

/// Somebody with an account.
#[derive(Clone)]
pub struct Person {
    /// The account's name.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// The account.
    pub id: i64,
    /// A session.
    pub token: String,
}

/// An entry of the planner.
pub struct Plan<'a> {
    /// `webinar` or `group_call`.
    pub kind: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What is written about it.
    pub description: &'a str,
    /// From so many milliseconds after now on, for so many; a permanent room without.
    pub times: Option<(i64, i64)>,
}

/// A hub to talk to.
pub struct World {
    /// Where WebSockets and requests run.
    pub runtime: Runtime,
    /// Who owns the hub.
    pub owner: Person,
    /// Everybody else.
    pub people: Vec<Person>,
    http: reqwest::Client,
    base: String,
    hub: Option<Hub>,
}

/// Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "the hub reads the same clock")]
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64
}

impl World {
    /// Founds a hub in `data` for `owner`, with accounts for `others`: name and display name.
    pub fn found(data: &Path, owner: &str, others: &[(&str, &str)]) -> Result<World> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let hub = Hub::start(Config { owner: Some(owner.to_owned()), ..Config::local(data) })?;
        let signed_in = hub.local_sign_in()?;
        let base = format!("http://{}", hub.http_addr());
        let http = reqwest::Client::builder().timeout(LIMIT).build()?;
        let nobody = Person {
            name: signed_in.user,
            display_name: owner.to_owned(),
            id: 0,
            token: signed_in.token,
        };
        let mut world =
            World { runtime, owner: nobody, people: Vec::new(), http, base, hub: Some(hub) };
        world.owner.id = world.me(&world.owner.token)?;
        world.profile(&world.owner)?;
        for (name, display_name) in others {
            let person = world.add(name, display_name)?;
            world.people.push(person);
        }
        Ok(world)
    }

    /// Stops the hub, so that another one can run on its data, at `address`.
    pub fn hand_over(&mut self, address: &str) {
        if let Some(hub) = self.hub.take() {
            self.runtime.block_on(hub.stop());
        }
        self.base = format!("http://{address}");
    }

    /// Somebody by account name.
    pub fn person(&self, name: &str) -> Result<&Person> {
        self.people.iter().find(|person| person.name == name).context("no such person")
    }

    /// Plans an entry and invites people; gives the entry.
    pub fn plan(&self, by: &Person, plan: &Plan<'_>, invited: &[&Person]) -> Result<Value> {
        let schedule = plan.times.map(|(from, long)| {
            let start = now_ms() + from;
            json!({"start_ms": start, "end_ms": start + long, "time_zone": "Europe/Berlin"})
        });
        let people: Vec<Value> = invited.iter().map(|p| json!({"user_id": p.id})).collect();
        let draft = json!({
            "kind": plan.kind, "title": plan.title, "description": plan.description,
            "schedule": schedule, "people": people,
        });
        let saved = self.request(Method::POST, "entries", &by.token, Some(draft))?;
        Ok(saved["entry"].clone())
    }

    /// Asks the hub; fails with what it says where it refuses. Nothing answered is null.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Result<Value> {
        let request = self.http.request(method, self.url(path)).bearer_auth(token);
        self.ask(path, if let Some(body) = body { request.json(&body) } else { request })
    }

    /// Gives somebody a picture: the bytes of a PNG, JPEG or WebP file.
    pub fn portray(&self, person: &Person, picture: Vec<u8>) -> Result<()> {
        let path = "me/picture";
        let request = self.http.put(self.url(path)).bearer_auth(&person.token);
        self.ask(path, request.body(picture))?;
        Ok(())
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.base)
    }

    fn ask(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Value> {
        self.runtime.block_on(async {
            let answer = request.send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            ensure!(status.is_success(), "{path}: {status}: {text}");
            Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
        })
    }

    fn add(&self, name: &str, display_name: &str) -> Result<Person> {
        let account = json!({"name": name, "display_name": display_name, "language": "de",
            "email": format!("{name}@hausverwaltung.example")});
        let made = self.request(Method::POST, "admin/users", &self.owner.token, Some(account))?;
        let once = made["one_time_password"].as_str().context("a password")?;
        let session = json!({"user": name, "password": once});
        let session = self.request(Method::POST, "session", "", Some(session))?;
        let token = session["token"].as_str().context("a session")?.to_owned();
        let password = json!({"old": once, "new": format!("Zimmerlinde am Fenster {name}")});
        self.request(Method::PUT, "me/password", &token, Some(password))?;
        let id = self.me(&token)?;
        let person = Person { name: name.into(), display_name: display_name.into(), id, token };
        self.profile(&person)?;
        Ok(person)
    }

    fn me(&self, token: &str) -> Result<i64> {
        let me = self.request(Method::GET, "me", token, None)?;
        me["id"].as_i64().context("an account")
    }

    /// Nobody plans or joins without one.
    fn profile(&self, person: &Person) -> Result<()> {
        let profile = json!({"name": person.display_name});
        self.request(Method::PUT, "me/profile", &person.token, Some(profile))?;
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.take() {
            self.runtime.block_on(hub.stop());
        }
    }
}
