#!/usr/bin/env python3
"""Counts how often commands wait for the disk, for two builds side by side in one run.

    benches/fsyncs.py FORMER [NEW]

NEW is target/release/regain unless another is named. Needs python3 and strace. Each build gets a store of its own in a
temporary folder, and each command runs three times; the most is shown. Exits 1 if the new build waits more often than it
may, or than the former one.

Bounds (issue "Nobody guesses uncounted"): a command that writes waits at most twice, `verify` and `request verify` three
times.
"""
import argparse, json, os, re, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "orbit lantern velvet cactus\n"
CONFIG = '[captcha]\nmode = "off"\n[delivery]\nbackground = false\n'
ROUNDS = 3


class Site:
    """A store of its own, for one build."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, Path(folder)
        self.env = dict(os.environ, XDG_CONFIG_HOME=str(self.folder / "config"), XDG_DATA_HOME=str(self.folder / "data"))
        self.run("init")
        (self.folder / "config/regain/config.toml").write_text(CONFIG)
        self.run("-y", "account", "create", "acme", "--email", "owner@example.com")
        self.run("-y", "user", "create", "acme/alice", "--email", "alice@example.com")
        self.run("-y", "admin-reset", "acme/alice", "--password-stdin", "--no-must-change", stdin=PASSWORD)

    def run(self, *arguments, stdin="", before=()):
        done = subprocess.run([*before, self.binary, *arguments], input=stdin, env=self.env, text=True,
                              capture_output=True)
        if done.returncode not in (0, 11, 12):
            sys.exit(f"{arguments}: exit {done.returncode}: {done.stderr}")
        return done.stdout

    def waits(self, *arguments, stdin=""):
        log = self.folder / "strace.log"
        self.run(*arguments, stdin=stdin, before=("strace", "-f", "-o", str(log), "--trace=fsync,fdatasync,sync,syncfs"))
        return len(re.findall(r"\b(?:fsync|fdatasync|sync|syncfs)\(", log.read_text()))

    def request(self):
        return json.loads(self.run("request", "start", "acme/alice", "-o", "json"))["id"]

    def sent(self):
        request = self.request()
        self.run("request", "send", request, "--method", "account")
        return request


def commands(site, number):
    """What is counted: a name, how often it may wait, and the count."""
    yield "account create", 2, site.waits("-y", "account", "create", f"other{number}")
    yield "user create", 2, site.waits("-y", "user", "create", f"acme/user{number}")
    yield "user disable", 2, site.waits("-y", "user", "disable", f"acme/user{number}")
    yield "contact bind --verified", 2, site.waits(
        "-y", "contact", "bind", f"acme/user{number}", "--email", f"u{number}@example.com", "--verified")
    yield "admin-reset --password-stdin", 2, site.waits(
        "-y", "admin-reset", f"acme/user{number}", "--password-stdin", stdin=PASSWORD)
    yield "policy set", 2, site.waits("-y", "policy", "set", "acme", "password", f"minimum_password_length={16 + number}")
    yield "request start", 2, site.waits("request", "start", "acme/alice")
    yield "request send", 2, site.waits("request", "send", site.request(), "--method", "account")
    yield "request verify, a wrong code", 3, site.waits("request", "verify", site.sent(), "--code-stdin", stdin="000000\n")
    yield "verify, right", 3, site.waits("verify", "acme/alice", "--password-stdin", stdin=PASSWORD)
    yield "verify, wrong", 3, site.waits("verify", "acme/alice", "--password-stdin", stdin="wrong\n")
    yield "verify, a stranger", 3, site.waits("verify", "acme/nobody", "--password-stdin", stdin=PASSWORD)
    yield "user list", 0, site.waits("user", "list")


def most(binary):
    """The most of each command over the rounds."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="regain-bench-") as folder:
        site = Site(binary, folder)
        for number in range(ROUNDS):
            for name, bound, count in commands(site, number):
                found[name] = bound, max(count, found.get(name, (0, 0))[1])
    return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("former")
    options.add_argument("new", nargs="?", default=str(ROOT / "target/release/regain"))
    options = options.parse_args()
    former, new = most(options.former), most(options.new)
    over = []
    print(f"      {'command':<32} {'former':>6} {'new':>6} {'bound':>6}")
    for name, (bound, count) in new.items():
        holds = count <= bound and count <= former[name][1]
        print(f"{'ok  ' if holds else 'OVER'}  {name:<32} {former[name][1]:>6} {count:>6} {bound:>6}")
        if not holds:
            over.append(name)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
