-- AlterTable
ALTER TABLE "message" ADD COLUMN     "opening" TEXT;

-- AlterTable
ALTER TABLE "attempt" ADD COLUMN     "content_id" BIGINT,
ADD COLUMN     "quota_period" TEXT;

-- Entries now also stand for the order and for the facts of each attempt, so a chain of the form before cannot go on.
-- Nothing was certified with one: everything is sealed anew from the ledger, which is whole.
TRUNCATE "record_entry", "record_chain";
UPDATE "attempt" SET "sealed" = false WHERE "sealed";
UPDATE "message_edit" SET "sealed" = false WHERE "sealed";

-- AlterTable
ALTER TABLE "record_entry" ALTER COLUMN "attempt_id" DROP NOT NULL,
ALTER COLUMN "content_id" DROP NOT NULL,
ADD COLUMN     "facts_digest" TEXT NOT NULL;

-- What Prisma's language cannot say.
-- Further tries are few: a finished broadcast that goes on again is found without looking at all that waits.
CREATE INDEX "attempt_again_idx" ON "attempt" ("message_id") WHERE "waiting" AND "lane" = 'bulk' AND "via" IS NOT NULL;
ALTER TABLE "record_entry"
  DROP CONSTRAINT "record_entry_kind_check",
  ADD CONSTRAINT "record_entry_kind_check" CHECK ("kind" IN ('order', 'outcome', 'correction', 'recall'));
