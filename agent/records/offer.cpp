#include "agent/records/offer_terms.hpp"

namespace aisle::records {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxLanguages = 64;
constexpr std::size_t kMaxContentText = 1024;
constexpr std::size_t kMaxUrl = 2048;

constexpr Words<Trigger, 3> kTriggers = {
    {{"enter", Trigger::enter}, {"dwell", Trigger::dwell}, {"exit", Trigger::exit}}};
constexpr Words<Confidence, 3> kConfidences = {
    {{"low", Confidence::low}, {"medium", Confidence::medium}, {"high", Confidence::high}}};
constexpr Words<Assurance, 3> kAssurances = {
    {{"static", Assurance::static_id}, {"rotating", Assurance::rotating}, {"challenge", Assurance::challenge}}};

void read_content(Fields& fields, std::map<std::string, OfferContent>& out) {
  const json* content = fields.require("content", "title and body by language");
  if (content == nullptr) return;
  if (!content->is_object() || content->empty() || content->size() > kMaxLanguages) {
    fields.fail_at("content", fmt::format("title and body in 1 to {} languages expected", kMaxLanguages));
    return;
  }
  for (const auto& item : content->items()) {
    const std::string path = fields.path_of("content") + "." + item.key().substr(0, 64);
    if (const auto wrong = text_problem(json(item.key()), {1, 35}))
      fields.failure().set("content", "language tags expected as names: " + *wrong);
    Fields entry(item.value(), path, fields.failure());
    OfferContent text;
    entry.text("title", text.title, Need::required, {1, kMaxContentText});
    entry.text("body", text.body, Need::required, {0, kMaxContentText});
    entry.finish();
    out.emplace(item.key(), std::move(text));
  }
}

// "scheme:rest" with a scheme that opens a page or an app, never one that runs or reads what the text says.
bool is_link(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  std::string scheme;
  for (const char c : text.substr(0, colon)) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool letter = lower >= 'a' && lower <= 'z';
    const bool other = (lower >= '0' && lower <= '9') || lower == '+' || lower == '.' || lower == '-';
    if (!letter && (scheme.empty() || !other)) return false;
    scheme.push_back(lower);
  }
  constexpr std::array<std::string_view, 6> kRefused = {"javascript", "data", "file", "vbscript", "blob", "about"};
  return std::ranges::find(kRefused, scheme) == kRefused.end() && text.find(' ') == std::string_view::npos;
}

void read_url(Fields& fields, std::string& out) {
  if (fields.text("url", out, Need::optional, {1, kMaxUrl}) && !is_link(out))
    fields.fail_at("url", fmt::format("an http, https or app link expected, not {}", describe(out)));
}

void read_where_and_when(Fields& fields, Offer& out) {
  fields.texts("zones", out.zones);
  fields.texts("zone_categories", out.zone_categories);
  fields.choice("trigger", out.trigger, kTriggers, Need::required);
  fields.duration("min_dwell_s", out.min_dwell, 0, kThirtyDays);
  fields.time("valid_from", out.valid_from);
  if (fields.time("valid_until", out.valid_until) && out.valid_from && *out.valid_until <= *out.valid_from)
    fields.fail_at("valid_until", "a time after valid_from expected");
  read_days(fields, out.days);
  read_hours(fields, out.hours);
}

void read_audience(Fields& fields, Offer& out) {
  fields.object("segments", Need::optional, [&](Fields& segments) {
    segments.texts("any", out.segments_any);
    segments.texts("all", out.segments_all);
    segments.texts("none", out.segments_none);
  });
  int tier = 0;
  if (fields.integer("tier_min", tier, 0, 1'000'000, Need::optional)) out.tier_min = tier;
  fields.texts("skus", out.skus);
  std::int64_t stock = 0;
  if (fields.integer("min_stock", stock, 0, kMaxExact, Need::optional)) out.min_stock = stock;
  Confidence confidence{};
  if (fields.choice("min_confidence", confidence, kConfidences, Need::optional)) out.min_confidence = confidence;
  Assurance assurance{};
  if (fields.choice("min_assurance", assurance, kAssurances, Need::optional)) out.min_assurance = assurance;
}

void read_limits(Fields& fields, Offer& out) {
  fields.text("group", out.group, Need::optional);
  read_caps(fields, out, out.caps);
  fields.duration("cooldown_s", out.cooldown, 0, kTenYears);
  fields.integer("priority", out.priority, -kMaxExact, kMaxExact, Need::required);
  fields.number("weight", out.weight, 0, 1e12);
  fields.text("experiment", out.experiment, Need::optional);
  fields.number("holdout_percent", out.holdout_percent, 0, 100);
  read_coupon(fields, out.coupon);
  read_reward(fields, out.reward);
  std::optional<seconds> ttl;
  if (fields.duration("ttl_s", ttl, 1, kThirtyDays)) out.ttl = *ttl;
}

}  // namespace

Parsed<Offer> parse_offer(const json& record, const ParseContext& context) {
  return parse_record<Offer>(record_id(Dataset::offers, record), record, context, [](Fields& fields, Offer& out) {
    fields.text("id", out.id, Need::required);
    fields.integer("version", out.version, 0, kMaxExact, Need::required);
    read_content(fields, out.content);
    read_url(fields, out.url);
    read_where_and_when(fields, out);
    read_audience(fields, out);
    read_limits(fields, out);
  });
}

}  // namespace aisle::records
