// SPDX-License-Identifier: ISC
// What libstdc++ calls when something is wrong. Its own versions print with stdio and demangle names, which
// would be most of a small image.
#include <string_view>

#include "mirage/core/os.hpp"

namespace {

[[noreturn]] void stop(std::string_view why) noexcept { mirage::os::platform::crash(why, {}); }

}  // namespace

namespace std {

#if !defined(__cpp_exceptions)
// Without exceptions, what the containers would throw is a programmer's error like any other.
void terminate() noexcept { stop("std::terminate was called"); }
void __throw_bad_alloc() { stop("there is no room for a container"); }
void __throw_bad_array_new_length() { stop("an array is larger than memory"); }
void __throw_bad_function_call() { stop("an empty function was called"); }
void __throw_length_error(const char* what) { stop(what); }
void __throw_logic_error(const char* what) { stop(what); }
void __throw_invalid_argument(const char* what) { stop(what); }
void __throw_out_of_range(const char* what) { stop(what); }
void __throw_out_of_range_fmt(const char* what, ...) { stop(what); }
#endif

}  // namespace std

extern "C" {

void abort() noexcept { stop("abort was called"); }
[[noreturn]] void __cxa_pure_virtual() { stop("a pure virtual function was called"); }
[[noreturn]] void __stack_chk_fail() { stop("a function wrote over the end of its stack frame"); }

}  // extern "C"
