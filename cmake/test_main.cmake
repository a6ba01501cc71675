# SPDX-License-Identifier: ISC
# What every unit test links: GoogleTest with its main. Aggregate targets: `tests`, `fuzzers`, `fuzzers_planted`.
# Somebody who only builds the tool need not have GoogleTest: then there are no tests, and CMake says so.
find_package(GTest QUIET)
if(NOT GTest_FOUND)
  message(STATUS "GoogleTest is not installed, so the tests are left out; scripts/install-packages test brings it")
  set(MIRAGE_TESTS OFF)
  return()
endif()
enable_testing()
add_library(mirage_test_main INTERFACE)
target_link_libraries(mirage_test_main INTERFACE GTest::gmock GTest::gtest_main)
add_custom_target(tests COMMENT "Every unit test")
if(MIRAGE_SANITIZE)
  add_custom_target(fuzzers COMMENT "Every fuzz target")
  add_custom_target(fuzzers_planted COMMENT "Every fuzz target with its planted bug")
endif()
