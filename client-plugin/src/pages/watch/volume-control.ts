import { html, nothing, type TemplateResult } from 'lit';
import * as icons from '../shared/icons.ts';
import { text } from './text.ts';

/** What has sound that can be turned down: a video, or a player. */
export interface Audible {
  muted: boolean;
  volume: number;
}

/** A button of a player's bar. */
export function control(
  label: string,
  icon: TemplateResult,
  act: () => void,
  testId?: string,
): TemplateResult {
  return html`<button class="control" data-testid=${testId ?? nothing} aria-label=${label} title=${label} @click=${act}>${icon}</button>`;
}

/** Mute, and how loud. */
export function volumeControl(sound: Audible): TemplateResult {
  const silent = sound.muted || sound.volume === 0;
  const level = silent ? 0 : sound.volume;
  return html`${
    silent
      ? control(text.unmuteButton, icons.speakerOff, () => toggleMuted(sound))
      : control(text.mute, icons.speaker, () => toggleMuted(sound))
  }
    <input
      type="range"
      min="0"
      max="1"
      step="0.05"
      aria-label=${text.volume}
      .value=${String(level)}
      style="--level: ${level * 100}%"
      @input=${(event: Event & { target: HTMLInputElement }) => {
        sound.volume = event.target.valueAsNumber;
        sound.muted = sound.volume === 0;
      }}
    />`;
}

/** What is turned down to nothing is heard again in full. */
export function toggleMuted(sound: Audible): void {
  if (sound.muted && sound.volume === 0) sound.volume = 1;
  sound.muted = !sound.muted;
}
