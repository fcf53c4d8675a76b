import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Takes a UDP port of the loopback until what it returns is called. @throws when it is in use */
export async function takeUdp(port: number): Promise<() => void> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return () => socket.close();
}

/** The same for TCP. */
export async function takeTcp(port: number): Promise<() => void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return () => server.close();
}

/**
 * The first of some ports in a row that are free on the loopback, for UDP and TCP. They are below those that the kernel
 * gives to whoever asks for none.
 */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const taken = await Promise.allSettled([takeUdp(port), takeTcp(port)]);
  for (const end of taken) if (end.status === 'fulfilled') end.value();
  return taken.every(({ status }) => status === 'fulfilled');
}
