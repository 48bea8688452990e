#!/usr/bin/env python3
"""Measures whole processes against references in the same run, and says whether the bounds hold.

    cargo build --release && cargo bench --bench one_hash --no-run
    benches/compare.py [--users N] [--runs N] [--keep FOLDER] [--former FILE]

--former FILE names an older build: what `verify` costs there is shown beside, over a store of its own.

Needs python3, the sqlite3 shell and GNU time. Everything happens in a temporary folder. Each pair of commands runs in turn
(A B A B …), so that a machine whose speed drifts does not favour one. Medians are compared. Exits 1 if a bound is
broken.

Bounds (issues "The forgotten password, end to end" and "Nobody guesses uncounted"):
  version, user show      at most 2x the sqlite3 shell doing the same look-up, at most 16 MiB
  verify                  at most one hash + 15 ms of CPU; a wrong user name as much as a right one
  admin-reset             at most one hash, one more for each salt compared (here none: nobody had a password) + 25 ms of CPU
  user list -o jsonl      memory does not grow with the number of users
"""
import argparse, glob, os, random, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGAIN = ROOT / "target/release/regain"
PASSWORD = b"orbit lantern velvet cactus\n"


def once(argv, stdin=b"", env=None):
    """Wall seconds, CPU seconds, exit code of one process."""
    begun = time.perf_counter()
    child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    child.stdin.write(stdin)
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, child.returncode


def memory(argv, env):
    """Peak memory in MiB. GNU time starts the command: what this script starts itself inherits its own peak."""
    timed = subprocess.run(["/usr/bin/time", "-f", "%M", *argv], env=env, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True, check=True)
    return int(timed.stderr.split()[-1]) / 1024


def paired(runs, *commands):
    """Medians of each command's figures, measured in turn after a warm-up."""
    samples = [[] for _ in commands]
    for run in range(runs + 1):
        for at, (argv, stdin, env) in enumerate(commands):
            sample = once(argv() if callable(argv) else argv, stdin, env)
            if run:
                samples[at].append(sample)
    return [tuple(statistics.median(column) for column in zip(*rows)) for rows in samples]


def former(binary, folder):
    """`verify` of nobody by another build, over a store that it made."""
    env = dict(os.environ, XDG_CONFIG_HOME=str(folder / "config"), XDG_DATA_HOME=str(folder / "data"))
    subprocess.run([binary, "-q", "init"], env=env, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([binary, "-q", "-y", "account", "create", "acme"], env=env, check=True)
    return [binary, "verify", "acme/nobody", "--password-stdin"], PASSWORD, env


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--users", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=21)
    options.add_argument("--keep", type=Path)
    options.add_argument("--former", type=Path)
    options = options.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="regain-bench-"))
    env = dict(os.environ, XDG_CONFIG_HOME=str(folder / "config"), XDG_DATA_HOME=str(folder / "data"))
    store = folder / "data/regain/regain.db"
    if not store.exists():
        subprocess.run(["bash", ROOT / "benches/million.sh", REGAIN, folder, str(options.users)], check=True)
    broken = []

    def judge(what, value, bound, unit):
        holds = value <= bound
        print(f"{'ok  ' if holds else 'OVER'}  {what:<58} {value:8.2f} {unit}  (bound {bound:.2f})")
        if not holds:
            broken.append(what)

    look_up = (
        "SELECT u.id, u.name FROM users u JOIN accounts a ON a.id = u.account_id"
        " WHERE a.name_key = 'acme' AND u.name_key = 'alice'"
    )
    sqlite = (["sqlite3", "-readonly", str(store), look_up], b"", env)
    for name, argv in [("version", ["--version"]), ("user show", ["user", "show", "acme/alice", "-o", "json"])]:
        ours, theirs = paired(options.runs, ([REGAIN, *argv], b"", env), sqlite)
        print(f"      {name}: {ours[0] * 1e3:.2f} ms, sqlite3 {theirs[0] * 1e3:.2f} ms (whole process, median)")
        judge(f"{name}: wall time over sqlite3's", ours[0] / theirs[0], 2, "x")
        judge(f"{name}: memory", memory([REGAIN, *argv], env), 16, "MiB")

    hash_once = max(glob.glob(str(ROOT / "target/release/deps/one_hash-*[!.d]")), key=os.path.getmtime)
    subprocess.run([REGAIN, "-q", "-y", "admin-reset", "acme/alice", "--password-stdin", "--no-must-change"],
                   input=PASSWORD, env=env, stderr=subprocess.DEVNULL)  # refused as used before on a kept store
    verify = lambda user: ([REGAIN, "verify", user, "--password-stdin"], PASSWORD, env)
    right, wrong, reference = paired(options.runs, verify("acme/alice"), verify("acme/nobody"), ([hash_once], b"", env))
    assert (right[2], wrong[2]) == (0, 11), "verify answered wrongly"
    if options.former:
        before = former(options.former, folder / "former")
        old, reference = paired(options.runs, before, ([hash_once], b"", env))
        print(f"      verify of an unknown user by the former build: {(old[1] - reference[1]) * 1e3:.2f} ms of CPU beyond one hash")
    judge("verify: CPU beyond one hash", (right[1] - reference[1]) * 1e3, 15, "ms")
    judge("verify of an unknown user: CPU beyond one hash", (wrong[1] - reference[1]) * 1e3, 15, "ms")
    judge("verify: known against unknown, CPU apart", abs(right[1] - wrong[1]) * 1e3, 5, "ms")

    number = iter(random.sample(range(1, options.users), 200))  # each user once, also on a kept store
    reset = lambda: [REGAIN, "-q", "-y", "admin-reset", f"acme/user{next(number):07d}", "--password-stdin"]
    ours, reference = paired(options.runs, (reset, PASSWORD, env), ([hash_once], b"", env))
    assert ours[2] == 0, "admin-reset failed"
    judge("admin-reset --password-stdin, a passphrase: CPU beyond a hash", (ours[1] - reference[1]) * 1e3, 25, "ms")
    ours, reference = paired(options.runs, (reset, b"vK9#qTz2!mWx7$Lp4\n", env), ([hash_once], b"", env))
    assert ours[2] == 0, "admin-reset failed"
    judge("admin-reset --password-stdin, another: CPU beyond a hash", (ours[1] - reference[1]) * 1e3, 25, "ms")

    listing = [REGAIN, "user", "list", "-o", "jsonl"]
    few, all_of_them = memory([*listing, "--limit", "1000"], env), memory(listing, env)
    print(f"      user list -o jsonl of all: {once(listing, env=env)[0]:.1f} s, {all_of_them:.1f} MiB")
    judge("user list: memory for all over memory for 1,000", all_of_them / few, 1.5, "x")

    if not options.keep:
        shutil.rmtree(folder)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
