/** Reads what every file of a source tree imports. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Import {
  /** Written in the file: a relative path or a package. */
  readonly from: string;
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Relative to the tree, with forward slashes: `units/model.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Every string and template of the code, without comments. */
  readonly strings: readonly string[];
  /** Keys given to `t` and `translate` as plain text. */
  readonly textKeys: readonly string[];
  readonly readsEnvironment: boolean;
}

/** The TypeScript files of a tree, without generated ones. */
export function readTree(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => name.endsWith('.ts') && !name.startsWith('store/generated/'))
    .sort()
    .map((name) => readSource(name, readFileSync(path.join(root, name), 'utf8')));
}

/** The same for one file given as text. */
export function readSource(name: string, text: string): SourceFile {
  const imports: Import[] = [];
  const strings: string[] = [];
  const textKeys: string[] = [];
  let readsEnvironment = false;

  const visit = (node: ts.Node): void => {
    const found = importOf(node);
    if (found) imports.push(found);
    else if (ts.isStringLiteralLike(node)) strings.push(node.text);
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) strings.push(node.text);
    if (ts.isCallExpression(node)) textKeys.push(...keysOf(node));
    if (isEnvironment(node)) readsEnvironment = true;
    ts.forEachChild(node, visit);
  };
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
  visit(source);
  return { path: name, lines: text.trimEnd().split('\n').length, imports, strings, textKeys, readsEnvironment };
}

/** `process.env`. */
const isEnvironment = (node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) &&
  node.name.text === 'env' &&
  ts.isIdentifier(node.expression) &&
  node.expression.text === 'process';

/** `t('key')`, `translate(language, 'key')`. */
function keysOf(call: ts.CallExpression): string[] {
  if (!ts.isIdentifier(call.expression)) return [];
  const place = { t: 0, translate: 1 }[call.expression.text];
  const argument = place === undefined ? undefined : call.arguments[place];
  return argument && ts.isStringLiteralLike(argument) ? [argument.text] : [];
}

function importOf(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause;
    const named = clause?.namedBindings;
    const typeOnly =
      clause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
      (named !== undefined &&
        ts.isNamedImports(named) &&
        clause?.name === undefined &&
        named.elements.length > 0 &&
        named.elements.every((element) => element.isTypeOnly));
    return { from: textOf(node.moduleSpecifier), typeOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { from: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { from: textOf(node.argument.literal), typeOnly: true };
  }
  if (ts.isCallExpression(node) && loads(node.expression) && node.arguments[0]) {
    return { from: textOf(node.arguments[0]), typeOnly: false };
  }
  return null;
}

/** `import('…')`, and `require('…')`, by which a module is loaded with its first use. */
const loads = (called: ts.Expression): boolean =>
  called.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(called) && called.text === 'require');

const textOf = (node: ts.Node): string => (ts.isStringLiteralLike(node) ? node.text : '');
