"""People, handles, contacts, and who talks with whom on which days: made in the database, from a seed.

Schema `bench` holds what the floors and the files are made of: `employee` and `contact` (number and
account key), and `pair`, a tie as two bigints whose bit n is day n of the history.
"""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from apps.directory.handles import domain_key

STAFF_DOMAIN = "company.example"
OUTSIDE_DOMAINS = 200
EMPLOYED_SINCE = date(2020, 1, 1)
LEAVERS_EVERY, JOINERS_EVERY = 50, 97  # employees: left a month before the history; came on its tenth day
JOINED_ON_DAY = 10
SPREAD = 0.7  # sigma of the lognormal number of contacts: one in a hundred has five times the median
SPARE = 1.6  # pairs drawn for one that is kept: some never talk, some are drawn twice
CONTACTS_A_TIE = 2 / 3  # strangers: most talk with one employee, the best known with hundreds
HANDLE = "'c' || {no} || '@mail' || {no} %% %(domains)s || '.example'"

FUNCTIONS = r"""
CREATE SCHEMA bench;
CREATE FUNCTION bench.word(a bigint, b bigint, salt integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT hashint8extended(a, hashint8extended(b, %(seed)s * 1000 + salt)) $$;
CREATE FUNCTION bench.uniform(a bigint, b bigint, salt integer) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((bench.word(a, b, salt) & 9007199254740991) + 0.5) / 9007199254740992.0 $$;
-- HMAC-SHA256 of platform, NUL, handle, as apps.directory.handles makes it.
CREATE FUNCTION bench.digest(handle text) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT sha256(%(outer)s::bytea || sha256(%(inner)s::bytea || convert_to(handle, 'UTF8'))) $$;
CREATE FUNCTION bench.key(digest bytea) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ('x' || encode(substring(digest, 1, 8), 'hex'))::bit(64)::bigint $$;
"""

STAFF = """
CREATE UNLOGGED TABLE bench.employee AS
SELECT n AS id, 'e' || n || '@company.example' AS handle, 0::bigint AS account_id,
    CASE WHEN n %% %(joiners)s = 0 AND n %% %(leavers)s <> 0 THEN %(joined_on)s ELSE %(since)s END::date AS starts_on,
    CASE WHEN n %% %(leavers)s = 0 THEN %(left_on)s::date END AS ends_on
FROM generate_series(1, %(employees)s) AS n;
UPDATE bench.employee SET account_id = bench.key(bench.digest(handle));
INSERT INTO directory_companydomain (domain) VALUES (%(staff_domain)s);
INSERT INTO directory_employee (id, number, name)
SELECT id, 'E' || lpad(id::text, 6, '0'), 'Employee ' || id FROM bench.employee;
INSERT INTO directory_employment (employee_id, starts_on, ends_on)
SELECT id, starts_on, ends_on FROM bench.employee;
INSERT INTO directory_account (id, platform, handle, is_company)
SELECT account_id, %(platform)s, handle, true FROM bench.employee;
INSERT INTO directory_accountowner (account_id, employee_id, starts_on, ends_on)
SELECT account_id, id, starts_on, ends_on FROM bench.employee;
SELECT setval(pg_get_serial_sequence('directory_employee', 'id'), %(employees)s);
ANALYZE bench.employee;
"""

# A tree of three levels, fifty people in each leaf.
DEPARTMENTS = """
INSERT INTO directory_department (id, name, parent_id, path) VALUES (1, 'Company', NULL, 'Company');
INSERT INTO directory_department (id, name, parent_id, path)
SELECT 1 + n, 'Division ' || n, 1, 'Company / Division ' || n FROM generate_series(1, 20) AS n;
INSERT INTO directory_department (id, name, parent_id, path)
SELECT 21 + n, 'Department ' || n, 2 + n %% 20, parent.path || ' / Department ' || n
FROM generate_series(1, 1 + %(employees)s / 50) AS n JOIN directory_department AS parent ON parent.id = 2 + n %% 20;
SELECT setval(pg_get_serial_sequence('directory_department', 'id'), max(id)) FROM directory_department;
INSERT INTO directory_departmentmembership (employee_id, department_id, starts_on, ends_on)
SELECT id, 22 + id / 50, starts_on, ends_on FROM bench.employee WHERE id / 50 <= %(employees)s / 50;
INSERT INTO directory_legalentity (id, name) SELECT n, 'Entity ' || n FROM generate_series(1, 3) AS n;
SELECT setval(pg_get_serial_sequence('directory_legalentity', 'id'), 3);
INSERT INTO directory_entitymembership (employee_id, entity_id, starts_on, ends_on)
SELECT id, 1 + id %% 3, starts_on, ends_on FROM bench.employee;
INSERT INTO directory_group (id, name) VALUES (1, 'sales force');
SELECT setval(pg_get_serial_sequence('directory_group', 'id'), 1);
INSERT INTO directory_groupmembership (employee_id, group_id, starts_on, ends_on)
SELECT id, 1, starts_on, ends_on FROM bench.employee WHERE id %% 5 = 0;
"""

