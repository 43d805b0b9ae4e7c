"""Every set of the API is opened by scopes that a token can have."""

import erp.api  # noqa: F401
from erp.kernel.api.scopes import SCOPES, scope_for
from erp.kernel.odata.entity import entity_sets


def test_every_set_and_every_action_takes_a_scope_that_there_is():
    wanted = {f"{entities.scope}.read" for entities in entity_sets()}
    wanted |= {f"{entities.scope}.write" for entities in entity_sets() if entities.verbs - {"GET"}}
    wanted |= {
        f"{entities.scope}.{action.scope}" for entities in entity_sets() for action in entities.actions
    }
    assert wanted
    assert {scope_for(scope) for scope in wanted} - SCOPES.keys() == set()
