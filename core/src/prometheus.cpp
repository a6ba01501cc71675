// SPDX-License-Identifier: ISC
// The Prometheus text format, version 0.0.4, and all else that reads the texts of a metric.
#include "mirage/core/counters.hpp"

#include "metrics_are_shown.hpp"
#include "mirage/core/format.hpp"

namespace mirage {

namespace {

// Label values and help texts are escaped; a quote only within quotes.
void append_value(text_writer& out, std::string_view text, bool quoted) noexcept {
  for (char c : text) {
    if (c == '\\')
      out.append("\\\\");
    else if (c == '\n')
      out.append("\\n");
    else if (c == '"' && quoted)
      out.append("\\\"");
    else
      out.append(c);
  }
}

void append_number(text_writer& out, double value) noexcept {
  if (value != value) return out.append("NaN");
  if (value - value != 0) return out.append(value > 0 ? "+Inf" : "-Inf");
  // Most are counts of bytes or things: all digits of those.
  if (value > -0x1p63 && value < 0x1p63 && static_cast<double>(static_cast<std::int64_t>(value)) == value)
    return format_to(out, "{}", static_cast<std::int64_t>(value));
  format_to(out, "{}", value);
}

}  // namespace

const bool detail::metrics_are_shown = true;

void format(text_writer& out, const metric_labels& labels) noexcept {
  bool first = true;
  for (const metric_label& pair : labels.pairs_) {
    if (pair == metric_label{}) continue;
    out.append(first ? '{' : ',');
    first = false;
    if (pair.name.empty()) {
      out.append(pair.value);
      continue;
    }
    out.append(pair.name);
    out.append("=\"");
    append_value(out, pair.value, true);
    out.append('"');
  }
  if (!first) out.append('}');
}

std::string_view metric::name() const noexcept { return name_.text(); }
const metric_labels& metric::labels() const noexcept { return labels_; }

void metric::add_value(std::uint64_t& count, double& level) const noexcept {
  if (type_ == kind::counter) {
    count += static_cast<const counter*>(this)->value();
  } else {
    level += static_cast<const gauge*>(this)->value();
  }
}

// Moves the family over to `written`, members with equal labels together.
void metric::write_family(text_writer& out, list& family, list& written) noexcept {
  const metric& head = from(family.front());
  std::string_view help;
  family.for_each([&](list_link& link) {
    if (help.empty()) help = from(link).help_;
  });
  if (!help.empty()) {
    format_to(out, "# HELP {} ", head.name());
    append_value(out, help, false);
    out.append('\n');
  }
  format_to(out, "# TYPE {} {}\n", head.name(), head.type_ == kind::counter ? "counter" : "gauge");
  while (!family.empty()) {
    const metric& first = from(family.front());
    std::uint64_t count = 0;
    double level = 0;
    family.for_each([&](list_link& link) {
      if (from(link).labels_ != first.labels_) return;
      from(link).add_value(count, level);
      link.unlink();
      written.push_back(link);
    });
    format_to(out, "{}{} ", first.name(), first.labels_);
    if (first.type_ == kind::counter) {
      format_to(out, "{}\n", count);
    } else {
      append_number(out, level);
      out.append('\n');
    }
  }
}

void counter_registry::write_prometheus(text_writer& out) noexcept {
  list written;
  while (!metrics_.empty()) {
    list family;
    const std::string_view name = metric::from(metrics_.front()).name();
    metrics_.for_each([&](list_link& link) {
      if (metric::from(link).name() != name) return;
      link.unlink();
      family.push_back(link);
    });
    metric::write_family(out, family, written);
  }
  metrics_.append(written);
}

}  // namespace mirage
