from collections.abc import Mapping, Sequence

from sales.models import SalesLine


def write_lines(lines: Sequence[SalesLine], parents: Mapping[int, int]) -> dict[int, SalesLine]:
    """Insert the lines of one document; return them by line number.

    parents  by line number of a text that hangs on a line: the number of that line; a text whose line is not among
             these hangs on nothing
    """
    written = {line.line_no: line for line in SalesLine.objects.bulk_create(lines)}
    hanging = []
    for line_no, parent_no in parents.items():
        if line_no in written and parent_no in written:
            written[line_no].attached_to_line = written[parent_no]
            hanging.append(written[line_no])
    if hanging:
        SalesLine.objects.bulk_update(hanging, ["attached_to_line"])
    return written
