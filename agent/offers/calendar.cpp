#include "agent/offers/calendar.hpp"

#include <date/tz.h>

#include <exception>

namespace aisle::offers {
namespace {

bool on_day(const Offer& offer, unsigned weekday) {
  return ((offer.days >> weekday) & 1U) != 0;
}

// Whether the range covers the minute, and on which day it started.
struct Cover {
  bool covers = false;
  unsigned start_day = 0;
};

Cover cover(const HourRange& range, LocalMoment moment) {
  const unsigned yesterday = (moment.weekday + 6) % 7;
  const bool wraps = range.to_minute <= range.from_minute;
  if (!wraps) return {range.from_minute <= moment.minute && moment.minute < range.to_minute, moment.weekday};
  if (moment.minute >= range.from_minute) return {true, moment.weekday};
  return {moment.minute < range.to_minute, yesterday};
}

}  // namespace

Result<Calendar> Calendar::create(std::string_view iana_timezone) {
  try {
    return Calendar(date::locate_zone(std::string(iana_timezone)));
  } catch (const std::exception&) {
    return fail("time zone \"{}\" is not in the system's database: an IANA name such as Europe/Madrid expected",
                iana_timezone.substr(0, 64));
  }
}

LocalMoment Calendar::local(UnixTime time) const {
  const auto wall = time + zone_->get_info(std::chrono::floor<seconds>(time)).offset;
  const auto day = date::floor<date::days>(wall);
  const date::weekday weekday{day};
  const auto minute = std::chrono::floor<std::chrono::minutes>(wall - day).count();
  return {weekday.iso_encoding() - 1, static_cast<int>(minute)};
}

OpenState open_at(const Offer& offer, LocalMoment moment) {
  const bool today = on_day(offer, moment.weekday);
  if (offer.hours.empty()) return today ? OpenState::open : OpenState::wrong_day;
  bool covered = false;
  for (const HourRange& range : offer.hours) {
    const Cover found = cover(range, moment);
    if (found.covers && on_day(offer, found.start_day)) return OpenState::open;
    covered = covered || found.covers;
  }
  return covered || !today ? OpenState::wrong_day : OpenState::wrong_hour;
}

}  // namespace aisle::offers
