// Random values of every C type, written to columns of the types that hold them and read back as they were: as parameters and
// as literals, from text rows and from binary rows, many rows at a time.
#include <array>
#include <cmath>
#include <cstring>
#include <random>

#include "tests/integration/c_values.h"
#include "tests/integration/server.h"

namespace selkie::test {
namespace {

using Random = std::mt19937_64;
constexpr std::size_t kRows = 60;

// Values of a C type, one behind the other, as they lie in an application's array.
struct Values {
  SQLSMALLINT c_type;
  std::size_t value_bytes;
  std::vector<char> memory = std::vector<char>(kRows * value_bytes);
  std::vector<SQLLEN> lengths = std::vector<SQLLEN>(kRows, static_cast<SQLLEN>(value_bytes));
  int scale = 0;  // of SQL_C_NUMERIC

  char* at(std::size_t row) { return memory.data() + row * value_bytes; }
  std::string_view value(std::size_t row) const {
    return {memory.data() + row * value_bytes, static_cast<std::size_t>(lengths[row])};
  }
  template <class T>
  void store(std::size_t row, const T& value) {
    std::memcpy(at(row), &value, sizeof value);
    lengths[row] = sizeof value;
  }
  void store_text(std::size_t row, const void* data, std::size_t bytes) {
    std::memcpy(at(row), data, bytes);
    lengths[row] = static_cast<SQLLEN>(bytes);
  }
};

struct Target {
  SQLSMALLINT sql_type;
  SQLULEN size;
  SQLSMALLINT digits;
  std::string column;
};

class RandomValues : public OnEveryServer {
 protected:
  void expect_back(const Values& written, std::initializer_list<Target> targets) {
    const std::unique_ptr<Connection> by_text = connect("NO_SSPS=1;");
    for (const Target& target : targets) {
      run("CREATE TABLE t (id INT PRIMARY KEY, v " + target.column + ")");
      for (Connection* const writer : {&connection(), by_text.get()}) {
        SCOPED_TRACE(std::string(name_of(written.c_type)) + " to " + target.column +
                     (writer == by_text.get() ? " as literal" : " in binary"));
        insert(*writer, written, target);
        for (const bool binary_rows : {false, true}) {
          SCOPED_TRACE(binary_rows ? "from binary rows" : "from text rows");
          const Values read = select(written, binary_rows);
          for (std::size_t row = 0; row < kRows; ++row) {
            if (read.value(row) != written.value(row)) {
              ADD_FAILURE() << "row " << row << ": " << hex(written.value(row)) << " became " << hex(read.value(row)) << ", "
                            << rows("SELECT v FROM t WHERE id = " + std::to_string(row));
              break;
            }
          }
        }
        run("DELETE FROM t");
      }
      run("DROP TABLE t");
    }
  }

 private:
  static const char* name_of(SQLSMALLINT c_type) { return std::ranges::find(kCTypes, c_type, &CType::code)->name; }

  static void insert(Connection& c, Values written, const Target& target) {
    std::array<SQLINTEGER, kRows> ids;
    for (std::size_t row = 0; row < kRows; ++row) ids[row] = static_cast<SQLINTEGER>(row);
    Statement s(c);
    s.set(SQL_ATTR_PARAMSET_SIZE, kRows);
    s.check(::SQLBindParameter(s.handle(), 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, ids.data(), 0, nullptr));
    s.check(::SQLBindParameter(s.handle(), 2, SQL_PARAM_INPUT, written.c_type, target.sql_type, target.size, target.digits,
                               written.memory.data(), static_cast<SQLLEN>(written.value_bytes), written.lengths.data()));
    s.prepare("INSERT INTO t VALUES (?, ?)").execute();
    for (const Diagnostic& record : s.records()) ADD_FAILURE() << record.state << " " << record.message;
  }

