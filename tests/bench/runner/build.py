"""The programs of the bench, built as the product's release is."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGETS = ["odbc_bench", "wire_limit", "delay_relay", "null_odbc", "login_odbc", "selkieodbc"]


class Binaries:
    def __init__(self, build):
        self.odbc_bench = build / "tests/bench/odbc_bench"
        self.wire_limit = build / "tests/bench/wire_limit"
        self.delay_relay = build / "tests/bench/delay_relay"
        self.null_driver = build / "tests/bench/libnull_odbc.so"
        self.login_driver = build / "tests/bench/liblogin_odbc.so"
        self.selkie = build / "driver/libselkieodbc.so"


def binaries(given):
    """Of a given build folder as they are, else of build/bench after bringing it up to date."""
    if given:
        return Binaries(pathlib.Path(given).resolve())
    build = ROOT / "build/bench"
    if not (build / "CMakeCache.txt").exists():
        step("configuring build/bench", ["cmake", "--preset", "bench"])
    step("building the bench", ["cmake", "--build", "--preset", "bench", "--target", *TARGETS])
    return Binaries(build)


def step(what, command):
    print(f"{what} ...", file=sys.stderr)
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\n{what} failed")
