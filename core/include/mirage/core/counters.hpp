// SPDX-License-Identifier: ISC
// Counters and gauges with names, so that no drop, refusal or retry is silent. They are shown in the
// Prometheus text format, version 0.0.4.
//
//   metric_label label_{"device", name};
//   counter refused_{label_, "http_requests_refused_total", {"reason", "too_long"}, "Answered with 4xx"};
//   ++refused_;
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "mirage/core/list.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage {

class counter_registry;

/// A name that Prometheus takes, `[a-zA-Z_:][a-zA-Z0-9_:]*`; checked while compiling. Counters end in
/// `_total`, a unit stands before that, in plural: `network_received_bytes_total`.
class metric_name {
 public:
  consteval metric_name(const char* text) : text_(text) {
    if (!is_valid(text)) a_metric_name_may_have_letters_digits_underscores_and_colons_and_no_digit_in_front();
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] static constexpr bool is_valid(std::string_view text) noexcept {
    if (text.empty() || (text.front() >= '0' && text.front() <= '9')) return false;
    for (char c : text)
      if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' &&
          c != ':')
        return false;
    return true;
  }

 private:
  static void a_metric_name_may_have_letters_digits_underscores_and_colons_and_no_digit_in_front();
  const char* text_;
};

struct metric_label {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const metric_label&, const metric_label&) noexcept = default;
};

/// The same of literals, in two words.
struct literal_label {
  const char* name;
  const char* value;
};

/// What tells the members of a family apart: up to three pairs, whose values may be made at run time and are
/// escaped when they are printed, or a literal that is written as it must be printed. Nothing is copied: the
/// texts must outlive the metric. Two metrics of one name with equal labels are shown as one, added up.
class metric_labels {
 public:
  constexpr metric_labels() noexcept = default;
  [[gnu::noinline]] constexpr metric_labels(const metric_label& a) noexcept : pairs_{a} {}
  constexpr metric_labels(const metric_label& a, const metric_label& b) noexcept : pairs_{a, b} {}
  constexpr metric_labels(const metric_label& a, const metric_label& b, const metric_label& c) noexcept
      : pairs_{a, b, c} {}
  /// `reason="too_long"`
  consteval metric_labels(const char* written) : pairs_{metric_label{{}, written}} {
    if (!is_valid(written)) labels_are_written_as_name_equals_quoted_value_with_commas_between();
  }

  [[nodiscard]] static constexpr bool is_valid(std::string_view written) noexcept;
  /// With the braces, or nothing.
  friend void format(text_writer& out, const metric_labels& labels) noexcept;
  friend bool operator==(const metric_labels&, const metric_labels&) noexcept = default;

 private:
  static void labels_are_written_as_name_equals_quoted_value_with_commas_between();
  std::array<metric_label, 3> pairs_;  // one without a name holds a written text
};

/// What counters and gauges share. Neither copyable nor movable: it is linked into its registry.
class metric : list_link {
 public:
  metric(const metric&) = delete;
  metric& operator=(const metric&) = delete;

  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] const metric_labels& labels() const noexcept;

 protected:
  enum class kind : std::uint8_t { counter, gauge };
  [[gnu::noinline]] metric(counter_registry& registry, kind type, metric_name name,
                           const metric_labels& labels, const char* help) noexcept;
  /// In the registry of the node that runs.
  [[gnu::noinline]] metric(kind type, metric_name name, const metric_labels& labels,
                           const char* help) noexcept;
  [[gnu::noinline]] ~metric();

 private:
  friend class counter_registry;
  static metric& from(list_link& link) noexcept { return static_cast<metric&>(link); }
  static void write_family(text_writer& out, list& family, list& written) noexcept;
  void add_value(std::uint64_t& count, double& level) const noexcept;
  metric_name name_;
  metric_labels labels_;
  const char* help_;
  kind type_;
};

