-- SPDX-License-Identifier: Apache-2.0
-- When there is school: terms, days off and shifted workdays, bell schedules. Days are
-- text, YYYY-MM-DD; times of the day are minutes since midnight.

CREATE TABLE term (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL REFERENCES organisation (id),
  name TEXT NOT NULL CHECK (name <> ''),
  first_day TEXT NOT NULL CHECK (length(first_day) = 10),
  last_day TEXT NOT NULL CHECK (length(last_day) = 10),
  version INTEGER NOT NULL DEFAULT 1,
  CHECK (last_day >= first_day)
);
CREATE INDEX term_by_organisation ON term (organisation, first_day);

CREATE TABLE term_exception (
  term TEXT NOT NULL REFERENCES term (id),
  day TEXT NOT NULL CHECK (length(day) = 10),
  kind TEXT NOT NULL CHECK (kind IN ('off', 'work')),
  follows TEXT CHECK (length(follows) = 10), -- work: whose timetable is held
  name TEXT NOT NULL,
  PRIMARY KEY (term, day),
  CHECK ((kind = 'work') = (follows IS NOT NULL))
);

CREATE TABLE bell_schedule (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL REFERENCES organisation (id),
  name TEXT NOT NULL CHECK (name <> ''),
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX bell_schedule_by_organisation ON bell_schedule (organisation);

CREATE TABLE period (
  schedule TEXT NOT NULL REFERENCES bell_schedule (id),
  number INTEGER NOT NULL CHECK (number >= 1),
  name TEXT NOT NULL,
  starts_min INTEGER NOT NULL CHECK (starts_min >= 0),
  ends_min INTEGER NOT NULL CHECK (ends_min <= 1440),
  PRIMARY KEY (schedule, number),
  CHECK (ends_min > starts_min)
);
