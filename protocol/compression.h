// Compressed packets: a layer between a stream and the frame reader. Its own packets carry a part of the conversation each,
// wherever a part begins and ends, packed or as it is.
// Spec: page_protocol_basic_compression.html
#pragma once

#include <memory>

#include "protocol/dialect.h"
#include "protocol/stream.h"

namespace selkie::protocol {

// The fastest level is 1, the best that both ends take is 9 for zlib and 22 for zstd.
inline constexpr int kDefaultCompressionLevel = 0;  // the algorithm's own: 6 for zlib, 3 for zstd
inline constexpr int kMaxZlibLevel = 9, kDefaultZstdLevel = 3, kMaxZstdLevel = 22;

// Takes `below` over; from here on both directions are compressed, beginning with a command.
//   algorithm  zlib or zstd
//   level      of what is sent; one past the algorithm's best means that
//   received   what of it has come already, in the same read as the login's end
// Its memory is what the codec needs and two buffers; no packet allocates. Packets are decoded as they arrive, straight into
// the reader's memory and never past the size that their header promises.
// Errors while reading, besides those of `below`: malformed (damaged data, more or less of it than the header says, a packet
// out of order).
std::unique_ptr<Stream> start_compression(std::unique_ptr<Stream> below, Compression algorithm, int level, Bytes received = {});

}  // namespace selkie::protocol
