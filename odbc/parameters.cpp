#include "odbc/parameters.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "odbc/charset.h"
#include "odbc/statement.h"
#include "odbc/text.h"

namespace selkie::odbc {
namespace {

bool is_text_or_bytes(SQLSMALLINT c_type) { return c_type == SQL_C_CHAR || c_type == SQL_C_WCHAR || c_type == SQL_C_BINARY; }

bool means_data_at_execution(SQLLEN length) { return length == SQL_DATA_AT_EXEC || length <= SQL_LEN_DATA_AT_EXEC_OFFSET; }

constexpr SQLLEN kLoneSet = 1;  // an array says itself which set it was

[[noreturn]] void no_buffer(SQLSMALLINT number) {
  throw Fail(SqlState::null_pointer, "Parameter " + std::to_string(number) + " has no buffer and is not NULL.", kLoneSet,
             number);
}

[[noreturn]] void bad_length(SQLSMALLINT number, SQLLEN length, SQLLEN buffer_bytes) {
  throw Fail(SqlState::invalid_length,
             "Parameter " + std::to_string(number) + " claims " + std::to_string(length) + " bytes in a buffer of " +
                 std::to_string(buffer_bytes) + ".",
             kLoneSet, number);
}

}  // namespace

bool Parameters::is_planned(const Markers& markers) const {
  return planned_apd_ == &statement_.apd() && apd_generation_ == planned_apd_->generation() &&
         ipd_generation_ == statement_.ipd().generation() && markers_ == markers;
}

void Parameters::resolve_bindings(const Markers& markers) {
  Descriptor& apd = statement_.apd();
  Descriptor& ipd = statement_.ipd();
  planned_apd_ = nullptr;
  const std::size_t count = markers.count;
  const SQLSMALLINT first = markers.first;
  bound_.clear();
  outputs_.clear();
  attribute_names_.clear();
  const auto require_bound = [&](SQLSMALLINT number) {
    const DescriptorRecord* const app = apd.find(number);
    const DescriptorRecord* const imp = ipd.find(number);
    if (app != nullptr && imp != nullptr && (app->is_bound() || !is_input(imp->parameter_type))) return;
    throw Fail(SqlState::wrong_parameter_count, "The statement has " +
                                                    std::to_string(count + static_cast<std::size_t>(first) - 1) +
                                                    " parameters; parameter " + std::to_string(number) + " is not bound.");
  };
  for (SQLSMALLINT number = 1; number < first; ++number) require_bound(number);
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<SQLSMALLINT>(first + static_cast<SQLSMALLINT>(i));
    require_bound(number);
    const Bound& bound = bound_.emplace_back(resolve(number, *apd.find(number), *ipd.find(number), markers.may_be_stored));
    if (is_output(bound.direction)) outputs_.push_back(number);
  }
  const std::size_t all =
      markers.takes_attributes ? static_cast<std::size_t>(apd.count()) + 1 - static_cast<std::size_t>(first) : 0;
  for (std::size_t i = count; i < all; ++i) {
    const auto number = static_cast<SQLSMALLINT>(first + static_cast<SQLSMALLINT>(i));
    const DescriptorRecord* const app = apd.find(number);
    const DescriptorRecord* const imp = ipd.find(number);
    const bool is_attribute = app->is_bound() && imp != nullptr && !imp->name.empty() && imp->parameter_type == SQL_PARAM_INPUT;
    if (!is_attribute) continue;
    bound_.push_back(resolve(number, *app, *imp, markers.may_be_stored));
    attribute_names_.push_back(imp->name);
  }
  forget_own_types();
  markers_ = markers;
  planned_apd_ = &apd;
  apd_generation_ = apd.generation();
  ipd_generation_ = ipd.generation();
}

