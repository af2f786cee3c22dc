// Parameters: the application's buffers (APD, IPD) turned into what an execution sends, and OUT values brought back.
// Spec: ODBC SQLBindParameter, "Arrays of Parameter Values", "Sending Long Data", "Procedure Parameters"
#pragma once

#include <sql.h>
#include <sqlext.h>

#include <cstdint>
#include <string>
#include <vector>

#include "odbc/convert.h"
#include "odbc/descriptor.h"
#include "protocol/session.h"

namespace selkie::odbc {

class Statement;

class Parameters {
 public:
  explicit Parameters(Statement& statement);
  ~Parameters();

  // Resolves the bindings for `count` markers. Throws Fail(07002) when too few are bound, Fail(07006) for impossible pairs.
  void plan(std::size_t count);
  std::size_t sets() const;  // SQL_ATTR_PARAMSET_SIZE

  // True when a parameter of set `set` is sent by SQLPutData.
  bool needs_data(std::size_t set) const;

  // Converts one set of values. Throws Fail with the row number on a conversion error.
  // Afterwards null_bitmap(), types() and values() hold what COM_STMT_EXECUTE carries.
  void convert(std::size_t set);
  protocol::Bytes null_bitmap() const { return null_bitmap_; }
  const std::vector<protocol::ParameterType>& types() const { return types_; }
  protocol::Bytes values() const { return values_.bytes(); }

  // The statement's text with every marker replaced by a literal, for what the server cannot prepare. Precondition: convert().
  std::string interpolate(const std::string& text, const std::vector<std::uint32_t>& markers, bool no_backslash_escapes) const;

  bool has_output() const { return has_output_; }
  // Delivers a row of OUT values.
  void deliver_output(protocol::Bytes row, const protocol::ColumnSetPtr& columns, protocol::Encoding encoding);

 private:
  struct Bound;

  Statement& statement_;
  std::vector<Bound> bound_;
  std::uint64_t apd_generation_ = 0, ipd_generation_ = 0;
  const Descriptor* planned_apd_ = nullptr;
  std::vector<std::uint8_t> null_bitmap_;
  std::vector<protocol::ParameterType> types_;
  protocol::ByteWriter values_;
  std::vector<std::size_t> value_ends_;  // where each parameter's value ends in values_
  bool has_output_ = false;
};

}  // namespace selkie::odbc
