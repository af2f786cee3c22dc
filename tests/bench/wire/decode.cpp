#include "decode.h"

#include <emmintrin.h>

#include <charconv>
#include <cstring>

namespace selkie::bench {
namespace {

struct Text {
  const std::uint8_t* at;
  std::size_t size;
};

// A length-encoded string that is not NULL and shorter than 64 KiB.
inline Text take_text(const std::uint8_t*& row) {
  std::size_t size = *row++;
  if (size >= 0xfb) {
    size = static_cast<std::size_t>(row[0]) | static_cast<std::size_t>(row[1]) << 8;
    row += 2;
  }
  const Text text{row, size};
  row += size;
  return text;
}

template <class T>
inline T take(const std::uint8_t*& row) {
  T value;
  std::memcpy(&value, row, sizeof value);
  row += sizeof value;
  return value;
}

template <class T>
inline T integer_of(Text text) {
  const bool negative = *text.at == '-';
  std::uint64_t value = 0;
  for (std::size_t i = negative; i < text.size; ++i) value = value * 10 + (text.at[i] - '0');
  return static_cast<T>(negative ? 0 - value : value);
}

inline unsigned digits(const std::uint8_t* at, int count) {
  unsigned value = 0;
  for (int i = 0; i < count; ++i) value = value * 10 + (at[i] - '0');
  return value;
}

inline SQL_DATE_STRUCT date_of(const std::uint8_t* at) {  // YYYY-MM-DD
  return {static_cast<SQLSMALLINT>(digits(at, 4)), static_cast<SQLUSMALLINT>(digits(at + 5, 2)),
          static_cast<SQLUSMALLINT>(digits(at + 8, 2))};
}

inline SQL_TIMESTAMP_STRUCT timestamp_of(const std::uint8_t* at) {  // YYYY-MM-DD hh:mm:ss.uuuuuu
  const SQL_DATE_STRUCT date = date_of(at);
  return {date.year,
          date.month,
          date.day,
          static_cast<SQLUSMALLINT>(digits(at + 11, 2)),
          static_cast<SQLUSMALLINT>(digits(at + 14, 2)),
          static_cast<SQLUSMALLINT>(digits(at + 17, 2)),
          digits(at + 20, 6) * 1000};
}

// Binary temporals: a length, then as many fields as are not zero from the right.
inline SQL_TIMESTAMP_STRUCT take_timestamp(const std::uint8_t*& row) {
  const std::uint8_t size = *row++;
  SQL_TIMESTAMP_STRUCT value{};
  if (size >= 4) {
    value.year = static_cast<SQLSMALLINT>(row[0] | row[1] << 8);
    value.month = row[2];
    value.day = row[3];
  }
  if (size >= 7) {
    value.hour = row[4];
    value.minute = row[5];
    value.second = row[6];
  }
  if (size >= 11) {
    std::uint32_t microseconds;
    std::memcpy(&microseconds, row + 7, 4);
    value.fraction = microseconds * 1000;
  }
  row += size;
  return value;
}

inline void put_digits(char* at, unsigned value, int count) {
  for (int i = count - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

inline std::size_t print_date(char* at, const SQL_TIMESTAMP_STRUCT& value) {
  put_digits(at, static_cast<unsigned>(value.year), 4);
  put_digits(at + 5, value.month, 2);
  put_digits(at + 8, value.day, 2);
  at[4] = at[7] = '-';
  return 10;
}

inline std::size_t print_timestamp(char* at, const SQL_TIMESTAMP_STRUCT& value) {
  print_date(at, value);
  put_digits(at + 11, value.hour, 2);
  put_digits(at + 14, value.minute, 2);
  put_digits(at + 17, value.second, 2);
  put_digits(at + 20, value.fraction / 1000, 6);
  at[10] = ' ';
  at[13] = at[16] = ':';
  at[19] = '.';
  return 26;
}

std::size_t utf16_of(const std::uint8_t* at, std::size_t size, char* out) {
  char* const begin = out;
  const std::uint8_t* const end = at + size;
  while (at < end) {
    while (end - at >= 16) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
      if (_mm_movemask_epi8(bytes) != 0) break;
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_unpacklo_epi8(bytes, _mm_setzero_si128()));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 16), _mm_unpackhi_epi8(bytes, _mm_setzero_si128()));
      at += 16;
      out += 32;
    }
    if (at == end) break;
    std::uint32_t c = *at++;
    if (c >= 0xf0) {
      c = (c & 7) << 18 | (at[0] & 0x3fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
      at += 3;
      c -= 0x10000;
      const std::uint32_t pair = (0xd800 + (c >> 10)) | (0xdc00 + (c & 0x3ff)) << 16;
      std::memcpy(out, &pair, 4);
      out += 4;
      continue;
    }
    if (c >= 0xe0) {
      c = (c & 15) << 12 | (at[0] & 0x3fu) << 6 | (at[1] & 0x3fu);
      at += 2;
    } else if (c >= 0xc0) {
      c = (c & 31) << 6 | (*at++ & 0x3fu);
    }
    const auto unit = static_cast<std::uint16_t>(c);
    std::memcpy(out, &unit, 2);
    out += 2;
  }
  return static_cast<std::size_t>(out - begin);
}

constexpr std::size_t cell_bytes(const ColumnFacts& column, Target target) {
  return target == Target::native ? column.native_bytes : target == Target::narrow ? column.narrow_bytes : column.utf16_bytes;
}

// Where the cells of one row go.
template <Target target>
struct Out {
  char* const* cells;
  SQLLEN* const* lengths;
  std::size_t index;

