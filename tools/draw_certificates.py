"""Draws certificates with names of many scripts and lengths, to be looked at.

python tools/draw_certificates.py FOLDER: each name in three lengths, as page and card.
"""

import os
import sys
from pathlib import Path

import django


def main(folder: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.settings")
    django.setup()
    from matricula.credentials import drawing
    from matricula.credentials.models import Certificate
    from matricula.credentials.tests.names import LONG, NAMES, lengthened

    folder.mkdir(parents=True, exist_ok=True)
    address = "https://learn.nordlicht.example/certificates/AbCdEfGhIjKlMnOpQrStUv/"
    for script, name in NAMES.items():
        for letters in (len(name), 90, LONG):
            made = Certificate(
                public_id="AbCdEfGhIjKlMnOpQrStUv",
                recipient_name=lengthened(name, letters),
                title="Safe every day",
                organization_name="Nordlicht Energie",
                brand_colour="#0b6e4f",
                minutes=150,
                signatory_name=name,
                signatory_role="Head of Learning",
            )
            for form in ("page", "card"):
                picture = drawing.drawn(made, address, design=2, kind="png", form=form)
                (folder / f"{script}-{letters}-{form}.png").write_bytes(picture)
    print(f"{len(NAMES)} scripts, in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
