import { spawnSync } from 'node:child_process';

let made = 0;

/** A machine of its own as far as the network goes: a namespace, joined to this one by a pair of virtual interfaces. */
export class Namespace {
  readonly #name: string;
  /** Its own address, and that of this machine as it sees it. */
  readonly address: string;
  readonly hostAddress: string;

  /** Whether there is the right to make them: usually root's. */
  static get allowed(): boolean {
    return process.getuid?.() === 0 && spawnSync('ip', ['netns', 'list']).status === 0;
  }

  /** @throws Error when there is no right to */
  static create(): Namespace {
    made += 1;
    return new Namespace(made);
  }

  private constructor(index: number) {
    // Interfaces have names of up to 15 characters.
    this.#name = `ml${process.pid.toString(36)}${index}`;
    // Carrier-grade addresses (RFC 6598), which no machine of a test has otherwise.
    const net = `100.${64 + (process.pid % 64)}.${index}`;
    this.hostAddress = `${net}.1`;
    this.address = `${net}.2`;
    ip('netns', 'add', this.#name);
    try {
      ip('link', 'add', this.#name, 'type', 'veth', 'peer', 'name', 'line', 'netns', this.#name);
      ip('addr', 'add', `${this.hostAddress}/24`, 'dev', this.#name);
      ip('link', 'set', this.#name, 'up');
      this.run('ip', 'link', 'set', 'lo', 'up');
      this.run('ip', 'addr', 'add', `${this.address}/24`, 'dev', 'line');
      this.plugIn();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** What starts a command on that machine. */
  get within(): string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** What a server there is told of its network. */
  env(natsPort: number): Record<string, string> {
    return {
      MESHLIFT_HOST: this.address,
      MESHLIFT_CLUSTER_URL: `nats://${this.hostAddress}:${natsPort}`,
      MESHLIFT_PIPE_PORTS: '20000-29999',
    };
  }

  /** Nothing passes any more, and nobody is told. */
  unplug(): void {
    this.run('ip', 'link', 'set', 'line', 'down');
  }

  plugIn(): void {
    this.run('ip', 'link', 'set', 'line', 'up');
  }

  /** Loses a part of the packets that come by pipes, from 0 to 1. */
  losePipePackets(part: number): void {
    const rule = ['-p', 'udp', '--dport', '20000:29999', '-m', 'statistic', '--mode', 'random'];
    this.run('iptables', '-F', 'INPUT');
    if (part > 0) this.run('iptables', '-A', 'INPUT', ...rule, '--probability', String(part), '-j', 'DROP');
  }

  /** Nothing passes to or from NATS any more. */
  cutOffFrom(natsPort: number): void {
    for (const [chain, port] of [
      ['INPUT', '--sport'],
      ['OUTPUT', '--dport'],
    ] as const)
      this.run('iptables', '-A', chain, '-p', 'tcp', port, String(natsPort), '-j', 'DROP');
  }

  restore(): void {
    this.run('iptables', '-F');
  }

  close(): void {
    spawnSync('ip', ['netns', 'del', this.#name]);
    spawnSync('ip', ['link', 'del', this.#name]);
  }

  run(command: string, ...args: string[]): void {
    ip('netns', 'exec', this.#name, command, ...args);
  }
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}
