import type { LogLevel } from '@meshlift/telemetry';
import type { Config } from '../config/config.ts';

/** What the inventory depends on, as it is in the server that runs. */
export interface RunningServer
  extends Pick<
    Config,
    | 'allowedOrigins'
    | 'clusterUrl'
    | 'graceSeconds'
    | 'iceServers'
    | 'metricsHost'
    | 'operatorContact'
    | 'operatorName'
    | 'trustedProxies'
    | 'turnSecret'
  > {
  /** The level of the logger itself. */
  logLevel: LogLevel;
  /** Whether the environment makes libraries write output of their own, past the logger that masks. */
  librariesTalk: boolean;
}
