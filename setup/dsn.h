// Data sources: the sections of odbc.ini, read and written through the driver manager's odbcinst library, so that they are
// found where the driver manager finds them. Depends on the keyword table's pairs only. Spec: SQLGetPrivateProfileString,
// SQLWriteDSNToIni
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "setup/settings.h"

namespace selkie::setup {

// All pairs of a data source as they stand in its section, "Driver" included; empty when there is none of this name.
// Values are whole, whatever their length.
std::vector<Pair> read_dsn(const std::string& dsn);

// Why a data source was not changed, for a person. The message never holds a value.
using DsnFailure = std::optional<std::string>;

// Makes the section new: the driver's name, then the pairs. DSN and DRIVER among the pairs are left out. Where (user's or
// system's file) is what SQLSetConfigMode chose. Nothing is written when a value cannot be kept in odbc.ini.
DsnFailure write_dsn(const std::string& dsn, const std::string& driver, std::span<const Pair> pairs);
// Removes the section. A name that does not exist is a failure.
DsnFailure remove_dsn(const std::string& dsn);

// The pairs of one section of a file's text in the form that odbcinst writes and reads; nothing when it has no such section.
std::optional<std::vector<Pair>> read_ini_section(std::string_view text, std::string_view section);

}  // namespace selkie::setup
