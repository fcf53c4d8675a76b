/** What the cluster writes its log lines through; the server's logger is one. */
export interface ClusterLog {
  error(error: Error): void;
  warn(message: string): void;
  info(message: string): void;
}
