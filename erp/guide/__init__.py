"""What a company still has to set up before it can sell: looked up in the tables, said in words, linked to its page."""

from erp.guide.steps import Step, steps

__all__ = ["Step", "steps"]
