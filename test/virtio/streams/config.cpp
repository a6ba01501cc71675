// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto streams = unikernel<>("streams", "unikernel.hpp");
  return configure(argc, argv, "streams", streams());
}
