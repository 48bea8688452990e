#!/usr/bin/env python3
"""Lists and records of a large store beside the sqlite3 shell, which gives the same rows of the same join with the columns
that are shown, an export beside the list of the same people, and a check beside a bare loop over a chain of keyed hashes
(chain.rs). Seconds of CPU of whole processes.

    cargo build --release && benches/lists.py [--users N] [--runs N] [--keep FOLDER]

Prints a JSON object a figure, as measure.py says. Needs python3 and the sqlite3 shell.
"""
import argparse, shutil, subprocess, tempfile, time
from pathlib import Path

import measure

JOIN = """
 FROM users u JOIN accounts a ON a.id = u.account_id
 LEFT JOIN contacts e ON e.user_id = u.id AND e.channel = 'email' AND e.verified_at IS NOT NULL
 LEFT JOIN contacts ep ON ep.user_id = u.id AND ep.channel = 'email' AND ep.verified_at IS NULL
 LEFT JOIN contacts m ON m.user_id = u.id AND m.channel = 'mobile' AND m.verified_at IS NOT NULL
 LEFT JOIN contacts mp ON mp.user_id = u.id AND mp.channel = 'mobile' AND mp.verified_at IS NULL
 LEFT JOIN mfa f ON f.user_id = u.id AND f.bound_at IS NOT NULL
 LEFT JOIN sign_in_failures l ON l.subject = u.id
 ORDER BY a.name_key, u.name_key"""

CONTACT = """
 CASE WHEN {one}.id IS NULL THEN {other}.address ELSE {one}.address END AS {name}, {one}.verified_at AS {name}_verified_at,
 {one}.usable_from AS {name}_usable_from, {one}.security AS {name}_security"""

USERS = f"""SELECT u.id, a.name AS account, u.name, u.root, u.status, u.description, u.access_mode, u.login_protection,
 u.must_change, u.password_hash IS NOT NULL AS password_set, u.password_changed_at, u.password_expires_at,
 l.locked_until, u.disowned_at, f.user_id IS NOT NULL AS mfa, u.epoch, u.last_login_at, u.created_at, u.external_id,
 {CONTACT.format(one='e', other='ep', name='email')}, {CONTACT.format(one='m', other='mp', name='mobile')}{JOIN}"""

READY = """u.disowned_at IS NULL AND u.status = 'enabled' AND a.status = 'enabled' AND u.access_mode <> 'programmatic'
 AND coalesce(min(e.usable_from, coalesce(m.usable_from, e.usable_from)), m.usable_from, {now} + 1) <= {now}"""

READINESS = f"""SELECT u.id, a.name || '/' || u.name AS user, a.name AS account, u.name, u.root, {READY} AS can_recover,
 json_array(CASE WHEN coalesce(e.id, m.id) IS NULL THEN coalesce(ep.id, mp.id, 'no_verified_contact') END,
  CASE WHEN f.user_id IS NULL AND a.kind = 'unified' THEN 'no_second_proof' END,
  CASE WHEN u.password_expires_at < {{now}} THEN 'temporary_password_expired' END,
  CASE WHEN u.last_login_at IS NULL THEN 'never_signed_in' END) AS causes{JOIN}"""

RECORDS = """SELECT seq, at, action, rating, outcome, reason, code, actor, operator, host, process, target, target_id, detail,
 ticket, key_id, hash FROM audit ORDER BY seq"""


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--users", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--keep", type=Path)
    options = options.parse_args()
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="regain-bench-"))).resolve()
    folder.mkdir(exist_ok=True)
    env = measure.filled(folder, options.users, "people", "records")
    store, framed = folder / "data/regain/regain.db", folder / "chain"
    chain = measure.built("chain")
    subprocess.run([chain, "write", folder, framed], check=True)

    listing, exporting = ["user", "list", "-o", "jsonl"], ["user", "export", "-", "--format", "jsonl"]

    def compare(what, arguments, reference, command, at_most):
        ours, theirs = measure.paired(
            options.runs, ([measure.REGAIN, *arguments], b"", env), ([str(part) for part in command], b"", env))
        assert (ours[2], theirs[2]) == (0, 0), f"{what}: {ours[2]}, {theirs[2]}"
        measure.figure(f"{what} of {options.users:,}", reference, "s of CPU", ours[1], theirs[1], at_most=at_most)

    def shell(mode, sql):
        return ["sqlite3", "-readonly", mode, store, sql]

    readiness = READINESS.format(now=int(time.time() * 1000))
    compare("user list -o jsonl", listing, "sqlite3 -json, the same join", shell("-json", USERS), 1.5)
    compare("user list -o csv", ["user", "list", "-o", "csv"], "sqlite3 -csv, the same join", shell("-csv", USERS), 2)
    compare("user export to jsonl", exporting, "user list -o jsonl of the same", [measure.REGAIN, *listing], 1.1)
    compare("user readiness --all -o jsonl", ["user", "readiness", "--all", "-o", "jsonl"],
            "sqlite3 -json, the same join", shell("-json", readiness), 1.7)
    compare("audit export", ["audit", "export"], "sqlite3 -json, the same rows", shell("-json", RECORDS), 1.7)
    compare("audit verify", ["audit", "verify"], "a bare loop of the same hashes", [chain, framed], 4)
    for what, command, some in [("list", listing, ["--limit", "1000"]), ("export", exporting, ["--where", "match=user0000"])]:
        whole, part = (measure.memory([measure.REGAIN, *command, *less], env) for less in ([], some))
        measure.figure(f"user {what} of {options.users:,}, memory", "of 1,000", "MiB", whole, part, at_most=1.5)
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
