// What the attribute tables of environments, connections and statements have in common: one row per attribute, found by its
// number, with a reader and a writer. For attributes*.cpp only.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "odbc/attributes.h"

namespace selkie::odbc {

using When = AttributeFacts::When;

template <class Handle>
struct Attribute {
  SQLINTEGER id;
  AttributeValue::Kind kind;                // of text attributes only `text` and `set_text` are used
  SQLULEN (*get)(Handle&) = nullptr;        // null: cannot be read. Pointers travel as numbers.
  void (*set)(Handle&, SQLULEN) = nullptr;  // null: cannot be written
  When when = When::any;                    // it may be set
  std::string (*get_text)(Handle&) = nullptr;
  void (*set_text)(Handle&, const std::string&) = nullptr;
};

template <class Handle, std::size_t size>
constexpr bool is_sorted_once(const Attribute<Handle> (&rows)[size]) {
  return std::is_sorted(std::begin(rows), std::end(rows),
                        [](const Attribute<Handle>& a, const Attribute<Handle>& b) { return a.id <= b.id; });
}

// Throws Fail(HY092) for a number that is no attribute of this handle.
template <class Handle, std::size_t size>
const Attribute<Handle>& find_attribute(const Attribute<Handle> (&rows)[size], SQLINTEGER id) {
  const auto* row = std::lower_bound(std::begin(rows), std::end(rows), id,
                                     [](const Attribute<Handle>& a, SQLINTEGER wanted) { return a.id < wanted; });
  if (row == std::end(rows) || row->id != id) throw Fail(SqlState::invalid_attribute);
  return *row;
}

template <class Handle>
AttributeValue read_attribute(const Attribute<Handle>& row, Handle& handle) {
  AttributeValue value{.kind = row.kind};
  if (row.get_text != nullptr) {
    value.text = row.get_text(handle);
    return value;
  }
  if (row.get == nullptr) throw Fail(SqlState::invalid_attribute, "The attribute can only be set.");
  value.number = row.get(handle);
  if (row.kind == AttributeValue::Kind::pointer) value.pointer = reinterpret_cast<SQLPOINTER>(value.number);
  return value;
}

template <class Handle>
void write_attribute(const Attribute<Handle>& row, Handle& handle, SQLPOINTER value) {
  if (row.set == nullptr) throw Fail(SqlState::invalid_attribute, "The attribute can only be read.");
  const auto number = reinterpret_cast<SQLULEN>(value);
  // An application may leave rubbish in the upper half of a 32-bit value.
  row.set(handle, row.kind == AttributeValue::Kind::uinteger ? static_cast<SQLUINTEGER>(number) : number);
}

template <class Handle, std::size_t size>
std::vector<AttributeFacts> facts_of(const Attribute<Handle> (&rows)[size]) {
  std::vector<AttributeFacts> facts;
  for (const Attribute<Handle>& row : rows) {
    facts.push_back({row.id, row.kind, row.get != nullptr || row.get_text != nullptr,
                     row.set != nullptr || row.set_text != nullptr, row.when});
  }
  return facts;
}

// --- Setters' vocabulary

template <class Handle>
SQLULEN get_unsupported(Handle&) {
  throw Fail(SqlState::optional_feature);
}
template <class Handle>
void set_unsupported(Handle&, SQLULEN) {
  throw Fail(SqlState::optional_feature);
}

// An attribute that has this one value only. Throws Fail(HYC00) for another one of `valid`, Fail(HY024) for the rest.
inline void require_only(SQLULEN value, SQLULEN supported, std::initializer_list<SQLULEN> valid) {
  if (value == supported) return;
  const bool is_valid = std::find(valid.begin(), valid.end(), value) != valid.end();
  throw Fail(is_valid ? SqlState::optional_feature : SqlState::invalid_attribute_value);
}

inline void require_one_of(SQLULEN value, std::initializer_list<SQLULEN> valid) {
  if (std::find(valid.begin(), valid.end(), value) == valid.end()) throw Fail(SqlState::invalid_attribute_value);
}

}  // namespace selkie::odbc
