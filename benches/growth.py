#!/usr/bin/env python3
"""Holds what every command costs to the same at a thousand of everything and at a million.

    cargo build --release
    benches/growth.py [--large N] [--rounds N] [--keep FOLDER] [--only TEXT]

Two stores are filled (fill/), with N of everything and with a thousand. In each round a new person lives through all that
commands do for one person, in both stores in turn (A B A B …). The medians of the CPU time of each command are
compared: how often it waits for the disk does not depend on the size (fsyncs.py).

Commands that are rightly linear in what they show or check are listed with the reason. A command that is neither listed
nor taken in a walk is a failure, so a new one is measured or explained.
"""
import argparse, base64, functools, hashlib, hmac, itertools, json, re, shutil, statistics, struct, subprocess, sys, tempfile, time
from pathlib import Path

from measure import REGAIN, figure, filled, once

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
PASSWORDS = [f"{word} lantern velvet cactus" for word in ["orbit", "meadow", "copper", "violet", "thunder", "walnut"]]
WRONG = "no such password at all"
FORM = """kind = "appeal"
who = "{who}"
new_mobile = "{mobile}"
[phone]
real_name = "Alice Example"
number = "+4915100000001"
[security]
authenticator = "none"
[basic]
name = "Example GmbH"
[history]
last_login = "in May"
[device]
usual = "a laptop"
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


def totp(uri, off):
    """The code of an authenticator so many steps from now (RFC 6238)."""
    key = base64.b32decode(re.search("secret=([A-Z2-7]+)", uri)[1])
    tag = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30 + off), hashlib.sha1)
    word = struct.unpack(">I", tag[(at := tag[-1] & 15):at + 4])[0] & 0x7FFFFFFF
    return f"{word % 1_000_000:06}"


def operators(site, tag, person, email, mobile):
    """What operators do to accounts and people."""
    firm, plain = f"firm{tag}", f"acme/plain{tag}"
    write = lambda *argv, **rest: site.take(*argv, "-y", "-q", **rest)
    yield from write("account", "create", firm, "--email", f"{firm}@example.com")
    yield from site.take("account", "show", firm)
    yield from site.take("account", "show", "acme", note="of all users")
    yield from write("account", "update", firm, "--user-quota", "5")
    yield from site.take("policy", "show", "acme")
    yield from site.take("user", "hashes")
    yield from write("policy", "set", firm, "password", "minimum_password_length=17")
    yield from write("account", "disable", firm)
    yield from write("account", "enable", firm)
    site.run("account", "disable", firm, "-y", "-q")
    yield from write("account", "delete", firm)
    yield from write("user", "create", plain)
    yield from write("user", "create", person, "--email", email, note="--email")
    yield from site.take("user", "show", person)
    first = json.loads((yield from site.take("user", "list", "acme", "--limit", "10", "-o", "json", note="ACCOUNT --limit")))
    yield from site.take("user", "list", "acme", "--limit", "10", "--after", first[-1]["id"], note="--after")
    yield from site.take("user", "list", "--limit", "10", note="--limit")
    yield from write("user", "update", person, "--description", "night shift")
    yield from write("user", "update", plain, "--name", f"other{tag}", note="--name")
    yield from write("user", "disable", person)
    yield from write("user", "enable", person)
    yield from site.take("user", "diagnose", person)
    yield from write("user", "revoke", f"acme/other{tag}")
    site.run("user", "disable", f"acme/other{tag}", "-y", "-q")
    yield from write("user", "delete", f"acme/other{tag}")
    yield from write("contact", "bind", person, "--mobile", mobile, "--verified", note="--verified")
    yield from site.take("contact", "list", person)
    yield from site.take("contact", "list", person, "--unmask", note="--unmask")
    yield from site.secret("admin-reset", person, "--generate", "-y", note="--generate")
    token = yield from site.secret("admin-reset", person, "--setup", "-y", note="--setup")
    yield from site.take("password", "setup", "--token-stdin", "--password-stdin", stdin=f"{token}\n{PASSWORDS[0]}\n")
    yield from write("admin-reset", person, "--password-stdin", "--no-must-change", stdin=f"{PASSWORDS[1]}\n")


def owners(site, person, email):
    """What a person does for themself, knowing the password."""
    sign_in = lambda command, who, password, note="", **rest: site.take(
        command, who, "--password-stdin", stdin=f"{password}\n", note=note, **rest)
    yield from sign_in("verify", person, PASSWORDS[1])
    yield from sign_in("verify", person, WRONG, "of a wrong password", ok=(11,))
    yield from sign_in("verify", f"{person}x", WRONG, "of nobody", ok=(11,))
    yield from sign_in("login", person, PASSWORDS[1])
    yield from site.take("device", "list", person)
    yield from site.take("device", "forget", person, "--all", "-y")
    yield from site.take("password", "change", person, "--password-stdin", stdin=f"{PASSWORDS[1]}\n{PASSWORDS[2]}\n")
    uri = yield from site.secret("mfa", "enrol", person, "-y")
    yield from site.take("mfa", "confirm", person, "--totp-stdin", "-y", stdin=f"{totp(uri, -1)}\n{totp(uri, 0)}\n")
    yield from site.take("mfa", "status", person)
    yield from site.take("mfa", "remove", person, "-y")
    new = f"new.{email}"
    yield from site.take("contact", "bind", person, "--email", new, "-y")
    both = f"{PASSWORDS[2]}\n{site.code(new)}\n"
    yield from site.take("contact", "verify", person, "--email", new, "--password-stdin", "--code-stdin", stdin=both)
    yield from site.take("contact", "change", person, "--email", email, "--password-stdin", "--code-stdin",
                         stdin=f"{PASSWORDS[2]}\n", ok=(9, 11, 2), note="until its first code")
    yield from site.take("contact", "unbind", person, "--mobile", "-y")
    yield from site.take("contact", "bind", person, "--email", email, "--verified", "-y", note="--verified, in place of one")


def strangers(site, tag, person, email):
    """A forgotten password, step by step, of people who exist and of those who do not."""
    for who, address, note in [(person, email, ""), (f"{person}x", f"x.{email}", "of nobody")]:
        request = (yield from site.told("request", "start", who, note=note))["id"]
        yield from site.take("request", "send", request, "--method", "email", "--address", address, note=note)
        yield from site.take("request", "show", request, note=note)
        yield from site.take("request", "verify", request, "--code-stdin", stdin="000000\n", ok=(10, 11), note=f"wrong {note}")
        yield from site.take("request", "cancel", request, note=note)
    request = json.loads(site.run("request", "start", person, "-o", "json")[1])["id"]
    site.run("request", "send", request, "--method", "account")
    code = site.code(email)
    reference = re.search("[a-z]{5}-[a-z]{5}-[a-z]{5}", site.letter)[0]
    message = re.search("(?im)^message-id: *<(.+?)>", site.letter)[1]
    yield from site.take("delivery", "receipt", message, "--state", "delivered")
    yield from site.take("request", "verify", request, "--code-stdin", stdin=f"{code}\n", note="right")
    yield from site.take("request", "set-password", request, "--password-stdin", stdin=f"{PASSWORDS[3]}\n")
    yield from site.take("request", "list", person)
    yield from site.take("request", "disown", reference)
    yield from site.take("user", "enable", person, "--unlock", "-y", note="--unlock")
    portal = (yield from site.told("request", "start", person, "--source", "192.0.2.7", note="by a portal"))["id"]
    site.run("request", "cancel", portal)
    pictured = ("--config", str(site.picture))
    request = json.loads(site.run("request", "start", person, "-o", "json", *pictured)[1])["id"]
    yield from site.take("request", "captcha", request, "--png", str(next(site.secrets)), *pictured)
    site.run("request", "cancel", request)
    free = f"+49152{tag}"
    for number, note in [("+4915100000000", "taken, low"), (f"+49151{site.count - 1:08}", "taken, high"), (free, "free")]:
        told = yield from site.told("request", "register", f"new{tag}", "--mobile", number)
        note = f"of a registration, {note}"
        yield from site.take("request", "send", told["id"], note=note)
        if number == free:
            site.run("request", "verify", told["id"], "--code-stdin", stdin=f"{site.code(free)}\n")
            yield from site.take("request", "set-password", told["id"], "--password-stdin", stdin=f"{PASSWORDS[0]}\n",
                                 note="of a registration")
        else:
            site.run("request", "cancel", told["id"])


def desks(site, tag, person, email):
    """Codes, calls, appeals and records."""
    site.run("admin-reset", person, "--password-stdin", "--no-must-change", "-y", "-q", stdin=f"{PASSWORDS[4]}\n")
    request = json.loads(site.run("request", "start", person, "-o", "json")[1])["id"]
    site.run("request", "send", request, "--method", "account")
    codes = yield from site.told("codes", "list", person)
    yield from site.take("codes", "list", "--limit", "10", note="--limit")
    yield from site.take("codes", "explain", person)
    yield from site.take("codes", "resend", codes[0]["id"], "-y")
    newest = json.loads(site.run("codes", "list", person, "-o", "json")[1])[0]["id"]
    yield from site.take("codes", "revoke", newest, "-y", note="ID")
    yield from site.take("codes", "revoke", person, "-y", note="USER", ok=(0, 3))
    site.run("request", "cancel", request, ok=(0, 4))
    call = yield from site.told("support", "challenge", person, "-y")
    yield from site.take("support", "confirm", call["id"], "--code-stdin", stdin=f"{site.code(email)}\n")
    unified = f"uni{tag}"
    site.run("account", "create", unified, "--kind", "unified", "--email", f"{unified}@example.com", "-y", "-q")
    for number, decision in enumerate(["deny", "approve"]):
        form = FORM.format(who=unified, mobile=f"+49157{int(tag) + number:08}")
        appeal = yield from site.told("appeal", "submit", "--from", "-", stdin=form)
        yield from site.take("appeal", "show", appeal["serial"])
        yield from site.take("appeal", "list", "--limit", "10")
        yield from site.take("appeal", decision, appeal["serial"], "-y")
    yield from site.take("audit", "list", "--limit", "10")
    yield from site.take("audit", "list", "--user", person, "--limit", "10", note="--user")
    yield from site.take("audit", "list", "--action", "login", "--limit", "10", note="--action")
    yield from site.take("delivery", "test", "--email", "ops@example.com")
    site.run("user", "disable", person, "-y", "-q")
    yield from site.take("user", "delete", person, "-y", note="with all that is theirs")


def walk(site, tag):
    person, email, mobile = f"acme/walk{tag}", f"walk{tag}@example.com", f"+49155{tag}"
    yield from operators(site, tag, person, email, mobile)
    yield from owners(site, person, email)
    yield from strangers(site, tag, person, email)
    yield from desks(site, tag, person, email)


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
    for count in [small, large] * 3:
        env = filled(folder / f"people{count}", count, "people", config=CONFIG)
        names = folder / f"names{count}"
        names.write_text("".join(f"acme/user{at:07}\n" for at in range(count)))
        env_of_records = filled(folder / f"records{count}", count * 6, "records")
        for name, argv, of, number in [
            ("admin-reset --setup", ["admin-reset", "--from", names, "--setup", "-y", "-q"], env, count),
            ("delivery run", ["delivery", "run", "--once", "-q"], env, count),
            ("audit list", ["audit", "list", "--limit", str(count * 6), "-o", "jsonl"], env_of_records, count * 6),
        ]:
            each = once([REGAIN, *argv], env=of)[1] / number * 1e6
            taken.setdefault(name, {}).setdefault(number, []).append(each)
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
