// SPDX-License-Identifier: ISC
// HTTP/1.1: the server and the client over any stack (RFC 9110, RFC 9112).
#pragma once

#include "mirage/http/client.hpp"
#include "mirage/http/exchange.hpp"
#include "mirage/http/server.hpp"
