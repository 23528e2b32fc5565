/** What became of a broadcast, judged from outside: the ledger's rows against what the fake Bot API really got. */
import type { Got, Moment } from './bot-api.js';
import type { AttemptFact } from './ledger.js';

export type ChaosClass = 'announcement' | 'deadline';

/** When a worker died; the last two are beside the count of kills. */
export type KillMoment = Moment['kind'] | 'paused' | 'expanding' | 'sweep';

export interface Kill {
  readonly worker: string;
  readonly moment: KillMoment;
  /** Attempts that were `sending` at its death. */
  readonly inFlight: readonly string[];
}

/** One kill and what became of the messages that were in flight. */
export interface KillFigures {
  readonly moment: KillMoment;
  readonly inFlight: number;
  readonly sent: number;
  readonly uncertain: number;
  /** Told once more, marked, because the class asks for it. */
  readonly repeated: number;
  /** Anything else: must be 0. */
  readonly unexplained: number;
}

export interface RoundFigures {
  readonly class: ChaosClass;
  readonly workers: number;
  readonly recipients: number;
  readonly received: number;
  readonly seconds: number;
  readonly state: string;
  /** People by the state of their latest attempt. */
  readonly byState: Readonly<Record<string, number>>;
  /** Without a final state, or `sent` in the ledger and never arrived. */
  readonly lost: number;
  /** Arrived twice and not marked, or marked although the first was known to have arrived. */
  readonly duplicated: number;
  readonly repeatedMarked: number;
  readonly uncertain: number;
  /** Uncertain, and at no kill in flight. */
  readonly strangers: number;
  readonly kills: readonly KillFigures[];
}

export interface RoundFacts {
  readonly class: ChaosClass;
  readonly workers: number;
  readonly recipients: number;
  readonly seconds: number;
  readonly state: string;
  readonly attempts: readonly AttemptFact[];
  readonly got: readonly Got[];
  readonly kills: readonly Kill[];
}

/** Counts everything that a rule speaks of. */
export function judge(facts: RoundFacts): RoundFigures {
  const { attempts, got, kills, recipients } = facts;
  const byPerson = groupBy(attempts, ({ person }) => person);
  const gotBy = new Map(got.map((one) => [one.address, one]));
  const latest = [...byPerson.values()].map((own) => own.at(-1)).filter((one) => one !== undefined);
  const open = attempts.filter(({ ended }) => !ended).length;
  const untrue = attempts.filter(
    (one) => one.state === 'sent' && copies(gotBy.get(one.address), one.repeat) === 0,
  ).length;
  const inFlight = new Set(kills.flatMap((kill) => kill.inFlight));
  const uncertain = attempts.filter(({ state }) => state === 'uncertain');
  return {
    class: facts.class,
    workers: facts.workers,
    recipients,
    received: got.reduce((sum, { plain, marked }) => sum + plain + marked, 0),
    seconds: Number(facts.seconds.toFixed(1)),
    state: facts.state,
    byState: Object.fromEntries([...groupBy(latest, ({ state }) => state)].map(([state, own]) => [state, own.length])),
    lost: recipients - byPerson.size + open + untrue,
    duplicated: [...byPerson.values()].reduce((sum, own) => sum + doubles(facts.class, own, gotBy), 0),
    repeatedMarked: got.reduce((sum, { marked }) => sum + marked, 0),
    uncertain: uncertain.length,
    strangers: uncertain.filter(({ id }) => !inFlight.has(id)).length,
    kills: kills.map((kill) => killFigures(facts.class, kill, attempts)),
  };
}

function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

const copies = (got: Got | undefined, repeat: boolean): number => (repeat ? got?.marked : got?.plain) ?? 0;

/** Copies too many of one person. */
function doubles(kind: ChaosClass, own: readonly AttemptFact[], gotBy: ReadonlyMap<string, Got>): number {
  const got = gotBy.get(own[0]?.address ?? '');
  if (!got) return 0;
  // A mark excuses a second copy only where the class repeats, and where nobody knew of the first.
  const excused = kind === 'deadline' && own[0]?.state === 'uncertain' ? 1 : 0;
  return Math.max(0, got.plain - 1) + Math.max(0, got.marked - excused);
}

function killFigures(kind: ChaosClass, { moment, inFlight }: Kill, attempts: readonly AttemptFact[]): KillFigures {
  const figures = { moment, inFlight: inFlight.length, sent: 0, uncertain: 0, repeated: 0, unexplained: 0 };
  for (const id of inFlight) figures[fateOf(kind, id, attempts)] += 1;
  return figures;
}

/** What its class makes of an attempt that was cut off. */
function fateOf(
  kind: ChaosClass,
  id: string,
  attempts: readonly AttemptFact[],
): 'sent' | 'uncertain' | 'repeated' | 'unexplained' {
  const one = attempts.find((attempt) => attempt.id === id);
  // Its last commit was under way when it died, and arrived.
  if (one?.state === 'sent') return 'sent';
  if (one?.state !== 'uncertain') return 'unexplained';
  const next = attempts.find(({ person, repeat }) => person === one.person && repeat);
  if (one.repeat || (kind === 'announcement' && !next)) return 'uncertain';
  return kind === 'deadline' && next ? 'repeated' : 'unexplained';
}

export interface Rule {
  readonly rule: string;
  readonly holds: boolean;
}

/** The rules of the run, each with whether it held. */
export function rulesOf(
  rounds: readonly RoundFigures[],
  asked: { kills: number; concurrency: number },
): readonly Rule[] {
  const kills = rounds.flatMap((round) => round.kills);
  const counted = kills.filter(isCounted).length;
  const all = (holds: (round: RoundFigures) => boolean) => rounds.every(holds);
  return [
    { rule: `${String(asked.kills)} kills with messages in flight`, holds: counted >= asked.kills },
    { rule: 'lost 0', holds: all(({ lost }) => lost === 0) },
    { rule: 'duplicated 0', holds: all(({ duplicated }) => duplicated === 0) },
    {
      rule: 'every one in flight sent, uncertain or repeated by class',
      holds: kills.every((one) => one.unexplained === 0),
    },
    {
      rule: `at most ${String(asked.concurrency)} uncertain per kill`,
      holds: kills.every(({ inFlight }) => inFlight <= asked.concurrency) && all(({ strangers }) => strangers === 0),
    },
    {
      rule: 'final states add up to the people',
      holds: all(
        ({ byState, recipients, state }) =>
          state === 'finished' &&
          Object.values(byState).reduce((sum, n) => sum + n, 0) === recipients &&
          Object.keys(byState).every((name) => name === 'sent' || name === 'uncertain'),
      ),
    },
  ];
}

/** Of a worker that was sending; the others are beside the count. */
export const isCounted = ({ moment, inFlight }: { moment: KillMoment; inFlight: number }): boolean =>
  inFlight > 0 && moment !== 'expanding' && moment !== 'sweep';
