/** All flows of the product, found by name and by what people type. */
import type { AnyCommand } from './match.js';
import type { Flow } from './flow.js';

// A registry holds flows of many data types; each flow's own schema checks its data when a session is read back.
export type AnyFlow<R> = Flow<unknown, R>;

export interface Registry<R> {
  readonly flows: ReadonlyMap<string, AnyFlow<R>>;
  readonly commands: readonly AnyCommand[];
  /** Command name → its command and flow. */
  readonly byName: ReadonlyMap<string, { readonly command: AnyCommand; readonly flow: AnyFlow<R> }>;
  /** Commands for what nothing else understands. */
  readonly fallback: {
    readonly text: string;
    readonly file: string;
    readonly start: string;
    /** For a form of ours that comes back filled in, whatever is being asked; where absent, it is a file like others. */
    readonly form?: string;
  };
}

/** A flow of any data and reads, as rooms hand them over. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the data type is private to each flow and checked by its schema
export type RoomFlow = Flow<any, any>;

/** Joins the rooms' flows. Two flows or commands of one name, or a fallback that does not exist, is a mistake in the composition. */
export function buildRegistry<R>(flows: readonly RoomFlow[], fallback: Registry<R>['fallback']): Registry<R> {
  const byFlow = new Map<string, AnyFlow<R>>();
  const byName = new Map<string, { command: AnyCommand; flow: AnyFlow<R> }>();
  for (const flow of flows as readonly AnyFlow<R>[]) {
    if (byFlow.has(flow.name)) throw new Error(`two flows named ${flow.name}`);
    byFlow.set(flow.name, flow);
    for (const command of flow.commands) {
      if (byName.has(command.name)) throw new Error(`two commands named ${command.name}`);
      byName.set(command.name, { command: command, flow });
    }
  }
  for (const name of Object.values(fallback)) if (!byName.has(name)) throw new Error(`no command named ${name}`);
  return { flows: byFlow, commands: [...byName.values()].map((entry) => entry.command), byName, fallback };
}
