import { html, nothing, type TemplateResult } from 'lit';
import * as icons from '../pages/shared/icons.ts';
import { modeLabel, viewerCount } from '../pages/shared/stream-facts.ts';
import { canGoFullscreen, toggleFullscreen } from '../pages/watch/fullscreen.ts';
import type { Playback, Playing } from '../pages/watch/playback.ts';
import { qualityMenu } from '../pages/watch/quality-menu.ts';
import { text } from '../pages/watch/text.ts';
import { control, toggleMuted, volumeControl } from '../pages/watch/volume-control.ts';
import type { MeshliftPlayer } from './player.ts';

interface Overlay {
  player: MeshliftPlayer;
  playback: Playback | undefined;
  /** What the browser lets nobody have before a gesture. */
  refused: 'sound' | 'everything' | undefined;
  /** Whether the sound has been on once. */
  heard: boolean;
}

/** What lies over the picture. Without controls that is nothing but what the browser wants a gesture for. */
export function playerOverlay(overlay: Overlay): TemplateResult {
  const { player, playback } = overlay;
  return html`${player.controls && playback ? html`${words(playback)} ${bar(player, playback)}` : nothing}
  ${pill(overlay)}`;
}

/** A quiet line in place of the picture. */
function words({ scene, playing, reconnecting, error }: Playback): TemplateResult | typeof nothing {
  if (scene === 'starting') {
    return html`<div class="words" role="status">
      <span class="spinner"></span><span class="visually-hidden">${text.starting}</span>
    </div>`;
  }
  const said = {
    waiting: text.waiting,
    stalled: text.stalledTitle,
    over: text.overTitle,
    absent: text.absentTitle,
    failed: [error?.message, error?.reference].filter(Boolean).join(' '),
    playing: reconnecting ? text.reconnecting : saidOf[playing],
  }[scene];
  return said
    ? html`<div class="words ${playing === 'muted-video' && scene === 'playing' ? 'aside' : ''}" role="status" data-testid="player-words" data-state=${scene === 'playing' ? playing : scene}>
        <p>${said}</p>
      </div>`
    : nothing;
}

const saidOf: Record<Playing, string> = {
  video: '',
  'muted-video': text.publisherMuted,
  audio: text.audioOnly,
  silent: text.silent,
};

function pill({ player, playback, refused, heard }: Overlay): TemplateResult | typeof nothing {
  if (refused === 'everything') {
    return html`<button class="button pill" @click=${() => player.play().catch(() => undefined)}>
      ${icons.play}${text.blocked}
    </button>`;
  }
  const wanted = refused === 'sound' || (player.controls && !heard);
  if (!wanted || !player.muted || playback?.scene !== 'playing' || !playback.view?.hasAudio) return nothing;
  return html`<button class="button pill" data-testid="unmute" @click=${() => toggleMuted(player)}>
    ${icons.speakerOff}${text.unmute}
  </button>`;
}

function bar(player: MeshliftPlayer, playback: Playback): TemplateResult | typeof nothing {
  const { scene, view } = playback;
  if (scene !== 'playing' || !view) return nothing;
  const { videoHeight, videoWidth } = player.video;
  return html`<div class="bar">
    ${modeLabel(view.mode)}
    <div class="group" role="group" aria-label=${text.controls}>
      ${playback.reconnecting ? nothing : viewerCount(view.viewers)}
      ${view.hasAudio ? volumeControl(player) : nothing}
      ${qualityMenu(view, Math.min(videoWidth, videoHeight), (quality) => {
        player.quality = quality === 'auto' ? quality : quality.spatialLayer;
      })}
      ${
        canGoFullscreen(player.video)
          ? isFullscreen(player)
            ? control(text.leaveFullscreen, icons.shrink, () => void document.exitFullscreen())
            : control(text.fullscreen, icons.expand, () =>
                document.fullscreenEnabled
                  ? void player.requestFullscreen().catch(() => undefined)
                  : toggleFullscreen(player.video),
              )
          : nothing
      }
    </div>
  </div>`;
}

/** The element goes full screen, so that its controls come along; in whatever tree it is. */
function isFullscreen(player: MeshliftPlayer): boolean {
  const root = player.getRootNode();
  return (root instanceof Document || root instanceof ShadowRoot) && root.fullscreenElement === player;
}
