/** XML as office programs write it, read once from front to back. No document types, so nothing that expands. */

export interface XmlReader {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Tells what stands in a text of XML, names without their prefixes; false when it is broken or declares a type. */
export function readXml(xml: string, reader: XmlReader): boolean {
  let at = 0;
  while (at < xml.length) {
    const open = xml.indexOf('<', at);
    const words = xml.slice(at, open < 0 ? xml.length : open);
    if (words !== '') reader.text?.(decode(words));
    if (open < 0) return true;
    const end = skip(xml, open) ?? readTag(xml, open, reader);
    if (end === null) return false;
    if (xml.startsWith('<![CDATA[', open)) reader.text?.(xml.slice(open + 9, end - 3));
    at = end;
  }
  return true;
}

/** The end of what is no tag: comments, instructions, CDATA; null for a tag. */
function skip(xml: string, at: number): number | null {
  const [, close] =
    [['<!--', '-->'] as const, ['<?', '?>'] as const, ['<![CDATA[', ']]>'] as const].find(([mark]) =>
      xml.startsWith(mark, at),
    ) ?? [];
  if (close === undefined) return null;
  const end = xml.indexOf(close, at);
  return end < 0 ? xml.length : end + close.length;
}

function readTag(xml: string, at: number, reader: XmlReader): number | null {
  const end = tagEnd(xml, at);
  if (end === null || xml[at + 1] === '!') return null;
  if (xml[at + 1] === '/') {
    reader.close?.(localName(xml.slice(at + 2, end).trim()));
    return end + 1;
  }
  const isEmpty = xml[end - 1] === '/';
  const body = xml.slice(at + 1, isEmpty ? end - 1 : end);
  const space = body.search(/\s/);
  const name = localName(space < 0 ? body : body.slice(0, space));
  reader.open?.(name, space < 0 ? {} : attributesOf(body.slice(space)));
  if (isEmpty) reader.close?.(name);
  return end + 1;
}

/** Where a tag ends: a `>` in quotes does not end it. */
function tagEnd(xml: string, from: number): number | null {
  for (let at = from; at < xml.length; at += 1) {
    const sign = xml[at];
    if (sign === '>') return at;
    if (sign !== '"' && sign !== "'") continue;
    at = xml.indexOf(sign, at + 1);
    if (at < 0) return null;
  }
  return null;
}

/** Goes once over the text, whatever stands in it: a tag may hold megabytes that are no attributes. */
function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let at = 0;
  for (;;) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return found;
    let open = equals + 1;
    while (/\s/.test(text.charAt(open))) open += 1;
    const quote = text.charAt(open);
    const close = quote === '"' || quote === "'" ? text.indexOf(quote, open + 1) : equals;
    if (close < 0) return found;
    const name = text.slice(at, equals).trim().split(/\s+/).at(-1) ?? '';
    if (close > equals) found[localName(name)] = decode(text.slice(open + 1, close));
    at = close + 1;
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, (whole, decimal, hex, name) =>
        typeof name === 'string' ? (ENTITIES[name] ?? whole) : signOf(Number(decimal ?? `0x${String(hex)}`), whole),
      )
    : text;

const signOf = (code: number, whole: string): string => (code <= 0x10ffff ? String.fromCodePoint(code) : whole);
