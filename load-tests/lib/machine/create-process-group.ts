import { ControlGroup } from './control-group.ts';
import type { ProcessGroup } from './process-group.ts';
import { ProcessSessions } from './process-sessions.ts';

/** Whether groups are exact here, which takes the right to make control groups: usually root's. */
export function countsExactly(): boolean {
  try {
    const group = ControlGroup.create('trial');
    void group.close();
    return true;
  } catch {
    return false;
  }
}

/** A group for processes to come: exact where it can be. */
export function createProcessGroup(name: string): ProcessGroup {
  return countsExactly() ? ControlGroup.create(name) : new ProcessSessions();
}
