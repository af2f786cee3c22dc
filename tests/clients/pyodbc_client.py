"""What Python programs do through pyodbc, compared exactly. Run by tests/clients/run."""

import datetime
import decimal
import os
import sys
import time
import traceback

import pyodbc

DSN = os.environ["SELKIE_DSN"]
CONNECTION = os.environ["SELKIE_CONNECTION"]
DATABASE = os.environ["SELKIE_DATABASE"]
VALUES = os.environ["SELKIE_VALUES"]

LONG_TEXT = "a😀日é" * 400_000
LONG_BYTES = bytes(range(256)) * 12_288


failures = 0


def check(what, got, expected):
    if got == expected and type(got) is type(expected):
        print(f"ok: {what}")
    else:
        failed(f"{what}\n  expected {short(expected)}\n  got      {short(got)}")


def failed(what):
    global failures
    failures += 1
    print(f"FAILED: {what}")


def short(value):
    text = repr(value)
    return text if len(text) < 400 else f"{text[:200]} ... {text[-100:]} ({len(text)} characters)"


def raises(what, state, native, action):
    """The action fails with this SQLSTATE and the server's number for it."""
    try:
        action()
    except pyodbc.Error as error:
        check(what, error.args[0], state)
        if native is not None:
            check(f"{what}: native code {native}", f"({native})" in error.args[1], True)
        return
    failed(f"{what}: no error")


def to_python(kind, text):
    text = "" if text == "(empty)" else text
    return {
        "integer": int,
        "bit": lambda t: t == "1",
        "real": float,
        "decimal": decimal.Decimal,
        "date": datetime.date.fromisoformat,
        "time": datetime.time.fromisoformat,
        "timestamp": datetime.datetime.fromisoformat,
        "text": str,
        "bytes": bytes.fromhex,
    }[kind](text)


