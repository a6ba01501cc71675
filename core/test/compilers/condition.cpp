// SPDX-License-Identifier: ISC
// A `co_await` in a condition, in a coroutine without a local variable at function level.
#include "tiny_task.hpp"

tiny_task<bool> yes() {
  co_await turn();
  co_return true;
}

tiny_task<int> condition() {
  if (co_await yes()) co_return 1;
  co_return 0;
}

tiny_task<int> loop_condition() {
  while (!co_await yes()) {
  }
  co_return 2;
}

tiny_task<int> selection() {
  switch (co_await yes()) {
    case true: co_return 3;
    default: co_return 0;
  }
}

int main() { return check(condition, 1) + check(loop_condition, 2) + check(selection, 3); }
