// SPDX-License-Identifier: ISC
// A braced aggregate with a member that has a destructor, as a temporary argument of the awaited call.
#include "tiny_task.hpp"

struct options {
  counted name;
  int number = 0;
};

tiny_task<int> use(options of) {
  co_await turn();
  co_return static_cast<int>(of.name.text.size()) + of.number;
}

tiny_task<int> aggregate() {
  const int sum = co_await use(options{.name = counted(long_text), .number = 2});
  co_return sum;
}

int main() { return check(aggregate, static_cast<int>(std::string(long_text).size()) + 2); }
