/** Makes and reads Excel forms: work, because a workbook takes tens of milliseconds, and a hostile one more. */
import { t, type Say } from '../../conversation/index.js';
import type { Outbox } from '../../delivery/ports.js';
import { readForm, sourceOf, writeForm } from '../../documents/index.js';
import type { Bells, WorkHandler, WorkItem } from '../../inbox/index.js';
import { FILE_TYPES } from '../../kernel/file-types.js';
import type { FileStore, Store, StoredFile } from '../../store/index.js';
import type { ObligationView } from '../model.js';
import { readCells, type SheetProblem } from './sheet-check.js';
import { formOf, sheetFileName } from './sheet-form.js';
import { createSheetMarks, type SheetMarks } from './sheet-mark.js';
import {
  MAKE_SHEET,
  makeRequest,
  type MakeSheet,
  READ_SHEET,
  readRequest,
  type ReadSheet,
  type SheetResult,
} from './sheet-model.js';
import { findObligation } from '../store-obligations.js';
import { findSubmission } from '../submitting/store-submissions.js';
import type { FieldValue } from '../submitting/submit-check.js';

export interface SheetDeps {
  readonly store: Store;
  readonly files: Pick<FileStore, 'save' | 'read'>;
  readonly outbox: Outbox;
  readonly bells: Pick<Bells, 'deliver'>;
  /** Signs the forms. */
  readonly secret: string;
  readonly businessNow: () => Promise<Date>;
  /** Puts the sample-data mark on the sheets. */
  readonly demo: boolean;
}

interface Deps extends SheetDeps {
  readonly marks: SheetMarks;
}

/** Handlers of this room's work. */
export function createSheetWork(given: SheetDeps): WorkHandler[] {
  const deps = { ...given, marks: createSheetMarks(given.secret) };
  return [makeWork(deps), readWork(deps)];
}

/** Sends the form into the chat of whoever asked. Running it twice makes two files and sends one. */
function makeWork(deps: Deps): WorkHandler {
  const answer = async (item: WorkItem, person: MakeSheet['person'], say: Say): Promise<void> => {
    const now = await deps.businessNow();
    const source = { kind: 'sheet', id: item.id };
    await deps.store.transaction((tx) =>
      deps.outbox.tell(tx, { source, slot: 'file', class: 'reply', to: [{ person }], say: [say] }, now),
    );
    deps.bells.deliver('reply');
  };
  return {
    kind: MAKE_SHEET,
    finish: 'self',
    async run(item) {
      const { obligationId, person } = makeRequest.parse(item.payload);
      const { obligation, values } = await deps.store.transaction((tx) => loadForm(tx, obligationId));
      if (!obligation) return answer(item, person, { text: t('reporting.gone') });
      const file = await saveForm(deps, obligation, values);
      return answer(item, person, {
        text: t('reporting.sheet.made', { duty: obligation.dutyName, unit: obligation.unitName }),
        fileId: file.id,
        buttons: [{ label: t('button.owed'), command: 'owed' }],
      });
    },
    async giveUp(item) {
      const { obligationId, person } = makeRequest.parse(item.payload);
      await answer(item, person, {
        text: t('reporting.sheet.notMade'),
        buttons: [
          { label: t('reporting.button.sheet'), command: 'sheet', arg: obligationId },
          { label: t('reporting.button.submitNow'), command: 'submit', arg: obligationId },
        ],
      });
    },
  };
}

/** An obligation with the values that were handed in last. */
async function loadForm(tx: Parameters<typeof findObligation>[0], obligationId: string) {
  const obligation = await findObligation(tx, obligationId);
  const before = obligation?.latest ? await findSubmission(tx, obligation.latest.id) : null;
  return { obligation, values: before?.values ?? {} };
}

async function saveForm(
  { files, marks, demo }: Deps,
  obligation: ObligationView,
  values: Readonly<Record<string, FieldValue>>,
  problems: readonly SheetProblem[] = [],
): Promise<StoredFile> {
  const mark = marks.sign({ obligationId: obligation.id, version: obligation.latest?.version ?? 0 });
  const bytes = await writeForm(formOf(obligation, { values, problems, mark, demo }));
  return files.save(bytes, { name: sheetFileName(obligation), type: FILE_TYPES.xlsx });
}

/** Reads what came back. Running it twice makes two sheets of errors and harms nothing: the step takes the first. */
function readWork(deps: Deps): WorkHandler {
  return {
    kind: READ_SHEET,
    run: (item) => read(deps, readRequest.parse(item.payload)),
  };
}

async function read(deps: Deps, { fileId, unitIds }: ReadSheet): Promise<SheetResult> {
  const file = await deps.files.read(fileId);
  const form = file && (await readForm(sourceOf(file.bytes)));
  if (!form) return { outcome: 'unreadable' };
  const mark = deps.marks.read(form.mark);
  if (mark === null) return { outcome: 'foreign' };
  const obligation = await deps.store.transaction((tx) => findObligation(tx, mark.obligationId));
  if (!obligation) return { outcome: 'gone' };
  if (!unitIds.includes(obligation.unitId)) return { outcome: 'other-unit', unit: obligation.unitName };
  const { values, shown, problems } = readCells(obligation.fields, form.cells);
  const { id: obligationId, latest, dutyName: duty, state } = obligation;
  // What is closed is told by the flow, and not after a round of corrections.
  const isClosed = state === 'accepted' || state === 'waived';
  if (problems.length > 0 && !isClosed) {
    const { id } = await saveForm(deps, obligation, shown, problems);
    return { outcome: 'errors', obligationId, duty, fileId: id, problems: [...problems] };
  }
  const newer = latest && latest.version > mark.version ? latest.code : null;
  return { outcome: 'good', obligationId, values: { ...values }, newer };
}
