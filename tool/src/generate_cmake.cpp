// SPDX-License-Identifier: ISC
// mirage/CMakeLists.txt, an ordinary CMake project: `cmake -S mirage -B somewhere -Dmirage_DIR=...` builds it
// too.
#include "generate.hpp"
#include "project.hpp"

namespace mirage::tool {
namespace {

constexpr std::string_view head = R"(cmake_minimum_required(VERSION 3.25)
project({0} LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_package(mirage REQUIRED COMPONENTS{1})
get_filename_component(MIRAGE_PROJECT "${{CMAKE_CURRENT_SOURCE_DIR}}/.." ABSOLUTE)

# The same source gives the same bytes wherever the project and the libraries lie; a compiler cache names them as they are
# seen from the build folder.
file(RELATIVE_PATH seen_project "${{CMAKE_BINARY_DIR}}" "${{MIRAGE_PROJECT}}")
string(REGEX REPLACE "/$" "" seen_project "${{seen_project}}")
file(RELATIVE_PATH seen_libraries "${{CMAKE_BINARY_DIR}}" "${{PACKAGE_PREFIX_DIR}}")
add_compile_options(-Wall -Wextra -ffunction-sections -fdata-sections
                    "-ffile-prefix-map=${{MIRAGE_PROJECT}}/=" "-ffile-prefix-map=${{seen_project}}/="
                    "-ffile-prefix-map=${{PACKAGE_PREFIX_DIR}}=mirage" "-ffile-prefix-map=${{seen_libraries}}=mirage")
if(NOT CMAKE_CROSSCOMPILING)
  add_link_options(-fuse-ld=lld -Wl,--gc-sections)
endif()

{3}
target_include_directories(image PRIVATE "${{MIRAGE_PROJECT}}")
target_link_libraries(image PRIVATE{2})
)";

constexpr std::string_view program = R"(add_executable(image main.cpp)
set_target_properties(image PROPERTIES OUTPUT_NAME "{0}" RUNTIME_OUTPUT_DIRECTORY "${{MIRAGE_PROJECT}}/dist"))";

constexpr std::string_view module = R"(add_library(image MODULE main.cpp)
set_target_properties(image PROPERTIES OUTPUT_NAME "{0}" PREFIX "" SUFFIX ""
                      LIBRARY_OUTPUT_DIRECTORY "${{MIRAGE_PROJECT}}/dist"))";

// Its sources are compiled into the image.
constexpr std::string_view library = R"(
# local_library("{0}")
file(GLOB sources CONFIGURE_DEPENDS "${{MIRAGE_PROJECT}}/{0}/*.cpp" "${{MIRAGE_PROJECT}}/{0}/src/*.cpp")
target_sources(image PRIVATE ${{sources}})
target_include_directories(image PRIVATE "${{MIRAGE_PROJECT}}/{0}" "${{MIRAGE_PROJECT}}/{0}/include")
)";

}  // namespace

std::string plan::image_path() const {
  std::string file = where.image;
  constexpr std::string_view placeholder = "@name@";
  if (const auto at = file.find(placeholder); at != file.npos) file.replace(at, placeholder.size(), name);
  return "dist/" + file;
}

std::string cmake_lists(const plan& what) {
  std::string components;
  std::string libraries;
  for (const auto& one : what.packages) {
    if (one.floor.empty()) continue;  // a library of the project
    components += " " + one.name;
    libraries += " mirage::" + one.name;
  }
  const std::string file = what.image_path().substr(std::string_view{"dist/"}.size());
  std::string text = fmt::format("# {}\n", generated_words(what.config));
  const std::string kind = what.where.module ? fmt::format(module, file) : fmt::format(program, file);
  text += fmt::format(head, what.name, components, libraries, kind);
  for (const auto& folder : local_libraries(what.image)) text += fmt::format(library, folder);
  for (const auto& device : what.image.devices) {
    if (!device.cmake.empty()) text += fmt::format("\n# {}: {}\n", device.id, device.type);
    for (const auto& line : device.cmake) text += line + "\n";
  }
  if (!what.where.finish.empty()) text += fmt::format("\n{}(image)\n", what.where.finish);
  return text;
}

}  // namespace mirage::tool
