/** The menu and the help text: what this person can do here. */
import { z } from 'zod';
import type { Actor } from '../kernel/people.js';
import { defineCommand, defineFlow, type GoButton } from './flow.js';
import { t } from './text.js';

/** The commands offered to this person, most wanted first. */
export function menuButtons(actor: Actor): GoButton[] {
  const isOfficer = actor.roles.includes('officer');
  const isLeader = actor.roles.includes('leader');
  const hasSeat = actor.seats.length > 0;
  const buttons: GoButton[] = [];
  if (hasSeat) {
    buttons.push(
      { label: t('button.owed'), command: 'owed' },
      { label: t('button.register'), command: 'register' },
      { label: t('button.submit'), command: 'submit' },
    );
  }
  if (isOfficer) {
    buttons.push(
      { label: t('button.tasks'), command: 'tasks' },
      { label: t('button.launch'), command: 'launch' },
      { label: t('button.urge'), command: 'urge' },
      { label: t('button.honour'), command: 'honour' },
      { label: t('button.notice'), command: 'notice' },
    );
  }
  if (isOfficer || isLeader) buttons.push({ label: t('button.numbers'), command: 'numbers' });
  buttons.push(
    { label: t('button.campaigns'), command: 'campaigns' },
    { label: t('button.ask'), command: 'ask' },
    { label: t('button.honours'), command: 'honours' },
  );
  if (!isOfficer) buttons.push({ label: t('button.person'), command: 'person' });
  return buttons;
}

export const menuFlow = defineFlow({
  name: 'menu',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, unknown>({
      name: 'menu',
      words: ['menu', '/menu', 'danh mục', 'trang chủ'],
      start: ({ actor }) => ({
        end: true,
        say: [{ text: t('menu.title', { name: actor.name }), buttons: menuButtons(actor) }],
      }),
    }),
    defineCommand<undefined, unknown>({
      name: 'help',
      words: ['trợ giúp', '/help', 'giúp', 'hướng dẫn', 'help'],
      aside: true,
      start: ({ actor }) => ({
        end: true,
        say: [
          {
            text: t(
              actor.roles.includes('officer')
                ? 'menu.helpOfficer'
                : actor.seats.length > 0
                  ? 'menu.helpSeat'
                  : 'menu.helpVisitor',
            ),
            buttons: [{ label: t('button.menu'), command: 'menu' }],
          },
        ],
      }),
    }),
  ],
  steps: {},
});
