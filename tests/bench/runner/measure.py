"""Runs workloads, each in a process of its own, and keeps what they cost."""
import copy
import json
import statistics
import subprocess
import sys

from . import drivers, ways

LIMITS = ["raw", "decoded"]
BINARY = "binary"  # the decoding limit of the same rows, prepared: for drivers that take them in binary though they need not
MANAGER = "manager"  # the null driver: what the driver manager and the bench's own loop cost
CHECKED_SCALE = 0.1  # at most: where values go wrong they do so early, and checking takes longer than the workload
LOGIN = "login"  # of connecting: the null driver that logs in, so the raw socket's part and the driver manager's together
STREAMED = ("scan.", "ints.")  # read while the server still sends
TIMEOUT_S = 600
FIGURES = ["cpu_ns", "wall_ns", "bytes_in", "bytes_out", "writes"]  # sums over the count; grown_kib is one figure


class Result:
    """One workload on one server: for each limit and driver the runs, and what was wrong."""

    def __init__(self, name):
        self.name, self.unit, self.runs, self.trouble = name, "", {}, {}

    def add(self, who, figures):
        self.unit = figures["unit"]
        self.runs.setdefault(who, []).append(figures)

    def each(self, who, figure):
        """The median of a figure per row or operation; None where it was not measured."""
        runs = self.runs.get(who)
        if not runs:
            return None
        return statistics.median(run[figure] / (run["count"] if figure in FIGURES else 1) for run in runs)

    def right(self, who):
        return who not in self.trouble

    def plain(self):
        return {"workload": self.name, "unit": self.unit, "trouble": self.trouble, "runs": self.runs}


class Series:
    def __init__(self, binaries, server, under_test, scale, spread):
        self.server, self.scale, self.spread = server, scale, spread
        self.timeout_s = TIMEOUT_S  # of one run
        self.prefix = []  # of every command
        self.commands = {"raw": [binaries.wire_limit], "decoded": [binaries.wire_limit, "--decode"],
                         BINARY: [binaries.wire_limit, "--decode"],
                         MANAGER: [binaries.odbc_bench, "--driver", binaries.null_driver],
                         LOGIN: [binaries.odbc_bench, "--driver", binaries.login_driver]}
        self.way = ways.CLEAR
        for driver in under_test:
            self.commands[driver.name] = [binaries.odbc_bench, "--driver", driver.path, "--extra", driver.keywords]

    def drivers(self):
        return [who for who in self.commands if who not in (*LIMITS, BINARY, MANAGER, LOGIN)]

    def at(self, scale, spread=None):
        """The same comparison with other counts."""
        other = copy.copy(self)
        other.scale = scale
        other.spread = self.spread if spread is None else spread
        return other

    def through(self, server, prefix, scale):
        """The same comparison over another way to the server."""
        other = self.at(scale, spread=True)
        other.server, other.prefix = server, prefix
        return other

    def by(self, way):
        """Without the rivals; Selkie and the limits take another way."""
        other = self.without(drivers.rivals(self.drivers()))
        other.way = way
        for who in (*LIMITS, BINARY):
            other.commands[who] = [*other.commands[who], *way.options]
        for who in other.drivers():
            *command, keywords = other.commands[who]
            other.commands[who] = [*command, f"{way.keywords};{keywords}"]
        return other

    def without(self, names):
        other = copy.copy(self)
        other.commands = {who: command for who, command in self.commands.items() if who not in names}
        return other

    def measure(self, name, runs, check=True):
        result, failed = Result(name), set()
        twin = name.replace(".direct", ".prepared")
        has_twin = twin != name and twin.startswith(("scan.", "ints."))
        for who in self.commands:
            if who in (MANAGER, BINARY, LOGIN) or not check:
                continue
            checked = self.child(who, name, min(self.scale, CHECKED_SCALE), "--verify")
            trouble = checked.get("error") or checked.get("wrong")
            if trouble:
                result.trouble[who] = trouble
            if "error" in checked:
                failed.add(who)
        order = [who for who in self.commands if (who != BINARY or has_twin) and (who != LOGIN or name == "connect")]
        for run in range(runs):
            progress(f"{self.server.name}: {name}, run {run + 1} of {runs}")
            for who in order[run % len(order):] + order[:run % len(order)]:
                if who in failed:
                    continue
                figures = self.timed(who, twin if who == BINARY else name)
                if who == MANAGER and ("error" in figures or "wrong" in figures):
                    continue  # it does nothing, and not everything can be measured without
                if "error" in figures:
                    result.trouble.setdefault(who, figures["error"])
                    failed.add(who)
                    continue
                result.add(who, figures)
                if "wrong" in figures:
                    result.trouble.setdefault(who, figures["wrong"])
        progress("")
        return result

    def timed(self, who, name):
        """What is streamed runs twice: once for what the client takes, once, with a CPU for it and one for the server, for how
        long it lasts."""
        figures = self.child(who, name, self.scale)
        if self.spread or not name.startswith(STREAMED) or "error" in figures:
            return figures
        apart = self.child(who, name, self.scale, "--apart")
        return apart if "error" in apart else {**figures, "wall_ns": apart["wall_ns"], "shared_wall_ns": figures["wall_ns"]}

    def child(self, who, name, scale, *more):
        command = [*self.prefix, *self.commands[who], "--json", "--scale", f"{scale:.9f}", *(["--spread"] if self.spread else []), *more, name]
        try:
            done = subprocess.run(command, env=self.server.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  encoding="utf-8", errors="replace",  # a wrong value may be any bytes
                                  timeout=self.timeout_s)
        except subprocess.TimeoutExpired:
            return {"error": f"no end after {self.timeout_s} s"}
        if not done.stdout:
            sys.exit(f"{who}, {name}: {done.stderr.strip() or 'nothing was printed'}")
        return json.loads(done.stdout.splitlines()[-1])


def names(binaries, patterns):
    done = subprocess.run([binaries.odbc_bench, "--list", *patterns], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.returncode)
    return done.stdout.split()


def make_tables(binaries, server, scale, only_catalog=False):
    """As far as they are missing, for the checks and for the timed runs. Gives the server's version."""
    for part in (min(scale, CHECKED_SCALE), scale):
        progress(f"{server.name}: making tables")
        done = subprocess.run([binaries.wire_limit, "--setup", *(["--only-catalog"] if only_catalog else []), "--scale",
                               f"{part:.9f}"], env=server.environment(),
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{server.name}: the tables could not be made")
    return done.stdout.strip()


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
