// Parameters: the application's buffers (APD, IPD) turned into what an execution sends. What comes back is output_values.h's.
// Spec: ODBC SQLBindParameter, "Arrays of Parameter Values", "Sending Long Data", "Procedure Parameters"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "odbc/bulk_rows.h"
#include "odbc/convert.h"
#include "odbc/descriptor.h"
#include "odbc/output_values.h"
#include "protocol/bytes.h"
#include "protocol/commands.h"
#include "protocol/row.h"

namespace selkie::odbc {

class Statement;

class Parameters {
 public:
  explicit Parameters(Statement& statement) : statement_(statement) {}

  // The markers of the text, and what they are there for.
  struct Markers {
    std::size_t count = 0;
    SQLSMALLINT first =
        1;  // ODBC's number of the first one's parameter: 2 when parameter 1 is the return value of {?=call f()}
    // Parameters bound beyond the markers that have a name (SQL_DESC_NAME of the IPD) are query attributes, as in MySQL's own
    // driver; all others there are left alone.
    bool takes_attributes = false;
    bool may_be_stored = false;  // what is only compared loses nothing, however fine it is
    bool operator==(const Markers&) const = default;
  };
  // Resolves the bindings. Throws Fail(07002) when one is missing, Fail(07006) for an impossible pair of types.
  void plan(const Markers& markers) {
    if (!is_planned(markers)) resolve_bindings(markers);
    bind_offset_ = planned_apd_->bind_offset();
  }

  std::size_t count() const { return markers_.count; }
  bool has_attributes() const { return !attribute_names_.empty(); }
  std::size_t sets() const;                // SQL_ATTR_PARAMSET_SIZE
  bool is_ignored(std::size_t set) const;  // by SQL_ATTR_PARAM_OPERATION_PTR
  void set_status(std::size_t set, SQLUSMALLINT status) { set_statuses({&set, 1}, status); }
  void set_statuses(std::span<const std::size_t> sets, SQLUSMALLINT status);
  void clear_statuses();  // no set has run
  void set_processed(std::size_t sets);

  // --- Values for the wire: of one set (convert), or of many, appended one after the other

  // Converts set `set` alone. Throws Fail on a conversion error, naming the parameter.
  void convert(std::size_t set);
  void begin_rows();
  // Appends a set to what COM_STMT_EXECUTE sends. False: it needs a command of its own (is_special()). Throws as convert().
  // Then, as when it throws, nothing is appended.
  bool append_row(std::size_t set);
  // The same as a row of COM_STMT_BULK_EXECUTE, where a DEFAULT is nothing special.
  bool append_bulk_row(std::size_t set);
  // The same of many: from `first` on as long as their values are common ones and fewer than `enough_bytes` are appended.
  // Answers the set it stopped at, which is ignored or for append_bulk_row() to look at.
  std::size_t append_bulk_rows(std::size_t first, std::size_t enough_bytes);

  // Afterwards, of all that was appended:
  protocol::Bytes null_bitmap() const { return null_bitmap_; }
  // Of one set: first the markers', then the attributes'.
  const std::vector<protocol::ParameterType>& types() const { return types_; }
  std::span<const std::string_view> attribute_names() const { return attribute_names_; }
  protocol::Bytes values() const { return values_.bytes(); }
  bool is_null(std::size_t parameter) const {  // of the set converted
    return parameter / 8 < null_bitmap_.size() && (null_bitmap_[parameter / 8] >> (parameter % 8) & 1) != 0;
  }
  bool has_null() const { return has_null_; }
  bool has_default() const { return !defaults_.empty(); }  // of the set converted: it can only be sent as text
  // Of the set converted: a DEFAULT, which has no binary value, or an integer of another type than the other sets'.
  bool is_special() const { return has_default() || has_own_types_; }
  // The attributes of the set converted, for a text without markers or with their values in it. Valid until the next one is.
  protocol::QueryAttributes attributes();
  // The text with every marker replaced by its value as a literal, of the set converted.
  std::string interpolate(const std::string& text, const std::vector<std::uint32_t>& markers, bool no_backslash_escapes) const;

  // --- Data at execution (SQLParamData, SQLPutData)

