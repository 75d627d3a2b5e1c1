// Everything known about one customer while they are tracked.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/presence/presence.hpp"
#include "agent/presence/smoothing.hpp"

namespace aisle::presence {

enum class State {
  heard,    // adverts, but no zone entered yet: nothing is reported
  visiting  // a visit is open, in a zone of each layer at most
};

struct Track {
  std::string customer;
  State state = State::heard;
  Stamp last_heard;
  std::vector<std::pair<std::size_t, SampleRing>> rings;  // by receiver, only those that heard the customer
  std::unique_ptr<Visit> visit;                           // when visiting
  std::vector<Stay> stays;                                // open ones, in the order entered, one per layer at most
  std::size_t last_zone = 0;                              // of the last stay that ended
  std::optional<SteadyTime> queued;                       // of Deadlines
  std::list<Track*>::iterator silence_place;              // when heard: in the order of silence
};

}  // namespace aisle::presence
