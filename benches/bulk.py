#!/usr/bin/env python3
"""Thousands at once beside what does the same and nothing else: an import beside the sqlite3 shell that imports the same rows
into the same tables, memory with many people beside memory with few, and eight batches at once beside one of all their people.

    cargo build --release && benches/bulk.py [--people N] [--quick] [--runs N] [--keep FOLDER]

Prints a JSON object a figure, as measure.py says. Needs python3, the sqlite3 shell and GNU time. `--people` are imported, with
ready hashes; `--runs` says how often, and medians are told. What is told of resets has sizes of its own: no config makes a
hash cheaper than the default does, so 20,000 of them take two minutes. Time is that of the wall, because the disk is part of
it. A store of a million takes 2 GiB, and 5 GiB are needed on the way; what is no longer needed is removed at once. `--keep`
names a folder in which the store that was imported last stays, with its list.
"""
import argparse, base64, os, re, shutil, statistics, subprocess, tempfile, time
from pathlib import Path

from measure import REGAIN, built, environment, figure, filled, memory, once

# What an import writes to.
TABLES = ["accounts", "users", "contacts", "audit", "batches", "batch_rows", "hash_kinds"]
CONFIG = "[delivery]\nbackground = false\n"
AT_ONCE = 8


def rows(store, *queries):
    return subprocess.run(["sqlite3", "-readonly", store, *queries], check=True, stdout=subprocess.PIPE, text=True).stdout


def sizes(store):
    return [int(line) for line in rows(store, *(f"SELECT count(*) FROM {table}" for table in TABLES)).split()]


def in_order(env):
    """The events are one chain."""
    subprocess.run([REGAIN, "-q", "audit", "verify"], env=env, check=True, stdout=subprocess.DEVNULL)


def listed(file, people):
    """A list of so many people who have nothing in common, with hashes of passwords that nobody knows."""
    text = lambda size: base64.b64encode(os.urandom(size)).decode().rstrip("=")
    with open(file, "w") as out:
        out.write("user,email,mobile,password_hash,external_id\n")
        for at in range(people):
            name, tag = f"user{at:07d}", f"$argon2id$v=19$m=19456,t=2,p=1${text(16)}${text(32)}"
            out.write(f'acme/{name},{name}@example.com,+49151{at:08d},"{tag}",x{at:07d}\n')


def imported(site, list_of_them, people):
    """Imports a list into an empty store, which is left in this folder. Wall seconds, and peak memory in MiB."""
    env = environment(site)
    for argv in [["init"], ["-y", "account", "create", "acme"]]:
        subprocess.run([REGAIN, "-q", *argv], env=env, check=True, stdout=subprocess.DEVNULL)
    os.sync()
    begun = time.perf_counter()
    held = memory([REGAIN, "-q", "-y", "user", "import", list_of_them, "-o", "jsonl"], env)
    wall = time.perf_counter() - begun
    assert rows(site / "data/regain/regain.db", "SELECT count(external_id) FROM users") == f"{people}\n", "not all came"
    in_order(env)
    return wall, held


def loosened(schema):
    """The same tables and indexes for the shell, whose `.import` knows no NULL: columns take what comes, and what is empty
    counts as none where an index asks."""
    schema = schema.replace(") STRICT, WITHOUT", ") WITHOUT").replace(") STRICT", ")")
    return schema.replace("password_expires_at > password_changed_at", "nullif(password_expires_at, '') > password_changed_at")


def taken_out(store, folder):
    """Puts what is in these tables into a file each. The schema, and how many rows there are."""
    folder.mkdir()
    for table in TABLES:
        with open(folder / table, "wb") as out:
            subprocess.run(["sqlite3", "-readonly", "-csv", store, f"SELECT * FROM {table}"], check=True, stdout=out)
    return loosened(rows(store, ".schema --nosys")), sizes(store)


def shell_imports(folder, schema, wanted, checked):
    """Wall seconds in which the sqlite3 shell imports these files. With `checked`, it holds what it imports to foreign keys,
    and has the triggers count what they count; without, triggers and foreign keys are left out."""
    other, tables = folder / "other.db", TABLES[:-1] if checked else TABLES  # the last one is what triggers count
    if not checked:
        schema = re.sub(r"CREATE TRIGGER.*?END;", "", schema, flags=re.S)
    subprocess.run(["sqlite3", other], input=f"PRAGMA journal_mode = wal;\n{schema}", text=True, check=True,
                   stdout=subprocess.DEVNULL)
    os.sync()
    settings = f"PRAGMA synchronous = full; PRAGMA foreign_keys = {int(checked)}"
    wall, _, code = once(["sqlite3", other, settings, ".mode csv", *(f".import {folder / table} {table}" for table in tables)])
    assert (code, sizes(other)) == (0, wanted), f"{sizes(other)} rows were imported of {wanted}"
    for file in folder.glob("other.db*"):
        file.unlink()
    return wall


