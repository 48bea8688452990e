-- Appeals of people whose contacts are gone. What they claim is sealed with the key outside the store, padded to one
-- size, and taken away after a while; the row stays some time longer.
CREATE TABLE appeals (
    serial         TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('appeal', 'ticket')),
    -- Nobody for a name that nobody has.
    user_id        TEXT REFERENCES users (id) ON DELETE CASCADE,
    subject        BLOB NOT NULL,
    source         TEXT NOT NULL,
    uid            INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'denied', 'used', 'expired')),
    crowded        INTEGER NOT NULL CHECK (crowded IN (0, 1)),
    key_id         TEXT NOT NULL,
    sealed         BLOB,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL CHECK (expires_at > created_at),
    decided_at     INTEGER,
    claims_gone_at INTEGER
) STRICT;
CREATE INDEX appeals_by_user ON appeals (user_id, created_at);
CREATE INDEX appeals_by_time ON appeals (created_at);
CREATE INDEX appeals_open ON appeals (expires_at) WHERE state IN ('submitted', 'approved');

-- Each operator's yes; how many it takes is a setting.
CREATE TABLE appeal_approvals (
    serial   TEXT NOT NULL REFERENCES appeals (serial) ON DELETE CASCADE,
    uid      INTEGER NOT NULL,
    operator TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (serial, uid)
) STRICT;

-- Forms that were left before they were sent.
CREATE TABLE appeal_drafts (
    id         TEXT PRIMARY KEY,
    uid        INTEGER NOT NULL,
    source     TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    sealed     BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT;
CREATE INDEX appeal_drafts_by_source ON appeal_drafts (source);

-- The serial of the approved appeal on the strength of which a password is reset.
ALTER TABLE requests ADD COLUMN appeal TEXT;
