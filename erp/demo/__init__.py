"""The demo company: Fjord & Polder Trading, and a year of its business."""

from erp.demo.load import DemoLoaded, load_demo

__all__ = ["DemoLoaded", "load_demo"]
