"""What people and their operators do with regain: the walks that growth.py measures, a step after another."""
import base64, hashlib, hmac, json, re, struct, time
from pathlib import Path

PASSWORDS = [f"{word} lantern velvet cactus" for word in ["orbit", "meadow", "copper", "violet", "thunder", "walnut"]]
WRONG = "no such password at all"
# One more than a batch has in hand at once: what stops with the first row that it tells leaves one of them.
NINE = 9
# Of a pair whose other half nobody kept.
RECIPIENT = "age13lgtju743f8gh0ul32rx4c9dadz58720su9ddwhnpxhlmxsfapxq6pa62n"
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
    yield from site.take("user", "export", "-", firm, note="of another account")
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


def batches(site, tag):
    """What operators do to several people at once, and what comes of it where it is interrupted."""
    people = str(site.folder / f"people{tag}.csv")
    names = [f"nine{tag}{at}" for at in range(NINE)]
    Path(people).write_text("user,email\n" + "".join(f"acme/{name},{name}@example.com\n" for name in names))
    reset = ("admin-reset", "--from", people, "-y", "-q")
    yield from site.take("user", "import", people, "-y", "-q", note="of nine")
    yield from site.take("user", "import", people, "--on-conflict", "update", "-y", "-q", note="of nine, as they are")
    yield from site.take(*reset, "--generate", "--secrets-for", RECIPIENT, "--secrets-to", str(next(site.secrets)),
                         "--batch", f"sealed{tag}", note="--generate of nine, sealed")
    yield from site.take("batch", "secrets", f"sealed{tag}")
    yield from site.take("batch", "list", "--limit", "10")
    yield from site.take("batch", "show", f"sealed{tag}")
    yield from site.take("batch", "show", f"sealed{tag}", "--rows", note="--rows")
    for end in ["resume", "cancel"]:
        secrets = ("--secrets-to", str(next(site.secrets)))
        site.interrupt(*reset, "--generate", *secrets, "--batch", f"{end}{tag}")
        yield from site.take("batch", end, f"{end}{tag}", "-y", "-q", *(secrets if end == "resume" else ()))


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
    yield from batches(site, tag)
    yield from owners(site, person, email)
    yield from strangers(site, tag, person, email)
    yield from desks(site, tag, person, email)
