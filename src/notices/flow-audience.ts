/** The question "ai tham gia": groups of units, clusters, or units by name, added one after another. */
import type { z } from 'zod';
import { defineStep, raw, t, type Move, type Option, type Say, type Text } from '../conversation/index.js';
import type { Audience, MessageClass, Plan, QuietHours, Recipient } from '../delivery/index.js';
import type { AudienceRule, Cluster, Unit, UnitType } from '../units/index.js';
import { fold } from '../kernel/text.js';
import type { ruleSchema } from './model.js';

/** A forecast of sending now. */
export interface ToldPlan extends Plan {
  /** Safe mode holds what is sent. */
  readonly isHeld?: boolean;
  /** The province's quiet hours, where they are not the usual ones. */
  readonly quietHours?: QuietHours;
}

/** Whom a message to some units' seats reaches. */
export interface Reach {
  readonly units: number;
  readonly people: number;
  readonly byChannel: Readonly<Record<string, number>>;
  /** Which way they go, at what cost and in what time. */
  readonly plan: ToldPlan;
  readonly unitsWithoutHolder: number;
}

/** What flows read about audiences; the units room answers. */
export interface AudiencePorts {
  readonly audience: {
    /** Exactly whom a message to these units' seats would reach today. */
    reach(rule: AudienceRule, say?: readonly Say[]): Promise<Reach>;
    /** Which way a message to these people would go now. */
    plan(
      to: Audience | readonly Recipient[],
      kind: MessageClass,
      say?: readonly Say[],
      title?: string,
    ): Promise<ToldPlan>;
    clusters(): Promise<readonly Cluster[]>;
    /** All units of today. */
    units(): Promise<readonly Unit[]>;
  };
}

const GROUPS: Readonly<Record<string, readonly UnitType[]>> = {
  all: ['so', 'ban-nganh', 'doan-the', 'phuong', 'xa', 'doanh-nghiep', 'truong'],
  province: ['so', 'ban-nganh', 'doan-the'],
  communes: ['phuong', 'xa'],
  enterprises: ['doanh-nghiep'],
  schools: ['truong'],
};

const GROUP_OPTIONS: readonly Option[] = [
  { value: 'all', label: t('campaigns.audience.all'), words: ['tất cả', 'toàn tỉnh'] },
  { value: 'province', label: t('campaigns.audience.province'), words: ['sở', 'sở ngành', 'sở, ban, ngành'] },
  { value: 'communes', label: t('campaigns.audience.communes'), words: ['xã', 'phường', 'xã phường'] },
  { value: 'enterprises', label: t('campaigns.audience.enterprises'), words: ['doanh nghiệp'] },
  { value: 'schools', label: t('campaigns.audience.schools'), words: ['trường', 'trường học'] },
];

interface Loaded {
  readonly clusters: readonly Cluster[];
  readonly all: readonly Unit[];
  /** Units chosen so far. */
  readonly chosen: number;
}

export type Rule = z.infer<typeof ruleSchema>;

/** How a flow keeps the audience in its data, and where it goes once the audience is chosen. */
export interface AudienceSlot<D> {
  /** Name of this step in its flow. */
  readonly step: string;
  readonly question: Text;
  /** Why the question is asked; without it the button is left out. */
  readonly why?: Text;
  get(data: D): Rule | undefined;
  set(data: D, rule: Rule | undefined): D;
  done(data: D): Move<D>;
}

/** Builds the step of one flow. */
export function createAudienceStep<D>(slot: AudienceSlot<D>) {
  return defineStep<D, AudiencePorts, Loaded>({
    async load(read, at) {
      const rule = slot.get(at.data);
      return {
        clusters: await read.audience.clusters(),
        all: await read.audience.units(),
        chosen: rule ? (await read.audience.reach(rule)).units : 0,
      };
    },
    ask: ({ data, loaded }) => ({
      text: [slot.question, ...(slot.get(data) ? [t('campaigns.audience.soFar', { units: loaded.chosen })] : [])],
      options: audienceOptions(loaded.clusters, slot.get(data) !== undefined, slot.why !== undefined),
      free: true,
    }),
    answer: ({ data, loaded }, answer): Move<D> => {
      const rule = slot.get(data);
      const stay = (next: Rule | undefined, say?: Text): Move<D> => ({
        to: slot.step,
        data: slot.set(data, next),
        ...(say ? { say: [{ text: say }] } : {}),
      });
      if (answer.kind === 'text') {
        const units = findUnits(loaded.all, answer.text);
        if (units.length === 0) return { again: t('campaigns.audience.unknown', { typed: answer.text }) };
        return stay(
          addUnits(rule, units),
          t('campaigns.audience.added', { names: units.map((unit) => unit.name).join(', ') }),
        );
      }
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === '__why' && slot.why) return { again: slot.why };
      if (answer.value === '__done') return slot.done(data);
      return answer.value === '__clear' ? stay(undefined) : stay(addGroup(rule, answer.value));
    },
  });
}

function audienceOptions(clusters: readonly Cluster[], chosen: boolean, why: boolean): Option[] {
  return [
    ...(chosen ? [{ value: '__done', label: t('campaigns.audience.done'), words: ['xong', 'tiếp'] }] : []),
    ...GROUP_OPTIONS,
    ...clusters.map((cluster) => ({ value: `cluster:${cluster.id}`, label: raw(cluster.name) })),
    ...(chosen ? [{ value: '__clear', label: t('campaigns.audience.clear'), words: ['chọn lại'] }] : []),
    ...(why ? [{ value: '__why', label: t('campaigns.whyButton'), words: ['vì sao'] }] : []),
  ];
}

const EMPTY: Rule = { types: [], levels: [], clusters: [], units: [] };

function addGroup(rule: Rule | undefined, value: string): Rule {
  const base = rule ?? EMPTY;
  if (value.startsWith('cluster:')) return { ...base, clusters: [...new Set([...base.clusters, value.slice(8)])] };
  return { ...base, types: [...new Set([...base.types, ...(GROUPS[value] ?? [])])] };
}

function addUnits(rule: Rule | undefined, units: readonly Unit[]): Rule {
  const base = rule ?? EMPTY;
  return { ...base, units: [...new Set([...base.units, ...units.map((unit) => unit.id)])] };
}

/** Units named in a list such as "phu ly, so y te"; nothing when one name is unknown or fits several. */
function findUnits(all: readonly Unit[], text: string): readonly Unit[] {
  const found = text
    .split(/[,;\n]+/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => bestUnit(all, name));
  return found.every((unit) => unit !== null) ? found : [];
}

/** The unit of this name, short name or code; or the only one whose name holds the words typed. */
function bestUnit(all: readonly Unit[], typed: string): Unit | null {
  const wanted = fold(typed);
  const exact = all.find((unit) => [unit.name, unit.shortName, unit.code].some((name) => fold(name) === wanted));
  if (exact) return exact;
  const holding = all.filter((unit) => fold(unit.name).includes(wanted));
  return holding.length === 1 ? (holding[0] ?? null) : null;
}
