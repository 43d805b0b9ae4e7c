"""Bringing another system's files into Handel.

    profile = load_profile(Path("northwind.yaml"))
    report = run_import(profile, folder, by=user, at=timezone.now(), on=timezone.localdate())

`docs/import.md` explains the language of profiles; start reading in `run.py`.
"""
