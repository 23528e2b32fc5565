/** What can be counted in a question and held against a rule: shares, rows of years, conditions told to be missing. */
import { translate, type LocaleKey } from '../i18n/index.js';
import { formatNumber } from '../kernel/format.js';
import type { Card } from './model.js';
import type { Occasion } from './occasion.js';
import type { Denied } from './question-numbers.js';
import { longestRun } from './question-years.js';
import { compareShare } from './share.js';

const say = (key: LocaleKey, params: Readonly<Record<string, string | number>> = {}): string =>
  translate('vi', key, params);

/** "60 % < 70 %": worked out when the question tells the counts and the card has a least share. */
export function shareLine(card: Card, occasion: Occasion): string {
  const title = occasion.subjects.find((id) => id in occasion.knowledge.parameters.shares && card.id.startsWith(id));
  const rule = title === undefined ? undefined : occasion.knowledge.parameters.shares[title];
  if (title === undefined || !rule) return '';
  return [countLine(rule.min, occasion), ...deniedLines(title, occasion)].filter((line) => line !== '').join('\n');
}

function countLine(min: number, { share: told, whole, winnersApart }: Occasion): string {
  if (!told)
    return whole === null
      ? ''
      : say('awards.share.least', {
          whole,
          min: formatNumber(min),
          exact: formatNumber((whole * min) / 100),
          least: Math.ceil((whole * min) / 100),
        });
  const { isEnough, sum } = compareShare(told, min);
  // Whether the others are in the count is not told: too few may be enough.
  if (!isEnough && winnersApart) return say('awards.share.apart', { min: formatNumber(min) });
  return `${sum}: ${say(isEnough ? 'awards.share.enough' : 'awards.share.tooFew')}`;
}

/** Conditions that the question itself says are not there: no council needs to weigh them. */
const DENIALS: Readonly<Record<string, readonly Denied[]>> = {
  ttldtt: ['discipline', 'unit'],
  ttldxs: ['noCstdcs', 'tasks', 'unit'],
};
const deniedLines = (title: string, { denied }: Occasion): string[] =>
  (DENIALS[title] ?? []).filter((one) => denied.has(one)).map((one) => say(`awards.denied.${one}`));

/** "2023, 2024, 2025: 3 lần liên tục": only counted; whether the rest is there, the council judges. */
export function yearsLine(card: Card, occasion: Occasion): string {
  const { runs } = occasion.knowledge.parameters;
  const title = Object.keys(runs).find((id) => card.id === `${id}-tieu-chuan`);
  const rule = title === undefined ? undefined : runs[title];
  if (!rule?.yearly || occasion.years.length < 2 || !occasion.subjects.includes(rule.of)) return '';
  const run = longestRun(occasion.years);
  return say(run >= rule.times ? 'awards.years.enough' : 'awards.years.tooFew', {
    years: occasion.years.join(', '),
    name: occasion.knowledge.vocabulary.concepts.get(rule.of)?.name ?? '',
    run,
    times: rule.times,
  });
}
