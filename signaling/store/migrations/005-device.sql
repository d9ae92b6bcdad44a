-- SPDX-License-Identifier: Apache-2.0
-- Sites as the console knows them, and the devices that stand in them.

ALTER TABLE site ADD COLUMN kind TEXT NOT NULL DEFAULT 'both'
  CHECK (kind IN ('giving', 'receiving', 'both'));
ALTER TABLE site ADD COLUMN room TEXT NOT NULL DEFAULT '';
ALTER TABLE site ADD COLUMN state TEXT NOT NULL DEFAULT 'active'
  CHECK (state IN ('active', 'closed'));
ALTER TABLE site ADD COLUMN line_down_kbps INTEGER; -- measured; NULL: not yet
ALTER TABLE site ADD COLUMN line_up_kbps INTEGER;
ALTER TABLE site ADD COLUMN line_rtt_ms INTEGER;
ALTER TABLE site ADD COLUMN line_loss_permille INTEGER;
ALTER TABLE site ADD COLUMN line_measured_ms BIGINT;
ALTER TABLE site ADD COLUMN calendar_hash TEXT;
ALTER TABLE site ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX site_by_calendar ON site (calendar_hash);

CREATE TABLE device (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL REFERENCES site (id),
  name TEXT NOT NULL CHECK (name <> ''),
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'revoked')),
  token_hash TEXT UNIQUE, -- NULL: not fetched yet, or revoked
  enrolled_ms BIGINT NOT NULL,
  enrolled_by TEXT REFERENCES person (id),
  seen_ms BIGINT,
  address TEXT NOT NULL DEFAULT '',
  program TEXT NOT NULL DEFAULT '', -- name and version of what runs there
  health TEXT NOT NULL DEFAULT '{}', -- JSON, as the device last told
  version INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX device_by_site ON device (site);

-- A device that shows its code and waits for an administrator.
CREATE TABLE enrolment (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  secret_hash TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  address TEXT NOT NULL,
  program TEXT NOT NULL,
  device TEXT REFERENCES device (id) -- NULL: not confirmed yet
);
CREATE INDEX enrolment_by_expiry ON enrolment (expires_ms);
