<?php
// What PHP programs do through the odbc functions, compared exactly. Run by tests/clients/run.
declare(strict_types=1);
require __DIR__ . '/php_common.php';

$database = getenv('SELKIE_DATABASE');
$columns = read_values();

/** All rows of a result, long ones whole. */
function rows($result): array
{
    odbc_longreadlen($result, 4_000_000);
    odbc_binmode($result, ODBC_BINMODE_RETURN);
    $rows = [];
    while (($row = odbc_fetch_array($result)) !== false) {
        $rows[] = $row;
    }
    return $rows;
}

function ask($connection, string $sql, array $arguments = []): array
{
    $statement = odbc_prepare($connection, $sql);
    odbc_execute($statement, $arguments);
    return rows($statement);
}

/** An action fails with this SQLSTATE, which is one of ODBC 2 since these functions are such a program, and the message has the server's words. */
function raises(string $what, $connection, string $state, string $words, callable $action): void
{
    try {
        $action();
        failed("$what: no error");
    } catch (ErrorException $error) {
        check("$what: SQLSTATE", $connection === null ? odbc_error() : odbc_error($connection), $state);
        check("$what: words", str_contains($error->getMessage(), $words) ? $words : $error->getMessage(), $words);
    }
}

$by_dsn = odbc_connect(getenv('SELKIE_DSN'), getenv('SELKIE_USER'), getenv('SELKIE_PASSWORD'));
odbc_exec($by_dsn, "DROP DATABASE IF EXISTS $database");
odbc_exec($by_dsn, "CREATE DATABASE $database CHARACTER SET utf8mb4");
odbc_close($by_dsn);
$connection = odbc_connect(getenv('SELKIE_CONNECTION'), '', '');
check('connect with and without a DSN', flat(ask($connection, 'SELECT DATABASE()')), $database);

