// Several radios of one gateway as one source.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ble/source/source.hpp"
#include "ble/source/witnesses.hpp"

namespace aisle {

// Puts each radio's receiver on what it hears. An advert that several radios of a receiver hear is handed over once,
// and once more, as `louder`, where a later one heard it better. A receiver that several radios hear for is up while
// any of them is, and is not told to be down before each of them has said so. Each radio may ask what the others hear.
// The status is theirs together (radio_summary.hpp); of a single radio it is its own.
class Radios final : public AdvertSource {
 public:
  // Makes one radio, whose adverts are never waited for: it uses `offer`. `others` outlives it.
  using Make = std::function<std::unique_ptr<AdvertSource>(const Witnesses& others)>;

  Radios();
  ~Radios() override;
  Radios(const Radios&) = delete;
  Radios& operator=(const Radios&) = delete;

  // Before the first start; at least one. `adapter` is its name in the status.
  void add(std::string adapter, const GatewayId& receiver, const Make& make);

  // The error names the adapter; then none runs.
  Status start(SourceSink& sink) override;
  // All at the same time, so it takes as long as the slowest.
  void stop() override;
  [[nodiscard]] SourceStatus status() const override;

 private:
  class Branch;
  class SharedReceiver;
  struct Radio;

  bool tell(Branch& from, ReceiverState state);

  std::map<GatewayId, std::unique_ptr<SharedReceiver>> shared_;  // receivers that several radios hear for
  std::vector<std::unique_ptr<Radio>> radios_;
  SourceSink* sink_ = nullptr;
  std::mutex mutex_;                // guards what the branches said of their receivers, and the order of telling
  std::map<GatewayId, bool> told_;  // up or down, as last told to the sink
};

}  // namespace aisle
