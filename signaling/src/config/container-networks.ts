/**
 * Names of interfaces that lead to containers and virtual machines on this very machine, as what makes them names
 * them. They have addresses that mean another machine anywhere else, such as `172.17.0.1`.
 *
 * A bridge that somebody has made for the network outside (`br0`, `br-lan`) is none of them.
 */
const NAMES = [
  // Docker: the default bridge, those of other networks by their ID, that of a swarm.
  /^docker\d+$/,
  /^br-[0-9a-f]{12}$/,
  /^docker_gwbridge$/,
  // The near end of a container's cable, of any engine.
  /^veth/,
  // Podman, and the bridges of CNI plugins, which are Kubernetes' too.
  /^podman\d+$/,
  /^(?:cni|cbr|cni-podman)\d+$/,
  // Networks of Kubernetes: between nodes they carry packets of containers alone.
  /^flannel/,
  /^(?:cali|vxlan\.calico|tunl\d)/,
  /^(?:cilium_|lxc[0-9a-f]{6})/,
  /^(?:weave$|vethwe)/,
  /^(?:kube-|nodelocaldns$)/,
  // LXC, LXD, Incus, libvirt.
  /^(?:lxc|lxd|incus|vir)br\d+$/,
];

/** Whether an interface leads to containers or virtual machines of this machine and not to other machines. */
export const leadsToContainers = (name: string): boolean => NAMES.some((pattern) => pattern.test(name));
