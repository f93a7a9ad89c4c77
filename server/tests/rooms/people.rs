//! Users of a hub and what the planner would know, written straight into its database.

use crate::support::World;
use server::room::hash_token;
use sqlx::{Connection, Row, SqliteConnection, query};

/// A user who is signed in.
pub struct Someone {
    pub id: i64,
    pub token: String,
}

impl World {
    pub async fn database(&self) -> SqliteConnection {
        let path = self.data.path().join("hub.sqlite");
        SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
    }

    pub async fn user(&self, name: &str) -> Someone {
        let mut database = self.database().await;
        let row = query(
            "INSERT INTO users (name, name_key, display_name, password_hash, must_change, created_at_ms)
             VALUES ($1, lower($1), $1, '', 0, 0) RETURNING id",
        )
        .bind(name)
        .fetch_one(&mut database)
        .await
        .unwrap();
        let (id, token) = (row.get("id"), format!("token of {name}"));
        query(
            "INSERT INTO sessions (token_hash, id, user_id, created_at_ms, seen_at_ms, expires_at_ms)
             VALUES ($1, $2, $3, 0, 0, 9000000000000000)",
        )
        .bind(&hash_token(&token)[..])
        .bind(name)
        .bind(id)
        .execute(&mut database)
        .await
        .unwrap();
        Someone { id, token }
    }

    /// An entry over the room of that number, with co-hosts, other users, and outside people.
    pub async fn entry(
        &self,
        number: &str,
        span_ms: (i64, i64),
        people: &[(Option<i64>, bool)],
    ) -> i64 {
        let mut database = self.database().await;
        let row = query(
            "INSERT INTO entries (uid, room_id, organiser_id, kind, title, description, start_ms, end_ms,
               time_zone, current_start_ms, current_end_ms, notify, phone_info, sequence,
               created_at_ms, changed_at_ms)
             SELECT 'entry of ' || number, id, owner_id, kind, name, '', $1, $2, 'Europe/Berlin',
               $1, $2, 0, 0, 0, 0, 0 FROM rooms WHERE number = $3 RETURNING id",
        )
        .bind(span_ms.0)
        .bind(span_ms.1)
        .bind(number)
        .fetch_one(&mut database)
        .await
        .unwrap();
        let entry: i64 = row.get("id");
        for (position, (user, co_host)) in people.iter().enumerate() {
            query(
                "INSERT INTO entry_people (entry_id, position, user_id, name, co_host)
                 VALUES ($1, $2, $3, 'somebody', $4)",
            )
            .bind(entry)
            .bind(position as i64)
            .bind(user)
            .bind(i64::from(*co_host))
            .execute(&mut database)
            .await
            .unwrap();
        }
        entry
    }
}