Parameters::Bound Parameters::resolve(SQLSMALLINT number, const DescriptorRecord& app, const DescriptorRecord& imp,
                                      bool may_be_stored) const {
  Bound bound;
  bound.number = number;
  bound.direction = imp.parameter_type;
  const setup::Settings& settings = statement_.connection().settings();
  bound.c_type = app.concise_type;
  if (bound.c_type == SQL_C_DEFAULT) {
    const bool as_text = settings.bigint_bind_str && imp.concise_type == SQL_BIGINT;
    bound.c_type = as_text ? SQLSMALLINT{SQL_C_CHAR} : default_c_type(imp.concise_type, false);
  }
  const SQLSMALLINT scale = may_be_stored ? imp.scale : SQLSMALLINT{0};
  bound.plan = plan_input(bound.c_type, imp.concise_type,
                          {.decimal_digits = imp.type == SQL_DATETIME ? imp.precision : scale,
                           .charset = statement_.connection().charset(),
                           .cuts_datetime = settings.no_date_overflow});
  if (bound.plan.convert == nullptr) {
    throw Fail(SqlState::restricted_type, "Parameter " + std::to_string(number) + " cannot be converted to its SQL type.",
               kLoneSet, number);
  }
  const RowSteps steps = statement_.apd().row_steps(app, bound.c_type);
  bound.data = app.data_ptr;
  bound.buffer_bytes = app.octet_length;
  bound.fixed_bytes = static_cast<SQLLEN>(c_type_size(bound.c_type));
  bound.octet_length = app.octet_length_ptr;
  bound.indicator = app.indicator_ptr;
  bound.data_step = steps.data;
  bound.length_step = steps.length;
  bound.may_be_plain = is_input(bound.direction) && !is_output_stream(bound.direction) && bound.data != nullptr &&
                       bound.indicator == bound.octet_length && (bound.octet_length != nullptr || bound.fixed_bytes != 0);
  return bound;
}

std::size_t Parameters::sets() const { return std::max<std::size_t>(statement_.apd().array_size, 1); }

bool Parameters::is_ignored(std::size_t set) const {
  const SQLUSMALLINT* operations = statement_.apd().array_status_ptr;
  return operations != nullptr && operations[set] == SQL_PARAM_IGNORE;
}

void Parameters::set_statuses(std::span<const std::size_t> sets, SQLUSMALLINT status) {
  SQLUSMALLINT* const statuses = statement_.ipd().array_status_ptr;
  if (statuses == nullptr) return;
  for (const std::size_t set : sets) statuses[set] = status;
}

void Parameters::clear_statuses() {
  if (SQLUSMALLINT* statuses = statement_.ipd().array_status_ptr; statuses != nullptr) {
    std::fill_n(statuses, sets(), SQLUSMALLINT{SQL_PARAM_UNUSED});
  }
}

void Parameters::set_processed(std::size_t sets) {
  if (SQLULEN* processed = statement_.ipd().rows_processed_ptr; processed != nullptr) *processed = sets;
}

Parameters::Value Parameters::value(const Bound& bound, std::size_t set) const {
  const auto row = static_cast<SQLLEN>(set);
  const SQLLEN at_length = bind_offset_ + row * bound.length_step;
  Value value;
  if (bound.indicator != nullptr && *at(bound.indicator, at_length) == SQL_NULL_DATA) {
    value.is_null = true;
    return value;
  }
  const SQLLEN length = bound.octet_length != nullptr ? *at(bound.octet_length, at_length) : SQLLEN{0};
  if (length < 0) {
    value.is_null = length == SQL_NULL_DATA;
    value.is_default = length == SQL_DEFAULT_PARAM || length == SQL_COLUMN_IGNORE;
    value.at_execution = means_data_at_execution(length);
    if (value.is_null || value.is_default || value.at_execution) return value;
  }
  // What is bound is a name for the value, no buffer.
  if (is_output_stream(bound.direction)) {
    throw Fail(SqlState::restricted_parameter,
               "Parameter " + std::to_string(bound.number) +
                   " is streamed: its length must be SQL_DATA_AT_EXEC, SQL_NULL_DATA or SQL_DEFAULT_PARAM.");
  }
  value.data = at(bound.data, bind_offset_ + row * bound.data_step);
  if (value.data == nullptr) no_buffer(bound.number);
  if (bound.fixed_bytes != 0) {
    value.size_bytes = bound.fixed_bytes;
  } else if (bound.octet_length != nullptr && length != SQL_NTS) {
    value.size_bytes = length;
    if (length < 0 || (bound.buffer_bytes > 0 && length > bound.buffer_bytes)) {
      bad_length(bound.number, length, bound.buffer_bytes);
    }
  } else if (bound.octet_length == nullptr && bound.c_type == SQL_C_BINARY) {
    value.size_bytes = bound.buffer_bytes;
  } else {
    value.size_bytes = terminated_size(value.data, bound.c_type);
  }
  return value;
}

