import type { ClusterLog } from '../cluster-log.ts';

/** A log that tests can read. */
export class TestLog implements ClusterLog {
  readonly lines: string[] = [];

  error(error: Error): void {
    this.lines.push(`error: ${error.message}`);
  }

  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }

  info(message: string): void {
    this.lines.push(`info: ${message}`);
  }
}
