#include "convert_support.h"
#include "odbc/values.h"

namespace selkie::odbc {
namespace {

using namespace test;

// --- Dates and times

template <class T>
std::string fields(const T& value);
template <>
std::string fields(const SQL_DATE_STRUCT& v) {
  return std::to_string(v.year) + "-" + std::to_string(v.month) + "-" + std::to_string(v.day);
}
template <>
std::string fields(const SQL_TIME_STRUCT& v) {
  return std::to_string(v.hour) + ":" + std::to_string(v.minute) + ":" + std::to_string(v.second);
}
template <>
std::string fields(const SQL_TIMESTAMP_STRUCT& v) {
  return std::to_string(v.year) + "-" + std::to_string(v.month) + "-" + std::to_string(v.day) + " " + std::to_string(v.hour) +
         ":" + std::to_string(v.minute) + ":" + std::to_string(v.second) + "." + std::to_string(v.fraction);
}

template <class T>
std::string got_fields(const Column& from, const std::string& text, SQLSMALLINT c_type, Outcome expected) {
  const Got<T> got = get<T>(from, Encoding::text, {text}, c_type);
  EXPECT_EQ(got.outcome, expected) << text;
  return is_error(got.outcome) ? "" : fields(got.value);
}

TEST(ConvertOut, DatesAndTimesBecomeStructures) {
  const Column date = column(WireType::date, 10), time = column(WireType::time, 17, 6),
               stamp = column(WireType::datetime, 26, 6);
  const auto as_date = [](const Column& c, const std::string& t, Outcome o) {
    return got_fields<SQL_DATE_STRUCT>(c, t, SQL_C_TYPE_DATE, o);
  };
  const auto as_time = [](const Column& c, const std::string& t, Outcome o) {
    return got_fields<SQL_TIME_STRUCT>(c, t, SQL_C_TIME, o);
  };
  const auto as_stamp = [](const Column& c, const std::string& t, Outcome o) {
    return got_fields<SQL_TIMESTAMP_STRUCT>(c, t, SQL_C_TIMESTAMP, o);
  };
  const Outcome ok = Outcome::ok, cut = Outcome::fraction_truncated, overflow = Outcome::datetime_overflow,
                bad = Outcome::not_convertible;
  EXPECT_EQ(as_date(date, "2020-02-29", ok), "2020-2-29");
  EXPECT_EQ(as_date(date, "9999-12-31", ok), "9999-12-31");
  EXPECT_EQ(as_stamp(date, "1000-01-01", ok), "1000-1-1 0:0:0.0");
  EXPECT_EQ(as_stamp(stamp, "2020-02-29 23:59:59.000001", ok), "2020-2-29 23:59:59.1000");
  EXPECT_EQ(as_stamp(stamp, "2020-02-29 23:59:59", ok), "2020-2-29 23:59:59.0");
  EXPECT_EQ(as_stamp(stamp, "2020-02-29 23:59:59.5", ok), "2020-2-29 23:59:59.500000000");
  EXPECT_EQ(as_date(stamp, "2020-02-29 00:00:00.000000", ok), "2020-2-29");
  EXPECT_EQ(as_date(stamp, "2020-02-29 00:00:00.000001", cut), "2020-2-29");
  EXPECT_EQ(as_date(stamp, "2020-02-29 01:00:00.000000", cut), "2020-2-29");
  EXPECT_EQ(as_time(stamp, "2020-02-29 01:02:03.000000", ok), "1:2:3");
  EXPECT_EQ(as_time(stamp, "2020-02-29 01:02:03.100000", cut), "1:2:3");
  EXPECT_EQ(as_time(time, "23:59:59.000000", ok), "23:59:59");
  EXPECT_EQ(as_time(time, "23:59:59.100000", cut), "23:59:59");
  EXPECT_EQ(as_time(time, "24:00:00", overflow), "");
  EXPECT_EQ(as_time(time, "838:59:59", overflow), "");
  EXPECT_EQ(as_time(time, "-00:00:01", overflow), "");
  const Date now = today();
  EXPECT_EQ(as_stamp(time, "01:02:03.5", ok),
            fields(SQL_DATE_STRUCT{static_cast<SQLSMALLINT>(now.year), static_cast<SQLUSMALLINT>(now.month),
                                   static_cast<SQLUSMALLINT>(now.day)}) +
                " 1:2:3.500000000");
  EXPECT_EQ(as_stamp(time, "24:00:00", overflow), "");
  // From text: the literals of the specification, and what is none of them.
  const Column text = text_column();
  EXPECT_EQ(as_date(text, " 2020-2-9 ", ok), "2020-2-9");
  EXPECT_EQ(as_date(text, "{d '2020-02-09'}", ok), "2020-2-9");
  EXPECT_EQ(as_date(text, "2020-02-09 10:00:00", cut), "2020-2-9");
  EXPECT_EQ(as_date(text, "10:00:00", bad), "");
  EXPECT_EQ(as_date(text, "2020-02-30", bad), "");
  EXPECT_EQ(as_date(text, "0000-00-00", bad), "");
  EXPECT_EQ(as_date(text, "09.02.2020", bad), "");
  EXPECT_EQ(as_time(text, "10:11:12", ok), "10:11:12");
  EXPECT_EQ(as_time(text, "2020-02-09 10:11:12.5", cut), "10:11:12");
  EXPECT_EQ(as_time(text, "2020-02-09", bad), "");
  EXPECT_EQ(as_stamp(text, "2020-02-09", ok), "2020-2-9 0:0:0.0");
  EXPECT_EQ(as_stamp(text, "{ts '2020-02-09 10:11:12.123456'}", ok), "2020-2-9 10:11:12.123456000");
  EXPECT_EQ(as_stamp(text, "2020-02-09 10:11:12.123456789", ok), "2020-2-9 10:11:12.123456789");
  EXPECT_EQ(as_stamp(text, "2020-02-09 10:11:12.1234567891", cut), "2020-2-9 10:11:12.123456789");
  EXPECT_EQ(as_date(text, "2020-02-09 00:00:00.0000000001", cut), "2020-2-9");
  EXPECT_EQ(as_time(text, "10:11:12.000000001", cut), "10:11:12");
  EXPECT_EQ(as_time(text, "24:00:00", bad), "");
  EXPECT_EQ(as_stamp(text, "-01:00:00", bad), "");
  EXPECT_EQ(as_stamp(text, "now", bad), "");
}

TEST(ConvertOut, WhatNoServerWritesAsADateIsRefused) {
  for (const char* text : {"", "2020", "2020-13-01", "2020-01-32", "2020/01/01", "2020-1-1", "20200101", "2020-01-01x",
                           "x020-01-01", "2020-01-0:", "2020-01-01 "}) {
    EXPECT_EQ(get<SQL_DATE_STRUCT>(column(WireType::date, 10), Encoding::text, {text}, SQL_C_TYPE_DATE).outcome,
              Outcome::bad_datetime)
        << text;
  }
  for (const char* text : {"2020-01-01", "2020-01-01 24:00:00", "2020-01-01 00:60:00", "2020-01-01 00:00:60",
                           "2020-01-01T00:00:00", "2020-01-01 00:00:00.", "2020-01-01 00:00:00.1234567",
                           "2020-01-01 00:00:00.12345x", "2020-01-01 00:00:0x", "2020-01-01 00-00-00"}) {
    EXPECT_EQ(get<SQL_TIMESTAMP_STRUCT>(column(WireType::datetime, 26), Encoding::text, {text}, SQL_C_TYPE_TIMESTAMP).outcome,
              Outcome::bad_datetime)
        << text;
  }
  for (const char* text : {"", "-", "1:2:3", "00:00", "0000000:00:00", "00:00:00x", "ab:00:00", "00:00:99"}) {
    EXPECT_EQ(get<SQL_TIME_STRUCT>(column(WireType::time, 10), Encoding::text, {text}, SQL_C_TYPE_TIME).outcome,
              Outcome::bad_datetime)
        << text;
  }
  for (std::size_t size = 0; size < 14; ++size) {
    const Value cut{std::string("\xe4\x07\x02\x0a\x01\x02\x03\x04\x00\x00\x00\x00\x00\x00", 14).substr(0, size)};
    const bool valid = size == 0 || size == 4 || size == 7 || size == 11;
    const OutOptions options{.zero_date = ZeroDate::min};
    EXPECT_EQ(
        get<SQL_TIMESTAMP_STRUCT>(column(WireType::datetime, 26), Encoding::binary, cut, SQL_C_TYPE_TIMESTAMP, options).outcome,
        valid ? Outcome::ok : Outcome::bad_datetime)
        << size;
    const Value time{std::string("\x00\x00\x00\x00\x00\x01\x02\x03\x04\x00\x00\x00\x00\x00", 14).substr(0, size)};
    const Outcome outcome = get<SQL_TIME_STRUCT>(column(WireType::time, 10), Encoding::binary, time, SQL_C_TYPE_TIME).outcome;
    EXPECT_EQ(is_error(outcome), size != 0 && size != 8 && size != 12) << size;
  }
  EXPECT_EQ(
      convert(column(WireType::datetime, 26), Encoding::binary, temporal({0xe4, 7, 2, 10, 25, 0, 0}), SQL_C_CHAR, 50).outcome,
      Outcome::bad_datetime);
  EXPECT_EQ(convert(column(WireType::date, 10), Encoding::binary, temporal({0xff, 0xff, 2, 10}), SQL_C_CHAR, 50).outcome,
            Outcome::bad_datetime);
  EXPECT_EQ(
      convert(column(WireType::time, 10), Encoding::binary, temporal({0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0}), SQL_C_CHAR, 50)
          .outcome,
      Outcome::bad_datetime);
}

TEST(ConvertOut, ZeroDatesAreNullAnErrorOrTheNearestDate) {
  struct Row {
    Column column;
    const char *text, *nearest;
  };
  for (const Row& row : {Row{column(WireType::date, 10), "0000-00-00", "1-1-1 0:0:0.0"},
                         Row{column(WireType::date, 10), "2020-00-10", "2020-1-10 0:0:0.0"},
                         Row{column(WireType::date, 10), "2020-10-00", "2020-10-1 0:0:0.0"},
                         Row{column(WireType::datetime, 19), "0000-00-00 00:00:00", "1-1-1 0:0:0.0"},
                         Row{column(WireType::timestamp, 19), "2020-00-00 01:02:03", "2020-1-1 1:2:3.0"}}) {
    const auto null = get<SQL_TIMESTAMP_STRUCT>(row.column, Encoding::text, {row.text}, SQL_C_TYPE_TIMESTAMP);
    EXPECT_EQ(null.outcome, Outcome::ok);
    EXPECT_EQ(null.length, SQL_NULL_DATA);
    const auto error =
        get<SQL_TIMESTAMP_STRUCT>(row.column, Encoding::text, {row.text}, SQL_C_TYPE_TIMESTAMP, {.zero_date = ZeroDate::error});
    EXPECT_EQ(error.outcome, Outcome::bad_datetime);
    const auto min =
        get<SQL_TIMESTAMP_STRUCT>(row.column, Encoding::text, {row.text}, SQL_C_TYPE_TIMESTAMP, {.zero_date = ZeroDate::min});
    EXPECT_EQ(min.outcome, Outcome::ok);
    EXPECT_EQ(fields(min.value), row.nearest);
    EXPECT_EQ(narrow_of(row.column, Encoding::text, {row.text}), row.text) << "as text it is what it is";
  }
  // A NULL needs an indicator, and SQLGetData delivers it once.
  const Column date = column(WireType::date, 10);
  const OutPlan plan = plan_output(date, Encoding::text, SQL_C_TYPE_DATE, {});
  SQL_DATE_STRUCT out{};
  const Value zero{"0000-00-00"};
  EXPECT_EQ(plan.convert(plan, zero.cell(), Slot{&out, sizeof out, nullptr, nullptr}, nullptr),
            Outcome::null_without_indicator);
  Progress progress;
  EXPECT_EQ(convert(date, Encoding::text, zero, SQL_C_TYPE_DATE, 6, {}, &progress).length, SQL_NULL_DATA);
  EXPECT_EQ(convert(date, Encoding::text, zero, SQL_C_TYPE_DATE, 6, {}, &progress).outcome, Outcome::no_data);
  // The time of day of a zero date is a time of day.
  EXPECT_EQ(got_fields<SQL_TIME_STRUCT>(column(WireType::datetime, 19), "0000-00-00 01:02:03", SQL_C_TYPE_TIME, Outcome::ok),
            "1:2:3");
}

// --- GUID and intervals

TEST(ConvertOut, GuidFromText) {
  const auto got = get<SQLGUID>(text_column(36), Encoding::text, {"00112233-4455-6677-8899-AAbbCCddEEff"}, SQL_C_GUID);
  EXPECT_EQ(got.outcome, Outcome::ok);
  EXPECT_EQ(got.value.Data1, 0x00112233u);
  EXPECT_EQ(got.value.Data2, 0x4455);
  EXPECT_EQ(got.value.Data3, 0x6677);
  EXPECT_EQ(got.value.Data4[0], 0x88);
  EXPECT_EQ(got.value.Data4[7], 0xff);
  for (const char* text : {"", "00112233-4455-6677-8899-AAbbCCddEEf", "00112233-4455-6677-8899-AAbbCCddEEfg",
                           "0011223344556677-8899-AAbbCCddEEff--", "{00112233-4455-6677-8899-AAbbCCddEEff"}) {
    EXPECT_EQ(get<SQLGUID>(text_column(36), Encoding::text, {text}, SQL_C_GUID).outcome, Outcome::not_convertible) << text;
  }
}

std::string interval_fields(const SQL_INTERVAL_STRUCT& v) {
  const std::string sign = v.interval_sign == SQL_TRUE ? "-" : "+";
  const std::string code = std::to_string(static_cast<int>(v.interval_type)) + sign;
  if (v.interval_type == SQL_IS_YEAR || v.interval_type == SQL_IS_MONTH || v.interval_type == SQL_IS_YEAR_TO_MONTH) {
    return code + std::to_string(v.intval.year_month.year) + "," + std::to_string(v.intval.year_month.month);
  }
  const auto& s = v.intval.day_second;
  return code + std::to_string(s.day) + "," + std::to_string(s.hour) + "," + std::to_string(s.minute) + "," +
         std::to_string(s.second) + "." + std::to_string(s.fraction);
}

TEST(ConvertOut, IntervalsFromTimeNumbersAndText) {
  const Column time = column(WireType::time, 17, 6), number = column(WireType::long_, 11),
               decimal = column(WireType::newdecimal, 12, 2), text = text_column();
  struct Row {
    const Column& column;
    const char* text;
    SQLSMALLINT c_type;
    Outcome outcome;
    const char* interval;
  };
  const Outcome ok = Outcome::ok, cut = Outcome::fraction_truncated, overflow = Outcome::interval_overflow,
                bad = Outcome::not_convertible;
  for (const Row& row : {
           Row{time, "-838:59:59.999999", SQL_C_INTERVAL_HOUR_TO_SECOND, ok, "12-0,838,59,59.999999"},
           Row{time, "-838:59:59.000000", SQL_C_INTERVAL_DAY_TO_SECOND, ok, "10-34,22,59,59.0"},
           Row{time, "26:30:15", SQL_C_INTERVAL_DAY, cut, "3+1,0,0,0.0"},
           Row{time, "26:00:00", SQL_C_INTERVAL_HOUR, ok, "4+0,26,0,0.0"},
           Row{time, "26:30:15", SQL_C_INTERVAL_MINUTE, cut, "5+0,0,1590,0.0"},
           Row{time, "01:00:01.5", SQL_C_INTERVAL_SECOND, ok, "6+0,0,0,3601.500000"},
           Row{time, "26:30:00", SQL_C_INTERVAL_DAY_TO_HOUR, cut, "8+1,2,0,0.0"},
           Row{time, "26:30:00", SQL_C_INTERVAL_DAY_TO_MINUTE, ok, "9+1,2,30,0.0"},
           Row{time, "26:30:00", SQL_C_INTERVAL_HOUR_TO_MINUTE, ok, "11+0,26,30,0.0"},
           Row{time, "26:30:05", SQL_C_INTERVAL_MINUTE_TO_SECOND, ok, "13+0,0,1590,5.0"},
           Row{number, "-42", SQL_C_INTERVAL_YEAR, ok, "1-42,0"},
           Row{number, "42", SQL_C_INTERVAL_MONTH, ok, "2+0,42"},
           Row{number, "42", SQL_C_INTERVAL_HOUR, ok, "4+0,42,0,0.0"},
           Row{number, "100", SQL_C_INTERVAL_DAY, overflow, ""},  // two digits unless the descriptor says more
           Row{decimal, "1.25", SQL_C_INTERVAL_SECOND, ok, "6+0,0,0,1.250000"},
           Row{decimal, "1.25", SQL_C_INTERVAL_DAY, cut, "3+1,0,0,0.0"},
           Row{text, "3-11", SQL_C_INTERVAL_YEAR_TO_MONTH, ok, "7+3,11"},
           Row{text, " -3-11 ", SQL_C_INTERVAL_YEAR, cut, "1-3,0"},
           Row{text, "3-00", SQL_C_INTERVAL_YEAR, ok, "1+3,0"},
           Row{text, "3-12", SQL_C_INTERVAL_YEAR_TO_MONTH, bad, ""},
           Row{text, "3", SQL_C_INTERVAL_YEAR_TO_MONTH, bad, ""},
           Row{text, "1 02:03:04.5", SQL_C_INTERVAL_DAY_TO_SECOND, ok, "10+1,2,3,4.500000"},
           Row{text, "1 02:03:04.5", SQL_C_INTERVAL_DAY_TO_MINUTE, cut, "9+1,2,3,0.0"},
           Row{text, "1 02:03:04.0000001", SQL_C_INTERVAL_DAY_TO_SECOND, cut, "10+1,2,3,4.0"},
           Row{text, "+02:03", SQL_C_INTERVAL_HOUR_TO_MINUTE, ok, "11+0,2,3,0.0"},
           Row{text, "02:03", SQL_C_INTERVAL_MINUTE_TO_SECOND, ok, "13+0,0,2,3.0"},
           Row{text, "100", SQL_C_INTERVAL_DAY, overflow, ""},
           Row{text, "1 24:00:00", SQL_C_INTERVAL_DAY_TO_SECOND, bad, ""},
           Row{text, "1 02:03:04.x", SQL_C_INTERVAL_DAY_TO_SECOND, bad, ""},
           Row{text, "1-02", SQL_C_INTERVAL_DAY_TO_HOUR, bad, ""},
           Row{text, "1:02:03", SQL_C_INTERVAL_MONTH, bad, ""},
           Row{text, "", SQL_C_INTERVAL_DAY, bad, ""},
           Row{text, "-", SQL_C_INTERVAL_DAY, bad, ""},
       }) {
    const auto got = get<SQL_INTERVAL_STRUCT>(row.column, Encoding::text, {row.text}, row.c_type);
    EXPECT_EQ(got.outcome, row.outcome) << row.text << " " << row.c_type;
    if (is_error(row.outcome)) continue;
    EXPECT_EQ(interval_fields(got.value), row.interval) << row.text;
    EXPECT_EQ(got.length, static_cast<SQLLEN>(sizeof(SQL_INTERVAL_STRUCT)));
  }
  const OutOptions wide{.interval_precision = 3, .seconds_precision = 9};
  EXPECT_EQ(interval_fields(get<SQL_INTERVAL_STRUCT>(number, Encoding::text, {"100"}, SQL_C_INTERVAL_DAY, wide).value),
            "3+100,0,0,0.0");
  EXPECT_EQ(interval_fields(get<SQL_INTERVAL_STRUCT>(time, Encoding::text, {"00:00:01.5"}, SQL_C_INTERVAL_SECOND, wide).value),
            "6+0,0,0,1.500000000");
}

}  // namespace
}  // namespace selkie::odbc
