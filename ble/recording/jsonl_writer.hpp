// Writes items in the JSON-lines form that open_recording reads.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "agent/base/hex.hpp"
#include "agent/base/result.hpp"
#include "ble/source/source.hpp"

namespace aisle::recording {

// One line with its newline; empty for what the format has no form for (ClockTick, SourceEnd). The same item is the
// same bytes everywhere.
[[nodiscard]] std::string jsonl_line(const SourceItem& item);

// Writes `reader` to its end; returns the number of lines. Errors: the stream failed, or the reader ended with one.
Result<std::uint64_t> write_jsonl(ItemReader& reader, std::ostream& out);

}  // namespace aisle::recording
