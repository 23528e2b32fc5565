/** What flows of this and other rooms may read about units and people. */
import type { Planner } from '../delivery/index.js';
import type { Audience, Recipient } from '../delivery/ports.js';
import { localDate } from '../kernel/local-date.js';
import type { SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import type { Say, Text } from '../conversation/index.js';
import { isValidOn, type AudienceRule, type Cluster, type Unit } from './model.js';
import {
  countAudience,
  countRule,
  findUnitsByText,
  officers,
  ruleText,
  silentSeats,
  unitsOf,
  unitsWithoutSeat,
  type AudienceCount,
} from './service-directory.js';
import { checkInvitation, type InvitationCheck, type Trier } from './service-invitations.js';
import {
  findAlike,
  findNamesakes,
  findOpenInvitations,
  findUnitCard,
  type Namesake,
  type OpenFilter,
  type OpenInvitation,
  type UnitCard,
} from './store-cards.js';
import { findMemberContacts, type MemberContact } from './store-contacts.js';
import { findActing, findCover, findCoversBy, findCoversOf, type Cover } from './store-covers.js';
import type { OrderPlan, UnitOrder } from './order.js';
import { findOpenWork, type OpenWork } from './store-open-work.js';
import { findPlannedOrders, previewOrder, type OrderPreview } from './store-orders.js';
import type { Holder, SilentSeat } from './store-people.js';
import {
  findChanges,
  findClusters,
  findUnitByCode,
  findUnits,
  findUnitsById,
  type RecordedChange,
} from './store-units.js';

export interface UnitsReads {
  /** All units, also those of the past. */
  allUnits(): Promise<Unit[]>;
  /** Units that exist at a moment, by name. */
  unitsAt(now: Date): Promise<Unit[]>;
  unitByCode(code: string): Promise<Unit | null>;
  unitsById(ids: readonly string[]): Promise<Unit[]>;
  /** What a typed name may mean, best first; one entry when it is plain. */
  searchUnits(text: string, now: Date, limit?: number): Promise<Unit[]>;
  changesOf(unitId: string): Promise<RecordedChange[]>;
  clusters(): Promise<Cluster[]>;
  unitsOf(rule: AudienceRule, now: Date): Promise<Unit[]>;
  ruleText(rule: AudienceRule): Promise<Text>;
  countRule(rule: AudienceRule, seats: readonly SeatKind[], now: Date, say?: readonly Say[]): Promise<AudienceCount>;
  countAudience(audience: Audience, now: Date): Promise<AudienceCount>;
  /** Who acts for such seats today: the holder, or whoever covers a leave. */
  holdersOf(unitIds: readonly string[], kinds: readonly SeatKind[]): Promise<Holder[]>;
  /** What is open in a unit, and how many forms a person has begun. */
  openWork(unitId: string, memberId: string | null): Promise<OpenWork>;
  cover(id: string): Promise<Cover | null>;
  /** Ordered changes of units whose day has not come. */
  unitOrders(): Promise<UnitOrder[]>;
  /** What a change of units would touch. */
  orderPreview(plan: OrderPlan): Promise<OrderPreview>;
  /** Leaves of these seats that are not over, the nearest first. */
  coversOf(seatIds: readonly string[]): Promise<Cover[]>;
  /** Leaves that a person covers. */
  coversBy(memberId: string): Promise<Cover[]>;
  unitsWithoutSeat(now: Date): Promise<{ id: string; name: string }[]>;
  silentSeats(days: number, now: Date): Promise<SilentSeat[]>;
  officers(): Promise<Recipient[]>;
  /** A unit with its seats, holders and open invitations. */
  unitCard(unitId: string, now: Date): Promise<UnitCard | null>;
  /** Members with exactly this name. */
  namesakes(fullName: string): Promise<Namesake[]>;
  /** Namesakes, also when the name was typed without diacritics. */
  alike(fullName: string): Promise<Namesake[]>;
  openInvitations(filter: OpenFilter, now: Date): Promise<OpenInvitation[]>;
  contactsOf(memberId: string): Promise<MemberContact[]>;
  checkInvitation(typed: string, who: Trier, now: Date): Promise<InvitationCheck>;
  /** True when the database holds sample data. */
  isDemo(): Promise<boolean>;
}

/** The part of a turn's reads that this room's flows use. */
export interface UnitsReadPort {
  readonly units: UnitsReads;
}

export function createUnitsReads(tx: Tx, planner?: Planner): UnitsReads {
  return {
    allUnits: () => findUnits(tx),
    unitsAt: async (now) => (await findUnits(tx)).filter((unit) => isValidOn(unit, localDate(now))),
    unitByCode: (code) => findUnitByCode(tx, code),
    unitsById: (ids) => findUnitsById(tx, ids),
    searchUnits: (text, now, limit) => findUnitsByText(tx, text, localDate(now), limit),
    changesOf: (unitId) => findChanges(tx, unitId),
    clusters: () => findClusters(tx),
    unitsOf: (rule, now) => unitsOf(tx, rule, localDate(now)),
    ruleText: (rule) => ruleText(tx, rule),
    countRule: (rule, seats, now, say) => countRule(tx, rule, seats, now, { planner, say }),
    countAudience: (audience, now) => countAudience(tx, audience, now, { planner }),
    holdersOf: (unitIds, kinds) => findActing(tx, unitIds, kinds),
    openWork: (unitId, memberId) => findOpenWork(tx, unitId, memberId),
    cover: (id) => findCover(tx, id),
    unitOrders: () => findPlannedOrders(tx),
    orderPreview: (plan) => previewOrder(tx, plan),
    coversOf: (seatIds) => findCoversOf(tx, seatIds),
    coversBy: (memberId) => findCoversBy(tx, memberId),
    unitsWithoutSeat: (now) => unitsWithoutSeat(tx, localDate(now)),
    silentSeats: (days, now) => silentSeats(tx, days, now),
    officers: () => officers(tx),
    unitCard: (unitId, now) => findUnitCard(tx, unitId, now),
    namesakes: (fullName) => findNamesakes(tx, fullName),
    alike: (fullName) => findAlike(tx, fullName),
    openInvitations: (filter, now) => findOpenInvitations(tx, filter, now),
    contactsOf: (memberId) => findMemberContacts(tx, memberId),
    checkInvitation: (typed, who, now) => checkInvitation(tx, typed, who, now),
    isDemo: async () => (await tx.setting.findUnique({ where: { key: 'mode' } }))?.value === 'demo',
  };
}
