#include <algorithm>
#include <iterator>

#include "agent/datasets/datasets.hpp"

namespace aisle::datasets {
namespace {

// Moves out numbers [from, to).
template <class T>
std::vector<T> taken(std::vector<T>& all, std::size_t from, std::size_t to) {
  const auto at = [&](std::size_t i) { return std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(i)); };
  return std::vector<T>(at(from), at(to));
}

}  // namespace

std::size_t Application::deletes() const {
  if (change_.change.dataset == Dataset::keys) return change_.change.key_deletes.size();
  if (change_.change.dataset == Dataset::customers)
    return change_.deleted_customers.size() + change_.withdrawn_customers.size();
  return change_.change.record_deletes.size();
}

std::size_t Application::upserts() const {
  switch (change_.change.dataset) {
    case Dataset::customers:
      return change_.customers.size();
    case Dataset::offers:
      return change_.offers.size();
    case Dataset::assets:
      return change_.assets.size();
    case Dataset::keys:
      return change_.change.key_upserts.size();
    case Dataset::leases:
      return change_.leases.size();
    case Dataset::inventory:
    case Dataset::orders:
      break;  // kept for what comes; nothing uses them yet
  }
  return 0;
}

bool Application::step(std::size_t count, pipeline::Pipeline& pipeline, Stamp now) {
  if (!begun_) begin(pipeline, now);
  begun_ = true;
  const std::size_t erase_to = std::min(deletes(), erased_ + std::min(count, deletes()));
  const std::size_t left = count - (erase_to - erased_);
  erase(erased_, erase_to, pipeline, now);
  erased_ = erase_to;
  const std::size_t upsert_to = std::min(upserts(), upserted_ + std::min(left, upserts()));
  upsert(upserted_, upsert_to, pipeline, now);
  upserted_ = upsert_to;
  return erased_ < deletes() || upserted_ < upserts();
}

void Application::begin(pipeline::Pipeline& pipeline, Stamp now) {
  if (!change_.change.replace_all) return;
  switch (change_.change.dataset) {
    case Dataset::customers:
      pipeline.replace_customers(change_.customers, now);
      change_.customers.clear();
      break;
    case Dataset::offers:
      pipeline.offers().clear();
      break;
    case Dataset::assets:
      pipeline.resolver().clear_assets();
      break;
    case Dataset::keys:
      pipeline.resolver().clear_keys();
      break;
    case Dataset::leases:
      pipeline.offers().leases().clear();
      break;
    case Dataset::inventory:
    case Dataset::orders:
      break;
  }
}

void Application::erase(std::size_t from, std::size_t to, pipeline::Pipeline& pipeline, Stamp now) {
  for (std::size_t i = from; i < to; ++i) {
    if (change_.change.dataset == Dataset::keys) {
      const auto& [day, ordinal] = change_.change.key_deletes[i];
      pipeline.resolver().erase_keys(day, ordinal);
      continue;
    }
    if (change_.change.dataset == Dataset::customers) {
      const std::size_t deleted = change_.deleted_customers.size();
      if (i < deleted) {
        pipeline.delete_customer(change_.deleted_customers[i], now);
      } else {
        pipeline.withdraw_customer(change_.withdrawn_customers[i - deleted], now);
      }
      continue;
    }
    const std::string& id = change_.change.record_deletes[i];
    if (change_.change.dataset == Dataset::offers) pipeline.offers().erase(id);
    if (change_.change.dataset == Dataset::assets) pipeline.resolver().erase_asset(id);
    if (change_.change.dataset == Dataset::leases) pipeline.offers().leases().erase(id);
  }
}

void Application::upsert(std::size_t from, std::size_t to, pipeline::Pipeline& pipeline, Stamp now) {
  if (from == to) return;
  switch (change_.change.dataset) {
    case Dataset::customers:
      for (const auto& customer : taken(change_.customers, from, to)) pipeline.upsert_customer(customer, now);
      break;
    case Dataset::offers:
      for (auto& offer : taken(change_.offers, from, to)) pipeline.offers().upsert(std::move(offer));
      break;
    case Dataset::assets:
      for (auto& asset : taken(change_.assets, from, to)) pipeline.resolver().upsert_asset(std::move(asset));
      break;
    case Dataset::keys:
      for (std::size_t i = from; i < to; ++i) {
        const auto& key = change_.change.key_upserts[i];
        pipeline.resolver().add_key({key.ordinal, key.day, key.key});
      }
      break;
    case Dataset::leases:
      for (auto& lease : taken(change_.leases, from, to)) pipeline.offers().leases().upsert(std::move(lease));
      break;
    case Dataset::inventory:
    case Dataset::orders:
      break;
  }
}

}  // namespace aisle::datasets
