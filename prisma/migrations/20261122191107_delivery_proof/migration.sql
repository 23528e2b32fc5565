-- AlterTable
ALTER TABLE "message" ADD COLUMN     "stands_for_id" BIGINT;

-- AlterTable
ALTER TABLE "attempt" ADD COLUMN     "form" TEXT,
ADD COLUMN     "leased_at" TIMESTAMPTZ(3),
ADD COLUMN     "sealed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "template_data" JSONB,
ADD COLUMN     "template_id" TEXT,
ADD COLUMN     "via" TEXT;

-- AlterTable
ALTER TABLE "broadcast" ADD COLUMN     "forecast" JSONB,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "attempt_event" (
    "id" BIGSERIAL NOT NULL,
    "attempt_id" BIGINT NOT NULL,
    "was" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "due" TIMESTAMPTZ(3),
    "leased_at" TIMESTAMPTZ(3),
    "begun_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "detail" TEXT,

    CONSTRAINT "attempt_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attempt_watch" (
    "attempt_id" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "due" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attempt_watch_pkey" PRIMARY KEY ("attempt_id")
);

-- CreateTable
CREATE TABLE "message_edit" (
    "id" BIGSERIAL NOT NULL,
    "attempt_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "content_id" BIGINT NOT NULL,
    "old_content_id" BIGINT,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "due" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "detail" TEXT,
    "sealed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "message_edit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "correction" (
    "id" UUID NOT NULL,
    "broadcast_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "contents" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'expanding',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" UUID,

    CONSTRAINT "correction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "record_chain" (
    "source_kind" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "entries" INTEGER NOT NULL DEFAULT 0,
    "head" TEXT NOT NULL,

    CONSTRAINT "record_chain_pkey" PRIMARY KEY ("source_kind","source_id")
);

-- CreateTable
CREATE TABLE "record_entry" (
    "source_kind" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "attempt_id" BIGINT NOT NULL,
    "edit_id" BIGINT,
    "stands_for_id" BIGINT,
    "via" TEXT,
    "person_digest" TEXT NOT NULL,
    "content_id" BIGINT NOT NULL,
    "content_digest" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "platform_message_id" TEXT,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "record_entry_pkey" PRIMARY KEY ("source_kind","source_id","n")
);

-- CreateTable
CREATE TABLE "record_salt" (
    "person_key" TEXT NOT NULL,
    "salt" TEXT NOT NULL,

    CONSTRAINT "record_salt_pkey" PRIMARY KEY ("person_key")
);

-- CreateTable
CREATE TABLE "zalo_template" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "classes" JSONB NOT NULL,
    "parameters" JSONB NOT NULL,
    "price_vnd" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "zalo_template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota_use" (
    "account" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "used" INTEGER NOT NULL,

    CONSTRAINT "quota_use_pkey" PRIMARY KEY ("account","kind","period")
);

-- CreateTable
CREATE TABLE "alarm" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "alarm_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "heartbeat" (
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "worker" TEXT NOT NULL,

    CONSTRAINT "heartbeat_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "attempt_event_attempt_id_idx" ON "attempt_event"("attempt_id");

-- CreateIndex
CREATE INDEX "attempt_watch_due_idx" ON "attempt_watch"("due");

-- CreateIndex
CREATE INDEX "message_edit_ref_idx" ON "message_edit"("ref");

-- CreateIndex
CREATE INDEX "broadcast_state_finished_at_idx" ON "broadcast"("state", "finished_at");

-- CreateIndex
CREATE UNIQUE INDEX "message_edit_attempt_id_kind_ref_key" ON "message_edit"("attempt_id", "kind", "ref");

-- CreateIndex
CREATE UNIQUE INDEX "correction_broadcast_id_version_key" ON "correction"("broadcast_id", "version");

-- CreateIndex
CREATE INDEX "record_entry_attempt_id_idx" ON "record_entry"("attempt_id");

-- What Prisma's language cannot say.
CREATE INDEX "message_stands_for_idx" ON "message" ("stands_for_id") WHERE "stands_for_id" IS NOT NULL;
-- Neither column changes while a message is on its way, so the updates of the engine stay in place.
CREATE INDEX "attempt_unsealed_idx" ON "attempt" ("id") WHERE "lane" = 'bulk' AND NOT "sealed";
CREATE INDEX "message_edit_queued_idx" ON "message_edit" ("due", "id") WHERE "state" = 'queued';
CREATE INDEX "message_edit_unsealed_idx" ON "message_edit" ("id") WHERE "kind" <> 'progress' AND NOT "sealed";
CREATE UNIQUE INDEX "alarm_open_key" ON "alarm" ("kind", "subject") WHERE "closed_at" IS NULL;

ALTER TABLE "attempt"
  ADD CONSTRAINT "attempt_via_check" CHECK ("via" IN ('repeat', 'channel', 'seat', 'resend')),
  ADD CONSTRAINT "attempt_form_check" CHECK ("form" IN ('free', 'billed', 'template'));
ALTER TABLE "attempt_watch"
  ADD CONSTRAINT "attempt_watch_reason_check" CHECK ("reason" IN ('failed', 'unproven', 'no-contact'));
ALTER TABLE "message_edit"
  ADD CONSTRAINT "message_edit_kind_check" CHECK ("kind" IN ('progress', 'correction', 'recall')),
  ADD CONSTRAINT "message_edit_state_check" CHECK ("state" IN ('queued', 'done', 'failed', 'skipped'));
ALTER TABLE "correction"
  ADD CONSTRAINT "correction_kind_check" CHECK ("kind" IN ('correction', 'recall')),
  ADD CONSTRAINT "correction_state_check" CHECK ("state" IN ('expanding', 'sending', 'finished'));
ALTER TABLE "record_entry"
  ADD CONSTRAINT "record_entry_kind_check" CHECK ("kind" IN ('outcome', 'correction', 'recall'));
ALTER TABLE "zalo_template"
  ADD CONSTRAINT "zalo_template_kind_check" CHECK ("kind" IN ('transaction', 'care', 'promotion')),
  ADD CONSTRAINT "zalo_template_price_check" CHECK ("price_vnd" >= 0);
ALTER TABLE "quota_use"
  ADD CONSTRAINT "quota_use_kind_check" CHECK ("kind" IN ('billed', 'template'));
ALTER TABLE "alarm"
  ADD CONSTRAINT "alarm_kind_check" CHECK ("kind" IN ('unproven', 'stuck', 'silent', 'late', 'quota'));
