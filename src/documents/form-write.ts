/** Writes a form: what people may fill in is open and knows its range, everything else is locked. */
import writeExcelFile, { type CellObject, type Feature, type Image, type SheetData } from 'write-excel-file/node';
import { KEY_PREFIX, MARK_SHEET, VALUE_OFFSET, type FormRow, type FormSheet } from './form-sheet.js';
import { safeText } from './xlsx.js';

const HEAD = { fontWeight: 'bold', backgroundColor: '#F5E6D3', wrap: true, alignVertical: 'top' } as const;
const RED = '#A61219';
/** Cells of these colours are open; no other cell has them. */
const OPEN_COLOUR = '#FFF9E5';
const ERROR_COLOUR = '#FBDEDC';
const BORDER = { borderColor: '#B9AFA6', borderStyle: 'thin' } as const;
const TEXT_FORMAT = '@';

/** The bytes of the workbook. */
export async function writeForm(form: FormSheet): Promise<Buffer> {
  const hasErrors = form.rows.some(({ error }) => error !== undefined);
  const above = aboveRows(form);
  const data: SheetData = [
    ...above,
    headRow(form, hasErrors),
    ...form.rows.map((row, n) => fieldRow(row, n + 1, hasErrors)),
  ];
  const columns = [{ width: 3 }, { width: 6 }, { width: 46 }, { width: 26 }, { width: 40 }, { width: 46 }];
  return writeExcelFile(
    [
      { data, sheet: form.name, columns },
      { data: [[{ value: form.mark, type: String }]], sheet: MARK_SHEET },
    ],
    { fontFamily: 'Arial', fontSize: 10, features: [guard(form.rows, above.length + 2)] },
  ).toBuffer();
}

const text = (value: string, style: object = {}): CellObject => ({ value: safeText(value), type: String, ...style });

function aboveRows({ stamp, title, facts, notes }: FormSheet): SheetData {
  return [
    ...(stamp === undefined ? [] : [[null, text(stamp, { fontWeight: 'bold', textColor: RED })]]),
    [null, text(title, { fontWeight: 'bold', fontSize: 14, textColor: RED })],
    ...facts.map(({ label, value }) => [null, text(`${label}: ${value}`)]),
    ...notes.map((note) => [null, text(note, { fontStyle: 'italic', textColor: '#5C5452' })]),
    [],
  ];
}

function headRow({ head }: FormSheet, hasErrors: boolean): CellObject[] {
  const { number, label, rule, value, error } = head;
  return ['', number, label, rule, value, ...(hasErrors ? [error] : [])].map((word) => text(word, HEAD));
}

function fieldRow(row: FormRow, n: number, hasErrors: boolean): (CellObject | null)[] {
  const plain = { wrap: true, alignVertical: 'top', ...BORDER } as const;
  return [
    text(`${KEY_PREFIX}${row.key}`),
    { value: n, type: Number, ...plain },
    text(row.label, plain),
    text(row.rule, plain),
    valueCell(row),
    ...(hasErrors ? [row.error === undefined ? null : text(row.error, { ...plain, textColor: RED })] : []),
  ];
}

function valueCell({ value, input, error }: FormRow): CellObject {
  const style = {
    ...{ backgroundColor: error === undefined ? OPEN_COLOUR : ERROR_COLOUR, wrap: true, alignVertical: 'top' as const },
    ...BORDER,
  };
  if (typeof value === 'number') return { value, type: Number, ...style };
  // A format of its own keeps "01/12" and "=…" the text that somebody types; the library wants a type beside it.
  const format = input.kind === 'text' ? { format: TEXT_FORMAT } : {};
  return text(neutral(value ?? ''), { ...style, ...format });
}

/** As `safeText`, in a way that reading undoes: what begins with the sign that protects gets one more. */
const neutral = (value: string): string => (/^'+\s*[=+\-@\t\r]/.test(value) ? `'${safeText(value)}` : safeText(value));

/** Locks the sheet but for its open cells, gives those their ranges, and hides what is for programs. */
function guard(rows: readonly FormRow[], firstRow: number): Feature<Image['content']> {
  return {
    files: {
      transform: {
        'xl/styles.xml': { transform: openStyles },
        'xl/workbook.xml': {
          transformElementAttributes: (tag, attributes) =>
            tag === 'sheet' && attributes['name'] === MARK_SHEET ? { ...attributes, state: 'veryHidden' } : attributes,
        },
        'xl/worksheets/sheet{id}.xml': {
          transform: (xml, _options, { sheetIndex }) =>
            sheetIndex === 0
              ? replaced(
                  replaced(xml, '<col min="1"', '<col hidden="1" min="1"'),
                  '</sheetData>',
                  [
                    '</sheetData>',
                    '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>',
                    `<dataValidations count="${String(rows.length)}">`,
                    ...rows.map(({ input, rule }, n) => validation(input, rule, firstRow + n)),
                    '</dataValidations>',
                  ].join(''),
                )
              : xml,
        },
      },
    },
  };
}

/** The library may change what it writes: a form without its locks must not go out unseen. */
function replaced(xml: string, what: string, by: string): string {
  if (!xml.includes(what)) throw new Error(`the sheet has no ${what}`);
  return xml.replace(what, by);
}

/** Unlocks the styles of open cells, which their colours tell. */
function openStyles(xml: string): string {
  const colours = [OPEN_COLOUR, ERROR_COLOUR].map((colour) => `rgb="FF${colour.slice(1)}"`);
  const fills = (xml.match(/<fill>.*?<\/fill>/gs) ?? []).flatMap((fill, n) =>
    colours.some((colour) => fill.includes(colour)) ? [String(n)] : [],
  );
  return xml.replace(/<xf ([^>]*?)>(.*?)<\/xf>/gs, (whole, attributes: string, inner: string) =>
    fills.includes(/fillId="(\d+)"/.exec(attributes)?.[1] ?? '')
      ? `<xf ${attributes} applyProtection="1">${inner}<protection locked="0"/></xf>`
      : whole,
  );
}

const VALUE_COLUMN = 'ABCDEFG'[VALUE_OFFSET] ?? '';
/** Beyond this a workbook counts no digits. */
const HUGE = 1e15;
const MESSAGE_LIMIT = 250;

function validation(input: FormRow['input'], rule: string, row: number): string {
  const words = escape(rule.slice(0, MESSAGE_LIMIT));
  const common = `allowBlank="1" showInputMessage="1" showErrorMessage="1" error="${words}" prompt="${words}" sqref="${VALUE_COLUMN}${String(row)}"`;
  if (input.kind === 'text')
    return `<dataValidation type="textLength" operator="lessThanOrEqual" ${common}><formula1>${String(input.maxLength)}</formula1></dataValidation>`;
  const { min = -HUGE, max = HUGE } = input;
  return `<dataValidation type="decimal" operator="between" ${common}><formula1>${String(min)}</formula1><formula2>${String(max)}</formula2></dataValidation>`;
}

const escape = (words: string): string =>
  words.replace(/[&<>"]/g, (sign) => `&#${String(sign.charCodeAt(0))};`).replace(/\s+/g, ' ');
