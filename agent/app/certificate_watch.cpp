#include "agent/app/certificate_watch.hpp"

#include "agent/base/credential.hpp"
#include "agent/provision/shelf.hpp"

namespace aisle::app {
namespace {

using provision::Life;

constexpr Duration kHour = std::chrono::hours(1), kDay = std::chrono::hours(24);

Result<provision::Certificate> read(const std::string& source) {
  const auto path = source_path(source);
  if (!path) return tl::unexpected(path.error());
  const auto text = provision::read_text(*path);
  if (!text) return tl::unexpected(text.error());
  auto certificate = provision::read_certificate(*text);
  if (!certificate) return tl::unexpected(certificate.error().within(*path));
  return certificate;
}

}  // namespace

void CertificateWatch::look(const Stamp& now, const Log& log) {
  if (source_.empty() || (looked_ && now.mono - *looked_ < kHour)) return;
  looked_ = now.mono;
  // One that cannot be read shows in the state of the connection.
  const auto certificate = read(source_);
  if (!certificate) return;
  const Life life = provision::life_of(*certificate, now.wall);
  if (life == Life::good || life == Life::not_yet) {
    warned_of_ = Life::good;
    warned_.reset();
    return;
  }
  warn(*certificate, life, now, log);
}

void CertificateWatch::warn(const provision::Certificate& certificate, Life life, const Stamp& now, const Log& log) {
  const bool urgent = life != Life::renew;
  const bool again = urgent && warned_ && now.mono - *warned_ >= kDay;
  if (life == warned_of_ && !again) return;
  warned_of_ = life;
  warned_ = now.mono;
  const std::string until = format_rfc3339(certificate.until);
  if (life == Life::expired) {
    log.error("our certificate expired at {}: the broker will not let us in; `aislectl provision` with a new claim",
              until);
  } else {
    log.warning("our certificate is valid until {} and was not renewed yet; `aislectl provision --renew` says why",
                until);
  }
}

Json CertificateWatch::status(UnixTime now) const {
  if (source_.empty()) return {};
  const auto certificate = read(source_);
  if (!certificate) return {{"state", "unreadable"}, {"detail", certificate.error().message()}};
  const auto days = std::chrono::floor<std::chrono::days>(certificate->until - now).count();
  return {{"state", std::string(provision::to_string(provision::life_of(*certificate, now)))},
          {"subject", certificate->subject},
          {"until", format_rfc3339(certificate->until)},
          {"days_left", days}};
}

}  // namespace aisle::app
