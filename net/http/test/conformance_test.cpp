// SPDX-License-Identifier: ISC
// The server and the client meet their module types.
#include <mirage/test/suites/http_client_suite.hpp>
#include <mirage/test/suites/http_server_suite.hpp>

#include "mirage/http.hpp"
#include "mirage/http/client.hpp"
#include "mirage/memory/resolver.hpp"
#include "mirage/memory/stack.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

constexpr ip_address server_address = "10.0.0.1";
constexpr ip_address client_address = "10.0.0.2";

struct two_machines : test::virtual_subject {
  memory::subnet subnet;
  memory::stack server_stack{subnet, {server_address}, "server_stack"};
  memory::stack client_stack{subnet, {client_address}, "client_stack"};
};

struct servers : two_machines {
  using http_server = mirage::http_server<memory::stack>;
  http_server& device() { return server_; }
  static endpoint local() { return {server_address, 80}; }
  auto connect() { return client_stack.tcp().connect(local()); }

 private:
  http_server server_{"http", server_stack};
};
MIRAGE_CONFORMANCE(http_server_suite, http, servers);

struct clients : two_machines {
  using http_client = mirage::http_client<memory::stack, memory::resolver>;
  http_client& device() { return client_; }
  memory::listener& port() { return port_; }
  static std::string uri() { return "http://10.0.0.1:8080"; }
  static std::string nowhere() { return "http://10.0.0.1:8081/"; }

 private:
  memory::listener port_ = *server_stack.tcp().listen({server_address, 8080});
  memory::resolver resolver_{{"server.example", server_address}};
  http_client client_{"http_client", client_stack, resolver_};
};
MIRAGE_CONFORMANCE(http_client_suite, http, clients);

}  // namespace
}  // namespace mirage