  Values select(const Values& written, bool binary_rows) {
    const bool is_text = written.c_type == SQL_C_CHAR || written.c_type == SQL_C_WCHAR;
    Values read{written.c_type, written.value_bytes + (is_text ? 2 : 0)};  // with a terminator
    Statement s(connection());
    s.set(SQL_ATTR_ROW_ARRAY_SIZE, kRows);
    s.check(::SQLBindCol(s.handle(), 1, read.c_type, read.memory.data(), static_cast<SQLLEN>(read.value_bytes),
                         read.lengths.data()));
    if (read.c_type == SQL_C_NUMERIC || is_interval_type(read.c_type)) describe_target(s, read, written.scale);
    const char* const sql = "SELECT v FROM t ORDER BY id";
    binary_rows ? (void)s.prepare(sql).execute() : (void)s.run(sql);
    EXPECT_TRUE(s.fetch());
    for (const Diagnostic& record : s.records()) ADD_FAILURE() << record.state << " " << record.message;
    return read;
  }
  static void describe_target(const Statement& s, Values& read, int scale) {
    SQLHDESC ard = nullptr;
    s.check(::SQLGetStmtAttr(s.handle(), SQL_ATTR_APP_ROW_DESC, &ard, 0, nullptr));
    const auto set = [&](SQLSMALLINT field, std::intptr_t value) {
      check(::SQLSetDescField(ard, 1, field, reinterpret_cast<SQLPOINTER>(value), 0), SQL_HANDLE_DESC, ard);
    };
    if (read.c_type == SQL_C_NUMERIC) {
      set(SQL_DESC_PRECISION, 38);
      set(SQL_DESC_SCALE, scale);
    } else {
      set(SQL_DESC_DATETIME_INTERVAL_PRECISION, 9);
    }
    set(SQL_DESC_DATA_PTR, reinterpret_cast<std::intptr_t>(read.memory.data()));
  }
};
SELKIE_ON_EVERY_SERVER(RandomValues);

// Of each magnitude alike, the limits first.
template <class T>
Values integers(SQLSMALLINT c_type, Random& random) {
  Values values{c_type, sizeof(T)};
  constexpr T kEdges[] = {0, 1, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
  for (std::size_t row = 0; row < kRows; ++row) {
    const T value = row < std::size(kEdges) ? kEdges[row] : static_cast<T>(random() >> random() % 64);
    values.store(row, value);
  }
  return values;
}

TEST_P(RandomValues, Integers) {
  Random random(1);
  const Target kText{SQL_VARCHAR, 40, 0, "VARCHAR(40)"}, kDecimal{SQL_DECIMAL, 20, 0, "DECIMAL(20)"},
      kBigint{SQL_BIGINT, 0, 0, "BIGINT"}, kUnsigned{SQL_BIGINT, 0, 0, "BIGINT UNSIGNED"};
  expect_back(integers<SQLSCHAR>(SQL_C_STINYINT, random), {{SQL_TINYINT, 0, 0, "TINYINT"}, kBigint, kDecimal, kText});
  expect_back(integers<SQLCHAR>(SQL_C_UTINYINT, random), {{SQL_TINYINT, 0, 0, "TINYINT UNSIGNED"}, kUnsigned, kDecimal, kText});
  expect_back(integers<SQLSMALLINT>(SQL_C_SSHORT, random), {{SQL_SMALLINT, 0, 0, "SMALLINT"}, kBigint, kDecimal, kText});
  expect_back(integers<SQLUSMALLINT>(SQL_C_USHORT, random),
              {{SQL_SMALLINT, 0, 0, "SMALLINT UNSIGNED"}, kUnsigned, kDecimal, kText});
  expect_back(integers<SQLINTEGER>(SQL_C_SLONG, random),
              {{SQL_INTEGER, 0, 0, "INT"}, kBigint, kDecimal, kText, {SQL_DOUBLE, 0, 0, "DOUBLE"}});
  expect_back(integers<SQLUINTEGER>(SQL_C_ULONG, random), {{SQL_INTEGER, 0, 0, "INT UNSIGNED"}, kUnsigned, kDecimal, kText});
  expect_back(integers<SQLBIGINT>(SQL_C_SBIGINT, random), {kBigint, kDecimal, kText});
  expect_back(integers<SQLUBIGINT>(SQL_C_UBIGINT, random), {kUnsigned, kDecimal, kText});
  Values bits{SQL_C_BIT, 1};
  for (std::size_t row = 0; row < kRows; ++row) bits.store(row, static_cast<SQLCHAR>(random() % 2));
  expect_back(bits, {{SQL_BIT, 0, 0, "BIT(1)"}, {SQL_TINYINT, 0, 0, "TINYINT"}, {SQL_DOUBLE, 0, 0, "DOUBLE"}, kDecimal, kText});
}

// Any bits that are a number.
template <class T, class Bits>
Values reals(SQLSMALLINT c_type, Random& random) {
  Values values{c_type, sizeof(T)};
  for (std::size_t row = 0; row < kRows; ++row) {
    T value;
    do {
      const auto bits = static_cast<Bits>(random());
      std::memcpy(&value, &bits, sizeof value);
    } while (!std::isnormal(value));
    values.store(row, row == 0   ? T{0}
                      : row == 1 ? std::numeric_limits<T>::max()
                      : row == 2 ? std::numeric_limits<T>::min()
                                 : value);
  }
  return values;
}

TEST_P(RandomValues, ApproximateNumbers) {
  Random random(2);
  const Target kDouble{SQL_DOUBLE, 0, 0, "DOUBLE"}, kText{SQL_VARCHAR, 40, 0, "VARCHAR(40)"};
  expect_back(reals<double, std::uint64_t>(SQL_C_DOUBLE, random), {kDouble, kText});
  expect_back(reals<float, std::uint32_t>(SQL_C_FLOAT, random), {{SQL_REAL, 0, 0, "DOUBLE"}, kDouble, kText});
}

TEST_P(RandomValues, DecimalStructures) {
  Random random(3);
  for (const int scale : {0, 1, 9, 20, 30}) {
    SCOPED_TRACE(scale);
    Values values{SQL_C_NUMERIC, sizeof(SQL_NUMERIC_STRUCT)};
    values.scale = scale;
    for (std::size_t row = 0; row < kRows; ++row) {
      SQL_NUMERIC_STRUCT numeric{};
      numeric.precision = 38;
      numeric.scale = static_cast<SQLSCHAR>(scale);
      unsigned __int128 mantissa = random();
      if (row % 2 != 0) mantissa = mantissa * 5'000'000'000'000'000'000u + random() % 1'000'000'000;  // 38 digits at most
      numeric.sign = row % 3 != 0 ? 1 : 0;
      for (SQLCHAR& byte : numeric.val) byte = static_cast<SQLCHAR>(mantissa), mantissa >>= 8;
      values.store(row, numeric);
    }
    const auto digits = static_cast<SQLSMALLINT>(scale);
    const std::string column = "DECIMAL(65," + std::to_string(scale) + ")";
    expect_back(values,
                {{SQL_DECIMAL, 65, digits, column}, {SQL_NUMERIC, 65, digits, column}, {SQL_VARCHAR, 60, 0, "VARCHAR(60)"}});
  }
}

TEST_P(RandomValues, DatesAndTimes) {
  Random random(4);
  const auto below = [&](std::uint64_t limit) { return static_cast<SQLUSMALLINT>(random() % limit); };
  const Target kText{SQL_VARCHAR, 40, 0, "VARCHAR(40)"}, kMoment{SQL_TYPE_TIMESTAMP, 26, 6, "DATETIME(6)"};
  for (const bool is_odbc2 : {false, true}) {
    Values dates{is_odbc2 ? SQLSMALLINT{SQL_C_DATE} : SQLSMALLINT{SQL_C_TYPE_DATE}, sizeof(SQL_DATE_STRUCT)},
        times{is_odbc2 ? SQLSMALLINT{SQL_C_TIME} : SQLSMALLINT{SQL_C_TYPE_TIME}, sizeof(SQL_TIME_STRUCT)},
        moments{is_odbc2 ? SQLSMALLINT{SQL_C_TIMESTAMP} : SQLSMALLINT{SQL_C_TYPE_TIMESTAMP}, sizeof(SQL_TIMESTAMP_STRUCT)};
    for (std::size_t row = 0; row < kRows; ++row) {
      const auto year = static_cast<SQLSMALLINT>(1000 + below(9000));
      const auto month = static_cast<SQLUSMALLINT>(1 + below(12)), day = static_cast<SQLUSMALLINT>(1 + below(28));
      dates.store(row, SQL_DATE_STRUCT{year, month, day});
      times.store(row, SQL_TIME_STRUCT{below(24), below(60), below(60)});
      const SQLUINTEGER micros = row % 3 == 0 ? 0 : static_cast<SQLUINTEGER>(random() % 1'000'000);
      moments.store(row, SQL_TIMESTAMP_STRUCT{year, month, day, below(24), below(60), below(60), micros * 1000});
    }
    expect_back(dates, {{SQL_TYPE_DATE, 10, 0, "DATE"}, kMoment, kText});
    expect_back(times, {{SQL_TYPE_TIME, 8, 0, "TIME"}, {SQL_TYPE_TIME, 15, 6, "TIME(6)"}, kText});
    expect_back(moments, {kMoment, kText});
  }
}

TEST_P(RandomValues, TextBytesAndGuids) {
  Random random(5);
  constexpr std::size_t kCharacters = 40;
  Values narrow{SQL_C_CHAR, kCharacters * 4}, wide_text{SQL_C_WCHAR, kCharacters * 4}, bytes{SQL_C_BINARY, kCharacters},
      guids{SQL_C_GUID, sizeof(SQLGUID)};
  for (std::size_t row = 0; row < kRows; ++row) {
    std::u16string units;
    for (std::size_t left = random() % kCharacters; left > 0; --left) {
      constexpr char32_t kBelow[] = {0x7f, 0x7ff, 0xd7ff, 0x10ffff};
      char32_t c = 1 + static_cast<char32_t>(random()) % kBelow[random() % 4];
      if (c >= 0xd800 && c < 0xe000) c -= 0x800;
      if (c > 0xffff) units += static_cast<char16_t>(0xd7c0 + (c >> 10));
      units += static_cast<char16_t>(c > 0xffff ? 0xdc00 + (c & 0x3ff) : c);
    }
    const std::string text = utf8(units);
    wide_text.store_text(row, units.data(), units.size() * 2);
    narrow.store_text(row, text.data(), text.size());
    std::array<char, kCharacters> any;
    for (char& byte : any) byte = static_cast<char>(random());
    bytes.store_text(row, any.data(), random() % kCharacters);
    SQLGUID guid;
    std::memcpy(&guid, any.data(), sizeof guid);
    guid.Data3 =
        static_cast<unsigned short>((guid.Data3 & 0x0fff) | 0x4000);  // random ones are of version 4; UUID takes no others
    guid.Data4[0] = static_cast<unsigned char>((guid.Data4[0] & 0x3f) | 0x80);
    guids.store(row, guid);
  }
  for (const Values& text : {narrow, wide_text}) {
    expect_back(text, {{SQL_VARCHAR, kCharacters, 0, "VARCHAR(40)"},
                       {SQL_WVARCHAR, kCharacters, 0, "VARCHAR(40) CHARACTER SET utf16"},
                       {SQL_LONGVARCHAR, kCharacters, 0, "LONGTEXT"},
                       {SQL_WLONGVARCHAR, kCharacters, 0, "TEXT"}});
  }
  expect_back(bytes, {{SQL_VARBINARY, kCharacters, 0, "VARBINARY(40)"}, {SQL_LONGVARBINARY, kCharacters, 0, "LONGBLOB"}});
  expect_back(guids, {{SQL_GUID, 36, 0, "CHAR(36)"}, {SQL_VARCHAR, 36, 0, "VARCHAR(36)"}});
  if (server().has(Feature::mariadb_types)) expect_back(guids, {{SQL_GUID, 36, 0, "UUID"}});
}

TEST_P(RandomValues, Intervals) {
  Random random(6);
  const auto below = [&](std::uint64_t limit) { return static_cast<SQLUINTEGER>(random() % limit); };
  for (SQLSMALLINT c_type = SQL_C_INTERVAL_YEAR; c_type <= SQL_C_INTERVAL_MINUTE_TO_SECOND; ++c_type) {
    const int code = c_type - SQL_C_INTERVAL_YEAR + 1;  // SQL_IS_YEAR is 1
    Values values{c_type, sizeof(SQL_INTERVAL_STRUCT)}, spans = values;
    for (std::size_t row = 0; row < kRows; ++row) {
      for (Values* const into : {&values, &spans}) {
        const SQLUINTEGER leading = into == &spans ? 34 : 999'999'999;  // TIME holds 34 days and some hours
        SQL_INTERVAL_STRUCT interval{};
        interval.interval_type = static_cast<SQLINTERVAL>(code);
        interval.interval_sign = row % 2 != 0 ? SQL_TRUE : SQL_FALSE;
        SQL_DAY_SECOND_STRUCT& d = interval.intval.day_second;
        const auto more = [&](SQLUINTEGER limit) { return below(limit); };
        switch (code) {
          case SQL_IS_YEAR: interval.intval.year_month.year = 1 + below(leading); break;
          case SQL_IS_MONTH: interval.intval.year_month.month = 1 + below(leading); break;
          case SQL_IS_YEAR_TO_MONTH: interval.intval.year_month = {1 + below(leading), below(12)}; break;
          case SQL_IS_DAY: d.day = 1 + below(leading); break;
          case SQL_IS_HOUR: d.hour = 1 + below(leading); break;
          case SQL_IS_MINUTE: d.minute = 1 + below(leading); break;
          case SQL_IS_SECOND: d = {0, 0, 0, 1 + below(leading), more(1'000'000)}; break;
          case SQL_IS_DAY_TO_HOUR: d = {1 + below(leading - 1), more(24), 0, 0, 0}; break;
          case SQL_IS_DAY_TO_MINUTE: d = {1 + below(leading - 1), more(24), more(60), 0, 0}; break;
          case SQL_IS_DAY_TO_SECOND: d = {1 + below(leading - 1), more(24), more(60), more(60), more(1'000'000)}; break;
          case SQL_IS_HOUR_TO_MINUTE: d = {0, 1 + below(leading), more(60), 0, 0}; break;
          case SQL_IS_HOUR_TO_SECOND: d = {0, 1 + below(leading), more(60), more(60), more(1'000'000)}; break;
          default: d = {0, 0, 1 + below(leading), more(60), more(1'000'000)}; break;
        }
        into->store(row, interval);
      }
    }
    const bool is_year_month = code == SQL_IS_YEAR || code == SQL_IS_MONTH || code == SQL_IS_YEAR_TO_MONTH;
    expect_back(values, {{SQL_VARCHAR, 40, 0, "VARCHAR(40)"}, {c_type, 9, 6, "VARCHAR(40)"}});
    if (!is_year_month) expect_back(spans, {{SQL_TYPE_TIME, 15, 6, "TIME(6)"}});
  }
}

}  // namespace
}  // namespace selkie::test
