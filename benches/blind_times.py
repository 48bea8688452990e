#!/usr/bin/env python3
"""Compares how long self-service takes for a person who is known and for one whom nobody knows (security E1).

    cargo build --release
    benches/blind_times.py [--rounds N]

Needs python3, and a machine on which little else runs. In each round a store is made anew for each of four people: two who
are known and alike, one whom nobody knows, one who is disabled. Every step is then taken by all of them in turn, in
another order each round. The two who are alike show what chance makes of one and the same person: the verdict on
the others is whether they differ by more. Prints the median of each step and the differences between pairs of one
round with their spread, and exits 1 if somebody's step stands out: if the middle of the differences lies more than
5 % from none and also outside what chance did to the two alike (their 95 % interval, by bootstrap).
"""
import argparse, os, random, shutil, statistics, subprocess, sys, tempfile, time, json
from pathlib import Path

REGAIN = Path(__file__).resolve().parent.parent / "target/release/regain"
CONFIG = ('[captcha]\nmode = "off"\n[codes]\nresend_after = "0s"\n[delivery]\nbackground = false\n'
          '[sources]\nslow_most = "0s"\n')
PEOPLE = ["known", "known too", "unknown", "disabled"]
ADDRESS = "acme@example.com"


class Site:
    """A store of its own, in which `acme` is the person."""

    def __init__(self, kind):
        self.folder = Path(tempfile.mkdtemp(prefix="regain-times-"))
        self.env = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                    "XDG_CONFIG_HOME": str(self.folder / "config"), "XDG_DATA_HOME": str(self.folder / "data")}
        self.run("init", "-q")
        (self.folder / "config/regain/config.toml").write_text(CONFIG)
        # As many rows for everyone: only the name differs.
        name, address = ("other", "other@example.com") if kind == "unknown" else ("acme", ADDRESS)
        self.run("-q", "-y", "account", "create", name, "--email", address)
        self.run("-q", "delivery", "run", "--once")
        if kind == "disabled":
            self.run("-q", "-y", "account", "disable", name)

    def run(self, *arguments, stdin=""):
        """The seconds that it took, and what it printed."""
        child = subprocess.Popen([REGAIN, *arguments], env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, cwd=self.folder)
        begun = time.perf_counter()
        out, _ = child.communicate(stdin.encode())
        return time.perf_counter() - begun, out.decode()

    def close(self):
        shutil.rmtree(self.folder)


def steps(site):
    """Takes the steps one by one; yields the name and the seconds of each."""
    seconds, out = site.run("request", "start", "acme", "-o", "json")
    request = json.loads(out)["id"]
    yield "request start", seconds
    yield "request send", site.run("request", "send", request, "--method", "email", "--address", ADDRESS)[0]
    yield "request verify", site.run("request", "verify", request, "--code-stdin", stdin="000000\n")[0]
    yield "request show", site.run("request", "show", request)[0]
    yield "verify", site.run("verify", "acme", "--password-stdin", stdin="no such password at all\n")[0]
    old_and_new = "no such password at all\nanother long enough phrase\n"
    yield "password change", site.run("password", "change", "acme", "--password-stdin", stdin=old_and_new)[0]


def interval(values, rounds=2000):
    """The 95 % interval of the median, by bootstrap."""
    medians = sorted(statistics.median(random.choices(values, k=len(values))) for _ in range(rounds))
    return medians[int(rounds * 0.025)], medians[int(rounds * 0.975)]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=60)
    options = options.parse_args()
    taken = {}
    for number in range(options.rounds + 1):
        sites = {person: Site(person) for person in PEOPLE}
        walks = {person: steps(site) for person, site in sites.items()}
        order = PEOPLE[:]
        while walks:
            random.shuffle(order)
            for person in order:
                step = next(walks[person], None) if person in walks else None
                if step is None:
                    walks.pop(person, None)
                elif number:  # the first round warms up
                    taken.setdefault(step[0], {}).setdefault(person, []).append(step[1] * 1e3)
        for site in sites.values():
            site.close()
    apart = []
    for step, of in taken.items():
        known = of["known"]
        usual = statistics.median(known)
        print(f"{step}: {usual:.2f} ms")
        chance = interval([other - one for other, one in zip(of["known too"], known)])
        for person in PEOPLE[1:]:
            differences = [other - one for other, one in zip(of[person], known)]
            middle, (low, high) = statistics.median(differences), interval(differences)
            stands_out = (person != "known too" and abs(middle) > 0.05 * usual
                          and (low > max(chance[1], 0) or high < min(chance[0], 0)))
            print(f"{'APART' if stands_out else 'ok   '} {person:<10} {middle:+7.3f} ms   (95 %: {low:+.3f} to {high:+.3f})")
            if stands_out:
                apart.append((step, person))
    print("nobody stands out" if not apart else f"stands out: {apart}")
    return 1 if apart else 0


if __name__ == "__main__":
    sys.exit(main())
