-- What the answers of the seat, the ladder, submissions and seats need.

-- Answers of the seat: a colleague who takes a report over, extensions, due days that moved.
ALTER TABLE "obligation" ADD COLUMN     "assignee_id" UUID;

-- CreateTable
CREATE TABLE "extension" (
    "id" UUID NOT NULL,
    "obligation_id" UUID NOT NULL,
    "wanted_on" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'asked',
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by_id" UUID,
    "seat_id" UUID,
    "granted_on" DATE,
    "refusal" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,

    CONSTRAINT "extension_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "due_change" (
    "id" UUID NOT NULL,
    "obligation_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "from_how" JSONB NOT NULL DEFAULT '[]',
    "reason" TEXT NOT NULL,
    "basis" TEXT,
    "by_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "told" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "due_change_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "extension_obligation_id_asked_at_idx" ON "extension"("obligation_id", "asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "due_change_obligation_id_version_key" ON "due_change"("obligation_id", "version");

-- AddForeignKey
ALTER TABLE "extension" ADD CONSTRAINT "extension_obligation_id_fkey" FOREIGN KEY ("obligation_id") REFERENCES "obligation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "due_change" ADD CONSTRAINT "due_change_obligation_id_fkey" FOREIGN KEY ("obligation_id") REFERENCES "obligation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma does not know, of answers.
CREATE UNIQUE INDEX "extension_open_key" ON "extension" ("obligation_id") WHERE "state" = 'asked';
ALTER TABLE "extension"
  ADD CONSTRAINT "extension_state_check" CHECK ("state" IN ('asked', 'granted', 'refused', 'withdrawn')),
  ADD CONSTRAINT "extension_granted_check" CHECK (("state" = 'granted') = ("granted_on" IS NOT NULL));

-- Seats: cover during leave, changes of units, names of before.
ALTER TABLE "contact" ADD COLUMN     "state_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "invitation" ADD COLUMN     "cover_id" UUID;

-- AlterTable
ALTER TABLE "obligation" ADD COLUMN     "counted_unit_id" UUID;

-- CreateTable
CREATE TABLE "unit_name" (
    "unit_id" UUID NOT NULL,
    "until_on" DATE NOT NULL,
    "name" TEXT NOT NULL,
    "short_name" TEXT NOT NULL,

    CONSTRAINT "unit_name_pkey" PRIMARY KEY ("unit_id","until_on")
);

-- CreateTable
CREATE TABLE "unit_order" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "effective_on" DATE NOT NULL,
    "basis" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'planned',
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "made_by_id" UUID,
    "done_at" TIMESTAMPTZ(3),
    "outcome" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "unit_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seat_cover" (
    "id" UUID NOT NULL,
    "seat_id" UUID NOT NULL,
    "member_id" UUID,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "made_by_id" UUID,
    "begun_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "seat_cover_pkey" PRIMARY KEY ("id")
);

-- What Prisma does not know, of seats.
-- What a unit was called on a day.
CREATE FUNCTION unit_name_on("unit_id" UUID, "day" DATE) RETURNS TEXT
LANGUAGE sql STABLE AS 'SELECT coalesce((SELECT n."name" FROM "unit_name" n WHERE n."unit_id" = $1 AND n."until_on" >= $2 ORDER BY n."until_on" LIMIT 1), (SELECT u."name" FROM "unit" u WHERE u."id" = $1))';
CREATE INDEX "seat_cover_seat_open_idx" ON "seat_cover" ("seat_id") WHERE "ended_at" IS NULL;
CREATE INDEX "seat_cover_member_open_idx" ON "seat_cover" ("member_id") WHERE "ended_at" IS NULL;
CREATE INDEX "unit_order_planned_idx" ON "unit_order" ("effective_on") WHERE "state" = 'planned';
ALTER TABLE "seat_cover"
  ADD CONSTRAINT "seat_cover_days_check" CHECK ("to_on" >= "from_on"),
  ADD CONSTRAINT "seat_cover_end_check" CHECK (("ended_at" IS NULL) = ("end_reason" IS NULL)),
  ADD CONSTRAINT "seat_cover_end_reason_check" CHECK ("end_reason" IN ('over', 'cancelled', 'left', 'handed-over'));
ALTER TABLE "unit_order"
  ADD CONSTRAINT "unit_order_kind_check" CHECK ("kind" IN ('merge', 'split', 'rename')),
  ADD CONSTRAINT "unit_order_state_check" CHECK ("state" IN ('planned', 'done', 'cancelled', 'void'));

-- Submissions: every file of one, what a returned one lacks.
ALTER TABLE "submission" ADD COLUMN     "missing" JSONB,
ADD COLUMN     "review_late_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "submission_file" (
    "submission_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "file_id" UUID NOT NULL,

    CONSTRAINT "submission_file_pkey" PRIMARY KEY ("submission_id","n")
);

-- AddForeignKey
ALTER TABLE "submission_file" ADD CONSTRAINT "submission_file_submission_id_fkey" FOREIGN KEY ("submission_id") REFERENCES "submission"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

INSERT INTO "submission_file" ("submission_id", "n", "file_id")
SELECT "id", 1, "file_id" FROM "submission" WHERE "file_id" IS NOT NULL;
ALTER TABLE "submission" DROP COLUMN "file_id";

-- Kinds of tasks: one list, added to by every part of this migration.
ALTER TABLE "task"
  DROP CONSTRAINT "task_kind_check",
  ADD CONSTRAINT "task_kind_check" CHECK ("kind" IN ('question', 'registration', 'review', 'late-report', 'not-ours', 'paper', 'silent-seat', 'tip', 'calendar-change', 'duty-owners', 'extension', 'reopen', 'review-late', 'unproven'));

-- Numbers: whether the first version came late stands with its obligation, and what is settled is counted as it happens.
ALTER TABLE "obligation" ADD COLUMN     "first_late" BOOLEAN;

-- CreateTable
CREATE TABLE "obligation_tally" (
    "id" BIGSERIAL NOT NULL,
    "unit_id" UUID,
    "duty_id" UUID,
    "period" TEXT,
    "day" DATE NOT NULL,
    "on_time" INTEGER NOT NULL,
    "late" INTEGER NOT NULL,
    "accepted" INTEGER NOT NULL,
    "waived" INTEGER NOT NULL,

    CONSTRAINT "obligation_tally_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "numbers_digest" (
    "on" DATE NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "numbers" JSONB NOT NULL,
    "told" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "numbers_digest_pkey" PRIMARY KEY ("on")
);

-- CreateIndex
CREATE INDEX "obligation_duty_id_period_idx" ON "obligation"("duty_id", "period");

-- CreateIndex
CREATE INDEX "obligation_due_on_idx" ON "obligation"("due_on");

-- What Prisma does not know, of numbers.
ALTER TABLE "obligation_tally"
  ADD CONSTRAINT "obligation_tally_key_check" CHECK (("unit_id" IS NULL) <> ("duty_id" IS NULL) AND ("duty_id" IS NULL) = ("period" IS NULL));
CREATE INDEX "obligation_tally_unit_idx" ON "obligation_tally" ("day") WHERE "unit_id" IS NOT NULL;
CREATE INDEX "obligation_tally_line_idx" ON "obligation_tally" ("day") WHERE "duty_id" IS NOT NULL;
CREATE INDEX "obligation_owing_idx" ON "obligation" ("due_on")
  INCLUDE ("unit_id", "counted_unit_id", "duty_id", "period", "due_at", "state") WHERE "state" IN ('open', 'returned');
CREATE INDEX "obligation_counted_unit_idx" ON "obligation" ("counted_unit_id") WHERE "counted_unit_id" IS NOT NULL;

-- The word of the first version decides. Without one it is the moment at which something came. The due second is on time.
CREATE FUNCTION obligation_late("first_late" BOOLEAN, "first_submitted_at" TIMESTAMPTZ, "due_at" TIMESTAMPTZ) RETURNS BOOLEAN
LANGUAGE sql STABLE AS 'SELECT coalesce($1, $2 >= $3 + interval ''1 second'', false)';

CREATE FUNCTION note_first_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "obligation" WHERE "id" = NEW."obligation_id" AND "first_late" IS DISTINCT FROM NEW."late") THEN
    UPDATE "obligation" SET "first_late" = NEW."late" WHERE "id" = NEW."obligation_id";
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "submission_first_late" AFTER INSERT OR UPDATE OF "late" ON "submission"
  FOR EACH ROW WHEN (NEW."version" = 1) EXECUTE FUNCTION note_first_late();
