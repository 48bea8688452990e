-- How a try to hand a message over ended is written in as few places as can be.

-- What the other side calls a message stands with it, and so needs no row and no index of messages of its own.
ALTER TABLE outbox ADD COLUMN reference_key_id TEXT;
ALTER TABLE outbox ADD COLUMN reference BLOB;
UPDATE outbox SET (reference_key_id, reference) = (SELECT key_id, reference FROM receipts WHERE message_id = outbox.id)
    WHERE id IN (SELECT message_id FROM receipts WHERE reference IS NOT NULL);
DROP INDEX receipts_by_reference;
ALTER TABLE receipts DROP COLUMN key_id;
ALTER TABLE receipts DROP COLUMN reference;
DELETE FROM receipts WHERE arrival IS NULL;
CREATE INDEX outbox_by_reference ON outbox (reference) WHERE reference IS NOT NULL;

-- One that goes on has no end, and no place among the ends.
DROP INDEX tries_by_end;
CREATE INDEX tries_by_end ON tries (ended_at) WHERE ended_at IS NOT NULL;
