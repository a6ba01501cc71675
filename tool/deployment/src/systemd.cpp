// SPDX-License-Identifier: ISC
// A unit of systemd that starts the image by its script (systemd.service(5), systemd.unit(5)).
#include <fmt/format.h>

#include "writers.hpp"

namespace mirage::deployment {

namespace {

constexpr std::string_view unit = R"(# {generated}
# To install it: systemctl enable --now {file}
# Boot arguments: a line ARGUMENTS=... in /etc/default/{name}
[Unit]
Description={name}, a unikernel
After=network.target

[Service]
EnvironmentFile=-/etc/default/{name}
ExecStart={script} $ARGUMENTS
{status}Restart=on-failure
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
)";

// One word of a command line there; in other settings only the percent sign means something.
std::string word(std::string_view text) {
  std::string out;
  for (const char character : text) {
    if (character == '"' || character == '\\') out += '\\';
    if (character == '$' || character == '%') out += character;
    out += character;
  }
  return out.find_first_of(" \t'\"\\;") == out.npos ? out : "\"" + out + "\"";
}

}  // namespace

launch_file systemd_unit(const machine& what, const std::string& script) {
  const std::string path = fmt::format("dist/{}.service", what.image.name);
  // QEMU's device for the end of a test, which brings the status, has no way to say 0.
  const bool in_qemu = script.ends_with(".qemu.sh");
  return {
      .path = path,
      .text = fmt::format(unit, fmt::arg("generated", what.generated), fmt::arg("file", path_of(what, path)),
                          fmt::arg("name", what.image.name), fmt::arg("script", word(path_of(what, script))),
                          fmt::arg("status", in_qemu ? "SuccessExitStatus=255\n" : ""))};
}

}  // namespace mirage::deployment
