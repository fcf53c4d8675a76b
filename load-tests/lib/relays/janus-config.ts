import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface InstalledJanus {
  /** Its path. */
  program: string;
  /** The folder whose folders `plugins`, `transports`, `events` and `loggers` hold its modules. */
  modules: string;
}

/** As Debian and Ubuntu install it. */
export function findJanus(): InstalledJanus | undefined {
  const [program] = globSync('/usr/bin/janus');
  const [plugins] = globSync('/usr/lib/*/janus/plugins');
  return program && plugins ? { program, modules: dirname(plugins) } : undefined;
}

/** As it says of itself, such as `1.1.2`; it tells before it complains that it was asked. */
export function janusVersion({ program }: InstalledJanus): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return /^Janus version: .*\((\S+)\)/m.exec(stdout)?.[1] ?? 'of an unknown version';
}

export interface JanusSettings {
  /** Where it listens for its API and for RTP. */
  loopback: string;
  /** The one that viewers are told; not of the loopback, which it does not use for ICE. */
  address: string;
  mountpoint: number;
  ports: { api: number; rtp: number; rtcp: number };
  /** Threads for all viewers together; 0, as Janus comes, is one for each of them. */
  eventLoops: number;
}

/**
 * Writes a configuration of Janus that does nothing but this load, and that as cheaply as it can:
 *
 * - no module but the streaming plugin and HTTP: viewers need the API only to come in, and hold no connection
 * - ICE-lite, as mediasoup: no checks of its own
 * - one event loop in place of the default, a thread for each viewer: held to one core, threads only take turns.
 *   With 200 viewers it forwards about twice as much in a second of CPU as by default
 * - no session timeout: no long polls, which would cost it and say nothing
 * - errors alone are logged; no events, no reports of missing media
 * - the queue for retransmissions as it is by default: mediasoup keeps one as well
 *
 * @param folder where it may write, for `--configs-folder`
 */
export function writeJanusConfig(
  folder: string,
  { modules }: InstalledJanus,
  { loopback, address, mountpoint, ports, eventLoops }: JanusSettings,
): void {
  const others = (kind: string, used?: string) =>
    readdirSync(join(modules, kind))
      .filter((name) => name.endsWith('.so') && name !== used)
      .join(',');
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    'janus.transport.http.jcfg',
    `general: {
  events = false
  base_path = "/janus"
  http = true
  ip = "${loopback}"
  port = ${ports.api}
  https = false
}
admin: {
  admin_http = false
  admin_https = false
}
`,
  );
  write(
    'janus.plugin.streaming.jcfg',
    `general: {
  events = false
}
picture: {
  type = "rtp"
  id = ${mountpoint}
  audio = false
  video = true
  videoiface = "${loopback}"
  videoport = ${ports.rtp}
  videortcpport = ${ports.rtcp}
  videopt = 96
  videocodec = "vp8"
}
`,
  );
  write(
    'janus.jcfg',
    `general: {
  plugins_folder = "${join(modules, 'plugins')}"
  transports_folder = "${join(modules, 'transports')}"
  events_folder = "${join(modules, 'events')}"
  loggers_folder = "${join(modules, 'loggers')}"
  debug_level = 2
  debug_colors = false
  session_timeout = 0
  event_loops = ${eventLoops}
}
media: {
  ipv6 = false
  no_media_timer = 0
}
nat: {
  ice_lite = true
  ice_enforce_list = "${address}"
}
plugins: {
  disable = "${others('plugins', 'libjanus_streaming.so')}"
}
transports: {
  disable = "${others('transports', 'libjanus_http.so')}"
}
loggers: {
  disable = "${others('loggers')}"
}
events: {
  broadcast = false
}
`,
  );
}
