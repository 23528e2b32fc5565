/** Marks on answers. */
export { createMarkEffects } from './effects.js';
export { createMarksFlow } from './flow.js';
export { createMarkReads, type MarkReads } from './store.js';
