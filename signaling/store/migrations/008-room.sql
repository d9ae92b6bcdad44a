-- SPDX-License-Identifier: Apache-2.0
-- What is done in a lesson besides being seen, and the pupils who answer from a phone.

-- The kept requests of a lesson's room, in the order in which they took effect: its state
-- is what comes out when they are done again. Rows are only ever added.
CREATE TABLE room_record (
  lesson TEXT NOT NULL REFERENCES lesson (id) ON DELETE CASCADE,
  number BIGINT NOT NULL CHECK (number >= 1), -- in the lesson
  at_ms BIGINT NOT NULL,
  site TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('teacher', 'classroom', 'observer', 'pupil')),
  pupil INTEGER NOT NULL, -- in the site; 0: the site itself
  type TEXT NOT NULL,
  body TEXT NOT NULL, -- JSON: the request
  PRIMARY KEY (lesson, number)
);

-- What a classroom shows so that its pupils find the lesson.
CREATE TABLE room_code (
  code TEXT PRIMARY KEY CHECK (length(code) = 6),
  lesson TEXT NOT NULL,
  site TEXT NOT NULL,
  UNIQUE (lesson, site),
  FOREIGN KEY (lesson, site) REFERENCES lesson_site (lesson, site) ON DELETE CASCADE
);

CREATE TABLE join_token_new (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  lesson TEXT NOT NULL,
  site TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('teacher', 'classroom', 'observer', 'pupil')),
  pupil INTEGER NOT NULL DEFAULT 0, -- in the site, from 1; 0: it is the site's own
  expires_ms BIGINT NOT NULL,
  CHECK ((role = 'pupil') = (pupil > 0)),
  FOREIGN KEY (lesson, site) REFERENCES lesson_site (lesson, site)
);
INSERT INTO join_token_new (hash, lesson, site, role, expires_ms)
  SELECT hash, lesson, site, role, expires_ms FROM join_token;
DROP TABLE join_token;
ALTER TABLE join_token_new RENAME TO join_token;
CREATE INDEX join_token_by_expiry ON join_token (expires_ms);
CREATE INDEX join_token_by_lesson ON join_token (lesson, site);
