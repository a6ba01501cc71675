// SPDX-License-Identifier: ISC
// A closure with a capture that has a destructor, as a temporary argument of the awaited call.
#include "tiny_task.hpp"

template <class F>
tiny_task<int> call(F function) {
  co_await turn();
  co_return function();
}

tiny_task<int> closure() {
  counted object(long_text);
  const int size = co_await call([kept = std::move(object)] { return static_cast<int>(kept.text.size()); });
  co_return size;
}

int main() { return check(closure, static_cast<int>(std::string(long_text).size())); }
