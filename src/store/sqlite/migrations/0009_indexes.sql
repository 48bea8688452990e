-- What a change or a look at one person reads is found by an index, however much is kept.
CREATE INDEX setup_tokens_live ON setup_tokens (expires_at) WHERE state = 'live';
CREATE INDEX appeals_approved ON appeals (expires_at) WHERE state = 'approved';
CREATE INDEX appeals_submitted ON appeals (expires_at) WHERE state = 'submitted';
DROP INDEX appeals_open;
CREATE INDEX codes_by_time ON codes (created_at);
CREATE INDEX audit_by_name ON audit (target, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
