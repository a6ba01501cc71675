# SPDX-License-Identifier: ISC
# What a package's CMakeLists.txt calls. `mirage_package()` makes, from the folder's shape alone:
#
#   mirage_NAME (alias mirage::NAME)   the library: src/*.cpp, or only headers where there are none
#   the program [executable] name      where package.toml has that table; its main is `source`
#   mirage_test_support_NAME           test/*.cpp that are no *_test.cpp, for tests of this and other packages
#   test NAME.FILE                     one program and one CTest test for each test/FILE_test.cpp
#   NAME.fuzz.FILE                     a libFuzzer program for each fuzz/FILE.cpp, in sanitized builds
#   check_headers_NAME                 every public header compiled alone
#
# and the install rules. Tests are compiled with MIRAGE_TEST_OPTIONS, which the presets use to spare time where most
# of a build goes; `mirage_package(OPTIMISED_TESTS throughput)` names those that compute for so long that it does
# not pay. Names and dependencies come from package.toml, so nothing is said twice.

include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/package_toml.cmake")

# The libraries that a list of package names stands for.
function(mirage_libraries_of out)
  set(libraries "")
  foreach(package IN LISTS ARGN)
    list(APPEND libraries "mirage::${package}")
  endforeach()
  set(${out} "${libraries}" PARENT_SCOPE)
endfunction()

function(mirage_package)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "OPTIMISED_TESTS")
  set(dir "${CMAKE_CURRENT_SOURCE_DIR}")
  get_property(name GLOBAL PROPERTY "MIRAGE_name_of_${dir}")
  mirage_package_library("${name}" "${dir}")
  mirage_package_program("${name}" "${dir}")
  mirage_package_headers("${name}" "${dir}")
  mirage_has_test_dependencies("${name}" testable)
  if(MIRAGE_TESTS AND testable)
    mirage_package_test_support("${name}" "${dir}")
    mirage_package_tests("${name}" "${dir}" ${arg_OPTIMISED_TESTS})
    mirage_package_fuzz("${name}" "${dir}")
  endif()
  mirage_package_install("${name}" "${dir}")
endfunction()

