// Scanning, legacy and extended (Vol 4 Part E 7.8.10, .11, .64, .65).
#include "tests/bluez/controller/command_handlers.hpp"

namespace aisle::rig::commands {
namespace {

constexpr unsigned kFirstInterval = 0x0004;  // 2.5 ms, the shortest

// interval, window; false: numbers that the specification forbids.
bool read_timing(ByteCursor& parameters, ScanState& scan) {
  const unsigned interval = parameters.u16(ByteOrder::little);
  const unsigned window = parameters.u16(ByteOrder::little);
  if (!parameters.ok() || window < kFirstInterval || window > interval) return false;
  scan.interval = slots(interval);
  scan.window = slots(window);
  return true;
}

// Policies 1 and 3 take the accept list's devices only.
bool only_accepted(unsigned policy) {
  return (policy & 1U) != 0;
}

}  // namespace

// type, interval[2], window[2], own address type, filter policy
Bytes le_set_scan_parameters(HciState& state, ByteCursor& parameters) {
  if (state.scan.enabled) return status(HciStatus::command_disallowed);
  ScanState scan = state.scan;
  scan.active = parameters.u8() == 1;
  if (!read_timing(parameters, scan)) return status(HciStatus::invalid_parameters);
  parameters.skip(1);
  scan.accept_list_only = only_accepted(parameters.u8());
  state.scan = scan;
  return success();
}

// own address type, filter policy, PHYs, then for each PHY: type, interval[2], window[2]. The first PHY rules.
Bytes le_set_extended_scan_parameters(HciState& state, ByteCursor& parameters) {
  if (state.scan.enabled) return status(HciStatus::command_disallowed);
  ScanState scan = state.scan;
  parameters.skip(1);
  scan.accept_list_only = only_accepted(parameters.u8());
  parameters.skip(1);
  scan.active = parameters.u8() == 1;
  if (!read_timing(parameters, scan)) return status(HciStatus::invalid_parameters);
  state.scan = scan;
  return success();
}

// enable, filter duplicates
Bytes le_set_scan_enable(HciState& state, ByteCursor& parameters) {
  state.scan.enabled = parameters.u8() != 0;
  state.scan.filter_duplicates = parameters.u8() != 0;
  if (state.scan.enabled) ++state.scan.starts;
  return success();
}

}  // namespace aisle::rig::commands
