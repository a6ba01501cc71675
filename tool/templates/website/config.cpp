// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto port = argument<std::uint16_t>("port", "The TCP port to serve the folder on", 8080);
  auto @function@ = unikernel<kv_ro, http_server>("@function@", "unikernel.hpp", port);
  return configure(argc, argv, "@name@",
                   @function@(generic_kv_ro("htdocs"), http(generic_stack(default_network))));
}
