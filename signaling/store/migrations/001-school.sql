-- SPDX-License-Identifier: Apache-2.0
-- Who is there: organisations as a tree, their classrooms, who is paired with whom.
-- Instants are Unix time in milliseconds. Only what SQLite and PostgreSQL both take.

CREATE TABLE organisation (
  id TEXT PRIMARY KEY,
  parent TEXT REFERENCES organisation (id),
  kind TEXT NOT NULL CHECK (kind IN ('province', 'city', 'county', 'school')),
  name TEXT NOT NULL CHECK (name <> ''),
  name_en TEXT NOT NULL
);
CREATE INDEX organisation_by_parent ON organisation (parent);

CREATE TABLE site (
  id TEXT PRIMARY KEY,
  organisation TEXT NOT NULL REFERENCES organisation (id),
  name TEXT NOT NULL CHECK (name <> ''),
  name_en TEXT NOT NULL
);
CREATE INDEX site_by_organisation ON site (organisation);

CREATE TABLE pairing (
  id TEXT PRIMARY KEY,
  giving_site TEXT NOT NULL REFERENCES site (id),
  subject TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'ended'))
);
CREATE INDEX pairing_by_giving_site ON pairing (giving_site);

CREATE TABLE pairing_site (
  pairing TEXT NOT NULL REFERENCES pairing (id),
  site TEXT NOT NULL REFERENCES site (id),
  place INTEGER NOT NULL CHECK (place >= 0),
  PRIMARY KEY (pairing, site),
  UNIQUE (pairing, place)
);
CREATE INDEX pairing_site_by_site ON pairing_site (site);
