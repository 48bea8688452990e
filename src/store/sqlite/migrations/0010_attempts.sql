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

-- Records of what people do for themselves take the same room, whatever name they typed.
ALTER TABLE audit ADD COLUMN padding BLOB NOT NULL DEFAULT x'';
