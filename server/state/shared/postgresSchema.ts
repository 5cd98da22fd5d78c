/**
 * The steps as functions of PostgreSQL: each call is one transaction. `begin` makes them, so that the servers need no right to make
 * anything. A client's row is locked first, what is counted of all last; times are the store's, in milliseconds. What counts has a digest
 * of its name and itself beside it, and what was altered is answered as `store.ts` says of it.
 */

/** What is wrong where the store is not the one that a process began with. */
export const wiped = 'BS001'

/** Which functions and tables there are: those of another number are another release's. */
export const schemaVersion = 3

const tables = `
CREATE SCHEMA IF NOT EXISTS blindscore;
CREATE TABLE IF NOT EXISTS blindscore.epoch (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), name text NOT NULL, version int NOT NULL);
CREATE SEQUENCE IF NOT EXISTS blindscore.uses;
CREATE TABLE IF NOT EXISTS blindscore.hours (
  budget text, client text, start bigint NOT NULL, spent bigint NOT NULL, times bigint NOT NULL, sum text NOT NULL, PRIMARY KEY (budget, client)
);
CREATE TABLE IF NOT EXISTS blindscore.held (name text PRIMARY KEY, holders int NOT NULL, used bigint NOT NULL, sum text NOT NULL);
CREATE TABLE IF NOT EXISTS blindscore.digests (name text PRIMARY KEY, digest text NOT NULL, used bigint NOT NULL, sum text NOT NULL);
CREATE TABLE IF NOT EXISTS blindscore.keys (name text PRIMARY KEY, said text NOT NULL, bytes bigint NOT NULL, used bigint NOT NULL);
CREATE INDEX IF NOT EXISTS held_used ON blindscore.held (used);
CREATE INDEX IF NOT EXISTS digests_used ON blindscore.digests (used);
CREATE TABLE IF NOT EXISTS blindscore.used (
  name text PRIMARY KEY, answers bigint NOT NULL, records bigint NOT NULL, slots bigint NOT NULL, times bigint NOT NULL, sum text NOT NULL
);
CREATE TABLE IF NOT EXISTS blindscore.answered (name text PRIMARY KEY, slots bigint NOT NULL, sum text NOT NULL);
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

CREATE OR REPLACE FUNCTION blindscore.sum_of(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(encode(sha256(convert_to(array_to_string(parts, ' '), 'UTF8')), 'hex'), 16)
$$;

CREATE OR REPLACE FUNCTION blindscore.damaged(what text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_array('damaged', what)
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

CREATE OR REPLACE FUNCTION blindscore.write_use(n text, a bigint, r bigint, s bigint, t bigint) RETURNS blindscore.used LANGUAGE plpgsql AS $$
DECLARE written blindscore.used := ROW(n, a, r, s, t, blindscore.sum_of('used', n, a::text, r::text, s::text, t::text));
BEGIN
  UPDATE blindscore.used u SET answers = a, records = r, slots = s, times = t, sum = written.sum WHERE u.name = n;
  RETURN written;
END $$;

-- What was used of a name, locked; null where that was altered, so that nobody knows it, or is gone or was put back, as the caller knows:
-- then it is what the caller knows.
CREATE OR REPLACE FUNCTION blindscore.locked_use(
  use text, known_answers bigint, known_records bigint, known_slots bigint, known_times bigint
) RETURNS blindscore.used LANGUAGE plpgsql AS $$
DECLARE found_use blindscore.used;
BEGIN
  IF use = '' THEN RETURN ROW(use, 0::bigint, 0::bigint, 0::bigint, 0::bigint, ''::text); END IF;
  INSERT INTO blindscore.used VALUES (use, 0, 0, 0, 0, blindscore.sum_of('used', use, '0', '0', '0', '0')) ON CONFLICT DO NOTHING;
  SELECT * INTO found_use FROM blindscore.used u WHERE u.name = use FOR UPDATE;
  IF found_use.sum IS DISTINCT FROM blindscore.sum_of(
    'used', use, found_use.answers::text, found_use.records::text, found_use.slots::text, found_use.times::text
  ) THEN RETURN NULL; END IF;
  IF found_use.times >= known_times THEN RETURN found_use; END IF;
  PERFORM blindscore.write_use(use, known_answers, known_records, known_slots, known_times);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION blindscore.count_use(was blindscore.used, sign int, records bigint, slots bigint) RETURNS blindscore.used LANGUAGE sql AS $$
  SELECT CASE WHEN was.name = '' THEN was ELSE blindscore.write_use(
    was.name, greatest(0, was.answers + sign), greatest(0, was.records + sign * records), greatest(0, was.slots + sign * slots), was.times + 1
  ) END
$$;

CREATE OR REPLACE FUNCTION blindscore.write_hour(b text, c text, began bigint, now_spent bigint, now_times bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE blindscore.hours SET start = began, spent = now_spent, times = now_times,
    sum = blindscore.sum_of('hour', b, c, began::text, now_spent::text, now_times::text) WHERE budget = b AND client = c
$$;

-- Locks a client's hour, which is made where there is none. One that is over is none, also by a clock that was put back. One that was
-- altered is used up from now on; one that is gone or was put back, as the caller knows, is what the caller knows.
CREATE OR REPLACE FUNCTION blindscore.locked_hour(
  b text, c text, known_start bigint, known_spent bigint, known_times bigint, OUT hour blindscore.hours, OUT damage jsonb, OUT now_ms bigint
) LANGUAGE plpgsql AS $$
BEGIN
  now_ms := blindscore.now_ms();
  LOOP
    INSERT INTO blindscore.hours VALUES (b, c, now_ms, 0, 0, blindscore.sum_of('hour', b, c, now_ms::text, '0', '0')) ON CONFLICT DO NOTHING;
    SELECT * INTO hour FROM blindscore.hours h WHERE h.budget = b AND h.client = c FOR UPDATE;
    EXIT WHEN FOUND;
  END LOOP;
  -- Later than the one before whose lock was waited for.
  now_ms := blindscore.now_ms();
  IF hour.sum <> blindscore.sum_of('hour', b, c, hour.start::text, hour.spent::text, hour.times::text) THEN
    hour.start := now_ms;
    hour.spent := 9007199254740991;
    hour.times := 4503599627370496;
  ELSIF known_spent > 0 AND abs(now_ms - known_start) < 3599000 AND hour.times < known_times THEN
    hour.start := known_start;
    hour.spent := known_spent;
    hour.times := known_times;
  ELSE
    IF hour.spent = 0 OR abs(now_ms - hour.start) >= 3600000 THEN
      hour.start := now_ms;
      hour.spent := 0;
    END IF;
    RETURN;
  END IF;
  damage := blindscore.damaged('hour');
  PERFORM blindscore.write_hour(b, c, hour.start, hour.spent, hour.times);
END $$;

-- Who holds a charge of that name; one that was altered is gone, so that it is charged again, rather than not at all.
CREATE OR REPLACE FUNCTION blindscore.held_by(held_name text, OUT holders int, OUT damage jsonb) LANGUAGE plpgsql AS $$
DECLARE found_sum text;
BEGIN
  SELECT h.holders, h.sum INTO holders, found_sum FROM blindscore.held h WHERE h.name = held_name FOR UPDATE;
  IF FOUND AND found_sum <> blindscore.sum_of('held', held_name, holders::text) THEN
    DELETE FROM blindscore.held WHERE name = held_name;
    holders := 0;
    damage := blindscore.damaged('held');
  END IF;
  holders := coalesce(holders, 0);
END $$;

CREATE OR REPLACE FUNCTION blindscore.hold(held_name text, now_holders int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO blindscore.held AS h
  VALUES (held_name, now_holders, nextval('blindscore.uses'), blindscore.sum_of('held', held_name, now_holders::text))
  ON CONFLICT (name) DO UPDATE SET holders = excluded.holders, used = excluded.used, sum = excluded.sum
$$;
`