/// A count that only rises. It belongs to the node in which it is made, and must not outlive it. The help
/// text must outlive it, too; within a family the first that is not empty is shown.
class counter final : public metric {
 public:
  /// One of those of a device, say, which `group` tells apart from others' of the same names.
  // A device makes dozens: what is said fits into registers, so that each is a few loads and a call.
  [[gnu::noinline]] counter(const metric_label& group, metric_name name, const char* help = "") noexcept;
  [[gnu::noinline]] counter(const metric_label& group, metric_name name, literal_label own,
                            const char* help = "") noexcept;
  explicit counter(metric_name name, const metric_labels& labels = {}, const char* help = "") noexcept
      : metric(kind::counter, name, labels, help) {}
  counter(counter_registry& registry, metric_name name, const metric_labels& labels = {},
          const char* help = "") noexcept
      : metric(registry, kind::counter, name, labels, help) {}

  counter& operator++() noexcept {
    ++value_;
    return *this;
  }
  counter& operator+=(std::uint64_t by) noexcept {
    value_ += by;
    return *this;
  }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// A value that is read when the metrics are shown: `gauge free_{"pool_free_bytes", {}, "...", pool_,
/// [](const pool& p) { return p.free(); }};`. The object must outlive it, and the function captures nothing.
class gauge final : public metric {
 public:
  template <class Object, class Read>
    requires std::is_empty_v<Read> && std::default_initializable<Read> &&
                 std::is_arithmetic_v<std::invoke_result_t<Read, const Object&>>
  gauge(metric_name name, const metric_labels& labels, const char* help, const Object& object, Read) noexcept
      : metric(kind::gauge, name, labels, help), object_(&object), read_(read_from<Object, Read>) {}
  template <class Object, class Read>
    requires std::is_empty_v<Read> && std::default_initializable<Read> &&
                 std::is_arithmetic_v<std::invoke_result_t<Read, const Object&>>
  gauge(counter_registry& registry, metric_name name, const metric_labels& labels, const char* help,
        const Object& object, Read) noexcept
      : metric(registry, kind::gauge, name, labels, help), object_(&object), read_(read_from<Object, Read>) {}

  [[nodiscard]] double value() const noexcept { return read_(object_); }

 private:
  template <class Object, class Read>
  static double read_from(const void* object) noexcept {
    return static_cast<double>(Read{}(*static_cast<const Object*>(object)));
  }
  const void* object_;
  double (*read_)(const void*) noexcept;
};

/// Every metric of a node. It owns none of them and never allocates. While it writes or visits, no metric may
/// be made or destroyed.
class counter_registry {
 public:
  /// Appends the Prometheus text: `# HELP` and `# TYPE` once a family, the families in the order in which
  /// they were first registered. Its length has no bound, so `out` is normally a `text_stream`. Its media
  /// type is `text/plain; version=0.0.4`.
  void write_prometheus(text_writer& out) noexcept;

  /// `visit(const metric&)` for each, in no particular order.
  template <class Visit>
  void for_each(Visit visit) {
    metrics_.for_each([&](list_link& link) { visit(static_cast<const metric&>(link)); });
  }

 private:
  friend class metric;
  list metrics_;
};

constexpr bool metric_labels::is_valid(std::string_view written) noexcept {
  for (;;) {
    const std::size_t equals = written.find("=\"");
    if (equals == std::string_view::npos) return false;
    const std::string_view name = written.substr(0, equals);
    if (!metric_name::is_valid(name) || name.find(':') != std::string_view::npos) return false;
    written.remove_prefix(equals + 2);
    for (; !written.empty() && written.front() != '"'; written.remove_prefix(1)) {
      if (written.front() == '\n') return false;
      if (written.front() != '\\') continue;
      written.remove_prefix(1);
      if (written.empty() || (written.front() != '\\' && written.front() != '"' && written.front() != 'n'))
        return false;
    }
    if (written.empty()) return false;
    written.remove_prefix(1);
    if (written.empty()) return true;
    if (written.front() != ',') return false;
    written.remove_prefix(1);
  }
}

}  // namespace mirage