run_parts('php-odbc', [
    'empty user' => function () {
        $connection = odbc_connect(getenv('SELKIE_DSN'), '', '');
        check('an empty user is the data source\'s own', flat(ask($connection, 'SELECT CURRENT_USER()')), getenv('SELKIE_USER') . '@%');
    },
    'types' => function () use ($connection, $columns) {
        odbc_exec($connection, create_types($columns));
        $insert = odbc_prepare($connection, insert_types($columns));
        foreach (['low', 'high', 'null'] as $i => $which) {
            odbc_execute($insert, [$i + 1, ...array_column($columns, $which)]);
            check("rows inserted, $which", odbc_num_rows($insert), 1);
        }
        check_types('text', rows(odbc_exec($connection, 'SELECT * FROM types ORDER BY id')), $columns, fn (string $raw) => $raw);
        check_types('binary', ask($connection, 'SELECT * FROM types WHERE id > ? ORDER BY id', [0]), $columns, fn (string $raw) => $raw);
        check('length of VARCHAR(200)', odbc_field_len(odbc_exec($connection, 'SELECT c_varchar FROM types'), 1), 200);
    },
    'long values' => function () use ($connection) {
        odbc_exec($connection, 'CREATE TABLE long_values (id INT PRIMARY KEY, t LONGTEXT, b LONGBLOB)');
        foreach (LONG_LENGTHS as $length) {
            $text = long_text($length);
            $bytes = long_bytes($length);
            odbc_execute(odbc_prepare($connection, 'INSERT INTO long_values VALUES (?, ?, ?)'), [$length, $text, $bytes]);
            [$row] = ask($connection, 'SELECT t, b, CHAR_LENGTH(t) AS n FROM long_values WHERE id = ?', [$length]);
            check("text of $length characters", $row['t'] === $text, true);
            check("$length bytes", $row['b'] === $bytes, true);
            check("text of $length characters, as the server counts", $row['n'], (string) $length);
        }
    },
    'errors' => function () use ($connection) {
        raises('unknown table', $connection, 'S0002', "missing_table' doesn't exist", fn () => odbc_exec($connection, 'SELECT * FROM missing_table'));
        $insert = odbc_prepare($connection, 'INSERT INTO types (id) VALUES (?)');
        raises('duplicate key', $connection, '23000', "Duplicate entry '1'", fn () => odbc_execute($insert, [1]));
        raises('syntax', $connection, '37000', 'error in your SQL syntax', fn () => odbc_exec($connection, 'SELEC 1'));
        raises('wrong password', null, '28000', 'Access denied', fn () => odbc_connect('PWD=wrong;' . getenv('SELKIE_CONNECTION'), '', ''));
        check('the connection goes on', flat(ask($connection, "SELECT 'on'")), 'on');
    },
    'transactions' => function () use ($connection) {
        odbc_autocommit($connection, false);
        odbc_exec($connection, "INSERT INTO types (id, c_varchar) VALUES (10, 'goes')");
        odbc_rollback($connection);
        check('rolled back', flat(ask($connection, 'SELECT COUNT(*) FROM types WHERE id = 10')), '0');
        odbc_exec($connection, "INSERT INTO types (id, c_varchar) VALUES (11, 'stays')");
        odbc_commit($connection);
        odbc_rollback($connection);
        odbc_autocommit($connection, true);
        check('committed', flat(ask($connection, 'SELECT COUNT(*) FROM types WHERE id = 11')), '1');
        check('rows deleted', odbc_num_rows(odbc_exec($connection, 'DELETE FROM types WHERE id = 11')), 1);
    },
    'catalog' => function () use ($connection, $columns, $database) {
        $tables = array_column(rows(odbc_tables($connection, $database, null, '%', 'TABLE')), 'TABLE_NAME');
        sort($tables);
        check('tables', $tables, ['long_values', 'types']);
        check('tables of the current database', count(rows(odbc_tables($connection, null, null, null, 'TABLE'))), 2);
        $found = rows(odbc_columns($connection, $database, null, 'types', '%'));
        check('columns', array_column($found, 'COLUMN_NAME'), ['id', ...array_column($columns, 'name')]);
        $sizes = array_column($found, 'COLUMN_SIZE', 'COLUMN_NAME');
        check('size of VARCHAR(200)', $sizes['c_varchar'], '200');
        check('size of DATETIME(6)', $sizes['c_datetime'], '26');
        check('primary key', array_column(rows(odbc_primarykeys($connection, $database, '', 'types')), 'COLUMN_NAME'), ['id']);
        $indexes = array_filter(rows(odbc_statistics($connection, $database, '', 'types', SQL_INDEX_UNIQUE, SQL_QUICK)), fn ($r) => $r['INDEX_NAME'] !== null);
        check('unique index', array_column($indexes, 'COLUMN_NAME'), ['id']);
    },
    'many rows' => function () use ($connection) {
        odbc_exec($connection, 'CREATE TABLE many (id INT PRIMARY KEY, name VARCHAR(40))');
        check('rows made by INSERT ... SELECT', odbc_num_rows(odbc_exec($connection, FILL)), 100_000);
        $result = odbc_exec($connection, 'SELECT id, name FROM many ORDER BY id');
        $wrong = 0;
        for ($n = 0; odbc_fetch_row($result); $n++) {
            $wrong += (int) (odbc_result($result, 1) !== (string) $n || odbc_result($result, 2) !== "行 $n 😀");
        }
        check('100,000 rows', [$n, $wrong], [100_000, 0]);

        $first = odbc_exec($connection, 'SELECT id FROM many ORDER BY id');
        odbc_fetch_row($first);
        check('another statement in the middle of a long result', flat(ask($connection, 'SELECT name FROM many WHERE id = ?', [5])), '行 5 😀');
        for ($n = 1; odbc_fetch_row($first); $n++);
        check('the long result goes on', $n, 100_000);
    },
    'procedures' => function () use ($connection) {
        odbc_exec($connection, PROCEDURE);
        foreach (['{call two_results(7)}', 'CALL two_results(7)'] as $call) {
            $result = odbc_exec($connection, $call);
            check("$call: first result", flat(rows($result)), '7');
            check("$call: there is a second result", odbc_next_result($result), true);
            check("$call: second result", flat(rows($result)), 'x,2;日本,NULL');
            odbc_free_result($result);
        }
        odbc_fetch_row($left = odbc_exec($connection, 'CALL two_results(8)'));
        odbc_free_result($left);
        check('a call left behind after its first row', flat(ask($connection, "SELECT 'next'")), 'next');
    },
    'end' => fn () => odbc_exec($connection, "DROP DATABASE $database"),
]);
