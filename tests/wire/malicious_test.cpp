// A server, or whoever stands in its place, that means harm: packets cut anywhere, packets where none of their kind belongs,
// answers and logins without end. Each ends with an SQLSTATE, soon, and takes no more memory than what really came.
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "tests/support/replay.h"

namespace selkie::test {
namespace {

using namespace std::chrono_literals;
using protocol::ByteWriter;
using Clock = std::chrono::steady_clock;

constexpr auto kSoon = 5s;  // with a sanitizer, on a busy machine

// What a client came to.
struct Outcome {
  std::string state;  // of the error that ended it; empty: none
  SQLINTEGER native = 0;
  Clock::duration took{};
  std::size_t sent_bytes = 0;  // by the server
};

// The ways in which bytes come, none of which may change what a client comes to.
const std::vector<Delivery> kWays{
    {}, {.byte_by_byte = true}, {.wrapping = Wrapping::tls}, {.wrapping = Wrapping::zlib}, {.wrapping = Wrapping::zstd}};

// One performance, whatever it leads to. The server is gone when the script is over.
Outcome outcome_of(const Script& opening, const Script& talk, const LoginClient& client, const Delivery& delivery = {}) {
  ScriptedServer server(opening, talk, delivery);
  Outcome outcome;
  const auto start = Clock::now();
  try {
    Connection connection;
    client(connection, server.address() + ";UID=ann;SSLMODE=DISABLED");
  } catch (const OdbcError& error) {
    outcome.state = error.state();
    outcome.native = error.native();
    if (outcome.state.size() != 5) outcome.state = "no SQLSTATE";
  }
  outcome.took = Clock::now() - start;
  outcome.sent_bytes = server.finish().sent_bytes;
  return outcome;
}

// What an endless conversation may add. Sanitizers keep what was freed for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kFlatBytes = 64u << 20;
#else
constexpr std::size_t kFlatBytes = 4u << 20;
#endif

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// --- Every packet of a conversation, cut at every byte. What is left has a header of its own that is true.

const std::string kSql = "SELECT a, b FROM t";
const std::vector<Definition> kColumns{integer("a"), text("b")};

struct Conversation {
  const char* name;
  const Server* server;
  Script script;
  bool prepares = false;
};

// The packets of one reply up to this one, which is cut to so many bytes.
Reply cut(const Reply& reply, std::size_t number, std::size_t size_bytes) {
  return {reply.name,
          [=](const Agreed& agreed) {
            std::vector<Packet> packets = reply.packets(agreed);
            packets.resize(number + 1);
            packets[number].resize(size_bytes);
            return packets;
          },
          reply.offers};
}

class Cut : public ::testing::TestWithParam<Conversation> {};

TEST_P(Cut, AnywhereInAnyPacketEndsWithAnSqlstate) {
  const LoginClient client = [](Connection& connection, const std::string& address) {
    connection.connect(address);
    Statement statement(connection);
    GetParam().prepares ? statement.prepare(kSql).execute() : statement.run(kSql);
    do {
      if (statement.columns() != 0) statement.rows();
    } while (statement.more());
  };
  const Agreed agreed{GetParam().server->capabilities};
  const std::vector<Step>& steps = GetParam().script.steps();
  std::size_t cuts = 0, failures = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto* send = std::get_if<step::Send>(&steps[i]);
    if (send == nullptr) continue;
    const std::vector<Packet> packets = send->reply.packets(agreed);
    for (std::size_t number = 0; number < packets.size(); ++number) {
      for (std::size_t size = 0; size < packets[number].size(); ++size) {
        SCOPED_TRACE(send->reply.name + ", packet " + std::to_string(number) + " cut at " + std::to_string(size));
        const Script talk = GetParam().script.before(i).sends(cut(send->reply, number, size)).closes();
        for (const Delivery& way : kWays) {
          SCOPED_TRACE(name_of(way.wrapping));
          const Outcome outcome = outcome_of({}, talk, client, way);
          ASSERT_NE(outcome.state, "no SQLSTATE");
          ASSERT_LT(outcome.took, kSoon);
          ++cuts;
          if (!outcome.state.empty()) ++failures;
        }
      }
    }
  }
  EXPECT_GT(cuts, 100 * kWays.size());
  EXPECT_GE(failures + kWays.size(), cuts);  // an OK at the end of rows, cut to five bytes, is an EOF
}

INSTANTIATE_TEST_SUITE_P(
    Conversations, Cut,
    ::testing::Values(
        Conversation{"MySqlText", &kMySql97,
                     login_script(kMySql97)
                         .reads(query(kSql))
                         .sends(head(kColumns), row({"1", "one"}), row({nullptr, ""}), end(kAutocommit | kMoreResults))
                         .sends(ok(kAutocommit, {.affected_rows = 300, .insert_id = 70000}))},
        Conversation{"ProxyText", &kMySql57Proxied,
                     login_script(kMySql57Proxied).reads(query(kSql)).sends(head(kColumns), row({"1", "one"}), end())},
        Conversation{"MariaDbText", &kMariaDb118,
                     login_script(kMariaDb118)
                         .reads(query(kSql))
                         .sends(head(kColumns), row({"1", "one"}), error(1205, "HY000", "Lock wait timeout exceeded"))},
        Conversation{"MySqlPrepared", &kMySql97,
                     login_script(kMySql97)
                         .then(prepares_and_executes(kMySql97, kSql, 1, 0, kColumns))
                         .sends(head(kColumns), binary_row({int32(1), bytes("one")}), binary_row({null_value(), bytes("")}))
                         .sends(end()),
                     true},
        Conversation{"ProxyPrepared", &kMySql57Proxied,
                     login_script(kMySql57Proxied)
                         .then(prepares_and_executes(kMySql57Proxied, kSql, 1, 0, kColumns))
                         .sends(head(kColumns), binary_row({int32(1), bytes("one")}), end()),
                     true},
        Conversation{"MariaDbPrepared", &kMariaDb118,
                     login_script(kMariaDb118)
                         .then(prepares_and_executes(kMariaDb118, kSql, 1, 0, kColumns))
                         .sends(head_without_definitions(2), binary_row({int32(1), bytes("one")}), end()),
                     true},
        Conversation{"Login", &kMySql97,
                     script()
                         .sends(greeting(kMySql97))
                         .reads_login("ann")
                         .sends(auth_switch("mysql_native_password", "abcdefghijklmnopqrst" + std::string(1, '\0')))
                         .reads(empty_packet())
                         .sends(error(1045, "28000", "Access denied"))}),
    [](const auto& test) { return std::string(test.param.name); });

// --- Packets where none of their kind belongs

struct Misplaced {
  const char* name;
  std::vector<Reply> replies;
  std::string state = "08S01";
  SQLINTEGER native = 0;
};

const Reply kHead = head({text("a"), text("b")});
const Reply kDeadlock = error(1213, "40001", "Deadlock found");
const Reply kEofPayload = payload(std::string_view("\xfe\0\0\x02\0", 5));
const Reply kOkPayload = payload(std::string_view("\0\0\0\x02\0\0\0", 7));

// An OK in place of an EOF is out of place, too.
const Server* const kWithEofs[] = {&kMySql57Proxied};

void expect_end(const Misplaced& misplaced, Script talk, const LoginClient& client) {
  for (const Reply& reply : misplaced.replies) talk.sends(reply);
  talk.closes();
  std::vector<Delivery> ways = kWays;
  const Script opening = login_script(*kWithEofs[0]);
  const std::size_t size = outcome_of(opening, talk, client).sent_bytes;
  for (std::size_t byte = 1; byte < size; ++byte) ways.push_back({.cut_at = byte});
  for (const Delivery& way : ways) {
    SCOPED_TRACE(std::string(name_of(way.wrapping)) + ", cut at " + std::to_string(way.cut_at));
    const Outcome outcome = outcome_of(opening, talk, client, way);
    EXPECT_EQ(outcome.state, misplaced.state);
    EXPECT_EQ(outcome.native, misplaced.native);
    EXPECT_LT(outcome.took, kSoon);
  }
}

class OutOfPlace : public ::testing::TestWithParam<Misplaced> {};

TEST_P(OutOfPlace, EndsWithAnSqlstate) {
  expect_end(GetParam(), script().reads(query("SELECT a, b")), [](Connection& connection, const std::string& address) {
    connection.connect(address);
    Statement statement(connection);
    statement.run("SELECT a, b");
    do {
      if (statement.columns() != 0) statement.rows();
    } while (statement.more());
  });
}

INSTANTIATE_TEST_SUITE_P(
    Packets, OutOfPlace,
    ::testing::Values(
        Misplaced{"GreetingAsAnAnswer", {greeting(kMySql97)}},                                              //
        Misplaced{"AuthSwitchAsAnAnswer", {auth_switch("mysql_native_password", "abcdefghijklmnopqrst")}},  //
        Misplaced{"EofAsAnAnswer", {kEofPayload}},                                                          //
        Misplaced{"OkAmongDefinitions", {payload("\x02"), kOkPayload, kOkPayload, kEofPayload}},            //
        Misplaced{"ErrorAmongDefinitions", {payload("\x02"), kDeadlock}, "40001", 1213},                    //
        Misplaced{
            "ErrorInPlaceOfTheEof", {payload("\x01"), payload(definition_packet(text("a"), {})), kDeadlock}, "40001", 1213},  //
        Misplaced{"OkInPlaceOfTheEof", {payload("\x01"), payload(definition_packet(text("a"), {})), kOkPayload, kEofPayload}},
        Misplaced{"RowInPlaceOfTheEof", {payload("\x01"), payload(definition_packet(text("a"), {})), row({"1"}), kEofPayload}},
        Misplaced{"OkAmongRows", {kHead, row({"1", "2"}), kOkPayload}},
        Misplaced{"FileRequestAmongRows", {kHead, row({"1", "2"}), payload("\xfb/etc/passwd")}},
        Misplaced{"AnotherHeadAmongRows", {kHead, row({"1", "2"}), payload("\x02"), kEofPayload}},
        Misplaced{"ProgressReportNobodyAskedFor", {payload("\xff\xff\xff\x01\x01\x02\x10\x00\x00")}},
        Misplaced{"ErrorWithoutACode", {payload("\xff")}},
        Misplaced{"NothingButMoreResults", {ok(kAutocommit | kMoreResults)}}),
    [](const auto& test) { return std::string(test.param.name); });

class PrepareOutOfPlace : public ::testing::TestWithParam<Misplaced> {};

TEST_P(PrepareOutOfPlace, EndsWithAnSqlstate) {
  expect_end(GetParam(), script().reads(prepare("SELECT ?")), [](Connection& connection, const std::string& address) {
    connection.connect(address);
    std::int32_t value = 0;
    Statement(connection).prepare("SELECT ?").bind(1, value).execute();
  });
}

Reply prepare_ok(std::uint16_t columns, std::uint16_t parameters) {
  ByteWriter out;
  out.u8(0), out.u32(1), out.u16(columns), out.u16(parameters), out.u8(0), out.u16(0);
  return payload(copy_of(out.bytes()));
}
const Reply kDefinition = payload(definition_packet(text("a"), {}));

INSTANTIATE_TEST_SUITE_P(
    Packets, PrepareOutOfPlace,
    ::testing::Values(Misplaced{"EofAsAnAnswer", {kEofPayload}},  //
                      Misplaced{"ResultAsAnAnswer", {payload("\x01")}},
                      Misplaced{"ParametersWithoutDefinitions", {prepare_ok(0, 65535), kEofPayload}},
                      Misplaced{"ColumnsWithoutDefinitions", {prepare_ok(65535, 0), kEofPayload}},
                      Misplaced{"MoreDefinitionsThanAnnounced", {prepare_ok(0, 1), kDefinition, kDefinition, kEofPayload}},
                      Misplaced{"ErrorAmongDefinitions", {prepare_ok(1, 1), kDefinition, kDeadlock}, "40001", 1213},
                      Misplaced{"DefinitionCutShort",
                                {prepare_ok(0, 1), payload("\x03"
                                                           "de")}},
                      Misplaced{"FileRequest", {payload("\xfb/etc/passwd")}}),
    [](const auto& test) { return std::string(test.param.name); });

// --- Without end

// As many packets as would be forever, made one by one.
Reply endlessly(const std::string& name, std::size_t count, const Packet& packet) {
  return {name, [=](const Agreed&) { return std::vector<Packet>(count, packet); }};
}

Packet packet_of(const Reply& reply) { return reply.packets({}).front(); }

TEST(WithoutEnd, ResultsAreReachedOneByOneInFlatMemory) {
  const Packet another = packet_of(ok(kAutocommit | kMoreResults));
  std::size_t results = 0;
  const LoginClient client = [&](Connection& connection, const std::string& address) {
    connection.connect(address);
    Statement statement(connection);
    statement.run("CALL p()");
    const std::size_t before = resident_bytes();
    for (std::size_t i = 0; i < results / 2; ++i) ASSERT_TRUE(statement.more());
    EXPECT_LT(resident_bytes(), before + kFlatBytes);
    while (statement.more()) {}
  };
  for (const Delivery& way : kWays) {
    SCOPED_TRACE(name_of(way.wrapping));
    results = way.byte_by_byte ? 2'000 : 20'000;  // a segment takes its time
    const Script talk = script()
                            .reads(query("CALL p()"))
                            .sends(ok(kAutocommit | kMoreResults))
                            .sends(endlessly("results", results, another))
                            .closes();
    EXPECT_EQ(outcome_of(login_script(kMySql97), talk, client, way).state, "08S01");
  }
}

// Each is as long as a packet may be: what is bounded is what they hold together.
TEST(WithoutEnd, DefinitionsEndTheConnectionWhereTheirBoundIs) {
  const Packet definition = definition_packet(text(std::string(8u << 20, 'n')), {});
  ByteWriter count;
  count.lenenc(1'000'000);
  Script talk = script().reads(query("SELECT 1")).sends(payload(copy_of(count.bytes())));
  for (int i = 0; i < 5; ++i) talk.sends(payload(definition));
  replay(talk.expects_close(),
         [](Connection& connection) {
           const OdbcError failure = expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
           EXPECT_NE(failure.message().find("column definition"), std::string::npos) << failure.message();
           EXPECT_TRUE(connection.is_dead());
           expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
         },
         {.servers = kWithEofs, .whole_only = true});
}

TEST(WithoutEnd, LoginThatSwitchesItsMethodAgainAndAgainIsGivenUp) {
  Script talk = script().sends(greeting(kMySql97)).reads_login("ann");
  for (int i = 0; i < 30; ++i) {
    talk.sends(auth_switch("mysql_native_password", std::string(20, static_cast<char>('a' + i % 20)) + std::string(1, '\0')));
    talk.reads(packet_starting({}));
  }
  const Outcome outcome =
      outcome_of({}, talk, [](Connection& connection, const std::string& address) { connection.connect(address); });
  EXPECT_EQ(outcome.state, "08S01");
  EXPECT_LT(outcome.took, kSoon);
}

// Data comes all the time, the end never: the deadline is that of the whole login, not of each byte.
TEST(WithoutEnd, GreetingThatComesByteByByteEndsWithTheLoginTimeout) {
  Script talk = script().sends_bytes(frame(4000, 0, Packet{10}));
  for (int i = 0; i < 60; ++i) talk.pauses(50ms).sends_bytes({'8'});
  const Outcome outcome = outcome_of({}, talk, [](Connection& connection, const std::string& address) {
    connection.set(SQL_ATTR_LOGIN_TIMEOUT, 1);
    connection.connect(address);
  });
  EXPECT_EQ(outcome.state, "HYT00");
  EXPECT_LT(outcome.took, 2500ms);
}

TEST(WithoutEnd, GreetingWithoutAnEndOfItsVersionIsNone) {
  Packet greeting(60'000, '8');
  greeting[0] = 10;
  const Outcome outcome = outcome_of({}, script().sends(payload(greeting)),
                                     [](Connection& connection, const std::string& address) { connection.connect(address); });
  EXPECT_EQ(outcome.state, "08001");
  EXPECT_LT(outcome.took, kSoon);
}

// A header claims 16 MiB, one byte follows: memory is for what came.
TEST(WithoutEnd, PacketThatNeverComesTakesNoMemory) {
  Script talk = script().reads(query("SELECT 1")).sends_bytes(frame(0xffffff, 1, Packet{1})).pauses(100ms);
  std::size_t before = 0;
  const Outcome outcome =
      outcome_of(login_script(kMySql97), talk.closes(), [&](Connection& connection, const std::string& address) {
        connection.connect(address);
        before = resident_bytes();
        Statement(connection).run("SELECT 1");
      });
  EXPECT_EQ(outcome.state, "08S01");
  EXPECT_LT(resident_bytes(), before + kFlatBytes);
}

TEST(PacketBound, LargerPacketEndsTheConnectionByItsHeader) {
  replay(script().reads(query("SELECT 1")).sends_bytes(frame(2u << 20, 1, Packet{1})).expects_close(),
         [](Connection& connection) {
           expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
           EXPECT_TRUE(connection.is_dead());
           expect_error("08S01", 0, [&] { Statement(connection).run("SELECT 1"); });
         },
         {.settings = "MAX_PACKET=1M;"});
}

}  // namespace
}  // namespace selkie::test
