import { privacyPolicySchema } from '@meshlift/protocol';
import { expect, it } from 'vitest';
import { TestServer } from '../testing/test-server.ts';

it('J2 V13: answers with what is in force in the server that runs', async () => {
  const server = await TestServer.start({
    graceSeconds: 9,
    operatorName: 'The Example Society',
    iceServers: [{ urls: 'turn:turn.example.org', username: 'u', credential: 'hunter2' }],
  });
  const response = await server.call('GET', '/privacy.json');
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const body = await response.text();
  expect(body).not.toContain('hunter2');
  const { operator, sections } = privacyPolicySchema.parse(JSON.parse(body));
  expect(operator).toEqual({ name: 'The Example Society' });
  const entries = sections.flatMap((section) => section.entries);
  const find = (id: string) => entries.find((entry) => entry.id === id);
  expect(find('streams')?.howLong).toContain('9 seconds');
  expect(find('other-hosts')?.items).toMatchObject([{ name: 'turn.example.org' }]);
  // The level of the logger that runs, which is not the one that the configuration has.
  expect(find('log')?.what).toContain('"debug"');
});

it.each(['/privacy', '/privacy.json'])('V5: %s takes GET and HEAD, and sets no cookie', async (path) => {
  const server = await TestServer.start();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const { status, headers } = await server.call(method, path);
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  }
  for (const method of ['GET', 'HEAD']) {
    const { status, headers } = await server.call(method, path);
    expect(status).toBe(200);
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  }
});
