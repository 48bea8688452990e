#!/usr/bin/env python3
"""Holds what every command costs to the same at a thousand of everything and at a million.

    cargo build --release
    benches/growth.py [--large N] [--rounds N] [--keep FOLDER] [--only TEXT]

Two stores are filled (fill/), with N of everything and with a thousand. In each round a new person lives through all that
commands do for one person, and nine through what they do for several, in both stores in turn (A B A B …). The medians of
the CPU time of each command are compared: how often it waits for the disk does not depend on the size (fsyncs.py).

Commands that are rightly linear in what they show or check are listed with the reason. A command that is neither listed
nor taken in a walk is a failure, so a new one is measured or explained.
"""
import argparse, functools, itertools, json, re, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

from measure import REGAIN, figure, filled, once
from walks import walk

SMALL = 1_000
EVERYTHING = f"with {SMALL:,} of everything"
AT_MOST = 1.3
# Of what strangers can ask for: they would learn from it who exists (security E1).
ALIKE = 1.1
# By the name of what is measured; all others are held to AT_MOST.
CLOSER = {"user create": 1.2, "user create --email": 1.2}

LINEAR = {
    "account list": "shows all accounts",
    "audit export": "writes all records",
    "audit verify": "checks all records",
    "delivery run": "tells what waits",
    "delivery status": "counts what waits",
    "doctor": "checks the whole store",
    "store backup": "copies all pages",
    "store check": "reads all rows",
    "store purge": "deletes what is old",
    "store restore": "copies all pages",
    "store rotate-key": "seals anew all that is sealed",
    "user export": "writes everybody",
    "user find": "looks for a piece of any text",
    "user readiness": "reads on until it has found enough who could not recover",
}
OTHERWISE = {
    "completions": "reads no store",
    "config check": "reads no store",
    "config set": "reads no store",
    "config show": "reads no store",
    "demo": "plays in a store of its own",
    "faq": "reads no store",
    "hash calibrate": "reads no store",
    "init": "makes an empty store",
    "man": "reads no store",
    "password reset": "asks at a terminal; the steps are those of `request`",
    "account register": "asks at a terminal; the steps are those of `request`",
    "texts list": "reads no store",
    "texts show": "reads no store",
    "version": "reads no store",
}

