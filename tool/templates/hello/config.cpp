// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto greeting = argument<std::string>("hello", "What to say", "Hello World!");
  auto @function@ = unikernel<>("@function@", "unikernel.hpp", greeting);
  return configure(argc, argv, "@name@", @function@());
}
