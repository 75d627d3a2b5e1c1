// A TPM 2.0 in software (swtpm), with its state in a directory. It serves one program at a time, as a bare TPM does.
#pragma once

#include <string>

#include "tests/fakes/process.hpp"

namespace aisle::fakes {

class SoftwareTpm {
 public:
  // Made anew where `directory` is not there.
  explicit SoftwareTpm(const std::string& directory);
  // Empty: it does not run.
  [[nodiscard]] const std::string& tcti() const { return tcti_; }  // as tpm2-tss names the way to it

 private:
  Process process_;
  std::string tcti_;
};

}  // namespace aisle::fakes
