// A listener as a process of its own (listen.hpp, listen_bleak.py).
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/bench/radio/cpu.hpp"
#include "tests/fakes/process.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace aisle::radio {

class Listener {
 public:
  // `way`: bluez, hci, sdbus or bleak with a bus address; descriptor with a number that it inherits.
  Listener(const std::string& way, const std::string& where);

  // Until it hears; false: it ended or took too long.
  [[nodiscard]] bool ready();
  [[nodiscard]] std::chrono::nanoseconds cpu() const { return cpu_of_process(process_.pid()); }
  // Ends it and gives its report; null: it had none.
  [[nodiscard]] nlohmann::json finish();
  // What it complained about.
  [[nodiscard]] std::string trouble() const { return fakes::read_file(folder_.file("err")); }

  // Whether python3-bleak is there.
  [[nodiscard]] static bool has_bleak();

 private:
  fakes::TempDir folder_;
  fakes::Process process_;
};

}  // namespace aisle::radio
