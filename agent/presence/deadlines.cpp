#include "agent/presence/deadlines.hpp"

namespace aisle::presence {

void Deadlines::set(Track& track, SteadyTime due) {
  if (track.queued == due) return;
  remove(track);
  track.queued = due;
  queue_.insert(&track);
}

void Deadlines::set_no_later(Track& track, SteadyTime due) {
  if (!track.queued || due < *track.queued) set(track, due);
}

void Deadlines::remove(Track& track) {
  if (!track.queued) return;
  queue_.erase(&track);
  track.queued.reset();
}

}  // namespace aisle::presence