# Tables are analysed before their distinct values are asked for: taken for few, 48 million were put together from
# parallel workers in the order of their hashes, which took more than half an hour instead of one minute.

# How often two people talk is theirs: on one workday in 2, 4, 8 or 16, on weekends half as often; on a day of
# talk each of them writes with a chance of three quarters. Four in ten met during the history.
PAIRS = """
CREATE UNLOGGED TABLE bench.drawn AS
SELECT DISTINCT employee_id, 1 + floor(%(contacts)s * power(bench.uniform(employee_id, j, 2), 2))::integer AS no
FROM (
    SELECT id AS employee_id, greatest(1, %(spare)s * %(mean)s * exp(%(spread)s * sqrt(-2 * ln(bench.uniform(id, 0, 0)))
        * cos(2 * pi() * bench.uniform(id, 0, 1)) - %(spread)s ^ 2 / 2))::integer AS ties
    FROM bench.employee WHERE ends_on IS NULL
) AS skewed CROSS JOIN LATERAL generate_series(1, ties) AS j;

CREATE UNLOGGED TABLE bench.met AS
SELECT employee_id, no,
    talk & (bench.word(employee_id, no, 11) | bench.word(employee_id, no, 12)) AS sent,
    talk & (bench.word(employee_id, no, 13) | bench.word(employee_id, no, 14)) AS received
FROM (
    SELECT employee_id, no, bench.word(employee_id, no, 3)
        & CASE WHEN often > 0.05 THEN bench.word(employee_id, no, 4) ELSE -1 END
        & CASE WHEN often > 0.25 THEN bench.word(employee_id, no, 5) ELSE -1 END
        & CASE WHEN often > 0.60 THEN bench.word(employee_id, no, 6) ELSE -1 END
        & (%(workdays)s | bench.word(employee_id, no, 7))
        & CASE WHEN joined THEN %(all_days)s & ~((1::bigint << %(joined_day)s) - 1) ELSE %(all_days)s END
        & CASE WHEN new < 0.4 THEN -1::bigint << (new * 2.5 * %(days)s)::integer ELSE -1 END AS talk
    FROM (
        SELECT drawn.*, bench.uniform(employee_id, no, 8) AS often, bench.uniform(employee_id, no, 9) AS new,
            employee_id %% %(joiners)s = 0 AS joined FROM bench.drawn
    ) AS habit
) AS talked;
DROP TABLE bench.drawn;
"""

