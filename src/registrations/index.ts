/** Registrations: entering a campaign, and the officer's decision. */
import type { RoomFlow } from '../conversation/index.js';
import { registerFlow } from './flow-register.js';
import { reviewFlow } from './flow-review.js';

export { createRegistrationsEffects, type RegistrationsDeps } from './service.js';
export { createRegistrationsReads, type RegistrationsReads } from './store.js';
export { succeedRegistrations } from './succession.js';

/** Flows of this room. */
export const createRegistrationsFlows = (): RoomFlow[] => [registerFlow, reviewFlow];
