export { NatsServer, natsServerPath } from './nats-server.ts';
