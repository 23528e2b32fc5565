/** All flows of the product, and what their loads read. The lists are written out: nothing registers itself. */
import {
  createAwardsFlows,
  createAwardsReads,
  createCardReads,
  createLawReads,
  createMarkReads,
  createQuestionReads,
  type Answerer,
  type AwardsReads,
  type CardReads,
  type LawReads,
  type MarkReads,
  type QuestionReads,
} from '../awards/index.js';
import { createCalendarFlows, createCalendarReads, loadQuietHours, type CalendarReads } from '../calendar/index.js';
import { createCampaignsFlows, createCampaignsReads, type CampaignsReads } from '../campaigns/index.js';
import { buildRegistry, draftFlow, menuFlow, type Registry } from '../conversation/index.js';
import { safeSince, viewSafeMode, type Planner } from '../delivery/index.js';
import { broadcastReads, type BroadcastReadsDeps } from './broadcasts.js';
import { createDutiesFlows, createDutiesReads, type DutiesReads } from '../duties/index.js';
import { createConnectZaloFlow } from './flow-connect-zalo.js';
import { createHonoursFlows, createHonoursReads, type HonoursReads } from '../honours/index.js';
import { createInsightsFlows, createInsightsReads, type InsightsReads } from '../insights/index.js';
import { createNominationsFlows } from '../nominations/index.js';
import {
  createCorrectionReads,
  createNoticesFlows,
  createTemplateReads,
  type AudiencePorts,
  type BroadcastReads,
  type CorrectionReads,
  type RecordReads,
  type SafeModeReads,
  type TemplateReads,
} from '../notices/index.js';
import { createRegistrationsFlows, createRegistrationsReads, type RegistrationsReads } from '../registrations/index.js';
import {
  createReportingFlows,
  createReportingReads,
  overdueSteps,
  owedOn,
  type ReportingReads,
} from '../reporting/index.js';
import { readBusinessClock, type Tx } from '../store/index.js';
import { createTasksFlows, createTasksReads, type TasksReads } from '../tasks/index.js';
import { createUnitsFlows, createUnitsReads, SEAT_KINDS, type UnitsReads } from '../units/index.js';
import { recordReads } from './records.js';

/** What all flows together may read. */
export interface Reads extends AudiencePorts, CorrectionReads, RecordReads, SafeModeReads, TemplateReads {
  readonly units: UnitsReads;
  readonly tasks: TasksReads;
  readonly calendar: CalendarReads;
  readonly awards: AwardsReads;
  readonly cards: CardReads;
  readonly law: LawReads;
  readonly answerMarks: MarkReads;
  readonly questions: QuestionReads;
  readonly duties: DutiesReads;
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
  'review-late': 'review-report',
  reopen: 'review-report',
  'late-report': 'obligation',
  unproven: 'unproven',
  'not-ours': 'obligation',
  paper: 'obligation',
  extension: 'extension',
  'duty-owners': 'duties',
  'wrong-answer': 'answer-marks',
  quote: 'card',
  law: 'law-task',
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
      ...createCalendarFlows(),
      ...createAwardsFlows(deps),
      ...createNoticesFlows(),
      ...createDutiesFlows(),
      ...createCampaignsFlows(),
      ...createNominationsFlows(),
      ...createHonoursFlows(),
      ...createRegistrationsFlows(),
      ...createReportingFlows(),
      ...createInsightsFlows(),
      createConnectZaloFlow(deps.beginZaloLogin),
    ],
    { text: 'ask', file: 'submit', start: 'start', form: 'filled-sheet' },
  );
}

/** The reads of one turn, on its transaction. */
export function createReads(
  deps: BroadcastReadsDeps & { readonly refreshKnowledge?: (tx: Tx) => Promise<void> },
): (tx: Tx) => Reads {
  const { planner, refreshKnowledge } = deps;
  return (tx) => ({
    units: createUnitsReads(tx, planner),
    tasks: createTasksReads(tx),
    calendar: createCalendarReads(tx, { owedOn }),
    awards: createAwardsReads(tx, refreshKnowledge),
    cards: createCardReads(tx),
    law: createLawReads(tx),
    answerMarks: createMarkReads(tx),
    questions: createQuestionReads(tx),
    duties: createDutiesReads(tx),
    campaigns: createCampaignsReads(tx),
    corrections: createCorrectionReads(tx, planner),
    broadcasts: broadcastReads(tx, deps),
    records: recordReads(tx),
    honours: createHonoursReads(tx),
    registrations: createRegistrationsReads(tx),
    reporting: createReportingReads(tx),
    insights: createInsightsReads(tx),
    safeMode: safeModeReads(tx),
    zaloTemplates: createTemplateReads(tx),
    audience: audienceReads(tx, planner),
  });
}

function audienceReads(tx: Tx, planner: Planner): AudiencePorts['audience'] {
  const units = createUnitsReads(tx, planner);
  return {
    plan: async (to, kind, say, title) => ({
      ...(await planner.plan(tx, to, kind, await readBusinessClock(tx), say, title)),
      isHeld: (await safeSince(tx)) !== null,
      quietHours: await loadQuietHours(tx),
    }),
    async reach(rule, say) {
      const count = await units.countRule(rule, SEAT_KINDS, await readBusinessClock(tx), say);
      return {
        units: count.units,
        people: count.people,
        byChannel: count.byChannel,
        plan: { ...count.plan, isHeld: (await safeSince(tx)) !== null, quietHours: await loadQuietHours(tx) },
        unitsWithoutHolder: count.withoutHolder.length,
      };
    },
    clusters: () => units.clusters(),
    units: async () => units.unitsAt(await readBusinessClock(tx)),
  };
}

function safeModeReads(tx: Tx): SafeModeReads['safeMode'] {
  return {
    async view(now) {
      const view = await viewSafeMode(tx, now);
      return view && { ...view, steps: await overdueSteps(tx, now) };
    },
  };
}
