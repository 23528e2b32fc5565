/** Where the queue reports; pino fits as it is. */
export interface QueueLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: QueueLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface OutageLog {
  readonly away: (error: unknown) => void;
  readonly back: () => void;
}

/** Says once that the backend is away and once that it is back, however many calls fail between. */
export function createOutageLog(logger: QueueLogger, backend: string): OutageLog {
  let awaySince: number | null = null;
  return {
    away: (error) => {
      if (awaySince !== null) return;
      awaySince = Date.now();
      logger.warn({ backend, reason: error instanceof Error ? error.message : String(error) }, 'queue backend is away');
    },
    back: () => {
      if (awaySince === null) return;
      logger.info({ backend, awayMs: Date.now() - awaySince }, 'queue backend is back');
      awaySince = null;
    },
  };
}
