"""G5: Bruno decides how long Nordlicht keeps things, reads what the next night would do, and what it did."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from matricula.invitations.models import Invitation
from matricula.mail.models import Letter
from matricula.organizations.models import RetentionRule, Role
from matricula.organizations.retention_rules import ask_to_forget
from tests.journeys.walking import BROWSER_TEST, click, sees, shoot, sign_in, when

pytestmark = BROWSER_TEST


@pytest.fixture
def owner(page, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    sign_in(page, bruno)
    return page


def test_g5_what_is_old_goes_in_the_night_after_bruno_was_asked(
    live_server, worker, owner, organization, invitation
):
    old = timezone.now() - timedelta(days=70)
    Letter.objects.bulk_create(
        Letter(kind="x", to=f"person{n}@nordlicht.example", organization_id=organization.pk)
        for n in range(60)
    )
    Letter.objects.filter(kind="x").update(state="sent", ended_at=old)
    Invitation.objects.update(state="declined", answered_at=old)
    owner.goto(f"{live_server.url}/console/nordlicht/retention/")
    assert sees(owner, "How long we keep things")
    shoot(owner, "retention-empty")
    owner.get_by_label("Letters we sent").select_option("1")
    owner.get_by_label("Invitations that brought nobody in").select_option("1")
    owner.get_by_label("People who are away").select_option("12")
    click(owner, "See what the night would do")
    expect(owner.locator("main")).to_contain_text("60 letters from before")
    expect(owner.locator("main")).to_contain_text("Nothing is saved yet.")
    expect(owner.get_by_label("Letters we sent")).to_have_value("1")
    shoot(owner, "retention-looking")
    click(owner, "Save")
    assert sees(owner, r"Keep things for a shorter time\?")
    expect(owner.locator("main")).to_contain_text("1 invitation that ended before")
    shoot(owner, "retention-question")
    click(owner, "Keep for a shorter time")
    expect(owner.get_by_role("status").first).to_contain_text("Saved.")
    assert Letter.objects.filter(kind="x").count() == 60
    shoot(owner, "retention-saved")
    click(owner, "See which.*60 letters.*", "link")
    assert sees(owner, "What the next night would do")
    shoot(owner, "retention-list")
    click(owner, "Older", "link")
    expect(owner.locator("tbody tr")).to_have_count(10)
    ask_to_forget()
    owner.goto(f"{live_server.url}/console/nordlicht/retention/")
    waiting = RetentionRule.objects.filter(last_at=None)
    when(lambda: not waiting.exists(), "the night")
    owner.reload()
    expect(owner.locator("main")).to_contain_text("The last night")
    assert not Letter.objects.filter(kind="x").exists()
    shoot(owner, "retention-last-night")
