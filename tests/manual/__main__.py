"""`python -m tests.manual` writes the manual anew, and removes pages whose chapter is gone."""

from tests.manual.writing import MANUAL, manual


def main() -> None:
    pages = manual()
    MANUAL.mkdir(exist_ok=True)
    for path in MANUAL.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        (MANUAL / name).write_text(text)
    print(f"Wrote {len(pages)} pages to {MANUAL}.")


if __name__ == "__main__":
    main()
