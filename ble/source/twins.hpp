// One advert that several radios of a receiver hear is one sample of its strength, not several. Pure; not thread-safe;
// memory is bounded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/model/advert.hpp"

namespace aisle {

// Of one receiver.
class Twins {
 public:
  // An advertising event takes at most some 20 ms over its three channels (Core 5.4, Vol 6 Part B 4.4.2.4 to .6), and
  // the next one comes no sooner.
  static constexpr Duration kTogether = milliseconds(20);
  static constexpr std::size_t kMostRadios = 32;  // those beyond are taken for one

  // first: nobody heard it yet, or nobody knew how loud. louder: another radio did, less loudly. known: another radio
  // did, as loudly.
  enum class Verdict : std::uint8_t { first, louder, known };

  // An advert is the same where address and data are the same, another radio of the receiver heard it, and this one did
  // not yet. Constant time. Of very many at a time some are taken for the first though they are not.
  [[nodiscard]] Verdict heard(std::size_t radio, const Advert& advert);

 private:
  struct Entry {
    Address address;
    std::uint64_t data = 0;    // its hash
    SteadyTime at{};           // heard first
    std::uint32_t radios = 0;  // that heard it; none: the entry is empty
    Dbm loudest{};
  };
  // A full radio hears 52 adverts in kTogether.
  std::array<Entry, 512> entries_{};  // by hash of address and data
};

}  // namespace aisle
