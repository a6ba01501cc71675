// SPDX-License-Identifier: ISC
#include <mirage/literal_names.hpp>

#include <mirage/test/suites/resolver_suite.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct literals {
  using resolver = literal_names;
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  resolver& device() { return resolver_; }
  static std::string known() { return "2001:db8::A"; }
  static std::vector<ip_address> addresses() { return {ip_address("2001:db8::a")}; }
  static std::string unknown() { return "example.org"; }
  test::virtual_node node;

 private:
  resolver resolver_{"resolver"};
};
MIRAGE_CONFORMANCE(resolver_suite, literal_names, literals);

}  // namespace
}  // namespace mirage
