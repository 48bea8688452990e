-- Every try to hand a message over: begun with the lease, so that one whose worker died shows as such.
CREATE TABLE tries (
    id         INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    worker     TEXT NOT NULL,
    begun_at   INTEGER NOT NULL,
    ended_at   INTEGER,
    outcome    TEXT NOT NULL,
    stage      TEXT,
    words      TEXT
) STRICT;
CREATE INDEX tries_by_message ON tries (message_id, id);
CREATE INDEX tries_by_end ON tries (ended_at);

-- Whether a worker died with it in its hands: it may have gone out, and was sent again.
ALTER TABLE outbox ADD COLUMN maybe_twice INTEGER NOT NULL DEFAULT 0 CHECK (maybe_twice IN (0, 1));
CREATE INDEX outbox_maybe_twice ON outbox (created_at) WHERE maybe_twice = 1;
