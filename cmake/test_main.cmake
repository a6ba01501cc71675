# SPDX-License-Identifier: ISC
# What every unit test links: GoogleTest with its main. Aggregate targets: `tests`; `unsanitized_tests`, those that say more
# without sanitizers; `fuzzers`, `fuzzers_planted`.
# Somebody who only builds the tool need not have GoogleTest: then there are no tests, and CMake says so.
set(googletest /usr/src/googletest)
if(CMAKE_CROSSCOMPILING AND EXISTS "${googletest}/googletest/src/gtest-all.cc")
  # Debian's library is for the host; its sources compile anywhere, without what the target has not got.
  add_library(mirage_test_main STATIC "${googletest}/googletest/src/gtest-all.cc"
              "${googletest}/googlemock/src/gmock-all.cc" "${googletest}/googletest/src/gtest_main.cc")
  target_include_directories(mirage_test_main SYSTEM PUBLIC "${googletest}/googletest/include"
                             "${googletest}/googlemock/include" PRIVATE "${googletest}/googletest"
                             "${googletest}/googlemock")
  target_compile_definitions(mirage_test_main PUBLIC GTEST_HAS_PTHREAD=0 GTEST_HAS_EXCEPTIONS=0
    GTEST_HAS_DEATH_TEST=0 GTEST_HAS_STREAM_REDIRECTION=0 GTEST_HAS_POSIX_RE=0)
  target_compile_options(mirage_test_main PRIVATE -w)
else()
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    message(STATUS "GoogleTest is not installed, so the tests are left out; scripts/install-packages test brings it")
    set(MIRAGE_TESTS OFF)
    return()
  endif()
  add_library(mirage_test_main INTERFACE)
  target_link_libraries(mirage_test_main INTERFACE GTest::gmock GTest::gtest_main)
endif()

mirage_precompile(tests OPTIONS ${MIRAGE_TEST_OPTIONS} LIBRARIES mirage_test_main
                  HEADERS ${MIRAGE_STANDARD_HEADERS} gtest/gtest.h)
enable_testing()
add_custom_target(tests COMMENT "Every unit test")
add_custom_target(unsanitized_tests COMMENT "The unit tests that say more without sanitizers")
if(MIRAGE_SANITIZE)
  add_custom_target(fuzzers COMMENT "Every fuzz target")
  add_custom_target(fuzzers_planted COMMENT "Every fuzz target with its planted bug")
endif()
