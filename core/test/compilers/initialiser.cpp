// SPDX-License-Identifier: ISC
// A `co_await` inside a braced initialiser, behind a member that has a destructor.
#include "tiny_task.hpp"

struct pair_of {
  counted first;
  counted second;
};

tiny_task<counted> make() {
  co_await turn();
  co_return counted(long_text);
}

tiny_task<int> initialiser() {
  auto [first, second] = pair_of{counted(long_text), co_await make()};
  co_return static_cast<int>(first.text.size() - second.text.size());
}

int main() { return check(initialiser, 0); }
