"""PostgreSQL tells workers that wait that there are letters."""

from matricula.db.triggers import register_triggers
from matricula.jobs.triggers import told_on_insert

register_triggers([told_on_insert("mail_letter")])
