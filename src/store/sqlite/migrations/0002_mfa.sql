-- Virtual MFA: one authenticator a user. The secret is sealed with the key outside the store; it is enrolled
-- first, and bound once two codes of it were seen.
CREATE TABLE mfa (
    user_id     TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    key_id      TEXT NOT NULL,
    sealed      BLOB NOT NULL,
    enrolled_at INTEGER NOT NULL,
    bound_at    INTEGER,
    -- The step of the last code that was accepted: none up to it is accepted again.
    last_step   INTEGER
) STRICT;

-- Whether the password is so short that it was accepted only because MFA was bound. Not its length.
ALTER TABLE users ADD COLUMN password_leans_on_mfa INTEGER NOT NULL DEFAULT 0;
