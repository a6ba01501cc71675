// SPDX-License-Identifier: ISC
// Whether the processor runs guests here.
#pragma once

#include <string>

namespace mirage::launcher {

/// Why there is no KVM in one clause, or nothing where there is. /dev/kvm alone proves little: on a virtual
/// machine whose host does not pass on what it needs, guests start and die. So this runs a guest of two
/// instructions, which takes a millisecond.
std::string why_no_kvm();

}  // namespace mirage::launcher
