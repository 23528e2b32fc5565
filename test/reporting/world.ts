/** A small province with duties: real database, real conversations, an outbox that remembers what it was asked to tell. */
import { randomUUID } from 'node:crypto';
import {
  buildEffectTable,
  createAccept,
  createRunTurn,
  createRunWork,
  createWorkEffect,
  type WorkHandler,
} from '../../src/inbox/index.js';
import { buildRegistry, draftFlow, menuFlow } from '../../src/conversation/index.js';
import type { Button, InboundBody, StoredFile } from '../../src/conversation/message.js';
import { createPlanner, type MessageClass, type Recipient } from '../../src/delivery/index.js';
import { openDuty, type OpenDuty } from '../../src/duties/index.js';
import { createInsightsEffects, createInsightsFlows, createInsightsReads } from '../../src/insights/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { newId } from '../../src/kernel/ids.js';
import { endOfDay, fromDbDate, toDbDate, type LocalDate } from '../../src/kernel/local-date.js';
import type { SeatKind } from '../../src/kernel/people.js';
import {
  createReminderTick,
  createReportingEffects,
  createReportingFlows,
  createReportingReads,
  findDueInstants,
  type ReportingDeps,
  type TickDeps,
} from '../../src/reporting/index.js';
import { createFileStore, type Tx } from '../../src/store/index.js';
import { ensureContact, holdersOf, leaders, loadActor, officers } from '../../src/units/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { rememberTasks, Told, toldProofs, type RememberedTask, type ToldMessage } from './told.js';

export interface Person {
  readonly memberId: string;
  readonly key: string;
  readonly address: string;
  readonly name: string;
}

export class World {
  readonly database: TestDatabase;
  readonly told = new Told();
  readonly tasks: RememberedTask[] = [];
  readonly deps: ReportingDeps;
  /** Person keys of those to whom nothing is proven to arrive. */
  readonly deaf = new Set<string>();
  private readonly runTurn;
  private readonly accept;
  private serial = 0;

  private constructor(database: TestDatabase) {
    this.database = database;
    this.deps = {
      seats: { holdersOf, leaders, officers },
      tasks: rememberTasks(this.tasks),
    };
    const people = { ensureContact, loadActor };
    const registry = buildRegistry<object>([draftFlow, menuFlow, ...createReportingFlows(), ...createInsightsFlows()], {
      text: 'menu',
      file: 'submit',
      start: 'menu',
      form: 'filled-sheet',
    });
    const turn = {
      clock: machineClock,
      store: database.store,
      people,
      registry,
      effects: buildEffectTable([
        createWorkEffect(machineClock),
        ...createReportingEffects(this.deps),
        ...createInsightsEffects(),
      ]),
      outbox: this.told,
      reads: (tx: Tx) => ({
        reporting: createReportingReads(tx),
        insights: createInsightsReads(tx),
        audience: {
          plan: (to: readonly Recipient[], kind: MessageClass) => createPlanner().plan(tx, to, kind, new Date()),
        },
      }),
    };
    this.runTurn = createRunTurn<object>(turn);
    const bells = { deliver: () => undefined, work: () => undefined, conversation: () => undefined };
    this.accept = createAccept({ store: database.store, people, bells, clock: machineClock, process: () => undefined });
  }

  static async create(): Promise<World> {
    const database = await createTestDatabase();
    await database.store.db.$executeRawUnsafe(
      'create table told (n bigserial, key text primary key, body jsonb not null)',
    );
    return new World(database);
  }

  get store() {
    return this.database.store;
  }

  /** Sets the business clock, which then goes on. */
  async at(moment: string | Date): Promise<Date> {
    const to = new Date(moment);
    await this.store.db.$executeRaw`
      update business_clock set offset_ms = ceil(extract(epoch from (${to}::timestamptz - clock_timestamp())) * 1000), floor_at = ${to}`;
    return to;
  }

