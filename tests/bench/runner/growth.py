"""How costs grow: with rows, columns, open statements, tables of a catalog, and threads."""
import dataclasses

from . import drivers, measure


@dataclasses.dataclass
class Curve:
    """Workloads along one axis, a plot for each name."""
    title: str
    axis: str         # what grows
    figure: str       # of measure.py, for one unit
    names: list       # of the workloads; '*' stands for the size
    sizes: list       # along the axis
    scale: object     # of a size
    catalog: bool = False  # its tables are the catalog's
    rivals_up_to: float = float("inf")  # the largest size that they are measured at: they keep a result in memory


ROWS = [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
TABLES = [10, 100, 1_000, 20_000]
GROWTH = [
    Curve("rows", "rows", "cpu_ns", ["scan.native.rs1000.direct", "scan.native.rs1000.prepared"], ROWS, lambda rows: rows / 1e6,
          rivals_up_to=1e6),
    Curve("columns", "columns", "cpu_ns", ["breadth.*"], [1, 8, 64, 512, 4096], lambda columns: 1.0),
    Curve("open statements", "open statements", "cpu_ns", ["crowd.*"], [1, 10, 100, 1000], lambda statements: 1.0),
    Curve("tables", "tables", "wall_ns", ["tables", "columns", "tables.one", "columns.one"], TABLES, lambda tables: tables / 2000,
          catalog=True),
]
POINT_TIMEOUT_S = 120  # a driver that takes longer is left out of the larger sizes, too
THREADS = [Curve("threads", "threads", "wall_ns", ["threads.select1.*", "threads.scan.*"], [1, 2, 4, 8, 16], lambda threads: 1.0)]


class Measured:
    """A workload's results along an axis."""

    def __init__(self, curve, name, points):
        self.curve, self.name, self.points = curve, name, points  # points: (size, result)
        self.unit = next((result.unit for _, result in points if result.unit), "")

    def line(self, who):
        return [(size, result.each(who, self.curve.figure)) for size, result in self.points
                if result.runs.get(who) and result.right(who)]

    def rows(self, names):
        """Headings, then a line of texts for each who."""
        yield [f"{self.name}, {self.curve.figure.removesuffix('_ns')} ns a {self.unit}", *(f"{size:,}" for size, _ in self.points)]
        for who in names:
            line = dict(self.line(who))
            if line:
                yield [who, *(self.text(line, size) for size, _ in self.points)]

    def text(self, line, size):
        if size not in line:
            return "-"
        text = f"{line[size]:.3g}" if line[size] < 100 else f"{line[size]:,.0f}"
        return text + (f" ({next(iter(line.values())) / line[size]:.2f}x)" if self.curve in THREADS else "")


def curves(which, series, binaries, server, chosen):
    """Measures all; yields each as it ends."""
    for curve in which:
        for name in curve.names:
            points, left_out = [], []
            for size in curve.sizes:
                scale = curve.scale(size) * (1.0 if curve.catalog else min(chosen.scale, 1.0))
                measure.make_tables(binaries, server, min(scale, 1.0) if not curve.catalog else scale, curve.catalog)
                if size > curve.rivals_up_to:
                    left_out = drivers.rivals(series.drivers())
                some = series.at(scale, spread=series.spread or curve in THREADS).without(left_out)
                some.timeout_s = POINT_TIMEOUT_S
                points.append((size, some.measure(name.replace("*", str(size)), chosen.runs, check=size == curve.sizes[0])))
                left_out += [who for who in some.drivers() if not points[-1][1].runs.get(who)]
            yield Measured(curve, name, points)
