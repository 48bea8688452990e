-- What a check of each password takes, and how many take as much: what nobody has costs what somebody's does.

-- Scheme and cost, with a space between; nothing where there is no password, or one that nobody can read. Until now
-- they are all argon2id, whose cost stands behind `$argon2id$v=19$` and before a key or the salt.
ALTER TABLE users ADD COLUMN hash_kind TEXT;
UPDATE users SET hash_kind = 'argon2id ' || substr(password_hash, 16, instr(substr(password_hash, 16), '$') - 1)
    WHERE password_hash GLOB '$argon2id$v=19$m=*,t=*,p=*$*$*';
UPDATE users SET hash_kind = substr(hash_kind, 1, instr(hash_kind, ',keyid=') - 1) WHERE hash_kind LIKE '%,keyid=%';

-- Counted as they come, change and go; those without a password have no kind. A kind that nobody has any more keeps its
-- row for a while: whether somebody lost a password shows in no number of rows.
CREATE TABLE hash_kinds (
    kind  TEXT PRIMARY KEY,
    users INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO hash_kinds (kind, users) VALUES ('', 0);
INSERT INTO hash_kinds (kind, users) SELECT coalesce(hash_kind, ''), count(*) FROM users WHERE true GROUP BY hash_kind
    ON CONFLICT (kind) DO UPDATE SET users = excluded.users;
CREATE TRIGGER hash_kinds_come AFTER INSERT ON users
BEGIN
    INSERT INTO hash_kinds (kind, users) VALUES (coalesce(NEW.hash_kind, ''), 1)
        ON CONFLICT (kind) DO UPDATE SET users = users + 1;
END;
CREATE TRIGGER hash_kinds_change AFTER UPDATE OF hash_kind ON users WHEN OLD.hash_kind IS NOT NEW.hash_kind
BEGIN
    UPDATE hash_kinds SET users = users - 1 WHERE kind = coalesce(OLD.hash_kind, '');
    INSERT INTO hash_kinds (kind, users) VALUES (coalesce(NEW.hash_kind, ''), 1)
        ON CONFLICT (kind) DO UPDATE SET users = users + 1;
END;
CREATE TRIGGER hash_kinds_go AFTER DELETE ON users
BEGIN UPDATE hash_kinds SET users = users - 1 WHERE kind = coalesce(OLD.hash_kind, ''); END;
