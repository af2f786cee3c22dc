"""Under a network's delay: how many round trips each operation takes, counted, and by how much longer it takes."""
import atexit
import dataclasses
import functools
import os
import subprocess

from .measure import progress

ROUND_TRIPS_MS = [1, 20]
SPARE = 0.05  # of a round trip: what is done once in many operations


@dataclasses.dataclass
class Operation:
    workload: str
    scale: float
    more: int = 0  # round trips that Selkie may take beyond the raw socket's


OPERATIONS = [
    Operation("connect", 0.001, 1),
    Operation("select1.direct", 0.001),
    Operation("point.prepared", 0.001),
    Operation("repeat.direct", 0.001),
    Operation("repeat.prepare", 0.001),
    Operation("fresh.prepare", 0.001),
    Operation("insert.array1000.column", 0.005),  # one call, and the commit
    Operation("commit", 0.001),
    Operation("tables.one", 0.001),
    Operation("columns.one", 0.001),
    Operation("abandon", 0.1, 1),  # a KILL that comes too late is given a command to hit
]
SCALES = sorted({operation.scale for operation in OPERATIONS})


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    words = done.stdout.strip().splitlines() or [f"exit code {done.returncode}"]
    return "" if done.returncode == 0 else f"{' '.join(command[:2])}: {words[-1]}"


class Namespace:
    """A network namespace for the client, with a pair of devices whose queues hold packets back (netem)."""
    HERE, THERE = "198.18.0.1", "198.18.0.2"  # RFC 2544: addresses for benchmarks

    def __init__(self):
        self.name = f"selkie-bench-{os.getpid()}"
        self.ours, self.theirs = f"sb{os.getpid()}a", f"sb{os.getpid()}b"
        self.prefix = ["ip", "netns", "exec", self.name]
        self.words = "delayed between two network namespaces by netem"
        atexit.register(self.remove)
        self.trouble = next(filter(None, (run(*step) for step in [
            ("ip", "netns", "add", self.name),
            ("ip", "link", "add", self.ours, "type", "veth", "peer", "name", self.theirs, "netns", self.name),
            ("ip", "address", "add", f"{self.HERE}/30", "dev", self.ours),
            ("ip", "link", "set", self.ours, "up"),
            (*self.prefix, "ip", "address", "add", f"{self.THERE}/30", "dev", self.theirs),
            (*self.prefix, "ip", "link", "set", self.theirs, "up"),
        ])), "") or self.delay(0)

    def delay(self, round_trip_ms):
        netem = ("root", "netem", "limit", "100000", "delay", f"{round_trip_ms / 2}ms")
        return (run("tc", "qdisc", "replace", "dev", self.ours, *netem)
                or run(*self.prefix, "tc", "qdisc", "replace", "dev", self.theirs, *netem))

    def remove(self):
        run("ip", "link", "delete", self.ours)
        run("ip", "netns", "delete", self.name)


class Loopback:
    """No network at all: the relay holds back what it forwards."""
    prefix = []

    def __init__(self, why):
        self.words = f"delayed by a relay, without TCP's own handshake (no netem here: {why})"


class Way:
    """To a server, with a delay."""

    def __init__(self, binaries, server, place, round_trip_ms):
        is_relayed = isinstance(place, Loopback)
        if not is_relayed:
            place.delay(round_trip_ms)
        host = "127.0.0.1" if is_relayed else place.HERE
        delay_us = round(round_trip_ms * 500) if is_relayed else 0
        self.relay = subprocess.Popen([binaries.delay_relay, server.host, server.port, str(delay_us), host],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.server = dataclasses.replace(server, host=host, port=self.relay.stdout.readline().strip(), socket="")

    def answers(self):
        """How often a server has answered so far: once in a round trip."""
        print(file=self.relay.stdin, flush=True)
        return int(self.relay.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.relay.kill()
        self.relay.wait()


@functools.cache
def place():
    namespace = Namespace()
    return Loopback(namespace.trouble) if namespace.trouble else namespace


class Trips:
    """Round trips of each operation, for each who: counted[workload, who], and trips[workload][who][ms] by a delay's effect."""

    def __init__(self, binaries, server, series, runs):
        self.place, self.way = place(), series.way
        self.trips, self.counted, self.trouble = {}, {}, {}
        self.names = ["raw", *series.drivers()]
        walls = {}
        for round_trip in (0, *ROUND_TRIPS_MS):
            with Way(binaries, server, self.place, round_trip) as way:
                for operation in OPERATIONS:
                    progress(f"{server.name}: {operation.workload}, {round_trip} ms")
                    there = series.through(way.server, self.place.prefix, operation.scale)
                    for who in self.names:
                        walls[operation.workload, who, round_trip] = self.wall(there, who, operation.workload, runs)
                        if round_trip == ROUND_TRIPS_MS[-1]:
                            self.counted[operation.workload, who] = self.count(way, there, who, operation.workload)
        progress("")
        for operation in OPERATIONS:
            self.trips[operation.workload] = {
                who: {ms: self.between(walls[operation.workload, who, 0], walls[operation.workload, who, ms], ms)
                      for ms in ROUND_TRIPS_MS} for who in self.names}

    def wall(self, series, who, workload, runs):
        walls = []
        for _ in range(runs):
            figures = series.child(who, workload, series.scale)
            if "error" in figures:
                self.trouble[workload, who] = figures["error"]
                return None
            walls.append(figures["wall_ns"] / figures["calls"])
        return min(walls)  # what comes on top is the machine's, not the network's

    @staticmethod
    def count(way, series, who, workload):
        """Answers of one operation: what twice as many take more."""
        seen, calls = [way.answers()], [0]
        for times in (1, 2):
            figures = series.child(who, workload, series.scale, "--times", str(times))
            if "error" in figures:
                return None
            seen.append(way.answers())
            calls.append(figures["calls"])
        return (seen[2] - 2 * seen[1] + seen[0]) / (calls[2] - calls[1])

    @staticmethod
    def between(without, delayed, ms):
        return None if without is None or delayed is None else (delayed - without) / (ms * 1e6)

    def rows(self):
        """Headings, then a line of texts for each operation."""
        yield ["round trips", *(f"{who}, {what}" for who in self.names for what in ("counted", *(f"{ms} ms" for ms in ROUND_TRIPS_MS)))]
        for workload, by_who in self.trips.items():
            yield [workload, *("fails" if trips is None else f"{trips:.1f}" for who in self.names
                               for trips in (self.counted[workload, who], *by_who[who].values()))]

    def verdict(self):
        lines = []
        for operation in OPERATIONS:
            raw, ours = (self.counted[operation.workload, who] for who in ("raw", "Selkie"))
            if raw is None or ours is None:
                lines.append(f"  {operation.workload}: fails")
            elif ours > raw + operation.more + SPARE:
                lines.append(f"  {operation.workload}: {ours:.1f}, the raw socket {raw:.1f}")
        return "Selkie takes no more round trips than it must." if not lines else "\n".join(["More round trips than it must:", *lines])
