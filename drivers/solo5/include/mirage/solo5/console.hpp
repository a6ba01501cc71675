// SPDX-License-Identifier: ISC
// The console of a Solo5 tender: it shows, and nobody can type.
#pragma once

#include <string_view>
#include <utility>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"

namespace mirage::solo5 {

/// `v1::console`. What is written is shown at once; a read says that nobody will type any more, because no
/// call of Solo5's reads.
class console {
 public:
  /// `name` must outlive it.
  explicit console(std::string_view name) noexcept : name_(name) {}
  console(const console&) = delete;
  console& operator=(const console&) = delete;
  ~console() = default;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  task<result<buffer, v1::flow_error>> read() { co_return buffer{}; }
  task<result<void, v1::flow_error>> write(buffer one) {
    os::console(one.text());
    co_return {};
  }
  task<result<void, v1::flow_error>> write(buffer_list several) {
    for (const buffer& each : several) os::console(each.text());
    co_return {};
  }

 private:
  std::string_view name_;
};

static_assert(v1::console<console>);

}  // namespace mirage::solo5