UPDATE "obligation" o SET "first_late" = s."late" FROM "submission" s WHERE s."obligation_id" = o."id" AND s."version" = 1;

-- Rows are only added, so that nobody waits for anybody: the sum of a key's rows is what counts. A job adds them up.
CREATE FUNCTION tally_obligations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  source TEXT := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT 1 AS n, * FROM added'
    WHEN 'DELETE' THEN 'SELECT -1 AS n, * FROM gone'
    ELSE 'SELECT 1 AS n, * FROM added UNION ALL SELECT -1, * FROM gone' END;
BEGIN
  EXECUTE format($sql$
    INSERT INTO "obligation_tally" ("unit_id", "duty_id", "period", "day", "on_time", "late", "accepted", "waived")
    SELECT * FROM (
      SELECT "counted_unit_id", "duty_id", "period", coalesce("due_on", "month"),
        sum(n * punctual) AS a, sum(n * tardy) AS b, sum(n * accepted) AS c, sum(n * waived) AS d
      FROM (
        SELECT n, coalesce("counted_unit_id", "unit_id") AS "counted_unit_id", "duty_id", "period", "due_on",
          date_trunc('month', "due_on"::timestamp)::date AS "month", ("state" = 'accepted')::int AS accepted, ("state" = 'waived')::int AS waived,
          ("state" <> 'waived' AND NOT obligation_late("first_late", "first_submitted_at", "due_at"))::int AS punctual,
          ("state" <> 'waived' AND obligation_late("first_late", "first_submitted_at", "due_at"))::int AS tardy
        FROM (%s) r WHERE "state" IN ('submitted', 'accepted', 'waived')) counted
      GROUP BY GROUPING SETS (("counted_unit_id", "month"), ("duty_id", "period", "due_on"))) sums
    WHERE (a, b, c, d) <> (0, 0, 0, 0)$sql$, source);
  RETURN NULL;
