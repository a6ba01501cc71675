// SPDX-License-Identifier: ISC
// A header of the standard library that no image for a bare machine can use is found in this folder first
// (toolchain.cmake), and refused where it is asked for: the linker could only say which symbols are there
// twice. <sstream>, <ostream> and <istream> are not here, because libstdc++ itself includes them; who uses
// them hears of it from the linker.
#pragma once

#error "an image for a bare machine has no streams, locales or files; use mirage/core/format.hpp"
