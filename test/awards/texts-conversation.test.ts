import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwardsEffects, createTexts, nearPassages } from '../../src/awards/index.js';
import { handOver } from '../../src/awards/effects.js';
