# SPDX-License-Identifier: ISC
# cmake -DCMARK= -DPAGE= -DOUTPUT= -DVERSION= -P to_man.cmake: a page of the manual from its Markdown.
get_filename_component(name "${PAGE}" NAME)
string(REGEX REPLACE "\\.1\\.md$" "" name "${name}")
string(TOUPPER "${name}" title)
execute_process(COMMAND "${CMARK}" --to man "${PAGE}" OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
file(WRITE "${OUTPUT}" ".TH ${title} 1 \"\" \"mirage ${VERSION}\" \"Mirage\"\n${text}")