function(mirage_package_library name dir)
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/src/*.cpp")
  mirage_package_value("${name}" executable.source main)
  if(main)
    list(REMOVE_ITEM sources "${dir}/${main}")
  endif()
  if(sources)
    add_library("mirage_${name}" STATIC ${sources})
    set(reach PUBLIC)
  else()
    add_library("mirage_${name}" INTERFACE)
    set(reach INTERFACE)
  endif()
  add_library("mirage::${name}" ALIAS "mirage_${name}")
  set_target_properties("mirage_${name}" PROPERTIES EXPORT_NAME "${name}")
  target_compile_features("mirage_${name}" ${reach} cxx_std_23)
  target_include_directories("mirage_${name}" ${reach} "$<BUILD_INTERFACE:${dir}/include>"
                             "$<INSTALL_INTERFACE:include>")
  mirage_package_value("${name}" dependencies dependencies)
  mirage_libraries_of(libraries ${dependencies})
  mirage_package_value("${name}" link.libraries system)
  target_link_libraries("mirage_${name}" ${reach} ${libraries} ${system})
  add_dependencies(packages "mirage_${name}")
endfunction()

function(mirage_package_program name dir)
  mirage_package_value("${name}" executable.source main)
  mirage_package_value("${name}" executable.name program)
  if(NOT main)
    return()
  elseif(NOT EXISTS "${dir}/${main}")
    message(WARNING "the program ${program} is left out: ${dir}/${main} is not in this tree")
    return()
  endif()
  add_executable("${program}" "${dir}/${main}")
  target_link_libraries("${program}" PRIVATE "mirage::${name}")
  set_target_properties("${program}" PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  add_dependencies(program "${program}")
  add_dependencies(packages "${program}")
  install(TARGETS "${program}" RUNTIME DESTINATION bin)
endfunction()

# Each public header must stand alone: one generated source a header, which includes nothing else, where no source
# of the package shows it. What can end up in a unikernel is compiled without exceptions here, as all of it is for a
# bare target, so that both modes stay possible.
function(mirage_package_headers name dir)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${dir}/include" "${dir}/include/*.hpp")
  if(NOT headers)
    return()
  endif()
  mirage_first_includes("${dir}" shown)
  list(REMOVE_ITEM headers ${shown})
  if(NOT headers)
    return()
  endif()
  set(sources "")
  foreach(header IN LISTS headers)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/check_headers/${header}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include <${header}>\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  add_library("check_headers_${name}" OBJECT EXCLUDE_FROM_ALL ${sources})
  target_compile_options("check_headers_${name}" PRIVATE -O0 -g0)  # only whether it compiles is asked
  target_link_libraries("check_headers_${name}" PRIVATE "mirage::${name}")
  # A descriptor for the DSL may use the DSL without the package depending on it at run time.
  if(EXISTS "${dir}/include/mirage/config" AND TARGET mirage_config)
    target_link_libraries("check_headers_${name}" PRIVATE mirage::config)
  endif()
  file(RELATIVE_PATH place "${PROJECT_SOURCE_DIR}" "${dir}")
  if(NOT place MATCHES "^(config|tool)(/|$)")
    target_compile_options("check_headers_${name}" PRIVATE -fno-exceptions)
  endif()
  add_dependencies(check_headers "check_headers_${name}")
endfunction()

# The headers that a source of the package, or one of its tests, includes before anything else: they compile alone,
# as that source shows.
function(mirage_first_includes dir out)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${dir}/src/*.cpp" "${dir}/test/*_test.cpp")
  set(first "")
  foreach(source IN LISTS sources)
    file(STRINGS "${source}" line REGEX "^#include" LIMIT_COUNT 1)
    if(line MATCHES "[<\"](.*)[>\"]")
      list(APPEND first "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${out} ${first} PARENT_SCOPE)
endfunction()

# Whether everything that the tests need is built; on another target it may not be.
function(mirage_has_test_dependencies name out)
  get_property(chosen GLOBAL PROPERTY MIRAGE_chosen)
  mirage_package_value("${name}" test-dependencies others)
  set(${out} ON PARENT_SCOPE)
  foreach(other IN LISTS others)
    if(NOT other IN_LIST chosen)
      set(${out} OFF PARENT_SCOPE)
      message(STATUS "the tests of ${name} are left out: they need the package ${other}")
    endif()
  endforeach()
endfunction()

# Helpers of the tests: headers in test/ for everybody who names this package in [test-dependencies], and a
# library of the test/*.cpp that hold no tests themselves (an in-memory device, a platform on virtual time).
function(mirage_package_test_support name dir)
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/test/*.cpp")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library("mirage_test_support_${name}" STATIC ${sources})
    set(reach PUBLIC)
  else()
    add_library("mirage_test_support_${name}" INTERFACE)
    set(reach INTERFACE)
  endif()
  if(EXISTS "${dir}/test")
    target_include_directories("mirage_test_support_${name}" ${reach} "${dir}/test")
  endif()
  target_link_libraries("mirage_test_support_${name}" ${reach} "mirage::${name}" mirage_test_main)
  mirage_package_value("${name}" test-dependencies others)
  foreach(other IN LISTS others)
    target_link_libraries("mirage_test_support_${name}" ${reach} "mirage::${other}" "mirage_test_support_${other}")
  endforeach()
endfunction()

# The further arguments are those tests that stay as optimised as the libraries are.
function(mirage_package_tests name dir)
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/test/*_test.cpp")
  foreach(source IN LISTS sources)
    get_filename_component(file "${source}" NAME_WE)
    string(REGEX REPLACE "_test$" "" file "${file}")
    set(target "test_${name}_${file}")
    add_executable("${target}" "${source}")
    target_link_libraries("${target}" PRIVATE "mirage_test_support_${name}")
    if(NOT file IN_LIST ARGN)
      target_compile_options("${target}" PRIVATE ${MIRAGE_TEST_OPTIONS})
      if(MIRAGE_PRECOMPILED_GTEST)
        target_compile_options("${target}" PRIVATE "SHELL:-include-pch ${MIRAGE_PRECOMPILED_GTEST}")
        set_property(SOURCE "${source}" APPEND PROPERTY OBJECT_DEPENDS "${MIRAGE_PRECOMPILED_GTEST}")
      endif()
    endif()
    set_target_properties("${target}" PROPERTIES OUTPUT_NAME "${name}.${file}"
                          RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test")
    add_dependencies(tests "${target}")
    add_test(NAME "${name}.${file}" COMMAND "${target}" WORKING_DIRECTORY "${dir}")
    mirage_test_properties("${name}.${file}" unit)
    mirage_gtest_report("${name}.${file}")
  endforeach()
endfunction()

# What every CTest test has in common: a bound in time, and where the tree and the build lie.
function(mirage_test_properties test label)
  set_tests_properties("${test}" PROPERTIES TIMEOUT "${MIRAGE_TEST_TIMEOUT}" LABELS "${label}" SKIP_RETURN_CODE 77
    ENVIRONMENT "MIRAGE_ROOT=${PROJECT_SOURCE_DIR};MIRAGE_BUILD=${PROJECT_BINARY_DIR}")
endfunction()

# A program of GoogleTest leaves a report of its single cases, which `make test` counts.
function(mirage_gtest_report test)
  set_property(TEST "${test}" APPEND PROPERTY ENVIRONMENT
               "GTEST_OUTPUT=json:${PROJECT_BINARY_DIR}/test-reports/${test}.json")
endfunction()

# A fuzz target is built twice: as it is, and with MIRAGE_PLANTED_BUG defined, where it must find the bug that
# its source plants behind that name (`make soak` holds it to a minute).
function(mirage_package_fuzz name dir)
  if(NOT MIRAGE_SANITIZE)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${dir}/fuzz/*.cpp")
  foreach(source IN LISTS sources)
    get_filename_component(file "${source}" NAME_WE)
    foreach(variant "" "_planted")
      set(target "fuzz_${name}_${file}${variant}")
      add_executable("${target}" "${source}")
      target_link_libraries("${target}" PRIVATE "mirage::${name}")
      mirage_package_value("${name}" test-dependencies others)
      foreach(other IN LISTS others)
        target_link_libraries("${target}" PRIVATE "mirage::${other}")
      endforeach()
      target_link_options("${target}" PRIVATE -fsanitize=fuzzer)
      set_target_properties("${target}" PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
    endforeach()
    set_target_properties("fuzz_${name}_${file}" PROPERTIES OUTPUT_NAME "${name}.${file}")
    set_target_properties("fuzz_${name}_${file}_planted" PROPERTIES OUTPUT_NAME "${name}.${file}.planted"
                          EXCLUDE_FROM_ALL ON COMPILE_DEFINITIONS MIRAGE_PLANTED_BUG)
    add_dependencies(fuzzers "fuzz_${name}_${file}")
    add_dependencies(fuzzers_planted "fuzz_${name}_${file}_planted")
    # Every input that was ever worth keeping runs once with the tests.
    set(corpus "${dir}/fuzz/corpus/${file}")
    if(EXISTS "${corpus}")
      add_test(NAME "${name}.fuzz.${file}" COMMAND "fuzz_${name}_${file}" -runs=0 "${corpus}")
      mirage_test_properties("${name}.fuzz.${file}" fuzz)
    endif()
  endforeach()
endfunction()

# Headers, libraries and functions for CMake users. (The sources go along for the tool: mirage_install in house.cmake.)
function(mirage_package_install name dir)
  install(TARGETS "mirage_${name}" EXPORT mirage ARCHIVE DESTINATION lib)
  if(EXISTS "${dir}/include")
    install(DIRECTORY "${dir}/include/" DESTINATION include FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
  endif()
  # Functions for the build of an image (mirage_crunch); find_package(mirage) brings them along.
  if(EXISTS "${dir}/cmake")
    install(DIRECTORY "${dir}/cmake/" DESTINATION lib/cmake/mirage/packages FILES_MATCHING PATTERN "*.cmake")
  endif()
  if(EXISTS "${dir}/cmake")
    install(DIRECTORY "${dir}/cmake/" DESTINATION "lib/cmake/mirage/${name}" FILES_MATCHING PATTERN "*.cmake")
  endif()
endfunction()
