"""The servers that are measured on."""
import atexit
import dataclasses
import os
import subprocess
import sys

from .build import ROOT

PRIVATE = ["mariadb-10.11", "mysql-9.7"]  # scripts of tests/servers


@dataclasses.dataclass
class Server:
    name: str
    host: str = "127.0.0.1"
    port: str = "3306"
    socket: str = ""
    user: str = "root"
    password: str = ""

    def environment(self):
        """For the programs; the password is never on a command line."""
        return {**os.environ, "SELKIE_BENCH_HOST": self.host, "SELKIE_BENCH_PORT": self.port, "SELKIE_BENCH_SOCKET": self.socket,
                "SELKIE_BENCH_USER": self.user, "SELKIE_BENCH_PASSWORD": self.password}


def found(given):
    """Those given; else those of the environment (SELKIE_TEST_*, then SELKIE_BENCH_*); else private ones, started here."""
    if given:
        return [parsed(text) for text in given]
    if prepared():
        return prepared()
    if "SELKIE_BENCH_PORT" in os.environ or "SELKIE_BENCH_SOCKET" in os.environ:
        return [from_environment("server")]
    return [started(name) for name in PRIVATE]


def prepared():
    return [tests_server(value) for name, value in sorted(os.environ.items())
            if name.startswith("SELKIE_TEST_M") and value.startswith("name=")]


def from_environment(name):
    fields = {field: os.environ.get("SELKIE_BENCH_" + field.upper()) for field in ("host", "port", "socket", "user", "password")}
    return Server(name, **{field: value for field, value in fields.items() if value})


def parsed(text):
    """NAME=[USER[:PASSWORD]@]HOST:PORT or NAME=[USER[:PASSWORD]@]/SOCKET; what is missing comes from the environment."""
    name, separator, where = text.partition("=")
    account, at, place = where.rpartition("@")
    server = from_environment(name)
    server.socket = ""
    if at:
        server.user, _, server.password = account.partition(":")
    if place.startswith("/"):
        server.socket = place
    else:
        server.host, colon, port = place.rpartition(":")
        server.port = port
        if not separator or not colon or not port.isdigit():
            sys.exit(f"--server takes NAME=HOST:PORT or NAME=/SOCKET, not '{text}'")
    return server


def tests_server(value):
    fields = dict(field.split("=", 1) for field in value.split(";") if field)
    # Over TCP, as most connections are; the socket is for those who ask.
    return Server(fields["name"], fields["host"], fields["port"], "", fields["user"], fields["password"])


def started(name):
    script, owner = ROOT / "tests/servers" / name, str(os.getpid())
    print(f"starting {name} ...", file=sys.stderr)
    variable = subprocess.run([script, "start", "--for", owner], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    atexit.register(subprocess.run, [script, "stop", "--for", owner])
    return tests_server(variable.partition("=")[2].strip("'"))
