// What an answer does where its rows cannot be kept. How it reads live and parked: session_test.cpp.
#include "protocol/answer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/commands.h"
#include "protocol/frame.h"
#include "scripted_stream.h"
#include "temporary_directory.h"

namespace selkie::protocol {
namespace {

constexpr std::size_t kRows = 50, kRowBytes = 1000;

// A result of one text column with EOFs, its rows of 1,000 bytes, and another without rows behind it.
Packet two_results() {
  const Packet definition{3, 'd', 'e', 'f', 0, 0, 0, 1, 'a', 0, 12, 45, 0, 0xff, 0xff, 0xff, 0xff, 252, 0, 0, 0, 0, 0};
  const Packet eof{0xfe, 0, 0, 2, 0}, eof_and_more{0xfe, 0, 0, 10, 0}, ok{0, 5, 0, 2, 0, 0, 0};
  FrameWriter out;
  out.begin(1).u8(1);
  out.begin(out.end()).bytes(definition);
  out.begin(out.end()).bytes(eof);
  for (std::size_t i = 0; i < kRows; ++i)
    out.begin(out.end()).lenenc_text(std::string(kRowBytes, static_cast<char>('a' + i % 26)));
  out.begin(out.end()).bytes(eof_and_more);
  out.begin(out.end()).bytes(ok);
  out.end();
  return {out.bytes().begin(), out.bytes().end()};
}

// The first row has been read.
struct Reading {
  explicit Reading(std::size_t memory_bytes) {
    auto stream = std::make_unique<ScriptedStream>();
    stream->script = two_results();
    session = std::make_unique<Session>(Opened{std::move(stream), FrameReader(1u << 24), Dialect{}, 1, 2, {}, {}});
    write_query(session->begin_command(), "q");
    session->end_command();
    EXPECT_TRUE(session->send().ok());
    answer = Answer(*session, Encoding::text, memory_bytes);
    EXPECT_TRUE(answer.next_result(nullptr).ok());
    EXPECT_EQ(answer.next_row(row), RowStep::row);
  }

  std::unique_ptr<Session> session;
  Answer answer;
  Bytes row;
};

// Where no temporary file can be made.
struct NoRoom {
  TemporaryDirectory directory;
  NoRoom() { ::setenv("TMPDIR", (directory.path() + "/missing").c_str(), 1); }
};

TEST(Answer, RowsThatCannotBeParkedAreAnErrorForTheirReaderAndNotForTheSession) {
  const NoRoom no_room;
  Reading reading(5 * kRowBytes);
  ASSERT_TRUE(reading.answer.park().ok());
  EXPECT_TRUE(reading.session->idle());
  std::size_t rows = 1;
  RowStep step = RowStep::row;
  while ((step = reading.answer.next_row(reading.row)) == RowStep::row) ++rows;
  ASSERT_EQ(step, RowStep::failed);
  const Failure failure = reading.answer.take_failure();
  EXPECT_EQ(failure.errc, Errc::spool_failed);
  EXPECT_NE(failure.message.find("TMPDIR"), std::string::npos) << failure.message;
  EXPECT_LT(rows, kRows);
  EXPECT_FALSE(reading.answer.has_more_results());  // they were thrown away with the rows
}

}  // namespace
}  // namespace selkie::protocol
