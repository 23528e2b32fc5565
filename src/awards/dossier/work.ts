/** Makes a Word blank with what is known of the asker's unit and sends it into the chat. */
import { z } from 'zod';
import { t, type Say } from '../../conversation/index.js';
import type { Outbox } from '../../delivery/ports.js';
import { writeBlank, type BlankPaper, type PaperPart } from '../../documents/index.js';
import { translate, type LocaleKey } from '../../i18n/index.js';
import type { Bells, WorkHandler, WorkItem } from '../../inbox/index.js';
import { FILE_TYPES } from '../../kernel/file-types.js';
import { isLocalDate, localDate } from '../../kernel/local-date.js';
import type { PersonKey } from '../../kernel/people.js';
import type { FileStore, Store } from '../../store/index.js';
import { BLANKS, type Blank } from './load.js';

export const BLANK_WORK = 'awards.blank';

const requestSchema = z.object({
  person: z.string().transform((key) => key as PersonKey),
  blank: z.enum(BLANKS),
  /** The procedure, as the paper names it. */
  procedure: z.string(),
  /** Of the asker's own seat; null for a visitor. */
  unit: z.string().nullable(),
  signer: z.string().nullable(),
  day: z.string().refine(isLocalDate),
});
/** Whom a blank is made for, and of what. */
export type BlankRequest = z.infer<typeof requestSchema>;

export interface BlankDeps {
  readonly store: Store;
  readonly files: Pick<FileStore, 'save'>;
  readonly outbox: Outbox;
  readonly bells: Pick<Bells, 'deliver'>;
  readonly businessNow: () => Promise<Date>;
  /** Puts the sample-data mark on the paper. */
  readonly demo: boolean;
}

/** Builds the handler. Running it twice makes two files and sends one. */
export function createBlankWork(deps: BlankDeps): WorkHandler {
  const answer = async (item: WorkItem, person: PersonKey, say: Say): Promise<void> => {
    const now = await deps.businessNow();
    const notice = { source: { kind: 'blank', id: item.id }, slot: 'file', class: 'reply', to: [{ person }] } as const;
    await deps.store.transaction((tx) => deps.outbox.tell(tx, { ...notice, say: [say] }, now));
    deps.bells.deliver('reply');
  };
  return {
    kind: BLANK_WORK,
    finish: 'self',
    async run(item) {
      const request = requestSchema.parse(item.payload);
      const name = `${say(`awards.blank.file.${request.blank}`)}-${localDate(await deps.businessNow()).replaceAll('-', '')}.docx`;
      const bytes = await writeBlank(paperOf(request, deps.demo));
      const file = await deps.files.save(bytes, { name, type: FILE_TYPES.docx });
      await answer(item, request.person, {
        text: t(request.unit === null ? 'awards.blank.madeEmpty' : 'awards.blank.made', {
          name: t(`awards.blank.name.${request.blank}`),
        }),
        fileId: file.id,
        buttons: [{ label: t('awards.dossier.button'), command: 'papers' }],
      });
    },
    giveUp: (item) =>
      answer(item, requestSchema.parse(item.payload).person, {
        text: t('awards.blank.failed'),
        buttons: [{ label: t('button.person'), command: 'person' }],
      }),
  };
}

// Papers are Vietnamese whatever language the chat has.
const say = (key: LocaleKey, params?: Readonly<Record<string, string>>): string => translate('vi', key, params);
const dotted = (value: string | null): string => value ?? say('awards.blank.dots');

/** The paper of a request, filled in as far as the asker's own data go. */
export function paperOf({ blank, procedure, unit, signer, day }: BlankRequest, demo: boolean): BlankPaper {
  const [year = '', month = '', date = ''] = day.split('-');
  return {
    ...(demo ? { stamp: say('delivery.demoMark') } : {}),
    author: say('page.brand'),
    left: [dotted(unit).toLocaleUpperCase('vi'), say('awards.blank.rule'), say('awards.blank.number')],
    right: [
      say('awards.blank.state'),
      say('awards.blank.motto'),
      say('awards.blank.rule'),
      say('awards.blank.place', { date, month, year }),
    ],
    title: say(`awards.blank.title.${blank}`, { procedure }).toLocaleUpperCase('vi'),
    parts: partsOf(blank, { procedure, unit: dotted(unit), year }),
    signatures: [
      say(blank === 'bien-ban' ? 'awards.blank.clerk' : 'awards.blank.recipients').split('\n'),
      [say(blank === 'bien-ban' ? 'awards.blank.chair' : 'awards.blank.head'), '', '', signer ?? ''],
    ],
    note: say('awards.blank.note'),
  };
}

/** The body: its lines are written in `locales/`, one paragraph a line; `{table}` stands for the list of names. */
function partsOf(blank: Blank, params: Readonly<Record<string, string>>): PaperPart[] {
  const columns = say('awards.blank.columns').split('|');
  return say(`awards.blank.body.${blank}`, params)
    .split('\n')
    .map((text) => (text === '[table]' ? { kind: 'table', columns, rows: 5 } : { kind: 'text', text }));
}
