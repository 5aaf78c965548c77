"""What is known of one employee's contacts is read without reading the company's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.activity.contact_facts import record_fact
from apps.ranking.services import contact_facts
from tests.factories import DEADLINE, START, make_campaign, make_contact, make_employee, make_tie
from tests.plans import most_rows

pytestmark = pytest.mark.django_db
OTHERS = """
INSERT INTO activity_contactfact (contact_id, kind, person_id, reason, recorded_at, recorded_by, revoked_by)
SELECT -n, 'same_person', -n - 10000, 'told so', %s, 'hr', '' FROM generate_series(1, 2000) AS n
"""


def test_of_a_company_with_thousands_of_merged_contacts_one_reads_ones_own_few() -> None:
    employee, met, unmet = make_employee(), [make_contact() for _ in range(5)], make_contact()
    for contact in met:
        make_tie(employee, contact, sent=[START.date()])
    record_fact(met[0], "same_person", other=unmet, reason="told so", actor="hr", now=START)
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [START])
        cursor.execute("ANALYZE activity_contactfact, activity_tie")
    with CaptureQueriesContext(connection) as asked:
        (known,) = contact_facts(make_campaign(), employee.pk, [DEADLINE])
    assert {contact: fact.person_id for contact, fact in known.items()} == {
        met[0].pk: min(met[0].pk, unmet.pk)
    }
    assert most_rows(asked.captured_queries[-1]["sql"]) < 50
