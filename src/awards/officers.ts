/** Who looks after the knowledge. */
import type { Actor } from '../kernel/people.js';

export const isOfficer = ({ roles }: Actor): boolean => roles.includes('officer') || roles.includes('admin');
