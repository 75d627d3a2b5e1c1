// A directory whose owner we do not trust, as root sees the daemon's: no link is followed, only its owner's own plain
// files are read, and nothing but names in it is changed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/fd.hpp"
#include "agent/base/result.hpp"

namespace aisle::update {

class Folder {
 public:
  // The directory itself may not be a link; its parents are trusted.
  [[nodiscard]] static Result<Folder> open(const std::string& path);
  // One below it, of the same owner.
  [[nodiscard]] Result<Folder> below(const std::string& name) const;

  [[nodiscard]] bool has(const std::string& name) const;
  // A plain file of the directory's owner that has no other name. Error where it is none, or longer than `most`.
  [[nodiscard]] Result<Fd> open_file(const std::string& name) const;
  [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t most) const;
  [[nodiscard]] Result<std::uint64_t> size_of(const std::string& name) const;
  // To a path of our own, on the disk when it returns: its length. Error: also where it is longer than `most`, whatever
  // it said before; at most that many bytes were written then.
  [[nodiscard]] Result<std::uint64_t> copy_out(const std::string& name, const std::string& to,
                                               std::uint64_t most) const;
  // From a path of our own; it becomes the directory's owner's, and nobody else reads it. In place of what was there,
  // at one moment.
  [[nodiscard]] Status copy_in(const std::string& from, const std::string& name) const;
  // What is not there is moved, or removed, already.
  [[nodiscard]] Status rename(const std::string& from, const std::string& to) const;
  [[nodiscard]] Status remove(const std::string& name) const;
  [[nodiscard]] Status sync() const;

 private:
  Folder(std::string path, Fd fd, uid_t owner, gid_t group)
      : path_(std::move(path)), fd_(std::move(fd)), owner_(owner), group_(group) {}
  static Result<Folder> opened(std::string path, int fd);
  std::string path_;
  Fd fd_;
  uid_t owner_;
  gid_t group_;
};

// Of a file that we may trust to be one: at most `most` bytes. None: there is no such file.
[[nodiscard]] Result<std::optional<std::string>> read_if_there(const std::string& path, std::uint64_t most);
[[nodiscard]] Result<std::string> read_small_file(const std::string& path, std::uint64_t most);

}  // namespace aisle::update