# Contacts of whom nothing is left after the cut are nobody's. A leaver's private account is a contact, too.
CONTACTS = f"""
CREATE UNLOGGED TABLE bench.contact (no integer, id bigint);
WITH made AS (
    SELECT no, no %% %(domains)s AS domain, bench.digest({HANDLE.format(no="no")}) AS digest
    FROM (SELECT DISTINCT no FROM bench.kept) AS met
), stored AS (
    INSERT INTO activity_contact (id, platform, digest, hint, domain_keys, is_company)
    SELECT bench.key(digest), %(platform)s, digest,
        CASE WHEN no < 1000 THEN 'c…' ELSE 'c' || left(no::text, 1) || '…' || right(no::text, 1) END
            || '@ma….example',
        ARRAY[(%(domain_keys)s::bigint[])[1 + domain]], false
    FROM made ORDER BY bench.word(no, 0, 21)
)
INSERT INTO bench.contact SELECT no, bench.key(digest) FROM made;

CREATE TABLE bench.pair (employee_id integer NOT NULL, contact_id bigint NOT NULL,
    sent bigint NOT NULL, received bigint NOT NULL);
INSERT INTO bench.pair SELECT employee_id, id, sent, received FROM bench.kept JOIN bench.contact USING (no)
ORDER BY (sent | received) & -(sent | received), bench.word(employee_id, no, 22);

INSERT INTO directory_account (id, platform, handle, is_company)
SELECT contact.id, %(platform)s, {HANDLE.format(no="no")}, false
FROM bench.employee AS leaver JOIN bench.contact ON contact.no = leaver.id WHERE leaver.ends_on IS NOT NULL;
INSERT INTO directory_accountowner (account_id, employee_id, starts_on, ends_on)
SELECT contact.id, leaver.id, leaver.starts_on, leaver.ends_on
FROM bench.employee AS leaver JOIN bench.contact ON contact.no = leaver.id WHERE leaver.ends_on IS NOT NULL;

INSERT INTO activity_contactfact (contact_id, kind, person_id, employee_id, reason, recorded_at, recorded_by,
    revoked_by)
SELECT one.id, 'same_person', other.id, NULL::integer, 'benchmark', %(since)s::timestamptz, 'benchmark', ''
FROM bench.contact AS one JOIN bench.contact AS other ON other.no = one.no + 1 WHERE one.no %% 1000 = 1
UNION ALL
SELECT id, 'not_counted', NULL::bigint, NULL::integer, 'benchmark', %(since)s::timestamptz, 'benchmark', ''
FROM bench.contact WHERE no %% 2000 = 3
UNION ALL
SELECT id, 'employee', NULL::bigint, 1 + no %% %(employees)s, 'benchmark', %(since)s::timestamptz, 'benchmark', ''
FROM bench.contact WHERE no %% 2000 = 5;
"""
KEEP = """
CREATE UNLOGGED TABLE bench.kept AS SELECT * FROM bench.met WHERE sent | received <> 0
ORDER BY bench.word(employee_id, no, 20) LIMIT %(ties)s;
DROP TABLE bench.met;
ANALYZE bench.kept;
"""


def build(employees: int, mean_contacts: int, days: int, first_day: date, seed: int) -> None:
    """Fill an empty directory, the contacts, and schema `bench`."""
    known: dict[str, Any] = {
        "seed": seed,
        "employees": employees,
        "platform": settings.DEFAULT_PLATFORM,
        "staff_domain": STAFF_DOMAIN,
        "since": EMPLOYED_SINCE,
        "left_on": first_day - timedelta(days=30),
        "joined_on": first_day + timedelta(days=JOINED_ON_DAY),
        "joined_day": JOINED_ON_DAY,
        "leavers": LEAVERS_EVERY,
        "joiners": JOINERS_EVERY,
        "mean": mean_contacts,
        "spread": SPREAD,
        "spare": SPARE,
        "ties": employees * mean_contacts,
        "contacts": max(1, round(CONTACTS_A_TIE * employees * mean_contacts)),
        "days": days,
        "all_days": (1 << days) - 1,
        "workdays": _workdays(first_day, days),
        "domains": OUTSIDE_DOMAINS,
        "domain_keys": [domain_key(f"mail{n}.example") for n in range(OUTSIDE_DOMAINS)],
    } | _hmac_pads()
    for text in (FUNCTIONS, STAFF, DEPARTMENTS, PAIRS, KEEP, CONTACTS):
        _run(text, known)
    _run("DROP TABLE bench.kept; ANALYZE", {})


def staff_handle(employee_id: int) -> str:
    return f"e{employee_id}@{STAFF_DOMAIN}"


def outside_handle(no: int) -> str:
    return f"c{no}@mail{no % OUTSIDE_DOMAINS}.example"


def _workdays(first_day: date, days: int) -> int:
    """A bit for every day that is no Saturday or Sunday."""
    return sum(1 << n for n in range(days) if (first_day + timedelta(days=n)).weekday() < 5)


def _hmac_pads() -> dict[str, bytes]:
    key = settings.PSEUDONYM_KEY.encode()
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    prefix = f"{settings.DEFAULT_PLATFORM}\0".encode()
    return {"inner": bytes(b ^ 0x36 for b in key) + prefix, "outer": bytes(b ^ 0x5C for b in key)}


def _run(text: str, known: dict[str, Any]) -> None:
    """Several statements; psycopg binds on the client, as statements that make things take no parameters."""
    with connection.cursor() as cursor:
        cursor.execute(text, known)
