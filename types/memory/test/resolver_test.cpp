// SPDX-License-Identifier: ISC
#include "mirage/memory/resolver.hpp"

#include "mirage/test/suites/resolver_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

constexpr ip_address address4 = "192.0.2.80";
constexpr ip_address address6 = "2001:db8::80";

struct table : test::virtual_subject {
  using resolver = memory::resolver;
  resolver& device() { return resolver_; }
  static std::string known() { return "www.example.org"; }
  static std::vector<ip_address> addresses() { return {address6, address4}; }
  static std::string unknown() { return "nothing.example.org"; }

 private:
  resolver resolver_{
      {"WWW.example.org.", address6}, {"other.example", address4}, {"www.example.org", address4}};
};
MIRAGE_CONFORMANCE(resolver_suite, memory, table);

}  // namespace
}  // namespace mirage
