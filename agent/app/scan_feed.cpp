#include "agent/app/scan_feed.hpp"

namespace aisle::app {

ScanFeed::ScanFeed(Loop& loop, GatewayId own, Hooks hooks) : loop_(loop), own_(own), hooks_(std::move(hooks)) {}

void ScanFeed::subscribe(const control::ReplyPtr& reply, const Json& greeting) {
  if (forget_) loop_.cancel(*forget_);
  forget_.reset();
  if (!scanner_) scanner_.emplace(own_);
  reply->line(greeting);
  listeners_.push_back({reply});
  if (listeners_.size() == 1) loop_.after(kBeat, [this] { beat(); });
}

void ScanFeed::take(const SourceItem& item) {
  const auto* advert = std::get_if<Advert>(&item);
  if (advert == nullptr) return;
  if (batch_.adverts.size() == kMostInBatch) {
    ++left_out_;
    return;
  }
  batch_.adverts.push_back(scanner_->hear(*advert));
}

void ScanFeed::beat() {
  std::erase_if(listeners_, [](const Listener& listener) { return listener.reply->gone(); });
  if (listeners_.empty()) return rest();
  const auto radio = hooks_.radio();
  batch_.now = hooks_.now();
  batch_.radio = radio.detail.empty() ? radio.state : radio.state + ": " + radio.detail;
  batch_.ended = ended_;
  for (auto& listener : listeners_) {
    listener.dropped += left_out_;
    if (listener.reply->waiting() > kMostWaiting) {
      listener.dropped += batch_.adverts.size();
      continue;
    }
    batch_.dropped = listener.dropped;
    listener.reply->line(scan::to_json(batch_));
  }
  batch_.adverts.clear();
  left_out_ = 0;
  loop_.after(kBeat, [this] { beat(); });
}

void ScanFeed::rest() {
  batch_ = {};
  left_out_ = 0;
  forget_ = loop_.after(kAliasesKept, [this] {
    forget_.reset();
    scanner_.reset();
  });
}

}  // namespace aisle::app
