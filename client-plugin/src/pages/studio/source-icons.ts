import type { TemplateResult } from 'lit';
import * as icons from '../shared/icons.ts';
import type { SourceChoice } from './source-kinds.ts';

export const iconOf: Record<SourceChoice, TemplateResult> = {
  camera: icons.camera,
  microphone: icons.microphone,
  screen: icons.screen,
  test: icons.testCard,
  encoder: icons.broadcast,
  none: icons.eye,
};
