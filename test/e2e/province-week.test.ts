/** The week with the queue in PostgreSQL, undisturbed; with Redis it is told under kills (kills.test.ts). */
import { describeWeek } from './province-week.js';

describeWeek('postgres');
