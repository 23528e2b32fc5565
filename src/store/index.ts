/** The door of the store: client, transactions, clocks, files, migrations, the embedded database. */
export {
  connectionConfig,
  createStore,
  type Db,
  type Store,
  type StoreLogger,
  type StoreOptions,
  type Tx,
} from './client.js';
export { Prisma } from './generated/client.js';
export { again } from './again.js';
export { oncePerTransaction } from './per-transaction.js';
export { inTransaction } from './pool-transaction.js';
export { isOutage, isSerializationFailure, isUniqueViolation } from './outage.js';
export {
  BUSINESS_MOMENT,
  businessTimeOf,
  BUSINESS_TODAY,
  createBusinessClock,
  moveBusinessClock,
  readBusinessClock,
} from './business-clock.js';
export { createFileStore, type FileStore, type NewFile, type StoredFile } from './files.js';
export { checkModeStamp } from './mode.js';
export { migrate } from './migrate.js';
export { openEmbedded, type Embedded, type EmbeddedOptions } from './embedded.js';
export { EmbeddedError } from './embedded-error.js';
export {
  birthmarkOf,
  birthmarkOfFolder,
  createFileWitness,
  createStamp,
  parseProgress,
  type Restored,
  type Stamp,
  type Witness,
} from './stamp.js';
