import { expect, test } from './support/fixtures.ts';

/** Has the page name another version of the protocol than its own when it connects. */
function nameVersion(): void {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (this: WebSocket, data) {
    const version = Reflect.get(window, 'namedVersion') as number | undefined;
    const hello = typeof data === 'string' && data.startsWith('40{') && version !== undefined;
    send.call(this, hello ? `40{"protocol":${version}}` : data);
  };
}

test.use({ beforePages: `(${nameVersion})()` });

for (const [age, version, upgrade] of [
  ['too old for the server', 0, 'client'],
  ['newer than the server', 9, 'server'],
] as const) {
  test(`a page that is ${age} says so, and which of them to update`, async ({ server, newPage }) => {
    const page = await newPage();
    await page.addInitScript(`namedVersion = ${version}`);
    await page.goto(`${server.url}/watch/${'a'.repeat(22)}`);
    await expect(page.getByTestId('scene-card')).toHaveAttribute('data-state', 'failed');
    const refused = await page.evaluate(async () => {
      const { joinRoom } = await import(new URL('/meshlift.mjs', location.href).href);
      return joinRoom({ room: 'kitchen' }).catch(({ code, upgrade }: Record<string, unknown>) => ({
        code,
        upgrade,
      }));
    });
    expect(refused).toEqual({ code: 'PROTOCOL_VERSION', upgrade });
  });
}

test('a page that the server does not serve any more when it is back ends, and does not wait for ever', async ({
  cuttable,
  newMember,
}) => {
  const member = await newMember();
  await member.join(cuttable.url, { room: 'kitchen' });
  cuttable.cut();
  await expect.poll(() => member.states()).toEqual(['reconnecting']);
  await member.page.evaluate(() => Reflect.set(window, 'namedVersion', 0));
  cuttable.mend();
  await expect.poll(() => member.states()).toEqual(['reconnecting', 'PROTOCOL_VERSION']);
});
