"""What company sign-in brings to other rooms: whoever tested it is told what it said of them."""

from matricula.leaving.data.contents import brings_data
from matricula.leaving.data.sections import MOMENT, TEXT, YES_OR_NO, Section
from matricula.sso.models import JudgedAnswer

brings_data(
    Section(
        "tests_of_company_sign_in",
        "Test runs of a company's sign-in that you made.",
        {
            "organization": ("connection__organization__name", TEXT),
            "passed": ("passed", YES_OR_NO),
            "known_there_as": ("subject", TEXT),
            "email": ("email", TEXT),
            "at": ("at", MOMENT),
        },
        lambda whose: JudgedAnswer.objects.filter(account__in=whose.accounts),
        of=("sso_judgedanswer.account_id",),
    )
)
