// The servers' own reserved words, for SQLGetInfo.
#pragma once

#include <string>

namespace selkie::odbc {

// SQL_KEYWORDS: separated by commas, without those that ODBC reserves itself.
std::string server_keywords(bool mariadb);

}  // namespace selkie::odbc