  bool needs_data(std::size_t set) const;
  bool awaits_data_in_some_set() const;  // true perhaps for no more than a value of an ignored set
  void begin_data(std::size_t set);
  // Moves on to the next parameter of the set that waits for data; its token for the application, nullopt when none is left.
  std::optional<SQLPOINTER> next_data();
  bool awaits_data() const { return data_parameter_.has_value(); }  // next_data() named it
  bool has_data() const { return bound_[*data_parameter_].source != Source::buffer; }
  // Takes a piece of the current parameter.
  //   may_stream  the statement is prepared on the server: text and bytes can go there piece by piece
  // Answers a piece to send as long data of parameter data_parameter(), if there is one: in the application's memory, or
  // in `room`.
  std::optional<protocol::Bytes> put_data(SQLPOINTER data, SQLLEN length, bool may_stream, protocol::ByteWriter& room);
  bool has_streamed() const {  // pieces of the current set went to the server
    return std::ranges::any_of(bound_, [](const Bound& bound) { return bound.source == Source::streamed; });
  }
  std::uint16_t data_parameter() const { return static_cast<std::uint16_t>(*data_parameter_); }
  void end_data();

  // --- OUT values

  bool has_output() const { return !outputs_.empty(); }
  const std::vector<SQLSMALLINT>& outputs() const { return outputs_; }  // ODBC's numbers of the OUT and INOUT parameters

 private:
  // How the current set's value of a parameter gets to the server.
  enum class Source : std::uint8_t { buffer, collected, streamed, null };

  struct Bound {
    InPlan plan;
    SQLSMALLINT number = 0;  // ODBC's
    SQLSMALLINT direction = SQL_PARAM_INPUT;
    SQLSMALLINT c_type = SQL_C_DEFAULT;
    SQLPOINTER data = nullptr;  // of set 0, as are the lengths
    SQLLEN buffer_bytes = 0, fixed_bytes = 0;
    SQLLEN* octet_length = nullptr;
    SQLLEN* indicator = nullptr;
    SQLLEN data_step = 0, length_step = 0;
    bool may_be_plain = false;  // as far as the binding tells: see plain_value()
    Source source = Source::buffer;
    std::vector<std::uint8_t> collected;  // pieces of SQLPutData; of a streamed SQL_C_WCHAR: half a character
  };

  bool is_planned(const Markers& markers) const;
  void resolve_bindings(const Markers& markers);
  Bound resolve(SQLSMALLINT number, const DescriptorRecord& app, const DescriptorRecord& imp, bool may_be_stored) const;

  // One value as the application left it.
  struct Value {
    const void* data = nullptr;
    SQLLEN size_bytes = 0;
    bool is_null = false, is_default = false, at_execution = false;
  };
  Value value(const Bound& bound, std::size_t set) const;
  bool is_at_execution(const Bound& bound, std::size_t set) const;
  void decode_piece(Bound& bound, protocol::ByteWriter& out);
  bool plain_value(const Bound& bound, std::size_t set, Value& value) const;
  enum class Sent : std::uint8_t { value, null, default_ };
  std::optional<Sent> unusual_value(const Bound& bound, std::size_t set, Value& value) const;
  template <std::size_t lead>
  void append_converted(const Bound& bound, const Value& value);
  Sent append_value(const Bound& bound, std::size_t set);
  void note(const Bound& bound, Outcome outcome);
  void forget_own_types();
  bool find_bulk_parameters();
  void append_unusual_bulk_value(const Bound& bound, std::size_t set);
  void append_set(std::size_t set);
  void take_back(std::size_t value_bytes);
  void set_null(std::size_t bit) {
    null_bitmap_[bit / 8] = static_cast<std::uint8_t>(null_bitmap_[bit / 8] | (1u << (bit % 8)));
    has_null_ = true;
  }
  [[noreturn]] void fail(SQLSMALLINT number, Outcome outcome) const;

  Statement& statement_;
  std::vector<Bound> bound_;  // the markers', then the attributes'
  Markers markers_;
  std::vector<std::string_view> attribute_names_;  // the IPD's
  std::uint64_t apd_generation_ = 0, ipd_generation_ = 0;
  const Descriptor* planned_apd_ = nullptr;
  std::vector<SQLSMALLINT> outputs_;

  std::vector<std::uint8_t> null_bitmap_, attribute_nulls_;
  std::vector<protocol::ParameterType> types_;
  bool has_own_types_ = false;  // types_ are other than the plans'
  protocol::ByteWriter values_;
  std::vector<BulkParameter> bulk_parameters_;
  std::vector<std::size_t> value_ends_;  // in values_, by parameter
  std::vector<std::size_t> defaults_;    // parameters that are to be DEFAULT
  std::size_t null_bits_ = 0;            // of the bitmap
  bool has_null_ = false;
  SQLLEN bind_offset_ = 0;  // of this execution

  std::size_t data_set_ = 0;
  std::optional<std::size_t> data_parameter_;
  std::size_t data_next_ = 0;
};

}  // namespace selkie::odbc
