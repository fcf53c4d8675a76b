import { serveTasks } from '../machine/child.ts';

const tasks = {
  echo: (text: string) => text,
  forever: () => new Promise<never>(() => undefined),
};

export type EchoTasks = typeof tasks;

serveTasks(tasks);