  async unit(name: string, cluster?: string): Promise<string> {
    const id = newId();
    this.serial += 1;
    await this.store.db.unit.create({
      data: { id, code: `u-${String(this.serial)}`, name, shortName: name, type: 'phuong', level: 'xa' },
    });
    if (cluster !== undefined) {
      const { id: clusterId } = await this.store.db.cluster.upsert({
        where: { code: cluster },
        update: {},
        create: { id: newId(), code: cluster, name: cluster },
      });
      await this.store.db.clusterUnit.create({ data: { clusterId, unitId: id, validFrom: toDbDate('2020-01-01') } });
    }
    return id;
  }

  async person(name: string, roles: readonly string[] = []): Promise<Person> {
    const memberId = newId();
    this.serial += 1;
    const address = `w-${String(this.serial)}`;
    await this.store.db.member.create({
      data: {
        id: memberId,
        fullName: name,
        roles: { create: roles.map((role) => ({ role })) },
        contacts: { create: { id: randomUUID(), channel: 'web', externalId: address, displayName: name } },
        conversation: { create: { id: randomUUID() } },
      },
    });
    return { memberId, key: `m:${memberId}`, address, name };
  }

  /** Puts a person (a new one, by name) into a seat. */
  async seat(unitId: string, kind: SeatKind, who: Person | string): Promise<Person> {
    const person = typeof who === 'string' ? await this.person(who) : who;
    const seat = await this.store.db.seat.upsert({
      where: { unitId_kind: { unitId, kind } },
      update: {},
      create: { id: newId(), unitId, kind },
    });
    await this.store.db.seatHolding.create({
      data: { id: newId(), seatId: seat.id, memberId: person.memberId, heldFrom: new Date('2026-01-01T00:00:00Z') },
    });
    return person;
  }

  /** A unit with a person in each seat. */
  async staffed(name: string): Promise<{ unitId: string; primary: Person; deputy: Person; head: Person }> {
    const unitId = await this.unit(name);
    return {
      unitId,
      primary: await this.seat(unitId, 'primary', `${name} chính`),
      deputy: await this.seat(unitId, 'deputy', `${name} phó`),
      head: await this.seat(unitId, 'head', `${name} thủ trưởng`),
    };
  }

  /** Opens a report duty and returns the obligations by unit. */
  async duty(
    wish: Partial<OpenDuty> & { dueOn: LocalDate; unitIds: readonly string[] },
    now: Date,
  ): Promise<{ dutyId: string; of: (unitId: string) => string }> {
    this.serial += 1;
    const id = wish.id ?? newId();
    const duty: OpenDuty = {
      id,
      code: `D-${String(this.serial)}`,
      name: 'Báo cáo sơ kết',
      kind: 'midterm',
      basis: 'Kế hoạch số 12/KH-UBND',
      needs: 'số liệu và 1 tệp báo cáo',
      ...wish,
    };
    await this.store.transaction((tx) => openDuty(tx, duty, now));
    const rows = await this.store.db.obligation.findMany({ where: { dutyId: id } });
    return { dutyId: id, of: (unitId) => rows.find((row) => row.unitId === unitId)?.id ?? '' };
  }

  tick(now: Date, more: Partial<TickDeps> = {}) {
    // With a real outbox, its record is the proof.
    const proofs = more.outbox ? {} : { proofs: toldProofs(this.deaf) };
    return createReminderTick({ ...this.deps, store: this.store, outbox: this.told, ...proofs, ...more })(now);
  }

  /** Walks through the due instants, each at its own time, also those that the walk itself makes. */
  async walk(to: Date, more: Partial<TickDeps> = {}): Promise<void> {
    for (;;) {
      const [next] = await findDueInstants(this.store.db, to);
      if (!next) return;
      await this.tick(next, more);
    }
  }

  /** All that was told, oldest first. */
  async messages(): Promise<ToldMessage[]> {
    const rows = await this.store.db.$queryRaw<
      { body: ToldMessage & { buttons?: Button[] } }[]
    >`select body from told order by n`;
    return rows.map(({ body }) => ({ ...body, buttons: body.buttons ?? [] }));
  }

