// SPDX-License-Identifier: ISC
#include "greeting.hpp"

std::string_view greeting(unsigned hour) {
  if (hour < 12) return "good morning";
  if (hour < 18) return "good afternoon";
  return "good evening";
}
