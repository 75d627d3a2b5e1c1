#include "tests/bench/air/crowd.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/base/random.hpp"
#include "tests/bench/air/uart.hpp"
#include "tests/bluez/controller/scan_duty.hpp"

namespace aisle::bench {
namespace {

constexpr Duration kMaxDelay{10'000};
constexpr Duration kInterFrame{150};
constexpr Duration kScanRequest{176};
constexpr std::size_t kResponseData = 31;

struct Pdu {
  Duration at{};
  std::uint32_t phone = 0;
  int channel = 0;
  bool destroyed = false;
};

std::vector<Pdu> transmissions(const CrowdSpec& spec, Random& random) {
  std::vector<Pdu> out;
  const Duration end = spec.warm_up + spec.length;
  for (std::uint32_t phone = 0; phone < spec.phones; ++phone) {
    for (Duration at = random.jitter(spec.every); at < end; at += spec.every + random.jitter(kMaxDelay)) {
      for (int channel = 0; channel < rig::kChannels; ++channel) {
        out.push_back({at + channel * rig::kChannelStep, phone, channel});
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const Pdu& a, const Pdu& b) {
    return std::tie(a.at, a.phone, a.channel) < std::tie(b.at, b.phone, b.channel);
  });
  return out;
}

class Strengths {
 public:
  Strengths(const CrowdSpec& spec, Random& random) : capture_(spec.capture_db) {
    for (std::uint32_t phone = 0; phone < spec.phones; ++phone) dbm_.push_back(-90 + 40 * random.unit());
  }
  [[nodiscard]] bool survives(std::uint32_t phone, std::uint32_t other) const {
    return capture_ && dbm_[phone] - dbm_[other] >= *capture_;
  }

 private:
  std::optional<double> capture_;
  std::vector<double> dbm_;
};

// `pdus` in the order of time.
void collide(std::vector<Pdu>& pdus, Duration air, const Strengths& strengths) {
  for (std::size_t i = 0; i < pdus.size(); ++i) {
    for (std::size_t k = i + 1; k < pdus.size() && pdus[k].at < pdus[i].at + air; ++k) {
      if (pdus[k].channel != pdus[i].channel) continue;
      if (!strengths.survives(pdus[i].phone, pdus[k].phone)) pdus[i].destroyed = true;
      if (!strengths.survives(pdus[k].phone, pdus[i].phone)) pdus[k].destroyed = true;
    }
  }
}

// The gateway: from what is on the air to what the host gets.
class Gateway {
 public:
  explicit Gateway(const CrowdSpec& spec) : spec_(spec), uart_(spec.baud, spec.buffer) {
    result_.delivered.resize(spec.phones);
  }

  void hear(const Pdu& pdu) {
    const Duration air = air_time(spec_.data);
    if (!rig::scanner_hears_on(pdu.channel, pdu.at, air, spec_.scan_interval, spec_.scan_interval)) return;
    const bool counts = pdu.at >= spec_.warm_up;
    if (counts) ++result_.caught;
    if (pdu.at < busy_until_) return count(counts, result_.deaf);
    if (pdu.destroyed) return count(counts, result_.collided);
    count(counts, result_.heard);
    report(pdu, pdu.at + air, counts);
  }

  [[nodiscard]] CrowdResult take() { return std::move(result_); }

 private:
  static void count(bool counts, std::uint64_t& counter) { counter += counts ? 1 : 0; }

  void report(const Pdu& pdu, Duration at, bool counts) {
    const auto arrival = uart_.send(at, report_bytes(spec_.data));
    if (!arrival) count(counts, result_.dropped);
    if (counts && arrival && *arrival <= spec_.warm_up + spec_.length) ++result_.delivered[pdu.phone];
    if (!spec_.scan_responses) return;
    busy_until_ = at + kInterFrame + kScanRequest + kInterFrame + air_time(kResponseData);
    if (!uart_.send(busy_until_, report_bytes(kResponseData))) count(counts, result_.dropped);
  }

  const CrowdSpec& spec_;
  Uart uart_;
  Duration busy_until_{0};
  CrowdResult result_;
};

}  // namespace

double CrowdResult::share(std::uint32_t adverts) const {
  const auto enough =
      std::count_if(delivered.begin(), delivered.end(), [&](std::uint32_t count) { return count >= adverts; });
  return delivered.empty() ? 0 : static_cast<double>(enough) / static_cast<double>(delivered.size());
}

Duration air_time(std::size_t data) {
  constexpr std::size_t kAround = 1 + 4 + 2 + 6 + 3;
  return Duration{static_cast<std::int64_t>((kAround + data) * 8)};
}

std::size_t report_bytes(std::size_t data) {
  return 1 + 2 + 1 + 1 + 1 + 7 + 1 + data + 1;
}

CrowdResult simulate(const CrowdSpec& spec) {
  SeededRandom random(spec.seed);
  const Strengths strengths(spec, random);
  auto pdus = transmissions(spec, random);
  collide(pdus, air_time(spec.data), strengths);
  Gateway gateway(spec);
  for (const Pdu& pdu : pdus) gateway.hear(pdu);
  return gateway.take();
}

}  // namespace aisle::bench
