// Greetings of real servers, captured without their frame header.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/hex.h"

namespace selkie::test {

inline const std::vector<std::uint8_t> kGreetingOfMariaDb1011 = from_hex(  // 10.11.18-MariaDB-0+deb12u1, no TLS
    "0a352e352e352d31302e31312e31382d4d6172696144422d302b6465623132753100210000003d6f38667a55767400fef72d0200ff8115000000000000"
    "1d"
    "000000657d6256657951693c2f7379006d7973716c5f6e61746976655f70617373776f726400");
inline const std::vector<std::uint8_t> kGreetingOfMariaDb118 = from_hex(  // 11.8.6-MariaDB-0+deb13u1
    "0a31312e382e362d4d6172696144422d302b646562313375312066726f6d2044656269616e00220000004a424d3e2f6b523900feff2d0200ff81150000"
    "00"
    "0000003d000000646b6e65305f6f303f2b595e006d7973716c5f6e61746976655f70617373776f726400");
inline const std::vector<std::uint8_t> kGreetingOfMySql97 = from_hex(  // 9.7.4
    "0a392e372e342d3200360000002b413f1b1015554b00ffffff0200ffdf1500000000000000000000656d49131a5a0329141636170063616368696e675f"
    "73"
    "6861325f70617373776f726400");

}  // namespace selkie::test
