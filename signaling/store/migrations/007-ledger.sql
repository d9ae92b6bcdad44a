-- SPDX-License-Identifier: Apache-2.0
-- What really happened: attendance while a lesson runs, the ledger once it is over, and
-- who did what. Ledger and audit are chains: each row carries the hash of the one before,
-- `chain` the two ends.

CREATE TABLE attendance (
  lesson TEXT NOT NULL,
  site TEXT NOT NULL,
  delivered_ms BIGINT NOT NULL DEFAULT 0, -- the teacher's media came in
  received_ms BIGINT NOT NULL DEFAULT 0,  -- and this site confirmed that it got them
  sent_ms BIGINT NOT NULL DEFAULT 0,      -- this site's own media came in
  n_interruptions INTEGER NOT NULL DEFAULT 0,
  loss_permille INTEGER, -- mean; NULL: never measured
  rtt_ms INTEGER,        -- mean
  width INTEGER,         -- of the largest picture received
  height INTEGER,
  n_floor INTEGER NOT NULL DEFAULT 0,
  floor_ms BIGINT NOT NULL DEFAULT 0,
  first_ms BIGINT, -- when the site first and last had media
  last_ms BIGINT,
  n_samples INTEGER NOT NULL DEFAULT 0, -- behind the means
  PRIMARY KEY (lesson, site),
  FOREIGN KEY (lesson, site) REFERENCES lesson_site (lesson, site)
);

-- How much of a session's figures, which the relay counts in all, is in the rows above.
CREATE TABLE attendance_session (
  session TEXT PRIMARY KEY,
  lesson TEXT NOT NULL,
  total_ms BIGINT NOT NULL,
  n_interruptions INTEGER NOT NULL
);
CREATE INDEX attendance_session_by_lesson ON attendance_session (lesson);

CREATE TABLE ledger (
  seq BIGINT PRIMARY KEY CHECK (seq >= 1),
  lesson TEXT NOT NULL,
  site TEXT NOT NULL,
  role TEXT NOT NULL,
  organisation TEXT NOT NULL, -- the site's
  term TEXT,
  pairing TEXT,
  teacher TEXT,
  subject TEXT NOT NULL,
  state TEXT NOT NULL, -- the lesson's: ended or cancelled
  starts_ms BIGINT NOT NULL,
  scheduled_ms BIGINT NOT NULL,
  delivered_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  sent_ms BIGINT NOT NULL,
  n_interruptions INTEGER NOT NULL,
  loss_permille INTEGER,
  rtt_ms INTEGER,
  width INTEGER,
  height INTEGER,
  n_floor INTEGER NOT NULL,
  floor_ms BIGINT NOT NULL,
  closed_ms BIGINT NOT NULL,
  prev TEXT NOT NULL CHECK (length(prev) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64)
);
CREATE UNIQUE INDEX ledger_by_lesson ON ledger (lesson, site);
CREATE INDEX ledger_by_site ON ledger (site, seq);
CREATE INDEX ledger_by_teacher ON ledger (teacher, seq);
CREATE INDEX ledger_by_term ON ledger (term, organisation);

-- The ledger's sums, kept with each row of it, so that a report need not add up a year.
CREATE TABLE summary (
  term TEXT NOT NULL, -- "" where there is none
  month TEXT NOT NULL, -- YYYY-MM
  pairing TEXT NOT NULL,
  site TEXT NOT NULL,
  role TEXT NOT NULL,
  teacher TEXT NOT NULL,
  subject TEXT NOT NULL,
  organisation TEXT NOT NULL, -- the site's
  n_due INTEGER NOT NULL,
  n_cancelled INTEGER NOT NULL,
  n_given INTEGER NOT NULL,
  n_received INTEGER NOT NULL,
  n_makeup INTEGER NOT NULL,      -- given lessons that made up for another
  n_given_sites INTEGER NOT NULL, -- receiving sites of given lessons
  scheduled_ms BIGINT NOT NULL,
  delivered_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  n_interruptions INTEGER NOT NULL,
  n_floor INTEGER NOT NULL,
  floor_ms BIGINT NOT NULL,
  PRIMARY KEY (term, month, pairing, site, role, teacher, subject)
);
CREATE INDEX summary_by_organisation ON summary (organisation);

CREATE TABLE audit (
  seq BIGINT PRIMARY KEY CHECK (seq >= 1),
  at_ms BIGINT NOT NULL,
  actor TEXT NOT NULL,      -- person, "device:ID", or "" (nobody we know)
  actor_name TEXT NOT NULL, -- as it was then
  address TEXT NOT NULL,
  action TEXT NOT NULL,     -- the API's operation, or a sign-in's outcome
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused', 'looked')),
  kind TEXT NOT NULL,       -- of the object
  object TEXT NOT NULL,
  organisation TEXT,        -- the object's; NULL: none
  before TEXT,              -- JSON
  after TEXT,
  prev TEXT NOT NULL CHECK (length(prev) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64)
);
CREATE INDEX audit_by_time ON audit (at_ms);
CREATE INDEX audit_by_actor ON audit (actor, seq);
CREATE INDEX audit_by_object ON audit (object, seq);
CREATE INDEX audit_by_organisation ON audit (organisation, seq);

CREATE TABLE chain (
  name TEXT PRIMARY KEY CHECK (name IN ('ledger', 'audit')),
  first_seq BIGINT NOT NULL,  -- of the oldest row kept
  first_prev TEXT NOT NULL,   -- the hash before it
  last_seq BIGINT NOT NULL,   -- 0: no row yet
  last_hash TEXT NOT NULL
);

-- What a lesson counts for, by organisation, in hundredths; the nearest above decides.
CREATE TABLE workload (
  organisation TEXT PRIMARY KEY REFERENCES organisation (id),
  lesson_pct INTEGER NOT NULL DEFAULT 100,         -- a lesson given
  site_pct INTEGER NOT NULL DEFAULT 10,            -- more for each receiving site
  makeup_pct INTEGER NOT NULL DEFAULT 100,         -- of the value, for one made up
  received_min_pct INTEGER NOT NULL DEFAULT 60,    -- of the minutes, to count as received
  version INTEGER NOT NULL DEFAULT 1
);
