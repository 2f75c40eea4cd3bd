"""Where the console script begins. Nothing slow is read in before Ctrl-C has a quiet end."""

from typing import NoReturn

from matricula.stopping import end_quietly_when_told


def main() -> NoReturn:
    end_quietly_when_told()
    from matricula.commands import main as run_command

    run_command()


if __name__ == "__main__":
    main()
