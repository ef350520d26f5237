"""``python -m nps_xlsx``: the same as the command ``nps``."""

from nps_xlsx.cli.main import main

if __name__ == "__main__":
    main()