  private async turn(conversationId: string) {
    const outcome = await this.runTurn(conversationId);
    return outcome.kind === 'done' ? (this.told.replies.get(outcome.inboundId)?.contents ?? []) : [];
  }

  /** Sends one message as this person and returns what was answered. */
  async send(person: Person, body: InboundBody): Promise<{ text: string; buttons: readonly Button[] }> {
    const accepted = await this.accept({
      type: 'message',
      externalId: randomUUID(),
      from: { channel: 'web', externalId: person.address },
      body,
    });
    const contents = await this.turn(accepted.conversationId);
    return {
      text: contents.map((content) => content.text).join('\n'),
      buttons: contents.flatMap((content) => content.buttons ?? []),
    };
  }

  /** Does the slow work that waits; what was answered to its results, with the files that went along. */
  async work(handlers: readonly WorkHandler[]): Promise<{ text: string; fileIds: readonly string[] }[]> {
    const conversations: string[] = [];
    const process = (id: string) => void conversations.push(id);
    const silent = () => undefined;
    const runWork = createRunWork({
      ...{ store: this.store, clock: machineClock, handlers, process },
      bells: { deliver: silent, work: silent, conversation: silent },
      logger: { info: silent, warn: silent, error: silent },
    });
    const kind = { in: handlers.map((handler) => handler.kind) };
    for (const { id } of await this.store.db.work.findMany({ where: { state: 'open', kind } })) await runWork(id);
    const answers: { text: string; fileIds: string[] }[] = [];
    for (const id of conversations) {
      const contents = await this.turn(id);
      if (contents.length === 0) continue;
      const fileIds = contents.flatMap(({ fileId }) => (fileId === undefined ? [] : [fileId]));
      answers.push({ text: contents.map(({ text }) => text).join('\n'), fileIds });
    }
    return answers;
  }

  /** Types lines one after another; the answer to the last. */
  async type(person: Person, ...lines: string[]): Promise<string> {
    let text = '';
    for (const line of lines) text = (await this.send(person, { kind: 'text', text: line })).text;
    return text;
  }

  async press(person: Person, action: string): Promise<string> {
    return (await this.send(person, { kind: 'action', action })).text;
  }

  async file(
    person: Person,
    name = 'bao-cao.pdf',
    type = 'application/pdf',
  ): Promise<{ file: StoredFile; text: string }> {
    const saved = await createFileStore(this.store).save(Buffer.from(`%PDF-1.7 ${name}`), { name, type });
    const file = { fileId: saved.id, name, type: saved.type, size: saved.size };
    return { file, text: (await this.send(person, { kind: 'file', caption: '', file })).text };
  }

  async steps(obligationId: string): Promise<string[]> {
    const rows = await this.store.db.reminderStep.findMany({
      where: { obligationId },
      orderBy: [{ dueAt: 'asc' }, { step: 'asc' }],
    });
    return rows.map((row) => `v${String(row.version)} ${row.step} ${row.state}`);
  }

  async obligation(id: string) {
    const row = await this.store.db.obligation.findUniqueOrThrow({
      where: { id },
      include: { submissions: { orderBy: { version: 'asc' }, include: { files: { orderBy: { n: 'asc' } } } } },
    });
    return { ...row, due: fromDbDate(row.dueOn) };
  }

  /** Statements that wait for a lock now. */
  async waiting(): Promise<number> {
    const rows = await this.store.db.$queryRaw<object[]>`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return rows.length;
  }

  drop(): Promise<void> {
    return this.database.drop();
  }
}

/** 08:00 in Việt Nam on a day: when steps fall due. */
export const morning = (day: LocalDate): Date => new Date(`${day}T01:00:00Z`);
export const noon = (day: LocalDate): Date => new Date(`${day}T05:00:00Z`);
export const lastSecond = endOfDay;
