/** All flows of the product, and what their loads read. The lists are written out: nothing registers itself. */
import { createAwardsFlows, createAwardsReads, type Answerer, type AwardsReads } from '../awards/index.js';
import { createCampaignsFlows, createCampaignsReads, type CampaignsReads } from '../campaigns/index.js';
import { buildRegistry, draftFlow, menuFlow, type Registry } from '../conversation/index.js';
import type { LedgerReader } from '../delivery/index.js';
import { createConnectZaloFlow } from './flow-connect-zalo.js';
import { createHonoursFlows, createHonoursReads, type HonoursReads } from '../honours/index.js';
import { createInsightsFlows, createInsightsReads, type InsightsReads } from '../insights/index.js';
import { createNominationsFlows } from '../nominations/index.js';
import { createNoticesFlows, type AudiencePorts, type BroadcastReads } from '../notices/index.js';
import { createRegistrationsFlows, createRegistrationsReads, type RegistrationsReads } from '../registrations/index.js';
import { createReportingFlows, createReportingReads, type ReportingReads } from '../reporting/index.js';
import { readBusinessClock, type Tx } from '../store/index.js';
import { createTasksFlows, createTasksReads, type TasksReads } from '../tasks/index.js';
import { createUnitsFlows, createUnitsReads, SEAT_KINDS, type UnitsReads } from '../units/index.js';

/** What all flows together may read. */
export interface Reads extends AudiencePorts {
  readonly units: UnitsReads;
  readonly tasks: TasksReads;
  readonly awards: AwardsReads;
  readonly campaigns: CampaignsReads;
  readonly broadcasts: BroadcastReads;
  readonly honours: HonoursReads;
  readonly registrations: RegistrationsReads;
  readonly reporting: ReportingReads;
  readonly insights: InsightsReads;
}

/** Which command does a kind of task; the others are read and marked as done. */
const TASK_COMMANDS = {
  question: 'answer-question',
  registration: 'review-registration',
  review: 'review-report',
  'late-report': 'obligation',
  'not-ours': 'obligation',
  paper: 'obligation',
} as const;

/** Every flow, found by name and by words. */
export function createRegistry(deps: {
  /** Begins a login at Zalo; null where it is off. */
  beginZaloLogin: () => string | null;
  answerer: Answerer;
  telegramBot: () => string | null;
}): Registry<Reads> {
  return buildRegistry<Reads>(
    [
      draftFlow,
      menuFlow,
      ...createUnitsFlows(deps),
      ...createTasksFlows(TASK_COMMANDS),
      ...createAwardsFlows(deps),
      ...createNoticesFlows(),
      ...createCampaignsFlows(),
      ...createNominationsFlows(),
      ...createHonoursFlows(),
      ...createRegistrationsFlows(),
      ...createReportingFlows(),
      ...createInsightsFlows(),
      createConnectZaloFlow(deps.beginZaloLogin),
    ],
    { text: 'ask', file: 'submit', start: 'start' },
  );
}

/** The reads of one turn, on its transaction. */
export function createReads(ledger: LedgerReader): (tx: Tx) => Reads {
  return (tx) => ({
    units: createUnitsReads(tx),
    tasks: createTasksReads(tx),
    awards: createAwardsReads(tx),
    campaigns: createCampaignsReads(tx),
    broadcasts: broadcastReads(tx, ledger),
    honours: createHonoursReads(tx),
    registrations: createRegistrationsReads(tx),
    reporting: createReportingReads(tx),
    insights: createInsightsReads(tx),
    audience: audienceReads(tx),
  });
}

function audienceReads(tx: Tx): AudiencePorts['audience'] {
  const units = createUnitsReads(tx);
  return {
    async reach(rule) {
      const count = await units.countRule(rule, SEAT_KINDS, await readBusinessClock(tx));
      return {
        units: count.units,
        people: count.people,
        byChannel: count.byChannel,
        unitsWithoutHolder: count.withoutHolder.length,
      };
    },
    clusters: () => units.clusters(),
    units: async () => units.unitsAt(await readBusinessClock(tx)),
  };
}

function broadcastReads(tx: Tx, ledger: LedgerReader): BroadcastReads {
  return {
    async find(id) {
      if (id !== '' && !/^[0-9a-f-]{36}$/i.test(id)) return null;
      const row = await tx.broadcast.findFirst({
        where: id === '' ? {} : { OR: [{ id }, { subjectId: id }] },
        orderBy: { createdAt: 'desc' },
      });
      const progress = row && (await ledger.ofBroadcast(row.id));
      return (
        progress && {
          id: row.id,
          title: row.title,
          state: progress.state,
          recipients: progress.recipients,
          byState: progress.byState,
        }
      );
    },
  };
}
