-- Where people signed in from. Which machine and system user, or which address, it was is kept keyed-hashed only.
CREATE TABLE devices (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key_id     TEXT NOT NULL,
    tag        BLOB NOT NULL,
    label      TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_by_user ON devices (user_id, last_seen);

-- The number that a unified ID was registered with is its security phone number.
ALTER TABLE contacts ADD COLUMN security INTEGER NOT NULL DEFAULT 0 CHECK (security IN (0, 1));

-- What a request leads to: a new password, or a new unified ID.
ALTER TABLE requests ADD COLUMN purpose TEXT NOT NULL DEFAULT 'reset' CHECK (purpose IN ('reset', 'register'));
-- Where somebody named themself by an address: its channel, and what it is counted and compared by.
ALTER TABLE requests ADD COLUMN entered_channel TEXT;
ALTER TABLE requests ADD COLUMN entered_tag BLOB;

-- The name and the number that a new identity will have, sealed, until both are proven or the request ends.
CREATE TABLE registrations (
    request_id TEXT PRIMARY KEY REFERENCES requests (id) ON DELETE CASCADE,
    key_id     TEXT NOT NULL,
    sealed     BLOB NOT NULL
) STRICT;
