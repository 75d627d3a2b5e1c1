// A cloud on a thread of its own that serves made-up snapshots (customers, their keys of today, offers) and pushes
// deltas.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "agent/base/hex.hpp"
#include "agent/base/loop.hpp"
#include "sync/core/transport.hpp"

namespace aisle::bench {

struct CloudSize {
  std::uint64_t customers = 0, offers = 0;
  std::int32_t day = 0;
  int epoch = 1;
};

// The day key of a device; ordinals are the numbers of the customers.
[[nodiscard]] Key128 day_key(std::uint64_t ordinal);

class BenchCloud final : public sync::Transport {
 public:
  BenchCloud(CloudSize size, Loop& core, Executor& cloud) : size_(size), core_(core), cloud_(cloud) {}
  void set_listener(sync::TransportListener* listener) override { listener_ = listener; }
  void connect(const std::optional<sync::Will>& will) override;
  void disconnect() override;
  void subscribe(std::vector<std::string> topics) override;
  void publish(std::uint64_t token, sync::OutMessage message) override;

  // On the core. A delta of about 4 MiB: every customer of it has changed, or keys of tomorrow.
  void push_customers();
  void push_keys();
  // From now on everything is of another epoch, which the next message tells: it is pulled anew. One customer and one
  // offer fewer.
  void renew();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t pages() const { return pages_; }

 private:
  void answer(const std::string& dataset, const std::string& request);
  void push(const std::string& dataset, const std::string& upserts);
  void deliver(std::string topic, std::string payload);
  [[nodiscard]] std::string reply(const std::string& dataset, const std::string& request);
  [[nodiscard]] std::string page(const std::string& dataset, std::uint64_t number) const;
  [[nodiscard]] std::string epoch() const { return "e" + std::to_string(size_.epoch); }

  CloudSize size_;
  Loop& core_;
  Executor& cloud_;
  sync::TransportListener* listener_ = nullptr;
  std::uint64_t bytes_ = 0, pages_ = 0;
  // On the cloud's thread.
  std::map<std::string, std::uint64_t> cursors_;
};

}  // namespace aisle::bench