# Nothing is held back in a person's whole life of a minute.
CONFIG = """trusted = ["root"]
[captcha]
mode = "off"
[codes]
resend_after = "0s"
[delivery]
background = false
[budgets]
contact_per_hour = 10000
contact_per_day = 10000
source_per_hour = 10000
[appeals]
source_per_day = 10000
person_per_day = 1000
[contacts]
cooldown = "0s"
"""
@functools.cache
def leaves():
    """Every command that has none beneath it, by the manual."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([REGAIN, "-q", "man", folder], check=True, stdout=subprocess.DEVNULL)
        pages = {page.stem.removeprefix("regain").removeprefix("-") for page in Path(folder).glob("*.1")} - {""}
    noun_of = {page: next((noun for noun in pages if page.startswith(f"{noun}-")), None) for page in pages}
    nouns = set(noun_of.values())
    return {page.replace(f"{noun}-", f"{noun} ", 1) for page, noun in noun_of.items() if page not in nouns}


class Site:
    """A store, and what is run over it."""

    def __init__(self, folder, count):
        self.folder, self.count = folder, count
        self.env = filled(folder, count, "people", "traffic", "records", config=CONFIG)
        # Their own changes ask nobody for a code.
        self.run("policy", "set", "acme", "protection", "operation_protection=false", "-y", "-q")
        text = (folder / "config/regain/config.toml").read_text()
        self.picture = folder / "config/regain/picture.toml"
        self.picture.write_text(text.replace('mode = "off"', 'mode = "picture"'))
        self.secrets = (folder / f"secret{number}" for number in itertools.count(time.time_ns()))
        self.letter = ""

    def run(self, *argv, stdin="", ok=(0,)):
        """CPU seconds, and what was printed."""
        with tempfile.TemporaryFile() as out:
            _, cpu, code = once([REGAIN, *argv], stdin.encode(), self.env, out)
            out.seek(0)
            printed = out.read().decode()
        if code not in ok:
            again = subprocess.run([REGAIN, *argv], input=stdin.encode(), env=self.env, capture_output=True)
            sys.exit(f"{argv}: exit {code}; again: {again.stderr.decode()}")
        return cpu, printed

    def interrupt(self, *argv):
        """Runs a batch that cannot tell how it ended for anybody, and stops."""
        with open("/dev/full", "wb") as full:
            _, _, code = once([REGAIN, *argv, "-o", "jsonl"], env=self.env, stdout=full)
        if code != 1:
            sys.exit(f"{argv}: exit {code}, and not interrupted")

    def take(self, *argv, note="", **rest):
        """One measured step of a walk: gives its name and its CPU seconds, and returns what it printed."""
        leaf = next(leaf for leaf in leaves() if list(argv[:len(leaf.split())]) == leaf.split())
        cpu, printed = self.run(*argv, **rest)
        yield f"{leaf} {note}".strip(), leaf, cpu
        return printed

    def told(self, *argv, **rest):
        """The same, and what it printed as JSON."""
        return json.loads((yield from self.take(*argv, "-o", "json", **rest)))

    def deliver(self):
        self.run("delivery", "run", "--once", "-q", ok=(0, 8))
        paths = [path for channel in ("email", "sms") for path in self.folder.glob(f"data/regain/outbox/{channel}/new/*")]
        paths.sort(key=lambda path: path.stat().st_mtime_ns)
        new = [path.read_text() for path in paths]
        for path in paths:
            path.unlink()
        return new

    def code(self, address):
        """The code in the newest message to this address."""
        found = None
        for letter in self.deliver():
            code = re.search(r"(?<!\d)\d{6}(?!\d)", letter)
            if code and f"\nTo: {address}\n" in letter:
                self.letter, found = letter, code[0]
        return found

    def secret(self, *argv, **rest):
        """What a command hands out into a file."""
        path = next(self.secrets)
        yield from self.take(*argv, "--secrets-to", str(path), **rest)
        return json.loads(path.read_text())["secret"]


def measured(sites, rounds, only):
    """CPU seconds of each step in each site, and the commands that were taken."""
    taken, commands = {}, set()
    first = int(time.time()) % 1_000_000 * 100
    for number in range(rounds + 1):
        for steps in zip(*(walk(site, f"{first + number:08}") for site in sites), strict=True):
            name, leaf, _ = steps[0]
            assert all(step[0] == name for step in steps)
            commands.add(leaf)
            if number and only in name:  # the first round warms up
                taken.setdefault(name, []).append([cpu * 1e3 for _, _, cpu in steps])
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in taken.items()}, commands


def idle(sites, rounds):
    """What a worker costs that finds nothing to hand over; before there is a backlog, which it would tell of."""
    runs = [[site.run("delivery", "run", "--once")[0] * 1e3 for site in sites] for _ in range(rounds + 1)]
    few, many = (statistics.median(column) for column in zip(*runs[1:]))
    figure("delivery run --once of nothing", EVERYTHING, "ms", many, few, at_most=AT_MOST)


def rates(folder, small, large):
    """What each of a few people and each of many costs, where a command is about all of them."""
    taken = {}
    for turn, count in enumerate([small, large] * 3):
        env = filled(folder / f"people{count}", count, "people", config=CONFIG)
        names, new = folder / f"names{count}", folder / "new.csv"
        names.write_text("".join(f"acme/user{at:07}\n" for at in range(count)))
        new.write_text("user,email\n" + "".join(f"new{turn}/user{at:07},{at}@new{turn}.example\n" for at in range(count)))
        once([REGAIN, "account", "create", f"new{turn}", "-y", "-q"], env=env)
        env_of_records = filled(folder / f"records{count}", count * 6, "records")
        for name, argv, of, number in [
            ("admin-reset --setup", ["admin-reset", "--from", names, "--setup", "-y", "-q"], env, count),
            ("delivery run", ["delivery", "run", "--once", "-q"], env, count),
            ("user import", ["user", "import", new, "-y", "-q"], env, count),
            ("user export", ["user", "export", "-", f"new{turn}"], env, count),
            ("audit list", ["audit", "list", "--limit", str(count * 6), "-o", "jsonl"], env_of_records, count * 6),
        ]:
            _, cpu, code = once([REGAIN, *argv], env=of)
            assert code == 0, f"{name} of {number:,}: exit {code}"
            taken.setdefault(name, {}).setdefault(number, []).append(cpu / number * 1e6)
    for name, by_number in taken.items():
        (few, theirs), (many, ours) = by_number.items()
        figure(f"{name}, each of {many:,}", f"each of {few:,}", "µs", statistics.median(ours), statistics.median(theirs),
               at_most=AT_MOST)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--large", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=21)
    options.add_argument("--keep", type=Path)
    options.add_argument("--only", default="", help="tell only of steps whose name holds this")
    options = options.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="regain-bench-"))
    sites = [Site(folder / str(count), count) for count in (SMALL, options.large)]
    if not options.only:
        idle(sites, options.rounds)
        rates(folder, min(900, options.large), min(30_000, options.large))
    for site in sites:
        filled(site.folder, site.count // 10, "backlog")
    medians, commands = measured(sites, options.rounds, options.only)
    explained = LINEAR.keys() | OTHERWISE.keys()
    if forgotten := sorted(leaves() - commands - explained):
        sys.exit(f"neither measured nor explained: {forgotten}")
    if gone := sorted(explained - leaves()):
        sys.exit(f"explained, and no command: {gone}")
    for name, (few, many) in medians.items():
        figure(name, EVERYTHING, "ms", many, few, at_most=CLOSER.get(name, AT_MOST))
    strangers_see = [many for name, (_, many) in medians.items() if name.startswith("request send of a registration")]
    if strangers_see:
        figure("request send of a registration: of a number that is taken, early or late, or free", "the fastest of them", "ms",
               max(strangers_see), min(strangers_see), at_most=ALIKE)
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
