// SPDX-License-Identifier: ISC
// Typed boot arguments. Generated code declares them as members; a person gives them as `--name=VALUE` or
// `--name VALUE`, for a bool also as `--name` alone.
//
//   struct boot_arguments final : mirage::arguments {
//     using arguments::arguments;
//     mirage::argument<std::uint16_t> port{*this, "port", "TCP port to listen on", 8080};
//     mirage::argument<std::optional<mirage::ipv4_address>> gateway{*this, "ipv4-gateway", "Default
//     gateway"};
//   };
//   boot_arguments arguments{{.name = "website", .version = "1.0.0"}};
//   if (auto status = arguments.parse(command_line)) co_return *status;
//   listen(*arguments.port);
//
// There are no positional arguments and no abbreviations. A repeated argument is refused; several values
// stand in one list with commas.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "mirage/core/argument_value.hpp"
#include "mirage/core/format.hpp"
#include "mirage/core/log_levels.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

class arguments;

/// Lower-case letters, digits and `-`, with a letter in front; checked while compiling.
class argument_name {
 public:
  consteval argument_name(const char* text) : text_(text) {
    if (!is_valid(text_)) an_argument_name_has_lower_case_letters_digits_and_hyphens_and_a_letter_in_front();
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  [[nodiscard]] static constexpr bool is_valid(std::string_view text) noexcept {
    if (text.empty() || text.size() > 64 || text.front() < 'a' || text.front() > 'z') return false;
    for (char c : text)
      if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') return false;
    return true;
  }

 private:
  static void an_argument_name_has_lower_case_letters_digits_and_hyphens_and_a_letter_in_front();
  std::string_view text_;
};

struct argument_options {
  std::string_view group = {};        ///< the heading in --help under which it stands
  std::string_view placeholder = {};  ///< what stands for the value there; by default of the type
};

namespace detail {
/// What is known of an argument's type, once a type.
struct argument_operations {
  argument_description words;
  bool is_flag;
  bool is_list;
  bool (*parse)(void* value, std::string_view text, text_writer& why) noexcept;
  void (*print)(text_writer& out, const void* value) noexcept;  // null if it cannot be shown
};
}  // namespace detail

class argument_base {
 public:
  argument_base(const argument_base&) = delete;
  argument_base& operator=(const argument_base&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// Whether it stood on the command line.
  [[nodiscard]] bool given() const noexcept { return given_; }

 protected:
  enum class without : std::uint8_t { required, unset, preset };
  argument_base(arguments& owner, std::string_view name, std::string_view help,
                const argument_options& options, without kind, const detail::argument_operations& operations,
                void* value) noexcept;
  ~argument_base() = default;

 private:
  friend class arguments;
  std::string_view name_;
  std::string_view help_;
  argument_options options_;
  const detail::argument_operations& operations_;
  void* value_;
  argument_base* next_ = nullptr;
  without without_;
  bool given_ = false;
};

/// One argument, registered with its owner in the order of declaration. Without a default it is required, but
/// a bool is false, an optional is empty and a list has no elements. All texts must outlive it.
template <argument_value T>
class argument final : public argument_base {
 public:
  argument(arguments& owner, argument_name name, std::string_view help,
           const argument_options& options = {}) noexcept
      : argument_base(owner, name.text(), help, options, may_be_absent ? without::unset : without::required,
                      operations, &value_) {}
  argument(arguments& owner, argument_name name, std::string_view help, T preset,
           const argument_options& options = {}) noexcept
      : argument_base(owner, name.text(), help, options, without::preset, operations, &value_),
        value_(std::move(preset)) {}

  [[nodiscard]] const T& operator*() const noexcept { return value_; }
  [[nodiscard]] const T* operator->() const noexcept { return &value_; }

 private:
  static constexpr bool may_be_absent = std::same_as<T, bool> || detail::is_optional<T> || detail::is_list<T>;
  static bool parse_into(void* value, std::string_view text, text_writer& why) noexcept {
    return detail::parse_value(text, *static_cast<T*>(value), why);
  }
  static void print_value(text_writer& out, const void* value) noexcept {
    if constexpr (detail::is_list<T>) {
      bool first = true;
      for (const auto& element : *static_cast<const T*>(value)) {
        format_to(out, "{}{}", first ? "" : ",", element);
        first = false;
      }
    } else if constexpr (!detail::is_optional<T>) {
      format_to(out, "{}", *static_cast<const T*>(value));
    }
  }
  template <class Value>
  static consteval bool printable(std::type_identity<Value>) {
    return detail::format_kind_of<Value>() != detail::format_kind::none;
  }
  template <class Value, std::size_t Capacity>
  static consteval bool printable(std::type_identity<inline_vector<Value, Capacity>>) {
    return printable(std::type_identity<Value>());
  }
  static constexpr auto printer() noexcept {
    if constexpr (printable(std::type_identity<T>()))
      return &print_value;
    else
      return static_cast<void (*)(text_writer&, const void*) noexcept>(nullptr);
  }
  static constexpr detail::argument_operations operations{
      detail::argument_words<T>::get(), std::same_as<T, bool>, detail::is_list<T>, parse_into, printer()};
  T value_{};
};

/// What --help and --version say about the unikernel.
struct unikernel_description {
  std::string_view name = "unikernel";
  std::string_view version = {};
  std::string_view summary = {};
};

/// The arguments of one unikernel, and those that every unikernel has. Lives as long as the unikernel, and so
/// does the command line, to which its values refer.
class arguments {
 public:
  explicit arguments(const unikernel_description& about = {}) noexcept
      : about_(about), name(*this, "name", "Name of this unikernel", about.name, {.group = common}) {}
  arguments(const arguments&) = delete;
  arguments& operator=(const arguments&) = delete;

  /// Reads the words behind the name of the program. Nothing means: go on; log levels and the name are then
  /// in force. Otherwise the unikernel must stop with that exit status: 63 after --help or --version was
  /// printed on the console, 64 after one sentence that names the bad argument.
  [[nodiscard]] std::optional<int> parse(std::span<const std::string_view> words) noexcept;

  /// How long to wait before anything starts (`--delay`); whoever calls `parse` waits.
  [[nodiscard]] duration start_delay() const noexcept { return std::chrono::seconds(*delay); }

 protected:
  ~arguments() = default;

 private:
  friend class argument_base;
  static constexpr std::string_view common = "Common to all unikernels";

  argument_base* find(std::string_view wanted) const noexcept;
  void print_help() const noexcept;
  void print_argument(text_writer& out, const argument_base& argument) const noexcept;
  void print_group(text_writer& out, std::string_view group) const noexcept;
  bool read(std::span<const std::string_view>& words, text_writer& why) noexcept;
  bool set(argument_base& argument, std::string_view value, text_writer& why) noexcept;
  bool refuse_unknown(std::string_view word, text_writer& why) const noexcept;

  unikernel_description about_;
  argument_base* first_ = nullptr;
  argument_base* last_ = nullptr;

 public:
  // Declared behind the list in which they register.
  argument<std::string_view> name;
  argument<log_levels> logs{
      *this, "logs", "Which messages are logged, by source", log_levels(), {.group = common}};
  argument<std::uint32_t> delay{
      *this, "delay", "Seconds to wait before starting", 0, {.group = common, .placeholder = "SECONDS"}};
};

}  // namespace mirage