def read_values():
    with open(VALUES, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return [(name, declaration, to_python(kind, low), to_python(kind, high)) for name, declaration, kind, low, high in lines]


def connect():
    by_dsn = pyodbc.connect(f"DSN={DSN}", autocommit=True)
    by_dsn.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
    by_dsn.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
    by_dsn.close()
    connection = pyodbc.connect(CONNECTION)
    check("connect with and without a DSN", connection.execute("SELECT DATABASE()").fetchval(), DATABASE)
    return connection


def types(connection, columns):
    names = [name for name, *_ in columns]
    cursor = connection.cursor()
    cursor.execute(f"CREATE TABLE types (id INT PRIMARY KEY, {', '.join(f'{name} {declaration}' for name, declaration, *_ in columns)})")
    insert = f"INSERT INTO types VALUES ({', '.join('?' * (len(names) + 1))})"
    cursor.execute(insert, 1, *(low for _, _, low, _ in columns))
    cursor.execute(insert, 2, *(high for _, _, _, high in columns))
    cursor.execute(insert, 3, *(None for _ in columns))
    check("rows inserted", cursor.rowcount, 1)
    connection.commit()

    # Without a parameter and with one: the server answers in text and in binary.
    for how, where, arguments in (("text", "id > 0", ()), ("binary", "id > ?", (0,))):
        rows = cursor.execute(f"SELECT * FROM types WHERE {where} ORDER BY id", *arguments).fetchall()
        check(f"{how}: rows", len(rows), 3)
        for i, (name, _, low, high) in enumerate(columns, start=1):
            check(f"{how}: {name} low", rows[0][i], low)
            check(f"{how}: {name} high", rows[1][i], high)
            check(f"{how}: {name} NULL", rows[2][i], None)
        check(f"{how}: names", [d[0] for d in cursor.description], ["id", *names])


def long_values(connection, columns):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE long_values (id INT PRIMARY KEY, t LONGTEXT, b LONGBLOB)")
    for n, length in enumerate((0, 1, 127, 128, 255, 256, 4001, 65_535, len(LONG_TEXT))):
        text, blob = LONG_TEXT[:length], LONG_BYTES[:length]
        cursor.execute("INSERT INTO long_values VALUES (?, ?, ?)", n, text, blob)
        row = cursor.execute("SELECT t, b, CHAR_LENGTH(t) FROM long_values WHERE id = ?", n).fetchone()
        check(f"text of {length} characters", row[0], text)
        check(f"bytes, {len(blob)}", row[1], blob)
        check(f"text of {length} characters, as the server counts", row[2], length)
    connection.commit()


def errors(connection, columns):
    cursor = connection.cursor()
    raises("unknown table", "42S02", 1146, lambda: cursor.execute("SELECT * FROM missing_table"))
    raises("duplicate key", "23000", 1062, lambda: cursor.execute("INSERT INTO types (id) VALUES (?)", 1))
    raises("syntax", "42000", 1064, lambda: cursor.execute("SELEC 1"))
    raises("wrong password", "28000", 1045, lambda: pyodbc.connect("PWD=wrong;" + CONNECTION))
    check("the connection goes on", cursor.execute("SELECT 'on'").fetchval(), "on")
    connection.rollback()


def transactions(connection, columns):
    cursor = connection.cursor()
    cursor.execute("INSERT INTO types (id, c_varchar) VALUES (10, 'goes')")
    connection.rollback()
    check("rolled back", cursor.execute("SELECT COUNT(*) FROM types WHERE id = 10").fetchval(), 0)
    cursor.execute("INSERT INTO types (id, c_varchar) VALUES (11, 'stays')")
    connection.commit()
    connection.rollback()
    check("committed", cursor.execute("SELECT COUNT(*) FROM types WHERE id = 11").fetchval(), 1)
    cursor.execute("DELETE FROM types WHERE id = 11")
    check("rows deleted", cursor.rowcount, 1)
    connection.commit()


def catalog(connection, columns):
    cursor = connection.cursor()
    check("tables", sorted(row.table_name for row in cursor.tables(tableType="TABLE")), ["long_values", "types"])
    check("one table", [row.table_name for row in cursor.tables(table="types")], ["types"])
    found = cursor.columns(table="types").fetchall()
    check("columns", [row.column_name for row in found], ["id", *(name for name, *_ in columns)])
    sizes = {row.column_name: (row.column_size, row.decimal_digits) for row in found}
    check("size of DECIMAL(65,30)", sizes["c_decimal"], (65, 30))
    check("size of VARCHAR(200)", sizes["c_varchar"][0], 200)
    check("size of DATETIME(6)", sizes["c_datetime"], (26, 6))
    check("primary key", [(row.column_name, row.key_seq) for row in cursor.primaryKeys("types")], [("id", 1)])
    check("unique index", [row.column_name for row in cursor.statistics("types", unique=True) if row.index_name], ["id"])


def many_rows(connection, columns):
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE many (id INT PRIMARY KEY, name VARCHAR(40))")
    cursor.fast_executemany = True
    cursor.executemany("INSERT INTO many VALUES (?, ?)", [(n, f"行 {n} 😀") for n in range(2_000)])
    check("2,000 rows by an array of parameters", cursor.execute("SELECT COUNT(*) FROM many WHERE name = CONCAT('行 ', id, ' 😀')").fetchval(), 2_000)
    cursor.execute("INSERT INTO many SELECT 2000 + a.id * 49 + b.id, CONCAT('行 ', 2000 + a.id * 49 + b.id, ' 😀') FROM many a JOIN many b ON b.id < 49")
    check("rows made by INSERT ... SELECT", cursor.rowcount, 98_000)
    connection.commit()
    expected = [(n, f"行 {n} 😀") for n in range(100_000)]
    for how, size in (("fetchall", None), ("fetchmany(777)", 777)):
        cursor.execute("SELECT id, name FROM many ORDER BY id")
        rows = cursor.fetchall() if size is None else [row for chunk in iter(lambda: cursor.fetchmany(size), []) for row in chunk]
        check(f"100,000 rows by {how}", [tuple(row) for row in rows] == expected, True)


def two_statements(connection, columns):
    first, second = connection.cursor(), connection.cursor()
    first.execute("SELECT id FROM many ORDER BY id")
    check("first of a long result", first.fetchone()[0], 0)
    check("another statement in the middle of it", second.execute("SELECT name FROM many WHERE id = ?", 5).fetchval(), "行 5 😀")
    check("the long result goes on", [row[0] for row in first.fetchall()] == list(range(1, 100_000)), True)


def procedures(connection, columns):
    cursor = connection.cursor()
    cursor.execute("CREATE PROCEDURE two_results(n INT) BEGIN SELECT n AS a; SELECT 'x' AS b, 2 AS c UNION ALL SELECT '日本', NULL; END")
    for call in ("{call two_results(?)}", "CALL two_results(?)"):
        check(f"{call}: first result", [tuple(r) for r in cursor.execute(call, 7).fetchall()], [(7,)])
        check(f"{call}: second result", cursor.nextset() and [tuple(r) for r in cursor.fetchall()], [("x", 2), ("日本", None)])
        while cursor.nextset():
            check(f"{call}: nothing but results", cursor.description, None)
    cursor.execute("CALL two_results(8)")
    check("a call left behind after its first row", cursor.execute("SELECT 'next'").fetchval(), "next")


def timeout(connection, columns):
    connection.timeout = 1
    began = time.monotonic()
    raises("query timeout", "HYT00", None, lambda: connection.execute("SELECT SLEEP(20)").fetchall())
    check("in time", time.monotonic() - began < 5, True)
    connection.timeout = 0
    check("the connection goes on after it", connection.execute("SELECT 1").fetchval(), 1)


def main():
    columns = read_values()
    connection = connect()
    for part in (types, long_values, errors, transactions, catalog, many_rows, two_statements, procedures, timeout):
        try:
            part(connection, columns)
        except Exception:
            failed(f"{part.__name__}:\n{traceback.format_exc()}")
            connection.rollback()
    connection.close()
    pyodbc.connect(f"DSN={DSN}", autocommit=True).execute(f"DROP DATABASE {DATABASE}")
    sys.exit(f"pyodbc: {failures} failures" if failures else 0)


main()
