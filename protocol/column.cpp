#include "protocol/column.h"

#include <algorithm>

namespace selkie::protocol {
namespace {

// What a result's definitions may come to. Far more than 70,000 columns with the longest names need; a server that goes on
// without end must not be given memory without end.
constexpr std::size_t kMaxDefinitionBytes = 32u << 20;

// MariaDB's extended metadata: chunks of a kind and a text. Spec: MariaDB "Column definition packet"
enum class ExtendedKind : std::uint8_t { type = 0, format = 1 };

bool parse_extended(Bytes block, Column& column) {
  ByteReader in(block);
  while (in.size() != 0 && !in.failed()) {
    const std::uint8_t kind = in.u8();
    const std::string_view text = as_text(in.take_lenenc());
    if (kind == static_cast<std::uint8_t>(ExtendedKind::type)) column.extended_type = text;
    if (kind == static_cast<std::uint8_t>(ExtendedKind::format)) column.extended_format = text;
  }
  return !in.failed();
}

// Spec: page_protocol_binary_resultset.html, "Binary Protocol Value". Types not named here, known or not, carry their length.
std::uint8_t binary_width(WireType type) {
  switch (type) {
    case WireType::tiny: return 1;
    case WireType::short_:
    case WireType::year: return 2;
    case WireType::long_:
    case WireType::int24:
    case WireType::float_: return 4;
    case WireType::longlong:
    case WireType::double_: return 8;
    default: return 0;
  }
}

}  // namespace

bool parse_column(Bytes packet, bool extended_metadata, Column& column) {
  ByteReader in(packet);
  in.take_lenenc();  // the catalog: "def" of most servers, but not to be relied on
  column.schema = as_text(in.take_lenenc());
  column.table = as_text(in.take_lenenc());
  column.org_table = as_text(in.take_lenenc());
  column.name = as_text(in.take_lenenc());
  column.org_name = as_text(in.take_lenenc());
  column.extended_type = {};
  column.extended_format = {};
  if (extended_metadata && !parse_extended(in.take_lenenc(), column)) return false;

  ByteReader fixed(in.take_lenenc());  // 12 bytes of every server in use: these ten and a filler
  column.charset = fixed.u16();
  column.length = fixed.u32();
  column.type = static_cast<WireType>(fixed.u8());
  column.flags = fixed.u16();
  column.decimals = fixed.u8();
  return !in.failed() && !fixed.failed();
}

void ColumnSetBuilder::begin(std::uint64_t count, bool extended_metadata, ColumnSetPtr previous) {
  extended_metadata_ = extended_metadata;
  matched_ = 0;
  fresh_.reset();
  previous_ = previous != nullptr && previous->size() == count ? std::move(previous) : nullptr;
}

bool ColumnSetBuilder::add_fresh(Bytes packet) {
  if (fresh_ == nullptr) depart_from_previous();
  return append(packet);
}

ColumnSetPtr ColumnSetBuilder::finish() {
  if (fresh_ == nullptr) {
    if (previous_ != nullptr && matched_ == previous_->size()) return std::move(previous_);
    depart_from_previous();
  }
  previous_.reset();
  return std::move(fresh_);
}

void ColumnSetBuilder::depart_from_previous() {
  fresh_ = std::make_shared<ColumnSet>();
  bytes_ = 0;
  for (std::size_t i = 0; i < matched_; ++i) append(previous_->packets_[i]);
}

bool ColumnSetBuilder::append(Bytes packet) {
  ColumnSet& set = *fresh_;
  if (packet.size() > kMaxDefinitionBytes - bytes_) return false;
  bytes_ += packet.size();
  auto* const copy = static_cast<std::uint8_t*>(set.memory_.allocate(packet.size(), 1));
  std::copy_n(packet.data(), packet.size(), copy);
  const Bytes kept(copy, packet.size());
  Column column;
  if (!parse_column(kept, extended_metadata_, column)) return false;
  if (bytes_of_no_table_are_text_ && column.org_table.empty() && column.charset == kBinaryCharset) {
    column.charset = kUtf8mb4;
    column.length =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{column.length} * kUtf8mb4Bytes, UINT32_MAX));
  }
  set.packets_.push_back(kept);
  set.columns_.push_back(column);
  set.widths_.push_back(binary_width(column.type));
  return true;
}

}  // namespace selkie::protocol
