/** The menu and the help text: what this person can do here. */
import { z } from 'zod';
import type { Actor } from '../kernel/people.js';
import { defineCommand, defineFlow, type GoButton } from './flow.js';
import { t } from './text.js';

/** The commands offered to this person, most wanted first. */
export function menuButtons(actor: Actor): GoButton[] {
  const has = (role: 'officer' | 'leader' | 'admin'): boolean => actor.roles.includes(role);
  const staff = has('officer') || has('admin');
  return [
    ...(actor.seats.length > 0 ? SEAT : []),
    ...(staff ? [TASKS] : []),
    ...(has('officer') ? OFFICER : []),
    ...(has('officer') || has('leader') ? [{ label: t('button.numbers'), command: 'numbers' }] : []),
    ...(staff || has('leader') ? [{ label: t('button.units'), command: 'units' }] : []),
    ...(staff ? [{ label: t('button.inviteSeat'), command: 'invite-seat' }, CARDS] : []),
    ...(has('admin') ? ADMIN : []),
    { label: t('button.campaigns'), command: 'campaigns' },
    { label: t('button.ask'), command: 'ask' },
    { label: t('button.honours'), command: 'honours' },
    ...(staff ? [] : [{ label: t('button.person'), command: 'person' }]),
  ];
}

const SEAT: readonly GoButton[] = [
  { label: t('button.owed'), command: 'owed' },
  { label: t('button.register'), command: 'register' },
  { label: t('button.submit'), command: 'submit' },
];
const TASKS: GoButton = { label: t('button.tasks'), command: 'tasks' };
const CARDS: GoButton = { label: t('button.cards'), command: 'cards' };
const OFFICER: readonly GoButton[] = [
  { label: t('button.launch'), command: 'launch' },
  { label: t('button.urge'), command: 'urge' },
  { label: t('button.honour'), command: 'honour' },
  { label: t('button.notice'), command: 'notice' },
  { label: t('button.duties'), command: 'duties' },
];
const ADMIN: readonly GoButton[] = [
  { label: t('button.addUnits'), command: 'add-units' },
  { label: t('button.calendar'), command: 'calendar' },
];

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
