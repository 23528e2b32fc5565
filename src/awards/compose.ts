/** Puts an answer into words: the point, the computation, the basis, the warning. */
import { translate, type LocaleKey } from '../i18n/index.js';
import { formatDate, formatMoney, formatNumber } from '../kernel/format.js';
import { addDays, type LocalDate } from '../kernel/local-date.js';
import { baseSalaryOn, bonusOn, bonusWith, type Bonus } from './money.js';
import { shareLine, yearsLine } from './counted-lines.js';
import type { Basis, Card, Citation, Knowledge, LegalDocument } from './model.js';
import type { Occasion } from './occasion.js';
import { documentHolds } from './validity.js';

export interface Composed {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly warned: boolean;
}

const say = (key: LocaleKey, params: Readonly<Record<string, string | number>> = {}): string =>
  translate('vi', key, params);

/** The words of a card for this occasion. */
export function composeCard(card: Card, occasion: Occasion): Composed {
  const bonus =
    card.bonus === undefined
      ? undefined
      : bonusOn(occasion.knowledge.parameters, card.bonus, occasion.payee, occasion.asOf);
  const basis = bonus ? bonus.basis : resolveBasis(card, occasion);
  const body = [
    shareLine(card, occasion),
    yearsLine(card, occasion),
    bonus ? bonusLine(card, bonus, occasion) : bodyOf(card, occasion),
  ].filter((line) => line !== '');
  const warnings = warningsFor(card, basis, bonus, occasion);
  const tail = [
    ...settingLines(card),
    ...basisLine(basis, card, occasion.knowledge),
    ...warnings.map((line) => `⚠️ ${line}`),
  ];
  return { text: [...body, ...tail].join('\n'), citations: citationsOf(basis), warned: warnings.length > 0 };
}

function bodyOf(card: Card, occasion: Occasion): string {
  const one = card.lifeOf === undefined ? undefined : occasion.knowledge.documents.get(card.lifeOf);
  if (one) return lifeLine(one, occasion.asOf);
  return card.answer.replace('{baseSalary}', salaryText(occasion));
}

/** The base salary of the day, and the one beside it in time: people ask for one and mean the other. */
function salaryText({ knowledge: { parameters }, asOf }: Occasion): string {
  const salary = baseSalaryOn(parameters, asOf);
  if (!salary) return '–';
  const amount = formatMoney(salary.amount);
  const next = salary.to === undefined ? undefined : baseSalaryOn(parameters, salary.to);
  if (salary.to !== undefined && next)
    return say('awards.salary.until', { amount, to: formatDate(salary.to), after: formatMoney(next.amount) });
  const before = baseSalaryOn(parameters, addDays(salary.from, -1));
  return before
    ? say('awards.salary.since', { amount, from: formatDate(salary.from), before: formatMoney(before.amount) })
    : amount;
}

function resolveBasis(card: Card, occasion: Occasion): readonly Basis[] {
  const salary = baseSalaryOn(occasion.knowledge.parameters, occasion.asOf);
  const basis = card.basis.flatMap((one) =>
    one.document === '{baseSalaryDocument}' ? (salary ? [{ document: salary.document }] : []) : [one],
  );
  // The life of a document rests on what amended it, too.
  const document = card.lifeOf === undefined ? undefined : occasion.knowledge.documents.get(card.lifeOf);
  const amended = (document?.amendments ?? []).filter(({ from }) => from <= occasion.asOf);
  return [
    ...basis,
    ...amended.filter(({ by }) => basis.every((one) => one.document !== by)).map(({ by }) => ({ document: by })),
  ];
}