// The common value: in the application's buffer, with a length that tells no more than how much of it. False: look closer.
inline bool Parameters::plain_value(const Bound& bound, std::size_t set, Value& value) const {
  if (!bound.may_be_plain || bound.source != Source::buffer) return false;
  const auto row = static_cast<SQLLEN>(set);
  value.data = static_cast<const std::uint8_t*>(bound.data) + bind_offset_ + row * bound.data_step;
  value.size_bytes = bound.fixed_bytes;
  if (bound.octet_length == nullptr) return true;
  const SQLLEN length = *at(bound.octet_length, bind_offset_ + row * bound.length_step);
  if (bound.fixed_bytes == 0) value.size_bytes = length;
  return length >= 0 && (bound.fixed_bytes != 0 || length <= bound.buffer_bytes);
}

// Nullopt: `value` is to be sent like a plain one.
[[gnu::noinline]] std::optional<Parameters::Sent> Parameters::unusual_value(const Bound& bound, std::size_t set,
                                                                            Value& value) const {
  if (!is_input(bound.direction) || bound.source == Source::null) return Sent::null;
  if (bound.source == Source::streamed) return Sent::value;
  if (bound.source == Source::collected) {
    value.data = bound.collected.data();
    value.size_bytes = static_cast<SQLLEN>(bound.collected.size());
    return std::nullopt;
  }
  value = this->value(bound, set);
  if (value.is_null) return Sent::null;
  if (value.is_default) return Sent::default_;
  return std::nullopt;
}

// Appends a value that is neither NULL nor a DEFAULT; before it `lead` bytes of zero.
template <std::size_t lead>
[[gnu::always_inline]] inline void Parameters::append_converted(const Bound& bound, const Value& value) {
  const auto append_memory = [&](auto size_bytes) {
    std::uint8_t* const out = values_.extend(lead + size_bytes);
    std::memset(out, 0, lead);
    std::memcpy(out + lead, value.data, size_bytes);
  };
  if (bound.plan.kernel == InKernel::memory_4) return append_memory(std::integral_constant<std::size_t, 4>());
  if (bound.plan.kernel == InKernel::memory_8) return append_memory(std::integral_constant<std::size_t, 8>());
  std::memset(values_.extend(lead), 0, lead);
  const Outcome outcome = bound.plan.convert(bound.plan, value.data, value.size_bytes, values_);
  if (outcome != Outcome::ok) [[unlikely]]
    note(bound, outcome);
}

// Appends the set's value, if it is one.
[[gnu::always_inline]] inline Parameters::Sent Parameters::append_value(const Bound& bound, std::size_t set) {
  Value value;
  if (!plain_value(bound, set, value)) {
    if (const std::optional<Sent> sent = unusual_value(bound, set, value)) return *sent;
  }
  append_converted<0>(bound, value);
  return Sent::value;
}

void Parameters::fail(SQLSMALLINT number, Outcome outcome) const {
  const SqlState state = state_of(outcome);
  throw Fail(state, std::string(default_message(state)) + " in parameter " + std::to_string(number) + ".", kLoneSet, number);
}

