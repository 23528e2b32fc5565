/** How every room lets one unit go on for another, in their order. */
import { succeedCampaigns } from '../campaigns/index.js';
import { succeedRegistrations } from '../registrations/index.js';
import { createSuccession } from '../reporting/index.js';
import { closeTask, succeedTasks } from '../tasks/index.js';
import type { SuccessionHook } from '../units/index.js';

export const SUCCESSION: readonly SuccessionHook[] = [
  createSuccession({ tasks: { closeTask } }),
  succeedRegistrations,
  succeedCampaigns,
  // Last: what is waived has closed its tasks by then.
  succeedTasks,
];
