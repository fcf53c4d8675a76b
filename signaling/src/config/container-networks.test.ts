import { expect, it } from 'vitest';
import { leadsToContainers } from './container-networks.ts';

it.each([
  ['Docker', ['docker0', 'br-3f1c0a9e77d2', 'docker_gwbridge', 'veth1a2b3c4']],
  ['Podman', ['podman0', 'podman1', 'cni-podman0']],
  ['Kubernetes', ['cni0', 'cbr0', 'flannel.1', 'flannel-v6.1', 'cali12ab34cd56e', 'vxlan.calico', 'tunl0']],
  ['others in Kubernetes', ['cilium_host', 'lxc1a2b3c4d5e6f', 'weave', 'kube-ipvs0', 'nodelocaldns']],
  ['LXC, LXD, Incus and libvirt', ['lxcbr0', 'lxdbr0', 'incusbr0', 'virbr0']],
])('an interface of %s leads to containers', (_, names) => {
  for (const name of names) expect([name, leadsToContainers(name)]).toEqual([name, true]);
});

it('an interface to other machines does not, also when it is a bridge or a tunnel', () => {
  const names = [
    'eth0',
    'enp3s0',
    'wlan0',
    'br0',
    'br-lan',
    'bridge0',
    'vmbr0',
    'bond0',
    'eth0.10',
    'wg0',
    'tun0',
  ];
  for (const name of [...names, 'tailscale0', 'ens5', 'Ethernet', 'vEthernet (LAN)', 'lxc0', 'docker']) {
    expect([name, leadsToContainers(name)]).toEqual([name, false]);
  }
});
