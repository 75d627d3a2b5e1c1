// A cloud on a thread of its own that serves made-up snapshots: customers, their keys of today, offers.
#pragma once

#include <cstdint>
#include <string>

#include "agent/base/loop.hpp"
#include "sync/core/transport.hpp"

namespace aisle::bench {

struct CloudSize {
  std::uint64_t customers = 0, offers = 0;
  std::int32_t day = 0;
};

class BenchCloud final : public sync::Transport {
 public:
  BenchCloud(CloudSize size, Loop& core, Executor& cloud) : size_(size), core_(core), cloud_(cloud) {}
  void set_listener(sync::TransportListener* listener) override { listener_ = listener; }
  void connect(const std::optional<sync::Will>& will) override;
  void disconnect() override;
  void subscribe(std::vector<std::string> topics) override;
  void publish(std::uint64_t token, sync::OutMessage message) override;
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t pages() const { return pages_; }

 private:
  void answer(const std::string& dataset, const std::string& request);
  [[nodiscard]] std::string reply(const std::string& dataset, const std::string& request) const;

  CloudSize size_;
  Loop& core_;
  Executor& cloud_;
  sync::TransportListener* listener_ = nullptr;
  std::uint64_t bytes_ = 0, pages_ = 0;
};

}  // namespace aisle::bench
