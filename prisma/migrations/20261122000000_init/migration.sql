-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "business_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "offset_ms" BIGINT NOT NULL DEFAULT 0,
    "floor_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "business_clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_day" (
    "on" DATE NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "calendar_day_pkey" PRIMARY KEY ("on")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "member_id" UUID,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unit" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "short_name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "parent_id" UUID,
    "valid_from" DATE,
    "valid_to" DATE,

    CONSTRAINT "unit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unit_change" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "from_unit_id" UUID NOT NULL,
    "to_unit_id" UUID,
    "effective_on" DATE NOT NULL,
    "basis" TEXT NOT NULL,

    CONSTRAINT "unit_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cluster" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cluster_unit" (
    "cluster_id" UUID NOT NULL,
    "unit_id" UUID NOT NULL,
    "valid_from" DATE NOT NULL,
    "valid_to" DATE,

    CONSTRAINT "cluster_unit_pkey" PRIMARY KEY ("cluster_id","unit_id","valid_from")
);

-- CreateTable
CREATE TABLE "seat" (
    "id" UUID NOT NULL,
    "unit_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,

    CONSTRAINT "seat_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seat_holding" (
    "id" UUID NOT NULL,
    "seat_id" UUID NOT NULL,
    "member_id" UUID NOT NULL,
    "held_from" TIMESTAMPTZ(3) NOT NULL,
    "held_to" TIMESTAMPTZ(3),

    CONSTRAINT "seat_holding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" UUID NOT NULL,
    "code" TEXT,
    "full_name" TEXT NOT NULL,
    "position" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member_role" (
    "member_id" UUID NOT NULL,
    "role" TEXT NOT NULL,

    CONSTRAINT "member_role_pkey" PRIMARY KEY ("member_id","role")
);

-- CreateTable
CREATE TABLE "contact" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "member_id" UUID,
    "display_name" TEXT NOT NULL DEFAULT '',
    "language" TEXT NOT NULL DEFAULT 'vi',
    "state" TEXT NOT NULL DEFAULT 'active',
    "subscribed" BOOLEAN NOT NULL DEFAULT true,
    "preferred" BOOLEAN NOT NULL DEFAULT false,
    "last_inbound_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "web_session" (
    "token_hash" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "web_session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "code_hash" TEXT NOT NULL,
    "seat_id" UUID,
    "role" TEXT,
    "member_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_by_contact_id" UUID,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation_guard" (
    "contact_id" UUID NOT NULL,
    "wrong_tries" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_guard_pkey" PRIMARY KEY ("contact_id")
);

