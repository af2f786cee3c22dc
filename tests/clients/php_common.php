<?php
// What both PHP scripts share: comparing, and the values that they store.
declare(strict_types=1);
error_reporting(E_ALL);
set_error_handler(function (int $level, string $message): bool {
    throw new ErrorException($message, 0, $level);
});

const DIGITS = 'SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6
    UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';
const NUMBER = 'a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d';
const FILL = 'INSERT INTO many SELECT ' . NUMBER . ", CONCAT('行 ', " . NUMBER . ", ' 😀') FROM (" . DIGITS . ') a JOIN (' . DIGITS . ') b JOIN ('
    . DIGITS . ') c JOIN (' . DIGITS . ') d JOIN (' . DIGITS . ') e';
const PROCEDURE = "CREATE PROCEDURE two_results(n INT) BEGIN SELECT n AS a; SELECT 'x' AS b, 2 AS c UNION ALL SELECT '日本', NULL; END";

$failures = 0;

function failed(string $what): void
{
    global $failures;
    $failures++;
    echo "FAILED: $what\n";
}

function check(string $what, mixed $got, mixed $expected): void
{
    if ($got === $expected) {
        echo "ok: $what\n";
    } else {
        failed("$what\n  expected " . short($expected) . "\n  got      " . short($got));
    }
}

function short(mixed $value): string
{
    $text = json_encode($value, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR);
    return strlen($text) < 400 ? $text : substr($text, 0, 300) . '... (' . strlen($text) . ' bytes)';
}

/** The columns of values.tsv, each with its two values as PHP stores them: strings, all. */
function read_values(): array
{
    $columns = [];
    foreach (file(getenv('SELKIE_VALUES'), FILE_IGNORE_NEW_LINES) as $line) {
        if ($line[0] === '#') {
            continue;
        }
        [$name, $declaration, $kind, $low, $high] = explode("\t", $line);
        $value = fn (string $text) => $text === '(empty)' ? '' : ($kind === 'bytes' ? hex2bin($text) : $text);
        $columns[] = ['name' => $name, 'declaration' => $declaration, 'kind' => $kind, 'low' => $value($low), 'high' => $value($high), 'null' => null];
    }
    return $columns;
}

function create_types(array $columns): string
{
    return 'CREATE TABLE types (id INT PRIMARY KEY, ' . implode(', ', array_map(fn ($c) => "$c[name] $c[declaration]", $columns)) . ')';
}

/** The server takes the text '1' for a BIT to be the byte 0x31. */
function insert_types(array $columns): string
{
    return 'INSERT INTO types VALUES (?, ' . implode(', ', array_map(fn ($c) => $c['kind'] === 'bit' ? 'CAST(? AS UNSIGNED)' : '?', $columns)) . ')';
}

/**
 * As a column's kind is compared: bytes in hexadecimal digits, numbers that may be written in several ways by their value, the rest as it is.
 * $bytes tells how the client delivers bytes.
 */
function canonical(array $column, mixed $value, callable $bytes): mixed
{
    return match (true) {
        $value === null => null,
        $column['kind'] === 'bytes' => bin2hex($bytes($value)),
        $column['kind'] === 'real' => (float) $value,
        default => (string) $value,
    };
}

function check_types(string $how, array $rows, array $columns, callable $bytes): void
{
    check("$how: rows", count($rows), 3);
    foreach ($columns as $column) {
        foreach (['low', 'high', 'null'] as $i => $which) {
            $got = canonical($column, $rows[$i][$column['name']], $bytes);
            check("$how: $column[name] $which", $got, canonical($column, $column[$which], fn (string $raw) => $raw));
        }
    }
}

/** Rows as text: cells by commas, rows by semicolons. */
function flat(array $rows): string
{
    return implode(';', array_map(fn ($row) => implode(',', array_map(fn ($cell) => $cell ?? 'NULL', array_values($row))), $rows));
}

const LONG_LENGTHS = [0, 4, 256, 4_000, 65_536, 400_000];

function long_text(int $characters): string
{
    return str_repeat('a😀日é', intdiv($characters, 4));
}

function long_bytes(int $size): string
{
    return substr(str_repeat(implode(array_map('chr', range(0, 255))), intdiv($size, 256) + 1), 0, $size);
}

/** Runs the parts, each whatever became of the one before, and ends the program. */
function run_parts(string $client, array $parts): never
{
    global $failures;
    foreach ($parts as $name => $part) {
        try {
            $part();
        } catch (Throwable $error) {
            failed("$name: {$error->getMessage()} (line {$error->getLine()})");
        }
    }
    if ($failures > 0) {
        fwrite(STDERR, "$client: $failures failures\n");
    }
    exit($failures > 0 ? 1 : 0);
}
