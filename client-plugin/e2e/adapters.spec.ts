import { expect, expectAllToMeet, type Guest, test } from './support/examples.ts';

const room = 'kitchen';

for (const path of ['peerjs', 'simple-peer']) {
  test.describe(path, () => {
    const joined = async (examples: string, guests: Guest[]) => {
      for (const guest of guests) await guest.join(`${examples}/${path}/`, room);
    };

    test('two meet; one holds, and sends nothing until released, without any negotiation', async ({
      examples,
      newGuest,
    }) => {
      const [ada, bob] = [await newGuest(), await newGuest()];
      await joined(examples, [ada, bob]);
      await expectAllToMeet([ada, bob]);
      for (const testId of ['mode-label', 'mode-toggle']) {
        await expect(ada.page.getByTestId(testId)).toBeHidden();
      }
      const negotiations = [await ada.negotiations(), await bob.negotiations()];

      for (let round = 0; round < 2; round += 1) {
        await ada.hold(true);
        await ada.sendsNothing();
        const stands = await bob.count(ada);
        await ada.drawsFrames(10);
        expect(await bob.count(ada)).toBe(stands);
        await expect.poll(() => bob.hears(ada)).toBeLessThan(10);
        // The other side goes on.
        await ada.sees(bob);

        await ada.hold(false);
        await bob.sees(ada);
        await expect.poll(() => bob.hears(ada)).toBeGreaterThan(10);
      }
      expect([await ada.negotiations(), await bob.negotiations()]).toEqual(negotiations);
    });

    test('who holds and releases in quick succession ends as said last', async ({ examples, newGuest }) => {
      const [ada, bob] = [await newGuest(), await newGuest()];
      await joined(examples, [ada, bob]);
      await bob.meets(ada);
      await bob.sees(ada);
      await ada.run(async ({ mesh }) => {
        await Promise.all([mesh.hold(true), mesh.hold(false), mesh.hold(true)]);
      });
      await ada.sendsNothing();
      await ada.run(async ({ mesh }) => {
        await Promise.all([mesh.hold(false), mesh.hold(true), mesh.hold(false)]);
      });
      await bob.sees(ada);
    });

    test('three meet, the last one while the others hold, and gets nothing before they release', async ({
      examples,
      newGuest,
    }) => {
      const [ada, bob, eve] = [await newGuest(), await newGuest(), await newGuest()];
      await joined(examples, [ada, bob]);
      await expectAllToMeet([ada, bob]);
      await Promise.all([ada.hold(true), bob.hold(true)]);

      await joined(examples, [eve]);
      for (const guest of [ada, bob]) {
        await guest.meets(...[ada, bob, eve].filter((other) => other !== guest));
        await guest.sees(eve);
        await guest.sendsNothing();
      }
      await eve.meets(ada, bob);
      expect(await eve.framesReceived()).toBe(0);
      const tracks = () =>
        eve.run(({ mesh }) => [...mesh.peers.values()].map((stream) => stream.getTracks().length));
      expect(await tracks()).toEqual([2, 2]);

      const negotiations = await Promise.all([ada, bob, eve].map((guest) => guest.negotiations()));
      await Promise.all([ada.hold(false), bob.hold(false)]);
      await expectAllToMeet([ada, bob, eve]);
      expect(await Promise.all([ada, bob, eve].map((guest) => guest.negotiations()))).toEqual(negotiations);
    });

    test('who leaves is no peer any more, and the others are told', async ({ examples, newGuest }) => {
      const [ada, bob, eve] = [await newGuest(), await newGuest(), await newGuest()];
      await joined(examples, [ada, bob, eve]);
      await expectAllToMeet([ada, bob, eve]);
      await ada.page.evaluate(() => {
        const { mesh } = window.example;
        const seen: number[] = [];
        Object.assign(window, { seen });
        mesh.onChange(() => seen.push(mesh.peers.size));
        const end = mesh.onChange(() => seen.push(-1));
        end();
      });
      await bob.page.getByRole('button', { name: 'Leave' }).click();
      for (const [guest, other] of [
        [ada, eve],
        [eve, ada],
      ] as const) {
        await guest.meets(other);
        await expect(guest.page.getByTestId('remote-tile')).toHaveCount(1);
        await guest.sees(other);
      }
      expect(await ada.page.evaluate(() => Reflect.get(window, 'seen'))).toEqual([1]);
      // A page that is gone as a whole says goodbye as well.
      await eve.page.goto('about:blank');
      await ada.meets();
    });

    test('another picture and sound are sent in place of the first, at once or when released', async ({
      examples,
      newGuest,
    }) => {
      const [ada, bob] = [await newGuest(), await newGuest()];
      await joined(examples, [ada, bob]);
      await expectAllToMeet([ada, bob]);
      const negotiations = [await ada.negotiations(), await bob.negotiations()];
      const sendCountsFrom = (first: number) =>
        ada.page.evaluate((first) => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
          const context = canvas.getContext('2d');
          let count = first;
          setInterval(() => context && window.probe.draw(context, count++), 1_000 / 30);
          const [sound] = window.example.mesh.localStream?.getAudioTracks() ?? [];
          const tracks = [...canvas.captureStream().getTracks(), ...(sound ? [sound] : [])];
          return window.example.mesh.send(new MediaStream(tracks));
        }, first);

      await sendCountsFrom(20_000);
      await expect.poll(() => bob.count(ada)).toBeGreaterThan(20_000);
      await ada.hold(true);
      await ada.sendsNothing();
      await sendCountsFrom(40_000);
      await ada.sendsNothing();
      expect(await bob.count(ada)).toBeLessThan(40_000);
      await ada.hold(false);
      await expect.poll(() => bob.count(ada)).toBeGreaterThan(40_000);
      await bob.sees(ada);
      await expect.poll(() => bob.hears(ada)).toBeGreaterThan(10);
      expect([await ada.negotiations(), await bob.negotiations()]).toEqual(negotiations);
    });

    test('the receiver of a track tells how it plays', async ({ examples, newGuest }) => {
      const [ada, bob] = [await newGuest(), await newGuest()];
      await joined(examples, [ada, bob]);
      await bob.meets(ada);
      await bob.sees(ada);
      const decoded = await bob.run(async ({ mesh }) => {
        const [track] = [...mesh.peers.values()][0]?.getVideoTracks() ?? [];
        const stats = track && (await mesh.receiverOf(track)?.getStats());
        return [...(stats?.values() ?? [])].map((stat) => stat.framesDecoded).find(Number);
      });
      expect(decoded).toBeGreaterThan(0);
      const own = await bob.run(({ mesh }) => {
        const [track] = mesh.localStream?.getTracks() ?? [];
        return track && mesh.receiverOf(track);
      });
      expect(own).toBeUndefined();
    });
  });
}