const spending = `
-- How an hour is now, and what was used under a name.
CREATE OR REPLACE FUNCTION blindscore.told(hour blindscore.hours, used blindscore.used) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_array(hour.start, hour.spent, hour.times, used.answers, used.records, used.slots, used.times)
$$;

CREATE OR REPLACE FUNCTION blindscore.spend(
  epoch text, b text, c text, known_start bigint, known_spent bigint, known_times bigint,
  points bigint, once text, use text, records bigint,
  known_answers bigint, known_records bigint, known_slots bigint, known_times_used bigint, most bigint, names_remembered bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  hour record;
  held record;
  used blindscore.used := ROW('', 0, 0, 0, 0, '');
  ours blindscore.hours;
BEGIN
  PERFORM blindscore.guard(epoch);
  hour := blindscore.locked_hour(b, c, known_start, known_spent, known_times);
  ours := hour.hour;
  held := blindscore.held_by(once || ' ' || c);
  IF hour.damage IS NOT NULL OR held.damage IS NOT NULL THEN RETURN coalesce(hour.damage, held.damage); END IF;
  IF held.holders = 0 THEN
    IF ours.spent + points > most THEN
      RETURN jsonb_build_array(0, ours.start + 3600000 - hour.now_ms) || blindscore.told(ours, used);
    END IF;
    used := blindscore.locked_use(use, known_answers, known_records, known_slots, known_times_used);
    IF used.name IS NULL THEN RETURN blindscore.damaged('used'); END IF;
    ours.spent := ours.spent + points;
    ours.times := ours.times + 1;
    PERFORM blindscore.write_hour(b, c, ours.start, ours.spent, ours.times);
    used := blindscore.count_use(used, 1, records, points);
  END IF;
  PERFORM nextval('blindscore.uses');
  IF once <> '' THEN
    PERFORM blindscore.hold(once || ' ' || c, held.holders + 1);
    PERFORM blindscore.trim_held(names_remembered);
  END IF;
  PERFORM blindscore.trim_hours();
  RETURN jsonb_build_array(1, hour.now_ms) || blindscore.told(ours, used);
END $$;

CREATE OR REPLACE FUNCTION blindscore.give_back(
  epoch text, b text, c text, known_start bigint, known_spent bigint, known_times bigint,
  points bigint, once text, use text, records bigint,
  known_answers bigint, known_records bigint, known_slots bigint, known_times_used bigint, charged bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  hour record;
  held record;
  used blindscore.used := ROW('', 0, 0, 0, 0, '');
  ours blindscore.hours;
BEGIN
  PERFORM blindscore.guard(epoch);
  hour := blindscore.locked_hour(b, c, known_start, known_spent, known_times);
  ours := hour.hour;
  held := blindscore.held_by(once || ' ' || c);
  IF hour.damage IS NOT NULL OR held.damage IS NOT NULL THEN RETURN coalesce(hour.damage, held.damage); END IF;
  IF held.holders > 1 THEN
    PERFORM blindscore.hold(once || ' ' || c, held.holders - 1);
    RETURN blindscore.told(ours, used);
  END IF;
  used := blindscore.locked_use(use, known_answers, known_records, known_slots, known_times_used);
  IF used.name IS NULL THEN RETURN blindscore.damaged('used'); END IF;
  DELETE FROM blindscore.held WHERE name = once || ' ' || c;
  -- The hour that was charged may be over, and another begun.
  IF charged >= ours.start THEN
    ours.spent := greatest(0, ours.spent - points);
    ours.times := ours.times + 1;
    PERFORM blindscore.write_hour(b, c, ours.start, ours.spent, ours.times);
  END IF;
  used := blindscore.count_use(used, -1, records, points);
  RETURN blindscore.told(ours, used);
END $$;

CREATE OR REPLACE FUNCTION blindscore.spent(
  epoch text, b text, c text, known_start bigint, known_spent bigint, known_times bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE hour record; ours blindscore.hours;
BEGIN
  PERFORM blindscore.guard(epoch);
  -- Who looks makes no row.
  IF known_spent = 0 AND NOT EXISTS (SELECT FROM blindscore.hours h WHERE h.budget = b AND h.client = c) THEN
    RETURN jsonb_build_array(0, 0, 0, 0);
  END IF;
  hour := blindscore.locked_hour(b, c, known_start, known_spent, known_times);
  ours := hour.hour;
  IF hour.damage IS NOT NULL THEN RETURN hour.damage; END IF;
  RETURN jsonb_build_array(
    CASE WHEN ours.spent = 0 THEN 0 ELSE ours.start + 3600000 - hour.now_ms END, ours.start, ours.spent, ours.times);
END $$;

CREATE OR REPLACE FUNCTION blindscore.used(epoch text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  PERFORM blindscore.guard(epoch);
  IF EXISTS (
    SELECT FROM blindscore.used
    WHERE sum <> blindscore.sum_of('used', name, answers::text, records::text, slots::text, times::text)
  ) THEN RETURN blindscore.damaged('used'); END IF;
  RETURN (SELECT coalesce(jsonb_agg(each ORDER BY name, i), '[]') FROM blindscore.used,
    LATERAL jsonb_array_elements(jsonb_build_array(name, answers, records, slots, times)) WITH ORDINALITY AS parts(each, i));
END $$;
`

