/** "…: <a pasted clause> – có đúng nguyên văn không?": the clause is compared with the loaded text. */
import { translate } from '../../i18n/index.js';
import { formatDate } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { fold } from '../../kernel/text.js';
import { basisText } from '../compose.js';
import type { Knowledge, Reply } from '../model.js';
import { wordForms } from '../vietnamese.js';
import { placeIn } from './card-quotes.js';
import type { OfficialPassage, Texts } from './library.js';
import type { Place } from './model.js';
import type { QuoteCheck } from './quote.js';

const ASKS =
  /nguyen van|dung tung chu|tung chu mot|con dung|co dung|dung khong|dung chua|co khop|khop khong|doi chieu|con hieu luc|con gia tri|con ap dung/;
const QUOTED = /[“"]([^“”"]+(?:[“"][^“”"]*[”"][^“”"]*)*)[”"]/u;
const SHORTEST_QUOTED = 8;
const SHORTEST_PLAIN = 12;
/** Less than this in common, and the pasted words are not those of the passage. */
const ALIKE = 0.45;

/** Words that a person pasted to have them compared. */
interface Pasted {
  readonly text: string;
  readonly place: Place | undefined;
}

/** The comparison that a message asks for; null when it asks for something else, or nothing near is loaded. */
export function replyToPaste(
  message: string,
  knowledge: Knowledge,
  texts: Texts | undefined,
  day: LocalDate,
): Reply | null {
  if (!texts || texts.loaded.length === 0) return null;
  const pasted = readPaste(message);
  if (!pasted) return null;
  const named = texts.loaded.filter((one) => message.includes(one.number)).map((one) => one.number);
  const passage = nearest(pasted, texts, named, day);
  return passage ? compare(pasted, passage, knowledge, texts, day) : null;
}

function readPaste(message: string): Pasted | null {
  const text = message
    .normalize('NFC')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n');
  const quoted = QUOTED.exec(text)?.[1];
  const words = (part: string) => part.split(/\s+/).length;
  const body = quoted !== undefined && words(quoted) >= SHORTEST_QUOTED ? quoted : longestPart(text);
  if (body === undefined) return null;
  const around = text.replace(body, ' \n ');
  if (!ASKS.test(fold(around))) return null;
  return { text: body.replace(/^\s*(?:\d{1,2}[a-zđ]?\.|[a-zđ]\))\s*/u, ''), place: placeIn(around, false) };
}

/** Without quotation marks: what stands alone on its lines or behind a colon. */
function longestPart(text: string): string | undefined {
  const lines = text.split('\n');
  const question = lines.findLastIndex((line) => ASKS.test(fold(line)) && line.split(/\s+/).length < SHORTEST_PLAIN);
  const rest = lines.filter((_, n) => n !== question).join('\n');
  const behind = /:\s*([\s\S]+)$/u.exec(question < 0 ? cutQuestion(text) : rest)?.[1];
  const body = question >= 0 ? (behind ?? rest) : behind;
  return body !== undefined && body.split(/\s+/).length >= SHORTEST_PLAIN ? body.trim() : undefined;
}

/** "…: <clause>. Có đúng không?" on one line: the clause ends before the last sentence. */
function cutQuestion(text: string): string {
  const sentences = text.trim().split(/(?<=[.;?!”"])\s+|\s+[–-]\s+/u);
  const last = sentences.at(-1) ?? '';
  return sentences.length > 1 && ASKS.test(fold(last))
    ? text.slice(0, text.lastIndexOf(last)).replace(/[\s–-]+$/u, '')
    : text;
}

function nearest(pasted: Pasted, texts: Texts, named: readonly string[], day: LocalDate): OfficialPassage | undefined {
  const numbers = named.length > 0 ? named : [...new Set(texts.loaded.map((one) => one.number))];
  const place = pasted.place;
  const atPlace =
    place?.article === undefined ? [] : numbers.flatMap((document) => texts.passage({ document, ...place }, day) ?? []);
  const found =
    atPlace.length > 0 ? atPlace : texts.search(pasted.text, day).filter((one) => numbers.includes(one.document));
  const scored = found.map((one) => ({ one, share: sharedPairs(pasted.text, one.text) }));
  const best = scored.sort((a, b) => b.share - a.share)[0];
  return best && best.share >= ALIKE ? best.one : undefined;
}

/** The share of neighbouring words of the first text that are neighbours in the second, too. */
function sharedPairs(text: string, other: string): number {
  const pairs = (one: string) => {
    const words = (one.match(/[\p{L}\p{M}]+|\p{N}+/gu) ?? []).map((word) => wordForms(word).folded);
    return words.slice(1).map((word, n) => `${words[n] ?? ''} ${word}`);
  };
  const own = [...new Set(pairs(text))];
  const theirs = new Set(pairs(other));
  return own.length < SHORTEST_QUOTED - 2 ? 0 : own.filter((pair) => theirs.has(pair)).length / own.length;
}

function compare(pasted: Pasted, passage: OfficialPassage, knowledge: Knowledge, texts: Texts, day: LocalDate): Reply {
  const place = basisText(passage, knowledge);
  const check = texts.compare(pasted.text, passage, day);
  const lines = [wordingLine(check, place, passage), ...(check.kind === 'unknown' ? [] : [lifeLine(passage, day)])];
  const { document, article, clause, point } = passage;
  return {
    outcome: check.kind === 'same' && passage.state === 'in-force' ? 'answer' : 'answer_with_warning',
    text: lines.join('\n'),
    citations: [
      {
        document,
        ...(article === undefined ? {} : { article }),
        ...(clause === undefined ? {} : { clause }),
        ...(point === undefined ? {} : { point }),
      },
    ],
    cards: [],
    options: [],
    topic: { subjects: [], kinds: [] },
  };
}

function wordingLine(check: QuoteCheck, place: string, passage: OfficialPassage): string {
  const from = formatDate(passage.from);
  if (check.kind === 'same') return translate('vi', 'awards.quote.paste.same', { place, from });
  if (check.kind !== 'different') return translate('vi', 'awards.quote.paste.cut', { place });
  const { quoted, official } = check.difference;
  const end = translate('vi', 'awards.quote.paste.end');
  return translate('vi', 'awards.quote.paste.different', {
    place,
    from,
    quoted: quoted === '' ? end : quoted,
    official: official === '' ? end : official,
  });
}

function lifeLine(passage: OfficialPassage, day: LocalDate): string {
  const to = passage.to === undefined ? '' : formatDate(passage.to);
  if (passage.state === 'ended') return `⚠️ ${translate('vi', 'awards.quote.paste.ended', { to })}`;
  if (passage.state === 'amended') return `⚠️ ${translate('vi', 'awards.quote.paste.amended', { to })}`;
  return translate('vi', 'awards.quote.paste.inForce', { day: formatDate(day) });
}
