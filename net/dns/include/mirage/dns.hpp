// SPDX-License-Identifier: ISC
// DNS without I/O: names, messages, record data, master files and zones. The server is `net/dns_server`.
#pragma once

#include "mirage/dns/master_file.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/rdata_text.hpp"
#include "mirage/dns/types.hpp"
#include "mirage/dns/zone.hpp"
