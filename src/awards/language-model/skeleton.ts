/** What may not change when an answer is worded anew: numbers, titles, offices, negations, bounds, and their order. */
import type { Concept, ConceptType, Knowledge } from '../model.js';
import { wordForms } from '../vietnamese.js';

const TOKEN = /\d+(?:[.,/-]\d+)*|[\p{L}\p{M}]+|%/gu;
const NUMBER = /^[\d%]/;

// Each of these can turn a rule into another one.
const WEIGHTY = new Set(
  [
    ['không', 'chưa', 'chẳng', 'đừng', 'cấm', 'miễn', 'trừ', 'ngoài', 'và', 'hoặc', 'hay', 'nếu', 'chỉ', 'riêng'],
    ['phải', 'được', 'bị', 'cần', 'nên', 'thể', 'buộc', 'trên', 'dưới', 'từ', 'đến', 'tới', 'quá', 'ít', 'nhiều'],
    ['tối', 'đa', 'thiểu', 'trở', 'lên', 'xuống', 'hơn', 'kém', 'đủ', 'bằng', 'trước', 'sau', 'trong', 'liên', 'tục'],
    ['một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín', 'mười', 'nửa', 'cả', 'mọi', 'mỗi', 'từng', 'tất'],
    ['đạt', 'chắc', 'chắn', 'luôn', 'vẫn', 'đã', 'sẽ', 'đang', 'mới', 'còn', 'hết', 'cùng', 'kể', 'ngày', 'tháng'],
  ]
    .flat()
    .map((word) => wordForms(word).key),
);

// Words that join and say nothing.
const JOINING = new Set(
  [
    ['thì', 'là', 'mà', 'của', 'cho', 'với', 'về', 'tại', 'ở', 'theo', 'khi', 'để', 'do', 'bởi', 'vì', 'này', 'đó'],
    [
      'ấy',
      'như',
      'gồm',
      'có',
      'những',
      'các',
      'cụ',
      'tức',
      'nghĩa',
      'việc',
      'thuộc',
      'nêu',
      'sau',
      'đây',
      'anh',
      'chị',
    ],
  ]
    .flat()
    .map((word) => wordForms(word).key),
);

const KEPT: ReadonlySet<ConceptType> = new Set<ConceptType>(['subject', 'who', 'level', 'document']);

/** A text taken apart. */
export interface Skeleton {
  /** What may not change, in its order. */
  readonly bones: readonly string[];
  /** The other words that say something, in the order of the alphabet: before the first bone, between two, after the last. */
  readonly flesh: readonly (readonly string[])[];
}

export type Anatomist = (text: string) => Skeleton;

/** Takes texts apart by the vocabulary of the knowledge. */
export function createAnatomist(knowledge: Knowledge): Anatomist {
  const names = namesOf(knowledge);
  return (text) => {
    const tokens = tokensOf(text);
    const bones: string[] = [];
    const flesh: string[][] = [[]];
    for (let at = 0; at < tokens.length;) {
      const token = tokens[at] ?? '';
      const name = longestName(names.get(token) ?? [], tokens, at);
      const bone = name?.id ?? (NUMBER.test(token) || WEIGHTY.has(token) ? token : undefined);
      if (bone !== undefined) {
        bones.push(bone);
        flesh.push([]);
      } else if (!JOINING.has(token)) flesh.at(-1)?.push(token);
      at += name?.tokens.length ?? 1;
    }
    return { bones, flesh: flesh.map((words) => words.sort()) };
  };
}

const tokensOf = (text: string): string[] =>
  [...text.normalize('NFC').matchAll(TOKEN)].map(([token]) => (NUMBER.test(token) ? token : wordForms(token).key));

interface Name {
  readonly id: string;
  readonly tokens: readonly string[];
}

/** The names of titles, offices, levels and documents by their first word, longest first. */
function namesOf(knowledge: Knowledge): ReadonlyMap<string, readonly Name[]> {
  const names = new Map<string, Name[]>();
  for (const concept of knowledge.vocabulary.concepts.values()) {
    if (!KEPT.has(concept.type)) continue;
    for (const word of wordsOf(concept)) {
      const tokens = tokensOf(word);
      const [first] = tokens;
      if (first === undefined || word.includes('…')) continue;
      names.set(first, [...(names.get(first) ?? []), { id: concept.id, tokens }]);
    }
  }
  for (const list of names.values()) list.sort((a, b) => b.tokens.length - a.tokens.length);
  return names;
}

const wordsOf = (concept: Concept): string[] => [
  ...(concept.name === undefined ? [] : [concept.name]),
  ...concept.words,
];

const longestName = (names: readonly Name[], tokens: readonly string[], at: number): Name | undefined =>
  names.find((name) => name.tokens.every((token, n) => tokens[at + n] === token));
