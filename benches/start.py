#!/usr/bin/env python3
"""Measures how long a process takes that does little, against the sqlite3 shell doing the same look-up.

    cargo build --release && benches/start.py [--users N] [--runs N] [--keep FOLDER] > figures.jsonl

Needs python3, the sqlite3 shell and GNU time. `--keep` names a folder that keeps the store, or has it already. The program
is copied first, as an installation does: one that was just linked lies in the memory of the system in small pieces.
"""
import argparse, os, shutil, tempfile
from pathlib import Path

from measure import REGAIN, figure, filled, memory, paired

SQLITE = "sqlite3, the same look-up"
LOOK_UP = (
    "SELECT u.id, u.name FROM users u JOIN accounts a ON a.id = u.account_id"
    " WHERE a.name_key = 'acme' AND u.name_key = 'alice'"
)
COMMANDS = [("version", ["--version"], 0.9), ("user show", ["user", "show", "acme/alice", "-o", "json"], 1.4)]
MIB = 16


def measure(folder, options):
    env, store = filled(folder, options.users, "people", "records"), folder / "data/regain/regain.db"
    installed = shutil.copy(REGAIN, folder / "regain")
    os.sync()
    sqlite = (["sqlite3", "-readonly", str(store), LOOK_UP], b"", env)
    for what, argv, bound in COMMANDS:
        ours, theirs = paired(options.runs, ([installed, *argv], b"", env), sqlite)
        assert ours[2] == theirs[2] == 0, f"{what} failed"
        figure(f"{what}, whole process", SQLITE, "ms", ours[0] * 1e3, theirs[0] * 1e3, at_most=bound)
        figure(f"{what}, memory", "the bound", "MiB", memory([installed, *argv], env), MIB, at_most=1)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--users", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=101)
    options.add_argument("--keep", type=Path)
    options = options.parse_args()
    if options.keep:
        measure(options.keep, options)
    else:
        with tempfile.TemporaryDirectory(prefix="regain-bench-") as folder:
            measure(Path(folder), options)


if __name__ == "__main__":
    main()
