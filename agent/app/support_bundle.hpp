// A support bundle: a tar file in the state directory with what a technician needs and no secret.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/result.hpp"
#include "agent/base/time.hpp"
#include "agent/model/event.hpp"

namespace aisle::app {

struct BundleFile {
  std::string name, content;
};

// A POSIX ustar archive.
[[nodiscard]] std::string tar_of(const std::vector<BundleFile>& files, UnixTime modified);

// Scrubs the files, writes `support-{time}-{n}.tar` (mode 0600) and removes all but the newest 3. {"path","bytes",
// "sha256","files"}.
[[nodiscard]] Result<Json> write_bundle(const std::string& state_dir, std::vector<BundleFile> files,
                                        const std::vector<std::string>& secrets, UnixTime now);
// Removes every bundle but the newest `keep`.
void remove_bundles(const std::string& state_dir, std::size_t keep);

}  // namespace aisle::app
