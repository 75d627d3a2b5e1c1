#include "tests/fakes/software_tpm.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "tests/fakes/mosquitto_broker.hpp"

namespace aisle::fakes {

SoftwareTpm::SoftwareTpm(const std::string& directory) {
  std::filesystem::create_directories(directory);
  const std::string pid = directory + "/pid";
  constexpr int kAttempts = 5;
  for (int attempt = 0; attempt < kAttempts && tcti_.empty(); ++attempt) {
    std::filesystem::remove(pid);
    const int port = free_port();  // and the one after it, as tpm2-tss has it
    Command command;
    command.argv = {"/usr/bin/swtpm",
                    "socket",
                    "--tpm2",
                    "--tpmstate",
                    "dir=" + directory,
                    "--server",
                    fmt::format("type=tcp,port={}", port),
                    "--ctrl",
                    fmt::format("type=tcp,port={}", port + 1),
                    "--flags",
                    "not-need-init,startup-clear",
                    "--pid",
                    "file=" + pid};
    process_ = Process(command);
    const bool up = eventually([&] { return std::filesystem::exists(pid) || !process_.running(); });
    if (up && process_.running()) tcti_ = fmt::format("swtpm:host=127.0.0.1,port={}", port);
  }
}

}  // namespace aisle::fakes
