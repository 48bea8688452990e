-- What another system calls a user: as it is written there, and one user's alone within an account.
ALTER TABLE users ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX users_by_external_id ON users (account_id, external_id) WHERE external_id IS NOT NULL;
