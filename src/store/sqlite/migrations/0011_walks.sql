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
-- The authenticator that goes when the token is redeemed, by when it was enrolled.
ALTER TABLE setup_tokens ADD COLUMN removes_mfa INTEGER;
-- What a mail server's answer was about, which is what somebody must mend.
ALTER TABLE tries ADD COLUMN matter TEXT;
