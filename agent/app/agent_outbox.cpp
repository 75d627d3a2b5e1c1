// The outbox's side of the daemon: what it may hold, and the account of what will never be delivered.
#include <algorithm>

#include "agent/app/agent.hpp"
#include "agent/app/outbox_json.hpp"

namespace aisle::app {
namespace {

constexpr std::int64_t kAnswerRows = 500;
constexpr std::size_t kAnswerBytes = std::size_t{2} << 20U;

void answer_error(const control::ReplyPtr& reply, std::string_view why) {
  reply->line({{"error", why}});
  reply->finish();
}

Event dropped_event(UnixTime now, std::string_view epoch, Json ranges, std::string_view reason, Json counts) {
  Event event;
  event.type = "outbox.dropped";
  event.time = now;
  event.durability = EventClass::ledger;
  event.data = {{"epoch", epoch}, {"ranges", std::move(ranges)}, {"reason", reason}, {"counts", std::move(counts)}};
  return event;
}

Json ranges_json(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges) {
  Json out = Json::array();
  for (const auto& range : ranges) out.push_back(Json::array({range.first, range.second}));
  return out;
}

}  // namespace

void Agent::enforce_bounds() {
  const auto& bounds = options_.config.outbox;
  store::OutboxBounds limits{bounds.max_rows, bounds.max_bytes};
  // By a clock that may be wrong nothing is too old. Rows were recorded at our time, whatever a recording says.
  const auto oldest = [now = clock_.now()](seconds age) {
    return age.count() == 0 ? 0 : (now - age).time_since_epoch().count() / 1000;
  };
  if (time_.known()) {
    limits.presence_before_ms = oldest(bounds.max_age);
    limits.ledger_before_ms = oldest(bounds.ledger_max_age);
  }
  store_->enforce_bounds(limits, session_->held_ids(), [this](const Result<std::vector<store::Dropped>>& dropped) {
    if (dropped && !stopping_) report_drops(*dropped);
  });
}

// One event a removal, in the batch that clears the database's own note of it: a crash in between repeats the report.
void Agent::report_drops(const std::vector<store::Dropped>& drops) {
  for (const auto& drop : drops) {
    Json counts = Json::object();
    for (const auto& count : drop.by_type) {
      counts[count.first] = count.second;
      dropped_[drop.reason][count.first] += count.second;
    }
    journal_->record_drop(
        dropped_event(clock_.now(), drop.epoch, ranges_json(drop.ranges), drop.reason, std::move(counts)), drop.id);
    if (drop.reason == "lost" && !drop.ranges.empty())
      log_.error(
          "epoch {}: events {} to {} are lost: the disk altered them, or has them no more; see aislectl outbox check",
          drop.epoch, drop.ranges.front().first, drop.ranges.back().second);
    if (drop.reason != "bounds") continue;
    log_.warning("the outbox is at a bound: {} ranges of epoch {} were dropped", drop.ranges.size(), drop.epoch);
  }
}

void Agent::on_refused(const store::OutboxEvent& event, int /*reason*/, std::string_view why) {
  log_.warning("{} {}-{}: {}; it is in the dead-letter table", event.type, event.epoch, event.sequence, why);
  enforce_bounds();  // which tells of dead letters, once they are
}

// {"verb":"outbox"} and an "action": "status" (the default), "check", "retry", or "page" with "dead", "after" and
// "limit"; "retry" may have "ids" and "types".
void Agent::reply_outbox(const nlohmann::json& request, const control::ReplyPtr& reply) {
  const auto it = request.find("action");
  const std::string action = it != request.end() && it->is_string() ? it->get<std::string>() : "status";
  if (action == "status") return reply_outbox_status(reply);
  if (action == "page") return reply_outbox_page(request, reply);
  if (action == "retry") return reply_outbox_retry(request, reply);
  if (action != "check") return answer_error(reply, "\"action\" must be status, check, page or retry");
  store_->check_outbox([reply](Result<store::OutboxCheck> check) {
    if (!check) return answer_error(reply, check.error().message());
    reply->line(check_json(*check));
    reply->finish();
  });
}

void Agent::reply_outbox_status(const control::ReplyPtr& reply) {
  store_->outbox_status([reply](Result<store::OutboxStatus> status) {
    if (!status) return answer_error(reply, status.error().message());
    reply->line(outbox_json(*status));
    reply->finish();
  });
}

void Agent::reply_outbox_page(const nlohmann::json& request, const control::ReplyPtr& reply) {
  const auto integer = [&](const char* name, std::int64_t otherwise) {
    const auto it = request.find(name);
    return it != request.end() && it->is_number_integer() ? it->get<std::int64_t>() : otherwise;
  };
  const std::int64_t after = integer("after", 0);
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(integer("limit", kAnswerRows), 1, kAnswerRows));
  const auto dead = request.find("dead");
  if (dead != request.end() && *dead == true) {
    store_->read_dead_letters(after, limit, [reply](Result<std::vector<store::DeadLetter>> letters) {
      if (!letters) return answer_error(reply, letters.error().message());
      for (const auto& letter : *letters) reply->text(letter_line(letter));
      reply->finish();
    });
    return;
  }
  store_->read_outbox(after, limit, kAnswerBytes, [reply](Result<std::vector<store::OutboxRow>> rows) {
    if (!rows) return answer_error(reply, rows.error().message());
    for (const auto& row : *rows) reply->text(row_line(row));
    reply->finish();
  });
}

void Agent::reply_outbox_retry(const nlohmann::json& request, const control::ReplyPtr& reply) {
  const auto choice = choice_of(request);
  if (!choice) return answer_error(reply, choice.error().message());
  store_->retry_dead_letters(*choice, [this, reply](Result<std::uint64_t> revived) {
    if (!revived) return answer_error(reply, revived.error().message());
    store_->outbox_status([this, reply, count = *revived](const Result<store::OutboxStatus>& status) {
      if (!status) return answer_error(reply, status.error().message());
      session_->on_revived(status->newest_id);
      log_.info("{} dead letters are back in the outbox", count);
      reply->line({{"retried", count}});
      reply->finish();
    });
  });
}

}  // namespace aisle::app