// Throws for an error.
void Parameters::note(const Bound& bound, Outcome outcome) {
  if (is_error(outcome)) fail(bound.number, outcome);
  types_[static_cast<std::size_t>(&bound - bound_.data())].unsigned_ = true;
  has_own_types_ = true;
}

void Parameters::forget_own_types() {
  types_.clear();
  for (const Bound& bound : bound_) types_.push_back(bound.plan.type);
  has_own_types_ = false;
}

void Parameters::begin_rows() {
  null_bitmap_.clear();
  null_bits_ = 0;
  has_null_ = false;
  values_.clear();
  value_ends_.clear();
  defaults_.clear();
  if (has_own_types_) forget_own_types();
}

void Parameters::append_set(std::size_t set) {
  const bool one_set = null_bits_ == 0;
  const std::size_t start = values_.size();
  const std::size_t count = bound_.size(), bitmap_bytes = (null_bits_ + count + 7) / 8;
  if (bitmap_bytes > null_bitmap_.size()) null_bitmap_.resize(bitmap_bytes);
  try {
    for (std::size_t i = 0; i < count; ++i) {
      const Sent sent = append_value(bound_[i], set);
      if (one_set) value_ends_.push_back(values_.size());
      if (sent != Sent::value) set_null(null_bits_ + i);
      if (sent == Sent::default_) defaults_.push_back(i);
    }
  } catch (...) {
    take_back(start);
    throw;
  }
}

// The set appended last, or what there is of it.
void Parameters::take_back(std::size_t value_bytes) {
  values_.truncate(value_bytes);
  for (std::size_t bit = null_bits_; bit < null_bits_ + bound_.size(); ++bit) {
    null_bitmap_[bit / 8] = static_cast<std::uint8_t>(null_bitmap_[bit / 8] & ~(1u << (bit % 8)));
  }
  null_bitmap_.resize((null_bits_ + 7) / 8);
  defaults_.clear();
  if (has_own_types_) forget_own_types();
}

void Parameters::convert(std::size_t set) {
  begin_rows();
  append_set(set);
}

bool Parameters::append_row(std::size_t set) {
  const std::size_t start = values_.size();
  append_set(set);
  if (is_special()) {
    take_back(start);
    return false;
  }
  null_bits_ += bound_.size();
  return true;
}

protocol::QueryAttributes Parameters::attributes() {
  if (!has_attributes()) return {};
  attribute_nulls_.assign((attribute_names_.size() + 7) / 8, 0);
  for (std::size_t i = 0; i < attribute_names_.size(); ++i) {
    if (is_null(count() + i)) attribute_nulls_[i / 8] = static_cast<std::uint8_t>(attribute_nulls_[i / 8] | 1u << (i % 8));
  }
  return {.null_bitmap = attribute_nulls_,
          .types = std::span(types_).subspan(count()),
          .names = attribute_names_,
          .values = values().subspan(count() == 0 ? 0 : value_ends_[count() - 1])};
}

std::string Parameters::interpolate(const std::string& text, const std::vector<std::uint32_t>& markers,
                                    bool no_backslash_escapes) const {
  std::string sql;
  std::size_t from = 0, value_from = 0;
  for (std::size_t i = 0; i < markers.size(); ++i) {
    sql.append(text, from, markers[i] - from);
    from = markers[i] + 1;
    if (std::ranges::find(defaults_, i) != defaults_.end()) {
      sql += "DEFAULT";
    } else if (is_null(i)) {
      sql += "NULL";
    } else {
      append_literal(sql, types_[i], values_.bytes().subspan(value_from, value_ends_[i] - value_from), no_backslash_escapes);
    }
    value_from = value_ends_[i];
  }
  return sql.append(text, from);
}

