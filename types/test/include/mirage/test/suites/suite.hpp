// SPDX-License-Identifier: ISC
// What all conformance suites have in common. A suite is a template over its *subject*, which brings the
// implementation under test and is made afresh for each test:
//
//   struct subject {
//     static constexpr duration a_while = 1s;  // longer than anything takes that does not have to wait
//     void run(task<> work);                   // runs the loop until `work` has ended; fails when it does
//     not end
//     ...                                      // what the head of the suite asks for
//   };
//
// The tests are members of the suite, ordinary functions or tasks; `MIRAGE_CONFORMANCE` registers all of them
// with GoogleTest as `flow_suite/memory.test`.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/time.hpp"
#include "mirage/v1.hpp"

namespace mirage::test {

template <class S>
concept subject = std::default_initializable<S> && requires(S& s, task<> work) {
  { S::a_while } -> std::convertible_to<duration>;
  s.run(std::move(work));
};

/// One line of a suite's table `tests`.
template <class Suite>
struct suite_test {
  const char* name;
  void (*body)(Suite&);
};

/// `make_test<&flow_suite::keeps_order>("keeps_order")`; a task is run by the subject.
template <auto Member, class Suite>
constexpr suite_test<Suite> make_test(const char* name) {
  return {name, [](Suite& suite) {
            if constexpr (std::is_void_v<decltype((suite.*Member)())>)
              (suite.*Member)();
            else
              suite.subject.run((suite.*Member)());
          }};
}

template <class Suite, class Subject>
class conformance_test : public testing::Test {
 public:
  explicit conformance_test(void (*body)(Suite&)) : body_(body) {}
  void TestBody() override {
    Subject subject;
    Suite suite{subject};
    body_(suite);
  }

 private:
  void (*body_)(Suite&);
};

template <template <class> class Suite, test::subject Subject>
bool register_conformance(const char* suite, const char* implementation, const char* file, int line) {
  using fixture = conformance_test<Suite<Subject>, Subject>;
  const std::string name = std::string(suite) + '/' + implementation;
  for (const auto& test : Suite<Subject>::tests())
    testing::RegisterTest(name.c_str(), test.name, nullptr, nullptr, file, line,
                          [body = test.body]() -> testing::Test* { return new fixture(body); });
  return true;
}

// ---- Results in messages -------------------------------------------------------------------------------

/// The bytes, or the error in words: `EXPECT_EQ(text_of(read), "hello")` says what came instead.
template <class E>
std::string text_of(const result<buffer, E>& from) {
  if (!from) return "error: " + std::string(describe(from.error()));
  return std::string(from->text());
}

/// The error in words, or `ok`: `EXPECT_EQ(outcome(sent), "ok")`.
template <class T, class E>
std::string outcome(const result<T, E>& from) {
  return from ? "ok" : std::string(describe(from.error()));
}

/// Nothing for success, so that a failed comparison shows which error it was.
template <class T, class E>
std::optional<E> error_of(const result<T, E>& from) {
  return from ? std::nullopt : std::optional<E>(from.error());
}

/// `size` bytes that differ from place to place and from seed to seed.
inline std::string pattern(std::size_t size, unsigned seed = 0) {
  std::string made(size, '\0');
  std::uint32_t state = seed * 2654435761U + 1;
  for (char& c : made) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24);
  }
  return made;
}

/// A buffer with a copy of the text.
inline buffer buffer_of(std::string_view text) { return buffer::copy_of(as_bytes(text)); }

/// What every device must do.
template <v1::device Device>
void expect_device(const Device& device) {
  EXPECT_FALSE(std::string_view(device.name()).empty()) << "a device has a name";
  EXPECT_EQ(std::string_view(device.name()), std::string_view(device.name()));
}

}  // namespace mirage::test

namespace mirage::v1 {

// Error enums are shown in words.
inline void PrintTo(flow_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(listen_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(channel_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(net_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(arp_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(resolve_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(block_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(kv_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(fs_error error, std::ostream* to) { *to << describe(error); }
inline void PrintTo(http_error error, std::ostream* to) { *to << describe(error); }

}  // namespace mirage::v1

/// In a test that is a task: fails it and ends it, as ASSERT_TRUE does elsewhere.
#define MIRAGE_CO_ASSERT(...)                           \
  if (!(__VA_ARGS__)) {                                 \
    ADD_FAILURE() << "expected to hold: " #__VA_ARGS__; \
    co_return;                                          \
  } else                                                \
    static_cast<void>(0)

/// Runs a suite on an implementation: `MIRAGE_CONFORMANCE(flow_suite, memory, memory_flow_subject);` in a
/// namespace inside of `mirage`.
#define MIRAGE_CONFORMANCE(suite, implementation, ...)                                                  \
  [[maybe_unused]] static const bool suite##_on_##implementation =                                      \
      ::mirage::test::register_conformance<::mirage::test::suite, __VA_ARGS__>(#suite, #implementation, \
                                                                               __FILE__, __LINE__)

/// A line of a suite's table.
#define MIRAGE_SUITE_TEST(suite, name) ::mirage::test::make_test<&suite::name, suite>(#name)
