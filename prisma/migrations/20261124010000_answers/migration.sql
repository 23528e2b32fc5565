-- AlterTable
ALTER TABLE "question" ADD COLUMN     "answered_with_id" UUID,
ADD COLUMN     "cited_card" TEXT,
ADD COLUMN     "general_text" TEXT;

-- CreateTable
CREATE TABLE "card_change" (
    "id" UUID NOT NULL,
    "card_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "act" TEXT NOT NULL,
    "card" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "card_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document_change" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "change" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "by_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "document_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "answer_mark" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "mark" TEXT NOT NULL,
    "question" TEXT NOT NULL,
    "cards" TEXT[],
    "note" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "answer_mark_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "law_alarm" (
    "key" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "law_alarm_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "card_change_card_id_version_key" ON "card_change"("card_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "document_change_number_version_key" ON "document_change"("number", "version");

-- CreateIndex
CREATE INDEX "answer_mark_at_idx" ON "answer_mark"("at");

-- CreateIndex
CREATE INDEX "question_conversation_id_asked_at_idx" ON "question"("conversation_id", "asked_at");

-- What Prisma does not know.
ALTER TABLE "card_change"
  ADD CONSTRAINT "card_change_act_check" CHECK ("act" IN ('create', 'correct', 'verify', 'unverify', 'end', 'restore')),
  ADD CONSTRAINT "card_change_version_check" CHECK ("version" > 0);
ALTER TABLE "document_change" ADD CONSTRAINT "document_change_version_check" CHECK ("version" > 0);
ALTER TABLE "answer_mark" ADD CONSTRAINT "answer_mark_mark_check" CHECK ("mark" IN ('good', 'wrong'));
CREATE INDEX "question_answered_with_idx" ON "question" ("answered_with_id") WHERE "answered_with_id" IS NOT NULL;
ALTER TABLE "task"
  DROP CONSTRAINT "task_kind_check",
  ADD CONSTRAINT "task_kind_check" CHECK ("kind" IN ('question', 'registration', 'review', 'late-report', 'not-ours', 'paper', 'silent-seat', 'tip', 'calendar-change', 'duty-owners', 'extension', 'reopen', 'review-late', 'unproven', 'wrong-answer', 'quote', 'law'));
