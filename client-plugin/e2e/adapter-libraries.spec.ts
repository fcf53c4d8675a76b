import { expect, expectAllToMeet, test } from './support/examples.ts';

const room = 'kitchen';

test('a PeerJS peer that calls twice is one peer, and its later call is the one that counts', async ({
  examples,
  newGuest,
}) => {
  const [ada, bob] = [await newGuest(), await newGuest()];
  for (const guest of [ada, bob]) await guest.join(`${examples}/peerjs/`, room);
  await expectAllToMeet([ada, bob]);
  const streamIds = () => bob.run(({ mesh }) => [...mesh.peers.values()].map(({ id }) => id));
  const videoIds = () =>
    bob.run(({ mesh }) => [...mesh.peers.values()].map((stream) => stream.getVideoTracks()[0]?.id));
  const [streams, videos] = [await streamIds(), await videoIds()];
  await ada.hold(true);
  await ada.run((example) => {
    const { mesh } = example;
    const [other] = mesh.peers.keys();
    if (example.library === 'PeerJS' && other && mesh.localStream) {
      example.mesh.add(example.peer.call(other, mesh.localStream));
    }
  });
  await expect.poll(videoIds).not.toEqual(videos);
  // Neither of the two calls carries anything before both do.
  await ada.sendsNothing();
  await ada.hold(false);
  await bob.sees(ada);
  await bob.meets(ada);
  expect(await streamIds()).toEqual(streams);

  // The later call ends, and the first one goes on.
  await ada.page.evaluate(() => window.probe.connections.at(-1)?.close());
  await expect.poll(videoIds).toEqual(videos);
  await ada.meets(bob);
  await ada.sees(bob);
});

test('tracks that are added to simple-peer later come through, when released if they are held', async ({
  examples,
  newGuest,
}) => {
  const [ada, bob] = [await newGuest(), await newGuest()];
  for (const guest of [ada, bob]) await guest.join(`${examples}/simple-peer/`, room);
  await expectAllToMeet([ada, bob]);
  const videoTracks = () =>
    bob.run(({ mesh }) => [...mesh.peers.values()].map((stream) => stream.getVideoTracks().length));
  const addPicture = (alsoToLocalStream: boolean) =>
    ada.page.evaluate(async (alsoToLocalStream) => {
      const { example } = window;
      const { localStream } = example.mesh;
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
      const context = canvas.getContext('2d');
      let count = 0;
      setInterval(() => context && window.probe.draw(context, count++), 1_000 / 30);
      const stream = canvas.captureStream();
      const [track] = stream.getVideoTracks();
      if (example.library !== 'simple-peer' || !localStream || !track) return;
      const into = alsoToLocalStream ? localStream : stream;
      if (alsoToLocalStream) localStream.addTrack(track);
      for (const peer of example.peers.values()) peer.addTrack(track, into);
    }, alsoToLocalStream);
  await ada.hold(true);
  await addPicture(true);
  await expect.poll(videoTracks).toEqual([2]);
  await ada.sendsNothing();
  await ada.hold(false);
  const frames = () =>
    bob.run(async ({ mesh }) => {
      const tracks = [...mesh.peers.values()][0]?.getVideoTracks() ?? [];
      return Promise.all(
        tracks.map(async (track) => {
          const stats = await mesh.receiverOf(track)?.getStats();
          return [...(stats?.values() ?? [])].map((stat) => stat.framesDecoded).find(Number) ?? 0;
        }),
      );
    });
  await expect.poll(async () => Math.min(...(await frames()))).toBeGreaterThan(0);

  // A stream of its own, such as a screen, is none of the mesh's that is held.
  await ada.hold(true);
  await ada.sendsNothing();
  await addPicture(false);
  await expect.poll(videoTracks).toEqual([3]);
  await expect.poll(async () => (await frames()).length).toBe(3);
  await expect.poll(async () => Math.min(...(await frames()))).toBeGreaterThan(0);
});

test('who sends more than the first offer has lines for gets through when released', async ({
  examples,
  newGuest,
}) => {
  const [ada, bob] = [await newGuest(), await newGuest()];
  await ada.join(`${examples}/simple-peer/`, room);
  await ada.hold(true);
  // Bob makes the offer, of sound alone.
  await bob.page.addInitScript(() => {
    const { captureStream } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.captureStream = function (frameRate) {
      const stream = captureStream.call(this, frameRate);
      for (const track of stream.getVideoTracks()) stream.removeTrack(track);
      return stream;
    };
  });
  await bob.join(`${examples}/simple-peer/`, room);
  await bob.meets(ada);
  const kinds = () =>
    bob.run(({ mesh }) => [...mesh.peers.values()].map((stream) => stream.getTracks().length));
  await expect.poll(kinds).toEqual([2]);
  await ada.sendsNothing();
  expect(await bob.framesReceived()).toBe(0);
  await ada.hold(false);
  await bob.sees(ada);
});
