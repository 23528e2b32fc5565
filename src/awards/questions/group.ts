/** Puts questions together that one answer serves, and says which group comes first. Pure. */
import type { Likeness } from '../likeness.js';
import type { WaitingQuestion } from './store.js';

export interface QuestionGroup {
  /** The oldest of them stands for all. */
  readonly lead: WaitingQuestion;
  readonly others: readonly WaitingQuestion[];
  /** How many people asked. */
  readonly people: number;
}

/** From here on two questions count as the same; below, an officer would have to answer them apart. */
const SAME = 0.75;

/** Whoever asked the same as this question, the question itself left out. */
export const sameAs = (
  one: WaitingQuestion,
  all: readonly WaitingQuestion[],
  likeness: Likeness,
): readonly WaitingQuestion[] => all.filter((other) => other.id !== one.id && isSame(one, other, likeness));

// A complaint and a wish for a person are somebody's own, however alike they sound.
const isSame = (a: WaitingQuestion, b: WaitingQuestion, likeness: Likeness): boolean =>
  a.reason === 'no_basis' && b.reason === 'no_basis' && likeness(a.text, b.text) >= SAME;

/** Groups by their oldest question; complaints first, then what most people ask, then the oldest. */
export function groupQuestions(all: readonly WaitingQuestion[], likeness: Likeness): readonly QuestionGroup[] {
  const lists: [WaitingQuestion, ...WaitingQuestion[]][] = [];
  for (const question of [...all].sort((a, b) => a.askedAt.getTime() - b.askedAt.getTime())) {
    const list = lists.find(([lead]) => isSame(lead, question, likeness));
    if (list) list.push(question);
    else lists.push([question]);
  }
  const groups = lists.map(([lead, ...others]): QuestionGroup => {
    const people = new Set([lead, ...others].map((one) => one.conversationId)).size;
    return { lead, others, people };
  });
  const urgency = ({ lead }: QuestionGroup) => (lead.reason === 'complaint' ? 0 : 1);
  return groups.sort(
    (a, b) => urgency(a) - urgency(b) || b.people - a.people || a.lead.askedAt.getTime() - b.lead.askedAt.getTime(),
  );
}