def imports(folder, people, runs, keep):
    few, site, files = people // 10, folder / "imported", folder / "files"
    listed(folder / "few.csv", few)
    _, little = imported(folder / "few", folder / "few.csv", few)
    shutil.rmtree(folder / "few")
    (folder / "few.csv").unlink()
    listed(folder / "people.csv", people)
    measured = []
    for run in range(runs):
        shutil.rmtree(site, ignore_errors=True)
        wall, held = imported(site, folder / "people.csv", people)
        schema, wanted = taken_out(site / "data/regain/regain.db", files)
        if not (keep and run == runs - 1):
            shutil.rmtree(site)
        measured.append((held, wall, *(shell_imports(files, schema, wanted, checked) for checked in (False, True))))
        shutil.rmtree(files)
    if not keep:
        (folder / "people.csv").unlink()
    held, *walls = map(statistics.median, zip(*measured))
    ours, bare, checked = (people / wall for wall in walls)
    what, reference = f"user import of {people:,} with hashes", "sqlite3 .import of the same rows"
    figure(what, f"{reference} into the same tables", "people/s", ours, checked, at_least=0.5)
    figure(what, f"{reference}, without triggers and foreign keys", "people/s", ours, bare)
    figure(f"user import of {people:,}, memory", f"of {few:,}", "MiB", held, little, at_most=1.3)


def reset(names, secrets):
    return [REGAIN, "-q", "-y", "admin-reset", "--from", names, "--generate", "--secrets-to", secrets, "-o", "jsonl"]


def named(file, first, people):
    file.write_text("".join(f"acme/user{at:07d}\n" for at in range(first, first + people)))
    return file


def memory_of_resets(folder, few, many):
    """Of few people and of many others, in one store."""
    site = folder / "resets"
    env = filled(site, few + many, "people", config=CONFIG)
    held = [memory(reset(named(site / f"names{first}", first, people), site / f"secrets{first}"), env)
            for first, people in [(0, few), (few, many)]]
    shutil.rmtree(site)
    figure(f"admin-reset --generate of {many:,}, memory", f"of {few:,}", "MiB", held[1], held[0], at_most=1.2)


def at_once(commands, env=None):
    """Wall seconds of processes that start together, and what they complain of."""
    quiet = {"env": env, "text": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    os.sync()
    begun = time.perf_counter()
    children = [subprocess.Popen(argv, **quiet) for argv in commands]
    complaints = [child.communicate()[1] for child in children]
    wall = time.perf_counter() - begun
    assert not any(child.returncode for child in children), f"{commands[0]} and so on failed: {complaints}"
    return wall, complaints


def together(store, batches, people):
    """Resets so many people in so many batches, which start together in a store of their own: people a second."""
    site = Path(tempfile.mkdtemp(dir=store.parent))
    shutil.copytree(store, site, dirs_exist_ok=True)
    env, each = environment(site), people // batches
    commands = [reset(named(site / f"names{at}", at * each, each), site / f"secrets{at}") for at in range(batches)]
    wall, complaints = at_once(commands, env)
    assert not any("locked" in complaint for complaint in complaints), complaints
    lines = [len((site / f"secrets{at}").read_text().splitlines()) for at in range(batches)]
    assert lines == [each] * batches, f"so many secrets: {lines}"
    resets = "SELECT target FROM audit WHERE action = 'setPasswordByAdmin' AND outcome = 'success' ORDER BY target"
    everybody = "".join(f"acme/user{at:07d}\n" for at in range(people))
    assert rows(site / "data/regain/regain.db", resets) == everybody, "not everybody was reset once"
    in_order(env)
    shutil.rmtree(site)
    return people / wall


def eight_at_once(folder, each, runs):
    store, people = folder / "store", AT_ONCE * each
    filled(store, people, "people", config=CONFIG)
    loop = [built("one_hash"), "loop", str(min(8, len(os.sched_getaffinity(0)))), str(each)]
    rates = [(together(store, AT_ONCE, people), together(store, 1, people), people / at_once([loop] * AT_ONCE)[0])
             for _ in range(runs)]
    shutil.rmtree(store)
    ours, one, bare = map(statistics.median, zip(*rates))
    what = f"admin-reset --generate of {AT_ONCE} x {each:,}, all at once"
    figure(what, "one of all of them", "people/s", ours, one, at_least=0.95)
    # They share what memory the processor has of its own: so do bare loops.
    figure(what, f"{AT_ONCE} bare loops, all at once", "people/s", ours, bare)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=1, help="how often they are imported")
    options.add_argument("--quick", action="store_true", help="few people")
    options.add_argument("--keep", type=Path)
    options = options.parse_args()
    few, many, each, rounds = 1_000, 20_000, 250, 3
    if options.quick:
        options.people, few, many, each, rounds = 2_000, 20, 200, 10, 1
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="regain-bench-"))).resolve()
    folder.mkdir(exist_ok=True)
    try:
        imports(folder, options.people, options.runs, options.keep)
        memory_of_resets(folder, few, many)
        eight_at_once(folder, each, rounds)
    finally:
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
