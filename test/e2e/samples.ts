/** Small real files for the story. */
import { Resvg } from '@resvg/resvg-js';

/** A PDF of one empty page. */
export function samplePdf(): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, n) => {
    const at = body.length;
    body += `${String(n + 1)} 0 obj${object}endobj\n`;
    return at;
  });
  const xref = body.length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${body}xref\n0 4\n0000000000 65535 f \n${rows}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${String(xref)}\n%%EOF\n`,
  );
}

/** A plain picture. */
export function samplePng(): Buffer {
  return Buffer.from(
    new Resvg(
      '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400"><rect width="300" height="400" fill="#8aa"/><circle cx="150" cy="150" r="70" fill="#fed"/></svg>',
    )
      .render()
      .asPng(),
  );
}
