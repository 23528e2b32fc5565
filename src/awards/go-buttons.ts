/** The ways out of this room that its screens share. */
import { t, type GoButton } from '../conversation/index.js';

export const PERSON: GoButton = { label: t('button.person'), command: 'person' };
export const MENU: GoButton = { label: t('button.menu'), command: 'menu' };
export const TASKS: GoButton = { label: t('button.tasks'), command: 'tasks' };
