-- Whatever may be a guess is spent here before it is judged, and taken out with its outcome: what stays for a minute
-- counts as wrong. The number is that of its record. Known people and names that nobody has leave a row of one size, at
-- the end of the table: so there is no index, and none is needed for the few that are open.
CREATE TABLE attempts (
    seq      INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    -- The person's id, or what stands for one in as many characters.
    subject  TEXT NOT NULL,
    -- Keyed hash that wrong ones in a row are counted by.
    counted  BLOB NOT NULL,
    source   TEXT NOT NULL,
    begun_at INTEGER NOT NULL
) STRICT;

-- Failed sign-ins in a row: of people by their id, and of names that nobody has by what stands for one.
CREATE TABLE sign_in_failures (
    subject       TEXT PRIMARY KEY,
    failures      INTEGER NOT NULL,
    failing_since INTEGER,
    locked_until  INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO sign_in_failures (subject, failures, failing_since, locked_until)
    SELECT id, failures, failing_since, locked_until FROM users WHERE failures > 0 OR locked_until IS NOT NULL;
ALTER TABLE users DROP COLUMN failures;
ALTER TABLE users DROP COLUMN failing_since;
ALTER TABLE users DROP COLUMN locked_until;

-- What was refused beyond a spent budget: counted in the place of the count before, so that asking takes no room.
CREATE TABLE tallies (
    scope   TEXT NOT NULL,
    subject BLOB NOT NULL,
    since   INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (scope, subject)
) STRICT, WITHOUT ROWID;

-- Records of what people do for themselves take the same room, whatever name they typed.
ALTER TABLE audit ADD COLUMN padding BLOB NOT NULL DEFAULT x'';

-- So do the rows of what they ask for, and their entries in indexes: one for nobody is as long as one for somebody.
ALTER TABLE requests ADD COLUMN padding BLOB NOT NULL DEFAULT x'';
ALTER TABLE codes ADD COLUMN padding BLOB NOT NULL DEFAULT x'';
ALTER TABLE notices ADD COLUMN padding BLOB NOT NULL DEFAULT x'';
ALTER TABLE outbox ADD COLUMN padding BLOB NOT NULL DEFAULT x'';
ALTER TABLE appeals ADD COLUMN padding BLOB NOT NULL DEFAULT x'';
DROP INDEX requests_by_user;
DROP INDEX codes_by_user;
DROP INDEX codes_by_contact;
DROP INDEX notices_by_user;
DROP INDEX outbox_by_user;
DROP INDEX outbox_by_code;
DROP INDEX appeals_by_user;
CREATE INDEX requests_by_user
    ON requests (user_id, created_at, CASE WHEN user_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX codes_by_user
    ON codes (user_id, created_at, CASE WHEN user_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX codes_by_contact
    ON codes (contact_id, created_at, CASE WHEN contact_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX notices_by_user
    ON notices (user_id, CASE WHEN user_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX outbox_by_user
    ON outbox (user_id, CASE WHEN user_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX outbox_by_code
    ON outbox (code_id, CASE WHEN code_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX appeals_by_user
    ON appeals (user_id, created_at, CASE WHEN user_id IS NULL THEN '----------------------------' ELSE '' END);
DROP INDEX audit_by_target;
DROP INDEX audit_by_name;
CREATE INDEX audit_by_target
    ON audit (target_id, seq, CASE WHEN target_id IS NULL THEN '----------------------------' ELSE '' END);
CREATE INDEX audit_by_name
    ON audit (target, seq, substr('----------------------------------------', length(target) + 1));
