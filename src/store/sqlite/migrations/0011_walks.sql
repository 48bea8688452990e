-- What people, portals and the help desk run into: each part says what it is for.

-- A code that went to a mistyped address is corrected at once, once in a step: how a code was asked for last, and the
-- step in which that was corrected.
ALTER TABLE requests ADD COLUMN asked_tag BLOB;
ALTER TABLE requests ADD COLUMN corrected_in TEXT;

-- How somebody named themself, which decides where they are pointed to. It tells nothing of who they are.
ALTER TABLE requests ADD COLUMN named TEXT NOT NULL DEFAULT 'address';
