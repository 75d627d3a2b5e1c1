// Log lines as entries of systemd's journal, with fields of their own.
#pragma once

#include <string_view>

namespace aisle {

// Where in the source a line was written.
struct CodePlace {
  const char* file = "";
  int line = 0;
  const char* function = "";
};

// Standard error leads to the journal: $JOURNAL_STREAM names the very file that it is.
[[nodiscard]] bool stderr_is_journal();

// The module that a source file belongs to: its folder, as "mqtt" of "sync/mqtt/transport.cpp".
[[nodiscard]] std::string_view component_of(std::string_view file);

// One entry: MESSAGE, PRIORITY (as syslog's), CODE_FILE, CODE_LINE, CODE_FUNC, AISLE_COMPONENT. False: the journal
// does not take it.
[[nodiscard]] bool send_to_journal(int priority, std::string_view message, const CodePlace& place);

}  // namespace aisle
