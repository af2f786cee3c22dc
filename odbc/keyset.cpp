#include "odbc/keyset.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>

#include "odbc/plain_select.h"
#include "odbc/statement.h"

namespace selkie::odbc {
namespace {

using Look = RowChanges::Look;

constexpr std::size_t kDigestBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kOurs = 0;  // in place of a digest: the cursor itself changed the row since it was fetched

// Few enough for the markers of their keys: a key has at most 32 columns, a statement at most 65535 markers.
constexpr std::size_t kMostRowsAtOnce = 1000;

std::uint64_t digest_of(protocol::Bytes row) {
  return std::max<std::uint64_t>(std::hash<std::string_view>{}(protocol::as_text(row)), kOurs + 1);
}

bool has_same_shape(const protocol::ColumnSet& a, const protocol::ColumnSet& b) {
  return std::ranges::equal(a.columns(), b.columns(), [](const protocol::Column& x, const protocol::Column& y) {
    return x.type == y.type && x.charset == y.charset && x.is_unsigned() == y.is_unsigned();
  });
}

std::optional<PlainSelect> plain_select(Statement& statement) {
  return read_plain_select(statement.sql().text, statement.connection().lexer_modes());
}

bool same_values(std::span<const RowValue> a, std::span<const RowValue> b) {
  return std::ranges::equal(a, b, [](const RowValue& x, const RowValue& y) {
    return x.c_type == y.c_type && x.length == y.length && x.bytes == y.bytes;
  });
}

}  // namespace

bool Keyset::is_possible(Statement& statement) {
  return std::ranges::all_of(statement.cursor().columns()->columns(), is_of_table) && plain_select(statement);
}

std::unique_ptr<Keyset> Keyset::of_result(Statement& statement, protocol::RowStore& keys) {
  const auto& columns = statement.cursor().columns()->columns();
  const RowIdentity* identity = nullptr;
  try {
    identity = &statement.cursor().changes().identity();
  } catch (const CoreFail& failed) {  // somebody who may read the columns may still not be told of the keys
    if (failed.failure.errc != protocol::Errc::server_error) throw;
    return nullptr;
  }
  const auto is_never_null = [&](std::size_t i) { return (columns[i].flags & protocol::column_flag::kNotNull) != 0; };
  if (identity->key.empty() || !std::ranges::all_of(identity->key, is_never_null)) return nullptr;
  return std::unique_ptr<Keyset>(new Keyset(statement, keys, *identity, plain_select(statement).value().locking));
}

Keyset::Keyset(Statement& statement, protocol::RowStore& keys, const RowIdentity& identity, std::string locking)
    : statement_(statement),
      keys_(keys),
      identity_(identity),
      query_(row_query(identity, *statement.cursor().columns())),
      locking_(std::move(locking)),
      cells_(statement.cursor().columns()->size()) {}

// --- What is kept: the digest, then the key's values as the wire has them, each behind its length.

std::string_view Keyset::key_of(std::span<const protocol::Cell> cells) {
  key_.clear();
  for (const std::size_t column : identity_.key) key_.lenenc_bytes(cells[column].bytes());
  return protocol::as_text(key_.bytes());
}

protocol::Bytes Keyset::record_of(protocol::Bytes row, std::span<const protocol::Cell> cells) {
  record_.clear();
  record_.u64(digest_of(row));
  record_.text(key_of(cells));
  return record_.bytes();
}

protocol::Bytes Keyset::record(std::uint64_t index) {
  protocol::Bytes bytes;
  require(keys_.read(index, bytes));
  return bytes;
}

std::uint64_t Keyset::digest_seen(std::uint64_t index) {
  if (const auto found = digests_.find(index); found != digests_.end()) return found->second;
  return protocol::ByteReader(record(index)).u64();
}

std::vector<RowValue> Keyset::key_values(std::uint64_t index) {
  protocol::ByteReader reader(record(index));
  (void)reader.u64();
  for (const std::size_t column : identity_.key) {
    const protocol::Bytes value = reader.take_lenenc();
    cells_[column] = {value.data(), value.size()};
  }
  return values_of(identity_.key, *statement_.cursor().columns(), statement_.cursor().encoding(), cells_);
}

// --- Reading

const Keyset::Row* Keyset::at_hand(std::uint64_t index) const {
  const auto found = std::ranges::lower_bound(at_hand_, index, {}, &Row::index);
  return found != at_hand_.end() && found->index == index ? &*found : nullptr;
}

void Keyset::fetch(std::span<const std::uint64_t> rows) {
  read(rows);
  fetched_.resize(static_cast<std::size_t>(keys_.rows()));
  for (const std::uint64_t index : rows) {
    const Row& row = *at_hand(index);
    if (row.look == Look::deleted) continue;
    fetched_[static_cast<std::size_t>(index)] = true;
    if (row.digest != digest_seen(index)) digests_[index] = row.digest;
  }
}

void Keyset::read(std::span<const std::uint64_t> rows) {
  std::vector<std::uint64_t> wanted(rows.begin(), rows.end());
  std::ranges::sort(wanted);
  wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
  const bool are_at_hand = std::ranges::all_of(wanted, [&](std::uint64_t index) { return at_hand(index) != nullptr; });
  if (!are_at_hand) {
    at_hand_.resize(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) at_hand_[i].index = wanted[i];
  }
  for (const std::uint64_t index : wanted) {  // until it is found
    Row& row = *at_hand(index);
    row.look = Look::deleted;
    row.is_outdated = false;
  }
  std::erase_if(wanted, [&](std::uint64_t index) { return read_moved(index); });
  for (std::span<const std::uint64_t> left = wanted; !left.empty();) {
    const std::size_t count = std::min(left.size(), kMostRowsAtOnce);
    read_by_keys(left.first(count));
    left = left.subspan(count);
  }
}

void Keyset::read_by_keys(std::span<const std::uint64_t> rows) {
  const protocol::ColumnSet& columns = *statement_.cursor().columns();
  std::unordered_map<std::string, Row*> by_key;
  std::vector<RowValue> values;
  std::string conditions;
  for (const std::uint64_t index : rows) {
    std::vector<RowValue> key = key_values(index);
    (conditions += conditions.empty() ? " WHERE " : " OR ").append("(").append(equal_to(key, columns)).append(")");
    std::ranges::move(key, std::back_inserter(values));
    by_key.emplace(protocol::as_text(record(index).subspan(kDigestBytes)), at_hand(index));
  }
  ask(conditions, values, [&](protocol::Bytes fresh) {
    // A key that differs in what its collation ignores is another one.
    const auto found = by_key.find(std::string(key_of(split(fresh))));
    if (found != by_key.end()) take(*found->second, fresh);
  });
}

// By the key that the application gave the row. False: it has none, or none any more, and may be found by its first one.
bool Keyset::read_moved(std::uint64_t index) {
  const auto moved = moved_.find(index);
  if (moved == moved_.end()) return false;
  Row& row = *at_hand(index);
  bool has_first_key = false;
  ask(" WHERE " + equal_to(moved->second, *statement_.cursor().columns()), moved->second, [&](protocol::Bytes fresh) {
    take(row, fresh);
    has_first_key = key_of(split(fresh)) == protocol::as_text(record(index).subspan(kDigestBytes));
  });
  if (has_first_key) moved_.erase(moved);
  return row.look != Look::deleted;
}

template <class OnRow>
void Keyset::ask(const std::string& condition, std::span<RowValue> values, OnRow&& on_row) {
  const Cursor& cursor = statement_.cursor();
  Statement& reader = statement_.cursor().changes().helper();
  reader.as_text = cursor.encoding() == protocol::Encoding::text;
  reader.prepare(query_ + condition + (locking_.empty() ? "" : " " + locking_));
  bind_values(reader, 1, values);
  reader.execute();
  if (reader.cursor().encoding() != cursor.encoding() || !has_same_shape(*reader.cursor().columns(), *cursor.columns())) {
    throw Fail(SqlState::general_error,
               "Table " + identity_.table + " was altered, so its rows cannot be shown any more. Execute the query again.");
  }
  for (protocol::Bytes fresh; reader.next_row(fresh);) on_row(fresh);
  (void)statement_.cursor().changes().helper();  // idle again
}

void Keyset::take(Row& row, protocol::Bytes fresh) {
  row.bytes.assign(fresh.begin(), fresh.end());
  row.digest = digest_of(fresh);
  const bool was_fetched = row.index < fetched_.size() && fetched_[static_cast<std::size_t>(row.index)];
  row.look = was_fetched && row.digest != digest_seen(row.index) ? Look::updated : Look::current;
}

std::span<const protocol::Cell> Keyset::split(protocol::Bytes row) {
  const Cursor& cursor = statement_.cursor();
  if (protocol::slice_rows({&row, 1}, cursor.encoding(), *cursor.columns(), cells_) != 1) {
    throw Fail(SqlState::general_error, "The server sent a row that does not fit its columns.");
  }
  return cells_;
}

// --- For those who show and change rows

RowChanges::Look Keyset::look_up(std::uint64_t index, protocol::Bytes& row) {
  const Row* known = at_hand(index);
  if (known == nullptr || known->is_outdated) {
    read({&index, 1});
    known = at_hand(index);
  }
  row = known->bytes;
  return known->look;
}

bool Keyset::is_deleted(std::uint64_t index) const {
  const Row* const row = at_hand(index);
  return row != nullptr && !row->is_outdated && row->look == Look::deleted;
}

void Keyset::require_as_fetched(std::uint64_t index) {
  if (at_hand(index) != nullptr) return;
  read({&index, 1});
  const Row& row = *at_hand(index);
  const std::uint64_t seen = digest_seen(index);
  if (row.look == Look::deleted || seen == kOurs || seen == row.digest) return;
  at_hand_.clear();
  throw Fail(SqlState::cursor_conflict, "The row is no longer as it was fetched, so it was left alone. Fetch it again.");
}

void Keyset::updated(std::uint64_t index, std::vector<RowValue> key) {
  digests_[index] = kOurs;
  const auto moved = moved_.find(index);
  const bool is_same = key.empty() || same_values(key, moved == moved_.end() ? key_values(index) : moved->second);
  if (!is_same) moved_[index] = std::move(key);
  if (Row* const row = at_hand(index)) row->is_outdated = true;
}

void Keyset::deleted(std::uint64_t index) {
  if (Row* const row = at_hand(index)) {
    row->look = Look::deleted;
    row->is_outdated = false;
  }
}

}  // namespace selkie::odbc
