// SPDX-License-Identifier: ISC
// DNSSEC without I/O: what is signed by whom, and what does not exist. RFC 4033 to 4035, RFC 5155.
#pragma once

#include "mirage/dnssec/denial.hpp"
#include "mirage/dnssec/record_check.hpp"
#include "mirage/dnssec/types.hpp"
#include "mirage/dnssec/verify.hpp"
