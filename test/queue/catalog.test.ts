import { describe, expect, it } from 'vitest';
import { catalog, laneOf, type JobHandlers } from '../../src/queue/catalog.js';
import { isOutage } from '../../src/queue/errors.js';
import { recordingHandlers } from './harness.js';

describe('the catalogue of jobs', () => {
  it('does not compile with a handler left out', () => {
    const { 'work.run': left, ...others } = recordingHandlers().handlers;
    // @ts-expect-error -- work.run is missing
    const handlers: JobHandlers = others;
    expect(left).toBeTypeOf('function');
    expect(Object.keys(handlers)).not.toContain('work.run');
  });

  it('carries ids and nothing that a person wrote', () => {
    for (const { payload } of Object.values(catalog)) {
      for (const field of Object.keys(payload.shape)) expect(field).toMatch(/Id$|^lane$/);
    }
  });

  it('puts replies into the fast lane and bulk into the slow one', () => {
    expect(laneOf('delivery.drain', { lane: 'reply' })).toBe('fast');
    expect(laneOf('delivery.drain', { lane: 'bulk' })).toBe('slow');
    expect(laneOf('inbound.process', { conversationId: 'c' })).toBe('fast');
  });
});

describe('isOutage', () => {
  const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

  it('tells a backend that is away from a call that is wrong', () => {
    const away = ['ECONNREFUSED', '57P01', '57P03', '53300', '08006', '25006'].map(withCode);
    away.push(new Error('Connection terminated unexpectedly'), new Error('LOADING Redis is loading the dataset'));
    away.push(new Error('timeout exceeded when trying to connect'), new Error("Stream isn't writeable and …"));
    expect(away.filter((error) => !isOutage(error))).toEqual([]);
    const wrong = ['23505', '42P01', '40001', 'ERR_INVALID_ARG_TYPE'].map(withCode);
    wrong.push(new TypeError('undefined is not a function'), new Error('Custom Id cannot contain :'));
    expect(wrong.filter(isOutage)).toEqual([]);
  });
});
