import { expect, expectAllToMeet, type Guest, test } from './support/examples.ts';

const room = 'kitchen';

/** They join an example's room, which finds the server, and meet. The first one is the host. */
async function gather(example: string, server: string, newGuest: () => Promise<Guest>, count: number) {
  const guests: Guest[] = [];
  for (let index = 0; index < count; index += 1) {
    const guest = await newGuest();
    await guest.join(example, room, server);
    await guest.run(({ lift }) => lift.ready);
    guests.push(guest);
  }
  await expectAllToMeet(guests);
  return guests;
}

const labels = (guests: Guest[]) =>
  Promise.all(guests.map(({ page }) => page.getByTestId('mode-label').getAttribute('data-mode')));

for (const path of ['peerjs', 'simple-peer']) {
  test(`a room over ${path} moves to the relay by its own button, and back`, async ({
    server,
    examples,
    newGuest,
  }) => {
    // Three people meet five times over.
    test.setTimeout(180_000);
    const guests = await gather(`${examples}/${path}/`, server.url, newGuest, 3);
    const [ada, bob, eve] = guests;
    if (!ada || !bob || !eve) throw new Error('three people');
    await expect(bob.page.getByTestId('mode-toggle')).toBeHidden();
    const negotiations = await Promise.all(guests.map((guest) => guest.run(({ mesh }) => mesh.peers.size)));

    for (let round = 0; round < 2; round += 1) {
      await ada.page.getByTestId('mode-toggle').click();
      await expect.poll(() => labels(guests)).toEqual(['sfu', 'sfu', 'sfu']);
      await expect(bob.page.getByTestId('mode-label')).toContainText('can see and hear');
      expect(await server.metric('meshlift_sessions')).toEqual([3, 3]);
      await expectAllToMeet(guests);
      // The application's own connections carry nothing meanwhile, and stay.
      for (const guest of guests) expect(await guest.run(({ mesh }) => mesh.held)).toBe(true);
      expect(await Promise.all(guests.map((guest) => guest.run(({ mesh }) => mesh.peers.size)))).toEqual(
        negotiations,
      );

      await ada.page.getByTestId('mode-toggle').click();
      await expect.poll(() => labels(guests)).toEqual(['mesh', 'mesh', 'mesh']);
      await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
      await expectAllToMeet(guests);
    }
  });

  test(`over ${path}: somebody comes while the room is on the relay, and the relay dies`, async ({
    server,
    examples,
    newGuest,
  }) => {
    const guests = await gather(`${examples}/${path}/`, server.url, newGuest, 2);
    await guests[0]?.page.getByTestId('mode-toggle').click();
    await expect.poll(() => labels(guests)).toEqual(['sfu', 'sfu']);
    const eve = await newGuest();
    await eve.join(`${examples}/${path}/`, room, server.url);
    guests.push(eve);
    await expect.poll(() => labels(guests)).toEqual(['sfu', 'sfu', 'sfu']);
    await expectAllToMeet(guests);

    for (const pid of await server.workerPids()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => labels(guests)).toEqual(['mesh', 'mesh', 'mesh']);
    await expectAllToMeet(guests);
  });
}
