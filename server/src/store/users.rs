//! Accounts.

use super::{Connection, Row, Store, StoreError};
use sqlx::{Row as _, query};
use std::collections::HashSet;
use std::fmt;

/// An account.
#[derive(Clone)]
pub struct UserRow {
    /// Its key.
    pub id: i64,
    /// What is typed to sign in.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// A PHC string.
    pub password_hash: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Manages accounts.
    pub administrator: bool,
    /// `de` or `en`: the language of their mail.
    pub language: String,
    /// The password was given by somebody else and has to be changed.
    pub must_change: bool,
    /// May not sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at_ms: i64,
}

impl fmt::Debug for UserRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserRow").field("id", &self.id).field("name", &self.name).finish()
    }
}

/// An account to be made, with a password that has to be changed.
#[derive(Clone)]
pub struct NewUser<'a> {
    /// What is typed to sign in.
    pub name: &'a str,
    /// What others read.
    pub display_name: &'a str,
    /// A PHC string.
    pub password_hash: &'a str,
    /// Where mail reaches them.
    pub email: Option<&'a str>,
    /// Manages accounts.
    pub administrator: bool,
    /// `de` or `en`.
    pub language: &'a str,
}

/// What is to be different about an account; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// What others read.
    pub display_name: Option<String>,
    /// Where mail reaches them, or nowhere.
    pub email: Option<Option<String>>,
    /// `de` or `en`.
    pub language: Option<String>,
    /// Manages accounts.
    pub administrator: Option<bool>,
    /// May not sign in, and is signed out.
    pub disabled: Option<bool>,
}

/// What became of a change that might leave a hub without an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// There is no such account.
    Missing,
    /// Nobody could manage accounts any more: nothing was changed.
    LastAdministrator,
}

/// How much went to the heir of a deleted account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inheritance {
    /// So many rooms.
    pub rooms: u64,
    /// So many planner entries.
    pub entries: u64,
}

impl Store {
    /// Adds an account; `false` when the name is taken.
    pub async fn add_user(&self, user: NewUser<'_>, now_ms: i64) -> Result<bool, StoreError> {
        insert_user(&mut *self.pool.acquire().await?, &user, now_ms).await
    }

    /// Adds accounts, all in one transaction; `false` for each whose name is taken.
    pub async fn add_users(
        &self,
        users: Vec<NewUser<'_>>,
        now_ms: i64,
    ) -> Result<Vec<bool>, StoreError> {
        let mut transaction = self.begin().await?;
        let mut added = Vec::with_capacity(users.len());
        for user in &users {
            added.push(insert_user(&mut transaction, user, now_ms).await?);
        }
        transaction.commit().await?;
        Ok(added)
    }

