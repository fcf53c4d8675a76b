import { expect, test, Viewer } from './support/fixtures.ts';

test('where UDP does not get through, media comes over TCP', async ({ server, studio, newPage }) => {
  const link = await studio.goLive(server.url);
  const page = await newPage();
  // A browser behind such a network tries the UDP candidates in vain; this one never hears of them.
  await page.addInitScript(() => {
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        const sdp = (description.sdp ?? '').replace(/a=candidate:\S+ 1 udp .*\r\n/g, '');
        return super.setRemoteDescription({ type: description.type, sdp });
      }
    };
  });
  await page.goto(link);
  const viewer = new Viewer(page);
  await viewer.seesMotion();
  const protocols = await page.evaluate(async () => {
    const reports = await Promise.all(window.probe.connections.map((connection) => connection.getStats()));
    const stats = reports.flatMap((report) => [...report.values()]);
    const used = stats.filter(({ type, nominated }) => type === 'candidate-pair' && nominated);
    return used.map(({ localCandidateId }) => stats.find(({ id }) => id === localCandidateId)?.protocol);
  });
  expect(protocols).toEqual(['tcp']);
});
