import { createProcessGroup } from '../machine/create-process-group.ts';
import type { RelayUnderTest } from './relay.ts';
import { ServerProcess } from './server-process.ts';

interface Opening {
  name: string;
  command: readonly [string, ...string[]];
  core?: number | undefined;
  env?: NodeJS.ProcessEnv;
  /** What it writes when it serves. */
  ready: RegExp;
}

/** What every relay has of its process. */
type Opened = Pick<RelayUnderTest, 'name' | 'group' | 'stop'>;

/**
 * Starts a relay in a group of its own.
 *
 * @param describe what there is to say of it once it serves, from the groups of `ready`
 * @throws Error when it does not start, or what `describe` throws; then nothing of it is left
 */
export async function openRelay<T>(
  { name, command, core, env, ready }: Opening,
  describe: (said: RegExpExecArray, server: ServerProcess) => T | Promise<T>,
): Promise<Opened & T> {
  const group = createProcessGroup(name);
  let server: ServerProcess | undefined;
  const stop = async () => {
    await server?.stop();
    await group.close();
  };
  try {
    const started = await ServerProcess.start(command, { group, core, env, ready });
    server = started.server;
    return { ...(await describe(started.said, server)), name, group, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
