// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto reader = unikernel<kv_ro>("read_secret", "unikernel.hpp");
  return configure(argc, argv, "kv_ro", reader(generic_kv_ro("files")));
}
