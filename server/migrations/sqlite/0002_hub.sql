-- People.
ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN display_key TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'member';
ALTER TABLE users ADD COLUMN language TEXT NOT NULL DEFAULT 'de';
ALTER TABLE users ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN profile TEXT;
ALTER TABLE users ADD COLUMN oidc_subject TEXT;
UPDATE users SET name_key = lower(name), display_key = lower(display_name);
UPDATE users SET role = 'administrator' WHERE name_key = 'admin';
CREATE UNIQUE INDEX users_by_name_key ON users (name_key);
CREATE UNIQUE INDEX users_by_oidc_subject ON users (oidc_subject);
CREATE INDEX users_by_email ON users (email);

CREATE TABLE pictures (
    user_id       INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    content_type  TEXT    NOT NULL,
    bytes         BLOB    NOT NULL,
    changed_at_ms INTEGER NOT NULL
);

CREATE TABLE contacts (
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, contact_id)
) WITHOUT ROWID;

-- A session's `id` may be shown; it opens nothing.
ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seen_at_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
UPDATE sessions SET id = lower(hex(randomblob(16))), seen_at_ms = created_at_ms;
CREATE UNIQUE INDEX sessions_by_id ON sessions (id);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Rooms. `policy` is JSON (protocol: RoomPolicy), NULL means the kind's own. `ad_hoc` rooms go with
-- their conference; `entry_id` is the planner entry that a room belongs to.
ALTER TABLE rooms ADD COLUMN policy TEXT;
ALTER TABLE rooms ADD COLUMN ad_hoc INTEGER NOT NULL DEFAULT 0;

