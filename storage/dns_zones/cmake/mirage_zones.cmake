# SPDX-License-Identifier: ISC
# mirage_zones(TARGET NAME FOLDER): puts the zones whose master files are in FOLDER into TARGET, made, as the only value of the
# store `generated::NAME` of the header NAME.hpp (storage/dns_zones). A relative FOLDER is one of the project (MIRAGE_PROJECT)
# or of the current source folder. They are made again when a file changes, comes or goes.

include_guard(GLOBAL)

function(mirage_zones target name folder)
  mirage_folder_of_project(folder)
  mirage_host_program(mirage-zones program depends)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/zones/${name}")
  file(MAKE_DIRECTORY "${output}")
  add_custom_command(OUTPUT "${output}/zones" COMMAND "${program}" --depfile "${output}.d" "${folder}" "${output}/zones"
                     DEPENDS "${depends}" DEPFILE "${output}.d" VERBATIM COMMENT "Making the zones of ${name}")
  mirage_crunch("${target}" "${name}" "${output}" PLAIN DEPENDS "${output}/zones")
endfunction()
