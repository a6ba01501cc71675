// SPDX-License-Identifier: ISC
// A `co_await` in one arm of a conditional expression of class type.
#include "tiny_task.hpp"

tiny_task<counted> make() {
  co_await turn();
  co_return counted(long_text);
}

tiny_task<int> conditional(bool which) {
  counted object = which ? co_await make() : counted("short");
  co_return static_cast<int>(object.text.size());
}

int main() {
  return check([] { return conditional(true); }, static_cast<int>(std::string(long_text).size())) +
         check([] { return conditional(false); }, 5);
}