END $$;
CREATE TRIGGER "obligation_tally_added" AFTER INSERT ON "obligation"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tally_obligations();
CREATE TRIGGER "obligation_tally_changed" AFTER UPDATE ON "obligation"
  REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION tally_obligations();
CREATE TRIGGER "obligation_tally_gone" AFTER DELETE ON "obligation"
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION tally_obligations();

-- What is there already, by the same rule.
INSERT INTO "obligation_tally" ("unit_id", "duty_id", "period", "day", "on_time", "late", "accepted", "waived")
SELECT "counted_unit_id", "duty_id", "period", coalesce("due_on", "month"), sum(punctual), sum(tardy), sum(accepted), sum(waived)
FROM (
  SELECT coalesce("counted_unit_id", "unit_id") AS "counted_unit_id", "duty_id", "period", "due_on", date_trunc('month', "due_on"::timestamp)::date AS "month",
    ("state" = 'accepted')::int AS accepted, ("state" = 'waived')::int AS waived,
    ("state" <> 'waived' AND NOT obligation_late("first_late", "first_submitted_at", "due_at"))::int AS punctual,
    ("state" <> 'waived' AND obligation_late("first_late", "first_submitted_at", "due_at"))::int AS tardy
  FROM "obligation" WHERE "state" IN ('submitted', 'accepted', 'waived')) counted
GROUP BY GROUPING SETS (("counted_unit_id", "month"), ("duty_id", "period", "due_on"));

-- The ladder: more audiences, and the hours in which a person wants to be reminded.
ALTER TABLE "member" ADD COLUMN     "remind_from" TEXT,
ADD COLUMN     "remind_to" TEXT;

-- What Prisma does not know, of the ladder.
ALTER TABLE "member"
  ADD CONSTRAINT "member_remind_check" CHECK (("remind_from" IS NULL) = ("remind_to" IS NULL) AND "remind_from" < "remind_to");
ALTER TABLE "reminder_step"
  DROP CONSTRAINT "reminder_step_audience_check",
  ADD CONSTRAINT "reminder_step_audience_check" CHECK ("audience" IN ('seat', 'primary', 'deputy', 'head', 'officer', 'leader'));
