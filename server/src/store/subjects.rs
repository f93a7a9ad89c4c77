//! Accounts of people whom an OpenID provider identifies. Theirs is no password to change.

use super::users::{NewUser, UserRow, insert_user, user};
use super::{Store, StoreError};
use crate::accounts::DEFAULT_LANGUAGE;
use crate::accounts::oidc::Identity;
use sqlx::query;

/// So many people of one name get accounts by themselves; further ones ask an administrator.
const MAX_NAMESAKES: usize = 100;

impl Store {
    /// The account that is bound to a subject.
    pub async fn user_by_subject(&self, subject: &str) -> Result<Option<UserRow>, StoreError> {
        query("SELECT * FROM users WHERE oidc_subject = $1")
            .bind(subject)
            .try_map(user)
            .fetch_optional(&self.pool)
            .await
    }

    /// Binds the account with that address to a subject, when there is exactly one and it is bound
    /// to nobody.
    pub async fn bind_by_email(
        &self,
        email: &str,
        subject: &str,
    ) -> Result<Option<UserRow>, StoreError> {
        let mut transaction = self.begin().await?;
        let found: Vec<UserRow> = query("SELECT * FROM users WHERE email = $1 OR email = $2")
            .bind(email)
            .bind(email.to_lowercase())
            .try_map(user)
            .fetch_all(&mut *transaction)
            .await?;
        let [found] = &found[..] else { return Ok(None) };
        let bound = query(
            "UPDATE users SET oidc_subject = $1, must_change = 0
             WHERE id = $2 AND oidc_subject IS NULL",
        )
        .bind(subject)
        .bind(found.id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((bound.rows_affected() == 1).then(|| found.clone()))
    }

    /// Makes a member's account for a subject, with a number behind its name where that is taken.
    pub async fn add_subject(
        &self,
        identity: &Identity,
        password_hash: &str,
        now_ms: i64,
    ) -> Result<Option<UserRow>, StoreError> {
        let mut transaction = self.begin().await?;
        for number in 1..=MAX_NAMESAKES {
            let name = match number {
                1 => identity.account_name.clone(),
                _ => format!("{}{number}", identity.account_name),
            };
            let new = NewUser {
                name: &name,
                display_name: &identity.display_name,
                password_hash,
                email: identity.email.as_deref(),
                administrator: false,
                language: DEFAULT_LANGUAGE,
            };
            if insert_user(&mut transaction, &new, now_ms).await? {
                query("UPDATE users SET oidc_subject = $1, must_change = 0 WHERE name_key = $2")
                    .bind(&identity.subject)
                    .bind(name.to_lowercase())
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await?;
                return self.user_by_subject(&identity.subject).await;
            }
        }
        Ok(None)
    }
}
