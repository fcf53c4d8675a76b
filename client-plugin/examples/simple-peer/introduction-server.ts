import type { Server as HttpServer } from 'node:http';
import type { SignalData } from 'simple-peer';
import { Server, type Socket } from 'socket.io';
import * as z from 'zod/mini';
import { INTRODUCTIONS_PATH, type ToPage, type ToServer } from './introductions.ts';

const enterSchema = z.tuple([
  z.string().check(z.regex(/^[A-Za-z0-9]{1,40}$/)),
  z.string().check(z.regex(/^[\w-]{1,40}$/)),
  z.custom<(others: string[]) => void>((value) => typeof value === 'function'),
]);
/** What is in a signal is between the two pages. */
const signalSchema = z.tuple([
  z.string(),
  z.custom<SignalData>((value) => typeof value === 'object' && value !== null),
]);

/** Introduces pages in a room to each other, and hands on what they say to connect. */
export function serveIntroductions(http: HttpServer): void {
  const server = new Server<ToServer, ToPage>(http, { path: INTRODUCTIONS_PATH });
  const rooms = new Map<string, Map<string, Socket<ToServer, ToPage>>>();
  server.on('connection', (socket) => {
    let present: { room: string; id: string } | undefined;
    socket.on('enter', (...message) => {
      const entering = enterSchema.safeParse(message);
      if (present || !entering.success) return;
      const [room, id, welcome] = entering.data;
      const people = rooms.get(room) ?? new Map();
      rooms.set(room, people);
      welcome([...people.keys()].filter((other) => other !== id));
      // Who comes back may be here still, by a connection that is lost already.
      people.set(id, socket);
      present = { room, id };
    });
    socket.on('signal', (...message) => {
      const signal = signalSchema.safeParse(message);
      if (!present || !signal.success) return;
      const [to, data] = signal.data;
      rooms.get(present.room)?.get(to)?.emit('signal', present.id, data);
    });
    socket.on('disconnect', () => {
      if (!present) return;
      const { room, id } = present;
      const people = rooms.get(room);
      if (people?.get(id) === socket) people.delete(id);
      if (people?.size === 0) rooms.delete(room);
    });
  });
}
