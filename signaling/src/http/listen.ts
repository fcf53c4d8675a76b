import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Opens a TCP port.
 *
 * @param variable the configuration variable to name when the port cannot be had
 * @returns the port, which matters when 0 was asked for
 * @throws Error that says which port is in use, or why it cannot be opened
 */
export function listen(
  server: Server,
  { port, host, variable }: { port: number; host: string | undefined; variable: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
      reject(
        new Error(`Port ${port} cannot be opened: ${reason}. Set ${variable} to another one.`, {
          cause: error,
        }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Closes a server without waiting for idle connections. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
