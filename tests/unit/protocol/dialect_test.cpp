#include "protocol/dialect.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>

namespace selkie::protocol {
namespace {

using namespace capability;

// As the servers' greetings offer them.
constexpr std::uint64_t kMySql97 = 0xdfffffff;          // 9.7.0
constexpr std::uint64_t kMariaDb1011 = 0x1d'81ff'f7fe;  // 10.11, extended word 0x1d
constexpr std::uint64_t kTiDb = kLongPassword | kFoundRows | kLongFlag | kConnectWithDb | kProtocol41 | kTransactions |
                                kSecureConnection | kMultiStatements | kMultiResults | kPluginAuth | kConnectAttrs;

TEST(Negotiate, ReadsFlavourAndOwnVersionFromTheText) {
  struct Case {
    const char* text;
    std::uint64_t capabilities;
    Flavour flavour;
    Version version;
  };
  const Case cases[] = {
      {"5.5.5-10.11.6-MariaDB-log", kMariaDb1011, Flavour::mariadb, {10, 11, 6}},
      {"5.5.5-10.6.16-MariaDB-1:10.6.16+maria~ubu2004", kMariaDb1011, Flavour::mariadb, {10, 6, 16}},
      {"11.8.3-MariaDB", kMariaDb1011, Flavour::mariadb, {11, 8, 3}},
      {"11.4.2-mariadb-enterprise", kMariaDb1011, Flavour::mariadb, {11, 4, 2}},
      {"5.5.5-MariaDB", kMySql97, Flavour::mariadb, {5, 5, 5}},
      {"5.5.64-MariaDB", kMySql97, Flavour::mariadb, {5, 5, 64}},
      {"10.11.6-corporate", kMariaDb1011, Flavour::mariadb, {10, 11, 6}},  // only the bits tell
      {"8.0.11-TiDB-v7.5.0", kTiDb, Flavour::tidb, {7, 5, 0}},
      {"8.0.11-TiDB-v7.5.2-serverless", kTiDb, Flavour::tidb, {7, 5, 2}},
      {"5.7.25-TiDB-v6", kTiDb, Flavour::tidb, {6, 0, 0}},
      {"5.7.25-TiDB", kTiDb, Flavour::tidb, {0, 0, 0}},
      {"8.0.30-Vitess", kTiDb, Flavour::vitess, {8, 0, 30}},
      {"9.7.0", kMySql97, Flavour::mysql, {9, 7, 0}},
      {"8.0.36-28.1", kMySql97, Flavour::mysql, {8, 0, 36}},
      {"8.0.mysql_aurora.3.04.0", kMySql97, Flavour::mysql, {8, 0, 0}},
      {"5.7.44-rds.20240408-log", kMySql97, Flavour::mysql, {5, 7, 44}},
      {"8.4", kMySql97, Flavour::mysql, {8, 4, 0}},
      {"8.4-28.1", kMySql97, Flavour::mysql, {8, 4, 0}},
      {"", kMySql97, Flavour::mysql, {0, 0, 0}},
      {"banana", kMySql97, Flavour::mysql, {0, 0, 0}},
      {"-1.2.3", kMySql97, Flavour::mysql, {0, 0, 0}},
      {"99999999999.1.2", kMySql97, Flavour::mysql, {0, 0, 0}},
  };
  for (const Case& c : cases) {
    const Dialect dialect = negotiate({c.text, c.capabilities}, {});
    EXPECT_EQ(dialect.flavour, c.flavour) << c.text;
    EXPECT_EQ(dialect.version, c.version) << c.text;
    EXPECT_EQ(dialect.version_text, c.text);
  }
}

TEST(Negotiate, ExtendedBitsCountOnlyWhereClientMysqlIsLeftOut) {
  const std::uint64_t extended = kMariaBulk | kMariaExtendedMetadata | kMariaCacheMetadata;
  const Dialect mariadb = negotiate({"11.8.3-MariaDB", kProtocol41 | extended}, {});
  EXPECT_TRUE(mariadb.bulk() && mariadb.extended_metadata() && mariadb.metadata_flag());
  EXPECT_FALSE(mariadb.has(kLongPassword));
  const Dialect mysql = negotiate({"11.8.3-MariaDB", kProtocol41 | kLongPassword | extended}, {});
  EXPECT_FALSE(mysql.bulk() || mysql.extended_metadata() || mysql.metadata_flag());
  EXPECT_TRUE(mysql.has(kLongPassword));
}

TEST(Negotiate, NothingIsAgreedThatWasNotOffered) {
  Wishes all{true, true, true, true, true, true, true, true, true, true, true};
  EXPECT_EQ(negotiate({"8.0.30-Vitess", 0}, all).capabilities, 0u);
  for (std::uint64_t bit = 1; bit != 0; bit <<= 1) {
    EXPECT_EQ(negotiate({"x", bit}, all).capabilities & ~bit, 0u) << bit;
  }
}

// Each would change what packets look like, or hide that a definition changed.
TEST(Negotiate, NeverAgreesToWhatTheReaderDoesNotSpeak) {
  Wishes all{true, true, true, true, true, true, true, true, true, true, true};
  const std::uint64_t agreed = negotiate({"x", ~kLongPassword}, all).capabilities;
  EXPECT_EQ(agreed & (kCompress | kZstd | kOptionalMetadata | kMariaProgress), 0u);
}

TEST(Negotiate, WishesDecideWhatIsOptional) {
  struct Case {
    bool Wishes::*wish;
    std::uint64_t capability;
  };
  const Case cases[] = {
      {&Wishes::tls, kSsl},
      {&Wishes::database, kConnectWithDb},
      {&Wishes::found_rows, kFoundRows},
      {&Wishes::no_schema, kNoSchema},
      {&Wishes::local_files, kLocalFiles},
      {&Wishes::ignore_space, kIgnoreSpace},
      {&Wishes::interactive, kInteractive},
      {&Wishes::multi_statements, kMultiStatements},
      {&Wishes::expired_passwords, kExpiredPasswords},
      {&Wishes::deprecate_eof, kDeprecateEof},
      {&Wishes::cache_metadata, kMariaCacheMetadata},
  };
  for (const Case& c : cases) {
    Wishes wishes;
    wishes.*c.wish = false;
    EXPECT_FALSE(negotiate({"x", ~kLongPassword}, wishes).has(c.capability)) << c.capability;
    wishes.*c.wish = true;
    EXPECT_TRUE(negotiate({"x", ~kLongPassword}, wishes).has(c.capability)) << c.capability;
  }
}

TEST(Negotiate, FirstCompressionOfTheListThatTheServerHasIsAgreedToAlone) {
  struct Case {
    std::vector<Compression> wish;
    std::uint64_t offered;
    Compression agreed;
  };
  using enum Compression;
  const Case cases[] = {
      {{}, kCompress | kZstd, uncompressed},
      {{zstd, zlib}, kCompress | kZstd, zstd},
      {{zlib, zstd}, kCompress | kZstd, zlib},
      {{zstd, zlib}, kCompress, zlib},
      {{uncompressed, zlib}, kCompress | kZstd, uncompressed},
      {{zstd}, kCompress, uncompressed},
  };
  for (const Case& c : cases) {
    const Dialect dialect = negotiate({"x", c.offered}, {.compressions = c.wish});
    EXPECT_EQ(dialect.compression(), c.agreed);
    EXPECT_LE(std::popcount(dialect.capabilities & (kCompress | kZstd)), 1);
  }
}

TEST(Negotiate, MultiResultsAreAlwaysTakenAndMultiStatementsOnlyWhenWished) {
  const Dialect dialect = negotiate({"9.7.0", kMySql97}, {});
  EXPECT_TRUE(dialect.has(kMultiResults | kPsMultiResults));
  EXPECT_FALSE(dialect.multi_statements());
}

TEST(Dialect, TheJustPreparedStatementCanBeExecutedOnlyWhereAMariaDbItselfAnswers) {
  EXPECT_TRUE(negotiate({"5.5.5-10.2.0-MariaDB", kMariaDb1011}, {}).execute_last_prepared());
  EXPECT_FALSE(negotiate({"5.5.5-10.1.48-MariaDB", kMariaDb1011}, {}).execute_last_prepared());
  EXPECT_FALSE(negotiate({"5.5.5-10.6.16-MariaDB", kMySql97}, {}).execute_last_prepared());
  EXPECT_FALSE(negotiate({"9.7.0", kMySql97}, {}).execute_last_prepared());
}

TEST(Dialect, AKillIsTrustedWhereTheGreetingsNumberIsTheConnectionsOwn) {
  EXPECT_TRUE(negotiate({"9.7.0", kMySql97}, {}).kills_by_connection_id());
  EXPECT_TRUE(negotiate({"11.8.3-MariaDB", kMariaDb1011}, {}).kills_by_connection_id());
  EXPECT_TRUE(negotiate({"8.0.11-TiDB-v7.5.0", kTiDb}, {}).kills_by_connection_id());
  EXPECT_FALSE(negotiate({"5.7.25-TiDB-v6.5.0", kTiDb}, {}).kills_by_connection_id());
  EXPECT_FALSE(negotiate({"8.0.30-Vitess", kTiDb}, {}).kills_by_connection_id());
}

// Two bytes a query; what offers them reads them.
TEST(Negotiate, QueryAttributesAreAgreedToWhereTheyAreOffered) {
  EXPECT_TRUE(negotiate({"9.7.0", kMySql97}, {}).query_attributes());
  EXPECT_FALSE(negotiate({"8.0.30-Vitess", kTiDb}, {}).query_attributes());
  EXPECT_FALSE(negotiate({"11.8.3-MariaDB", kMariaDb1011}, {}).query_attributes());
}

}  // namespace
}  // namespace selkie::protocol
