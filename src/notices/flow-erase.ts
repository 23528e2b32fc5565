/** "Xóa tên": an administrator makes a person's name disappear; the record stays whole and says that it was erased. */
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  raw,
  refuse,
  t,
  type Flow,
} from '../conversation/index.js';
import { erasePerson } from '../delivery/index.js';
import { translate } from '../i18n/index.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { isAdmin, type UnitsReads } from '../units/index.js';

type Reads = { readonly units: Pick<UnitsReads, 'alike'> };
type People = Awaited<ReturnType<UnitsReads['alike']>>;

const dataSchema = z.object({ name: z.string().optional(), memberId: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

const eraseName = defineEffect<{ readonly memberId: string }>('notices.erase-name');

export const eraseFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'erase-name',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads>({
      name: 'erase-name',
      words: ['xóa tên', '/xoaten'],
      takesText: true,
      allow: isAdmin,
      start: ({ arg }) => (arg === '' ? { to: 'name', data: {} } : { to: 'who', data: { name: arg } }),
    }),
  ],
  steps: {
    name: defineStep<Data, Reads>({
      ask: () => ({ text: t('notices.erase.askName') }),
      answer: (_at, answer) =>
        answer.kind === 'text' ? { to: 'who', data: { name: answer.text } } : { again: t('notices.erase.askName') },
    }),
    who: defineStep<Data, Reads, People>({
      load: (read, { data }) => read.units.alike(data.name ?? ''),
      ask: ({ data, loaded }) => {
        const name = data.name ?? '';
        if (loaded.length === 0) return { to: 'name', data: {}, say: [{ text: t('notices.erase.nobody', { name }) }] };
        return {
          text: t('notices.erase.who', { name }),
          options: [
            ...loaded.map((one) => ({
              value: one.memberId,
              label: raw(one.unitName === null ? one.name : `${one.name}, ${one.unitName}`),
            })),
            { value: 'no', label: t('notices.button.no'), words: ['không', 'thôi'] },
          ],
        };
      },
      answer: ({ data, loaded }, answer) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        if (answer.value === 'no') return { end: true, say: [{ text: t('notices.erase.kept') }] };
        const one = loaded.find(({ memberId }) => memberId === answer.value);
        return one
          ? { to: 'confirm', data: { ...data, name: one.name, memberId: one.memberId } }
          : { again: t('conversation.chooseOne') };
      },
    }),
    confirm: defineStep<Data, Reads>({
      ask: ({ data }) => ({
        text: t('notices.erase.confirm', { name: data.name ?? '' }),
        options: [
          { value: 'erase', label: t('notices.erase.button'), words: ['xóa', 'đồng ý'] },
          { value: 'no', label: t('notices.button.no'), words: ['không', 'thôi'] },
        ],
      }),
      answer: ({ data }, answer) => {
        if (answer.kind !== 'option' || data.memberId === undefined) return { again: t('conversation.chooseOne') };
        if (answer.value === 'no') return { end: true, say: [{ text: t('notices.erase.kept') }] };
        return {
          end: true,
          effects: [eraseName({ memberId: data.memberId })],
          say: [{ text: t('notices.erase.done') }],
        };
      },
    }),
  },
});

/** Erases the name here and its proof in the record. Whoever still answers for something keeps the name. */
export function createEraseEffect(): EffectHandler {
  return handle(eraseName, async ({ memberId }, { tx, now, actor }) => {
    const seats = await tx.seatHolding.count({ where: { memberId, heldTo: null } });
    const roles = await tx.memberRole.count({ where: { memberId } });
    if (seats + roles > 0) return refuse('in-office', t('notices.erase.inOffice'));
    const contacts = await tx.contact.findMany({ where: { memberId }, select: { id: true } });
    for (const key of [`m:${memberId}`, ...contacts.map(({ id }) => `c:${id}`)]) await erasePerson(tx, key);
    const blank = translate('vi', 'notices.record.erased');
    await tx.member.update({ where: { id: memberId }, data: { fullName: blank, position: null } });
    await tx.contact.updateMany({ where: { memberId }, data: { displayName: '' } });
    await tx.auditEntry.create({
      data: { at: now, memberId: actor.memberId, action: 'record.erase-name', subject: `member:${memberId}` },
    });
    return undefined;
  });
}
