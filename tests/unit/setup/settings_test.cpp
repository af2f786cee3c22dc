#include "setup/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "setup/words.h"

namespace selkie::setup {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What a connection string and, behind it, the pairs of a data source make.
struct Read {
  explicit Read(std::string_view string, std::string_view dsn = {}) {
    std::vector<const Keyword*> already;
    for (const std::string_view source : {string, dsn})
      apply(settings, split_connection_string(source, problems), already, problems);
  }
  std::string said() const {
    std::string all;
    for (const Problem& problem : problems) all += (problem.is_error ? "! " : "? ") + problem.message + "\n";
    return all;
  }
  Settings settings;
  std::vector<Problem> problems;
};

// The value of a keyword after reading, in canonical form.
std::string value_of(const Read& read, std::string_view keyword) { return find_keyword(keyword)->get(read.settings); }

TEST(Keywords, EverySpellingIsFoundAndUnique) {
  std::set<std::string> seen;
  for (const Keyword& keyword : keywords()) {
    const std::string all = std::string(keyword.name) + " " + std::string(keyword.aliases);
    std::string_view list = all;
    for (std::string_view word = next_word(list); !word.empty(); word = next_word(list)) {
      EXPECT_TRUE(seen.emplace(word).second) << word << " is in two rows";
      EXPECT_EQ(find_keyword(word), &keyword) << word;
      std::string lower(word);
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      EXPECT_EQ(find_keyword(lower), &keyword) << lower;
    }
  }
  EXPECT_EQ(find_keyword(""), nullptr);
  EXPECT_EQ(find_keyword("UID "), nullptr);
}

TEST(Keywords, DefaultOfEveryRowIsThatOfSettingsAndIsAllowed) {
  for (const Keyword& keyword : keywords()) {
    SCOPED_TRACE(keyword.name);
    EXPECT_EQ(keyword.get(Settings{}), keyword.default_value);
    const auto canonical = canonical_value(keyword, keyword.default_value);
    ASSERT_TRUE(canonical.has_value());
    EXPECT_EQ(*canonical, keyword.default_value);
    Settings settings;
    EXPECT_TRUE(keyword.set(settings, *canonical));
    EXPECT_EQ(keyword.get(settings), keyword.default_value);
    EXPECT_FALSE(keyword.help.empty());
    EXPECT_TRUE(keyword.same_as.empty() || find_keyword(keyword.same_as) != nullptr);
  }
}

// What each row sets can be read back, so no two rows are wired to the same member by mistake.
TEST(Keywords, ValueThatIsSetIsTheOneThatIsRead) {
  for (const Keyword& keyword : keywords()) {
    std::string value;
    switch (keyword.kind) {
      case KeywordKind::text:
      case KeywordKind::file:
      case KeywordKind::secret: value = "some text"; break;
      case KeywordKind::boolean: value = keyword.default_value == "1" ? "0" : "1"; break;
      case KeywordKind::choice: {
        std::string_view list = keyword.choices;
        while (value.empty() || value == keyword.default_value) value = next_word(list);
        break;
      }
      case KeywordKind::list: value = keyword.name == "TLSVERSION" ? "TLSv1.2,TLSv1.3" : "zstd,zlib"; break;
      case KeywordKind::number:
      case KeywordKind::seconds:
      case KeywordKind::size: value = std::to_string(keyword.most); break;
      default: continue;
    }
    if (keyword.name == "OPTION") continue;
    SCOPED_TRACE(keyword.name);
    Settings settings;
    ASSERT_TRUE(keyword.set(settings, value));
    EXPECT_EQ(keyword.get(settings), value);
    for (const Keyword& other : keywords()) {
      const bool shares = !other.same_as.empty() ? other.same_as == keyword.name || keyword.same_as == other.name
                                                 : keyword.same_as == other.name;
      if (&other == &keyword || shares) continue;
      EXPECT_EQ(other.get(settings), other.default_value) << "changed by " << keyword.name;
    }
  }
}

TEST(Settings, BothDriversSpellingsMeanTheSame) {
  const struct {
    std::string_view string, keyword, value;
  } rows[] = {
      {"USER=ann", "UID", "ann"},
      {"Password=p", "PWD", "p"},
      {"PWD1=p", "PWD", "p"},
      {"SERVERNAME=h", "SERVER", "h"},
      {"DB=d", "DATABASE", "d"},
      {"PORT=0", "PORT", "3306"},
      {"PORT=33", "PORT", "33"},
      {"PORT=", "PORT", "3306"},
      {"READTIMEOUT=5", "READ_TIMEOUT", "5"},
      {"CONN_TIMEOUT=7", "CONN_TIMEOUT", "7"},
      {"ssl-ca=f", "SSLCA", "f"},
      {"sslca=f", "SSLCA", "f"},
      {"ssl-mode=required", "SSLMODE", "REQUIRED"},
      {"SSLMODE=verify-ca", "SSLMODE", "VERIFY_CA"},
      {"FORWARDONLY=1", "FORWARD_CURSOR", "1"},
      {"NOBIGINT=1", "NO_BIGINT", "1"},
      {"NO_SSPS=1", "NO_SSPS", "1"},
      {"PREPONCLIENT=1", "NO_SSPS", "1"},
      {"PSCACHESIZE=9", "STATEMENT_CACHE", "9"},
      {"SERVERKEY=k", "RSAKEY", "k"},
      {"NO_SCHEMA=0", "NO_SCHEMA", "0"},
      {"ZERO_DATE_TO_MIN=1", "ZERO_DATE", "MIN"},
      {"ZERO_DATE=error", "ZERO_DATE", "ERROR"},
      {"NULLISCURRENT=0", "NULLISCURRENT", "0"},
      {"NOLOCALINFILE=0", "ENABLE_LOCAL_INFILE", "1"},
      {"NOLOCALINFILE=1", "ENABLE_LOCAL_INFILE", "0"},
      {"ENABLE_LOCAL_INFILE=1;NOLOCALINFILE=1", "ENABLE_LOCAL_INFILE", "1"},
      {"NOLOCALINFILE=1;ENABLE_LOCAL_INFILE=1", "ENABLE_LOCAL_INFILE", "0"},
      {"COMPRESSED_PROTO=1", "COMPRESSION", "zlib,uncompressed"},
      {"COMPRESSION=ZSTD, zlib", "COMPRESSION", "zstd,zlib"},
      {"CURSOR_MEMORY=16M", "CURSOR_MEMORY", "16777216"},
      {"CURSOR_MEMORY=64k", "CURSOR_MEMORY", "65536"},
      {"MAX_PACKET=1G", "MAX_PACKET", "1073741824"},
      {"ATTR={program_name=x,team=y}", "ATTR", "program_name=x,team=y"},
      {"TLSVERSION=TLSv1.3,TLSv1.2", "TLSVERSION", "TLSv1.2,TLSv1.3"},
      {"tls-versions=tlsv1.3", "TLSVERSION", "TLSv1.3"},
      {"TLSVERSION=6", "TLSVERSION", "TLSv1.2,TLSv1.3"},
      {"TLSVERSION=4", "TLSVERSION", "TLSv1.3"},
      {"NO_TLS_1_2=1", "TLSVERSION", "TLSv1.3"},
      {"TLSVERSION=7;NO_TLS_1_3=yes", "TLSVERSION", "TLSv1.1,TLSv1.2"},
      {"TRACE=/tmp/x.pcapng", "TRACE", "/tmp/x.pcapng"},
      {"Trace=No", "TRACE", ""},
      {"Trace=1", "TRACE", ""},
  };
  for (const auto& row : rows) {
    const Read read(row.string);
    EXPECT_EQ(value_of(read, row.keyword), row.value) << row.string;
    EXPECT_EQ(read.said(), "") << row.string;
  }
}

TEST(Settings, BooleanTakesEightWordsAndNothingElse) {
  for (const char* word : {"1", "yes", "TRUE", "On"}) EXPECT_TRUE(Read(std::string("FOUND_ROWS=") + word).settings.found_rows);
  for (const char* word : {"0", "no", "False", "OFF", ""}) {
    const Read read(std::string("NO_SCHEMA=") + word);
    EXPECT_EQ(read.settings.no_schema, *word == '\0') << word;  // empty: the default
    EXPECT_EQ(read.said(), "");
  }
  EXPECT_EQ(Read("FOUND_ROWS=maybe").said(), "! FOUND_ROWS must be one of 0, 1, no, yes, false, true, off, on, not 'maybe'.\n");
}

TEST(Settings, BadValueIsAnErrorThatNamesTheAllowedOnes) {
  const struct {
    std::string_view string, message;
  } rows[] = {
      {"SSLMODE=REQIRED",
       "! SSLMODE must be one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY, not 'REQIRED'.\n"},
      {"ssl-mode=1", "! ssl-mode must be one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY, not '1'.\n"},
      {"PORT=abc", "! PORT must be a whole number from 0 to 65535, not 'abc'.\n"},
      {"PORT=70000", "! PORT must be a whole number from 0 to 65535, not '70000'.\n"},
      {"PORT=-1", "! PORT must be a whole number from 0 to 65535, not '-1'.\n"},
      {"PORT=3306x", "! PORT must be a whole number from 0 to 65535, not '3306x'.\n"},
      {"PORT=1K", "! PORT must be a whole number from 0 to 65535, not '1K'.\n"},
      {"READ_TIMEOUT=1.5", "! READ_TIMEOUT must be a whole number of seconds from 0 to 31536000, not '1.5'.\n"},
      {"ZERO_DATE=never", "! ZERO_DATE must be one of NULL, ERROR, MIN, not 'never'.\n"},
      {"CURSOR_MEMORY=5G",
       "! CURSOR_MEMORY must be a whole number, K, M or G allowed behind it, from 0 to 4294967295, not '5G'.\n"},
      {"CURSOR_MEMORY=99999999999999999999G",
       "! CURSOR_MEMORY must be a whole number, K, M or G allowed behind it, from 0 to 4294967295, not "
       "'99999999999999999999G'.\n"},
      {"COMPRESSION=lz4", "! COMPRESSION must be a comma-separated list of zstd, zlib, uncompressed, not 'lz4'.\n"},
      {"TLSVERSION=TLSv1.4",
       "! TLSVERSION must be a comma-separated list of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, not 'TLSv1.4'.\n"},
      {"TLSVERSION=TLSv1.3;NO_TLS_1_3=1", "! TLSVERSION, NO_TLS_1_2 and NO_TLS_1_3 together leave no TLS version.\n"},
      {"OPTION=x", "! OPTION must be a whole number from 0 to 4294967295, not 'x'.\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(Read(row.string).said(), row.message) << row.string;
}

TEST(Settings, UnknownKeywordIsAWarningWithASuggestion) {
  const struct {
    std::string_view string, message;
  } rows[] = {
      {"SSLMOD=REQUIRED", "? Unknown keyword 'SSLMOD' is ignored. Did you mean SSLMODE?\n"},
      {"sslmoed=REQUIRED", "? Unknown keyword 'sslmoed' is ignored. Did you mean SSLMODE?\n"},
      {"FOUNDROWS=1", "? Unknown keyword 'FOUNDROWS' is ignored. Did you mean FOUND_ROWS?\n"},
      {"PASWORD=secret", "? Unknown keyword 'PASWORD' is ignored. Did you mean PWD?\n"},
      {"Trusted_Connection=yes", "? Unknown keyword 'Trusted_Connection' is ignored.\n"},
      {"X=1", "? Unknown keyword 'X' is ignored.\n"},
      {"A\x01"
       "B=1",
       "? Unknown keyword 'A?B' is ignored.\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(Read(row.string).said(), row.message) << row.string;
}

TEST(Settings, ManyUnknownKeywordsGiveOnlyAFewWarnings) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "nonsense" + std::to_string(i) + "=1;";
  EXPECT_EQ(Read(text).problems.size(), 16u);
}

TEST(Settings, KeywordThatWouldChangeResultsButIsUnsupportedWarnsWhenTurnedOn) {
  EXPECT_THAT(Read("PAD_SPACE=1").said(), HasSubstr("? PAD_SPACE has no effect: "));
  EXPECT_THAT(Read("OPTION=512").said(), HasSubstr("? PAD_SPACE has no effect"));
  EXPECT_EQ(Read("PAD_SPACE=0;USE_MYCNF=No;ENABLE_DNS_SRV=").said(), "");
  EXPECT_EQ(Read("PLUGIN_DIR=/x;MULTI_HOST=1;PREFETCH=100;AUTO_RECONNECT=1;Trace=0;Setup=x;Threading=2").said(), "");
}

TEST(Settings, SecretNeverAppearsInAMessage) {
  const Read read("PWD=sesame;PASSWORD2=sesame;TLSKEYPWD=sesame;PWD=sesame;PORT=x;Nonsense=sesame;SSLMODE=bad");
  EXPECT_THAT(read.said(), Not(HasSubstr("sesame")));
  EXPECT_EQ(read.problems.size(), 3u);
}

TEST(Settings, FirstOccurrenceCountsAndTheStringBeatsTheDataSource) {
  const Read read("UID=first;USER=second;PWD=", "UID=dsn;PWD=dsn;DATABASE=dsn;database=again");
  EXPECT_EQ(read.settings.user, "first");
  EXPECT_EQ(read.settings.password, "");  // given empty is given
  EXPECT_EQ(read.settings.database, "dsn");
}

TEST(Settings, StringBeatsTheDataSourceThroughOtherSpellingsOfTheSameSetting) {
  EXPECT_EQ(Read("ZERO_DATE=NULL", "ZERO_DATE_TO_MIN=1").settings.zero_date, ZeroDateMode::null);
  EXPECT_FALSE(Read("COMPRESSED_PROTO=0", "COMPRESSION=zlib").settings.compress);
  EXPECT_TRUE(Read("OPTION=67108864", "MULTI_STATEMENTS=0").settings.multi_statements);
  EXPECT_FALSE(Read("MULTI_STATEMENTS=0", "OPTION=67108864").settings.multi_statements);
}

TEST(Settings, OptionBitTurnsItsKeywordOnUnlessGivenByName) {
  for (const OptionBit& option : option_bits()) {
    const Read read("OPTION=" + std::to_string(option.bit));
    if (option.keyword.empty()) {
      EXPECT_EQ(read.said(), "");
      continue;
    }
    const Keyword* keyword = find_keyword(option.keyword);
    ASSERT_NE(keyword, nullptr) << option.keyword;
    if (keyword->kind == KeywordKind::boolean) {
      EXPECT_EQ(keyword->get(read.settings), "1") << option.keyword;
    }
  }
  const Read mixed("OPTION=3;FOUND_ROWS=0;OPTIONS=1024");
  EXPECT_FALSE(mixed.settings.found_rows);
  EXPECT_FALSE(mixed.settings.full_column_names);  // of OPTION and OPTIONS the first
  EXPECT_TRUE(Read("OPTIONS=4294967295").settings.full_column_names);
}

TEST(Settings, TlsModeIsNeverWeakerThanAnyKeywordOfTheSameSourcePromises) {
  const struct {
    std::string_view string, dsn;
    SslMode mode;
  } rows[] = {
      {"", "", SslMode::preferred},
      {"SSLMODE=DISABLED", "", SslMode::disabled},
      {"FORCETLS=1", "", SslMode::required},
      {"FORCETLS=0", "", SslMode::preferred},
      {"SSLMODE=PREFERRED;FORCETLS=1", "", SslMode::required},
      {"FORCETLS=1;SSLMODE=DISABLED", "", SslMode::required},
      {"SSLMODE=VERIFY_CA;FORCETLS=1", "", SslMode::verify_ca},
      {"SSLVERIFY=1", "", SslMode::verify_identity},
      {"SSLVERIFY=0", "", SslMode::preferred},
      {"SSLCA=f", "", SslMode::verify_ca},
      {"SSLCA=f;SSLVERIFY=0", "", SslMode::required},
      {"SSLCA=f;SSLVERIFY=1", "", SslMode::verify_identity},
      {"SSLCA=f;SSLMODE=PREFERRED", "", SslMode::preferred},
      {"SSLMODE=VERIFY_CA;SSLVERIFY=0", "", SslMode::verify_ca},
      {"SSLCERT=f;SSLKEY=g", "", SslMode::required},
      {"TLSPEERFP=AB", "", SslMode::required},
      {"SSLMODE=DISABLED;SSLFPLIST=f", "", SslMode::required},
      {"SSLMODE=VERIFY_CA;SSLFP=AB", "", SslMode::verify_ca},
      {"SSLMODE=PREFERRED", "TLSPEERFP=AB", SslMode::required},
      {"SSLMODE=DISABLED", "TLSPEERFP=AB;TLSPEERFPLIST=f", SslMode::disabled},
      {"SSLMODE=DISABLED", "FORCETLS=1;SSLVERIFY=1;SSLCA=f", SslMode::disabled},
      {"FORCETLS=1", "SSLMODE=DISABLED", SslMode::required},
      {"SSLCA=f", "SSLVERIFY=0", SslMode::required},
      {"SSLCA=f", "SSLMODE=PREFERRED", SslMode::preferred},
      {"", "SSLMODE=VERIFY_IDENTITY", SslMode::verify_identity},
  };
  for (const auto& row : rows)
    EXPECT_EQ(Read(row.string, row.dsn).settings.ssl_mode, row.mode) << row.string << " | " << row.dsn;
}

}  // namespace
}  // namespace selkie::setup
