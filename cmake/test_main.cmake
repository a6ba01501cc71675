# SPDX-License-Identifier: ISC
# What every unit test links: GoogleTest with its main. Aggregate targets: `tests`, `fuzzers`, `fuzzers_planted`.
add_library(mirage_test_main INTERFACE)
find_package(GTest REQUIRED)
target_link_libraries(mirage_test_main INTERFACE GTest::gmock GTest::gtest_main)
add_custom_target(tests COMMENT "Every unit test")
if(MIRAGE_SANITIZE)
  add_custom_target(fuzzers COMMENT "Every fuzz target")
  add_custom_target(fuzzers_planted COMMENT "Every fuzz target with its planted bug")
endif()
