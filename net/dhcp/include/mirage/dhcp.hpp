// SPDX-License-Identifier: ISC
// DHCP for IPv4, client and server: RFC 2131.
#pragma once

#include "mirage/dhcp/client.hpp"
#include "mirage/dhcp/server.hpp"
