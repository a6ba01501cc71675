# SPDX-License-Identifier: ISC
# mirage_benchmark(NAME PACKAGES core unix ... [SOURCES a.cpp ...] [LIBRARIES ...] [HELPER]): the benchmark program
# bench/AREA/NAME of the build folder, from NAME.cpp where no SOURCES are given. What it prints is settled in
# bench/README.md. With HELPER it is no benchmark but used by one, and lies in bench/AREA/helpers. Call it from
# bench/AREA/CMakeLists.txt; a benchmark whose packages are not built is left out.
include_guard(GLOBAL)

function(mirage_benchmark name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "HELPER" "" "PACKAGES;SOURCES;LIBRARIES")
  foreach(package IN LISTS arg_PACKAGES)
    if(NOT TARGET "mirage_${package}")
      message(STATUS "benchmark ${name} is left out: it needs the package ${package}")
      return()
    endif()
  endforeach()
  if(NOT arg_SOURCES)
    set(arg_SOURCES "${name}.cpp")
  endif()
  file(RELATIVE_PATH place "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  set(folder "${PROJECT_BINARY_DIR}/${place}")
  if(arg_HELPER)
    string(APPEND folder "/helpers")
  endif()
  string(REPLACE "/" "_" target "${place}_${name}")
  add_executable("${target}" EXCLUDE_FROM_ALL ${arg_SOURCES})
  mirage_use_precompiled("${target}" standard)
  mirage_libraries_of(libraries ${arg_PACKAGES})
  target_link_libraries("${target}" PRIVATE ${libraries} ${arg_LIBRARIES})
  set_target_properties("${target}" PROPERTIES OUTPUT_NAME "${name}"
                        RUNTIME_OUTPUT_DIRECTORY "${folder}")
  add_dependencies(benchmarks "${target}")
endfunction()
