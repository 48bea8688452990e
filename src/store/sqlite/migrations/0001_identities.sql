-- The first schema. Times are milliseconds since 1970 in UTC; identifiers are text made by us.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    id                TEXT PRIMARY KEY,
    name              TEXT NOT NULL,
    name_key          TEXT NOT NULL UNIQUE,
    look              TEXT NOT NULL UNIQUE,
    kind              TEXT NOT NULL CHECK (kind IN ('cloud', 'unified')),
    status            TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    user_quota        INTEGER CHECK (user_quota >= 0),
    policy_password   TEXT,
    policy_login      TEXT,
    policy_protection TEXT,
    created_at        INTEGER NOT NULL
) STRICT;

-- The root user's name_key and look are empty: no IAM user can have an empty name.
CREATE TABLE users (
    id                  TEXT PRIMARY KEY,
    account_id          TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name                TEXT NOT NULL,
    name_key            TEXT NOT NULL,
    look                TEXT NOT NULL,
    root                INTEGER NOT NULL CHECK (root IN (0, 1)),
    status              TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    description         TEXT,
    access_mode         TEXT NOT NULL,
    login_protection    TEXT NOT NULL,
    password_hash       TEXT,
    must_change         INTEGER NOT NULL DEFAULT 0,
    password_changed_at INTEGER,
    password_expires_at INTEGER,
    epoch               INTEGER NOT NULL DEFAULT 0,
    failures            INTEGER NOT NULL DEFAULT 0,
    failing_since       INTEGER,
    locked_until        INTEGER,
    last_login_at       INTEGER,
    created_at          INTEGER NOT NULL,
    UNIQUE (account_id, name_key),
    UNIQUE (account_id, look)
) STRICT;
-- Temporary passwords that have not ended: one that has ended ends when it began.
CREATE INDEX users_temporary ON users (password_expires_at) WHERE password_expires_at > password_changed_at;

CREATE TABLE contacts (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel     TEXT NOT NULL CHECK (channel IN ('email', 'mobile')),
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL,
    look        TEXT NOT NULL,
    ascii       INTEGER NOT NULL CHECK (ascii IN (0, 1)),
    verified_at INTEGER,
    usable_from INTEGER NOT NULL,
    bound_at    INTEGER NOT NULL,
    UNIQUE (user_id, channel),
    UNIQUE (channel, address_key)
) STRICT;
CREATE INDEX contacts_by_look ON contacts (channel, look);

-- Former password hashes, sealed with the key outside the store.
CREATE TABLE password_history (
    id      INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    key_id  TEXT NOT NULL,
    sealed  BLOB NOT NULL
) STRICT;
CREATE INDEX password_history_by_user ON password_history (user_id, id);

CREATE TABLE requests (
    id              TEXT PRIMARY KEY,
    user_id         TEXT REFERENCES users (id) ON DELETE CASCADE,
    subject         BLOB NOT NULL,
    source          TEXT NOT NULL,
    uid             INTEGER NOT NULL,
    state           TEXT NOT NULL,
    withheld        TEXT,
    challenge       TEXT,
    captcha_key     TEXT,
    captcha_tag     BLOB,
    captcha_expires INTEGER,
    captcha_left    INTEGER NOT NULL,
    method          TEXT,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL CHECK (expires_at > created_at),
    last_sent_at    INTEGER
) STRICT;
CREATE INDEX requests_by_user ON requests (user_id, created_at);
CREATE INDEX requests_by_subject ON requests (subject, created_at);
CREATE INDEX requests_by_source ON requests (source, created_at);
CREATE INDEX requests_live ON requests (expires_at) WHERE state IN ('captcha', 'method', 'code', 'second', 'password');

CREATE TABLE codes (
    id           TEXT PRIMARY KEY,
    user_id      TEXT REFERENCES users (id) ON DELETE CASCADE,
    request_id   TEXT REFERENCES requests (id) ON DELETE CASCADE,
    contact_id   TEXT,
    purpose      TEXT NOT NULL,
    channel      TEXT NOT NULL,
    destination  TEXT,
    -- 1 while it can be tried; a withheld code is tried like any other, whatever its state says.
    open         INTEGER NOT NULL CHECK (open IN (0, 1)),
    state        TEXT NOT NULL,
    state_reason TEXT,
    tries_left   INTEGER NOT NULL CHECK (tries_left >= 0),
    key_id       TEXT NOT NULL,
    tag          BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL CHECK (expires_at > created_at),
    delivered_at INTEGER
) STRICT;
CREATE INDEX codes_by_user ON codes (user_id, created_at);
CREATE INDEX codes_by_request ON codes (request_id, created_at);
CREATE INDEX codes_by_contact ON codes (contact_id, created_at);
CREATE INDEX codes_open ON codes (expires_at) WHERE open = 1;

CREATE TABLE setup_tokens (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash       BLOB NOT NULL UNIQUE,
    occasion   TEXT NOT NULL,
    state      TEXT NOT NULL,
    contact_id TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT;
CREATE INDEX setup_tokens_by_user ON setup_tokens (user_id);

CREATE TABLE outbox (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    priority    INTEGER NOT NULL,
    channel     TEXT NOT NULL,
    code_id     TEXT REFERENCES codes (id) ON DELETE CASCADE,
    user_id     TEXT REFERENCES users (id) ON DELETE CASCADE,
    key_id      TEXT NOT NULL,
    sealed      BLOB,
    state       TEXT NOT NULL,
    worker      TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    last_error  TEXT,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    lease_until INTEGER,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (priority, due_at) WHERE state IN ('queued', 'leased');
CREATE INDEX outbox_by_code ON outbox (code_id);
CREATE INDEX outbox_by_user ON outbox (user_id);

CREATE TABLE budgets (
    scope   TEXT NOT NULL,
    subject BLOB NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX budgets_spent ON budgets (scope, subject, at);

CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    action    TEXT NOT NULL,
    rating    TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    reason    TEXT,
    code      TEXT,
    actor     TEXT NOT NULL,
    operator  TEXT,
    host      TEXT NOT NULL,
    process   INTEGER NOT NULL,
    target    TEXT,
    target_id TEXT,
    detail    TEXT NOT NULL,
    ticket    TEXT,
    key_id    TEXT NOT NULL,
    hash      TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_target ON audit (target_id, seq);

CREATE TRIGGER audit_keeps_what_was BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'operation records are append-only'); END;
CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'operation records are append-only'); END;
