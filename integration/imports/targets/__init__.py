"""Everything that can be imported, by the name that profiles use."""

from integration.imports.targets.documents import DOCUMENTS
from integration.imports.targets.masters import MASTERS
from integration.imports.targets.payments import PAYMENTS
from integration.imports.targets.stock import STOCK
from integration.imports.targets.target import Target

TARGETS: dict[str, Target] = {target.name: target for target in (*MASTERS, STOCK, DOCUMENTS, PAYMENTS)}

__all__ = ["TARGETS", "Target"]
