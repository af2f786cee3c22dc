// LOAD DATA LOCAL: a server gets the file that the statement names, where that is allowed, and never another one.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/certificates.h"
#include "tests/support/replay.h"

namespace selkie::test {
namespace {

const Server* const kOfEachEnd[] = {&kMySql97, &kMariaDb1011};

class LoadDataLocal : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_.file("in"));
    std::ofstream(folder_.file("in/rows.csv")) << "1,one\n2,two\n";
    std::ofstream(folder_.file("secret")) << "secret\n";
  }

  std::string load(const std::string& file) const {
    return "LOAD DATA LOCAL INFILE '" + folder_.file(file) + "' INTO TABLE t FIELDS TERMINATED BY ','";
  }
  Reply request(const std::string& file) const {
    Reply reply = payload("\xfb" + folder_.file(file));
    reply.name = "request for " + file;
    return reply;
  }
  ReplayOptions options(const std::string& settings) const {
    return {.servers = kOfEachEnd, .settings = settings, .cuts = false};
  }
  // The statement is answered by a request for `asked`, which is refused; `why` stands in the message.
  void expect_refused(const std::string& sql, const std::string& asked, const std::string& settings, const std::string& why) {
    SCOPED_TRACE(sql + " " + settings);
    const Script talk =
        script().reads(query(sql)).sends(request(asked)).reads(empty_packet()).sends(ok()).then(another_query());
    replay(
        talk,
        [&](Connection& connection) {
          const OdbcError error = expect_error("HY000", 0, [&] { Statement(connection).run(sql); });
          EXPECT_NE(error.message().find(why), std::string::npos) << error.message();
          expect_wire_in_step(connection);
        },
        options(settings));
  }
  std::string only_in() const { return "LOAD_DATA_LOCAL_DIR=" + folder_.file("in") + ";"; }

  TemporaryFolder folder_;
};

TEST_F(LoadDataLocal, IsSentWhereItIsAllowed) {
  for (const std::string& settings : {std::string("ENABLE_LOCAL_INFILE=1;"), std::string("NOLOCALINFILE=0;"), only_in()}) {
    const Script talk = script()
                            .reads(query(load("in/rows.csv")))
                            .sends(request("in/rows.csv"))
                            .reads(packet_starting({'1', ',', 'o', 'n', 'e', '\n', '2', ',', 't', 'w', 'o', '\n'}))
                            .reads(empty_packet())
                            .sends(ok(kAutocommit, {.affected_rows = 2}))
                            .then(another_query());
    replay(
        talk,
        [&](Connection& connection) {
          Statement statement(connection);
          EXPECT_EQ(statement.run(load("in/rows.csv")).row_count(), 2);
          expect_wire_in_step(connection);
        },
        options(settings));
  }
}

TEST_F(LoadDataLocal, IsRefusedWhereItIsNotAllowed) {
  for (const char* settings : {"", "ENABLE_LOCAL_INFILE=0;", "NOLOCALINFILE=1;"}) {
    expect_refused(load("in/rows.csv"), "in/rows.csv", settings, "ENABLE_LOCAL_INFILE");
  }
}

TEST_F(LoadDataLocal, RequestThatAnswersAnotherStatementIsRefused) {
  for (const std::string sql :
       {"SELECT 1", "LOAD DATA INFILE 'x' INTO TABLE t", "SELECT 'LOAD DATA LOCAL INFILE'", "UPDATE t SET a = 1"}) {
    expect_refused(sql, "secret", "ENABLE_LOCAL_INFILE=1;", "Only a LOAD DATA LOCAL statement");
  }
}

TEST_F(LoadDataLocal, RequestForAnotherFileThanTheStatementNamesIsRefused) {
  for (const char* asked : {"secret", "in/ROWS.CSV", "in/../secret", "in/./rows.csv"}) {
    expect_refused(load("in/rows.csv"), asked, "ENABLE_LOCAL_INFILE=1;", "the statement names");
  }
}

TEST_F(LoadDataLocal, FileOutsideTheFolderIsRefused) {
  expect_refused(load("secret"), "secret", only_in(), "LOAD_DATA_LOCAL_DIR");
  expect_refused(load("in/../secret"), "in/../secret", only_in(), "LOAD_DATA_LOCAL_DIR");
  expect_refused(load("in/missing"), "in/missing", only_in(), "No such file");
}

TEST_F(LoadDataLocal, ServersOwnErrorComesBehindTheFile) {
  const Script talk = script()
                          .reads(query(load("in/rows.csv")))
                          .sends(request("in/rows.csv"))
                          .reads(packet_starting({'1'}))
                          .reads(empty_packet())
                          .sends(error(1062, "23000", "Duplicate entry '1' for key 'PRIMARY'"))
                          .then(another_query());
  replay(
      talk,
      [&](Connection& connection) {
        expect_error("23000", 1062, [&] { Statement(connection).run(load("in/rows.csv")); });
        expect_wire_in_step(connection);
      },
      options("ENABLE_LOCAL_INFILE=1;"));
}

// After the acknowledged KILL one more piece, in which the server sees that it was killed, and the end of the file. A server
// that did not see it, and took the part for the whole, is not believed.
TEST_F(LoadDataLocal, CancelEndsTheFileEarlyAndKeepsTheConnection) {
  std::filesystem::resize_file(folder_.file("in/rows.csv"), 50'000'000);
  const Server* const one[] = {&kMySql97};
  const Reply killed = error(1317, "70100", "Query execution was interrupted");
  for (const Reply& answer : {killed, ok()}) {
    replay(
        [&](const Server& server) {
          return script()
              .reads(query(load("in/rows.csv")))
              .sends(request("in/rows.csv"))
              .meets(login_script(server).reads(query("KILL QUERY 7")).sends(ok()))
              .pauses(std::chrono::milliseconds(20))
              .reads(packet_starting({'1', ','}))  // larger than the socket's buffer: it was under way
              .reads(packet_starting({0}))
              .reads(empty_packet())
              .sends(answer)
              .reads(query("DO 0"))  // for a KILL that was late to hit
              .sends(killed)
              .then(another_query());
        },
        [&](Connection& connection) {
          Statement statement(connection);
          std::thread canceller([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            EXPECT_EQ(::SQLCancel(statement.handle()), SQL_SUCCESS);
          });
          expect_error("HY008", 0, [&] { statement.run(load("in/rows.csv")); });
          canceller.join();
          expect_wire_in_step(connection);
        },
        {.servers = one, .settings = "ENABLE_LOCAL_INFILE=1;", .whole_only = true, .wrappings = {}});
  }
}

TEST_F(LoadDataLocal, ServerThatHangsUpInTheMiddleIsALostLink) {
  std::filesystem::resize_file(folder_.file("in/rows.csv"), 50'000'000);
  const Script talk = script().reads(query(load("in/rows.csv"))).sends(request("in/rows.csv")).reads_bytes(1000).closes();
  replay(talk,
         [&](Connection& connection) {
           expect_error("08S01", 0, [&] { Statement(connection).run(load("in/rows.csv")); });
           EXPECT_TRUE(connection.is_dead());
         },
         {.servers = kOfEachEnd, .settings = "ENABLE_LOCAL_INFILE=1;", .whole_only = true});
}

}  // namespace
}  // namespace selkie::test
