// SPDX-License-Identifier: ISC
#include "mirage/core/counters.hpp"

#include "metrics_are_shown.hpp"
#include "mirage/core/node.hpp"

namespace mirage {

// In an image without a reader this is the only one, and their texts are left out when it is linked.
[[gnu::weak]] extern const bool detail::metrics_are_shown = false;

metric::metric(counter_registry& registry, kind type, metric_name name, const metric_labels& labels,
               const char* help) noexcept
    : name_(detail::metrics_are_shown ? name : metric_name("not_shown")), help_(""), type_(type) {
  if (!detail::metrics_are_shown) return;
  labels_ = labels;
  if (help != nullptr) help_ = help;
  registry.metrics_.push_back(*this);
}

metric::metric(kind type, metric_name name, const metric_labels& labels, const char* help) noexcept
    : metric(os::here->counters, type, name, labels, help) {}

metric::~metric() = default;

counter::counter(const metric_label& group, metric_name name, const char* help) noexcept
    : metric(kind::counter, name, group, help) {}

counter::counter(const metric_label& group, metric_name name, literal_label own, const char* help) noexcept
    : metric(kind::counter, name, {group, metric_label{own.name, own.value}}, help) {}

}  // namespace mirage
