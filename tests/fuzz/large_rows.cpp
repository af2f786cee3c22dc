// A row that is too large to be held, read column by column as it arrives: the same values as the whole row has.
#include "protocol/large_row.h"

#include <optional>
#include <vector>

#include "protocol/answer.h"
#include "protocol/frame.h"
#include "tests/fuzz/input_stream.h"
#include "tests/fuzz/target.h"

namespace selkie::fuzz {

using namespace protocol;

namespace {

constexpr std::size_t kMostRowBytes = 2 * kWholeRowBytes;
constexpr std::size_t kMostColumns = 15;  // counts take one byte, bitmaps three at most

struct Step {
  enum Kind : std::uint8_t { reach, read, hold, park } kind;
  std::size_t column, size_bytes;
};

struct Plan {
  Encoding encoding;
  std::size_t memory_bytes;  // that a parked row may take; the rest goes to a file
  std::vector<WireType> types;
  std::vector<Step> steps;
  std::vector<std::uint8_t> row;
};

// The first byte counts the columns, whose types follow; then the steps of a reader; the rest is the row, in which 0xFF stands
// for as many bytes of one kind as the four bytes behind it say: no input is as long as a large row.
Plan read_plan(Bytes input) {
  ByteReader in(input);
  const std::uint8_t shape = in.u8();
  Plan plan{.encoding = (shape & 0x80) != 0 ? Encoding::binary : Encoding::text,
            .memory_bytes = (shape & 0x40) != 0 ? std::size_t{1} << 20 : 100'000,
            .types = {},
            .steps = {},
            .row = {}};
  const std::size_t columns = std::max<std::size_t>(shape & kMostColumns, 1);
  for (std::size_t i = 0; i < columns; ++i) plan.types.push_back(static_cast<WireType>(in.u8()));
  for (std::size_t left = in.u8() % 32; left != 0; --left) {
    const std::uint8_t choice = in.u8();
    plan.steps.push_back({static_cast<Step::Kind>(choice & 3), (choice >> 2u) % columns, in.u32() % kMostRowBytes});
  }
  while (in.size() != 0 && !in.failed()) {
    const std::uint8_t byte = in.u8();
    const std::size_t count = byte == 0xff ? in.u32() % kMostRowBytes : 1;
    const std::uint8_t filling = byte == 0xff ? in.u8() : byte;
    plan.row.insert(plan.row.end(), std::min(count, kMostRowBytes - plan.row.size()), filling);
  }
  return plan;
}

void write_definition(ByteWriter& out, WireType type) {
  out.u8(3), out.text("def");
  out.zeros(5);
  out.u8(12), out.zeros(6), out.u8(static_cast<std::uint8_t>(type)), out.zeros(5);
}

// The answer to a query: definitions, the row, the end.
FrameWriter answer_with_row(const Plan& plan) {
  constexpr std::uint8_t kEof[] = {0xfe, 0, 0, 2, 0};
  FrameWriter out;
  out.begin(1).u8(static_cast<std::uint8_t>(plan.types.size()));
  for (const WireType type : plan.types) write_definition(out.begin(out.end()), type);
  out.begin(out.end()).bytes(kEof);
  out.begin(out.end()).bytes(plan.row);
  out.begin(out.end()).bytes(kEof);
  out.end();
  return out;
}

// The values as they are known from the whole row; none when it does not fit its columns.
using Expected = std::optional<std::vector<Cell>>;

// One reader's way through the row. Everything answers false once the row has turned out not to fit.
class Reader {
 public:
  Reader(Answer& answer, const ColumnSet& columns, const Expected& expected)
      : answer_(answer), columns_(columns), expected_(expected) {}

  bool begin() { return go_on(large_.begin(answer_, columns_)); }

  bool take(const Step& step) {
    switch (step.kind) {
      case Step::reach: return go_on(large_.reach(step.column));
      case Step::read: return go_on(large_.reach(step.column)) && read(step.column, step.size_bytes);
      case Step::hold: return hold(step.column);
      case Step::park: require(answer_.park().ok(), "what can be read can be parked"); return true;
    }
    return true;
  }

  // Whatever is still there, to the row's end.
  bool read_on() {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!large_.is_lost(i)) {
        if (!hold(i)) return false;
      } else if (!go_on(large_.reach(i)) || !read(i, SIZE_MAX)) {
        return false;
      }
    }
    return true;
  }

 private:
  bool go_on(const Status& status) const {
    require(status.ok() || status.failure().errc == Errc::malformed, "a row that has come fails by its form alone");
    require(status.ok() || !expected_, "a row that fits is read");
    return status.ok();
  }

  bool read(std::size_t column, std::uint64_t size_bytes) {
    if (!large_.is_arriving(column)) return true;
    const std::uint64_t before = large_.given_bytes();
    std::vector<std::uint8_t> piece(static_cast<std::size_t>(std::min({size_bytes, large_.left_bytes(), kMostPiece})));
    if (!go_on(large_.read(piece))) return false;
    require(large_.given_bytes() == before + piece.size(), "what was given is counted");
    if (!expected_) return true;
    const Bytes value = (*expected_)[column].bytes();
    require(as_text(piece) == as_text(value.subspan(static_cast<std::size_t>(before), piece.size())), "pieces are the value's");
    return true;
  }

  bool hold(std::size_t column) {
    if (large_.is_lost(column)) return true;
    if (!go_on(large_.hold(column))) return false;
    if (!expected_) return true;
    const Cell cell = large_.cell(column), whole = (*expected_)[column];
    require(cell.is_null() == whole.is_null() && as_text(cell.bytes()) == as_text(whole.bytes()), "a held value is the value");
    return true;
  }

  static constexpr std::uint64_t kMostPiece = kMostRowBytes;

  Answer& answer_;
  const ColumnSet& columns_;
  const Expected& expected_;
  LargeRow large_;
};

}  // namespace

void large_row(Bytes input) {
  const Plan plan = read_plan(input);
  if (plan.row.size() <= kWholeRowBytes) return;
  const FrameWriter script = answer_with_row(plan);
  for (const std::size_t piece : {std::size_t{20'011}, SIZE_MAX}) {
    auto session = session_over(script.bytes(), 0, piece);
    send_query(*session);
    Answer answer(*session, plan.encoding, plan.memory_bytes);
    auto head = answer.next_result(nullptr);
    require(head.ok() && head->has_rows, "the result is one with rows");

    std::vector<Cell> cells(plan.types.size());
    const bool fits =
        plan.encoding == Encoding::text ? slice_text(plan.row, cells) : slice_binary(plan.row, *head->columns, cells);
    const Expected expected = fits ? Expected(cells) : std::nullopt;

    Bytes row;
    const RowStep first = answer.next_row(row, LargeRows::in_parts);
    if (first != RowStep::large_row) return;  // what it begins with is no row's
    Reader reader(answer, *head->columns, expected);
    const bool is_whole = reader.begin() &&
                          std::ranges::all_of(plan.steps, [&](const Step& step) { return reader.take(step); }) &&
                          reader.read_on();
    require(is_whole == fits, "a row that does not fit its columns is noticed");
    if (!is_whole) return;
    require(answer.next_row(row, LargeRows::in_parts) == RowStep::end && session->idle(), "behind the row the answer goes on");
  }
}

}  // namespace selkie::fuzz
