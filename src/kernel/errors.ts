/** Errors that cross rooms. Expected outcomes are return values; these are for what should be retried or reported. */

/** The store is away (connection refused, shutting down, too many clients): try again later, count nothing. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** The configuration cannot be used; `problems` has one line for each thing to correct. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`);
    this.problems = problems;
  }
}
