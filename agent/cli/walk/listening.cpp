#include "agent/cli/walk/listening.hpp"

namespace aisle::cli {

Result<bool> Listening::listen(const Take& take) {
  const auto skipped = air_.skip();
  if (!skipped) return tl::unexpected(skipped.error());
  if (*skipped) next_ = batch_.adverts.size();
  for (;;) {
    while (next_ < batch_.adverts.size()) {
      const scan::Heard& heard = batch_.adverts[next_++];
      if (!take({&heard, heard.at})) return true;
    }
    if (batch_.ended) return false;
    auto batch = air_.next();
    if (!batch) return tl::unexpected(batch.error());
    batch_ = std::move(*batch);
    next_ = 0;
    if (batch_.adverts.empty() && batch_.now.mono != SteadyTime{} && !take({nullptr, batch_.now.mono})) return true;
  }
}

}  // namespace aisle::cli