CREATE TABLE room_members (
    room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    host    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX room_members_by_user ON room_members (user_id);

-- Links beside a room's own, which lasts as long as the room.
CREATE TABLE room_links (
    id            INTEGER PRIMARY KEY,
    room_id       INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    label         TEXT    NOT NULL,
    nonce         BLOB    NOT NULL,
    hash          BLOB    NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,
    revoked_at_ms INTEGER
);
CREATE INDEX room_links_by_room ON room_links (room_id);

-- Wrong numbers and PINs. `subject` is `number:<digits>` or `address:<network>`; `wrong_at` holds the
-- last of them, Unix milliseconds with blanks between.
CREATE TABLE guesses (
    subject  TEXT    NOT NULL PRIMARY KEY,
    wrong_at TEXT    NOT NULL,
    last_ms  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX guesses_by_time ON guesses (last_ms);

-- The planner. An entry without `start_ms` is a permanent room. `current_*_ms` is the occurrence
-- that runs or comes next, the last one when all are over; `roll_ms` is when the one after it takes
-- its place. `sort_ms` puts permanent rooms after everything. A key is never used again: mails and
-- reports of deleted entries name theirs.
CREATE TABLE entries (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    uid              TEXT    NOT NULL UNIQUE,
    room_id          INTEGER NOT NULL UNIQUE REFERENCES rooms (id),
    organiser_id     INTEGER NOT NULL REFERENCES users (id),
    kind             TEXT    NOT NULL,
    title            TEXT    NOT NULL,
    description      TEXT    NOT NULL,
    start_ms         INTEGER,
    end_ms           INTEGER,
    time_zone        TEXT,
    rrule            TEXT,
    current_start_ms INTEGER,
    current_end_ms   INTEGER,
    roll_ms          INTEGER,
    sort_ms          INTEGER GENERATED ALWAYS AS (COALESCE(current_start_ms, 4611686018427387904)) STORED,
    notify           INTEGER NOT NULL,
    phone_info       INTEGER NOT NULL,
    reminder_minutes INTEGER,
    sequence         INTEGER NOT NULL,
    created_at_ms    INTEGER NOT NULL,
    changed_at_ms    INTEGER NOT NULL
);
CREATE INDEX entries_by_organiser ON entries (organiser_id, sort_ms, id);
CREATE INDEX entries_by_time ON entries (sort_ms, id);
CREATE INDEX entries_by_current ON entries (current_start_ms, id);
CREATE INDEX entries_by_roll ON entries (roll_ms);

-- Which users see which entry in their list, with what the list is filtered by: one index answers.
CREATE TABLE entry_viewers (
    user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    entry_id       INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    organiser      INTEGER NOT NULL,
    kind           TEXT    NOT NULL,
    recurring      INTEGER NOT NULL,
    sort_ms        INTEGER NOT NULL,
    current_end_ms INTEGER,
    PRIMARY KEY (entry_id, user_id)
) WITHOUT ROWID;
CREATE INDEX entry_viewers_by_time
    ON entry_viewers (user_id, sort_ms, entry_id, kind, organiser, current_end_ms);
CREATE INDEX entry_viewers_recurring ON entry_viewers (user_id, current_end_ms) WHERE recurring = 1;

-- Single occurrences of a recurring entry that differ: moved, or cancelled (no start).
CREATE TABLE entry_exceptions (
    entry_id    INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    original_ms INTEGER NOT NULL,
    start_ms    INTEGER,
    end_ms      INTEGER,
    PRIMARY KEY (entry_id, original_ms)
) WITHOUT ROWID;

-- Who is invited: users, and outside addresses without one. `reply` is needs_action, accepted,
-- tentative or declined.
CREATE TABLE entry_people (
    id            INTEGER PRIMARY KEY,
    entry_id      INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    user_id       INTEGER REFERENCES users (id) ON DELETE CASCADE,
    name          TEXT    NOT NULL,
    email         TEXT,
    co_host       INTEGER NOT NULL,
    reply         TEXT    NOT NULL DEFAULT 'needs_action',
    replied_at_ms INTEGER
);
CREATE INDEX entry_people_by_entry ON entry_people (entry_id, position);
CREATE INDEX entry_people_by_user ON entry_people (user_id, entry_id);

-- Mail on its way out. `dedupe` makes a mail go out once; `state` is waiting, sending,
-- sent, replaced (by a newer mail) or given_up.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY,
    dedupe        TEXT    NOT NULL UNIQUE,
    entry_id      INTEGER,
    organiser_id  INTEGER,
    purpose       TEXT    NOT NULL,
    recipient     TEXT    NOT NULL,
    message_id    TEXT    NOT NULL,
    message       BLOB    NOT NULL,
    state         TEXT    NOT NULL,
    tries         INTEGER NOT NULL,
    next_try_ms   INTEGER NOT NULL,
    last_error    TEXT,
    created_at_ms INTEGER NOT NULL,
    sent_at_ms    INTEGER
);
CREATE INDEX outbox_by_turn ON outbox (state, next_try_ms);
CREATE INDEX outbox_by_entry ON outbox (entry_id);
CREATE INDEX outbox_by_organiser ON outbox (organiser_id, state);

-- What took place, for reports: conferences, and each stay in them. `seen_at_ms` is when the hub was
-- last known to run it; `interrupted` says that the hub went down before it ended.
CREATE TABLE conferences (
    id            TEXT    PRIMARY KEY,
    room_id       INTEGER NOT NULL,
    room_name     TEXT    NOT NULL,
    room_number   TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    owner_id      INTEGER NOT NULL,
    entry_id      INTEGER,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms   INTEGER,
    seen_at_ms    INTEGER NOT NULL,
    interrupted   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX conferences_by_start ON conferences (started_at_ms, id);
CREATE INDEX conferences_by_room ON conferences (room_id, started_at_ms);
CREATE INDEX conferences_by_owner ON conferences (owner_id, started_at_ms);

CREATE TABLE stays (
    conference_id TEXT    NOT NULL REFERENCES conferences (id) ON DELETE CASCADE,
    participant   INTEGER NOT NULL,
    user_id       INTEGER,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    role          TEXT    NOT NULL,
    joined_at_ms  INTEGER NOT NULL,
    left_at_ms    INTEGER,
    PRIMARY KEY (conference_id, participant, joined_at_ms)
) WITHOUT ROWID;

-- Who is told what happens. The signing key is derived from `nonce` and a secret outside the database;
-- `events` is JSON.
CREATE TABLE webhooks (
    id            INTEGER PRIMARY KEY,
    owner_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    url           TEXT    NOT NULL,
    nonce         TEXT    NOT NULL,
    events        TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL
);

-- Messages to webhooks, in order; `state` is waiting, sent or given_up.
CREATE TABLE webhook_deliveries (
    id            INTEGER PRIMARY KEY,
    webhook_id    INTEGER NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    message_id    TEXT    NOT NULL,
    event         TEXT    NOT NULL,
    body          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    tries         INTEGER NOT NULL,
    next_try_ms   INTEGER NOT NULL,
    last_error    TEXT,
    created_at_ms INTEGER NOT NULL,
    sent_at_ms    INTEGER
);
CREATE INDEX webhook_deliveries_by_turn ON webhook_deliveries (state, webhook_id, id);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);

-- Calls that rang: the journal of each side, a line for each of the called. It outlives the room.
-- `answer` is ringing, accepted, declined, missed, busy or not_there.
CREATE TABLE rings (
    id             INTEGER PRIMARY KEY,
    call_id        TEXT    NOT NULL,
    room_id        INTEGER REFERENCES rooms (id) ON DELETE SET NULL,
    room_name      TEXT    NOT NULL,
    direct         INTEGER NOT NULL,
    video          INTEGER NOT NULL,
    caller_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    callee_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at_ms          INTEGER NOT NULL,
    answer         TEXT    NOT NULL,
    answered_at_ms INTEGER,
    UNIQUE (call_id, callee_id)
);
CREATE INDEX rings_by_caller ON rings (caller_id, id);
CREATE INDEX rings_by_callee ON rings (callee_id, id);
CREATE INDEX rings_by_room ON rings (room_id);

-- The room in which two users call each other, while it stands.
CREATE TABLE direct_rooms (
    low_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    high_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    room_id INTEGER NOT NULL UNIQUE REFERENCES rooms (id) ON DELETE CASCADE,
    PRIMARY KEY (low_id, high_id)
) WITHOUT ROWID;
