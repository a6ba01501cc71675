// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto htdocs =
      key<std::string>("htdocs", "The folder to serve; a relative one lies in the project", "htdocs");
  auto port = argument<std::uint16_t>("port", "The TCP port to serve the folder on", 8080);
  auto max_age = argument<std::uint32_t>("max-age", "Seconds for which a browser need not ask again", 0);

  auto website = unikernel<kv_ro, http_server>("website", "unikernel.hpp", port, max_age);
  auto stack = generic_stack(default_network);
  return configure(argc, argv, "website", {website(crunch(htdocs), http(stack)), management(http(stack))});
}
