What looks names up: the host's resolver where the host's stack is, DNS on our own stack, and what is asked for.

  $ cat > config.cpp <<'END'
  > // config.cpp: needs mirage >= 1.0
  > #include <mirage/config.hpp>
  > using namespace mirage::config;
  > int main(int argc, char** argv) {
  >   auto look_up = unikernel<resolver>("look_up", "look_up.hpp");
  >   return configure(argc, argv, "names", look_up(generic_resolver(generic_stack(default_network))));
  > }
  > END
  $ touch look_up.hpp
  $ looks_up() { mirage query devices "$@" | grep ' resolver '; }
  $ looks_up
  resolver_0 resolver mirage::system_resolver
  $ looks_up --net=direct
  dns_client_0 resolver mirage::dns_client<stack_0>
  $ looks_up --names=dns
  dns_client_0 resolver mirage::dns_client<stack_0>
  $ looks_up --net=direct --names=system
  resolver_0 resolver mirage::system_resolver
  $ looks_up -t virtio
  dns_client_0 resolver mirage::dns_client<stack_0>
  $ looks_up -t spt --dhcp
  dns_client_0 resolver mirage::dns_client<dhcp_0>
  $ looks_up -t virtio --names=literal
  resolver_0 resolver mirage::literal_names
  $ mirage query keys --net=direct | grep names
  --names=dns (dns|system|literal) How names are looked up