function bonusLine(card: Card, bonus: Bonus, occasion: Occasion): string {
  const times = bonus.times === 1 ? '' : ` × ${formatNumber(bonus.times)}`;
  const sum = `${formatNumber(bonus.multiple)}${times} × ${formatMoney(bonus.salary)} = ${formatMoney(bonus.exact)}`;
  const rounded =
    bonus.exact === bonus.amount ? '' : `, ${say('awards.bonus.rounded', { amount: formatMoney(bonus.amount) })}`;
  const name = occasion.knowledge.vocabulary.concepts.get(card.subjects[0] ?? card.bonus ?? '')?.name ?? card.title;
  const payee =
    bonus.payee === 'person'
      ? ''
      : ` (${say(bonus.payee === 'collective' ? 'awards.bonus.collective' : 'awards.bonus.household')})`;
  const head = say(bonus.atMost ? 'awards.bonus.atMost' : 'awards.bonus.amount', {
    name: `${name}${payee}`,
    amount: formatMoney(bonus.amount),
  });
  const { heads, isUnclear } = occasion.heads;
  const total = formatMoney(bonus.amount * heads);
  const forAll =
    heads > 1 ? say('awards.bonus.heads', { n: formatNumber(heads), amount: formatMoney(bonus.amount), total }) : '';
  return [
    head,
    forAll,
    isUnclear ? say('awards.bonus.each') : '',
    bonus.isTheirs ? '' : notTheirs(card, occasion),
    say('awards.bonus.sum', { sum: `${sum}${rounded}`, day: formatDate(occasion.asOf) }),
    ...otherHalf(card, occasion),
    ...withToldSalary(bonus, occasion),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** "hộ gia đình được HCLĐ": no rule tells an amount of theirs. */
function notTheirs(card: Card, { knowledge: { parameters }, payee }: Occasion): string {
  const whose = parameters.bonuses[card.bonus ?? '']?.payee === 'collective' ? 'collective' : 'person';
  return say('awards.bonus.notTheirs', { payee: say(`awards.bonus.${payee}`), whose: say(`awards.bonus.${whose}`) });
}

/** The question names a base salary of its own: what it would come to. */
function withToldSalary(bonus: Bonus, { knowledge: { parameters }, salary }: Occasion): string[] {
  if (salary === null || salary === bonus.salary) return [];
  const amount = formatMoney(bonusWith(parameters, bonus, salary));
  return [say('awards.bonus.toldSalary', { salary: formatMoney(salary), amount })];
}

/** The amount on the other side of a change of the base salary in the year that was asked about. */
function otherHalf(card: Card, { knowledge: { parameters }, asOf, wholeYear, payee }: Occasion): string[] {
  const year = asOf.slice(0, 4);
  const changed = parameters.baseSalary.map(({ from }) => from).filter((from) => from.slice(0, 4) === year);
  if (wholeYear !== true || card.bonus === undefined) return [];
  const id = card.bonus;
  return changed.flatMap((from) => {
    const isBefore = asOf >= from;
    const other = bonusOn(parameters, id, payee, isBefore ? addDays(from, -1) : from);
    if (!other) return [];
    const key = isBefore ? 'awards.bonus.before' : 'awards.bonus.after';
    return [say(key, { day: formatDate(from), amount: formatMoney(other.amount) })];
  });
}

/** What became of a document, as of a day. */
export function lifeLine(one: LegalDocument, day: LocalDate): string {
  const params = {
    kind: one.kind,
    number: one.number,
    title: one.title,
    from: one.inForceFrom ? formatDate(one.inForceFrom) : '',
    since: one.inForceFrom ? ` (${say('awards.life.since', { from: formatDate(one.inForceFrom) })})` : '',
    to: one.inForceTo ? formatDate(one.inForceTo) : '',
    by: one.replacedBy ?? '',
    issued: one.issuedOn ? formatDate(one.issuedOn) : '',
  };
  const parts: string[] = [];
  if (one.inForceTo !== undefined && day >= one.inForceTo)
    parts.push(say(one.replacedBy === undefined ? 'awards.life.ended' : 'awards.life.replaced', params));
  else if (one.certainty === 'VERIFIED-OLD') parts.push(say('awards.life.unsure', params));
  else if (one.inForceFrom !== undefined && day < one.inForceFrom) parts.push(say('awards.life.notYet', params));
  else if (one.inForceFrom !== undefined)
    parts.push(say(one.inForceTo === undefined ? 'awards.life.inForce' : 'awards.life.inForceUntil', params));
  else parts.push(say(one.issuedOn === undefined ? 'awards.life.known' : 'awards.life.issued', params));
  for (const amendment of one.amendments)
    if (day >= amendment.from)
      parts.push(say('awards.life.amended', { by: amendment.by, from: formatDate(amendment.from) }));
  if (one.note !== undefined) parts.push(one.note);
  return parts.join(' ');
}

function settingLines(card: Card): string[] {
  if (card.outcome !== 'local_setting') return [];
  return card.local === undefined
    ? [say('awards.local.empty', { whom: adviser(card) })]
    : [say('awards.local.set', { value: card.local })];
}

/** Whom to ask, in words. */
export function adviser(card: Card | undefined): string {
  return say(`awards.whom.${card?.ask ?? 'office'}` as LocaleKey);
}

/** The documents, and that an officer has compared the card with them where one has. */
function basisLine(basis: readonly Basis[], { state, checkedAt }: Card, knowledge: Knowledge): string[] {
  if (basis.length === 0) return [];
  const list = basis.map((one) => basisText(one, knowledge)).join('; ');
  return state === 'da-doi-chieu' && checkedAt !== undefined
    ? [say('awards.basis.checked', { list, day: formatDate(checkedAt) })]
    : [say('awards.basis', { list })];
}

/** "Luật số 06/2022/QH15, Điều 27, khoản 1, điểm c". */
export function basisText(basis: Basis, knowledge: Knowledge): string {
  const one = knowledge.documents.get(basis.document);
  const parts = [one ? `${one.kind} ${say('awards.basis.number')} ${one.number}` : basis.document];
  if (basis.article !== undefined) parts.push(say('awards.basis.article', { n: basis.article }));
  if (basis.clause !== undefined) parts.push(say('awards.basis.clause', { n: basis.clause }));
  if (basis.point !== undefined) parts.push(say('awards.basis.point', { n: basis.point }));
  if (basis.section !== undefined) parts.push(basis.section);
  return parts.join(', ');
}

function citationsOf(basis: readonly Basis[]): Citation[] {
  return basis.map(({ document, article, clause, point }) => ({
    document,
    ...(article === undefined ? {} : { article }),
    ...(clause === undefined ? {} : { clause }),
    ...(point === undefined ? {} : { point }),
  }));
}

function warningsFor(card: Card, basis: readonly Basis[], bonus: Bonus | undefined, occasion: Occasion): string[] {
  const { knowledge, asOf, today } = occasion;
  const warnings = new Set<string>();
  const documents = [...new Set(basis.map((one) => one.document))].flatMap(
    (number) => knowledge.documents.get(number) ?? [],
  );
  // The base salary of the day of the decision is the right one, however old: no law of the past.
  const salary = bonus && baseSalaryOn(knowledge.parameters, asOf)?.document;
  const past =
    card.lifeOf === undefined &&
    asOf < today &&
    documents.some((one) => one.number !== salary && documentHolds(one, asOf) && changedBetween(one, asOf, today));
  if ((card.certainty === 'VERIFIED-OLD' && card.lifeOf === undefined) || past)
    warnings.add(say('awards.warn.past', { day: formatDate(asOf) }));
  if (asOf > today && card.lifeOf === undefined) warnings.add(say('awards.warn.future', { day: formatDate(asOf) }));
  for (const line of documentWarnings(basis, knowledge, asOf)) warnings.add(line);
  const isSecondHand =
    (card.certainty === 'VERIFIED-2' && card.state !== 'da-doi-chieu') ||
    bonus?.certainty === 'VERIFIED-2' ||
    (card.certainty === 'VERIFIED-OLD' && card.lifeOf !== undefined);
  if (isSecondHand) warnings.add(say('awards.warn.secondHand'));
  return [...warnings];
}

/** What has to be said of the documents behind a statement, on a day: that they were changed, or are read with care. */
export function documentWarnings(basis: readonly Basis[], knowledge: Knowledge, day: LocalDate): string[] {
  const documents = [...new Set(basis.map((one) => one.document))].flatMap(
    (number) => knowledge.documents.get(number) ?? [],
  );
  return documents.flatMap((one) => {
    const amended = one.amendments
      .filter((amendment) => day >= amendment.from)
      .map(({ from, strongArticles }) => {
        const strong = basis.some(
          ({ document, article }) =>
            document === one.number && article !== undefined && strongArticles.includes(article),
        );
        return say(strong ? 'awards.warn.amendedStrong' : 'awards.warn.amended', { from: formatDate(from) });
      });
    return one.caution === undefined ? amended : [...amended, one.caution];
  });
}

function changedBetween(one: LegalDocument, asOf: LocalDate, today: LocalDate): boolean {
  return (
    (one.inForceTo !== undefined && one.inForceTo <= today) ||
    one.amendments.some((amendment) => asOf < amendment.from && amendment.from <= today)
  );
}
