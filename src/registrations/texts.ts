/** A registration in a few lines. */
import { raw, t, type Text } from '../conversation/index.js';
import type { Entry, Title } from './model.js';

const SHOWN = 12;

/** Targets, titles and exemplar, each on its line. */
export function entryLines(entry: Entry): Text[] {
  const shown = entry.titles.slice(0, SHOWN).map((title) => raw(`• ${nameOf(title)} – ${title.title}`));
  const rest = entry.titles.length - shown.length;
  return [
    t('registrations.line.targets', { value: entry.targets ?? '–' }),
    t('registrations.line.titles', {
      collectives: count(entry, 'collective'),
      individuals: count(entry, 'individual'),
    }),
    ...shown,
    ...(rest > 0 ? [t('registrations.line.more', { count: rest })] : []),
    ...(entry.exemplar === undefined ? [] : [t('registrations.line.exemplar', { value: entry.exemplar })]),
  ];
}

const nameOf = (title: Title) => (title.post === undefined ? title.name : `${title.name} (${title.post})`);
const count = (entry: Entry, kind: Title['kind']) => entry.titles.filter((title) => title.kind === kind).length;