const counting = `
CREATE OR REPLACE FUNCTION blindscore.take(epoch text, n text, more bigint, most bigint, known bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE there blindscore.answered;
BEGIN
  PERFORM blindscore.guard(epoch);
  INSERT INTO blindscore.answered VALUES (n, 0, blindscore.sum_of('answered', n, '0')) ON CONFLICT DO NOTHING;
  SELECT * INTO there FROM blindscore.answered a WHERE a.name = n FOR UPDATE;
  IF there.sum IS DISTINCT FROM blindscore.sum_of('answered', n, there.slots::text) THEN RETURN blindscore.damaged('answered'); END IF;
  IF there.slots < known THEN
    PERFORM blindscore.count_answered(n, known);
    RETURN blindscore.damaged('answered');
  END IF;
  IF there.slots + more > most THEN RETURN jsonb_build_array(0, there.slots); END IF;
  PERFORM blindscore.count_answered(n, there.slots + more);
  RETURN jsonb_build_array(1, there.slots + more);
END $$;

CREATE OR REPLACE FUNCTION blindscore.count_answered(n text, all_slots bigint) RETURNS void LANGUAGE sql AS $$
  INSERT INTO blindscore.answered VALUES (n, all_slots, blindscore.sum_of('answered', n, all_slots::text))
  ON CONFLICT (name) DO UPDATE SET slots = excluded.slots, sum = excluded.sum
$$;

CREATE OR REPLACE FUNCTION blindscore.lift(epoch text, n text, at_least bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE there bigint;
BEGIN
  PERFORM blindscore.guard(epoch);
  SELECT slots INTO there FROM blindscore.answered a
  WHERE a.name = n AND a.sum = blindscore.sum_of('answered', n, a.slots::text) FOR UPDATE;
  PERFORM blindscore.count_answered(n, greatest(coalesce(there, 0), at_least));
  RETURN jsonb_build_array();
END $$;
`

