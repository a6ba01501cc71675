// SPDX-License-Identifier: ISC
// An OCI image layout (image-spec 1.0) with one layer, which holds the image, and what urunc wants to know:
// as annotations, and as urunc.json, because not every container runtime passes annotations on.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "mirage/deployment/launch_files.hpp"
#include "writers.hpp"

namespace mirage::deployment {

namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view inside = "unikernel/";  // the folder in the container

// POSIX.1-1988 (ustar), whose times are all 0, so that the same image has the same digest.
class tar {
 public:
  void add_folder(std::string_view path) { add_header(path, 0, '5', 0755); }
  void add_file(std::string_view path, std::string_view content) {
    add_header(path, content.size(), '0', 0644);
    bytes_ += content;
    bytes_.append((block - content.size() % block) % block, '\0');
  }
  std::string finish() && {
    bytes_.append(2 * block, '\0');
    return std::move(bytes_);
  }

 private:
  static constexpr std::size_t block = 512;

  void add_header(std::string_view path, std::size_t size, char type, unsigned mode) {
    std::array<char, block> header{};
    const auto put = [&header](std::size_t at, std::string_view text) {
      text.copy(header.data() + at, text.size());
    };
    put(0, path.substr(0, 100));
    put(100, fmt::format("{:07o}", mode));
    put(108, "0000000");  // user
    put(116, "0000000");  // group
    put(124, fmt::format("{:011o}", size));
    put(136, "00000000000");  // time
    put(148, "        ");     // the checksum, as it counts itself
    header[156] = type;
    put(257, std::string_view("ustar\0"
                              "00",
                              8));
    unsigned sum = 0;
    for (const char each : header) sum += static_cast<unsigned char>(each);
    put(148, fmt::format("{:06o}", sum));
    header[154] = '\0';
    bytes_.append(header.data(), header.size());
  }

  std::string bytes_;
};

std::string base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::string_view three = text.substr(at, 3);
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8U | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= three.size() ? digits[bits >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

json annotations_of(const image_manifest& image, const std::string& file) {
  json all{{"com.urunc.unikernel.unikernelType", "mirage"},
           {"com.urunc.unikernel.hypervisor", image.target},
           {"com.urunc.unikernel.binary", "/" + file}};
  for (const auto& each : image.devices) {
    if (each.kind != "block") continue;
    all["com.urunc.unikernel.block"] = fmt::format("/{}{}.img", inside, each.name);
    all["com.urunc.unikernel.blkMntPoint"] = "/" + each.name;  // must be given, and says nothing to the image
  }
  return all;
}

// Files of a layout under the digest of their content.
class blobs {
 public:
  explicit blobs(std::string (*sha256)(std::string_view)) : sha256_(sha256) {}

  json add(const std::string& content, std::string_view type) {
    const std::string digest = sha256_(content);
    files["blobs/sha256/" + digest] = content;
    return {{"mediaType", type}, {"digest", "sha256:" + digest}, {"size", content.size()}};
  }

  std::map<std::string, std::string> files;

 private:
  std::string (*sha256_)(std::string_view);
};

}  // namespace

bool fits_urunc(const image_manifest& image) {
  unsigned networks = 0;
  unsigned disks = 0;
  for (const auto& each : image.devices) {
    if (each.kind == "network" && each.name == "service")
      ++networks;
    else if (each.kind == "block" && each.name == "storage")
      ++disks;
    else
      return false;
  }
  return networks <= 1 && disks <= 1;
}

std::map<std::string, std::string> image_layout(const image_manifest& image, std::string_view content,
                                                std::string (*sha256)(std::string_view)) {
  const std::string file = std::string(inside) + image.image.substr(image.image.rfind('/') + 1);
  const json annotations = annotations_of(image, file);
  json encoded;
  for (const auto& [name, value] : annotations.items()) encoded[name] = base64(value.get<std::string>());

  tar layer;
  layer.add_folder(inside);
  layer.add_file(file, content);
  layer.add_file("urunc.json", encoded.dump(2) + "\n");

  blobs made(sha256);
  const json layer_facts = made.add(std::move(layer).finish(), "application/vnd.oci.image.layer.v1.tar");
  // A runtime starts nothing that has no command; this one is the boot arguments.
  const json config{{"architecture", "amd64"},
                    {"os", "linux"},
                    {"config", {{"Cmd", json::array({placeholder_argument})}}},
                    {"rootfs", {{"type", "layers"}, {"diff_ids", json::array({layer_facts["digest"]})}}}};
  const json config_facts = made.add(config.dump(), "application/vnd.oci.image.config.v1+json");
  constexpr std::string_view manifest_type = "application/vnd.oci.image.manifest.v1+json";
  const json manifest{{"schemaVersion", 2},
                      {"mediaType", manifest_type},
                      {"config", config_facts},
                      {"layers", json::array({layer_facts})},
                      {"annotations", annotations}};
  json manifest_facts = made.add(manifest.dump(2), manifest_type);
  manifest_facts["platform"] = {{"architecture", "amd64"}, {"os", "linux"}};
  manifest_facts["annotations"] = {{"org.opencontainers.image.ref.name", "latest"}};
  made.files["index.json"] =
      json{{"schemaVersion", 2}, {"manifests", json::array({manifest_facts})}}.dump(2) + "\n";
  made.files["oci-layout"] = "{\"imageLayoutVersion\": \"1.0.0\"}\n";
  return std::move(made.files);
}

}  // namespace mirage::deployment
