/** The units room's door: who is who, who acts for whom, who can be reached. */
import type { RoomFlow } from '../conversation/index.js';
import { addClusterFlow, addUnitsFlow } from './flow-add-units.js';
import { createInviteFlow } from './flow-invite.js';
import type { InviteOptions } from './flow-invite-person.js';
import { createLeaveFlow } from './flow-leave.js';
import { orderListFlow, ordersFlow } from './flow-orders.js';
import { settingsFlow } from './flow-settings.js';
import { startFlow } from './flow-start.js';
import { unitsFlow } from './flow-units.js';

/** The flows of this room: greeting, personal settings, inviting and handing over, looking units up, entering them. */
export function createUnitsFlows(options: InviteOptions = {}): RoomFlow[] {
  return [
    startFlow,
    settingsFlow,
    createInviteFlow(options),
    createLeaveFlow(options),
    unitsFlow,
    addUnitsFlow,
    addClusterFlow,
    ordersFlow,
    orderListFlow,
  ];
}

export { createUnitsEffects } from './effects.js';
export { createUnitsReads, type UnitsReadPort, type UnitsReads } from './reads.js';
export { roleText } from './invite-texts.js';
export { looksLikeInvitation, readInvitationCode } from './invitation-code.js';
export {
  describeRule,
  EMPTY_RULE,
  heldKindText,
  isClerk,
  isAdmin,
  isLeader,
  isOfficer,
  matchUnits,
  SEAT_KINDS,
  seatFor,
  seatKindText,
  seatsOf,
  seatText,
  UNIT_LEVELS,
  unitLevelText,
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
  administrators,
  inCharge,
  leaders,
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
export { ensureFirstAdministrator } from './service-inviting.js';
export { openSilentSeatTasks, type SilencePorts } from './service-silence.js';
export {
  changeUnits,
  handOverSeat,
  type Succession,
  type SuccessionFacts,
  type SuccessionHook,
} from './service-seats.js';
export { type KnownContact, type MemberContact } from './store-contacts.js';
export { createUnitsDay, unitInstants } from './service-orders.js';
export { findActing as holdersOf } from './store-covers.js';
export { addRole, ensureSeat, insertMember } from './store-people.js';
export { findChanges, findUnitsById } from './store-units.js';
