-- SPDX-License-Identifier: Apache-2.0
-- Who may do what: every ancestor of an organisation, people, their appointments, their
-- sessions on the web. `version` counts a row's changes: it is what an ETag shows.

-- Each organisation with each of its ancestors, itself included (distance 0).
CREATE TABLE organisation_ancestor (
  organisation TEXT NOT NULL REFERENCES organisation (id),
  ancestor TEXT NOT NULL REFERENCES organisation (id),
  distance INTEGER NOT NULL CHECK (distance >= 0),
  PRIMARY KEY (organisation, ancestor)
);
CREATE INDEX organisation_ancestor_by_ancestor
  ON organisation_ancestor (ancestor, organisation);
INSERT INTO organisation_ancestor (organisation, ancestor, distance)
  WITH RECURSIVE line (organisation, ancestor, distance) AS (
    SELECT id, id, 0 FROM organisation
    UNION ALL
    SELECT line.organisation, organisation.parent, line.distance + 1
      FROM line JOIN organisation ON organisation.id = line.ancestor
      WHERE organisation.parent IS NOT NULL
  )
  SELECT organisation, ancestor, distance FROM line;

ALTER TABLE organisation ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE person (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL REFERENCES organisation (id), -- whose administrators keep it
  sign_in TEXT NOT NULL UNIQUE CHECK (sign_in <> ''),      -- lower case
  name TEXT NOT NULL CHECK (name <> ''),
  phone TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
  password TEXT,                          -- Argon2id; NULL: cannot sign in
  must_change INTEGER NOT NULL DEFAULT 1, -- before anything else
  n_failed INTEGER NOT NULL DEFAULT 0,    -- sign-ins since the last good one
  locked_until_ms BIGINT NOT NULL DEFAULT 0,
  calendar_hash TEXT UNIQUE,              -- of the private calendar's token
  created_ms BIGINT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX person_by_organisation ON person (organisation, name);

CREATE TABLE appointment (
  person TEXT NOT NULL REFERENCES person (id),
  organisation TEXT NOT NULL REFERENCES organisation (id),
  role TEXT NOT NULL CHECK (role IN ('administrator', 'teacher', 'inspector')),
  PRIMARY KEY (person, organisation, role)
);
CREATE INDEX appointment_by_organisation ON appointment (organisation, role);

CREATE TABLE web_session (
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  person TEXT NOT NULL REFERENCES person (id),
  created_ms BIGINT NOT NULL,
  seen_ms BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX web_session_by_person ON web_session (person);
CREATE INDEX web_session_by_seen ON web_session (seen_ms);
