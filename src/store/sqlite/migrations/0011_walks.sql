-- What people, portals and the help desk run into: each part says what it is for.

-- A code that went to a mistyped address is corrected at once, once in a step: how a code was asked for last, and the
-- step in which that was corrected.
ALTER TABLE requests ADD COLUMN asked_tag BLOB;
ALTER TABLE requests ADD COLUMN corrected_in TEXT;

-- How somebody named themself, which decides where they are pointed to. It tells nothing of who they are.
ALTER TABLE requests ADD COLUMN named TEXT NOT NULL DEFAULT 'address';
-- The authenticator that goes when the token is redeemed, by when it was enrolled.
ALTER TABLE setup_tokens ADD COLUMN removes_mfa INTEGER;
-- What a mail server's answer was about, which is what somebody must mend.
ALTER TABLE tries ADD COLUMN matter TEXT;
