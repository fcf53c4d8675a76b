import { ConfigError, parseConfig, unknownVariables } from './config.ts';

/**
 * Looks at the configuration without starting anything.
 *
 * @returns the mistakes, one a line, and what is not wrong but will not do anything
 */
export function checkConfig(environment: NodeJS.ProcessEnv): {
  mistakes: string | undefined;
  ignored: string[];
} {
  const ignored = unknownVariables(environment);
  try {
    parseConfig(environment);
    return { mistakes: undefined, ignored };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { mistakes: error.message, ignored };
  }
}
