import { connect } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';
import { freePort, NatsProcess, type NatsProcessOptions } from './nats-process.ts';

type AtEnd = (end: () => Promise<void>) => void;

/** A NATS server that ends with the test, and its store too. */
export class NatsServer extends NatsProcess {
  static async start({
    atEnd = onTestFinished,
    ...options
  }: NatsProcessOptions & { atEnd?: AtEnd } = {}): Promise<NatsServer> {
    const server = new NatsServer(await freePort(), options);
    atEnd(() => server.end());
    await server.start();
    return server;
  }

  /** Three servers that replicate what they store; each is a process of its own. */
  static async startCluster(atEnd: AtEnd = onTestFinished): Promise<NatsServer[]> {
    const routes = await Promise.all([freePort(), freePort(), freePort()]);
    const urls = routes.map((port) => `nats://127.0.0.1:${port}`);
    const servers = urls.map(async (url, i) => {
      const args = ['--cluster_name', 'meshlift', '--cluster', url, '--routes', urls.join()];
      return NatsServer.start({ args, name: `nats-${i}`, atEnd });
    });
    return await Promise.all(servers);
  }

  /** Everything it carries, as somebody sees it who reads its traffic. */
  async overhear(): Promise<{ text(): string }> {
    const connection = await connect({ servers: [`127.0.0.1:${this.port}`] });
    onTestFinished(() => connection.close());
    let heard = '';
    connection.subscribe('>', {
      callback: (_error, { subject, data, headers }) => {
        heard += `${subject} ${headers ?? ''} ${Buffer.from(data).toString('latin1')}\n`;
      },
    });
    await connection.flush();
    return { text: () => heard };
  }
}
