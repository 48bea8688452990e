-- Messages that were handed over, and what became of them as the provider tells. The provider's name for one is
-- kept as a keyed hash: it is there to be found by, not to be read.
CREATE TABLE receipts (
    message_id TEXT PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
    key_id     TEXT,
    reference  BLOB,
    arrival    TEXT CHECK (arrival IN ('delivered', 'undelivered')),
    told_at    INTEGER,
    words      TEXT
) STRICT;
CREATE INDEX receipts_by_reference ON receipts (reference) WHERE reference IS NOT NULL;
