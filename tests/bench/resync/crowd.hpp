// The radio: 200 adverts a second, every other one of a customer of the first 200.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/base/loop.hpp"
#include "ble/source/source.hpp"

namespace aisle::bench {

class Crowd final : public AdvertSource {
 public:
  Crowd(Loop& loop, const Clock& clock) : loop_(loop), clock_(clock) {}
  Status start(SourceSink& sink) override {
    sink_ = &sink;
    speak();
    return {};
  }
  void stop() override { sink_ = nullptr; }
  [[nodiscard]] SourceStatus status() const override { return {"bench", "hearing", ""}; }
  // Of customers, since it was last asked.
  [[nodiscard]] std::uint64_t take_known() { return std::exchange(known_, 0); }

 private:
  void speak();

  Loop& loop_;
  const Clock& clock_;
  SourceSink* sink_ = nullptr;
  std::uint64_t number_ = 0, known_ = 0;
};

}  // namespace aisle::bench
