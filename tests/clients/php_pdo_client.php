<?php
// What PHP programs do through PDO, compared exactly. Run by tests/clients/run.
// PDO asks for every column as characters, bytes too: ODBC converts those to hexadecimal digits.
declare(strict_types=1);
require __DIR__ . '/php_common.php';

$database = getenv('SELKIE_DATABASE');
$columns = read_values();

function connect(string $source): PDO
{
    return new PDO("odbc:$source", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
}

function ask(PDO $connection, string $sql, array $arguments = []): array
{
    $statement = $connection->prepare($sql);
    $statement->execute($arguments);
    return $statement->fetchAll(PDO::FETCH_ASSOC);
}

function parameter_type(array $column, string $which): int
{
    return match (true) {
        $column[$which] === null => PDO::PARAM_NULL,
        $column['kind'] === 'bytes' => PDO::PARAM_LOB,
        default => PDO::PARAM_STR,
    };
}

/** An action fails with this SQLSTATE and the server's number for it. */
function raises(string $what, string $state, int $native, callable $action): void
{
    try {
        $action();
        failed("$what: no error");
    } catch (PDOException $error) {
        // PDO says only in its message what became of a connection.
        [$got_state, $got_native] = $error->errorInfo ?? sscanf($error->getMessage(), 'SQLSTATE[%5s] %*[^:]: %d');
        check("$what: SQLSTATE", $got_state, $state);
        check("$what: native code", $got_native, $native);
    }
}

$by_dsn = connect(getenv('SELKIE_DSN'));
$by_dsn->exec("DROP DATABASE IF EXISTS $database");
$by_dsn->exec("CREATE DATABASE $database CHARACTER SET utf8mb4");
$by_dsn = null;
$connection = connect(getenv('SELKIE_CONNECTION'));
check('connect with and without a DSN', flat(ask($connection, 'SELECT DATABASE()')), $database);

run_parts('php-pdo', [
    'types' => function () use ($connection, $columns) {
        $connection->exec(create_types($columns));
        $insert = $connection->prepare(insert_types($columns));
        foreach (['low', 'high', 'null'] as $i => $which) {
            $insert->bindValue(1, $i + 1, PDO::PARAM_INT);
            foreach ($columns as $n => $column) {
                $insert->bindValue($n + 2, $column[$which], parameter_type($column, $which));
            }
            $insert->execute();
            check("rows inserted, $which", $insert->rowCount(), 1);
        }
        check_types('text', $connection->query('SELECT * FROM types ORDER BY id')->fetchAll(PDO::FETCH_ASSOC), $columns, 'hex2bin');
        check_types('binary', ask($connection, 'SELECT * FROM types WHERE id > ? ORDER BY id', [0]), $columns, 'hex2bin');
    },
    'long values' => function () use ($connection) {
        $connection->exec('CREATE TABLE long_values (id INT PRIMARY KEY, t LONGTEXT, b LONGBLOB)');
        $insert = $connection->prepare('INSERT INTO long_values VALUES (?, ?, ?)');
        foreach (LONG_LENGTHS as $length) {
            $text = long_text($length);
            $bytes = long_bytes($length);
            $insert->bindValue(1, $length, PDO::PARAM_INT);
            $insert->bindValue(2, $text);
            $insert->bindValue(3, $bytes, PDO::PARAM_LOB);
            $insert->execute();
            [$row] = ask($connection, 'SELECT t, b, CHAR_LENGTH(t) AS n FROM long_values WHERE id = ?', [$length]);
            check("text of $length characters", $row['t'] === $text, true);
            check("$length bytes", hex2bin($row['b']) === $bytes, true);
            check("text of $length characters, as the server counts", (string) $row['n'], (string) $length);
        }
    },
    'errors' => function () use ($connection) {
        raises('unknown table', '42S02', 1146, fn () => $connection->query('SELECT * FROM missing_table'));
        raises('duplicate key', '23000', 1062, fn () => ask($connection, 'INSERT INTO types (id) VALUES (?)', [1]));
        raises('syntax', '42000', 1064, fn () => $connection->exec('SELEC 1'));
        raises('wrong password', '28000', 1045, fn () => connect('PWD=wrong;' . getenv('SELKIE_CONNECTION')));
        check('the connection goes on', flat(ask($connection, "SELECT 'on'")), 'on');
    },
    'transactions' => function () use ($connection) {
        $connection->beginTransaction();
        $connection->exec("INSERT INTO types (id, c_varchar) VALUES (10, 'goes')");
        $connection->rollBack();
        check('rolled back', flat(ask($connection, 'SELECT COUNT(*) FROM types WHERE id = 10')), '0');
        $connection->beginTransaction();
        $connection->exec("INSERT INTO types (id, c_varchar) VALUES (11, 'stays')");
        $connection->commit();
        check('committed', flat(ask($connection, 'SELECT COUNT(*) FROM types WHERE id = 11')), '1');
        check('rows deleted', $connection->exec('DELETE FROM types WHERE id = 11'), 1);
    },
    'catalog' => function () use ($connection, $columns) {
        // PDO has no catalog functions; the driver's answers are asked for by the odbc functions. Here the servers' own view.
        $tables = "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name";
        check('tables', array_column(ask($connection, $tables), 't'), ['long_values', 'types']);
        $names = "SELECT column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position";
        check('columns', array_column(ask($connection, $names, ['types']), 'c'), ['id', ...array_column($columns, 'name')]);
    },
    'many rows' => function () use ($connection) {
        $connection->exec('CREATE TABLE many (id INT PRIMARY KEY, name VARCHAR(40))');
        check('rows made by INSERT ... SELECT', $connection->exec(FILL), 100_000);
        $n = $wrong = 0;
        foreach ($connection->query('SELECT id, name FROM many ORDER BY id', PDO::FETCH_NUM) as [$id, $name]) {
            $wrong += (int) ((string) $id !== (string) $n || $name !== "行 $n 😀");
            $n++;
        }
        check('100,000 rows', [$n, $wrong], [100_000, 0]);

        $first = $connection->query('SELECT id FROM many ORDER BY id');
        $first->fetch();
        check('another statement in the middle of a long result', flat(ask($connection, 'SELECT name FROM many WHERE id = ?', [5])), '行 5 😀');
        check('the long result goes on', count($first->fetchAll()), 99_999);
    },
    'procedures' => function () use ($connection) {
        $connection->exec(PROCEDURE);
        foreach (['{call two_results(?)}', 'CALL two_results(?)'] as $call) {
            $statement = $connection->prepare($call);
            $statement->execute([7]);
            check("$call: first result", flat($statement->fetchAll(PDO::FETCH_NUM)), '7');
            check("$call: there is a second result", $statement->nextRowset(), true);
            check("$call: second result", flat($statement->fetchAll(PDO::FETCH_NUM)), 'x,2;日本,NULL');
            $statement->closeCursor();
        }
        $left = $connection->query('CALL two_results(8)');
        $left->fetch();
        $left = null;
        check('a call left behind after its first row', flat(ask($connection, "SELECT 'next'")), 'next');
    },
    'end' => fn () => $connection->exec("DROP DATABASE $database"),
]);
