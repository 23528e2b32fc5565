/** The rules of docs/architecture.md as a function from source files to broken rules. */
import path from 'node:path';
import type { Import, SourceFile } from './imports.js';

/** Feature rooms in their order: a room knows those before it, never one after it. */
const FEATURES = [
  'units',
  'tasks',
  'calendar',
  'awards',
  'notices',
  'duties',
  'campaigns',
  'nominations',
  'honours',
  'registrations',
  'reporting',
  'insights',
  'console',
] as const;

const PURE = ['kernel', 'i18n'];
const LANGUAGE = [...PURE, 'conversation'];

/** What each room below the features may know. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  i18n: ['kernel'],
  conversation: PURE,
  documents: LANGUAGE,
  store: LANGUAGE,
  queue: [...LANGUAGE, 'store'],
  channels: [...LANGUAGE, 'documents', 'store', 'http'],
  http: [...LANGUAGE, 'channels'],
  delivery: [...LANGUAGE, 'channels', 'queue', 'store'],
  inbox: [...LANGUAGE, 'channels', 'delivery', 'documents', 'queue', 'store'],
};

// Rooms that consist of words for others: any of their files may be imported.
const OPEN_ROOMS = new Set(['kernel', 'i18n', 'conversation']);

// Files of other rooms that hold only types and ports.
const OPEN_FILES = new Set([
  'channels/channel.ts',
  'delivery/ports.ts',
  'inbox/effects.ts',
  'inbox/ports.ts',
  'queue/catalog.ts',
]);

/** Where a package may be imported from, when not everywhere. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  express: ['http/'],
  telegraf: ['channels/telegram/'],
  bullmq: ['queue/'],
  ioredis: ['queue/', 'dev/'],
  '@prisma/client': ['store/'],
  '@prisma/adapter-pg': ['store/'],
  'date-chinese': ['kernel/lunar.ts'],
};

// Rooms that take from another only its types.
const TYPES_ONLY: Readonly<Record<string, string>> = { documents: 'conversation' };

const MAX_LINES = 300;

// Letters that only Vietnamese texts have; such texts belong into locales/ or knowledge/.
const VIETNAMESE = /[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]/i;

/** Every broken rule, one sentence each. */
export function brokenRules(files: readonly SourceFile[]): string[] {
  return [
    ...files.flatMap((file) => file.imports.flatMap((it) => brokenImport(file, it))),
    ...files.flatMap(brokenFile),
    ...findCycles(files),
  ];
}

function brokenImport(file: SourceFile, { from, typeOnly }: Import): string[] {
  if (!from.startsWith('.')) return brokenPackage(file, from);
  const target = resolve(file, from);
  if (target.startsWith('../')) return from.endsWith('.json') ? [] : [`${file.path} imports ${from} outside src/`];
  const [fromRoom, toRoom] = [roomOf(file.path), roomOf(target)];
  if (fromRoom === toRoom || isAbove(fromRoom)) return brokenAbove(fromRoom, target, file);

  if (!mayKnow(fromRoom, toRoom)) return [`${file.path} imports ${target}: ${fromRoom} does not know ${toRoom}`];
  if (TYPES_ONLY[fromRoom] === toRoom && !typeOnly) return [`${file.path} imports ${target}: only types of ${toRoom}`];
  if (FEATURES.some((name) => name === fromRoom) && toRoom === 'queue') {
    const allowed = typeOnly && /(^|\/)jobs[\w-]*\.ts$/.test(file.path);
    return allowed ? [] : [`${file.path} imports ${target}: only a jobs.ts takes types of queue`];
  }
  const door = OPEN_ROOMS.has(toRoom) || OPEN_FILES.has(target) || isDoor(target);
  return door ? [] : [`${file.path} imports ${target}: the door of ${toRoom} is its index.ts`];
}

/** app, main, wiring and dev stand above the rooms; only dev sees into rooms, and only its own door is seen. */
function brokenAbove(fromRoom: string, target: string, file: SourceFile): string[] {
  const toRoom = roomOf(target);
  if (fromRoom === toRoom || fromRoom === 'dev') return [];
  if (toRoom === 'main') return [`${file.path} imports ${target}: nobody imports the entry`];
  const door = OPEN_ROOMS.has(toRoom) || OPEN_FILES.has(target) || isDoor(target) || isAbove(toRoom);
  if (toRoom === 'dev' && !isDoor(target)) return [`${file.path} imports ${target}: the door of dev is its index.ts`];
  return door ? [] : [`${file.path} imports ${target}: the door of ${toRoom} is its index.ts`];
}

function brokenPackage(file: SourceFile, from: string): string[] {
  const name = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? from);
  const homes = PACKAGES[name];
  if (!homes || homes.some((home) => file.path.startsWith(home))) return [];
  return [`${file.path} imports ${name}, which belongs to ${homes.join(' and ')}`];
}

function brokenFile(file: SourceFile): string[] {
  const broken: string[] = [];
  if (file.lines > MAX_LINES)
    broken.push(`${file.path} has ${String(file.lines)} lines, more than ${String(MAX_LINES)}`);
  if (file.readsEnvironment && file.path !== 'config.ts') broken.push(`${file.path} reads process.env: config.ts does`);
  const text = file.strings.find((it) => VIETNAMESE.test(it) && !isTypedWord(it));
  if (text !== undefined && !/^(kernel|dev)\//.test(file.path)) {
    broken.push(`${file.path} holds the text "${text.slice(0, 40)}", which belongs into locales/ or knowledge/`);
  }
  return broken;
}

/** What a person types ("đăng ký") is matched in code; what a person reads is not written there. */
const isTypedWord = (text: string): boolean => text.length <= 30 && /^[\p{Ll}\d ,/]+$/u.test(text);

/** `app`, `main` and `config` for files beside the rooms. */
const roomOf = (file: string): string => file.split('/')[0]?.replace(/\.ts$/, '') ?? '';

const isAbove = (room: string): boolean => ['app', 'main', 'wiring', 'dev'].includes(room);

const isDoor = (target: string): boolean =>
  /^[\w-]+\/(telegram\/|zalo\/|web\/)?index\.ts$/.test(target) || target === 'config.ts';

function mayKnow(from: string, to: string): boolean {
  const below = BELOW[from];
  if (below) return below.includes(to);
  const place = FEATURES.findIndex((name) => name === from);
  if (place < 0) return from === 'config' && PURE.includes(to);
  const others = FEATURES.findIndex((name) => name === to);
  return others >= 0 ? others < place : to in BELOW && to !== 'http';
}

const resolve = (file: SourceFile, from: string): string =>
  path.posix.normalize(path.posix.join(path.posix.dirname(file.path), from)).replace(/\.js$/, '.ts');

/** Files that need one another at run time. Types are left out: they are gone by then. */
function findCycles(files: readonly SourceFile[]): string[] {
  const next = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter((it) => it.from.startsWith('.') && !it.typeOnly).map((it) => resolve(file, it.from)),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push(`cycle: ${[...trail.slice(at), file].join(' → ')}`);
    if (at >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return cycles;
}
