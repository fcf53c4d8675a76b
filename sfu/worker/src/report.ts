/** Where the work of obtaining a worker tells how it goes. */
export interface WorkerReport {
  /** A new part of the work began, such as "compiling". */
  step(text: string): void;
  /** How far the part is, in its own units (compiled files, bytes). */
  progress(done: number, total: number): void;
}
