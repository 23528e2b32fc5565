/** The door of what exists only outside production. */
export { demoInvite, demoPeople } from './demo/access.js';
export { seedDemo } from './demo/seed.js';