-- CreateTable
CREATE TABLE "conversation" (
    "id" UUID NOT NULL,
    "member_id" UUID,
    "contact_id" UUID,
    "session" JSONB,
    "drafts" JSONB NOT NULL DEFAULT '{}',
    "topic" JSONB,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbound" (
    "id" BIGSERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "body" JSONB NOT NULL,
    "body_hash" TEXT NOT NULL,
    "ready" BOOLEAN NOT NULL DEFAULT true,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "outcome" TEXT,

    CONSTRAINT "inbound_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "work" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "conversation_id" UUID,
    "contact_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'open',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "run_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "work_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "file" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "contact_id" UUID,
    "platform" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "file_chunk" (
    "file_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "file_chunk_pkey" PRIMARY KEY ("file_id","n")
);

-- CreateTable
CREATE TABLE "content" (
    "id" BIGSERIAL NOT NULL,
    "text" TEXT NOT NULL,
    "buttons" JSONB NOT NULL DEFAULT '[]',
    "image_id" UUID,
    "image_alt" TEXT,
    "file_id" UUID,

    CONSTRAINT "content_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "message" (
    "id" BIGSERIAL NOT NULL,
    "source_kind" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "person" TEXT NOT NULL,
    "slot" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "conversation_id" UUID NOT NULL,
    "content_id" BIGINT NOT NULL,
    "seat_id" UUID,
    "planned_at" TIMESTAMPTZ(3) NOT NULL,
    "not_before" TIMESTAMPTZ(3),

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attempt" (
    "id" BIGSERIAL NOT NULL,
    "message_id" BIGINT NOT NULL,
    "try" INTEGER NOT NULL DEFAULT 1,
    "channel" TEXT NOT NULL,
    "contact_id" UUID,
    "conversation_id" UUID NOT NULL,
    "lane" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "waiting" BOOLEAN NOT NULL DEFAULT false,
    "due" TIMESTAMPTZ(3) NOT NULL,
    "lease_id" BIGINT,
    "sends" INTEGER NOT NULL DEFAULT 0,
    "repeat" BOOLEAN NOT NULL DEFAULT false,
    "platform_message_id" TEXT,
    "reason" TEXT,
    "detail" TEXT,
    "sending_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lease" (
    "id" BIGSERIAL NOT NULL,
    "worker" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "closed" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "receipt" (
    "id" BIGSERIAL NOT NULL,
    "channel" TEXT NOT NULL,
    "platform_message_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "matched" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "receipt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "broadcast" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "audience" JSONB NOT NULL,
    "contents" JSONB NOT NULL,
    "class" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "recipients" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" UUID,
    "start_at" TIMESTAMPTZ(3),
    "expanded_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "broadcast_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_budget" (
    "account" TEXT NOT NULL,
    "tat_at" TIMESTAMPTZ(6) NOT NULL,
    "banned_until" TIMESTAMPTZ(3),

    CONSTRAINT "rate_budget_pkey" PRIMARY KEY ("account")
);

-- CreateTable
CREATE TABLE "platform_message" (
    "channel" TEXT NOT NULL,
    "platform_message_id" TEXT NOT NULL,
    "attempt_id" BIGINT NOT NULL,

    CONSTRAINT "platform_message_pkey" PRIMARY KEY ("channel","platform_message_id")
);

-- CreateTable
CREATE TABLE "web_event" (
    "seq" BIGSERIAL NOT NULL,
    "contact_id" UUID NOT NULL,
    "attempt_id" BIGINT,
    "message_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "buttons" JSONB NOT NULL DEFAULT '[]',
    "image_id" UUID,
    "image_alt" TEXT,
    "file_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "fetched_at" TIMESTAMPTZ(3),

    CONSTRAINT "web_event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "channel_token" (
    "account" TEXT NOT NULL,
    "access_token" TEXT NOT NULL,
    "refresh_token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'ok',
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_token_pkey" PRIMARY KEY ("account")
);

-- CreateTable
CREATE TABLE "poll_offset" (
    "account" TEXT NOT NULL,
    "offset" BIGINT NOT NULL,

    CONSTRAINT "poll_offset_pkey" PRIMARY KEY ("account")
);

-- CreateTable
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ref_id" TEXT NOT NULL,
    "unit_id" UUID,
    "title" TEXT NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "done_by_id" UUID,
    "result" TEXT,

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "question" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "answer" TEXT,
    "answered_by_id" UUID,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "question_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaign" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slogan" TEXT NOT NULL,
    "form" TEXT NOT NULL,
    "goal" TEXT NOT NULL,
    "targets" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "criteria" TEXT NOT NULL,
    "measures" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "awards" TEXT NOT NULL,
    "participants" JSONB NOT NULL,
    "doc_number" TEXT NOT NULL,
    "doc_on" DATE NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "registration_due_on" DATE NOT NULL,
    "midterm_due_on" DATE,
    "final_due_on" DATE NOT NULL,
    "state" TEXT NOT NULL,
    "launched_at" TIMESTAMPTZ(3) NOT NULL,
    "launched_by_id" UUID,

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaign_unit" (
    "campaign_id" UUID NOT NULL,
    "unit_id" UUID NOT NULL,

    CONSTRAINT "campaign_unit_pkey" PRIMARY KEY ("campaign_id","unit_id")
);

-- CreateTable
CREATE TABLE "registration" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "campaign_id" UUID NOT NULL,
    "unit_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "targets" TEXT NOT NULL,
    "titles" JSONB NOT NULL,
    "exemplar" TEXT,
    "state" TEXT NOT NULL,
    "on_time" BOOLEAN NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "seat_id" UUID,
    "member_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "reason" TEXT,

    CONSTRAINT "registration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "registration_version" (
    "registration_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "member_id" UUID,

    CONSTRAINT "registration_version_pkey" PRIMARY KEY ("registration_id","version")
);

-- CreateTable
CREATE TABLE "duty" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "campaign_id" UUID,
    "basis" TEXT NOT NULL,
    "needs" TEXT NOT NULL,
    "fields" JSONB NOT NULL DEFAULT '[]',
    "ladder" JSONB NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "duty_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "obligation" (
    "id" UUID NOT NULL,
    "duty_id" UUID NOT NULL,
    "unit_id" UUID NOT NULL,
    "period" TEXT NOT NULL,
    "due_on" DATE NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "version" INTEGER NOT NULL DEFAULT 1,
    "first_submitted_at" TIMESTAMPTZ(3),
    "promise_on" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "obligation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "submission" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "obligation_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT,
    "data" JSONB NOT NULL DEFAULT '{}',
    "file_id" UUID,
    "sha256" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'received',
    "late" BOOLEAN NOT NULL,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "seat_id" UUID,
    "member_id" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "reason" TEXT,

    CONSTRAINT "submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reminder_step" (
    "id" UUID NOT NULL,
    "obligation_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "step" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "fired_at" TIMESTAMPTZ(3),
    "evidence" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "reminder_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "honour" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "person_name" TEXT NOT NULL,
    "unit_name" TEXT NOT NULL,
    "unit_id" UUID,
    "deed" TEXT NOT NULL,
    "story" TEXT NOT NULL,
    "award" TEXT NOT NULL,
    "decision_number" TEXT NOT NULL,
    "decision_on" DATE NOT NULL,
    "consent" TEXT NOT NULL,
    "photo_id" UUID,
    "card_id" UUID,
    "stage" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "published_by_id" UUID,
    "broadcast_id" UUID,

    CONSTRAINT "honour_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "honour_follow" (
    "honour_id" UUID NOT NULL,
    "person" TEXT NOT NULL,
    "unit_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "honour_follow_pkey" PRIMARY KEY ("honour_id","person")
);

-- CreateTable
CREATE TABLE "honour_tip" (
    "id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "who" TEXT NOT NULL,
    "unit_name" TEXT NOT NULL,
    "deed" TEXT NOT NULL,
    "contact_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',

    CONSTRAINT "honour_tip_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_entry_subject_idx" ON "audit_entry"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "unit_code_key" ON "unit"("code");

-- CreateIndex
CREATE INDEX "unit_parent_id_idx" ON "unit"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "unit_change_from_unit_id_to_unit_id_effective_on_key" ON "unit_change"("from_unit_id", "to_unit_id", "effective_on");

-- CreateIndex
CREATE UNIQUE INDEX "cluster_code_key" ON "cluster"("code");

-- CreateIndex
CREATE INDEX "cluster_unit_unit_id_idx" ON "cluster_unit"("unit_id");

-- CreateIndex
CREATE UNIQUE INDEX "seat_unit_id_kind_key" ON "seat"("unit_id", "kind");

-- CreateIndex
CREATE INDEX "seat_holding_seat_id_idx" ON "seat_holding"("seat_id");

-- CreateIndex
CREATE INDEX "seat_holding_member_id_idx" ON "seat_holding"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_code_key" ON "member"("code");

-- CreateIndex
CREATE INDEX "contact_member_id_idx" ON "contact"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "contact_channel_external_id_key" ON "contact"("channel", "external_id");

-- CreateIndex
CREATE INDEX "web_session_contact_id_idx" ON "web_session"("contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitation_code_hash_key" ON "invitation"("code_hash");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_member_id_key" ON "conversation"("member_id");

-- CreateIndex
CREATE UNIQUE INDEX "conversation_contact_id_key" ON "conversation"("contact_id");

-- CreateIndex
CREATE INDEX "inbound_conversation_id_idx" ON "inbound"("conversation_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbound_channel_external_id_key" ON "inbound"("channel", "external_id");

-- CreateIndex
CREATE INDEX "work_state_run_after_idx" ON "work"("state", "run_after");

-- CreateIndex
CREATE INDEX "message_conversation_id_id_idx" ON "message"("conversation_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "message_source_kind_source_id_person_slot_key" ON "message"("source_kind", "source_id", "person", "slot");

-- CreateIndex
CREATE UNIQUE INDEX "attempt_message_id_try_key" ON "attempt"("message_id", "try");

-- CreateIndex
CREATE UNIQUE INDEX "receipt_channel_platform_message_id_kind_key" ON "receipt"("channel", "platform_message_id", "kind");

-- CreateIndex
CREATE INDEX "broadcast_state_idx" ON "broadcast"("state");

-- CreateIndex
CREATE UNIQUE INDEX "web_event_attempt_id_key" ON "web_event"("attempt_id");

-- CreateIndex
CREATE INDEX "web_event_contact_id_seq_idx" ON "web_event"("contact_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "task_code_key" ON "task"("code");

-- CreateIndex
CREATE INDEX "task_kind_ref_id_idx" ON "task"("kind", "ref_id");

-- CreateIndex
CREATE UNIQUE INDEX "question_code_key" ON "question"("code");

-- CreateIndex
CREATE INDEX "question_state_asked_at_idx" ON "question"("state", "asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "campaign_code_key" ON "campaign"("code");

-- CreateIndex
CREATE INDEX "campaign_state_idx" ON "campaign"("state");

-- CreateIndex
CREATE INDEX "campaign_unit_unit_id_idx" ON "campaign_unit"("unit_id");

-- CreateIndex
CREATE UNIQUE INDEX "registration_code_key" ON "registration"("code");

-- CreateIndex
CREATE INDEX "registration_unit_id_idx" ON "registration"("unit_id");

-- CreateIndex
CREATE UNIQUE INDEX "registration_campaign_id_unit_id_key" ON "registration"("campaign_id", "unit_id");

-- CreateIndex
CREATE UNIQUE INDEX "duty_code_key" ON "duty"("code");

-- CreateIndex
CREATE INDEX "duty_campaign_id_idx" ON "duty"("campaign_id");

-- CreateIndex
CREATE INDEX "obligation_unit_id_state_idx" ON "obligation"("unit_id", "state");

-- CreateIndex
CREATE INDEX "obligation_state_due_at_idx" ON "obligation"("state", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "obligation_duty_id_unit_id_period_key" ON "obligation"("duty_id", "unit_id", "period");

-- CreateIndex
CREATE UNIQUE INDEX "submission_code_key" ON "submission"("code");

-- CreateIndex
CREATE UNIQUE INDEX "submission_obligation_id_version_key" ON "submission"("obligation_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "reminder_step_obligation_id_version_step_key" ON "reminder_step"("obligation_id", "version", "step");

-- CreateIndex
CREATE UNIQUE INDEX "honour_code_key" ON "honour"("code");

-- CreateIndex
CREATE INDEX "honour_state_published_at_idx" ON "honour"("state", "published_at");

-- CreateIndex
CREATE UNIQUE INDEX "honour_tip_code_key" ON "honour_tip"("code");

-- AddForeignKey
ALTER TABLE "unit" ADD CONSTRAINT "unit_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "unit"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cluster_unit" ADD CONSTRAINT "cluster_unit_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cluster_unit" ADD CONSTRAINT "cluster_unit_unit_id_fkey" FOREIGN KEY ("unit_id") REFERENCES "unit"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seat" ADD CONSTRAINT "seat_unit_id_fkey" FOREIGN KEY ("unit_id") REFERENCES "unit"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seat_holding" ADD CONSTRAINT "seat_holding_seat_id_fkey" FOREIGN KEY ("seat_id") REFERENCES "seat"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seat_holding" ADD CONSTRAINT "seat_holding_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member_role" ADD CONSTRAINT "member_role_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "web_session" ADD CONSTRAINT "web_session_contact_id_fkey" FOREIGN KEY ("contact_id") REFERENCES "contact"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_member_id_fkey" FOREIGN KEY ("member_id") REFERENCES "member"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_contact_id_fkey" FOREIGN KEY ("contact_id") REFERENCES "contact"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "file_chunk" ADD CONSTRAINT "file_chunk_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "file"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_content_id_fkey" FOREIGN KEY ("content_id") REFERENCES "content"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_unit" ADD CONSTRAINT "campaign_unit_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaign"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registration" ADD CONSTRAINT "registration_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaign"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "registration_version" ADD CONSTRAINT "registration_version_registration_id_fkey" FOREIGN KEY ("registration_id") REFERENCES "registration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "obligation" ADD CONSTRAINT "obligation_duty_id_fkey" FOREIGN KEY ("duty_id") REFERENCES "duty"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "submission" ADD CONSTRAINT "submission_obligation_id_fkey" FOREIGN KEY ("obligation_id") REFERENCES "obligation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reminder_step" ADD CONSTRAINT "reminder_step_obligation_id_fkey" FOREIGN KEY ("obligation_id") REFERENCES "obligation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "honour_follow" ADD CONSTRAINT "honour_follow_honour_id_fkey" FOREIGN KEY ("honour_id") REFERENCES "honour"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- ── Written by hand from here: what the schema language cannot say ──

-- The business clock begins as the machine clock.
INSERT INTO "business_clock" ("id", "offset_ms", "floor_at") VALUES (1, 0, CURRENT_TIMESTAMP);
ALTER TABLE "business_clock" ADD CONSTRAINT "business_clock_one_row_check" CHECK ("id" = 1);

-- A seat is held by one person at a time.
CREATE UNIQUE INDEX "seat_holding_open_key" ON "seat_holding" ("seat_id") WHERE "held_to" IS NULL;

-- One thing is one open task.
CREATE UNIQUE INDEX "task_open_key" ON "task" ("kind", "ref_id") WHERE "done_at" IS NULL;
CREATE INDEX "task_open_idx" ON "task" ("opened_at") WHERE "done_at" IS NULL;

-- The oldest unprocessed message of a conversation, and whatever the reconciler finds left behind.
CREATE INDEX "inbound_unprocessed_idx" ON "inbound" ("conversation_id", "id") WHERE "processed_at" IS NULL;

-- Attempts are updated three times within seconds: room on the page keeps the updates there (HOT), which also needs
-- that no index names a column which those updates change. Do not add "state" or "platform_message_id" to one.
ALTER TABLE "attempt" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX "web_event_own_idx" ON "web_event" ("contact_id", "message_id") WHERE "attempt_id" IS NULL;
CREATE INDEX "attempt_waiting_idx" ON "attempt" ("lane", "channel", "due", "id") WHERE "waiting";
CREATE INDEX "attempt_lease_idx" ON "attempt" ("lease_id") WHERE "lease_id" IS NOT NULL;
CREATE INDEX "attempt_conversation_idx" ON "attempt" ("conversation_id", "lane", "id");
CREATE INDEX "lease_open_idx" ON "lease" ("until") WHERE NOT "closed";
-- What quiet hours hold back, until delivery clears the column.
CREATE INDEX "message_not_before_idx" ON "message" ("not_before") WHERE "not_before" IS NOT NULL;
CREATE INDEX "receipt_unmatched_idx" ON "receipt" ("id") WHERE NOT "matched";

-- The tick of reminders looks only here.
CREATE INDEX "reminder_step_pending_idx" ON "reminder_step" ("due_at") WHERE "state" = 'pending';

-- A conversation belongs to a member or to a contact, never to both.
ALTER TABLE "conversation"
  ADD CONSTRAINT "conversation_owner_check" CHECK (num_nonnulls("member_id", "contact_id") = 1);

-- An invitation leads to a seat or to a role.
ALTER TABLE "invitation"
  ADD CONSTRAINT "invitation_target_check" CHECK (num_nonnulls("seat_id", "role") = 1),
  ADD CONSTRAINT "invitation_role_check" CHECK ("role" IN ('officer', 'leader', 'admin')),
  ADD CONSTRAINT "invitation_dates_check" CHECK ("created_at" <= "expires_at");

ALTER TABLE "message" ADD CONSTRAINT "message_person_check" CHECK ("person" ~ '^[mc]:.');
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_lane_check" CHECK ("lane" IN ('reply', 'bulk'));

-- Days and instants in their order.
ALTER TABLE "unit" ADD CONSTRAINT "unit_dates_check" CHECK ("valid_from" <= "valid_to");
ALTER TABLE "cluster_unit" ADD CONSTRAINT "cluster_unit_dates_check" CHECK ("valid_from" <= "valid_to");
ALTER TABLE "seat_holding" ADD CONSTRAINT "seat_holding_dates_check" CHECK ("held_from" <= "held_to");
ALTER TABLE "campaign"
  ADD CONSTRAINT "campaign_dates_check" CHECK ("starts_on" <= "ends_on"),
  ADD CONSTRAINT "campaign_registration_check" CHECK ("registration_due_on" <= "final_due_on"),
  ADD CONSTRAINT "campaign_reports_check" CHECK ("midterm_due_on" <= "final_due_on");

-- Columns with a fixed set of words.
ALTER TABLE "calendar_day"
  ADD CONSTRAINT "calendar_day_kind_check" CHECK ("kind" IN ('off', 'work'));
ALTER TABLE "unit"
  ADD CONSTRAINT "unit_type_check" CHECK ("type" IN ('so', 'ban-nganh', 'doan-the', 'phuong', 'xa', 'doanh-nghiep', 'truong', 'huyen', 'khac')),
  ADD CONSTRAINT "unit_level_check" CHECK ("level" IN ('tinh', 'huyen', 'xa', 'co-so'));
ALTER TABLE "unit_change"
  ADD CONSTRAINT "unit_change_kind_check" CHECK ("kind" IN ('merge', 'split', 'rename', 'dissolve'));
ALTER TABLE "seat"
  ADD CONSTRAINT "seat_kind_check" CHECK ("kind" IN ('primary', 'deputy', 'head'));
ALTER TABLE "member_role"
  ADD CONSTRAINT "member_role_role_check" CHECK ("role" IN ('officer', 'leader', 'admin'));
ALTER TABLE "contact"
  ADD CONSTRAINT "contact_channel_check" CHECK ("channel" IN ('web', 'telegram', 'zalo')),
  ADD CONSTRAINT "contact_language_check" CHECK ("language" IN ('vi', 'en')),
  ADD CONSTRAINT "contact_state_check" CHECK ("state" IN ('active', 'blocked', 'gone'));
ALTER TABLE "inbound"
  ADD CONSTRAINT "inbound_channel_check" CHECK ("channel" IN ('web', 'telegram', 'zalo', 'internal')),
  ADD CONSTRAINT "inbound_outcome_check" CHECK ("outcome" IN ('done', 'apologised'));
ALTER TABLE "work"
  ADD CONSTRAINT "work_state_check" CHECK ("state" IN ('open', 'done', 'failed'));
ALTER TABLE "message"
  ADD CONSTRAINT "message_class_check" CHECK ("class" IN ('reply', 'announcement', 'deadline', 'critical', 'honour')),
  ADD CONSTRAINT "message_lane_check" CHECK ("lane" IN ('reply', 'bulk'));
ALTER TABLE "attempt"
  ADD CONSTRAINT "attempt_state_check" CHECK ("state" IN ('planned', 'queued', 'leased', 'sending', 'sent', 'delivered', 'seen', 'failed', 'skipped', 'uncertain'));
ALTER TABLE "receipt"
  ADD CONSTRAINT "receipt_kind_check" CHECK ("kind" IN ('delivered', 'seen'));
ALTER TABLE "broadcast"
  ADD CONSTRAINT "broadcast_kind_check" CHECK ("kind" IN ('campaign', 'honour', 'notice', 'amendment')),
  ADD CONSTRAINT "broadcast_state_check" CHECK ("state" IN ('planned', 'expanding', 'sending', 'paused', 'cancelled', 'finished'));
ALTER TABLE "web_event"
  ADD CONSTRAINT "web_event_kind_check" CHECK ("kind" IN ('message', 'edit'));
ALTER TABLE "channel_token"
  ADD CONSTRAINT "channel_token_state_check" CHECK ("state" IN ('ok', 'refreshing', 'lost'));
ALTER TABLE "task"
  ADD CONSTRAINT "task_kind_check" CHECK ("kind" IN ('question', 'registration', 'review', 'late-report', 'not-ours', 'paper', 'silent-seat', 'tip'));
ALTER TABLE "question"
  ADD CONSTRAINT "question_reason_check" CHECK ("reason" IN ('no_basis', 'asked_for_person', 'complaint')),
  ADD CONSTRAINT "question_state_check" CHECK ("state" IN ('open', 'answered', 'closed'));
ALTER TABLE "campaign"
  ADD CONSTRAINT "campaign_form_check" CHECK ("form" IN ('thuong-xuyen', 'chuyen-de')),
  ADD CONSTRAINT "campaign_state_check" CHECK ("state" IN ('launched', 'closed'));
ALTER TABLE "registration"
  ADD CONSTRAINT "registration_state_check" CHECK ("state" IN ('submitted', 'accepted', 'returned'));
ALTER TABLE "duty"
  ADD CONSTRAINT "duty_kind_check" CHECK ("kind" IN ('registration', 'midterm', 'final', 'yearly'));
ALTER TABLE "obligation"
  ADD CONSTRAINT "obligation_state_check" CHECK ("state" IN ('open', 'submitted', 'accepted', 'returned', 'waived'));
ALTER TABLE "submission"
  ADD CONSTRAINT "submission_kind_check" CHECK ("kind" IN ('text', 'form', 'file', 'nil')),
  ADD CONSTRAINT "submission_state_check" CHECK ("state" IN ('received', 'accepted', 'returned'));
ALTER TABLE "reminder_step"
  ADD CONSTRAINT "reminder_step_audience_check" CHECK ("audience" IN ('seat', 'head', 'officer')),
  ADD CONSTRAINT "reminder_step_state_check" CHECK ("state" IN ('pending', 'fired', 'void'));
ALTER TABLE "honour"
  ADD CONSTRAINT "honour_stage_check" CHECK ("stage" IN ('phat-hien', 'boi-duong', 'tong-ket', 'nhan-rong')),
  ADD CONSTRAINT "honour_state_check" CHECK ("state" IN ('published', 'withdrawn'));
ALTER TABLE "honour_tip"
  ADD CONSTRAINT "honour_tip_state_check" CHECK ("state" IN ('open', 'taken', 'declined'));
