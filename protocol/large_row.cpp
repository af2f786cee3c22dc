#include "protocol/large_row.h"

#include <algorithm>

namespace selkie::protocol {
namespace {

constexpr std::size_t kStepBytes = 64 * 1024;          // memory grows with what arrives, not with what a length claims
constexpr std::size_t kKeptBetweenRows = 512 * 1024;   // more than this is given back
constexpr std::uint64_t kMaxValueBytes = 0xffff'ffff;  // far above the servers' 1 GiB

Status misfit() { return {Errc::malformed, "The server sent a row that does not fit its columns; the connection was closed."}; }

}  // namespace

Status LargeRow::begin(Answer& answer, const ColumnSet& columns) {
  end();
  answer_ = &answer;
  columns_ = &columns;
  places_.resize(columns.size());
  if (kept_.capacity() == 0) kept_.resize(kStepBytes);  // an empty value lies somewhere: only NULL does not
  if (answer.encoding() == Encoding::text) return {};
  std::uint8_t header;
  if (Status taken = take({&header, 1}); !taken.ok()) return taken;
  if (header != 0x00) return misfit();
  nulls_.resize(null_bitmap_bytes(columns.size()));
  return take(nulls_);
}

void LargeRow::end() {
  answer_ = nullptr;
  reached_ = 0;
  given_bytes_ = left_bytes_ = 0;
  kept_bytes_ = 0;
  if (kept_.capacity() > kKeptBetweenRows) kept_.resize(0);
}

Status LargeRow::reach(std::size_t column) {
  while (reached_ <= column) {
    if (Status passed = pass_over(); !passed.ok()) return passed;
    if (Status begun = begin_next(); !begun.ok()) return begun;
  }
  return {};
}

Status LargeRow::hold(std::size_t column) {
  if (Status reached = reach(column); !reached.ok()) return reached;
  return column + 1 == reached_ ? keep(left_bytes_) : Status();
}

Cell LargeRow::cell(std::size_t column) const {
  const Place& place = places_[column];
  return place.is_null ? Cell{} : Cell{kept_.data() + place.offset, place.size_bytes};
}

Status LargeRow::read(std::span<std::uint8_t> into) {
  if (Status taken = take(into); !taken.ok()) return taken;
  left_bytes_ -= into.size();
  given_bytes_ += into.size();
  Place& place = places_[reached_ - 1];
  if (!place.is_lost && given_bytes_ <= kHeldValueBytes) {
    std::copy_n(into.data(), into.size(), room_for(into.size()));
    place.size_bytes += into.size();
  } else {
    place.is_lost = true;
    kept_bytes_ = place.offset;
  }
  return left_bytes_ == 0 ? expect_end() : Status();
}

// The value before the one that is wanted.
Status LargeRow::pass_over() {
  if (left_bytes_ == 0) return {};
  if (!places_[reached_ - 1].is_lost) return keep(left_bytes_);
  std::uint8_t unwanted[4096];
  while (left_bytes_ != 0) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(left_bytes_, sizeof unwanted));
    if (Status taken = take({unwanted, step}); !taken.ok()) return taken;
    left_bytes_ -= step;
  }
  return {};
}

Status LargeRow::begin_next() {
  bool is_null = false;
  std::uint64_t size_bytes = 0;
  if (Status read = read_length(size_bytes, is_null); !read.ok()) return read;
  if (size_bytes > kMaxValueBytes) return misfit();
  places_[reached_++] = {.offset = kept_bytes_, .is_null = is_null};
  given_bytes_ = 0;
  left_bytes_ = size_bytes;
  if (left_bytes_ == 0) return expect_end();
  return left_bytes_ <= kHeldValueBytes ? keep(left_bytes_) : Status();
}

Status LargeRow::read_length(std::uint64_t& size_bytes, bool& is_null) {
  if (answer_->encoding() == Encoding::binary) {
    is_null = is_null_in_row(nulls_, reached_);
    if (is_null) return {};
    size_bytes = columns_->binary_widths()[reached_];
    if (size_bytes != 0) return {};
  }
  std::uint8_t length[kMaxLengthBytes];
  if (Status taken = take({length, 1}); !taken.ok()) return taken;
  is_null = answer_->encoding() == Encoding::text && length[0] == kNullLength;
  if (is_null) return {};
  const std::size_t more = length_bytes_behind(length[0]);
  if (Status taken = take({length + 1, more}); !taken.ok()) return taken;
  ByteReader in({length, 1 + more});
  size_bytes = in.lenenc();
  return in.failed() ? misfit() : Status();
}

Status LargeRow::take(std::span<std::uint8_t> into) {
  while (!into.empty()) {
    auto got = answer_->read_row_part(into);
    if (!got.ok()) return std::move(got).failure();
    if (*got == 0) return misfit();
    into = into.subspan(*got);
  }
  return {};
}

// Moves the next bytes of the value that is arriving into memory.
Status LargeRow::keep(std::uint64_t size_bytes) {
  while (size_bytes != 0) {
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(size_bytes, std::max(kStepBytes, kept_bytes_)));
    if (Status taken = take({room_for(step), step}); !taken.ok()) return taken;
    places_[reached_ - 1].size_bytes += step;
    left_bytes_ -= step;
    size_bytes -= step;
    if (left_bytes_ == 0) return expect_end();
  }
  return {};
}

std::uint8_t* LargeRow::room_for(std::size_t size_bytes) {
  const std::size_t needed = kept_bytes_ + size_bytes;
  if (needed > kept_.capacity()) kept_.resize(std::max(needed, kStepBytes));
  std::uint8_t* const room = kept_.data() + kept_bytes_;
  kept_bytes_ = needed;
  return room;
}

// Behind the last value there is nothing.
Status LargeRow::expect_end() {
  if (reached_ != places_.size()) return {};
  std::uint8_t unexpected;
  auto got = answer_->read_row_part({&unexpected, 1});
  if (!got.ok()) return std::move(got).failure();
  return *got == 0 ? Status() : misfit();
}

}  // namespace selkie::protocol
