// SPDX-License-Identifier: ISC
#include "mirage/xen/console.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "mirage/test/suites/console_suite.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/xen/console_ring.hpp"

namespace mirage {
namespace {

// The platform of a guest that has a console and nothing else, with xenconsoled at its other end.
class only_a_console final : public xen::hypervisor {
 public:
  explicit only_a_console(test::virtual_node& on) : node_(on) {}

  void type(std::string_view line) {
    typed_ += line;
    work();
  }
  [[nodiscard]] const std::string& shown() {
    work();
    return shown_;
  }
  void hold(bool held) {
    held_ = held;
    work();
  }

  [[nodiscard]] xen::prepared_ring console() const noexcept override {
    return {.memory = static_cast<std::byte*>(static_cast<void*>(page_.get())), .port = 2};
  }
  void notify(xen::event_port) noexcept override { work(); }
  void watch(event_source& source, xen::event_port) noexcept override {
    source_ = &source;
    tell();
  }
  void unwatch(xen::event_port) noexcept override { source_ = nullptr; }

  [[nodiscard]] xen::domain_id own_domain() const noexcept override { return 1; }
  [[nodiscard]] xen::prepared_ring xenstore() const noexcept override { return {}; }
  [[nodiscard]] result<xen::event_port, xen::hypervisor_error> allocate_unbound(
      xen::domain_id) noexcept override {
    return fail(xen::hypervisor_error::unsupported);
  }
  [[nodiscard]] result<xen::event_port, xen::hypervisor_error> bind_interdomain(
      xen::domain_id, xen::event_port) noexcept override {
    return fail(xen::hypervisor_error::unsupported);
  }
  void close(xen::event_port) noexcept override {}
  [[nodiscard]] result<xen::grant_reference, xen::hypervisor_error> grant(xen::domain_id, const void*,
                                                                          xen::access) noexcept override {
    return fail(xen::hypervisor_error::unsupported);
  }
  [[nodiscard]] bool end_access(xen::grant_reference) noexcept override { return true; }
  [[nodiscard]] result<xen::shared_page, xen::hypervisor_error> share(xen::domain_id,
                                                                      xen::access) noexcept override {
    return fail(xen::hypervisor_error::unsupported);
  }
  void unshare(xen::shared_page) noexcept override {}
  [[nodiscard]] result<bytes, xen::hypervisor_error> map(xen::domain_id,
                                                         std::span<const xen::grant_reference>,
                                                         xen::access) noexcept override {
    return fail(xen::hypervisor_error::unsupported);
  }
  void unmap(bytes) noexcept override {}

 private:
  void tell() {
    if (source_ != nullptr) node_.report(*source_);
  }
  // What xenconsoled does when it is told, or somebody types.
  void work() {
    xen::console_interface& page = *page_;
    bool any = false;
    for (; !held_ && page.out_cons != page.out_prod; ++page.out_cons, any = true) {
      const char character = page.out[page.out_cons % xen::console_interface::out_size];
      if (character != '\r') shown_ += character;
    }
    for (; !typed_.empty() && page.in_prod - page.in_cons < xen::console_interface::in_size; any = true) {
      page.in[page.in_prod++ % xen::console_interface::in_size] = typed_.front();
      typed_.erase(0, 1);
    }
    if (any) tell();
  }

  test::virtual_node& node_;
  std::unique_ptr<xen::console_interface> page_ = std::make_unique<xen::console_interface>();
  event_source* source_ = nullptr;
  std::string typed_;
  std::string shown_;
  bool held_ = false;
};

struct consoles {
  using console = xen::console;
  static constexpr duration a_while = 1s;
  consoles() { EXPECT_EQ(test::outcome(node.run(console_.start())), "ok"); }
  ~consoles() { run(console_.stop()); }
  void run(task<> work) { node.run(std::move(work)); }
  console& device() { return console_; }
  void type(std::string_view line) { platform.type(line); }
  std::string shown() { return platform.shown(); }

  test::virtual_node node;
  only_a_console platform{node};

 private:
  xen::console console_{"console_0", platform};
};
MIRAGE_CONFORMANCE(console_suite, xen, consoles);

TEST(xen_console, ends_with_a_ctrl_d) {
  consoles here;
  here.type("last\004not read");
  EXPECT_EQ(test::text_of(here.node.run(here.device().read())), "last");
  EXPECT_EQ(test::text_of(here.node.run(here.device().read())), "");
}

TEST(xen_console, waits_while_nobody_takes_what_it_shows) {
  consoles here;
  here.platform.hold(true);
  bool done = false;
  auto write_much = [&]() -> task<> {
    auto written = co_await here.device().write(test::buffer_of(std::string(10'000, 'x')));
    EXPECT_EQ(test::outcome(written), "ok");
    done = true;
  };
  scope writing;
  ASSERT_TRUE(writing.spawn("write", write_much));
  here.node.settle();
  EXPECT_FALSE(done);
  here.platform.hold(false);
  here.node.settle();
  EXPECT_TRUE(done);
  EXPECT_EQ(here.shown().size(), 10'000U);
}

}  // namespace
}  // namespace mirage