    /// Gives an account a new password that has to be changed, and signs it out everywhere;
    /// `false` when there is no such account.
    pub async fn reset_password(
        &self,
        name: &str,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        let key = name.to_lowercase();
        let mut transaction = self.begin().await?;
        let changed =
            query("UPDATE users SET password_hash = $1, must_change = 1 WHERE name_key = $2")
                .bind(password_hash)
                .bind(&key)
                .execute(&mut *transaction)
                .await?;
        query("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE name_key = $1)")
            .bind(&key)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Sets the password that somebody chose, and ends their other sessions. `false`: the password
    /// changed since `old_hash` was read.
    pub async fn change_password(
        &self,
        user_id: i64,
        old_hash: &str,
        new_hash: &str,
        keep_session: [u8; 32],
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let changed = query(
            "UPDATE users SET password_hash = $1, must_change = 0
             WHERE id = $2 AND password_hash = $3",
        )
        .bind(new_hash)
        .bind(user_id)
        .bind(old_hash)
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        query("DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2")
            .bind(user_id)
            .bind(&keep_session[..])
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The account of that name, upper or lower case.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        // PostgreSQL takes no NUL in a text, and no name has one.
        if name.contains('\0') {
            return Ok(None);
        }
        query("SELECT * FROM users WHERE name_key = $1")
            .bind(name.to_lowercase())
            .try_map(user)
            .fetch_optional(&self.pool)
            .await
    }

    /// The account with that key.
    pub async fn user_by_id(&self, id: i64) -> Result<Option<UserRow>, StoreError> {
        query("SELECT * FROM users WHERE id = $1")
            .bind(id)
            .try_map(user)
            .fetch_optional(&self.pool)
            .await
    }

    /// The oldest account that manages accounts and may sign in.
    pub async fn first_administrator(&self) -> Result<Option<UserRow>, StoreError> {
        query(
            "SELECT * FROM users WHERE role = 'administrator' AND disabled = 0 ORDER BY id LIMIT 1",
        )
        .try_map(user)
        .fetch_optional(&self.pool)
        .await
    }

    /// The names of all accounts, in lower case.
    pub async fn account_keys(&self) -> Result<HashSet<String>, StoreError> {
        let keys = query("SELECT name_key FROM users")
            .try_map(|row: Row| row.try_get::<String, _>("name_key"))
            .fetch_all(&self.pool)
            .await?;
        Ok(keys.into_iter().collect())
    }

    /// Accounts by name, those after `after`, at most `limit`, whose name or a word of whose display
    /// name begins with `prefix`.
    pub async fn accounts(
        &self,
        prefix: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<UserRow>, StoreError> {
        let [start, word] = patterns(prefix);
        query(
            r"SELECT * FROM users
              WHERE (name_key LIKE $1 ESCAPE '\' OR display_key LIKE $1 ESCAPE '\'
                     OR display_key LIKE $2 ESCAPE '\')
                AND name_key > $3
              ORDER BY name_key LIMIT $4",
        )
        .bind(start)
        .bind(word)
        .bind(after.to_lowercase())
        .bind(limit)
        .try_map(user)
        .fetch_all(&self.pool)
        .await
    }

    /// Changes an account; who is disabled is signed out.
    pub async fn change_user(
        &self,
        id: i64,
        change: UserChange,
    ) -> Result<Outcome<UserRow>, StoreError> {
        let mut transaction = self.begin().await?;
        lock_accounts(&mut transaction).await?;
        let Some(old) = user_of(&mut transaction, id).await? else { return Ok(Outcome::Missing) };
        let new = UserRow {
            display_name: change.display_name.unwrap_or(old.display_name),
            email: change.email.unwrap_or(old.email),
            language: change.language.unwrap_or(old.language),
            administrator: change.administrator.unwrap_or(old.administrator),
            disabled: change.disabled.unwrap_or(old.disabled),
            ..old
        };
        let manages = new.administrator && !new.disabled;
        if !manages && is_last_administrator(&mut transaction, id).await? {
            return Ok(Outcome::LastAdministrator);
        }
        query(
            "UPDATE users SET display_name = $1, display_key = $2, email = $3, language = $4,
                              role = $5, disabled = $6 WHERE id = $7",
        )
        .bind(&new.display_name)
        .bind(new.display_name.to_lowercase())
        .bind(&new.email)
        .bind(&new.language)
        .bind(role(new.administrator))
        .bind(i64::from(new.disabled))
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        if new.disabled {
            query("DELETE FROM sessions WHERE user_id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(Outcome::Done(new))
    }

    /// Deletes an account, and hands its rooms, its planner entries and the reports about them to
    /// the heir. Its sessions, contacts, invitations and webhooks go with it; in reports of what it
    /// took part in, its name stays.
    pub async fn delete_user(
        &self,
        id: i64,
        heir: i64,
    ) -> Result<Outcome<Inheritance>, StoreError> {
        let mut transaction = self.begin().await?;
        lock_accounts(&mut transaction).await?;
        if user_of(&mut transaction, id).await?.is_none() {
            return Ok(Outcome::Missing);
        }
        if is_last_administrator(&mut transaction, id).await? {
            return Ok(Outcome::LastAdministrator);
        }
        let inheritance = hand_over(&mut transaction, id, heir).await?;
        query("DELETE FROM users WHERE id = $1").bind(id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Outcome::Done(inheritance))
    }
}

/// Adds an account within a transaction; `false` when the name is taken.
pub(super) async fn insert_user(
    connection: &mut Connection,
    user: &NewUser<'_>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let added = query(
        "INSERT INTO users (name, name_key, display_name, display_key, password_hash, email, role,
                            language, must_change, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9) ON CONFLICT (name_key) DO NOTHING",
    )
    .bind(user.name)
    .bind(user.name.to_lowercase())
    .bind(user.display_name)
    .bind(user.display_name.to_lowercase())
    .bind(user.password_hash)
    .bind(user.email)
    .bind(role(user.administrator))
    .bind(user.language)
    .bind(now_ms)
    .execute(connection)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Makes every other change to who manages accounts wait until the transaction ends. On SQLite a
/// writing transaction does so anyway; on PostgreSQL it holds the oldest account's row.
async fn lock_accounts(connection: &mut Connection) -> Result<(), StoreError> {
    query("UPDATE users SET role = role WHERE id = (SELECT MIN(id) FROM users)")
        .execute(connection)
        .await?;
    Ok(())
}

async fn user_of(connection: &mut Connection, id: i64) -> Result<Option<UserRow>, StoreError> {
    query("SELECT * FROM users WHERE id = $1")
        .bind(id)
        .try_map(user)
        .fetch_optional(connection)
        .await
}

async fn is_last_administrator(connection: &mut Connection, id: i64) -> Result<bool, StoreError> {
    let administrators: Vec<i64> =
        query("SELECT id FROM users WHERE role = 'administrator' AND disabled = 0")
            .try_map(|row: Row| row.try_get("id"))
            .fetch_all(connection)
            .await?;
    Ok(administrators == [id])
}

async fn hand_over(
    connection: &mut Connection,
    from: i64,
    heir: i64,
) -> Result<Inheritance, StoreError> {
    // Who organises an entry does not take part in it, who owns a room is no member of it.
    const GIVE_UP: [&str; 3] = [
        "DELETE FROM entry_people WHERE user_id = $2
            AND entry_id IN (SELECT id FROM entries WHERE organiser_id = $1)",
        "DELETE FROM room_members WHERE user_id = $2
            AND room_id IN (SELECT id FROM rooms WHERE owner_id = $1)",
        "DELETE FROM entry_viewers WHERE user_id = $2
            AND entry_id IN (SELECT id FROM entries WHERE organiser_id = $1)",
    ];
    const GIVE: [&str; 5] = [
        "UPDATE entry_viewers SET user_id = $2 WHERE user_id = $1 AND organiser = 1",
        "UPDATE conferences SET owner_id = $2 WHERE owner_id = $1",
        "UPDATE outbox SET organiser_id = $2 WHERE organiser_id = $1",
        "UPDATE entries SET organiser_id = $2 WHERE organiser_id = $1",
        "UPDATE rooms SET owner_id = $2 WHERE owner_id = $1",
    ];
    let mut given = [0; GIVE_UP.len() + GIVE.len()];
    for (statement, rows) in GIVE_UP.into_iter().chain(GIVE).zip(&mut given) {
        let done = query(statement).bind(from).bind(heir).execute(&mut *connection).await?;
        *rows = done.rows_affected();
    }
    // A later account may get the key of a deleted one, and must not inherit its reports.
    query("UPDATE stays SET user_id = NULL WHERE user_id = $1")
        .bind(from)
        .execute(connection)
        .await?;
    let [.., entries, rooms] = given;
    Ok(Inheritance { rooms, entries })
}

/// What the names that begin with `prefix` are like, and the names that have a later word like it.
pub(super) fn patterns(prefix: &str) -> [String; 2] {
    let mut escaped = String::new();
    for c in prefix.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    [format!("{escaped}%"), format!("% {escaped}%")]
}

fn role(administrator: bool) -> &'static str {
    if administrator { "administrator" } else { "member" }
}

/// An account in a row that has all columns of `users`.
pub(super) fn user(row: Row) -> Result<UserRow, StoreError> {
    let role: String = row.try_get("role")?;
    Ok(UserRow {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        display_name: row.try_get("display_name")?,
        password_hash: row.try_get("password_hash")?,
        email: row.try_get("email")?,
        administrator: role == "administrator",
        language: row.try_get("language")?,
        must_change: row.try_get::<i64, _>("must_change")? != 0,
        disabled: row.try_get::<i64, _>("disabled")? != 0,
        created_at_ms: row.try_get("created_at_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passwords_hash_stays_out_of_debug_output() {
        let user = UserRow {
            id: 1,
            name: "anna".to_owned(),
            display_name: "Anna".to_owned(),
            password_hash: "$argon2id$".to_owned(),
            email: None,
            administrator: false,
            language: "de".to_owned(),
            must_change: false,
            disabled: false,
            created_at_ms: 0,
        };
        assert_eq!(format!("{user:?}"), "UserRow { id: 1, name: \"anna\" }");
    }

    #[test]
    fn what_people_type_is_no_pattern() {
        assert_eq!(patterns(r"A_%\"), [r"a\_\%\\%", r"% a\_\%\\%"]);
    }
}
