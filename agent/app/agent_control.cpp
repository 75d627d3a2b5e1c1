// What the control socket answers. Requests:
// {"verb":"status"|"metrics"|"list"|"import"|"explain"|"tail"|"outbox"|"erase"|"bundle"|"scan"|"reload", ...}.
#include <algorithm>

#include "agent/app/agent.hpp"
#include "agent/app/explanation.hpp"
#include "agent/app/metrics.hpp"

namespace aisle::app {
namespace {

void refuse(const control::ReplyPtr& reply, std::string_view why) {
  reply->line({{"error", why}});
  reply->finish();
}

std::optional<Dataset> dataset_of(const nlohmann::json& request) {
  const auto it = request.find("dataset");
  if (it == request.end() || !it->is_string()) return std::nullopt;
  return parse_dataset(it->get_ref<const std::string&>());
}

// What the asker's file held beside the records, and where those were.
datasets::Refusals refused_before(const nlohmann::json& request, datasets::RawChange& raw) {
  raw.place_word = request.value("place", "record");
  const auto places = request.find("places");
  if (places != request.end() && places->is_array()) {
    for (const auto& place : *places) raw.places.push_back(place.is_number_unsigned() ? place.get<std::size_t>() : 0);
  }
  return datasets::Refusals::from(request.value("refused", ""));
}

}  // namespace

void Agent::on_request(nlohmann::json request, const control::ReplyPtr& reply) {
  const auto it = request.find("verb");
  const std::string verb = it != request.end() && it->is_string() ? it->get<std::string>() : "";
  if (!session_) return refuse(reply, "the daemon is still starting; try again");
  if (verb == "status") {
    reply->line(status());
    return reply->finish();
  }
  if (verb == "metrics") return reply_metrics(reply);
  if (verb == "tail") {
    tails_.push_back(reply);
    return;
  }
  if (verb == "scan") return reply_scan(reply);
  if (verb == "outbox") return reply_outbox(request, reply);
  if (verb == "list") return reply_list(request, reply);
  if (verb == "explain") return reply_explain(request, reply);
  if (verb == "erase") return reply_erase(request, reply);
  if (verb == "bundle") return reply_bundle(request, reply);
  if (verb == "reload") return reply_reload(reply);
  if (verb == "import") return reply_import(std::move(request), reply);
  refuse(reply, fmt::format("unknown verb \"{}\"", verb.substr(0, 64)));
}

void Agent::reply_metrics(const control::ReplyPtr& reply) {
  collect_metrics([reply](const std::string& text) {
    reply->line({{"text", text}});
    reply->finish();
  });
}

void Agent::collect_metrics(std::function<void(std::string text)> done) {
  store_->outbox_status([this, done = std::move(done)](const Result<store::OutboxStatus>& outbox) {
    done(metrics_text(status(), outbox ? outbox_json(*outbox) : Json()));
  });
}

void Agent::reply_list(const nlohmann::json& request, const control::ReplyPtr& reply) {
  const auto dataset = dataset_of(request);
  if (!dataset) return refuse(reply, "\"dataset\" must name a dataset");
  if (*dataset == Dataset::keys) {
    // Key material never leaves through the socket: which device has a key for which day does.
    store_->read_keys([reply](Result<std::vector<store::KeyRow>> rows) {
      if (!rows) return refuse(reply, rows.error().message());
      for (const auto& row : *rows) reply->line({{"ordinal", row.ordinal}, {"day", row.day}});
      reply->finish();
    });
    return;
  }
  store_->read_records(*dataset, [reply](Result<std::vector<store::RecordRow>> rows) {
    if (!rows) return refuse(reply, rows.error().message());
    for (const auto& row : *rows) {
      const auto record = nlohmann::ordered_json::parse(row.body, nullptr, false);
      if (!record.is_discarded()) reply->line(record);
    }
    reply->finish();
  });
}

void Agent::reply_import(nlohmann::json request, const control::ReplyPtr& reply) {
  const auto dataset = dataset_of(request);
  const auto records = request.find("records");
  if (!dataset || records == request.end() || !records->is_array())
    return refuse(reply, "\"dataset\" and an array \"records\" expected");
  const auto raw = std::make_shared<datasets::RawChange>();
  raw->dataset = *dataset;
  raw->replace_all = true;
  raw->upserts = std::move(records->get_ref<nlohmann::json::array_t&>());
  const auto told = refused_before(request, *raw);
  changes_.add([this, raw, told, reply](const Task& finished) {
    auto context = parse_context();
    context.strictness = records::Strictness::file;
    check(std::move(*raw), context, [this, told, reply, finished](datasets::CheckedChange checked) {
      auto refusals = told;
      refusals.add(checked.refused);
      apply_import(std::move(checked), std::move(refusals), reply, finished);
    });
  });
}

void Agent::apply_import(datasets::CheckedChange checked, datasets::Refusals refusals, const control::ReplyPtr& reply,
                         const Task& finished) {
  const Dataset dataset = checked.change.dataset;
  checked.change.confirmed_ms = clock_.now().time_since_epoch().count() / 1000;
  apply_change(std::move(checked), [this, dataset, refusals = std::move(refusals), reply,
                                    finished](const Result<store::DatasetState>& state) {
    if (!state) {
      refuse(reply, state.error().message());
      return finished();
    }
    announce_applied(dataset, *state, refusals.named, refusals.count);
    session_->on_dataset_changed(dataset, *state);
    maybe_release();
    reply->line({{"count", state->count},
                 {"digest", state->digest},
                 {"refused_count", refusals.count},
                 {"refused", datasets::refused_json(refusals.named)}});
    reply->finish();
    finished();
  });
}

// Radio and clock wait meanwhile, so it does not look at more offers than take some milliseconds.
void Agent::reply_explain(const nlohmann::json& request, const control::ReplyPtr& reply) {
  // A recording's clock stands at 1970 until it begins.
  auto supposed = supposed_of(request, std::max(core_now().wall, recording_start_));
  if (!supposed) return refuse(reply, supposed.error().message());
  supposed->most = 2000;
  const auto explained = pipeline_->explain(std::move(*supposed));
  if (!explained) return refuse(reply, explained.error().message());
  reply->line(explained_json(*explained));
  reply->finish();
}

void Agent::reply_erase(const nlohmann::json& request, const control::ReplyPtr& reply) {
  const auto order = erase_order(request);
  if (!order) return refuse(reply, order.error().message());
  erase_customer(*order, {}, {}, [reply](const Result<store::Committed>& committed, const Json& result) {
    if (!committed) return refuse(reply, committed.error().message());
    reply->line(result);
    reply->finish();
  });
}

// "doctor": what `aislectl doctor` found, if it was asked.
void Agent::reply_bundle(const nlohmann::json& request, const control::ReplyPtr& reply) {
  constexpr std::size_t kMaxReport = std::size_t{1} << 20U;
  std::vector<BundleFile> more;
  const auto report = request.find("doctor");
  if (report != request.end()) {
    more.push_back({"doctor.json", report->dump(2, ' ', false, nlohmann::json::error_handler_t::replace)});
    if (!report->is_object() || more[0].content.size() > kMaxReport)
      return refuse(reply, "\"doctor\": an object of at most 1 MiB expected");
  }
  collect_bundle(std::move(more), [reply](const Result<Json>& bundle) {
    if (!bundle) return refuse(reply, bundle.error().message());
    reply->line(*bundle);
    reply->finish();
  });
}

void Agent::reply_reload(const control::ReplyPtr& reply) {
  const auto report = reload_configuration();
  if (!report) return refuse(reply, report.error().message());
  reply->line({{"config", options_.config_path}, {"applied", report->applied}, {"restart", report->restart}});
  reply->finish();
}

void Agent::reply_scan(const control::ReplyPtr& reply) {
  const auto& config = options_.config;
  scans_.subscribe(reply, {{"gateway", config.store.gateway},
                           {"window_s", config.presence.smoothing_window.count()},
                           {"samples", config.presence.smoothing_samples}});
}

void Agent::tell_tails(const std::vector<store::OutboxEvent>& events) {
  std::erase_if(tails_, [](const auto& tail) { return tail->gone(); });
  if (tails_.empty()) return;
  for (const auto& event : events) {
    for (const auto& tail : tails_) tail->text(event.payload);
  }
}

}  // namespace aisle::app