bool Parameters::append_bulk_row(std::size_t set) {
  static_assert(protocol::BulkIndicator::value == protocol::BulkIndicator{0});
  const std::size_t start = values_.size();
  try {
    for (const Bound& bound : bound_) {
      Value value;
      if (plain_value(bound, set, value)) [[likely]] {
        append_converted<1>(bound, value);
      } else {
        append_unusual_bulk_value(bound, set);
      }
    }
  } catch (...) {
    values_.truncate(start);
    if (has_own_types_) forget_own_types();
    throw;
  }
  if (!has_own_types_) return true;
  values_.truncate(start);
  forget_own_types();
  return false;
}

// False: some are bound in a way that makes no value a common one.
bool Parameters::find_bulk_parameters() {
  bulk_parameters_.clear();
  for (const Bound& bound : bound_) {
    if (!bound.may_be_plain || bound.source != Source::buffer) return false;
    const auto* const data = static_cast<const std::uint8_t*>(bound.data) + bind_offset_;
    const auto* const length = reinterpret_cast<const std::uint8_t*>(bound.octet_length);
    bulk_parameters_.push_back({.plan = &bound.plan,
                                .data = data,
                                .length = length == nullptr ? nullptr : length + bind_offset_,
                                .data_step = bound.data_step,
                                .length_step = bound.length_step,
                                .fixed_bytes = bound.fixed_bytes,
                                .buffer_bytes = bound.buffer_bytes});
  }
  return true;
}

std::size_t Parameters::append_bulk_rows(std::size_t first, std::size_t enough_bytes) {
  if (!find_bulk_parameters()) return first;
  const BulkRange range{.first = first, .end = sets(), .operations = statement_.apd().array_status_ptr};
  return odbc::append_bulk_rows(bulk_parameters_, range, enough_bytes, values_, has_null_);
}

void Parameters::append_unusual_bulk_value(const Bound& bound, std::size_t set) {
  using protocol::BulkIndicator;
  const std::size_t indicator_at = values_.size();
  values_.u8(static_cast<std::uint8_t>(BulkIndicator::value));
  const Sent sent = append_value(bound, set);
  if (sent == Sent::value) return;
  has_null_ |= sent == Sent::null;
  values_.data()[indicator_at] = static_cast<std::uint8_t>(sent == Sent::null ? BulkIndicator::null : BulkIndicator::default_);
}

bool Parameters::awaits_data_in_some_set() const {
  const auto count = static_cast<SQLLEN>(sets());
  for (const Bound& bound : bound_) {
    if (bound.octet_length == nullptr) continue;
    for (SQLLEN set = 0; set < count; ++set) {
      if (means_data_at_execution(*at(bound.octet_length, bind_offset_ + set * bound.length_step))) return true;
    }
  }
  return false;
}

// Looks at nothing else: a value that cannot be is for the set's conversion to find.
bool Parameters::is_at_execution(const Bound& bound, std::size_t set) const {
  if (!is_input(bound.direction) || bound.octet_length == nullptr) return false;
  const SQLLEN at_length = bind_offset_ + static_cast<SQLLEN>(set) * bound.length_step;
  const bool is_null = bound.indicator != nullptr && *at(bound.indicator, at_length) == SQL_NULL_DATA;
  return !is_null && means_data_at_execution(*at(bound.octet_length, at_length));
}

bool Parameters::needs_data(std::size_t set) const {
  return std::ranges::any_of(bound_, [&](const Bound& bound) { return is_at_execution(bound, set); });
}

void Parameters::begin_data(std::size_t set) {
  data_set_ = set;
  data_parameter_.reset();
  data_next_ = 0;
  for (Bound& bound : bound_) {
    bound.source = Source::buffer;
    bound.collected.clear();
  }
}

