/**
 * The steps as functions of PostgreSQL: each call is one transaction. `begin` makes them, so that the servers need no right to make
 * anything. A client's row is locked first, what is counted of all last; times are the store's, in milliseconds.
 */

/** What is wrong where the store is not the one that a process began with. */
export const wiped = 'BS001'

/** Which functions and tables there are: those of another number are another release's. */
export const schemaVersion = 1

const tables = `
CREATE SCHEMA IF NOT EXISTS blindscore;
CREATE TABLE IF NOT EXISTS blindscore.epoch (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), name text NOT NULL, version int NOT NULL);
CREATE SEQUENCE IF NOT EXISTS blindscore.uses;
CREATE TABLE IF NOT EXISTS blindscore.hours (
  budget text, client text, start bigint NOT NULL, spent bigint NOT NULL, PRIMARY KEY (budget, client)
);
CREATE TABLE IF NOT EXISTS blindscore.held (name text PRIMARY KEY, holders int NOT NULL, used bigint NOT NULL);
CREATE TABLE IF NOT EXISTS blindscore.digests (name text PRIMARY KEY, digest text NOT NULL, used bigint NOT NULL);
CREATE TABLE IF NOT EXISTS blindscore.keys (name text PRIMARY KEY, said text NOT NULL, bytes bigint NOT NULL, used bigint NOT NULL);
CREATE INDEX IF NOT EXISTS held_used ON blindscore.held (used);
CREATE INDEX IF NOT EXISTS digests_used ON blindscore.digests (used);
CREATE TABLE IF NOT EXISTS blindscore.used (
  name text PRIMARY KEY, answers bigint NOT NULL, records bigint NOT NULL, slots bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS blindscore.answered (name text PRIMARY KEY, slots bigint NOT NULL);
`

const helpers = `
CREATE OR REPLACE FUNCTION blindscore.guard(epoch text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM blindscore.epoch e WHERE e.name = epoch) THEN
    RAISE EXCEPTION 'wiped' USING ERRCODE = '${wiped}';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION blindscore.now_ms() RETURNS bigint LANGUAGE sql AS $$
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;

-- Forgets what was unused for longest, now and then: a sixty-fourth more than the most may be there.
CREATE OR REPLACE FUNCTION blindscore.trim_held(most bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF currval('blindscore.uses') % greatest(1, most / 64) <> 0 THEN RETURN; END IF;
  DELETE FROM blindscore.held WHERE name IN (
    SELECT name FROM blindscore.held ORDER BY used DESC OFFSET most FOR UPDATE SKIP LOCKED);
END $$;

CREATE OR REPLACE FUNCTION blindscore.trim_digests(most bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF currval('blindscore.uses') % greatest(1, most / 64) <> 0 THEN RETURN; END IF;
  DELETE FROM blindscore.digests WHERE name IN (
    SELECT name FROM blindscore.digests ORDER BY used DESC OFFSET most FOR UPDATE SKIP LOCKED);
END $$;

CREATE OR REPLACE FUNCTION blindscore.trim_hours() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF currval('blindscore.uses') % 1024 <> 0 THEN RETURN; END IF;
  DELETE FROM blindscore.hours WHERE (budget, client) IN (
    SELECT budget, client FROM blindscore.hours WHERE start + 3600000 < blindscore.now_ms() FOR UPDATE SKIP LOCKED);
END $$;

CREATE OR REPLACE FUNCTION blindscore.count_use(use text, sign int, records bigint, slots bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF use = '' THEN RETURN; END IF;
  INSERT INTO blindscore.used AS u VALUES (use, greatest(0, sign), greatest(0, sign * records), greatest(0, sign * slots))
  ON CONFLICT (name) DO UPDATE SET
    answers = greatest(0, u.answers + sign),
    records = greatest(0, u.records + sign * count_use.records),
    slots = greatest(0, u.slots + sign * count_use.slots);
END $$;

-- Locks a client's hour, which is made where there is none. One that is over is none, also by a clock that was put back.
CREATE OR REPLACE FUNCTION blindscore.locked_hour(b text, c text, now_ms bigint) RETURNS blindscore.hours LANGUAGE plpgsql AS $$
DECLARE hour blindscore.hours;
BEGIN
  LOOP
    INSERT INTO blindscore.hours VALUES (b, c, now_ms, 0) ON CONFLICT DO NOTHING;
    SELECT * INTO hour FROM blindscore.hours h WHERE h.budget = b AND h.client = c FOR UPDATE;
    EXIT WHEN FOUND;
  END LOOP;
  IF hour.spent = 0 OR abs(now_ms - hour.start) >= 3600000 THEN
    hour.start := now_ms;
    hour.spent := 0;
  END IF;
  RETURN hour;
END $$;
`

