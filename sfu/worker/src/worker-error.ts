/** No worker could be had. `fix` says what a person can do; `log` is the path of the whole output, if any. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
  readonly fix: string;
  readonly log: string | undefined;

  constructor(message: string, fix: string, log?: string) {
    super(message);
    this.fix = fix;
    this.log = log;
  }
}
