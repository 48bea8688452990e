-- What people, portals and the help desk run into: each part says what it is for.

-- A setup token is seen like a code: where it went, what became of its message, and why it ended.
ALTER TABLE setup_tokens ADD COLUMN channel TEXT;
ALTER TABLE setup_tokens ADD COLUMN destination TEXT;
ALTER TABLE setup_tokens ADD COLUMN message_id TEXT;
ALTER TABLE setup_tokens ADD COLUMN delivery TEXT NOT NULL DEFAULT 'sent' CHECK (delivery IN ('queued', 'sent', 'failed'));
ALTER TABLE setup_tokens ADD COLUMN delivered_at INTEGER;
ALTER TABLE setup_tokens ADD COLUMN state_reason TEXT;
UPDATE setup_tokens SET channel = 'email' WHERE contact_id IS NOT NULL;
CREATE INDEX setup_tokens_by_time ON setup_tokens (created_at);
CREATE INDEX setup_tokens_by_message ON setup_tokens (message_id) WHERE message_id IS NOT NULL;

-- What whoever decided an appeal gave as the reason.
ALTER TABLE appeals ADD COLUMN decision_reason TEXT;
-- A code that went to a mistyped address is corrected at once, once in a step: how a code was asked for last, and the
-- step in which that was corrected.
ALTER TABLE requests ADD COLUMN asked_tag BLOB;
ALTER TABLE requests ADD COLUMN corrected_in TEXT;

-- How somebody named themself, which decides where they are pointed to. It tells nothing of who they are.
ALTER TABLE requests ADD COLUMN named TEXT NOT NULL DEFAULT 'address';
-- A new contact waits beside the verified one of its channel until it is proven. `confirmation` is who proves it: the
-- person with their password, or an operator to whom they read the code out.
CREATE TABLE contacts_of_11 (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel      TEXT NOT NULL CHECK (channel IN ('email', 'mobile')),
    address      TEXT NOT NULL,
    address_key  TEXT NOT NULL,
    look         TEXT NOT NULL,
    ascii        INTEGER NOT NULL CHECK (ascii IN (0, 1)),
    verified_at  INTEGER,
    usable_from  INTEGER NOT NULL,
    bound_at     INTEGER NOT NULL,
    security     INTEGER NOT NULL DEFAULT 0 CHECK (security IN (0, 1)),
    confirmation TEXT NOT NULL DEFAULT 'owner' CHECK (confirmation IN ('owner', 'read_out', 'verified_caller')),
    UNIQUE (channel, address_key)
) STRICT;
INSERT INTO contacts_of_11 (
    id, user_id, channel, address, address_key, look, ascii, verified_at, usable_from, bound_at, security
)
SELECT id, user_id, channel, address, address_key, look, ascii, verified_at, usable_from, bound_at, security
FROM contacts;
DROP TABLE contacts;
ALTER TABLE contacts_of_11 RENAME TO contacts;
CREATE INDEX contacts_by_look ON contacts (channel, look);
-- Of each channel one that is verified, and one that is not.
CREATE UNIQUE INDEX contacts_by_user ON contacts (user_id, channel, verified_at IS NULL);
-- The authenticator that goes when the token is redeemed, by when it was enrolled.
ALTER TABLE setup_tokens ADD COLUMN removes_mfa INTEGER;
-- What a mail server's answer was about, which is what somebody must mend.
ALTER TABLE tries ADD COLUMN matter TEXT;
