"""The set-up that a company starts with, as data files, and the routine that loads them."""

from erp.setup_data.load import Loaded, load_setup

__all__ = ["Loaded", "load_setup"]
