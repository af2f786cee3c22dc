# What Perl programs do through DBI and DBD::ODBC, compared exactly. Run by tests/clients/run.
use strict;
use warnings;
use utf8;
use DBI qw(:sql_types);
use Encode qw(decode encode);

binmode STDOUT, ':encoding(UTF-8)';
my ($dsn, $connection, $database, $values) = @ENV{qw(SELKIE_DSN SELKIE_CONNECTION SELKIE_DATABASE SELKIE_VALUES)};
my $failures = 0;

# DBD::ODBC as Debian builds it calls the narrow functions: text goes in and comes out as UTF-8.
sub narrow { my ($text) = @_; return defined $text ? encode('UTF-8', $text) : undef }
sub wide { my ($bytes) = @_; return defined $bytes ? decode('UTF-8', $bytes) : undef }

sub failed { my ($what) = @_; $failures++; print "FAILED: $what\n" }

sub short {
    my ($value) = @_;
    return 'undef' if !defined $value;
    return "'$value'" if length $value < 300;
    return "'" . substr($value, 0, 200) . "...' (" . length($value) . ')';
}

sub check {
    my ($what, $got, $expected) = @_;
    my $same = defined $got ? defined $expected && $got eq $expected : !defined $expected;
    if ($same) { print "ok: $what\n" } else { failed("$what\n  expected " . short($expected) . "\n  got      " . short($got)) }
    return;
}

# Rows as text: cells by commas, rows by semicolons.
sub flat { my ($rows) = @_; return join ';', map { join ',', map { defined $_ ? $_ : 'NULL' } @{$_} } @{$rows} }

sub read_values {
    my @columns;
    open my $file, '<:encoding(UTF-8)', $values or die "$values: $!";
    while (my $line = <$file>) {
        next if $line =~ /^#/;
        chomp $line;
        my ($name, $declaration, $kind, $low, $high) = split /\t/, $line;
        push @columns, {name => $name, declaration => $declaration, kind => $kind, low => value($kind, $low), high => value($kind, $high)};
    }
    return @columns;
}

sub value {
    my ($kind, $text) = @_;
    $text = '' if $text eq '(empty)';
    return $kind eq 'bytes' ? pack('H*', $text) : $text;
}

my @columns = read_values();

sub connect_with {
    my ($source) = @_;
    my $dbh = DBI->connect("dbi:ODBC:$source", undef, undef, {RaiseError => 1, PrintError => 0, AutoCommit => 1});
    $dbh->{LongReadLen} = 2_000_000;
    return $dbh;
}

sub prepare_database {
    my $dbh = connect_with("DSN=$dsn");
    $dbh->do("DROP DATABASE IF EXISTS $database");
    $dbh->do("CREATE DATABASE $database CHARACTER SET utf8mb4");
    $dbh->disconnect;
    my $direct = connect_with($connection);
    check('connect with and without a DSN', ($direct->selectrow_array('SELECT DATABASE()'))[0], $database);
    return $direct;
}

# The server takes the text '1' for a BIT to be the byte 0x31.
sub marker { my ($column) = @_; return $column->{kind} eq 'bit' ? 'CAST(? AS UNSIGNED)' : '?' }

sub bind_value {
    my ($statement, $n, $column, $value) = @_;
    return $statement->bind_param($n, $value, SQL_LONGVARBINARY) if $column->{kind} eq 'bytes';
    return $statement->bind_param($n, narrow($value));
}

# As the column's kind is compared: numbers that may be written in several ways by their value.
sub canonical {
    my ($column, $value) = @_;
    return $value if !defined $value;
    return unpack 'H*', $value if $column->{kind} eq 'bytes';
    return 0 + $value if $column->{kind} eq 'real';
    return $value;
}