  template <class T>
  void value(std::size_t column, const T& native) const {
    std::memcpy(cells[column] + index * sizeof native, &native, sizeof native);
    lengths[column][index] = sizeof native;
  }
  void text(const ColumnFacts* facts, std::size_t column, Text text) const {
    char* cell = cells[column] + index * cell_bytes(facts[column], target);
    if constexpr (target == Target::utf16) {
      const std::size_t bytes = utf16_of(text.at, text.size, cell);
      cell[bytes] = cell[bytes + 1] = '\0';
      lengths[column][index] = static_cast<SQLLEN>(bytes);
    } else {
      std::memcpy(cell, text.at, text.size);
      cell[text.size] = '\0';
      lengths[column][index] = static_cast<SQLLEN>(text.size);
    }
  }
  template <class Number>
  void number(const ColumnFacts* facts, std::size_t column, Number number) const {
    char printed[32];
    const auto end = std::to_chars(printed, printed + sizeof printed, number).ptr;
    text(facts, column, {reinterpret_cast<const std::uint8_t*>(printed), static_cast<std::size_t>(end - printed)});
  }
};

template <Target target>
void scan_text(const std::uint8_t* row, char* const* cells, SQLLEN* const* lengths, std::size_t index) {
  const Out<target> out{cells, lengths, index};
  if constexpr (target == Target::native) {
    out.value(0, integer_of<SQLINTEGER>(take_text(row)));
    out.value(1, integer_of<SQLBIGINT>(take_text(row)));
    const Text real = take_text(row);
    double number = 0;
    const char* begin = reinterpret_cast<const char*>(real.at);
    std::from_chars(begin, begin + real.size, number);
    out.value(2, number);
    out.text(kScanColumns, 3, take_text(row));
    out.value(4, date_of(take_text(row).at));
    out.value(5, timestamp_of(take_text(row).at));
  } else {
    for (std::size_t column = 0; column < 6; ++column) out.text(kScanColumns, column, take_text(row));
  }
  out.text(kScanColumns, 6, take_text(row));
  if (*row == 0xfb)
    lengths[7][index] = SQL_NULL_DATA;
  else
    out.text(kScanColumns, 7, take_text(row));
}

template <Target target>
void scan_binary(const std::uint8_t* row, char* const* cells, SQLLEN* const* lengths, std::size_t index) {
  const Out<target> out{cells, lengths, index};
  const bool note_is_null = row[2] & 2;  // bit 7 + 2 of the map that follows the packet's first byte
  row += 3;
  const auto id = take<SQLINTEGER>(row);
  const auto big = take<SQLBIGINT>(row);
  const auto dbl = take<SQLDOUBLE>(row);
  const Text dec = take_text(row);
  const SQL_TIMESTAMP_STRUCT day = take_timestamp(row), at = take_timestamp(row);
  if constexpr (target == Target::native) {
    out.value(0, id);
    out.value(1, big);
    out.value(2, dbl);
    out.value(4, SQL_DATE_STRUCT{day.year, day.month, day.day});
    out.value(5, at);
  } else {
    char printed[32];
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(printed);
    out.number(kScanColumns, 0, id);
    out.number(kScanColumns, 1, big);
    out.number(kScanColumns, 2, dbl);
    out.text(kScanColumns, 4, {bytes, print_date(printed, day)});
    out.text(kScanColumns, 5, {bytes, print_timestamp(printed, at)});
  }
  out.text(kScanColumns, 3, dec);
  out.text(kScanColumns, 6, take_text(row));
  if (note_is_null)
    lengths[7][index] = SQL_NULL_DATA;
  else
    out.text(kScanColumns, 7, take_text(row));
}

void ints_text(const std::uint8_t* row, char* const* cells, SQLLEN* const* lengths, std::size_t index) {
  const Out<Target::native> out{cells, lengths, index};
  out.value(0, integer_of<SQLINTEGER>(take_text(row)));
  out.value(1, integer_of<SQLINTEGER>(take_text(row)));
}

void ints_binary(const std::uint8_t* row, char* const* cells, SQLLEN* const* lengths, std::size_t index) {
  const Out<Target::native> out{cells, lengths, index};
  row += 2;
  out.value(0, take<SQLINTEGER>(row));
  out.value(1, take<SQLINTEGER>(row));
}

}  // namespace

RowDecoder::RowDecoder(const Table& table, Target target, bool binary, Rowset& arrays) {
  constexpr Decode kScan[2][3] = {{scan_text<Target::native>, scan_text<Target::narrow>, scan_text<Target::utf16>},
                                  {scan_binary<Target::native>, scan_binary<Target::narrow>, scan_binary<Target::utf16>}};
  constexpr Decode kInts[2] = {ints_text, ints_binary};
  decode_ = &table == &kIntsTable ? kInts[binary] : kScan[binary][static_cast<int>(target)];
  std::size_t number = 0;
  for (Rowset::Column& column : arrays.columns()) {
    cells_[number] = column.cell(0);
    lengths_[number++] = column.lengths.data();
  }
}

}  // namespace selkie::bench
