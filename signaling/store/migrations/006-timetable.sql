-- SPDX-License-Identifier: Apache-2.0
-- Pairings with their terms and states, the timetable, and lessons made from it. The
-- tables of 001 and 002 are made anew, since a CHECK cannot be changed: new ones are
-- filled, the old ones go children first, the new ones take their names.

CREATE TABLE pairing_new (
  id TEXT PRIMARY KEY,
  organisation TEXT REFERENCES organisation (id), -- the nearest above all its sites
  term TEXT REFERENCES term (id),
  name TEXT NOT NULL,
  giving_site TEXT NOT NULL REFERENCES site (id),
  teacher TEXT REFERENCES person (id),
  subject TEXT NOT NULL,
  grade TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL DEFAULT 'by-subject' CHECK (mode IN ('whole-class', 'by-subject')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'suspended', 'ended')),
  version INTEGER NOT NULL DEFAULT 1
);
INSERT INTO pairing_new (id, organisation, name, giving_site, subject, state)
  SELECT pairing.id, site.organisation, subject, giving_site, subject, pairing.state
    FROM pairing JOIN site ON site.id = pairing.giving_site;

CREATE TABLE pairing_site_new (
  pairing TEXT NOT NULL REFERENCES pairing_new (id),
  site TEXT NOT NULL REFERENCES site (id),
  place INTEGER NOT NULL CHECK (place >= 0),
  PRIMARY KEY (pairing, site),
  UNIQUE (pairing, place)
);
INSERT INTO pairing_site_new (pairing, site, place)
  SELECT pairing, site, place FROM pairing_site;

CREATE TABLE lesson_new (
  id TEXT PRIMARY KEY,
  organisation TEXT REFERENCES organisation (id), -- the pairing's
  pairing TEXT REFERENCES pairing_new (id),
  term TEXT REFERENCES term (id),
  entry TEXT,     -- of the timetable; rows of entry may go while it stays
  entry_day TEXT, -- the day for which the entry made it, wherever it was moved since
  origin TEXT NOT NULL DEFAULT 'single'
    CHECK (origin IN ('timetable', 'single', 'makeup')),
  makes_up TEXT REFERENCES lesson_new (id),
  teacher TEXT REFERENCES person (id),
  title TEXT NOT NULL,
  subject TEXT NOT NULL,
  day TEXT,        -- on which it is held
  period INTEGER,  -- of the bell schedule; NULL: at a time of its own
  starts_ms BIGINT NOT NULL,
  ends_ms BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'live', 'ended', 'cancelled')),
  overtime_min INTEGER NOT NULL DEFAULT 0 CHECK (overtime_min >= 0),
  opened_ms BIGINT, -- when sites could join; when it really began and ended
  begun_ms BIGINT,
  ended_ms BIGINT,
  reason TEXT NOT NULL DEFAULT '', -- why it was moved, cancelled or given away
  touched INTEGER NOT NULL DEFAULT 0, -- changed by hand: a new generation leaves it
  recorded INTEGER NOT NULL DEFAULT 0, -- over, and in the ledger
  version INTEGER NOT NULL DEFAULT 1,
  CHECK (ends_ms > starts_ms)
);
INSERT INTO lesson_new (id, organisation, pairing, title, subject, starts_ms, ends_ms, state,
                        recorded)
  SELECT lesson.id, pairing_new.organisation, pairing, title, lesson.subject, starts_ms,
         ends_ms, lesson.state, CASE lesson.state WHEN 'ended' THEN 1 ELSE 0 END
    FROM lesson LEFT JOIN pairing_new ON pairing_new.id = lesson.pairing;

CREATE TABLE lesson_site_new (
  lesson TEXT NOT NULL REFERENCES lesson_new (id),
  site TEXT NOT NULL REFERENCES site (id),
  role TEXT NOT NULL CHECK (role IN ('teacher', 'classroom', 'observer')),
  tile INTEGER CHECK (tile >= 0),
  PRIMARY KEY (lesson, site),
  CHECK ((role = 'classroom') = (tile IS NOT NULL))
);
INSERT INTO lesson_site_new (lesson, site, role, tile)
  SELECT lesson, site, role, tile FROM lesson_site;

