/** Makes the file of a record and sends it into the chat of whoever asked: work, for a large one takes seconds. */
import { t } from '../conversation/index.js';
import type { Say } from '../conversation/index.js';
import { recordOf, seal, type NoticeRecord, type Outbox, type RecordHead } from '../delivery/index.js';
import type { Printer } from '../documents/index.js';
import { translate } from '../i18n/index.js';
import type { Bells, WorkHandler, WorkItem } from '../inbox/index.js';
import { formatNumber } from '../kernel/format.js';
import { localDate, localTime } from '../kernel/local-date.js';
import type { Clock } from '../kernel/clock.js';
import type { FileStore, Store, StoredFile } from '../store/index.js';
import { RECORD_WORK, recordRequest, type RecordRequest } from './record-model.js';
import { recordPaper, recordRows } from './record-paper.js';

export interface RecordDeps {
  readonly store: Store;
  readonly files: Pick<FileStore, 'save'>;
  readonly printer: Printer;
  readonly outbox: Outbox;
  readonly bells: Pick<Bells, 'deliver'>;
  /** Machine clock. */
  readonly clock: Clock;
  readonly businessNow: () => Promise<Date>;
  /** Puts the sample-data mark on the paper. */
  readonly demo: boolean;
}

const TYPES = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

const SEAL_MS = 60_000;

/** Builds the handler. Running it twice makes two files and sends one. */
export function createRecordWork(deps: RecordDeps): WorkHandler {
  const answer = async (item: WorkItem, person: RecordRequest['person'], say: Say): Promise<void> => {
    const now = await deps.businessNow();
    await deps.store.transaction((tx) =>
      deps.outbox.tell(
        tx,
        { source: { kind: 'record', id: item.id }, slot: 'file', class: 'reply', to: [{ person }], say: [say] },
        now,
      ),
    );
    deps.bells.deliver('reply');
  };

  return {
    kind: RECORD_WORK,
    finish: 'self',
    async run(item) {
      const request = recordRequest.parse(item.payload);
      const { subject, person } = request;
      // What has ended stands in the record that is printed now.
      await seal(deps.store.pool, deps.clock, { source: subject, quietMs: 0, budgetMs: SEAL_MS });
      const made = await recordOf(deps.store.pool, subject, (record) => print(deps, request, record));
      if (made === null) return answer(item, person, { text: t('notices.record.empty', { title: subject.title }) });
      return answer(item, person, fileSay(request, made.head, made.file));
    },
    async giveUp(item) {
      const { subject, person } = recordRequest.parse(item.payload);
      await answer(item, person, {
        text: t('notices.record.failed', { title: subject.title }),
        buttons: [{ label: t('notices.record.again'), command: 'record', arg: `${subject.kind}:${subject.id}` }],
      });
    },
  };
}

async function print(
  { files, printer, businessNow, demo }: RecordDeps,
  { subject, format }: RecordRequest,
  record: NoticeRecord,
): Promise<{ readonly head: RecordHead; readonly file: StoredFile }> {
  const now = await businessNow();
  const paper = recordPaper(record.head, { subject, now, demo });
  const bytes = printer.print(format, paper, recordRows(record.rows()));
  const stamp = `${localDate(now).replaceAll('-', '')}-${localTime(now).replace(':', '')}`;
  const name = `${translate('vi', 'notices.record.fileName')}-${stamp}.${format}`;
  return { head: record.head, file: await files.save(bytes, { name, type: TYPES[format] }) };
}

/** Enough to compare by eye; the whole stands in the file. */
const CODE_LENGTH = 12;

function fileSay({ subject }: RecordRequest, head: RecordHead, file: StoredFile): Say {
  const count = (value: number): string => formatNumber(value, 0);
  return {
    text: [
      t('notices.record.made', {
        ...{ title: subject.title, people: count(head.people) },
        ...{ attempts: count(head.attempts), entries: count(head.entries) },
      }),
      ...(head.head === null ? [] : [t('notices.record.code', { code: head.head.slice(0, CODE_LENGTH) })]),
    ],
    fileId: file.id,
  };
}
