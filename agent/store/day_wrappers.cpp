#include "agent/store/day_wrappers.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace aisle::store {
namespace {

constexpr std::size_t kWrappedBytes = std::tuple_size_v<seal::Key256> + seal::kSealBytes;

// A wrapper does not pass for that of another day.
std::string about(std::int32_t day) {
  return fmt::format("day {}", day);
}

}  // namespace

DayWrappers::DayWrappers(Connection& connection, const std::optional<seal::MasterKey>& key) : db_(connection) {
  if (key) key_ = key->wrapper_key();
}

Result<Key128> DayWrappers::wrap(const KeyRow& key) {
  if (!key_) return key.key;
  auto cipher = find(key.day);
  if (cipher && *cipher == nullptr) cipher = make(key.day);
  if (!cipher) return tl::unexpected(cipher.error());
  return (*cipher)->encrypt(key.key);
}

Result<Key128> DayWrappers::unwrap(std::int32_t day, const Key128& resting) {
  if (!key_) return resting;
  const auto cipher = find(day);
  if (!cipher) return tl::unexpected(cipher.error());
  if (*cipher == nullptr) return fail("the wrapping key of day {} is gone", day);
  return (*cipher)->decrypt(resting);
}

Result<seal::BlockCipher*> DayWrappers::find(std::int32_t day) {
  const auto known = days_.find(day);
  if (known != days_.end()) return &known->second;
  auto query = db_.query("wrappers.find");
  const auto found = query.bind(day).next();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return nullptr;
  seal::Key256 wrapper{};
  const std::string subject = about(day);
  if (!seal::open(*key_, query.blob(0), std::as_bytes(std::span(subject)), wrapper))
    return fail("the wrapping key of day {} does not open", day);
  return &days_.try_emplace(day, wrapper).first->second;
}

Result<seal::BlockCipher*> DayWrappers::make(std::int32_t day) {
  const seal::Key256 wrapper = seal::random_key();
  std::array<std::byte, kWrappedBytes> wrapped{};
  const std::string subject = about(day);
  seal::seal(*key_, wrapper, std::as_bytes(std::span(subject)), wrapped);
  if (auto put = db_.query("wrappers.put").bind(day).bind(ByteSpan(wrapped)).run(); !put)
    return tl::unexpected(put.error());
  return &days_.try_emplace(day, wrapper).first->second;
}

Result<bool> DayWrappers::drop_before(std::int32_t day) {
  if (auto dropped = db_.query("wrappers.drop_before").bind(day).run(); !dropped)
    return tl::unexpected(dropped.error());
  days_.erase(days_.begin(), days_.lower_bound(day));
  return db_.changes() > 0;
}

Status DayWrappers::wrap_all() {
  std::vector<std::int32_t> days;
  {
    auto query = db_.query("wrappers.days");
    for (;;) {
      const auto found = query.next();
      if (!found) return tl::unexpected(found.error());
      if (!*found) break;
      days.push_back(static_cast<std::int32_t>(query.integer(0)));
    }
  }
  for (const std::int32_t day : days) {
    if (auto done = wrap_day(day, "wrappers.keys_of_day", "wrappers.rewrap_key"); !done) return done;
    if (auto done = wrap_day(day, "wrappers.staged_of_day", "wrappers.rewrap_staged"); !done) return done;
  }
  return {};
}

Status DayWrappers::wrap_day(std::int32_t day, const char* read, const char* write) {
  std::vector<KeyRow> rows;
  {
    auto query = db_.query(read);
    query.bind(day);
    for (;;) {
      const auto found = query.next();
      if (!found) return tl::unexpected(found.error());
      if (!*found) break;
      KeyRow row{static_cast<std::uint32_t>(query.integer(0)), day, {}};
      const Bytes key = query.blob(1);
      std::copy_n(key.begin(), std::min(key.size(), row.key.size()), row.key.begin());
      rows.push_back(row);
    }
  }
  for (const KeyRow& row : rows) {
    const auto wrapped = wrap(row);
    if (!wrapped) return tl::unexpected(wrapped.error());
    if (auto put = db_.query(write).bind(ByteSpan(*wrapped)).bind(day).bind(row.ordinal).run(); !put) return put;
  }
  return {};
}

}  // namespace aisle::store
