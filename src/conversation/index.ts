/** The conversation room's door. */
export { advance } from './advance.js';
export type { AdvanceInput, AdvanceResult } from './standing.js';
export { defineEffect, refuse, askForWork, type Effect, type EffectType, type Refusal } from './effect.js';
export {
  defineCommand,
  defineFlow,
  defineStep,
  type Answer,
  type Ask,
  type At,
  type Command,
  type Flow,
  type GoButton,
  type Move,
  type Option,
  type Say,
  type Step,
  type TurnContext,
} from './flow.js';
export { notForYou } from './not-for-you.js';
export { raw, t, type Text, type Texts } from './text.js';
export { readDrafts, readSession, type Drafts, type Session } from './session.js';
export { buildRegistry, type Registry, type RoomFlow } from './registry.js';
export { draftFlow, fileProblemText } from './builtins.js';
export { menuFlow } from './flow-menu.js';
export { renderSay, renderText } from './render.js';
