// Text that people write: SQL, host lists, connection strings; and text between encodings.
#include "odbc/text.h"

#include <array>
#include <string>
#include <vector>

#include "odbc/catalog_filter.h"
#include "odbc/connect_options.h"
#include "odbc/current_of.h"
#include "odbc/diagnostics.h"
#include "odbc/local_infile.h"
#include "odbc/marker_targets.h"
#include "odbc/sql_text.h"
#include "odbc/sqlstate.h"
#include "odbc/values_row.h"
#include "protocol/hosts.h"
#include "protocol/redirect.h"
#include "setup/settings.h"
#include "tests/fuzz/target.h"

namespace selkie::fuzz {

using namespace odbc;
using protocol::as_text;

namespace {

constexpr std::array<LexerModes, 5> kModes{{
    {},
    {.ansi_quotes = true},
    {.no_backslash_escapes = true},
    {.is_mariadb = true, .server_version = 101106},
    {.ansi_quotes = true, .no_backslash_escapes = true, .server_version = 90700},
}};

std::vector<std::uint32_t> markers_of(std::string_view sql, LexerModes modes) {
  std::vector<std::uint32_t> markers;
  SqlLexer lexer(sql, modes);
  for (Token token; (token = lexer.next()).kind != TokenKind::end;) {
    if (token.kind == TokenKind::marker) markers.push_back(static_cast<std::uint32_t>(token.begin));
  }
  return markers;
}

// Every byte is in one token or between two, and reading can be taken up at any token.
void check_tokens(std::string_view sql, LexerModes modes) {
  SqlLexer lexer(sql, modes), again(sql, modes);
  std::size_t at = 0;
  for (Token token;;) {
    token = lexer.next();
    require(token.begin >= at && token.end >= token.begin && token.end <= sql.size(), "tokens follow each other");
    at = token.end;
    if (token.kind == TokenKind::end) break;
    require(token.end > token.begin, "a token has a character");
    again.seek(token);
    const Token same = again.next();
    require(same.kind == token.kind && same.begin == token.begin && same.end == token.end, "a token is found again");
  }
  require(at == sql.size(), "the text is read to its end");
}

void check_translation(std::string_view sql, LexerModes modes) {
  SqlText read;
  try {
    read = read_sql(sql, modes, false);
  } catch (const Fail&) {
    return;
  }
  require(read.markers.size() + (read.has_return_value ? 1 : 0) == read.markers_in_input ||
              read.markers.size() < read.markers_in_input,
          "no marker is made up");
  std::uint32_t at = 0;
  for (const std::uint32_t marker : read.markers) {
    require(marker >= at && marker < read.text.size() && read.text[marker] == '?', "a marker is where it is said to be");
    at = marker + 1;
  }
  const MarkerTargets targets = marker_targets(read, modes);
  require(targets.column_of.empty() || targets.column_of.size() == read.markers.size(), "every marker has its place");
  if (read.text.find('{') != std::string::npos || sql.find('{') == std::string_view::npos) return;
  require(markers_of(read.text, modes) == read.markers, "the server finds the markers where we do");
}

// What else is looked for in a text: none of it lies outside.
void check_findings(std::string_view sql, LexerModes modes) {
  const SqlText read = read_sql(sql, modes, true);
  if (const auto found = find_current_of(read, modes)) {
    require(found->table_begin < found->table_end && found->table_end <= found->where && found->where < sql.size(),
            "table and condition of a positioned statement are where they are said to be");
    require(!found->cursor.empty() && !found->table.empty(), "a positioned statement names cursor and table");
  }
  if (const auto row = repeatable_row(sql, modes)) {
    require(row->begin < row->end && row->end <= sql.size() && sql[row->begin] == '(' && sql[row->end - 1] == ')',
            "a row of values is in its parentheses");
    require(repeat_row(sql, *row, 1).size() <= sql.size(), "one row is no more than there was");
    const std::vector<std::uint32_t> markers = markers_of(repeat_row(sql, *row, 3), modes);
    require(markers.size() == 3 * read.markers.size(), "each row has its markers");
  }
  if (const auto file = local_infile_name(sql, modes)) require(file->size() < sql.size(), "a file's name stands in the text");
}

}  // namespace

void sql(Bytes input) {
  const std::string_view sql = as_text(input);
  for (const LexerModes modes : kModes) {
    check_tokens(sql, modes);
    const SqlText left_alone = read_sql(sql, modes, true);
    require(left_alone.text == sql, "without translation the text stays as it is");
    require(left_alone.markers == markers_of(sql, modes), "a marker is what the lexer says is one");
    check_translation(sql, modes);
    check_findings(sql, modes);
  }
}

// What is written into SQL ends where it should: a marker behind it is a marker.
void sql_writing(Bytes input) {
  const std::string_view text = as_text(input);
  const auto closed = [](std::string written, LexerModes modes, std::size_t most_tokens) {
    const std::size_t end = written.size();
    written += " ?";
    SqlLexer lexer(written, modes);
    std::size_t count = 0;
    for (Token token; (token = lexer.next()).kind != TokenKind::end; ++count) {
      if (token.kind == TokenKind::marker) return token.begin == end + 1 && count <= most_tokens;
    }
    return false;
  };
  for (const LexerModes modes : kModes) {
    std::string quoted, name;
    append_quoted(quoted, text, modes);
    require(closed(quoted, modes, 1), "a string literal is one token");
    append_identifier(name, text);
    require(closed(name, modes, 1), "a name is one token");
    const std::string condition = match_pattern(text, modes);
    require(condition.empty() || closed(condition, modes, 4), "a pattern is a comparison with one literal");
    require(local_infile_name("LOAD DATA LOCAL INFILE " + quoted, modes) == text, "a quoted file name is the name");
  }
  std::string name;
  append_identifier(name, text);
  (void)plain_identifier(text);
  require(plain_identifier(name) == text, "a quoted name is the name");
}

void hosts(Bytes input) {
  const auto written = [](const std::vector<protocol::TcpAddress>& list) {
    std::string text;
    for (const protocol::TcpAddress& host : list) text += (text.empty() ? "" : ",") + to_text(host);
    return text;
  };
  const auto read = protocol::parse_hosts(as_text(input), 3306);
  if (!read.ok()) return;
  const auto again = protocol::parse_hosts(written(read.value()), 3307);
  require(again.ok(), "a list is read as it is written");
  require(written(again.value()) == written(read.value()), "a list is written as it is read");
}

// What a server says in redirect_url.
void redirect(Bytes input) {
  const std::string_view url = as_text(input);
  const auto read = protocol::parse_redirect_url(url);
  if (!read) return;
  std::string encoded;
  for (const char c : read->user) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto byte = static_cast<std::uint8_t>(c);
    encoded.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  require(encoded.size() <= 3 * url.size(), "a user is part of the text");
  const auto again = protocol::parse_redirect_url("mariadb://" + encoded + "@" + to_text(read->host));
  require(again && again->user == read->user && to_text(again->host) == to_text(read->host),
          "a place is read as it is written");
}

void settings(Bytes input) {
  using namespace setup;
  std::vector<Problem> problems;
  const std::vector<Pair> pairs = split_connection_string(as_text(input), problems);
  const std::vector<Pair> joined = split_connection_string(join_connection_string(pairs), problems = {});
  require(problems.empty() && joined.size() == pairs.size(), "what was read is written so that it can be read");
  require(std::ranges::is_permutation(joined, pairs), "a pair is written as it is read");  // the data source goes first

  Settings settings;
  std::vector<const Keyword*> already;
  apply(settings, pairs, already, problems);
  const auto written = [](const Settings& from) {
    std::vector<Pair> all;
    for (const Keyword& keyword : keywords()) {
      if (keyword.get != nullptr && keyword.same_as.empty()) all.push_back({std::string(keyword.name), keyword.get(from)});
    }
    return all;
  };
  const std::vector<Pair> first = written(settings);
  Settings again;
  already.clear();
  apply(again, first, already, problems = {});
  require(std::ranges::none_of(problems, &Problem::is_error), "settings are written as values that are allowed");
  require(written(again) == first, "settings are written as they are read");
  try {
    (void)connect_options(settings, 0);
  } catch (const CoreFail&) {}
}

// The first byte is how much room there is; the rest is text in both encodings, valid or not.
void text(Bytes input) {
  protocol::ByteReader in(input);
  const std::size_t room = in.u8();
  const std::string_view utf8 = as_text(in.take_rest());

  const std::u16string wide = to_utf16(utf8);
  require(wide.size() == utf16_length(utf8) && wide.size() <= utf8.size(), "the length is told beforehand");
  const std::string back = to_utf8(wide);
  require(back.size() == utf8_length(wide) && is_valid_utf8(back), "what is written is valid");
  require((back == utf8) == is_valid_utf8(utf8), "valid text comes back, broken text does not");
  require(to_utf16(back) == wide, "a replacement is kept");

  std::vector<char16_t> units(room);  // exactly as large as is said, for the sanitizer to see
  const Converted done = utf8_to_utf16(utf8.data(), utf8.size(), units.data(), room);
  require(done.written <= room && done.read <= utf8.size(), "no more is written than there is room for");
  require(std::u16string_view(units.data(), done.written) == std::u16string_view(wide).substr(0, done.written),
          "what fits is the beginning of the whole");
  require(to_utf16(utf8.substr(done.read)) == wide.substr(done.written), "reading goes on where it stopped");
  std::vector<char> bytes(room);
  const Converted narrow = utf16_to_utf8(wide.data(), wide.size(), bytes.data(), room);
  require(std::string_view(bytes.data(), narrow.written) == std::string_view(back).substr(0, narrow.written),
          "what fits is the beginning of the whole");

  const std::size_t cut = cut_between_characters(back, room);
  require(cut <= room && is_valid_utf8(back.substr(0, cut)) && is_valid_utf8(back.substr(cut)), "no character is cut");
  require(count_characters(back.substr(0, cut)) + count_characters(back.substr(cut)) == count_characters(back),
          "characters are counted once");

  if (room != 0) {
    std::vector<SQLWCHAR> argument(room);
    SQLLEN length = -1;
    const bool truncated = text_out(back, argument.data(), Chars{static_cast<SQLLEN>(room)}, &length);
    require(length == static_cast<SQLLEN>(wide.size()), "the whole length is told");
    require(truncated == (wide.size() >= room), "text that does not fit with its terminator is truncated");
    require(std::ranges::find(argument, SQLWCHAR{0}) != argument.end(), "an output argument is terminated");
  }

  std::u16string raw(utf8.size() / 2, u'\0');
  std::copy_n(utf8.data(), raw.size() * 2, reinterpret_cast<char*>(raw.data()));
  require(is_valid_utf8(to_utf8(raw)), "what is written is valid");
}

}  // namespace selkie::fuzz
