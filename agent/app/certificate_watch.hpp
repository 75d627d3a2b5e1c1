// Our own certificate at the broker: how long it is still valid, in `status`, and in the log before it is late. On the
// core loop.
#pragma once

#include <optional>
#include <string>

#include "agent/base/log.hpp"
#include "agent/base/time.hpp"
#include "agent/model/event.hpp"
#include "agent/provision/certificate.hpp"

namespace aisle::app {

class CertificateWatch {
 public:
  // Path or "credential:NAME"; empty: there is none.
  explicit CertificateWatch(std::string source) : source_(std::move(source)) {}

  // Reads the file once an hour and warns: once as soon as a third of its life is left, then daily in its last week and
  // beyond its end. Call it as often as you like, with a clock that is trusted.
  void look(const Stamp& now, const Log& log);
  // Null without a certificate; else `state` with `subject`, `until`, `days_left`, or with `detail`.
  [[nodiscard]] Json status(UnixTime now) const;

 private:
  void warn(const provision::Certificate& certificate, provision::Life life, const Stamp& now, const Log& log);
  std::string source_;
  std::optional<SteadyTime> looked_, warned_;
  provision::Life warned_of_ = provision::Life::good;
};

}  // namespace aisle::app
