"""What the benches share: whole processes measured in turn, and the one form in which a figure is told.

A bench is a program that prints a JSON object a line on standard output, one a figure, and whatever a person likes to read
meanwhile on standard error:

    {"what": "user show", "reference": "sqlite3, the same look-up", "unit": "ms", "ours": 4.1, "theirs": 3.0,
     "at_most": 1.4}

`at_most` or `at_least` bounds ours / theirs; without one the figure is only told. `benches/compare` runs all of them.
"""
import json, os, statistics, subprocess, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REGAIN = ROOT / "target/release/regain"


def once(argv, stdin=b"", env=None, stdout=subprocess.DEVNULL):
    """Wall seconds, CPU seconds, exit code of one process."""
    begun = time.perf_counter()
    child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.DEVNULL, env=env)
    child.stdin.write(stdin)
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, child.returncode


def paired(runs, *commands):
    """Medians of each command's figures, measured in turn (A B A B …) after a warm-up, so that a machine whose speed
    drifts favours none. A command is (argv or a function that gives it, standard input, environment)."""
    samples = [[] for _ in commands]
    for run in range(runs + 1):
        for at, (argv, stdin, env) in enumerate(commands):
            sample = once(argv() if callable(argv) else argv, stdin, env)
            if run:
                samples[at].append(sample)
    return [tuple(statistics.median(column) for column in zip(*rows)) for rows in samples]


def memory(argv, env, stdin=b""):
    """Peak memory in MiB. GNU time starts the command: what this script starts itself inherits its own peak."""
    timed = subprocess.run(["/usr/bin/time", "-f", "%M", *argv], env=env, stdout=subprocess.DEVNULL, input=stdin,
                           stderr=subprocess.PIPE, check=True)
    return int(timed.stderr.split()[-1]) / 1024


def environment(folder):
    """That of a person who has nothing but the store in this folder."""
    return dict(os.environ, XDG_CONFIG_HOME=str(folder / "config"), XDG_DATA_HOME=str(folder / "data"))


def built(bench):
    """The program of one of cargo's benches."""
    told = subprocess.run(["cargo", "bench", "-q", "--bench", bench, "--no-run", "--message-format=json"], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    artifacts = map(json.loads, told.splitlines())
    return next(found["executable"] for found in artifacts
                if found.get("executable") and found["target"]["name"] == bench)


def filled(folder, count, *kinds, config=""):
    """Fills the store in this folder with so many of everything, or of these kinds (see fill/main.rs), once; makes it first where
    there is none, with an account `acme` and `acme/alice` in it. Nobody waits there for what was measured before. Returns
    its environment."""
    env, done = environment(folder), folder / "-".join(["filled", *kinds])
    run = lambda *argv: subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL)
    if not (folder / "config").exists():
        run(REGAIN, "-q", "init")
        with open(folder / "config/regain/config.toml", "a") as file:
            file.write(f'\n[sources]\nslow_most = "0s"\n{config}')
        run(REGAIN, "-q", "-y", "account", "create", "acme")
        run(REGAIN, "-q", "-y", "user", "create", "acme/alice", "--email", "alice@example.com")
    if not done.exists():
        run(built("fill"), folder, str(count), *kinds)
        done.touch()
    return env


def figure(what, reference, unit, ours, theirs, **bound):
    """Tells one figure; `bound` is `at_most=` or `at_least=`."""
    told = {"what": what, "reference": reference, "unit": unit, "ours": ours, "theirs": theirs, **bound}
    print(json.dumps(told), flush=True)
