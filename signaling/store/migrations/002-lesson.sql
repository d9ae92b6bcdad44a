-- SPDX-License-Identifier: Apache-2.0
-- What runs: lessons, the sites of each, who has the floor, who may join.

CREATE TABLE lesson (
  id TEXT PRIMARY KEY,
  pairing TEXT REFERENCES pairing (id),
  title TEXT NOT NULL,
  subject TEXT NOT NULL,
  starts_ms BIGINT NOT NULL,
  ends_ms BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'live', 'ended')),
  CHECK (ends_ms > starts_ms)
);
CREATE INDEX lesson_by_state ON lesson (state, starts_ms);

CREATE TABLE lesson_site (
  lesson TEXT NOT NULL REFERENCES lesson (id),
  site TEXT NOT NULL REFERENCES site (id),
  role TEXT NOT NULL CHECK (role IN ('teacher', 'classroom', 'observer')),
  tile INTEGER CHECK (tile >= 0),
  PRIMARY KEY (lesson, site),
  UNIQUE (lesson, tile),
  CHECK ((role = 'classroom') = (tile IS NOT NULL))
);
CREATE INDEX lesson_site_by_site ON lesson_site (site);

CREATE TABLE lesson_floor (
  lesson TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  since_ms BIGINT NOT NULL,
  FOREIGN KEY (lesson, site) REFERENCES lesson_site (lesson, site)
);

CREATE TABLE join_token (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  lesson TEXT NOT NULL,
  site TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('teacher', 'classroom', 'observer')),
  expires_ms BIGINT NOT NULL,
  FOREIGN KEY (lesson, site) REFERENCES lesson_site (lesson, site)
);
CREATE INDEX join_token_by_expiry ON join_token (expires_ms);
