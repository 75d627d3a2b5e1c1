// What a card shows of a store: every file beside its database, as bytes; and the pages that somebody with the master
// key gets out of them.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "agent/store/page_cipher.hpp"

namespace aisle::fakes {

inline std::string bytes_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::string image_of(const std::string& directory) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) all += bytes_of_file(entry.path().string());
  }
  return all;
}

// Every page of the database and every frame of the log, old ones too, that the key opens.
inline std::string opened_image(const std::string& database, const seal::MasterKey& key) {
  using namespace store;
  constexpr std::size_t kFrame = kFrameHeaderBytes + kPageBytes;
  PageCipher cipher(key);
  std::array<std::byte, kPageBytes> page{};
  std::string all;
  const auto add = [&](PagePlace place, std::uint32_t number, std::string_view bytes) {
    const auto sealed = std::as_bytes(std::span(bytes)).first<kPageBytes>();
    if (cipher.open(place, number, sealed, page))
      all.append(static_cast<const char*>(static_cast<void*>(page.data())), page.size());
  };
  const std::string file = bytes_of_file(database);
  for (std::size_t at = 0; at + kPageBytes <= file.size(); at += kPageBytes)
    add(PagePlace::database, static_cast<std::uint32_t>(at / kPageBytes + 1),
        std::string_view(file).substr(at, kPageBytes));
  const std::string log = bytes_of_file(database + "-wal");
  for (std::size_t at = 32; at + kFrame <= log.size(); at += kFrame) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8U | static_cast<unsigned char>(log[at + i]);
    add(PagePlace::log, number, std::string_view(log).substr(at + kFrameHeaderBytes, kPageBytes));
  }
  return all;
}

}  // namespace aisle::fakes
