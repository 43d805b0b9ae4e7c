"""Long random runs beside a model: `python -m tests.soak`, or `make soak`. What the model knows is in `model`."""
