"""The manual as Markdown: a page for each chapter, and a page that lists them."""

import csv
from pathlib import Path

from tests.manual.chapter import Block, Chapter, Prose, Steps, Table, read_chapter

CHECKOUT = Path(__file__).parents[2]
STORIES = CHECKOUT / "tests" / "scenario"
MANUAL = CHECKOUT / "docs" / "manual"
CHART = CHECKOUT / "erp" / "setup_data" / "data" / "common" / "chart_of_accounts.csv"

# In the order in which somebody new would read them; what is not named comes last, by name.
ORDER = (
    "order_to_cash", "quotes", "prices", "amounts_on_documents", "delivery_dates", "due_dates_and_numbers",
    "changing_a_document", "changing_customers_and_currencies", "comments_and_texts", "resources_and_charges",
    "warnings", "blocked_customers", "posting_rules", "posting_many", "fulfilment", "invoicing_shipments",
    "free_text_invoices", "pro_forma", "returns", "copying", "corrections", "undo_shipments", "vat_difference",
    "statistics", "archive", "blanket_orders", "payments", "customers", "item_ledger", "costing", "general_ledger",
    "import",
)  # fmt: skip


def manual() -> dict[str, str]:
    """Every page of the manual: its file name and its text."""
    with CHART.open(newline="") as chart:
        accounts = {row["number"]: row["name"] for row in csv.DictReader(chart)}
    chapters = [read_chapter(path, accounts) for path in STORIES.glob("test_*.py")]
    chapters.sort(key=_place)
    pages = {f"{chapter.name.replace('_', '-')}.md": _page(chapter) for chapter in chapters}
    return {"README.md": _contents(chapters)} | pages


def _place(chapter: Chapter) -> tuple[int, str]:
    return (ORDER.index(chapter.name) if chapter.name in ORDER else len(ORDER), chapter.title)


def _contents(chapters: list[Chapter]) -> str:
    lines = [
        "# Manual",
        "",
        "Stories of a small company: what somebody does, and what the ledgers say afterwards. Each is also a test, so",
        "what stands here is what Handel does; after every story that posts, all laws of the ledgers are checked.",
        "The steps are Python, as an integration would write them; pages and commands call the same routines.",
        "",
        "Written from `tests/scenario` by `make manual`; change the stories, not these pages.",
        "",
        "| Chapter | About |",
        "| --- | --- |",
    ]
    for chapter in chapters:
        about = " ".join(chapter.about.split("\n\n")[0].split())
        lines.append(f"| [{chapter.title}]({chapter.name.replace('_', '-')}.md) | {_escaped(about)} |")
    return "\n".join(lines) + "\n"


def _page(chapter: Chapter) -> str:
    parts = [f"# {chapter.title}"]
    if chapter.about:
        parts.append(chapter.about)
    for story in chapter.stories:
        parts.append(f"## {story.title}")
        parts += [_block(block) for block in story.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    match block:
        case Prose(text):
            return text
        case Steps(code):
            return f"```python\n{code}\n```"
        case Table(columns, rows):
            return _table(columns, rows)


def _table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    amounts = {"Debit", "Credit", "Base", "Amount"}
    lines = [
        f"| {' | '.join(columns)} |",
        f"| {' | '.join('---:' if column in amounts else '---' for column in columns)} |",
    ]
    lines += [f"| {' | '.join(map(_escaped, row))} |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
