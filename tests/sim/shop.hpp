// The seeded store: customers who come, stand somewhere and leave; what the cloud knows of them; what they are offered.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ble/identity/token.hpp"
#include "ble/source/source.hpp"
#include "config/config.hpp"
#include "tests/sim/broker.hpp"
#include "tests/sim/scheduler.hpp"

namespace aisle::sim {

inline constexpr std::int64_t kCapPeriod = 3600;  // seconds, of the offer "base": once per customer

class Shop {
 public:
  Shop(Scheduler& world, const ManualClock& clock, Random& random, Broker& broker, std::uint64_t seed);

  [[nodiscard]] static config::Config config();

  // The cloud's first records; visits and changes from then on.
  void open();
  // No new visits and, after a last one of each dataset, no changes; who is there walks on.
  void close();
  // Everybody who may be seen visits once, now. Their ids.
  std::vector<std::string> everybody_visits();

  // What hears: the source of the present process, if any.
  void set_sink(SourceSink* sink);
  // A receiver goes down, and up again later.
  void receiver_fails(Duration span);

 private:
  struct Person {
    std::string id;
    std::uint32_t ordinal = 0;
    bool consents = true, gone = false;
    std::uint32_t interval = 0;  // of `advert`
    Bytes advert;
  };
  struct Walk {
    std::size_t person = 0;
    std::vector<std::pair<std::size_t, SteadyTime>> stays;  // zone, until when
  };

  // The true time, whatever the gateway's clock says.
  [[nodiscard]] UnixTime true_time() const { return UnixTime(clock_.steady().time_since_epoch()); }
  void invite(Duration delay);
  void visit(std::size_t person, std::size_t stays, seconds longest);
  void step(Walk walk);
  void hear(Person& person, std::size_t zone);
  void add_person();
  void publish_person(const Person& person);
  void provide_keys();
  void change_something(Duration delay);
  void change_once();
  [[nodiscard]] nlohmann::json offer(const std::string& id);
  [[nodiscard]] nlohmann::json lease();
  [[nodiscard]] Key128 day_key(std::uint32_t ordinal, std::int32_t day) const;
  void push(Dataset dataset, const std::vector<std::string>& deletes, const std::vector<nlohmann::json>& upserts);

  Scheduler& world_;
  const ManualClock& clock_;
  Random& random_;
  Broker& broker_;
  std::uint64_t seed_;
  std::vector<Person> people_;
  SourceSink* sink_ = nullptr;
  SteadyTime deaf_until_[2] = {};
  std::int32_t keys_through_ = 0;  // the first day without
  std::uint32_t version_ = 1;
  std::uint64_t fence_ = 1;
  bool open_ = true;
};

}  // namespace aisle::sim
