/** Tasks of the law watch: an alarm to take note of, cards to be gone through again. */
import { defineStep, raw, t, type Move } from '../../conversation/index.js';
import type { Knowledge } from '../model.js';
import { closeLawTask, keepCard } from './effects.js';
import { cardOption, fresh, LISTED, numbered, paged, turned, type Data, type Reads } from './screens.js';
import { CHECK_REF, type LawTask } from './store.js';

/** An alarm to take note of, or cards to be gone through again. */
export function taskStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, LawTask | null>({
    load: async (read, { data }) => {
      await read.awards.fresh();
      return read.law.task(data.ref ?? '');
    },
    ask: ({ loaded, data: { offset, ref = '', kept = [] } }) => {
      const left = loaded?.cards.filter((id) => !kept.includes(id)) ?? [];
      if (!loaded || (isCheck(ref) && left.length === 0))
        return {
          end: true,
          say: [{ text: t('awards.law.task.gone'), buttons: [{ label: t('button.tasks'), command: 'tasks' }] }],
          effects: loaded ? [closeLawTask({ refId: ref })] : [],
        };
      const cards = left.flatMap((id) => knowledge().cards.find((card) => card.id === id) ?? []);
      const known = knowledge().documents.has(numberOf(ref));
      const head = isCheck(ref) ? t('awards.law.task.left', { n: cards.length }) : t('awards.law.task.note');
      return {
        text: [raw(loaded.title), head, ...cards.slice(offset, offset + LISTED).map(numbered)],
        options: [
          ...paged(cards, offset, LISTED, cardOption),
          ...(known ? [{ value: 'document', label: t('awards.law.button.document') }] : []),
          { value: 'done', label: t('tasks.markDone'), words: ['xong'] },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      const { ref = '' } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const page = turned(data, answer.value, LISTED);
      if (page) return { to: 'task', data: page };
      if (answer.value === 'document') return { to: 'document', data: { offset: 0, number: numberOf(ref) } };
      if (answer.value === 'done')
        return isCheck(ref) ? { to: 'close', data } : { begin: 'tasks', effects: [closeLawTask({ refId: ref })] };
      return { to: 'card', data: { ...data, number: answer.value.slice(2) } };
    },
    refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
  });
}

/** What is not gone through yet is lost with the list: asked once more. */
export const closeStep = () =>
  defineStep<Data, Reads, LawTask | null>({
    load: (read, { data }) => read.law.task(data.ref ?? ''),
    ask: ({ loaded, data: { kept = [] } }) => ({
      text: t('awards.law.task.closeAsk', { n: loaded?.cards.filter((id) => !kept.includes(id)).length ?? 0 }),
      options: [
        { value: 'yes', label: t('awards.law.button.close'), words: ['có', 'đóng'] },
        { value: 'no', label: t('awards.law.button.toCards'), words: ['không', 'chưa'] },
      ],
    }),
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      return answer.value === 'yes'
        ? { begin: 'tasks', effects: [closeLawTask({ refId: data.ref ?? '' })] }
        : { to: 'task', data: { ...data, offset: 0 } };
    },
    refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
  });

/** One card after a change: it stays, or it is corrected. Here `number` names the card. */
export function cardStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data }) => {
      const card = knowledge().cards.find((one) => one.id === data.number);
      if (!card) return { to: 'task', data: { offset: 0, ref: data.ref } };
      return {
        text: [raw(card.title), ...(card.answer === '' ? [] : [raw(card.answer)]), t(`awards.state.${card.state}`)],
        options: [
          { value: 'keep', label: t('awards.law.button.keep'), words: ['giữ nguyên', 'vẫn đúng'] },
          { value: 'correct', label: t('awards.law.button.correct'), words: ['sửa thẻ'] },
          { value: 'back', label: t('awards.law.button.toCards') },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      const { ref = '', number: cardId = '' } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'correct') return { begin: 'card', arg: cardId };
      const { kept = [] } = data;
      if (answer.value !== 'keep') return { to: 'task', data: { offset: 0, ref, kept } };
      const effects = [keepCard({ refId: ref, cardId })];
      return { to: 'task', data: { offset: 0, ref, kept: [...kept, cardId] }, effects };
    },
    refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
  });
}

const isCheck = (ref: string): boolean => ref.startsWith(CHECK_REF);
/** `document:152/2025/NĐ-CP:2027-03-01` and `change:152/2025/NĐ-CP:1`. */
const numberOf = (ref: string): string => ref.split(':')[1] ?? '';
