"""What people are told of a fault of the database, and what is a fault of ours."""

import pytest
from django.db import DatabaseError, InterfaceError, ProgrammingError, connection

from erp.kernel.faults import DatabaseLost, refusal_for


def test_a_closed_cursor_is_a_mistake_of_ours_as_long_as_the_connection_works(db):
    cursor = connection.cursor()
    cursor.close()
    with pytest.raises(InterfaceError) as caught:
        cursor.execute("SELECT 1")
    assert refusal_for(caught.value) is None
    assert refusal_for(ProgrammingError()) is None


@pytest.mark.django_db(transaction=True)
def test_on_a_connection_that_is_gone_it_is_the_database_that_was_lost():
    cursor = connection.cursor()
    connection.connection.close()
    with pytest.raises(InterfaceError) as caught:
        cursor.execute("SELECT 1")
    assert isinstance(refusal_for(caught.value), DatabaseLost)
    connection.close()


def test_an_error_that_no_server_has_told_is_a_lost_connection(db):
    """The library has no better word for some of the ways in which a server can go."""
    assert isinstance(refusal_for(DatabaseError("server closed the connection unexpectedly")), DatabaseLost)
