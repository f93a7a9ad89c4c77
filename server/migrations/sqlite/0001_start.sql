CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    display_name  TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    must_change   INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL
);

CREATE TABLE sessions (
    token_hash    BLOB    PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE rooms (
    id            INTEGER PRIMARY KEY,
    number        TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    owner_id      INTEGER NOT NULL REFERENCES users (id),
    pin           TEXT    NOT NULL,
    link_nonce    BLOB    NOT NULL,
    link_hash     BLOB    NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL
);

CREATE INDEX rooms_by_owner ON rooms (owner_id);

CREATE TABLE chat_lines (
    room_id          INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    id               INTEGER NOT NULL,
    from_participant INTEGER,
    from_name        TEXT    NOT NULL,
    scope            TEXT    NOT NULL,
    text             TEXT    NOT NULL,
    at_ms            INTEGER NOT NULL,
    PRIMARY KEY (room_id, id)
) WITHOUT ROWID;