sub types {
    my ($dbh) = @_;
    $dbh->do('CREATE TABLE types (id INT PRIMARY KEY, ' . join(', ', map { narrow("$_->{name} $_->{declaration}") } @columns) . ')');
    my $insert = $dbh->prepare('INSERT INTO types VALUES (' . join(', ', '?', map { marker($_) } @columns) . ')');
    my $id = 0;
    for my $which (qw(low high none)) {
        $insert->bind_param(1, ++$id, SQL_INTEGER);
        my $n = 1;
        bind_value($insert, ++$n, $_, $_->{$which}) for @columns;
        check("rows inserted, $which", $insert->execute, 1);
    }
    my %select = (text => ['id > 0'], binary => ['id > ?', 0]);
    for my $how (sort keys %select) {
        my ($where, @arguments) = @{$select{$how}};
        my $statement = $dbh->prepare("SELECT * FROM types WHERE $where ORDER BY id");
        $statement->execute(@arguments);
        check("$how: names", join(',', @{$statement->{NAME}}), join(',', 'id', map { $_->{name} } @columns));
        my $rows = $statement->fetchall_arrayref;
        check("$how: rows", scalar @{$rows}, 3);
        for my $i (0 .. $#columns) {
            my $column = $columns[$i];
            for my $row (0 .. 2) {
                my $which = (qw(low high none))[$row];
                my $got = $rows->[$row][$i + 1];
                $got = wide($got) if $column->{kind} eq 'text';
                check("$how: $column->{name} $which", canonical($column, $got), canonical($column, $column->{$which}));
            }
        }
    }
    return;
}

sub long_values {
    my ($dbh) = @_;
    my $text = "a\x{1F600}\x{65E5}\x{E9}" x 100_000;
    my $bytes = join('', map { chr } 0 .. 255) x 4_096;
    $dbh->do('CREATE TABLE long_values (id INT PRIMARY KEY, t LONGTEXT, b LONGBLOB)');
    my $insert = $dbh->prepare('INSERT INTO long_values VALUES (?, ?, ?)');
    for my $length (0, 1, 255, 256, 4_001, 65_535, 400_000) {
        my ($t, $b) = (substr($text, 0, $length), substr($bytes, 0, $length));
        $insert->bind_param(1, $length, SQL_INTEGER);
        $insert->bind_param(2, narrow($t), SQL_LONGVARCHAR);
        $insert->bind_param(3, $b, SQL_LONGVARBINARY);
        $insert->execute;
        my @row = $dbh->selectrow_array('SELECT t, b, CHAR_LENGTH(t) FROM long_values WHERE id = ?', undef, $length);
        check("text of $length characters", wide($row[0]) eq $t ? 'same' : 'different', 'same');
        check("$length bytes", $row[1] eq $b ? 'same' : 'different', 'same');
        check("text of $length characters, as the server counts", $row[2], $length);
    }
    return;
}

# A statement fails with this SQLSTATE and the server's number for it.
sub raises {
    my ($what, $dbh, $state, $native, $sql, @arguments) = @_;
    my $statement = $dbh->prepare($sql, {odbc_exec_direct => !@arguments});
    if (eval { $statement->execute(@arguments); 1 }) { failed("$what: no error"); return }
    check("$what: SQLSTATE", $statement->state, $state);
    check("$what: native code", ($statement->odbc_getdiagrec(1))[1], $native);
    return;
}

sub errors {
    my ($dbh) = @_;
    raises('unknown table', $dbh, '42S02', 1146, 'SELECT * FROM missing_table');
    raises('duplicate key', $dbh, '23000', 1062, 'INSERT INTO types (id) VALUES (?)', 1);
    raises('syntax', $dbh, '42000', 1064, 'SELEC 1');
    if (eval { connect_with("PWD=wrong;$connection"); 1 }) { failed('wrong password: no error') }
    check('wrong password: SQLSTATE', $DBI::state, '28000');
    check('the connection goes on', ($dbh->selectrow_array("SELECT 'on'"))[0], 'on');
    return;
}

sub transactions {
    my ($dbh) = @_;
    $dbh->begin_work;
    $dbh->do("INSERT INTO types (id, c_varchar) VALUES (10, 'goes')");
    $dbh->rollback;
    check('rolled back', ($dbh->selectrow_array('SELECT COUNT(*) FROM types WHERE id = 10'))[0], 0);
    $dbh->begin_work;
    $dbh->do("INSERT INTO types (id, c_varchar) VALUES (11, 'stays')");
    $dbh->commit;
    check('committed', ($dbh->selectrow_array('SELECT COUNT(*) FROM types WHERE id = 11'))[0], 1);
    check('rows deleted', $dbh->do('DELETE FROM types WHERE id = 11'), 1);
    return;
}

