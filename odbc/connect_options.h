// Settings, as a person gives them, into what the protocol core needs to connect.
#pragma once

#include <sql.h>

#include "protocol/connect.h"
#include "setup/settings.h"

namespace selkie::odbc {

//   login_timeout_s  SQL_ATTR_LOGIN_TIMEOUT; 0 = as the settings say
// Throws Fail(HY000) for a host list or connection attributes that cannot be read.
protocol::ConnectOptions connect_options(const setup::Settings& settings, SQLUINTEGER login_timeout_s);

}  // namespace selkie::odbc
