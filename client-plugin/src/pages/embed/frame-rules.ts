import { frameRulesSchema } from '@meshlift/protocol';

let asked: Promise<readonly string[]> | undefined;

/** Whether pages of this origin may speak to this one, as the server says. While it cannot be asked, none may. */
export async function mayFrame(origin: string): Promise<boolean> {
  asked ??= askServer();
  try {
    const origins = await asked;
    return origins.includes('*') || origins.includes(origin);
  } catch {
    // The next message asks again.
    asked = undefined;
    return false;
  }
}

async function askServer(): Promise<readonly string[]> {
  const response = await fetch('/embed.json');
  return frameRulesSchema.parse(await response.json()).frameOrigins;
}
