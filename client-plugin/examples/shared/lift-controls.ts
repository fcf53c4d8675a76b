import type { AttachedMesh, MeshliftError } from '../../src/index.ts';
import type { RoomPage } from './room-page.ts';

/** Shows what comes from each peer by whatever path, how it comes, and lets the host change it. */
export function controlLift(page: RoomPage, lift: AttachedMesh): void {
  const { modeLabel, modeToggle } = page;
  const show = () => {
    const isRelayed = lift.mode === 'sfu';
    modeLabel.hidden = lift.state === 'ended';
    modeLabel.dataset.mode = lift.mode;
    modeLabel.textContent = isRelayed
      ? `Relayed: ${lift.relayHost} can see and hear this`
      : 'Direct: from browser to browser';
    modeToggle.hidden = modeLabel.hidden || !lift.host;
    modeToggle.textContent = isRelayed ? 'Go back to direct' : 'Move to the relay';
  };
  for (const event of ['state', 'modechange', 'host'] as const) lift.on(event, show);
  lift.on('stream', ({ peerId, stream }) => stream.attach(page.tile(peerId)));
  lift.on('streamended', ({ peerId }) => page.remove(peerId));
  lift.on('switching', ({ mode, relay }) => {
    if (mode === 'sfu') page.say(`The room moves to a relay: ${relay} will be able to see and hear it.`);
  });
  lift.on('switchfailed', () => page.say('The room stays as it is: somebody could not follow.'));
  lift.on('state', ({ error }) => {
    if (error) page.say(`The room stays direct. ${error.message}`);
  });
  modeToggle.addEventListener('click', async () => {
    modeToggle.disabled = true;
    await lift.setMode(lift.mode === 'sfu' ? 'mesh' : 'sfu').catch((error: MeshliftError) => {
      page.say(error.message);
    });
    modeToggle.disabled = false;
  });
}
