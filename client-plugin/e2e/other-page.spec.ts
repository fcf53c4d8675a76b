import { expect, test, Viewer } from './support/fixtures.ts';
import { ForeignSite } from './support/foreign-page.ts';

const player = '<video data-testid="player" autoplay muted playsinline></video>';
const watch = (server: string, streamId: string) =>
  `watchStream({ server: '${server}', streamId: '${streamId}', element: document.querySelector('video') })`;

const forms = {
  module: (server: string, streamId: string) => `<script type="module">
    import { watchStream } from '${server}/meshlift.mjs'
    await ${watch(server, streamId)}
  </script>`,
  script: (server: string, streamId: string) => `<script src="${server}/meshlift.js"></script>
  <script>Meshlift.${watch(server, streamId)}</script>`,
};

for (const [form, embed] of Object.entries(forms)) {
  test(`a page of another origin plays a stream through the plugin as a ${form}`, async ({
    server,
    studio,
    newPage,
  }) => {
    const link = await studio.goLive(server.url);
    const streamId = new URL(link).pathname.split('/').at(-1) ?? '';
    const foreign = await ForeignSite.start();
    const viewer = new Viewer(await newPage());
    await viewer.page.goto(foreign.serve(player + embed(server.url, streamId)));
    await viewer.seesMotion();
    expect(await viewer.page.context().cookies()).toEqual([]);
    foreign.close();
  });
}
