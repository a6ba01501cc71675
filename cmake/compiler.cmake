# SPDX-License-Identifier: ISC
# The one dialect and the one set of warnings of the project; they apply to everything below the top folder and
# are never exported to users.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

find_program(MIRAGE_CCACHE ccache)
if(MIRAGE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # With the first two variables a second checkout, wherever it lies, finds what the first has compiled; with the third
  # what is compiled with a precompiled header is kept too; with the fourth a source is not preprocessed once for ccache
  # and once for the compiler.
  set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1 "${MIRAGE_CCACHE}")
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Werror
                    -ffunction-sections -fdata-sections)
# The same source gives the same bytes wherever it lies (and ccache shares objects between build folders). The
# last option that matches wins, and the build folder often lies inside the tree. ccache hands over relative paths.
file(RELATIVE_PATH MIRAGE_SOURCES_FROM_BUILD "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
string(REGEX REPLACE "/$" "" MIRAGE_SOURCES_FROM_BUILD "${MIRAGE_SOURCES_FROM_BUILD}")
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "-ffile-prefix-map=${PROJECT_BINARY_DIR}=."
                    "-ffile-prefix-map=${MIRAGE_SOURCES_FROM_BUILD}=.")
if(NOT MIRAGE_EXCEPTIONS)
  add_compile_options(-fno-exceptions)
endif()

if(NOT CMAKE_CROSSCOMPILING)
  add_compile_options(-stdlib=libstdc++)
  add_link_options(-stdlib=libstdc++ -fuse-ld=lld -Wl,--gc-sections)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug" OR MIRAGE_SANITIZE)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(MIRAGE_SANITIZE)
  # One sanitized build serves the tests and the fuzz targets: coverage is instrumented everywhere, and only the
  # fuzz programs link libFuzzer.
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_options(${sanitize} -fsanitize=fuzzer-no-link)
  add_link_options(${sanitize})
endif()