const spending = `
CREATE OR REPLACE FUNCTION blindscore.spend(
  epoch text, b text, c text, points bigint, once text, use text, records bigint, most bigint, names_remembered bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  hour blindscore.hours;
  now_ms bigint;
  holders_there int := 0;
BEGIN
  PERFORM blindscore.guard(epoch);
  hour := blindscore.locked_hour(b, c, blindscore.now_ms());
  -- Later than the one before whose lock was waited for.
  now_ms := greatest(hour.start, blindscore.now_ms());
  IF once <> '' THEN
    SELECT coalesce(max(holders), 0) INTO holders_there FROM blindscore.held WHERE name = once || ' ' || c;
  END IF;
  IF holders_there = 0 THEN
    IF hour.spent + points > most THEN RETURN jsonb_build_array(0, hour.start + 3600000 - now_ms); END IF;
    UPDATE blindscore.hours h SET start = hour.start, spent = hour.spent + points WHERE h.budget = b AND h.client = c;
  END IF;
  PERFORM nextval('blindscore.uses');
  IF once <> '' THEN
    INSERT INTO blindscore.held AS h VALUES (once || ' ' || c, 1, currval('blindscore.uses'))
    ON CONFLICT (name) DO UPDATE SET holders = h.holders + 1, used = excluded.used;
    PERFORM blindscore.trim_held(names_remembered);
  END IF;
  PERFORM blindscore.trim_hours();
  IF holders_there = 0 THEN PERFORM blindscore.count_use(use, 1, records, points); END IF;
  RETURN jsonb_build_array(1, now_ms);
END $$;

CREATE OR REPLACE FUNCTION blindscore.give_back(
  epoch text, b text, c text, points bigint, once text, use text, records bigint, charged bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  hour blindscore.hours;
  holders_there int := 0;
BEGIN
  PERFORM blindscore.guard(epoch);
  hour := blindscore.locked_hour(b, c, blindscore.now_ms());
  IF once <> '' THEN
    UPDATE blindscore.held SET holders = holders - 1 WHERE name = once || ' ' || c RETURNING holders INTO holders_there;
    IF holders_there > 0 THEN RETURN jsonb_build_array(); END IF;
    DELETE FROM blindscore.held WHERE name = once || ' ' || c;
  END IF;
  -- The hour that was charged may be over, and another begun.
  IF charged >= hour.start THEN
    UPDATE blindscore.hours h SET spent = greatest(0, hour.spent - points), start = hour.start
    WHERE h.budget = b AND h.client = c;
  END IF;
  PERFORM blindscore.count_use(use, -1, records, points);
  RETURN jsonb_build_array();
END $$;

CREATE OR REPLACE FUNCTION blindscore.spent(epoch text, b text, c text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  hour blindscore.hours;
  now_ms bigint := blindscore.now_ms();
BEGIN
  PERFORM blindscore.guard(epoch);
  SELECT * INTO hour FROM blindscore.hours h WHERE h.budget = b AND h.client = c AND abs(now_ms - h.start) < 3600000;
  IF NOT FOUND THEN RETURN jsonb_build_array(0, 0); END IF;
  RETURN jsonb_build_array(hour.spent, hour.start + 3600000 - now_ms);
END $$;

CREATE OR REPLACE FUNCTION blindscore.used(epoch text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM blindscore.guard(epoch);
  RETURN (SELECT coalesce(jsonb_agg(each ORDER BY name, i), '[]') FROM blindscore.used,
    LATERAL jsonb_array_elements(jsonb_build_array(name, answers, records, slots)) WITH ORDINALITY AS parts(each, i));
END $$;
`

