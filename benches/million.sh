#!/usr/bin/env bash
# Makes a store with a million users in one account, for benchmarks.
#   benches/million.sh REGAIN FOLDER [USERS]
# The store is made by `regain init`, so its schema is the program's own; the rows come from one SQL statement.
set -euo pipefail
regain=$1 folder=$2 users=${3:-1000000}
export XDG_CONFIG_HOME=$folder/config XDG_DATA_HOME=$folder/data
"$regain" -q init >/dev/null
# Nobody waits for what was measured before.
printf '\n[sources]\nslow_most = "0s"\n' >> "$XDG_CONFIG_HOME/regain/config.toml"
"$regain" -q -y account create acme
"$regain" -q -y user create acme/alice --email alice@example.com
sqlite3 "$XDG_DATA_HOME/regain/regain.db" >/dev/null <<SQL
PRAGMA synchronous = OFF;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $users - 1)
INSERT INTO users (id, account_id, name, name_key, look, root, status, access_mode, login_protection, created_at)
SELECT 'usr_' || printf('%024d', i), (SELECT id FROM accounts WHERE name_key = 'acme'),
       printf('user%07d', i), printf('user%07d', i), replace(replace(printf('user%07d', i), '0', 'o'), '1', 'l'),
       0, 'enabled', 'default', 'none', 1767225600000
FROM n;
INSERT INTO contacts (id, user_id, channel, address, address_key, look, ascii, verified_at, usable_from, bound_at)
SELECT 'con_' || substr(id, 5), id, 'email', name || '@example.com', name || '@example.com',
       look || '@exarnple.corn', 1, 1767225600000, 1767225600000, 1767225600000
FROM users WHERE name LIKE 'user%' AND root = 0;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
SQL
