// One advert source, as the configuration says.
#pragma once

#include <memory>

#include "agent/base/log.hpp"
#include "ble/recording/file_source.hpp"
#include "config/config.hpp"

namespace aisle::app {

struct MadeSource {
  std::unique_ptr<AdvertSource> source;
  recording::ReplaySource* file_source = nullptr;  // `source`, when it is a file or the simulator
};

[[nodiscard]] MadeSource make_source(const config::Config& config, const Clock& clock, const Log& log);

}  // namespace aisle::app