CREATE TABLE lesson_floor_new (
  lesson TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  FOREIGN KEY (lesson, site) REFERENCES lesson_site_new (lesson, site)
);
INSERT INTO lesson_floor_new (lesson, site, since_ms)
  SELECT lesson, site, since_ms FROM lesson_floor;

CREATE TABLE join_token_new (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  lesson TEXT NOT NULL,
  site TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('teacher', 'classroom', 'observer')),
  expires_ms BIGINT NOT NULL,
  FOREIGN KEY (lesson, site) REFERENCES lesson_site_new (lesson, site)
);
INSERT INTO join_token_new (hash, lesson, site, role, expires_ms)
  SELECT hash, lesson, site, role, expires_ms FROM join_token;

DROP TABLE join_token;
DROP TABLE lesson_floor;
DROP TABLE lesson_site;
DROP TABLE lesson;
DROP TABLE pairing_site;
DROP TABLE pairing;
ALTER TABLE pairing_new RENAME TO pairing;
ALTER TABLE pairing_site_new RENAME TO pairing_site;
ALTER TABLE lesson_new RENAME TO lesson;
ALTER TABLE lesson_site_new RENAME TO lesson_site;
ALTER TABLE lesson_floor_new RENAME TO lesson_floor;
ALTER TABLE join_token_new RENAME TO join_token;

CREATE TABLE pairing_history (
  pairing TEXT NOT NULL REFERENCES pairing (id),
  at_ms BIGINT NOT NULL,
  state TEXT NOT NULL,
  person TEXT REFERENCES person (id),
  reason TEXT NOT NULL,
  PRIMARY KEY (pairing, at_ms, state)
);

-- A weekly period of a pairing.
CREATE TABLE entry (
  id TEXT PRIMARY KEY,
  pairing TEXT NOT NULL REFERENCES pairing (id),
  weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7), -- 1: Monday
  schedule TEXT NOT NULL,
  period INTEGER NOT NULL,
  weeks TEXT NOT NULL DEFAULT 'all' CHECK (weeks IN ('all', 'odd', 'even')),
  first_week INTEGER NOT NULL DEFAULT 1 CHECK (first_week >= 1),
  last_week INTEGER NOT NULL DEFAULT 53 CHECK (last_week >= first_week),
  teacher TEXT REFERENCES person (id), -- NULL: the pairing's
  version INTEGER NOT NULL DEFAULT 1,
  FOREIGN KEY (schedule, period) REFERENCES period (schedule, number)
);
CREATE INDEX entry_by_pairing ON entry (pairing);
CREATE INDEX entry_by_period ON entry (schedule, period);
CREATE INDEX entry_by_teacher ON entry (teacher);

CREATE INDEX pairing_by_giving_site ON pairing (giving_site);
CREATE INDEX pairing_by_organisation ON pairing (organisation);
CREATE INDEX pairing_by_term ON pairing (term);
CREATE INDEX pairing_by_teacher ON pairing (teacher);
CREATE INDEX pairing_site_by_site ON pairing_site (site);
CREATE UNIQUE INDEX lesson_by_entry ON lesson (entry, entry_day);
CREATE INDEX lesson_by_state ON lesson (state, starts_ms, ends_ms);
CREATE INDEX lesson_unrecorded ON lesson (ends_ms)
  WHERE recorded = 0 AND state IN ('ended', 'cancelled');
CREATE INDEX lesson_by_start ON lesson (starts_ms);
CREATE INDEX lesson_by_teacher ON lesson (teacher, starts_ms);
CREATE INDEX lesson_by_pairing ON lesson (pairing, starts_ms);
CREATE INDEX lesson_by_term ON lesson (term);
CREATE INDEX lesson_site_by_site ON lesson_site (site, lesson);
CREATE UNIQUE INDEX lesson_site_by_tile ON lesson_site (lesson, tile);
CREATE INDEX join_token_by_expiry ON join_token (expires_ms);
CREATE INDEX join_token_by_lesson ON join_token (lesson, site);

-- Work too long for one answer: its progress, and where it goes on after a restart.
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL REFERENCES organisation (id),
  kind TEXT NOT NULL CHECK (kind IN ('generate', 'import')),
  object TEXT NOT NULL, -- the term, for instance
  person TEXT REFERENCES person (id),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  n_done INTEGER NOT NULL DEFAULT 0,
  n_total INTEGER NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '',
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL
);
CREATE INDEX job_by_state ON job (state);
