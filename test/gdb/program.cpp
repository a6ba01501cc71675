// SPDX-License-Identifier: ISC
// What the debugger is shown: a value of each kind, and tasks that wait for each thing. It stops in `look`.
#include <string_view>

#include <mirage/core/address.hpp>
#include <mirage/core/buffer.hpp>
#include <mirage/core/event.hpp>
#include <mirage/core/mutex.hpp>
#include <mirage/core/queue.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/test/virtual_node.hpp>

namespace {

using namespace mirage;

enum class disk_error { full, broken };

event never_set;

task<int> read_block(int number) {
  co_await never_set;
  co_return number;
}
task<int> read_file(int blocks) {
  int sum = 0;
  for (int i = 0; i < blocks; ++i) {
    const int value = co_await read_block(i);
    sum += value;
  }
  co_return sum;
}
task<> serve() { co_await read_file(3); }
task<> rest() { co_await sleep_for(1h); }
task<> listen() {
  scope connections;
  require(connections.spawn("connection", serve()).has_value(), "no frame");
  require(connections.spawn("idle", rest()).has_value(), "no frame");
  co_await connections.join();
}
task<> limited() { co_await with_timeout(1min, rest()); }

[[gnu::noinline]] void look(const void* values) { asm volatile("" : : "r"(values) : "memory"); }

}  // namespace

int main() {
  test::virtual_node node;
  scope running;
  mutex section;
  bounded_queue<int> items(1);
  require(running.spawn("server", listen()).has_value(), "no frame");
  require(running.spawn("limited", limited()).has_value(), "no frame");
  require(running
              .spawn("reader",
                     [&]() -> task<> {
                       const auto lock = co_await section.lock();
                       static_cast<void>(co_await items.pop());
                     })
              .has_value(),
          "no frame");
  require(running.spawn("second", [&]() -> task<> { const auto lock = co_await section.lock(); }).has_value(),
          "no frame");
  node.settle();
  require(running.spawn("new", serve()).has_value(), "no frame");

  struct {
    task<int> unstarted = read_file(2);
    task<int> none;
    buffer text = buffer::copy_of(as_bytes("GET / HTTP/1.1\r\n"));
    buffer shared = text.slice(0, 3);
    buffer constant = buffer::from_static(as_bytes(std::string_view("\x01\x02\xff", 3)));
    buffer nothing;
    result<int, disk_error> good = 42;
    result<int, disk_error> bad = fail(disk_error::broken);
    result<void, disk_error> done;
    mac_address mac = *mac_address::parse("02:00:00:00:00:01");
    ipv4_address v4 = *ipv4_address::parse("192.0.2.1");
    ipv6_address v6 = *ipv6_address::parse("2001:db8::1");
    ip_address either4{v4};
    ip_address either6{v6};
    ipv4_prefix prefix4 = *ipv4_prefix::parse("10.0.0.0/8");
    ipv6_prefix prefix6 = *ipv6_prefix::parse("fe80::/10");
    endpoint at{either6, 8080};
    duration length = 1500ms;
    instant when{2s};
    instant not_ever = never;
    wall_time midnight = test::virtual_wall_start;
  } values;
  look(&values);
}