const remembering = `
-- A digest of that name, or null; one that was altered is gone.
CREATE OR REPLACE FUNCTION blindscore.digest_of(n text, OUT there text, OUT damage jsonb) LANGUAGE plpgsql AS $$
DECLARE found_sum text;
BEGIN
  SELECT d.digest, d.sum INTO there, found_sum FROM blindscore.digests d WHERE d.name = n FOR UPDATE;
  IF FOUND AND found_sum <> blindscore.sum_of('digest', n, there) THEN
    DELETE FROM blindscore.digests WHERE name = n;
    damage := blindscore.damaged('digest');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION blindscore.digest(epoch text, n text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE known record;
BEGIN
  PERFORM blindscore.guard(epoch);
  known := blindscore.digest_of(n);
  IF known.damage IS NOT NULL THEN RETURN known.damage; END IF;
  UPDATE blindscore.digests SET used = nextval('blindscore.uses') WHERE name = n;
  RETURN CASE WHEN known.there IS NULL THEN jsonb_build_array() ELSE jsonb_build_array(known.there) END;
END $$;

CREATE OR REPLACE FUNCTION blindscore.note(epoch text, n text, own text, most bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE known record; was text; noted boolean;
BEGIN
  PERFORM blindscore.guard(epoch);
  known := blindscore.digest_of(n);
  IF known.damage IS NOT NULL THEN RETURN known.damage; END IF;
  INSERT INTO blindscore.digests AS d VALUES (n, own, nextval('blindscore.uses'), blindscore.sum_of('digest', n, own))
  ON CONFLICT (name) DO UPDATE SET used = excluded.used RETURNING d.digest, d.xmax = 0 INTO was, noted;
  PERFORM blindscore.trim_digests(most);
  RETURN jsonb_build_array(was, CASE WHEN noted THEN 1 ELSE 0 END);
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
