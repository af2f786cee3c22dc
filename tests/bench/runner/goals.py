"""What Selkie has to reach, as ratios within one run, and how far it is."""
import dataclasses
import fnmatch

from .measure import BINARY, LOGIN, MANAGER


@dataclasses.dataclass
class Goal:
    workload: str    # a pattern
    figure: str      # of measure.py
    # A limit; one and the driver manager's own calls ("raw + manager"); "own protocol" (of large rowsets: binary); "rival", the
    # best of them; "wire", the answer's size; None: the bounds are absolute.
    against: object
    must: float
    aim: float
    server: str = "" # "MariaDB", "MySQL" or both


GOALS = [
    Goal("scan.native.rs100*", "cpu_ns", "own protocol", 1.6, 1.25),
    Goal("scan.wchar.rs100*", "cpu_ns", "own protocol", 1.5, 1.2),
    Goal("scan.char.rs100*", "cpu_ns", "own protocol", 1.6, 1.25),
    Goal("scan.*.get.*", "cpu_ns", "rival", 0.48, 0.33),
    Goal("ints.rs1000.direct", "cpu_ns", "rival", 0.3, 0.2),
    Goal("ints.rs1000.prepared", "cpu_ns", "rival", 0.2, 0.1),
    Goal("scan.*", "wall_ns", "own protocol", 1.1, 1.0),
    Goal("scan.*.rs100*.direct", "wall_ns", "decoded", 1.1, 0.65),  # over binary rows it beats the text limit
    Goal("ints.*", "wall_ns", "own protocol", 1.1, 1.0),
    Goal("scan.*", "grown_kib", None, 2048, 1024),
    Goal("ints.*", "grown_kib", None, 2048, 1024),
    Goal("blob.*", "grown_kib", None, 1024, 512),
    Goal("parked.*", "grown_kib", "wire", 1.1, 0.1),      # kept as it came, past a limit on disk
    Goal("scrollable.*", "grown_kib", "wire", 1.1, 0.1),
    Goal("connect", "wall_ns", "raw + manager", 1.2, 1.1),
    Goal("select1.direct", "cpu_ns", "raw + manager", 1.15, 1.1),
    Goal("select1.direct", "wall_ns", "raw + manager", 1.05, 1.0),
    Goal("select1.direct", "writes", None, 1.01, 1.01),
    Goal("point.prepared", "cpu_ns", "raw", 1.3, 1.2),
    Goal("point.prepared", "wall_ns", "raw", 1.1, 1.05),
    Goal("wide1000.*", "wall_ns", "decoded", 1.3, 1.1),
    Goal("wide1000.*", "bytes_in", "raw", 1.01, 1.0, "MariaDB"),  # the limit's bytes are the row's and 20
    Goal("repeat.*", "writes", None, 1.05, 1.01),
    Goal("insert.array*", "cpu_ns", "decoded", 1.5, 1.25, "MariaDB"),
    Goal("insert.array*", "cpu_ns", "decoded", 1.6, 1.25, "MySQL"),
    Goal("insert.array*", "wall_ns", "decoded", 1.05, 1.0),
    Goal("update.array*", "wall_ns", "decoded", 1.1, 1.0),
    Goal("blob.get.*", "cpu_ns", "raw", 2.5, 1.5),
    Goal("blob.put", "cpu_ns", "raw", 1.5, 1.25),
    Goal("blob.*", "wall_ns", "raw", 1.15, 1.05),
    Goal("columns", "cpu_ns", None, 150, 120),
    Goal("columns", "wall_ns", "raw", 1.15, 1.05),
    Goal("abandon", "wall_ns", None, 50e6, 20e6),
]

WITH_MANAGER = " + manager"
SHORT = {"cpu_ns": "cpu", "wall_ns": "wall", "grown_kib": "memory in KiB", "bytes_in": "bytes in", "writes": "writes"}


def limit_of(goal, result, rivals):
    if goal.against is None:
        return 1.0
    if goal.against == "rival":
        values = [result.each(rival, goal.figure) for rival in rivals if result.right(rival)]
        return min((value for value in values if value), default=None)
    if goal.against.endswith(WITH_MANAGER):
        if both := result.each(LOGIN, goal.figure):
            return both
        bare, manager = result.each(goal.against.removesuffix(WITH_MANAGER), goal.figure), result.each(MANAGER, goal.figure)
        return bare + manager if bare and manager else None
    if goal.against == "own protocol":
        return (".rs100" in result.name and result.each(BINARY, goal.figure)) or result.each("decoded", goal.figure)
    if goal.against == "wire":
        raw = result.runs.get("raw")
        return raw[0]["bytes_in"] / 1024 if raw else None
    return result.each(goal.against, goal.figure)


def shares(results, name, version, rivals):
    """Of each goal that is the server's and each result that it is for: (goal, result, what share of the limit it takes)."""
    server = "MariaDB" if "MariaDB" in version else "MySQL"
    for goal in GOALS:
        for result in results:
            if not fnmatch.fnmatch(result.name, goal.workload) or goal.server not in ("", server):
                continue
            value, limit = result.each(name, goal.figure), limit_of(goal, result, rivals)
            is_known = value is not None and limit and result.right(name)  # how soon a wrong value comes says nothing
            yield goal, result, value / limit if is_known else None


def verdict(results, name, version, rivals):
    """How many of the goals are met, and a line for each that is not: those missed, then those only at their must."""
    missed, short_of_aim = [], []
    unknown = at_aim = 0
    for goal, result, share in shares(results, name, version, rivals):
        if share is None:
            unknown += 1
        elif share > goal.must:
            missed.append(line(goal, result, share, f"must be {text(goal.must)}"))
        elif share > goal.aim:
            short_of_aim.append(line(goal, result, share, f"aim {text(goal.aim)}"))
        else:
            at_aim += 1
    head = (f"{name}: {at_aim} goals at their aim, {len(short_of_aim)} at their must, {len(missed)} missed"
            + (f", {unknown} without a right answer" if unknown else ""))
    below = ["At their must only:", *short_of_aim] if short_of_aim else []
    return "\n".join(["", head + (":" if missed else "."), *missed, *below])


def line(goal, result, share, bound):
    return f"  {result.name:<28} {SHORT[goal.figure]:>13}  {text(share):>9}, {bound} of {goal.against or 'absolute'}"


def text(share):
    return f"{share:.2f}" if share < 100 else f"{share:.3g}"
