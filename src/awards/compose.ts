/** Puts an answer into words: the point, the computation, the basis, the warning. */
import { translate, type LocaleKey } from '../i18n/index.js';
import { formatDate, formatMoney, formatNumber } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { baseSalaryOn, bonusOn, type Bonus, type Payee } from './money.js';
import type { Basis, Card, Citation, Knowledge, LegalDocument } from './model.js';
import type { ToldShare } from './question-numbers.js';
import { longestRun } from './question-years.js';
import { documentHolds } from './validity.js';

/** What the composition of one card needs to know. */
export interface Occasion {
  readonly knowledge: Knowledge;
  /** The day asked about. */
  readonly asOf: LocalDate;
  /** The day on which it is asked. */
  readonly today: LocalDate;
  readonly payee: Payee;
  readonly share: ToldShare | null;
  /** How many are paid. */
  readonly heads: number;
  /** The years that the question tells, in order. */
  readonly years: readonly number[];
  /** Titles in the question, for the computation of shares. */
  readonly subjects: readonly string[];
  readonly localSettings: ReadonlyMap<string, string>;
}

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
    ...settingLines(card, occasion),
    ...basisLine(basis, occasion.knowledge),
    ...warnings.map((line) => `⚠️ ${line}`),
  ];
  return { text: [...body, ...tail].join('\n'), citations: citationsOf(basis), warned: warnings.length > 0 };
}

function bodyOf(card: Card, occasion: Occasion): string {
  const one = card.lifeOf === undefined ? undefined : occasion.knowledge.documents.get(card.lifeOf);
  if (one) return lifeLine(one, occasion.asOf);
  const salary = baseSalaryOn(occasion.knowledge.parameters, occasion.asOf);
  return card.answer.replace('{baseSalary}', salary ? formatMoney(salary.amount) : '–');
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

/** "60 % < 70 %": worked out when the question tells the counts and the card has a least share. */
function shareLine(card: Card, occasion: Occasion): string {
  if (!occasion.share) return '';
  const title = occasion.subjects.find((id) => id in occasion.knowledge.parameters.shares && card.id.startsWith(id));
  const rule = title === undefined ? undefined : occasion.knowledge.parameters.shares[title];
  if (!rule) return '';
  const told = occasion.share;
  const percent = 'percent' in told ? told.percent : (told.part / told.whole) * 100;
  const enough = percent >= rule.min;
  const params = {
    percent: formatNumber(percent),
    min: formatNumber(rule.min),
    sign: enough ? '≥' : '<',
    part: 'part' in told ? told.part : '',
    whole: 'whole' in told ? told.whole : '',
  };
  const sum = 'percent' in told ? say('awards.share.percent', params) : say('awards.share.count', params);
  return `${sum} ${say(enough ? 'awards.share.enough' : 'awards.share.tooFew', params)}`;
}

/** "2023, 2024, 2025: 3 lần liên tục": only counted; whether the rest is there, the council judges. */
function yearsLine(card: Card, occasion: Occasion): string {
  const { runs } = occasion.knowledge.parameters;
  const title = Object.keys(runs).find((id) => card.id === `${id}-tieu-chuan`);
  const rule = title === undefined ? undefined : runs[title];
  if (!rule || occasion.years.length < 2 || !occasion.subjects.includes(rule.of)) return '';
  const run = longestRun(occasion.years);
  return say(run >= rule.times ? 'awards.years.enough' : 'awards.years.tooFew', {
    years: occasion.years.join(', '),
    name: occasion.knowledge.vocabulary.concepts.get(rule.of)?.name ?? '',
    run,
    times: rule.times,
  });
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
  const total = formatMoney(bonus.amount * occasion.heads);
  const heads =
    occasion.heads > 1
      ? say('awards.bonus.heads', { n: occasion.heads, amount: formatMoney(bonus.amount), total })
      : '';
  return [head, heads, say('awards.bonus.sum', { sum: `${sum}${rounded}`, day: formatDate(occasion.asOf) })]
    .filter((line) => line !== '')
    .join('\n');
}

/** What became of a document, as of a day. */
export function lifeLine(one: LegalDocument, day: LocalDate): string {
  const params = {
    kind: one.kind,
    number: one.number,
    title: one.title,
    from: one.inForceFrom ? formatDate(one.inForceFrom) : '',
    to: one.inForceTo ? formatDate(one.inForceTo) : '',
    by: one.replacedBy ?? '',
    issued: one.issuedOn ? formatDate(one.issuedOn) : '',
  };
  const parts: string[] = [];
  if (one.inForceTo !== undefined && day >= one.inForceTo)
    parts.push(say(one.replacedBy === undefined ? 'awards.life.ended' : 'awards.life.replaced', params));
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

function settingLines(card: Card, occasion: Occasion): string[] {
  if (card.outcome === 'local_setting') {
    const local = card.setting === undefined ? undefined : occasion.localSettings.get(card.setting);
    return local === undefined
      ? [say('awards.local.empty', { whom: adviser(card) })]
      : [say('awards.local.set', { value: local })];
  }
  return [];
}

/** Whom to ask, in words. */
export function adviser(card: Card | undefined): string {
  return say(`awards.whom.${card?.ask ?? 'office'}` as LocaleKey);
}

function basisLine(basis: readonly Basis[], knowledge: Knowledge): string[] {
  if (basis.length === 0) return [];
  return [say('awards.basis', { list: basis.map((one) => basisText(one, knowledge)).join('; ') })];
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
  if (card.certainty === 'VERIFIED-OLD' || past) warnings.add(say('awards.warn.past', { day: formatDate(asOf) }));
  if (asOf > today && card.lifeOf === undefined) warnings.add(say('awards.warn.future', { day: formatDate(asOf) }));
  for (const line of documentWarnings(basis, knowledge, asOf)) warnings.add(line);
  if (card.certainty === 'VERIFIED-2' || bonus?.certainty === 'VERIFIED-2') warnings.add(say('awards.warn.secondHand'));
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
