#include "agent/base/time.hpp"

#include <date/date.h>

#include <cctype>
#include <cmath>
#include <sstream>

namespace aisle {

std::string format_rfc3339(UnixTime time) {
  const auto ms = std::chrono::floor<milliseconds>(time);
  const auto day = date::floor<date::days>(ms);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss clock{ms - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

namespace {

// Reads exactly `width` digits at `at`.
bool digits(std::string_view text, std::size_t at, std::size_t width, int& out) {
  if (at + width > text.size()) return false;
  out = 0;
  for (const char c : text.substr(at, width)) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  return true;
}

// "Z", or "+hh:mm" / "-hh:mm", from `at` to the end.
bool offset_minutes(std::string_view text, std::size_t at, int& minutes) {
  minutes = 0;
  const std::string_view rest = text.substr(at);
  if (rest == "Z" || rest == "z") return true;
  int h = 0;
  int m = 0;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return false;
  if (!digits(rest, 1, 2, h) || !digits(rest, 4, 2, m) || h > 23 || m > 59) return false;
  minutes = (rest[0] == '-' ? -1 : 1) * (h * 60 + m);
  return true;
}

}  // namespace

Result<UnixTime> parse_rfc3339(std::string_view text) {
  const auto bad = [&] {
    return fail("not an RFC 3339 time such as 2026-03-01T12:00:00Z: \"{}\"", text.substr(0, 64));
  };
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, off = 0;
  if (!digits(text, 0, 4, y) || !digits(text, 5, 2, mo) || !digits(text, 8, 2, d) || !digits(text, 11, 2, h) ||
      !digits(text, 14, 2, mi) || !digits(text, 17, 2, s)) {
    return bad();
  }
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
    return bad();
  std::size_t at = 19;
  std::int64_t micros = 0;
  if (at < text.size() && text[at] == '.') {
    const std::size_t first = ++at;
    std::int64_t unit = 100000;
    for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0; ++at, unit /= 10)
      micros += unit * (text[at] - '0');
    if (at == first) return bad();
  }
  const date::year_month_day ymd{date::year{y}, date::month{static_cast<unsigned>(mo)},
                                 date::day{static_cast<unsigned>(d)}};
  if (at >= text.size() || !offset_minutes(text, at, off) || !ymd.ok() || h > 23 || mi > 59 || s > 60) return bad();
  const date::sys_days days{ymd};
  return UnixTime{days.time_since_epoch() + std::chrono::hours{h} + std::chrono::minutes{mi - off} + seconds{s} +
                  Duration{micros}};
}

UnixTime unix_time_from_seconds(double unix_seconds) {
  return UnixTime{Duration{std::llround(unix_seconds * 1e6)}};
}

double to_unix_seconds(UnixTime time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1e6;
}

std::int32_t utc_day(UnixTime time) {
  return static_cast<std::int32_t>(date::floor<date::days>(time).time_since_epoch().count());
}

std::uint32_t token_interval(UnixTime time) {
  const auto s = std::chrono::floor<seconds>(time).time_since_epoch().count();
  return s < 0 ? 0U : static_cast<std::uint32_t>(s / 600);
}

SteadyTime SystemClock::steady() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

UnixTime SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace aisle
