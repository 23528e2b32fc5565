/** The week with the queue in Redis, undisturbed. */
import { describeWeek } from './province-week.js';

describeWeek('redis');
