-- Callers of the help desk who prove who they are, notices that can be disowned, and the block that follows.

-- A code is sent to somebody on the phone, who reads it out to the operator; a confirmed one is good once, for this
-- person and this operator.
CREATE TABLE challenges (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_id    TEXT NOT NULL REFERENCES codes (id) ON DELETE CASCADE,
    uid        INTEGER NOT NULL,
    operator   TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT;
CREATE INDEX challenges_by_user ON challenges (user_id, created_at);
CREATE INDEX challenges_by_code ON challenges (code_id);
CREATE INDEX challenges_live ON challenges (expires_at) WHERE state IN ('sent', 'confirmed');

-- What somebody was told of and can say "this was not me" to, by a reference of which only a keyed hash is kept. A
-- code's may be nobody's.
CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    code_id    TEXT REFERENCES codes (id) ON DELETE CASCADE,
    about      TEXT NOT NULL,
    key_id     TEXT NOT NULL,
    tag        BLOB NOT NULL UNIQUE,
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at)
) STRICT;
CREATE INDEX notices_by_user ON notices (user_id);
CREATE INDEX notices_by_code ON notices (code_id);
CREATE INDEX notices_live ON notices (expires_at) WHERE state = 'live';

-- Somebody said that a change was not theirs: nobody signs in until an operator has looked. The former password
-- waits here, sealed, until it joins the others of the history.
ALTER TABLE users ADD COLUMN disowned_at INTEGER;
ALTER TABLE users ADD COLUMN disowned_notice TEXT;
ALTER TABLE users ADD COLUMN disowned_about TEXT;
ALTER TABLE users ADD COLUMN disowned_key TEXT;
ALTER TABLE users ADD COLUMN disowned_sealed BLOB;
