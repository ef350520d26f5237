"""Reading a framework from its folder of TOML."""

from nps_xlsx.framework.reading import data_folder, load_framework
from nps_xlsx.framework.toml_folder import FrameworkError

__all__ = ["FrameworkError", "data_folder", "load_framework"]
