// Store-local time, and whether an offer's days and hours cover a moment of it.
#pragma once

#include <string_view>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/model/records.hpp"

namespace date {
class time_zone;
}

namespace aisle::offers {

struct LocalMoment {
  unsigned weekday = 0;  // 0 Monday .. 6 Sunday
  int minute = 0;        // after local midnight, as the clock on the wall shows
};

class Calendar {
 public:
  // Error: the time zone is not in the system's database.
  [[nodiscard]] static Result<Calendar> create(std::string_view iana_timezone);
  [[nodiscard]] LocalMoment local(UnixTime time) const;

 private:
  explicit Calendar(const date::time_zone* zone) : zone_(zone) {}
  const date::time_zone* zone_;  // owned by the process-wide database, lives as long as the process
};

enum class OpenState { open, wrong_day, wrong_hour };

// Hours are half-open; a range that wraps past midnight belongs, all of it, to the day it starts on.
[[nodiscard]] OpenState open_at(const Offer& offer, LocalMoment moment);

inline constexpr std::uint8_t kAllDays = 0x7F;

}  // namespace aisle::offers