const counting = `
CREATE OR REPLACE FUNCTION blindscore.take(epoch text, n text, more bigint, most bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM blindscore.guard(epoch);
  INSERT INTO blindscore.answered VALUES (n, 0) ON CONFLICT DO NOTHING;
  UPDATE blindscore.answered a SET slots = a.slots + more WHERE a.name = n AND a.slots + more <= most;
  RETURN jsonb_build_array(CASE WHEN FOUND THEN 1 ELSE 0 END);
END $$;

CREATE OR REPLACE FUNCTION blindscore.lift(epoch text, n text, at_least bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM blindscore.guard(epoch);
  INSERT INTO blindscore.answered AS a VALUES (n, at_least)
  ON CONFLICT (name) DO UPDATE SET slots = greatest(a.slots, at_least);
  RETURN jsonb_build_array();
END $$;
`

const remembering = `
CREATE OR REPLACE FUNCTION blindscore.digest(epoch text, n text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE there text;
BEGIN
  PERFORM blindscore.guard(epoch);
  UPDATE blindscore.digests SET used = nextval('blindscore.uses') WHERE name = n RETURNING digest INTO there;
  RETURN CASE WHEN FOUND THEN jsonb_build_array(there) ELSE jsonb_build_array() END;
END $$;

CREATE OR REPLACE FUNCTION blindscore.note(epoch text, n text, own text, most bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE there text; noted boolean;
BEGIN
  PERFORM blindscore.guard(epoch);
  INSERT INTO blindscore.digests AS d VALUES (n, own, nextval('blindscore.uses'))
  ON CONFLICT (name) DO UPDATE SET used = excluded.used RETURNING d.digest, d.xmax = 0 INTO there, noted;
  PERFORM blindscore.trim_digests(most);
  RETURN jsonb_build_array(there, CASE WHEN noted THEN 1 ELSE 0 END);
END $$;

CREATE OR REPLACE FUNCTION blindscore.key(epoch text, n text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE there text;
BEGIN
  PERFORM blindscore.guard(epoch);
  UPDATE blindscore.keys SET used = nextval('blindscore.uses') WHERE name = n RETURNING said INTO there;
  RETURN CASE WHEN FOUND THEN jsonb_build_array(there) ELSE jsonb_build_array() END;
END $$;

CREATE OR REPLACE FUNCTION blindscore.keep_key(
  epoch text, n text, own text, size bigint, most_keys bigint, most_bytes bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM blindscore.guard(epoch);
  -- One after the other, so that two of them do not wait for each other's rows.
  LOCK TABLE blindscore.keys IN SHARE ROW EXCLUSIVE MODE;
  INSERT INTO blindscore.keys VALUES (n, own, size, nextval('blindscore.uses'))
  ON CONFLICT (name) DO UPDATE SET said = excluded.said, bytes = excluded.bytes, used = excluded.used;
  DELETE FROM blindscore.keys WHERE name IN (
    SELECT name FROM (
      SELECT name, row_number() OVER newest AS place, sum(bytes) OVER newest AS weight
      FROM blindscore.keys WINDOW newest AS (ORDER BY used DESC)
    ) AS placed WHERE place > most_keys OR weight > most_bytes);
  RETURN jsonb_build_array();
END $$;
`

/** Makes what is not there; what is there stays. */
export const schema = [tables, helpers, spending, counting, remembering].join('\n')
