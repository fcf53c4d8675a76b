// A node in a process of its own that owns one stream: node owner-process.ts PORT KEY NAME. It says on standard output
// what becomes of it, and answers requests to "owner" with whether it still owns the stream.
import { Directory } from '../directory.ts';
import { parseClusterUrl } from '../nats-address.ts';
import { NatsBus } from '../nats-bus.ts';
import { NatsLink } from '../nats-link.ts';
import { NatsStore } from '../nats-store.ts';
import { Seal } from '../seal.ts';
import { nodeRecord } from './test-node.ts';

const [, , port = '', key = '', name = ''] = process.argv;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const log = { error: (error: Error) => say(`error ${error.message}`), warn: say, info: say };
const address = parseClusterUrl(`nats://127.0.0.1:${port}`);
if (!address) throw new Error('no address');
const link = await NatsLink.create({ address, log });
const seal = new Seal([Buffer.from(key, 'hex')]);
const bus = new NatsBus({ link, seal, log });
const store = await NatsStore.create({ link, seal, log });
const directory = await Directory.create({ store, bus, log, node: nodeRecord({ id: 'owner-process' }) });
directory.onLost(() => say('lost'));
await directory.claim('streams', name, {});
const owned = () => (directory.holds('streams', name) ? 'owned' : 'lost');
bus.serve(
  'owner',
  directory.guard(() => {
    say(`answers ${owned()}`);
    return owned();
  }),
);
await bus.flush();
say('claimed');
