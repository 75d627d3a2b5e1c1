#include "agent/presence/population.hpp"

namespace aisle::presence {

Track* Population::find(std::string_view customer) {
  const auto it = tracks_.find(customer);
  return it == tracks_.end() ? nullptr : it->second.get();
}

Track* Population::find_or_admit(std::string_view customer) {
  if (Track* known = find(customer)) return known;
  if (tracks_.size() >= bound_) {
    ++forgotten_;
    if (silence_.empty()) return nullptr;
    remove(*silence_.front());
  }
  auto track = std::make_unique<Track>();
  track->customer = customer;
  track->silence_place = silence_.insert(silence_.end(), track.get());
  return tracks_.emplace(track->customer, std::move(track)).first->second.get();
}

void Population::touch(Track& track) {
  silence_.splice(silence_.end(), silence_, track.silence_place);
}

void Population::keep(Track& track) {
  silence_.erase(track.silence_place);
  track.silence_place = silence_.end();
}

void Population::remove(Track& track) {
  deadlines_.remove(track);
  if (track.state == State::heard) silence_.erase(track.silence_place);
  tracks_.erase(tracks_.find(track.customer));
}

}  // namespace aisle::presence
