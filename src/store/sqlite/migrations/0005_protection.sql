-- Who has proved, by a code, that their own change is theirs: good for a quarter of an hour, for that person and that
-- place. The tag covers the row, so that nobody who writes to the store can make one.
CREATE TABLE proofs (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source     TEXT NOT NULL,
    -- The contact that was asked, or what stands for the designated person.
    contact_id TEXT NOT NULL,
    epoch      INTEGER NOT NULL,
    proven_at  INTEGER NOT NULL,
    key_id     TEXT NOT NULL,
    tag        BLOB NOT NULL,
    PRIMARY KEY (user_id, source)
) STRICT;
CREATE INDEX proofs_by_time ON proofs (proven_at);

-- The epoch of the password whose end the person was told of.
ALTER TABLE users ADD COLUMN expiry_told INTEGER;
-- When an operator enabled the user last: unused time counts from then.
ALTER TABLE users ADD COLUMN active_from INTEGER;