sub catalog {
    my ($dbh) = @_;
    my $tables = $dbh->table_info(undef, undef, undef, 'TABLE')->fetchall_arrayref({});
    check('tables', join(',', sort map { $_->{TABLE_NAME} } @{$tables}), 'long_values,types');
    my $found = $dbh->column_info(undef, undef, 'types', undef)->fetchall_arrayref({});
    check('columns', join(',', map { $_->{COLUMN_NAME} } @{$found}), join(',', 'id', map { $_->{name} } @columns));
    my %size = map { $_->{COLUMN_NAME} => $_->{COLUMN_SIZE} } @{$found};
    check('size of VARCHAR(200)', $size{c_varchar}, 200);
    check('size of DATETIME(6)', $size{c_datetime}, 26);
    check('primary key', join(',', $dbh->primary_key(undef, undef, 'types')), 'id');
    return;
}

sub many_rows {
    my ($dbh) = @_;
    $dbh->do('CREATE TABLE many (id INT PRIMARY KEY, name VARCHAR(40))');
    my $digits = join ' UNION ALL ', map { "SELECT $_ AS d" } 0 .. 9;
    my $number = join ' + ', map { 10**$_ . " * t$_.d" } 0 .. 4;
    my $from = join ' JOIN ', map { "($digits) t$_" } 0 .. 4;
    check('rows made by INSERT ... SELECT', $dbh->do(narrow("INSERT INTO many SELECT $number, CONCAT('行 ', $number, ' 😀') FROM $from")), 100_000);
    my $statement = $dbh->prepare('SELECT id, name FROM many ORDER BY id');
    $statement->execute;
    my ($n, $wrong) = (0, 0);
    while (my $row = $statement->fetchrow_arrayref) {
        $wrong++ if $row->[0] != $n || $row->[1] ne narrow("行 $n 😀");
        $n++;
    }
    check('100,000 rows', "$n, $wrong wrong", '100000, 0 wrong');

    my $first = $dbh->prepare('SELECT id FROM many ORDER BY id');
    $first->execute;
    $first->fetchrow_arrayref;
    check('another statement in the middle of a long result', wide(($dbh->selectrow_array('SELECT name FROM many WHERE id = ?', undef, 5))[0]), '行 5 😀');
    check('the long result goes on', scalar @{$first->fetchall_arrayref}, 99_999);
    return;
}

sub procedures {
    my ($dbh) = @_;
    $dbh->do(narrow("CREATE PROCEDURE two_results(n INT) BEGIN SELECT n AS a; SELECT 'x' AS b, 2 AS c UNION ALL SELECT '日本', NULL; END"));
    for my $call ('{call two_results(?)}', 'CALL two_results(?)') {
        my $statement = $dbh->prepare($call);
        $statement->execute(7);
        check("$call: first result", flat($statement->fetchall_arrayref), '7');
        check("$call: there is a second result", $statement->{odbc_more_results} ? 1 : 0, 1);
        check("$call: second result", wide(flat($statement->fetchall_arrayref)), 'x,2;日本,NULL');
        $statement->finish;
    }
    my $left = $dbh->prepare('CALL two_results(8)');
    $left->execute;
    $left->fetchrow_arrayref;
    $left->finish;
    check('a call left behind after its first row', ($dbh->selectrow_array("SELECT 'next'"))[0], 'next');
    return;
}

my $dbh = prepare_database();
my %parts = (types => \&types, long_values => \&long_values, errors => \&errors, transactions => \&transactions, catalog => \&catalog, many_rows => \&many_rows, procedures => \&procedures);
for my $part (qw(types long_values errors transactions catalog many_rows procedures)) {
    eval { $parts{$part}->($dbh); 1 } or failed("$part: " . wide($@));
}
$dbh->do("DROP DATABASE $database");
$dbh->disconnect;
if ($failures) { print STDERR "perl: $failures failures\n"; exit 1 }
