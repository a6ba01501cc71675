// SPDX-License-Identifier: ISC
// The one place that includes libsolv. Its structures have a member called `requires`, which is a word of C++
// now: here it is `wants`.
#pragma once

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#define requires wants
extern "C" {
#include <solv/chksum.h>
#include <solv/evr.h>
#include <solv/knownid.h>
#include <solv/pool.h>
#include <solv/problems.h>
#include <solv/repo.h>
#include <solv/solver.h>
}
#undef requires
#pragma clang diagnostic pop
