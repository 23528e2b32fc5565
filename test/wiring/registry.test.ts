/** The flows of all rooms together, as a process joins them. */
import { expect, it } from 'vitest';
import { createRegistry } from '../../src/wiring/flows.js';
import { answerer } from '../awards/knowledge-of-tests.js';

it('joins every flow without two of one name or of one word', () => {
  expect(() => createRegistry({ beginZaloLogin: () => null, answerer, telegramBot: () => null })).not.toThrow();
});
