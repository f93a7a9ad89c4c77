-- Whether a session was opened by other means than the account's password: by the program that embeds
-- the hub, or through an identity provider. A one-time password does not restrict it.
ALTER TABLE sessions ADD COLUMN without_password BIGINT NOT NULL DEFAULT 0;
