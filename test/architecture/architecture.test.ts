import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSource, readTree } from './imports.js';
import { brokenRules } from './rules.js';

/** The rules that a file of this text, at this place, would break. */
const broken = (name: string, text: string): string[] => brokenRules([readSource(name, text)]);

describe('the source tree', () => {
  it('keeps every rule of the architecture', () => {
    const files = readTree(path.resolve('src'));
    expect(files.length).toBeGreaterThan(50);
    expect(brokenRules(files)).toEqual([]);
  });
});

describe('the rules catch', () => {
  const wrong: readonly [string, string, string][] = [
    ['a room that knows one after it', 'units/model.ts', `import { x } from '../reporting/index.js';`],
    ['a type of a room after it', 'tasks/model.ts', `import type { X } from '../awards/index.js';`],
    ['an import inside a type', 'units/model.ts', `export type X = import('../honours/index.js').X;`],
    ['an import at run time', 'units/model.ts', `export const x = () => import('../honours/index.js');`],
    ['an export from a room after it', 'units/index.ts', `export * from '../tasks/index.js';`],
    ['a way past the door of a room', 'reporting/service.ts', `import { x } from '../units/store-units.js';`],
    ['a feature seen from below', 'delivery/engine.ts', `import { x } from '../units/index.js';`],
    ['a kernel that knows somebody', 'kernel/text.ts', `import { x } from '../i18n/index.js';`],
    ['a conversation that writes', 'conversation/advance.ts', `import { createStore } from '../store/index.js';`],
    ['documents that run a conversation', 'documents/index.ts', `import { t } from '../conversation/text.js';`],
    ['documents that know a feature', 'documents/index.ts', `import { x } from '../campaigns/index.js';`],
    ['jobs outside jobs.ts', 'units/service.ts', `import type { Job } from '../queue/catalog.js';`],
    ['the demo past its door', 'app.ts', `import { x } from './dev/demo/seed.js';`],
    ['a room that imports the demo', 'units/service.ts', `import { x } from '../dev/index.js';`],
    ['a room that imports the application', 'units/service.ts', `import { x } from '../app.js';`],
    ['express elsewhere', 'channels/web/api.ts', `import express from 'express';`],
    ['telegraf elsewhere', 'delivery/engine.ts', `import type { Opts } from 'telegraf/types';`],
    ['Prisma elsewhere', 'units/store.ts', `import { PrismaPg } from '@prisma/adapter-pg';`],
    ['the environment elsewhere', 'main.ts', `export const x = process.env['X'];`],
    ['a long file', 'units/model.ts', '\n'.repeat(300) + 'export {};'],
    ['a Vietnamese text in code', 'units/model.ts', `export const x = 'Đơn vị';`],
    ['a Vietnamese template in code', 'units/model.ts', 'export const x = (n: number) => `Còn ${n} việc`;'],
  ];
  it.each(wrong)('%s', (_, name, text) => {
    expect(broken(name, text)).toHaveLength(1);
  });

  it('a cycle of files', () => {
    const files = [
      readSource('units/a.ts', `import { b } from './b.js';`),
      readSource('units/b.ts', `import { c } from './c.js';`),
      readSource('units/c.ts', `import { a } from './a.js';`),
    ];
    expect(brokenRules(files)).toEqual(['cycle: units/a.ts → units/b.ts → units/c.ts → units/a.ts']);
  });
});

describe('the rules allow', () => {
  const right: readonly [string, string, string][] = [
    ['a room before it, by its door', 'reporting/service.ts', `import { x } from '../units/index.js';`],
    ['words of the kernel', 'units/model.ts', `import { fold } from '../kernel/text.js';`],
    ['the client of the store', 'units/store.ts', `import type { Tx } from '../store/index.js';`],
    ['the ports of delivery', 'units/service.ts', `import type { Outbox } from '../delivery/ports.js';`],
    ['types of jobs in jobs.ts', 'reporting/jobs.ts', `import type { JobName } from '../queue/catalog.js';`],
    ['the demo to see everything', 'dev/demo/seed.ts', `import { x } from '../../units/store-units.js';`],
    ['a word that a person types', 'units/model.ts', `export const commands = ['đăng ký'];`],
    ['Vietnamese in a comment', 'units/model.ts', `/** Đơn vị. */ export {};`],
  ];
  it.each(right)('%s', (_, name, text) => {
    expect(broken(name, text)).toEqual([]);
  });
});
