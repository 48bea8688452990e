-- What is done for many people is a batch: a journal says how it ended for each, in the transaction in which it did, so that
-- one that was killed goes on with the rest.

CREATE TABLE batches (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- The operator's, where one was given.
    name TEXT UNIQUE,
    command TEXT NOT NULL,
    -- What is done for each of them, as JSON.
    options TEXT NOT NULL,
    -- Keyed hash of options and input.
    key_id TEXT NOT NULL,
    input BLOB NOT NULL,
    -- Public keys of those who can open the secrets, one a line.
    recipients TEXT NOT NULL,
    -- Keyed hash of id, options and recipients.
    order_tag BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'interrupted', 'done', 'cancelled')),
    -- The rows, and those of them that ended, by how.
    rows INTEGER NOT NULL,
    done INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    -- Which process is at it, and for the how manieth time one is: one before it writes no more.
    worker TEXT NOT NULL,
    run INTEGER NOT NULL,
    operator TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX batches_unfinished ON batches (number) WHERE state IN ('running', 'interrupted');
CREATE INDEX batches_by_end ON batches (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE batch_rows (
    batch INTEGER NOT NULL REFERENCES batches (number) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    -- The line of the input.
    row INTEGER NOT NULL,
    -- Whom it is about, and as what they were judged; nothing where nobody was found, because people type passwords for names.
    user_id TEXT,
    user TEXT,
    version BLOB,
    outcome TEXT,
    reason TEXT,
    PRIMARY KEY (batch, place)
) STRICT, WITHOUT ROWID;

-- Secrets that only a recipient can open: one complete age message a part.
CREATE TABLE batch_secrets (
    batch INTEGER NOT NULL REFERENCES batches (number) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (batch, part)
) STRICT, WITHOUT ROWID;
