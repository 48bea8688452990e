#!/usr/bin/env python3
"""Measures what passwords cost against the bare hash, in the same run.

    cargo build --release && benches/hashing.py [--people N] [--runs N] [--threads N] [--quick]

Prints a JSON object a figure, as measure.py says. Needs python3, taskset and GNU time. Everything happens in a temporary
folder. `--threads` keeps both sides to so many cores, which is how many threads regain hashes with. The bare loop, and one
hash in warm memory, use huge pages that were touched before: nothing that does the same is faster here.
"""
import argparse, os, shutil, statistics, subprocess, tempfile
from pathlib import Path

from measure import REGAIN, built, environment, figure, filled, memory, once, paired

PASSWORD = b"orbit lantern velvet cactus\n"
HASH_MIB = 20
PROCESS_MIB = 24


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.store = options, folder, folder / "store"
        self.store.mkdir()
        # The service hands over what is queued, in its own time.
        self.env = filled(self.store, max(2_000, options.people + 1), "people", config="[delivery]\nbackground = false\n")
        allowed = sorted(os.sched_getaffinity(0))[:options.threads]
        self.cores = ["taskset", "-c", ",".join(map(str, allowed))]
        self.one_hash = built("one_hash")

    def bare(self, *arguments):
        return float(subprocess.run([*self.cores, self.one_hash, *map(str, arguments)], check=True, capture_output=True).stdout)

    def warm(self):
        """Milliseconds of CPU of a hash in memory that is warm."""
        return self.bare("warm", 40)

    def batch(self, people, run):
        """Gives each of so many people a password, in a store of their own."""
        site = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.store, site, dirs_exist_ok=True)
        (site / "people").write_text("".join(f"acme/user{at:07d}\n" for at in range(people)))
        argv = [REGAIN, "-q", "-y", "admin-reset", "--from", site / "people", "--generate", "-o", "jsonl",
                "--secrets-to", site / "secrets"]
        ended = run([*self.cores, *map(str, argv)], environment(site))
        assert len((site / "secrets").read_text().splitlines()) == people, "admin-reset failed"
        shutil.rmtree(site)
        return ended

    def many(self):
        people, threads = self.options.people, self.options.threads
        rates, cpu, loops = [], [], []
        for run in range(self.options.runs // 2 + 2):
            wall, seconds, _ = self.batch(people, lambda argv, env: once(argv, env=env))
            loop = self.bare("loop", threads, people)
            if run:
                rates.append(people / wall)
                cpu.append(seconds / people * 1e3)
                loops.append(loop)
        rate, loop, cpu = map(statistics.median, (rates, loops, cpu))
        figure(f"admin-reset --generate of {people:,} on {threads} cores", "the bare loop, as many threads", "people/s",
               rate, loop, at_least=0.95)
        figure("admin-reset --generate of many, CPU a person", "one hash in warm memory", "ms", cpu, self.warm())
        held = self.batch(self.options.people, lambda argv, env: memory(argv, env))
        figure(f"admin-reset --generate of {people:,}, memory", f"{threads} x {HASH_MIB} MiB + {PROCESS_MIB} MiB", "MiB",
               held, threads * HASH_MIB + PROCESS_MIB, at_most=1)

    def one(self):
        reset = [REGAIN, "-q", "-y", "admin-reset", "acme/alice", "--password-stdin", "--no-must-change"]
        subprocess.run(reset, input=PASSWORD, env=self.env, check=True)
        users = iter(range(2_000))
        given = lambda: [REGAIN, "-q", "-y", "admin-reset", f"acme/user{next(users):07d}", "--password-stdin"]
        verify = lambda user: ([REGAIN, "verify", user, "--password-stdin"], PASSWORD, self.env)
        warm = [self.warm()]
        hash_alone = ([self.one_hash, "process"], b"", self.env)
        known, unknown, reset, alone = paired(
            self.options.runs, verify("acme/alice"), verify("acme/nobody"), (given, PASSWORD, self.env), hash_alone)
        assert (known[2], unknown[2], reset[2]) == (0, 11, 0), "answered wrongly"
        warm = statistics.median([*warm, *(self.warm() for _ in range(4))])
        figure("verify, CPU of the process", "a process that hashes once and wipes", "ms", known[1] * 1e3, alone[1] * 1e3,
               at_most=1.4)
        figure("verify, CPU of the process", "one hash in warm memory", "ms", known[1] * 1e3, warm)
        figure("verify of nobody, CPU of the process", "verify of somebody", "ms", unknown[1] * 1e3, known[1] * 1e3, at_most=1.1)
        # Nobody may have a former password again: that is one more hash here.
        figure("admin-reset of one, CPU of the process", "two hashes in warm memory", "ms", reset[1] * 1e3, 2 * warm)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=1_000)
    options.add_argument("--runs", type=int, default=21)
    options.add_argument("--threads", type=int, default=min(8, len(os.sched_getaffinity(0))))
    options.add_argument("--quick", action="store_true", help="few people, few runs")
    options = options.parse_args()
    if options.quick:
        options.people, options.runs = 40, 3
    with tempfile.TemporaryDirectory(prefix="regain-bench-") as folder:
        bench = Bench(options, Path(folder))
        bench.many()
        bench.one()


if __name__ == "__main__":
    main()
