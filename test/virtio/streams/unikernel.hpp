// SPDX-License-Identifier: ISC
// What no image for a bare machine may carry.
#pragma once

#include <iostream>
#include <mirage/v1.hpp>

inline mirage::task<> streams() {
  std::cout << "hello";
  co_return;
}
