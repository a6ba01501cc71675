// SPDX-License-Identifier: ISC
// How config.cpp wires HTTP: `http(stack)` is a server, `http_client_of(stack, resolver)` a client.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// A server; it listens where the unikernel says.
inline const implementation<http_server, stack> http{{.name = "http",
                                                      .type = "mirage::http_server<$0>",
                                                      .header = "mirage/http.hpp",
                                                      .construct = "$name, $0",
                                                      .packages = {"http"}}};

/// A client for plain HTTP.
inline const implementation<http_client, stack, resolver> http_client_of{
    {.name = "http_client",
     .type = "mirage::http_client<$0, $1>",
     .header = "mirage/http.hpp",
     .construct = "$name, $0, $1",
     .packages = {"http"}}};

}  // namespace mirage::config
