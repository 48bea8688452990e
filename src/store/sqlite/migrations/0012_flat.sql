-- What a command costs does not grow with what it has nothing to do with.

-- How many IAM users an account has, counted as they come and go.
ALTER TABLE accounts ADD COLUMN users INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET users = (SELECT count(*) FROM users WHERE account_id = accounts.id AND root = 0);
CREATE TRIGGER users_come AFTER INSERT ON users WHEN NEW.root = 0
BEGIN UPDATE accounts SET users = users + 1 WHERE id = NEW.account_id; END;
CREATE TRIGGER users_go AFTER DELETE ON users WHEN OLD.root = 0
BEGIN UPDATE accounts SET users = users - 1 WHERE id = OLD.account_id; END;

-- Those that can go on, of one place and of one person; how many ended there before does not matter.
DROP INDEX requests_by_source;
DROP INDEX requests_by_subject;
CREATE INDEX requests_live_by_source ON requests (source, created_at)
    WHERE state IN ('captcha', 'method', 'code', 'second', 'password');
CREATE INDEX requests_live_by_subject ON requests (subject, created_at)
    WHERE state IN ('captcha', 'method', 'code', 'second', 'password');

CREATE INDEX setup_tokens_live_by_contact ON setup_tokens (contact_id) WHERE state = 'live';
CREATE INDEX appeal_drafts_by_time ON appeal_drafts (expires_at);
CREATE INDEX outbox_by_time ON outbox (created_at);

-- The next one to hand over is found among those of its channel and kind, however many of others wait, or wait for later.
DROP INDEX outbox_due;
CREATE INDEX outbox_waiting ON outbox (channel, priority, due_at) WHERE state IN ('queued', 'leased');
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'leased';
