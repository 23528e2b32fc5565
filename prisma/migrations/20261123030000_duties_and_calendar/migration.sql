-- AlterTable
ALTER TABLE "calendar_day" ADD COLUMN     "at" TIMESTAMPTZ(3),
ADD COLUMN     "by_member_id" UUID,
ADD COLUMN     "note" TEXT,
ADD COLUMN     "source" TEXT NOT NULL DEFAULT 'entered';

-- What Prisma does not know.
ALTER TABLE "calendar_day"
  ADD CONSTRAINT "calendar_day_source_check" CHECK ("source" IN ('entered', 'proposed'));

-- AlterTable
ALTER TABLE "duty" ADD COLUMN     "copied_from_id" UUID,
ADD COLUMN     "created_at" TIMESTAMPTZ(3),
ADD COLUMN     "created_by_id" UUID,
ADD COLUMN     "due_rule" JSONB,
ADD COLUMN     "ends_on" DATE,
ADD COLUMN     "files" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "grace_days" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "lock_days" INTEGER,
ADD COLUMN     "owners" JSONB,
ADD COLUMN     "period_rule" JSONB,
ADD COLUMN     "planned_to" DATE,
ADD COLUMN     "starts_on" DATE,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "obligation" ADD COLUMN     "how" JSONB NOT NULL DEFAULT '{}';

-- CreateTable
CREATE TABLE "duty_version" (
    "duty_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "member_id" UUID,
    "reason" TEXT NOT NULL,

    CONSTRAINT "duty_version_pkey" PRIMARY KEY ("duty_id","version")
);

-- AddForeignKey
ALTER TABLE "duty_version" ADD CONSTRAINT "duty_version_duty_id_fkey" FOREIGN KEY ("duty_id") REFERENCES "duty"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma does not know, of duties.
ALTER TABLE "duty" DROP CONSTRAINT "duty_kind_check";
UPDATE "duty" SET "kind" = 'periodic' WHERE "kind" = 'yearly';
ALTER TABLE "duty"
  ADD CONSTRAINT "duty_kind_check" CHECK ("kind" IN ('registration', 'midterm', 'final', 'periodic')),
  ADD CONSTRAINT "duty_grace_check" CHECK ("grace_days" >= 0),
  ADD CONSTRAINT "duty_rules_check" CHECK (("period_rule" IS NULL) = ("due_rule" IS NULL));
ALTER TABLE "task"
  DROP CONSTRAINT "task_kind_check",
  ADD CONSTRAINT "task_kind_check" CHECK ("kind" IN ('question', 'registration', 'review', 'late-report', 'not-ours', 'paper', 'silent-seat', 'tip', 'calendar-change', 'duty-owners'));
