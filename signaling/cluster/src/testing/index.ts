export { natsServerPath } from './nats-process.ts';
export { NatsServer } from './nats-server.ts';