std::optional<SQLPOINTER> Parameters::next_data() {
  if (data_parameter_) {
    const Bound& done = bound_[*data_parameter_];
    // What is left of a streamed value is half a character; half a unit is none either.
    const bool is_broken = done.source == Source::streamed ? !done.collected.empty()
                                                           : done.c_type == SQL_C_WCHAR && done.collected.size() % 2 != 0;
    if (is_broken) fail(done.number, Outcome::not_convertible);
  }
  for (; data_next_ < bound_.size(); ++data_next_) {
    const Bound& bound = bound_[data_next_];
    if (!is_at_execution(bound, data_set_)) continue;
    data_parameter_ = data_next_++;
    return at(bound.data, statement_.apd().bind_offset() + static_cast<SQLLEN>(data_set_) * bound.data_step);
  }
  data_parameter_.reset();
  return std::nullopt;
}

std::optional<protocol::Bytes> Parameters::put_data(SQLPOINTER data, SQLLEN length, bool may_stream,
                                                    protocol::ByteWriter& room) {
  Bound& bound = bound_[*data_parameter_];
  if (length == SQL_NULL_DATA) {
    if (bound.source != Source::buffer) throw Fail(SqlState::concatenate_null);
    bound.source = Source::null;
    return std::nullopt;
  }
  if (bound.source == Source::null) throw Fail(SqlState::concatenate_null);
  if (data == nullptr && length != 0) throw Fail(SqlState::null_pointer);
  const bool in_pieces = is_text_or_bytes(bound.c_type);
  SQLLEN size = in_pieces ? length : static_cast<SQLLEN>(c_type_size(bound.c_type));
  if (size == SQL_NTS) size = terminated_size(data, bound.c_type);
  if (size < 0) throw Fail(SqlState::invalid_length);
  if (!in_pieces && bound.source != Source::buffer) throw Fail(SqlState::not_data_at_execution);
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  const bool stream = may_stream && bound.plan.is_verbatim;
  bound.source = stream ? Source::streamed : Source::collected;
  const bool in_charset = bound.c_type == SQL_C_CHAR && bound.plan.charset != nullptr;
  const bool is_recoded = bound.c_type == SQL_C_WCHAR || in_charset;
  if (!stream || is_recoded) bound.collected.insert(bound.collected.end(), bytes, bytes + size);
  if (!stream) return std::nullopt;
  if (!is_recoded) {
    const protocol::Bytes piece(bytes, static_cast<std::size_t>(size));
    const bool is_checked = bound.c_type == SQL_C_CHAR;
    if (is_checked && !is_valid_utf8_piece(protocol::as_text(piece), bound.collected))
      fail(bound.number, Outcome::not_convertible);
    return piece;
  }
  if (in_charset) {
    decode_piece(bound, room);
    return room.bytes();
  }
  // UTF-16 goes out as UTF-8; half a unit or half a surrogate pair waits for the next piece.
  std::vector<std::uint8_t>& waiting = bound.collected;
  std::u16string units(waiting.size() / 2, u'\0');
  std::memcpy(units.data(), waiting.data(), units.size() * 2);
  if (!units.empty() && units.back() >= 0xd800 && units.back() < 0xdc00) units.pop_back();
  std::string text(units.size() * 3, '\0');
  const Converted done = utf16_to_utf8(units.data(), units.size(), text.data(), text.size());
  if (done.replaced) fail(bound.number, Outcome::not_convertible);
  room.text(std::string_view(text).substr(0, done.written));
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(units.size() * 2));
  return room.bytes();
}

// Goes out as UTF-8; a character whose end has not come waits for the next piece.
void Parameters::decode_piece(Bound& bound, protocol::ByteWriter& out) {
  std::vector<std::uint8_t>& waiting = bound.collected;
  std::string utf8(waiting.size() * 4, '\0');  // as much as any character set needs
  const Charset::Done done = bound.plan.charset->decode(protocol::as_text(waiting), std::span(utf8));
  if (done.stop == Charset::Stop::invalid) fail(bound.number, Outcome::not_convertible);
  out.text(std::string_view(utf8).substr(0, done.written));
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(done.read));
}

void Parameters::end_data() {
  data_parameter_.reset();
  for (Bound& bound : bound_) {
    bound.source = Source::buffer;
    bound.collected.clear();
  }
}

}  // namespace selkie::odbc
