// What the kernel says of this process.
#pragma once

#include <cstdint>
#include <string>

namespace aisle::bench {

// Bytes that this process caused to be sent to the block layer (/proc/self/io).
[[nodiscard]] std::uint64_t written_bytes();
// Bytes of memory in use now (/proc/self/statm).
[[nodiscard]] std::uint64_t resident_bytes();
// 0 when there is no such file.
[[nodiscard]] std::uint64_t file_bytes(const std::string& path);
// An empty folder for files of a benchmark: below $AISLE_BENCH_DIR, else the working directory (not on a tmpfs).
[[nodiscard]] std::string bench_folder(const std::string& name);

}  // namespace aisle::bench
