// SPDX-License-Identifier: ISC
// A million awaited coroutines that end at once: starting one and returning from it must not use up the
// stack.
#include "tiny_task.hpp"

tiny_task<int> one() { co_return 1; }

tiny_task<int> transfer() {
  int sum = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const int more = co_await one();
    sum += more;
  }
  co_return sum;
}

int main() { return check(transfer, 1'000'000); }
