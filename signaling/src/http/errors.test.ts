import { createLogger } from '@meshlift/telemetry';
import express from 'express';
import { expect, it, onTestFinished, vi } from 'vitest';
import { answerErrors } from './errors.ts';
import { HttpPort } from './http-port.ts';

it('a fault in the middle of an answer ends that connection, and is logged through the mask alone', async () => {
  const lines: string[] = [];
  const logger = createLogger('error', { write: (line) => lines.push(line) });
  const app = express();
  app.get('/', (_request, response) => {
    response.write('begun');
    throw new Error('lost 203.0.113.7');
  });
  app.use(answerErrors(logger));
  const port = new HttpPort({ app, logger });
  onTestFinished(() => port.close());
  const printed = vi.spyOn(console, 'error');
  onTestFinished(() => printed.mockRestore());

  const url = `http://127.0.0.1:${await port.listen({ port: 0, host: '127.0.0.1', variable: 'NONE' })}`;
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  expect(printed).not.toHaveBeenCalled();
  expect(lines).toEqual([expect.stringContaining('request failed')]);
  expect(lines[0]).not.toContain('203.0.113.7');
});
