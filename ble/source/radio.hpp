// The control of a radio, apart from what it hears: for sources that read adverts elsewhere.
#pragma once

#include <functional>
#include <string>

#include "ble/source/source.hpp"
#include "ble/source/vitality.hpp"

namespace aisle {

struct RadioState {
  bool scanning = false;
  std::string adapter;  // as "hci0"; the one that scans, empty while none does
  std::string state;    // the words of SourceStatus
  std::string detail;
};

// Keeps a radio scanning and heals by itself. `start` and `stop` from one thread; `status` from any.
class RadioControl {
 public:
  // Called at every change, on the control's own thread; must not call back into the control.
  using Listener = std::function<void(const RadioState&)>;

  virtual ~RadioControl() = default;
  // `adverts` null: somebody else reads them, and the control sees to it that nobody works on them on its account.
  // Else adverts and receiver states come to `adverts` through the control, as from a source of their own. Both
  // parameters live until `stop` returned. Again after `stop`: as the first time.
  virtual Status start(SourceSink* adverts, Listener listener) = 0;
  // Nothing is told any more when it returns; at most a second. Safe to call twice.
  virtual void stop() = 0;
  // For a radio that was found mute by whoever reads its adverts; any thread. None while stopped.
  virtual void remedy(Remedy what) = 0;
  [[nodiscard]] virtual SourceStatus status() const = 0;
};

}  // namespace aisle
