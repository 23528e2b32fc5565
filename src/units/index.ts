/** The units room's door: who is who, who acts for whom, who can be reached. */
import type { Flow } from '../conversation/index.js';
import { settingsFlow } from './flow-settings.js';
import { startFlow } from './flow-start.js';
import type { UnitsReadPort } from './reads.js';
/** The flows of this room: greeting and invitations, personal settings. */
export function createUnitsFlows(): Flow<Record<string, never>, UnitsReadPort>[] {
  return [startFlow, settingsFlow];
}

export { createUnitsEffects } from './effects.js';
export { createUnitsReads, type UnitsReadPort, type UnitsReads } from './reads.js';
export { roleText } from './flow-start.js';
export { looksLikeInvitation, readInvitationCode } from './invitation-code.js';
export {
  describeRule,
  EMPTY_RULE,
  isLeader,
  isOfficer,
  matchUnits,
  SEAT_KINDS,
  seatFor,
  seatKindText,
  seatsOf,
  seatText,
  UNIT_LEVELS,
  UNIT_TYPES,
  type AudienceRule,
  type Cluster,
  type ClusterPlace,
  type Unit,
  type UnitLevel,
  type UnitType,
} from './model.js';
export { searchUnits } from './search.js';
export {
  ensureContact,
  ensureSilentContact,
  loadActor,
  setContactState,
  setLanguage,
  setSubscribed,
} from './service-contacts.js';
export {
  countAudience,
  countRule,
  findUnitsByText,
  officers,
  silentSeats,
  unitsOf,
  unitsWithoutSeat,
} from './service-directory.js';
export {
  checkInvitation,
  createInvitation,
  noteWrongCode,
  revokeInvitation,
  useInvitation,
  type InvitationCheck,
  type MadeInvitation,
} from './service-invitations.js';
export { changeUnits, handOverSeat, type Succession } from './service-seats.js';
export { type KnownContact, type MemberContact } from './store-contacts.js';
export { addRole, ensureSeat, findHolders as holdersOf, insertMember } from './store-people.js';
export { findChanges, findUnitsById } from './store-units.js';
