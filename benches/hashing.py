#!/usr/bin/env python3
"""Measures what passwords cost against the bare hash, in the same run.

    cargo build --release && cargo bench --bench one_hash --no-run
    benches/hashing.py [--people N] [--runs N] [--threads N]

Needs python3, the sqlite3 shell, taskset and GNU time. Everything happens in a temporary folder. `--threads` keeps both
sides to so many cores, which is how many threads regain hashes with. The bare loop, and one hash in warm memory, use huge
pages that were touched before: nothing that does the same is faster here.
"""
import argparse, glob, os, shutil, statistics, subprocess, tempfile
from pathlib import Path

from measure import REGAIN, ROOT, environment, figure, memory, once, paired

PASSWORD = b"orbit lantern velvet cactus\n"
HUGE_MEMORY = 20  # MiB of one hash
PROCESS_MEMORY = 24  # MiB of everything else


def one_hash():
    return max(glob.glob(str(ROOT / "target/release/deps/one_hash-*[!.d]")), key=os.path.getmtime)


def number(argv):
    return float(subprocess.run(argv, check=True, capture_output=True).stdout)


def batch(store, people, folder):
    """A command that gives each of so many people a password, in a store of their own, and its environment."""
    site = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(store, site, dirs_exist_ok=True)
    (site / "people").write_text("".join(f"acme/user{at:07d}\n" for at in range(1, people + 1)))
    argv = [str(REGAIN), "-q", "-y", "admin-reset", "--from", str(site / "people"), "--generate", "-o", "jsonl",
            "--secrets-to", str(site / "secrets")]
    return argv, environment(site), site


def bulk(options, cores, folder):
    ours, theirs, cpu = [], [], []
    for run in range(options.runs // 4 + 2):
        argv, env, site = batch(folder / "store", options.people, folder)
        wall, seconds, code = once([*cores, *argv], env=env)
        assert code == 0 and len((site / "secrets").read_text().splitlines()) == options.people, "admin-reset failed"
        bare = number([*cores, one_hash(), "loop", str(options.threads), str(options.people)])
        shutil.rmtree(site)
        if run:
            ours.append(options.people / wall)
            theirs.append(bare)
            cpu.append(seconds / options.people * 1e3)
    figure(f"admin-reset --generate of {options.people}, {options.threads} threads", "the bare loop of as many threads",
           "people/s", statistics.median(ours), statistics.median(theirs), at_least=0.95)
    return statistics.median(cpu)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=600)
    options.add_argument("--runs", type=int, default=21)
    options.add_argument("--threads", type=int, default=min(8, len(os.sched_getaffinity(0))))
    options = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="regain-bench-"))
    cores = ["taskset", "-c", ",".join(map(str, sorted(os.sched_getaffinity(0))[:options.threads]))]
    store = folder / "store"
    env = environment(store)
    subprocess.run(["bash", ROOT / "benches/million.sh", REGAIN, store, "2000"], check=True)
    with open(store / "config/regain/config.toml", "a") as config:
        config.write("\n[delivery]\nbackground = false\n")

    cpu = bulk(options, cores, folder)
    warm = lambda: number([*cores, one_hash(), "warm", "40"])
    hash_cpu = statistics.median(warm() for _ in range(5))
    figure("admin-reset --generate of many, CPU a person", "one hash in warm memory", "ms", cpu, hash_cpu)
    argv, site_env, site = batch(store, 1000, folder)
    held = memory(argv, site_env)
    shutil.rmtree(site)
    figure("admin-reset --generate of 1,000, memory", f"{options.threads} x {HUGE_MEMORY} MiB + {PROCESS_MEMORY} MiB", "MiB",
           held, options.threads * HUGE_MEMORY + PROCESS_MEMORY, at_most=1)

    subprocess.run([REGAIN, "-q", "-y", "admin-reset", "acme/alice", "--password-stdin", "--no-must-change"],
                   input=PASSWORD, env=env, check=True)
    verify = lambda user: ([REGAIN, "verify", user, "--password-stdin"], PASSWORD, env)
    users = iter(range(1001, 2000))
    reset = lambda: [REGAIN, "-q", "-y", "admin-reset", f"acme/user{next(users):07d}", "--password-stdin"]
    known, unknown, given = paired(options.runs, verify("acme/alice"), verify("acme/nobody"), (reset, PASSWORD, env))
    assert (known[2], unknown[2], given[2]) == (0, 11, 0), "answered wrongly"
    hash_cpu = statistics.median([hash_cpu, *(warm() for _ in range(4))])
    figure("verify, CPU of the process", "one hash in warm memory", "ms", known[1] * 1e3, hash_cpu, at_most=1.4)
    figure("verify of nobody, CPU of the process", "that of somebody", "ms", unknown[1] * 1e3, known[1] * 1e3, at_most=1.05)
    figure("admin-reset of one, CPU of the process", "one hash in warm memory", "ms", given[1] * 1e3, hash_cpu)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
